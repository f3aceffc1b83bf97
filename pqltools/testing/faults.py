"""What is wrong with a test file?  `Reading` notes faults with their places, causes and cures."""

from __future__ import annotations

from pqltools.diagnostics import Diagnostic
from pqltools.formats.json_faults import json_type
from pqltools.formats.json_locations import excerpt, path_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from pqltools.formats.json_locations import Path
    from pqltools.testing.documents import Document


class Reading:
    """Notes what is wrong with a document, with its places."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.faults: list[Diagnostic] = []

    def take(self) -> list[Diagnostic]:
        """The faults since this was last asked, in the order of the text."""
        found, self.faults = self.faults, []
        return sorted(found, key=lambda fault: fault.span or (0, 0))

    def fault(
        self, code: str, message: str, path: Path, help: str | None, *, key: bool = False, opening: bool = False
    ) -> None:
        """Something is wrong with the value at `path`, with its key, or with what it lacks."""
        start, end = self.document.span(path, key=key)
        span = (start, min(start + 1, end)) if opening else (start, end)
        source = self.document.source
        self.faults.append(Diagnostic(code, message, span, help=help, path=path_text(path), source=source))

    def wrong_type(self, value: object, expected: str, path: Path) -> None:
        """The value is not what is needed there."""
        subject = f"{excerpt(path[-1])} is" if path and isinstance(path[-1], str) else "this is"
        self.fault("PQL075", f"{subject} {json_type(value)}, not {expected}", path, None)

    def unknown(self, key: str, path: Path, known: Iterable[str], what: str) -> None:
        """PQL076: the key means nothing here."""
        from difflib import get_close_matches

        names = [*known]
        close = get_close_matches(key.lower()[:60], names, n=1, cutoff=0.6)
        help = f"did you mean `{close[0]}`?" if close else f"there are {', '.join([f'`{name}`' for name in names])}"
        self.fault("PQL076", f"{what} has no key {excerpt(key)}", path, help, key=True)
