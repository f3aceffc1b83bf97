"""How is a change shown?  As a unified diff, in the way of `diff -u`."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO


def write_diff(name: str, old: str, new: str, out: TextIO) -> None:
    """Write the lines of a file that change, with some around them."""
    import difflib

    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    for line in difflib.unified_diff(before, after, name, name):
        out.write(line if line.endswith("\n") else line + "\n\\ No newline at end of file\n")
