"""Where is a diagnostic, for a program that has the same files?  Paths from the project's root, and fingerprints."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pqltools.diagnostics import Diagnostic

#: Where services say that the root of the checkout is; otherwise it is the working directory.
_ROOTS = ("GITHUB_WORKSPACE", "CI_PROJECT_DIR")


def project_path(name: str) -> str:
    """The path of a file from the root of the project, with slashes; absolute if it is not below the root."""
    if not name or (name[0] == "<" and name[-1] == ">"):  # no file, such as <stdin>
        return name
    path = os.path.abspath(name)  # noqa: PTH100 - pathlib is slow to import
    for root in [*filter(None, map(os.environ.get, _ROOTS)), os.getcwd()]:  # noqa: PTH109
        below = os.path.join(os.path.abspath(root), "")  # noqa: PTH100, PTH118
        if path.startswith(below):
            path = path[len(below) :]
            break
    return path.replace(os.sep, "/")


def file_of(diagnostic: Diagnostic) -> str:
    """The name of the file that a diagnostic is about; empty for one without source."""
    return diagnostic.source.name if diagnostic.source is not None else ""


def line_column(diagnostic: Diagnostic) -> tuple[int, int, int, int]:
    """First line and column and last line and column, the end excluded, all from 1; the file's start without a span."""
    source, span = diagnostic.source, diagnostic.span
    if source is None or span is None:
        return 1, 1, 1, 1
    return *source.line_column(span[0]), *source.line_column(span[1])


def text_of(diagnostic: Diagnostic) -> str:
    """The message with its cure, each on a line."""
    return f"{diagnostic.message}\nhelp: {diagnostic.help}" if diagnostic.help else diagnostic.message


def with_fingerprints(diagnostics: Iterable[Diagnostic]) -> Iterator[tuple[Diagnostic, str]]:
    """Each diagnostic with a mark by which a later run knows it again: 64 hexadecimal digits, different for each.

    It is made of the code, the file, the marked text without its layout, and a count where these are the same; so it
    stays when lines move or a message is worded anew.
    """
    from hashlib import sha256

    seen: dict[str, int] = {}
    for diagnostic in diagnostics:
        source, span = diagnostic.source, diagnostic.span
        marked = source.text[span[0] : span[1]] if source is not None and span is not None else diagnostic.path or ""
        parts = diagnostic.code, project_path(file_of(diagnostic)), " ".join(marked.split())
        key = "\0".join(parts)
        count = seen[key] = seen.get(key, 0) + 1
        yield diagnostic, sha256(f"{key}\0{count}".encode("utf-8", "backslashreplace")).hexdigest()
