"""Which fields can be named here?  Those of one level, variables, and fields below that what was typed may mean."""

from __future__ import annotations

import json

from pqltools.checks.type_words import words
from pqltools.formats.pql_words import back_quoted, dotted_name, is_plain_head, string_text
from pqltools.syntax import ast
from pqltools.types.model import ANY, NUMBERS, TIMES, ArrayType, MapType, ObjectType
from pqltools.workspace.cursor.items import (
    ANY_CASE,
    DEEP,
    FIELD,
    INSIDE,
    LESS,
    OTHER_FIELD,
    SCATTERED,
    VARIABLE,
    WORD,
    WORD_START,
    Item,
    quality,
)
from pqltools.workspace.cursor.place import ARRAY
from pqltools.workspace.cursor.scope import item_scopes, origin, without_arrays
from pqltools.xdm.schema import EVENT_FIELDS, resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from pqltools.types.model import Member, Type
    from pqltools.workspace.cursor.place import Place
    from pqltools.xdm.names import Steps

#: From so many letters on fields are looked for below, so many are offered, and so many steps down.
DEEP_FROM = 2
_DEEP_MOST = 30
_DEEPEST = 5
#: What the platform notes about a record; schemas begin with these, audiences hardly ever use them.
_BOOKKEEPING = frozenset(
    """_id _repo _schema repositoryCreatedBy repositoryLastModifiedBy createdByBatchID modifiedByBatchID eventMergeId
    producedBy""".split()
)
#: What is typed after a field, and so accepts one.
_COMMIT = (".", "[")


def field_items(place: Place) -> Iterator[Item]:
    """The fields of the owner of the word, in the schema's order, but for those in which the platform keeps book."""
    owner = without_arrays(place.owner())
    if isinstance(owner, ObjectType):
        base = _base(place)
        taken = frozenset() if place.spot.lead else frozenset(variable.name for variable in place.variables())
        wanted = place.wanted()
        for name in sorted(owner.names(), key=_BOOKKEEPING.__contains__):
            member = owner.member(name)
            if member is not None and not (base == () and name == EVENT_FIELDS[1]):
                yield _field(place, name, member, base, wanted, name in taken)


def _base(place: Place) -> Steps | None:
    """The path of the owner from the profile."""
    inner = place.receiver()
    if inner is not None:
        return origin(inner, place.typing, place.known.schema.profile)
    return None if place.spot.lead else ()


def _field(place: Place, name: str, member: Member, base: Steps | None, wanted: Type, hidden: bool) -> Item:
    spot = place.spot
    if spot.quote:
        insert = back_quoted(name)
    elif spot.lead:
        insert = dotted_name(name)
    else:
        insert = name if is_plain_head(name) and not hidden and name != "profile" else back_quoted(name)
    return Item(
        name,
        "field",
        (spot.start, spot.end),
        insert,
        group_of(member.type, wanted),
        detail=words(member.type),
        filter=insert if insert[0] == "`" and spot.quote else "",
        deprecated=bool(member.deprecated),
        key=None if base is None else f"field:{json.dumps([*base, name])}",
        commit=_COMMIT,
    )


def group_of(type: Type, wanted: Type) -> int:
    """Where a field of this type stands among others if a value of the wanted type is compared with it.

    An object may have such a value inside.
    """
    inner = without_arrays(type)
    if wanted is ARRAY:
        return FIELD if isinstance(type, ArrayType) else WORD if isinstance(inner, ObjectType) else OTHER_FIELD
    if wanted is ANY or inner == wanted or any(inner in kin and wanted in kin for kin in (NUMBERS, TIMES)):
        return FIELD
    return WORD if inner is ANY or isinstance(inner, ObjectType | MapType) else OTHER_FIELD


def key_items(place: Place) -> Iterator[Item]:
    """The keys of a map behind a dot, as the brackets that ought to be there instead of it."""
    inner = place.receiver()
    if inner is None or not isinstance(without_arrays(place.typing.type(inner)), MapType):
        return
    dot = place.text.rfind(".", 0, place.spot.start)
    if not place.spot.lead.startswith(".") or "\n" in place.spot.lead or place.spot.quote:
        return
    for key, detail, kind in map_keys(place, inner):
        insert = f"[{string_text(key)}]"
        yield Item(key, kind, (dot, place.spot.end), insert, FIELD, detail=detail, filter=f".{key}")


