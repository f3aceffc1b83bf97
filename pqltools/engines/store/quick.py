"""Which lines are as the store wants them?  A msgspec decoder that raises for others, and for fields not met before.

It decodes into structs, the quickest thing there is, only to see whether that works.
"""

from __future__ import annotations

import re

from pqltools.types.model import (
    BOOLEAN,
    DATE,
    DOUBLE,
    INTEGER,
    STRING,
    TIMESTAMP,
    ArrayType,
    MapType,
    ObjectType,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from pqltools.types.model import Type

_DAY = (
    r"(?!0000)\d{4}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
)
_INSTANT = rf"^{_DAY}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{{1,3}})?Z\Z"

#: What msgspec does not take in the name of a field; and what columns of ours begin with.
_UNNAMABLE = re.compile(r'[\x00-\x1f"\\]|^#')


def quick_decoder(type: ObjectType, seen: dict[str, Any]) -> Callable[[bytes], Any]:
    """A decoder of lines that raises for what is not in canonical form (see `fitting`), and for fields not `seen`.

    A field that is seen and not declared may be anything.
    """
    import msgspec

    decode: Callable[[bytes], Any] = msgspec.json.Decoder(_Writing().object(type, seen)).decode
    return decode


class _Writing:
    def __init__(self) -> None:
        import typing
        from typing import Annotated

        import msgspec

        self.attributes: dict[str, str] = {}
        self._any: Any = typing.Any
        self._scalars: dict[Type, Any] = {
            STRING: str,
            BOOLEAN: bool,
            INTEGER: Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)],
            # From there on integers may not be exact, and what is rounded to the limit itself is beyond it, too.
            DOUBLE: Annotated[float, msgspec.Meta(gt=-(2**53), lt=2**53)],
            TIMESTAMP: Annotated[str, msgspec.Meta(pattern=_INSTANT)],
            DATE: Annotated[str, msgspec.Meta(pattern=rf"^{_DAY}\Z")],
        }

    def object(self, type: ObjectType, seen: dict[str, Any]) -> Any:
        import msgspec

        fields: list[tuple[str, Any, Any]] = []
        for name, inner in seen.items():
            if _UNNAMABLE.search(name):
                continue  # so that lines with it are refused, and go the exact way
            member = type.member(name)
            written = self._any if member is None else self.value(member.type, inner) | None
            attribute = self.attributes.setdefault(name, f"f{len(self.attributes)}")
            fields.append((attribute, written, msgspec.field(default=None, name=name)))
        return msgspec.defstruct("Fields", fields, gc=False, eq=False, forbid_unknown_fields=True)

    def value(self, type: Type, seen: dict[str, Any]) -> Any:
        if isinstance(type, ObjectType):
            return self.object(type, seen)
        if isinstance(type, ArrayType | MapType):
            item = type.item if isinstance(type, ArrayType) else type.value
            inner = self.value(item, seen.get("*", {}))
            inner = inner if inner is self._any else inner | None
            array: Any = list
            return array[inner] if isinstance(type, ArrayType) else dict[str, inner]  # type: ignore[valid-type]
        return self._scalars.get(type, self._any)
