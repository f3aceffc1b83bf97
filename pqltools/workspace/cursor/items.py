"""What is one thing that could be written here, and which of many comes first?"""

from __future__ import annotations

from pqltools.records import Record, record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from pqltools.source import Span
    from pqltools.workspace.cursor.spot import Spot

#: Groups of items, the best first. Within a group items keep the order in which they were made.
VALUE, VARIABLE, FIELD, WORD, OTHER_FIELD, FUNCTION, DEEP, LESS, DEPRECATED = range(9)
#: How well a label fits what was typed, the best first; None: not at all.
EXACT, PREFIX, ANY_CASE, WORD_START, INSIDE, SCATTERED = range(6)


@record
class Item(Record):
    """One completion.

    `kind` is ``field``, ``function``, ``method``, ``keyword``, ``operator``, ``enum value``, ``suggested value``,
    ``map key``, ``variable``, ``namespace``, ``segment``, ``time unit``, ``snippet``. `span` is replaced with `insert`,
    which has placeholders (``$1``, ``${1:text}``) if `snippet`. `filter` is what an editor compares with the text in
    the span, `sort` puts items in order. `key` is what `documentation` explains, None if there is nothing to say;
    `commit` are characters that accept the item.
    """

    label: str
    kind: str
    span: Span
    insert: str
    group: int
    snippet: bool = False
    detail: str | None = None
    filter: str = ""
    sort: str = ""
    deprecated: bool = False
    key: str | None = None
    commit: tuple[str, ...] = ()


@record
class Completions(Record):
    """The items in order. `is_incomplete` says that more would be found for a longer word, or that the list was cut."""

    items: tuple[Item, ...]
    is_incomplete: bool = False


def quality(label: str, typed: str) -> int | None:
    """How well `label` fits what was typed: the letters in their order at least."""
    if not typed or label == typed:
        return EXACT
    if label.startswith(typed):
        return PREFIX
    lower, wanted = label.lower(), typed.lower()
    at = lower.find(wanted)
    if at == 0:
        return ANY_CASE
    if at > 0:
        return WORD_START if _starts_word(label, at) else INSIDE
    letters = iter(lower)
    return SCATTERED if lower[:1] == wanted[:1] and all(letter in letters for letter in wanted) else None


def _starts_word(label: str, at: int) -> bool:
    return label[at].isupper() or not label[at - 1].isalnum()


def ranked(items: Iterable[Item], spot: Spot, limit: int) -> tuple[tuple[Item, ...], bool]:
    """The items that fit what was typed, the best first, at most `limit`; and whether there were more."""
    from pqltools.records import replace

    found = []
    typed = spot.typed
    for number, item in enumerate(items):
        fit = quality(item.label, typed)
        if fit is None and item.filter:
            fit = quality(item.filter, typed)
        if fit is not None:
            group = DEPRECATED if item.deprecated else item.group
            found.append((fit if group != DEPRECATED else SCATTERED, group, number, item))
    found.sort(key=lambda entry: entry[:3])
    chosen: dict[tuple[str, str], Item] = {}
    for _, _, _, item in found:
        if len(chosen) > limit:
            break
        # Two kinds of thing may be called the same, but the same text need not be offered twice.
        chosen.setdefault((item.label, item.insert), item)
    kept = [*chosen.values()]
    opening = spot.quote if spot.quote == "`" else ""
    return tuple(
        replace(item, filter=item.filter or opening + item.label, sort=f"{place:04}")
        for place, item in enumerate(kept[:limit])
    ), len(kept) > limit