def map_keys(place: Place, inner: ast.Expr) -> Iterator[tuple[str, str | None, str]]:
    """The keys that a map has as far as anybody knows, with a detail and the kind of item."""
    steps = origin(inner, place.typing, place.known.schema.profile) or ()
    known = place.known
    if steps[-1:] == ("identityMap",):
        yield from ((name, "identity namespace", "namespace") for name in known.namespaces)
    elif steps[-1:] == ("segmentMembership",):
        yield "ups", "segments of Experience Platform", "map key"
        yield "aam", "segments of Audience Manager", "map key"
    elif steps[-2:-1] == ("segmentMembership",) and steps[-1].lower() == "ups":
        for segment in known.segments.values():
            yield segment.id, segment.name, "segment"


def variable_items(place: Place) -> Iterator[Item]:
    """The variables in scope, and `this` in an item scope."""
    spot = place.spot
    if spot.quote or spot.lead:
        return
    wanted = place.wanted()
    for variable in place.variables():
        group = VARIABLE if group_of(variable.type, wanted) != OTHER_FIELD else OTHER_FIELD
        detail = words(variable.type)
        yield Item(
            variable.name, "variable", (spot.start, spot.end), variable.name, group, detail=detail, commit=(".",)
        )
    node = place.node
    if node is not None and any(scope.name is None for scope in item_scopes(node, place.typing)):
        detail = f"the item, {words(place.root())}"
        yield Item("this", "variable", (spot.start, spot.end), "this", LESS, detail=detail, commit=(".",))


def deep_items(place: Place) -> Iterator[Item]:
    """Fields further down whose name holds what was typed, the nearest first, and fields of the variables."""
    spot = place.spot
    if len(spot.typed) < DEEP_FROM or spot.quote:
        return
    yield from _of_variables(place)
    owner = without_arrays(place.owner())
    if not isinstance(owner, ObjectType):
        return
    base = _base(place)
    worst = INSIDE if len(spot.typed) > DEEP_FROM else WORD_START
    found: list[tuple[bool, bool, int, int, Steps]] = []
    for name, paths in place.known.schema.index(owner).items():
        fit = quality(name, spot.typed)
        if fit is not None and fit <= worst:
            # The shortest come first, and of one name no more are needed than of all.
            for path in paths[: 2 * _DEEP_MOST]:
                if 1 < len(path) <= _DEEPEST:
                    found.append((path[0] in EVENT_FIELDS, fit > ANY_CASE, len(path), sum(map(len, path)), path))
    found.sort()
    for *_, path in found[:_DEEP_MOST]:
        member = resolve(owner, path)
        if member is not None:
            yield _deep(place, path, member, base)


def _deep(place: Place, path: Steps, member: Member, base: Steps | None) -> Item:
    spot = place.spot
    head = path[0]
    if spot.lead:
        head = dotted_name(head)
    elif not is_plain_head(head) or any(variable.name == head for variable in place.variables()):
        head = back_quoted(head)
    insert = ".".join([head, *map(dotted_name, path[1:])])
    key = None if base is None else f"field:{json.dumps([*base, *path])}"
    return Item(
        insert,
        "field",
        (spot.start, spot.end),
        insert,
        DEEP,
        detail=words(member.type),
        # An editor compares from the first letter on; the last step is what was meant.
        filter=f"{path[-1]} {insert}",
        deprecated=bool(member.deprecated),
        key=key,
        commit=_COMMIT,
    )


def _of_variables(place: Place) -> Iterator[Item]:
    spot = place.spot
    if spot.lead:
        return
    for variable in place.variables():
        type = without_arrays(variable.type)
        for name in type.names() if isinstance(type, ObjectType) else ():
            fit = quality(name, spot.typed)
            member = type.member(name) if fit is not None and fit < SCATTERED else None  # type: ignore[union-attr]
            if member is not None:
                insert = f"{variable.name}.{dotted_name(name)}"
                yield Item(
                    insert,
                    "field",
                    (spot.start, spot.end),
                    insert,
                    DEEP,
                    detail=words(member.type),
                    filter=f"{name} {insert}",
                    deprecated=bool(member.deprecated),
                    commit=_COMMIT,
                )
