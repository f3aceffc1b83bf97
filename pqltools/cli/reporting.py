"""How does a command say what is wrong?  All diagnostics of a run, drawn on standard error or given as data."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO

    from pqltools.diagnostics import Diagnostic


class Report:
    """Collects the diagnostics of one run, in the order of the files and of the places in them."""

    def __init__(self, output_format: str) -> None:
        self.output_format = output_format
        self.diagnostics: list[Diagnostic] = []

    @property
    def failed(self) -> bool:
        """Whether there is any error."""
        return any(diagnostic.severity == "error" for diagnostic in self.diagnostics)

    def add(self, diagnostics: list[Diagnostic]) -> None:
        """Take the diagnostics of one file."""
        self.diagnostics += sorted(diagnostics, key=lambda diagnostic: diagnostic.span or (0, 0))

    def show(self, *, beside: bool) -> None:
        """Print everything: as text on standard error; as JSON on standard output, an empty list included, unless it
        stands `beside` a result there: then on standard error, and only if there is something."""
        if self.output_format == "json":
            if self.failed or not beside:
                self._show_json(sys.stdout)
            elif self.diagnostics:
                self._show_json(sys.stderr)
        elif self.diagnostics:
            from pqltools.render import render_all

            width, colour = terminal(sys.stderr)
            print(render_all(self.diagnostics, width=width, colour=colour), file=sys.stderr)
            self._summary()

    def _show_json(self, stream: TextIO) -> None:
        import json

        from pqltools.render import as_data

        data = [as_data(diagnostic) for diagnostic in self.diagnostics]
        print(json.dumps(data, ensure_ascii=False, indent=2), file=stream)

    def _summary(self) -> None:
        errors = sum(diagnostic.severity == "error" for diagnostic in self.diagnostics)
        warnings = len(self.diagnostics) - errors
        parts = [f"{n} {word}{'s' * (n > 1)}" for n, word in ((errors, "error"), (warnings, "warning")) if n]
        if len(self.diagnostics) > 1:
            print(f"\nfound {' and '.join(parts)}", file=sys.stderr)


def terminal(stream: TextIO) -> tuple[int, bool]:
    """The width to draw for on this stream, and whether in colour (see no-color.org)."""
    if not stream.isatty():
        return 100, False
    # Some terminals do not know their width and say 0.
    return max(os.get_terminal_size(stream.fileno()).columns or 80, 40), not os.environ.get("NO_COLOR")
