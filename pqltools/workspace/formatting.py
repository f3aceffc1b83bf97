"""How do the texts in a file look when they are well laid out?  `formatted`: new values for its expressions.

An expression inside a JSON string stays on one line if it was on one. A definition's value ends as it did: a last line
end would be part of it.
"""

from __future__ import annotations

from pqltools.diagnostics import PQLError
from pqltools.formats.formatter import WIDTH, format_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container

    from pqltools.diagnostics import Diagnostic
    from pqltools.formats.definition_files import DefinitionFile, Embedded

#: Wider than any line: keeps an expression on one line that was on one line.
_ONE_LINE = 10**9


def formatted(
    file: DefinitionFile, width: int = WIDTH, only: Container[int] | None = None
) -> tuple[dict[int, tuple[str, str]], list[Diagnostic]]:
    """Format and text of the pql/text expressions of a file, by their index, and what is wrong with others.

    `only` has the indices of those that are wanted.
    """
    from pqltools.formats.definition_files import place

    new: dict[int, tuple[str, str]] = {}
    problems: list[Diagnostic] = []
    for index, embedded in enumerate(file.expressions):
        if embedded.format != "pql/text" or (only is not None and index not in only):
            continue
        try:
            new[index] = "pql/text", _text(file, embedded, width)
        except PQLError as problem:
            problems += [place(embedded, file.source, diagnostic) for diagnostic in problem.diagnostics]
    return new, problems


def _text(file: DefinitionFile, embedded: Embedded, width: int) -> str:
    if file.kind == "text":
        return format_text(embedded.value, width=width)
    host_is_json = file.kind in ("json", "jsonl")
    one_line = host_is_json and "\n" not in embedded.value
    text = format_text(embedded.value, width=_ONE_LINE if one_line else width)
    return text if embedded.value.endswith("\n") else text.rstrip("\r\n")


def rewritten(file: DefinitionFile, new: dict[int, tuple[str, str]]) -> tuple[str, tuple[Diagnostic, ...]]:
    """The text of the file with these expressions, and warnings. Raises `PQLError` as `definition_files.rewrite`."""
    from pqltools.formats.definition_files import rewrite

    if file.kind == "text":
        mark = "\ufeff" if file.source.text.startswith("\ufeff") else ""
        return (mark + new[0][1] if new else file.source.text), ()
    changed = {index: item for index, item in new.items() if item[1] != file.expressions[index].value}
    return rewrite(file, changed) if changed else (file.source.text, ())
