"""What does the page of a rule say?  Its docstring in parts: summary, Markdown, and examples with their surroundings.

`registry` describes how a page is written. The tests run the examples, ``pql rule`` prints them.
"""

from __future__ import annotations

import re

from pqltools.checks.surroundings import Limits
from pqltools.records import Record, record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pqltools.checks.registry import Rule

KINDS = ("bad", "good", "fixed")
LANGUAGES = ("pql", "json", "yaml")
#: What may stand behind the kind: names of our own, and those of the limits.
ATTRIBUTES = (
    *("also", "as-of", "edge", "method", "now", "segments"),
    *[name.replace("_", "-") for name in Limits.__record_fields__],
)

_FENCE = re.compile(r"^```([^\n`]*)\n(.*?)^```[ \t]*$", re.MULTILINE | re.DOTALL)


@record
class Example(Record):
    """One fenced block: `kind` is ``bad``, ``good`` or ``fixed``, `text` is without the last line end.

    `language` is ``pql``, ``json`` for a tree or ``yaml`` for a list of definitions; `attributes` is what stands behind
    the kind as ``name=value``; `line` counts from 1 in the page.
    """

    kind: str
    language: str
    text: str
    attributes: Mapping[str, str]
    line: int


def text(rule: Rule) -> str:
    """The page in Markdown, without white space around it."""
    return rule.documentation.strip()


def body(rule: Rule) -> str:
    """The page without its first line."""
    return text(rule).partition("\n")[2].strip()


def examples(page: str) -> tuple[Example, ...]:
    """The examples of a page in Markdown, in their order; other fenced blocks are prose.

    Raises ValueError for a block that is nearly one, so that no example is passed over because of a slip.
    """
    return tuple(_examples(page))


def _examples(page: str) -> Iterator[Example]:
    for fence in _FENCE.finditer(page):
        language, *words = fence[1].split() or [""]
        if language not in LANGUAGES or not words:
            continue
        line = page.count("\n", 0, fence.start()) + 1
        kind, *pairs = words
        attributes = dict(pair.partition("=")[::2] for pair in pairs)
        unknown = [name for name in attributes if name not in ATTRIBUTES]
        if kind not in KINDS or unknown:
            raise ValueError(f"line {line}: ```{fence[1]}: unknown {' '.join(unknown) or kind}")
        yield Example(kind, language, fence[2].rstrip("\n"), attributes, line)


def is_fixable(rule: Rule) -> bool:
    """Whether some of its findings can be fixed: the page shows a fix if there is one, which the tests make sure of."""
    return any(example.kind == "fixed" for example in examples(text(rule)))
