"""What is wrong in an open text?  Each expression checked as `pql check` does it, once for each state of things.

`checked` is the one place where an expression is checked; all features ask it, and so share what was found.
"""

from __future__ import annotations

import json
from collections.abc import Hashable
from threading import Lock, RLock
from typing import TYPE_CHECKING, Any, TypeAlias

from pqltools.diagnostics import Diagnostic
from pqltools.formats.definition_files import place_all
from pqltools.lsp.documents import Document
from pqltools.lsp.folders import Folder
from pqltools.lsp.hosting import Hosted, moved
from pqltools.records import Record, record
from pqltools.workspace.analysis import Item, check_embedded
from pqltools.workspace.clauses import SHORTEST, Clauses
from pqltools.workspace.expressions import Outcome
from pqltools.workspace.given import GivenSegment
from pqltools.workspace.live import Analysis, Live
from pqltools.workspace.setup import without
from pqltools.workspace.structure.parts import Parts

if TYPE_CHECKING:
    from pqltools.types.model import Type

#: Outcomes of a document that are kept, besides those of the expressions that it has now.
_SPARE = 16
#: The clauses of the expressions at which features looked last, by file and number.
_CLAUSES: dict[tuple[str, int], Clauses] = {}
_CLAUSES_LOCK = Lock()

#: What was found in an expression; of a large one that is being edited the tree is made when it is asked for.
Checked: TypeAlias = Outcome | Analysis


@record
class Clause(Record):
    """The part of an expression around a place: an operand of the outermost `and` or `or`, and where it begins."""

    text: str
    base: int = 0


@record
class Finding(Record):
    """What was found, with places in the open text, and in which expression; None for the text around them.

    `bare` is the same with places in the expression.
    """

    diagnostic: Diagnostic
    hosted: Hosted | None = None
    bare: Diagnostic | None = None


class Checks:
    """What was found in one document, for as long as it stays true."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._outcomes: dict[Hashable, Checked] = {}
        #: What is being edited, by the number of the expression, with all that its findings depend on but its text.
        self._live: dict[int, tuple[Hashable, Live]] = {}
        self._parts: Parts | None = None
        #: What features want to remember of the document, by their names.
        self.kept: dict[str, Any] = {}

    def parts(self, profile: Type) -> Parts:
        """The parts of the expressions under a schema."""
        with self._lock:
            if self._parts is None or self._parts.profile is not profile:
                self._parts = Parts(profile)
            return self._parts

    def checked(self, document: Document, hosted: Hosted, folder: Folder) -> Checked:
        """What is wrong with an expression, with places in its own text."""
        checker, workspace = folder.at(document.name)
        key = _key(hosted, folder)
        with self._lock:
            found = self._outcomes.pop(key, None) if key is not None else None
        if found is None:
            found = self._edited(document, hosted, folder, key)
        if found is None:
            item = Item(document.name, hosted.file, checker)
            found = check_embedded(item, hosted.file, hosted.embedded, workspace)
        if key is not None:
            with self._lock:
                self._outcomes[key] = found
                while len(self._outcomes) > len(document.expressions) + _SPARE:
                    del self._outcomes[next(iter(self._outcomes))]
        return found

    def _edited(self, document: Document, hosted: Hosted, folder: Folder, key: Hashable | None) -> Checked | None:
        """What is wrong with a large expression, of which mostly a small part has changed; None for others."""
        if key is None or hosted.format != "pql/text" or len(hosted.text) < SHORTEST:
            self._live.pop(hosted.number, None)
            return None
        checker, workspace = folder.at(document.name)
        definition = hosted.definition
        segment = None if definition is None else GivenSegment.of(definition, hosted.embedded)
        rest = _rest(hosted, folder)
        with self._lock:
            known = self._live.get(hosted.number)
            if known is None or known[0] != rest:
                known = self._live[hosted.number] = rest, Live(checker, segment=segment)
            found = known[1].update(hosted.text)
        found.diagnostics = without(workspace.ignored(document.name, segment), found.diagnostics)
        return found


def _key(hosted: Hosted, folder: Folder) -> Hashable | None:
    """What the findings in an expression depend on; None if that is too much to tell."""
    if hosted.file.kind == "yaml" and "noqa" in hosted.file.source.text.lower():
        return None  # a directive of the file has a place in it
    return hosted.format, hosted.text, _rest(hosted, folder)


def _rest(hosted: Hosted, folder: Folder) -> Hashable:
    """What the findings in an expression depend on besides its text."""
    definition = hosted.definition
    said = None
    if definition is not None:
        info = json.dumps(definition.get("evaluationInfo"), sort_keys=True, default=str)
        said = (*[str(definition.get(key)) for key in ("id", "name", "lifecycleState")], info)
    refers = any(word in hosted.text for word in ("inSegment", "segmentMembership"))
    return said, folder.generation if refers else folder.outline


class AllChecks:
    """The checks of all open documents."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._by_uri: dict[str, Checks] = {}

    def of(self, uri: str) -> Checks:
        """Those of one document."""
        with self._lock:
            return self._by_uri.setdefault(uri, Checks())

    def forget(self, uri: str) -> None:
        """Drop those of a document that is closed."""
        with self._lock:
            self._by_uri.pop(uri, None)


def clause_at(hosted: Hosted, offset: int) -> Clause:
    """The clause around an offset in the expression's text."""
    key = hosted.file.source.name, hosted.number
    with _CLAUSES_LOCK:
        clauses = _CLAUSES.pop(key, None) or Clauses()
        _CLAUSES[key] = clauses
        while len(_CLAUSES) > _SPARE:
            del _CLAUSES[next(iter(_CLAUSES))]
        start, end = clauses.at(hosted.text, offset)
    return Clause(hosted.text[start:end], start)


def findings(document: Document, folder: Folder, checks: Checks) -> list[Finding]:
    """All that is wrong in an open text, in its order."""
    checker, workspace = folder.at(document.name)
    about = [kept for kept in map(checker.selection.apply, document.reading.diagnostics) if kept is not None]
    found = [Finding(diagnostic) for diagnostic in without(workspace.ignored(document.name), about)]
    for hosted in document.expressions:
        outcome = checks.checked(document, hosted, folder)
        bare = outcome.diagnostics
        placed = place_all(hosted.embedded, hosted.file.source, bare)
        found += [
            Finding(moved(there, document.source, hosted.base), hosted, here)
            for there, here in zip(placed, bare, strict=True)
        ]
        found += [Finding(moved(each, document.source, hosted.base)) for each in outcome.host]
    return sorted(found, key=lambda finding: finding.diagnostic.span or (0, 0))
