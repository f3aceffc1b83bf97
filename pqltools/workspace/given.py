"""What does a definition say about itself?  Its id, life cycle and method, and the definitions of a run by their ids.

A definition that nobody refers to is never parsed for the sake of others.
"""

from __future__ import annotations

from pqltools.checks.eligibility.evaluation_info import read
from pqltools.checks.surroundings import Segment
from pqltools.diagnostics import PQLError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from pqltools.formats.definition_files import DefinitionFile, Embedded
    from pqltools.syntax.ast import Expr


class GivenSegment(Segment):
    """A definition of a file, parsed when its tree is first asked for."""

    __slots__ = ("_embedded", "_read", "_tree")

    _embedded: Embedded | None
    _read: bool
    _tree: Expr | None

    @classmethod
    def of(cls, definition: Mapping[str, Any], embedded: Embedded | None) -> GivenSegment:
        """What `definition` says; its expression is that of `embedded`."""
        info = definition.get("evaluationInfo")
        found = cls(
            _text(definition.get("id")) or "",
            _text(definition.get("name")),
            _text(definition.get("lifecycleState")),
            read(info).method,
            evaluation_info=info,
        )
        object.__setattr__(found, "_embedded", embedded)
        object.__setattr__(found, "_read", False)
        object.__setattr__(found, "_tree", None)
        return found

    @property
    def tree(self) -> Expr | None:
        """The expression, None if it cannot be read."""
        if not self._read and self._embedded is not None:
            from pqltools.formats.definition import read_expression

            object.__setattr__(self, "_read", True)
            try:
                tree = read_expression(self._embedded.format, self._embedded.value)
            except PQLError:
                return None
            object.__setattr__(self, "_tree", tree)
        return self._tree


def definition_of(file: DefinitionFile, embedded: Embedded) -> Mapping[str, Any] | None:
    """The definition around an expression, None around a bare one."""
    if embedded.site is None:
        return None
    found: Any = file.documents[embedded.site.document].data
    for step in embedded.site.path:
        found = found[step]
    return found  # type: ignore[no-any-return]


def segments_of(files: Iterable[DefinitionFile]) -> dict[str, Segment]:
    """The definitions in the files, by id; of two with the same id the first."""
    found: dict[str, Segment] = {}
    for file in files:
        for embedded in file.expressions:
            definition = definition_of(file, embedded)
            if definition is not None:
                segment = GivenSegment.of(definition, embedded)
                if segment.id:
                    found.setdefault(segment.id, segment)
    return found


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None
