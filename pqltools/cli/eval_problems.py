"""What went wrong in a run?  Bad lines and files: told as they come, or kept for the JSON at the end."""

from __future__ import annotations

import sys

from pqltools.diagnostics import Diagnostic
from pqltools.records import replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

#: So many of a kind are told in full.
MOST = 20
_FURTHER = {
    "PQL071": "… further lines without a profile are only counted",
    "PQL072": "… further lines without an event are only counted",
    "PQL079": "… further profiles that are left out of a definition are only counted",
}


class Stop(Exception):
    """Something is wrong with a line, and the run is a strict one."""


class Problems:
    """Tells of problems on standard error, but as data if it is to be `as_json`: then `found` holds them.

    `before` is called before something is printed. Raises `Stop` after the first one if it is to be `strict`.
    """

    def __init__(self, *, as_json: bool, strict: bool) -> None:
        self.as_json = as_json
        self.strict = strict
        self.before: Callable[[], object] | None = None
        self.found: list[Diagnostic] = []
        self._counts: dict[str, int] = {}

    def tell(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Tell of lines."""
        for diagnostic in diagnostics:
            count = self._counts[diagnostic.code] = self._counts.get(diagnostic.code, 0) + 1
            if count <= MOST:
                self._line(diagnostic)
            elif count == MOST + 1 and not self.as_json:
                self._print(_FURTHER[diagnostic.code])
            if self.strict:
                if not self.as_json:
                    self._print("pql: stopped here, as --strict asks for")
                raise Stop

    def _line(self, diagnostic: Diagnostic) -> None:
        if self.as_json:
            self.found.append(replace(diagnostic, span=None))  # the line is in the message
            return
        name = "" if diagnostic.source is None else diagnostic.source.name
        self._print(f"{name} {diagnostic.code} {diagnostic.severity}: {diagnostic.message}")

    def _print(self, text: str) -> None:
        if self.before is not None:
            self.before()
        print(text, file=sys.stderr)

    def data(self) -> list[dict[str, Any]]:
        """What was kept, as JSON."""
        from pqltools.render import as_data

        return [as_data(diagnostic) for diagnostic in self.found]
