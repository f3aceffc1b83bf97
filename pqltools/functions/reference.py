"""What is the reference page of the functions?  ``python -m pqltools.functions.reference`` prints `README.md`."""

from __future__ import annotations

import json
from textwrap import fill

from pqltools.functions.entry import NOW
from pqltools.functions.registry import functions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.functions.entry import Example, Function

_INTRODUCTION = f"""# Functions

Every function and operator of PQL, generated from the files of this folder; do not edit. Functions are called in two
ways, `value.name(argument)` and `name(value, argument)`; operators stand between their operands.

In a signature `?` marks what may be left out, `= value` what it then is, and `...` what may be repeated. `Array<T>`,
`Map<V>` have items of any type, `N` is a number, integer or double, and `C` is any value that has an order. `T => U` is
evaluated for each item. `Time` is a timestamp or a date.

Examples are evaluated at {NOW}. "Our decision" marks what Adobe's documents leave open."""


def reference() -> str:
    """The page, in Markdown."""
    parts = [_INTRODUCTION, "| category | functions |\n|---|---|\n" + "\n".join(_contents())]
    category = ""
    for entry in functions():
        if entry.category != category:
            category = entry.category
            parts.append(f"## {category}")
        parts.append(_section(entry))
    return "\n\n".join(parts) + "\n"


def _contents() -> list[str]:
    names: dict[str, list[str]] = {}
    for entry in functions():
        names.setdefault(entry.category, []).append(f"`{entry.name}`")
    return [f"| [{category}](#{_anchor(category)}) | {' '.join(entries)} |" for category, entries in names.items()]


def _anchor(heading: str) -> str:
    """The anchor of a heading, as GitHub makes it."""
    return heading.lower().replace(",", "").replace(" ", "-")


def _section(entry: Function) -> str:
    written = f"\n\nWritten `{entry.operator}`." if entry.operator else ""
    docs = "\n\n".join(fill(part, 120, break_long_words=False, break_on_hyphens=False) for part in _paragraphs(entry))
    return f"### `{entry.name}`\n\n```text\n{entry.sentence}\n```\n\n{docs}{written}\n\n{_examples(entry)}"


def _paragraphs(entry: Function) -> list[str]:
    return entry.docs.split("\n\n")


def _examples(entry: Function) -> str:
    """The examples, each profile above those that use it."""
    parts: list[str] = []
    profile: object = {}
    for example in entry.examples:
        if example.profile != profile:
            profile = example.profile
            parts.append(f"For the profile `{json.dumps(_needed(entry, example), ensure_ascii=False)}`:\n")
        value = json.dumps(example.value, ensure_ascii=False)
        parts.append(f"- `{example.expression}` is `{value}`")
    return "\n".join(parts)


def _needed(entry: Function, example: Example) -> dict[str, object]:
    """The fields of the profile that the examples of the entry name, or else all of it."""
    texts = " ".join(each.expression for each in entry.examples if each.profile == example.profile)
    return {name: value for name, value in example.profile.items() if name in texts} or dict(example.profile)


if __name__ == "__main__":
    print(reference(), end="")
