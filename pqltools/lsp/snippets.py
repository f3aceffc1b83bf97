r"""How is a completion written for this client and into this text?  Snippets with their escapes, or without.

Text goes through two languages: what is inserted must be escaped for the string of JSON or YAML around the expression,
and in a snippet what is special there once more: ``startsWith("$1")`` becomes ``startsWith(\\"$1\\")`` in JSON.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_PLACE = re.compile(r"\$\{(?P<number>\d+):(?P<text>[^}]*)\}|\$(?P<bare>\d+)")
_SPECIAL = re.compile(r"[\\$}]")
_OPEN_QUOTE = re.compile(r"[\"']\Z")


def filled(snippet: str) -> str:
    """The text of a snippet with the texts of its placeholders.

    >>> filled("${1:x} in [$2]")
    'x in []'
    """
    return _PLACE.sub(lambda place: place["text"] or "", snippet)


def beginning(snippet: str) -> str:
    """The text of a snippet up to where something must be written first, for clients without snippets.

    >>> beginning('select ${1:X} from ${2:xEvent} where $3'), beginning('startsWith("$1")'), beginning("isNull()")
    ('select X from xEvent where ', 'startsWith(', 'isNull()')
    """
    empty = next((place.start() for place in _PLACE.finditer(snippet) if not place["text"]), None)
    return filled(snippet) if empty is None else _OPEN_QUOTE.sub("", filled(snippet[:empty]))


def respelled(snippet: str, escaped: Callable[[str], str]) -> str:
    r"""A snippet whose texts are escaped for what is around it, and then for the snippet.

    >>> print(respelled('f("$1", ${2:x})', lambda text: text.replace('"', r'\"')))
    f(\\"$1\\", ${2:x})
    """
    parts: list[str] = []
    at = 0
    for place in _PLACE.finditer(snippet):
        parts.append(_special(escaped(snippet[at : place.start()])))
        number = place["number"] or place["bare"]
        text = place["text"]
        parts.append(f"${{{number}:{_special(escaped(text))}}}" if text else f"${number}")
        at = place.end()
    return "".join((*parts, _special(escaped(snippet[at:]))))


def _special(text: str) -> str:
    return _SPECIAL.sub(lambda char: f"\\{char[0]}", text)
