"""How are values and items told in a few words?  Cut short, in time that does not depend on their size."""

from __future__ import annotations

from pqltools.evaluation.values import Day, Instant, number_text
from pqltools.types.time import day_text, instant_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

#: What people recognise an item by, the first ones first, and how many of them are told.
_IDENTIFYING = ("timestamp", "eventType", "_id", "id", "SKU", "name", "status", "type", "address", "code")
_TOLD = 3


def value_text(value: Any, limit: int = 60) -> str:
    """The value as JSON of at most `limit` characters; times without quotes."""
    text = ""
    for token in _tokens(value, limit):
        text += token
        if len(text) > limit:
            return text[: limit - 1] + "…"
    return text


def _tokens(value: Any, limit: int) -> Iterator[str]:
    pending: list[tuple[bool, Any]] = [(True, value)]
    while pending:
        is_value, part = pending.pop()
        if not is_value or not isinstance(part, list | tuple | dict):
            yield scalar_text(part, limit) if is_value else part
            continue
        is_object = isinstance(part, dict)
        yield "{" if is_object else "["
        pending.append((False, "}" if is_object else "]"))
        pending += reversed([*_inside(part, limit)])


def _inside(part: Any, limit: int) -> Iterator[tuple[bool, Any]]:
    """What stands between the brackets, as far as it can be seen."""
    names = [*zip(range(limit), part, strict=False)]
    for index, key in names:
        if index:
            yield False, ", "
        if isinstance(part, dict):
            yield False, f"{scalar_text(key, limit)}: "
            yield True, part[key]
        else:
            yield True, key


def scalar_text(value: Any, limit: int = 60) -> str:
    """The text of a value that has no parts."""
    if isinstance(value, str):
        import json

        return json.dumps(value[: limit + 1], ensure_ascii=False)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, Instant):
        return instant_text(value.ms)
    if isinstance(value, Day):
        return day_text(value.ms)
    return number_text(value) if isinstance(value, int | float) else "…"


def described(value: Any, limit: int = 60) -> str:
    """What a value is, with its verb: ``is 5``, ``has 3 items``."""
    if not isinstance(value, list):
        return f"is {value_text(value, limit)}"
    if any(isinstance(item, dict | list | tuple) for item in value[:limit]):
        return f"has {counted(len(value), 'item')}"
    text = value_text(value, limit)
    return f"has {len(value)} items: {text}" if len(value) > 3 or text.endswith("…") else f"is {text}"


def counted(number: int, noun: str) -> str:
    """``no events``, ``1 event``, ``2 events``."""
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"


def item_text(item: Any, index: int, total: int, noun: str = "item") -> str:
    """``event 3 of 5: 2024-03-01T10:00:00Z, commerce.purchases``."""
    told = identified(item)
    return f"{noun} {index + 1} of {total}" + (f": {told}" if told else "")


def identified(item: Any) -> str:
    """What people recognise an item by, as far as it has something of the kind."""
    if isinstance(item, tuple):
        return " + ".join(filter(None, map(identified, item)))
    if not isinstance(item, dict):
        return value_text(item, 40)
    known = [item.get(name, item.get(f"xdm:{name}")) for name in _IDENTIFYING]
    told = [value for value in known if value is not None and not isinstance(value, dict | list)][:_TOLD]
    return ", ".join([value[:40] if isinstance(value, str) else value_text(value, 40) for value in told])
