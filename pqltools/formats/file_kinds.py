"""What kind of file is this?  Told from its name, else from its content, without reading it as JSON or YAML."""

from __future__ import annotations

import re

from pqltools.diagnostics import error
from pqltools.records import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Literal, TypeAlias

    from pqltools.source import Source

    #: PQL text, a bare tree, or definitions in JSON, JSON Lines and YAML.
    Kind: TypeAlias = Literal["text", "tree", "json", "jsonl", "yaml"]

_KINDS: dict[str, Kind] = {
    ".pql": "text",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".yaml": "yaml",
    ".yml": "yaml",
}
# PQL has lists and objects too, but no reason to use these words as keys. Compiled when needed: most input is PQL.
_TREE_KEY = r'"nodeType"\s*:'
_DEFINITION_KEY = r'"expression"\s*:'
#: A chain element may have any name, but what follows its colon begins with a letter.
_YAML_KEY = r"^[ -]*(?:expression|segments|results|children):[ \t]*(?:[#&*{\[]|\r?$)"
_BLANK = "\ufeff \t\r\n"


def may_hold_pql(source: Source) -> bool:
    """Whether a file that nobody has named is worth reading as JSON or YAML: it has the words of definitions or trees.

    Many files have an `expression`; in a definition, type or format say that it is one of PQL.
    """
    text = source.text
    if source.name.endswith(".pql") or "nodeType" in text:
        return True
    return "expression" in text and ("pql" in text or "PQL" in text)


def kind_of_file(source: Source) -> Kind:
    """The kind that the name's suffix tells, else `kind_of_text`; what is called JSON may turn out to be a tree.

    Raises `PQLError` (PQL044) for another suffix on something that looks like PQL text.
    """
    name = source.name.replace("\\", "/").rpartition("/")[2]
    stem, dot, suffix = name.rpartition(".")
    known = _KINDS.get(dot + suffix.lower())
    if known is not None:
        return known
    kind = kind_of_text(source.text)
    if kind == "text" and dot and stem and not name.startswith("<"):
        help = "known are .pql, .json, .jsonl, .ndjson, .yaml and .yml"
        raise error("PQL044", f"the suffix `.{suffix}` says nothing about the file", (0, 0), help=help, source=source)
    return kind


def kind_of_text(text: str) -> Kind:
    """What is in a text without a telling name: PQL, unless there are the keys of a tree or of definitions."""
    start = text.lstrip(_BLANK)
    if not start.startswith(("{", "[")):
        is_yaml = "expression:" in start and re.search(_YAML_KEY, start, re.MULTILINE)
        return "yaml" if is_yaml else "text"
    if not re.search(_DEFINITION_KEY, start):
        return "tree" if re.search(_TREE_KEY, start) else "text"
    lines = [line.strip(_BLANK) for line in re.split("[\r\n]+", start.rstrip(_BLANK))]
    return "jsonl" if len(lines) > 1 and all(line[:1] == "{" and line[-1] == "}" for line in lines if line) else "json"
