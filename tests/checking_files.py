"""How do the tests check files?  A workspace without the clock and, unless asked for, without configuration."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pqltools.workspace.analysis import FileReport, check_files
from pqltools.workspace.expressions import Checker, Known
from pqltools.workspace.selection import Choice, Selection
from pqltools.workspace.setup import Options, Workspace
from pqltools.xdm.standard import standard

#: 2026-01-15, in milliseconds since 1970.
NOW = 1_768_435_200_000


def workspace(**options: Any) -> Workspace:
    """A workspace with these options."""
    return Workspace(Options(**{"now": NOW, "isolated": "config" not in options, **options}))


def checked(*paths: Path | str, jobs: int = 1, **options: Any) -> list[FileReport]:
    """The reports of files and folders."""
    return [*check_files(map(str, paths), workspace(**options), jobs=jobs)]


def checker(*select: str, **options: Any) -> Checker:
    """A checker of expressions, of all rules or of those selected."""
    selection = Selection(Choice(select or None), **options)
    return Checker(selection, Known(standard(), NOW))


def found(report: FileReport) -> list[tuple[str, int, int]]:
    """Code, line and column of each finding."""
    places = []
    for diagnostic in report.diagnostics:
        assert diagnostic.source is report.source
        assert diagnostic.span is not None
        places.append((diagnostic.code, *report.source.line_column(diagnostic.span[0])))
    return places
