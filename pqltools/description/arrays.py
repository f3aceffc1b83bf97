"""How are items said?  "the events where …", "at least one item of …", selects, quantifiers and filters.

A `Source` is an array as a noun with the conditions that its items have to satisfy, so that filters, selects and
conditions of `exists` and `count` all read alike. Only the sources of binders with several variables name the items.
"""

from __future__ import annotations

from pqltools.description.phrases import ALL, THESE, closed, joined, listed, listing, say, set_below, subject
from pqltools.description.scopes import is_events, is_reference
from pqltools.description.words import variable
from pqltools.formats.pql_words import string_text
from pqltools.records import Record, record, replace
from pqltools.syntax.ast import FieldLookup, FunctionCall, ItemLambda, Lambda, ListLiteral, ModelReference, Select

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.description.phrases import Phrase
    from pqltools.description.scopes import Scope
    from pqltools.description.writer import Writer
    from pqltools.syntax.ast import Expr, Quantification, VariableDeclaration

_COUNTS = {"some": "at least one", "none": "no", "one": "exactly one"}
_DENIED = {"some": "no", "none": "at least one"}


@record
class Source(Record):
    """An array: its item and its items in words, what an item is called for short, and what has to hold for each.

    `whole` is the array itself in words, where those are others than "the items". An item of a select with several
    variables has `parts`: the noun and the name of each.
    """

    singular: Phrase
    plural: Phrase
    noun: str
    where: tuple[Phrase, ...] = ()
    whole: Phrase | None = None
    parts: tuple[tuple[str, str], ...] = ()

    def narrowed(self, *conditions: Phrase) -> Source:
        """The source with further conditions."""
        return replace(self, where=self.where + conditions, whole=None)


def source(writer: Writer, node: Expr, scope: Scope) -> Source:
    """The array `node`."""
    match node:
        case _ if is_events(node, scope):
            return Source(say("event"), say("events"), "event")
        case FunctionCall("filter", (array, (ItemLambda() | Lambda()) as condition)):
            items = source(writer, array, scope)
            return items.narrowed(item_condition(writer, condition, items, scope))
        case Select((one,)):
            items = source(writer, one.source, scope)
            return items if one.condition is None else items.narrowed(_own_condition(writer, one, items, scope))
        case Select():
            return _combinations(writer, node.variables, scope)
        case FunctionCall("keys" | "values" as name, (map,)):
            of = closed(writer.value(map, scope))
            word = "key" if name == "keys" else "value"
            return Source(say(f"{word} of ", of), say(f"{word}s of ", of), word)
        case FunctionCall("distinct", (array,)):
            items = source(writer, array, scope)
            return replace(items, singular=say("distinct ", items.singular), plural=say("distinct ", items.plural))
        case FunctionCall("intersection", (left, right)):
            shared = say(" that ", closed(writer.value(left, scope)), " has in common with ")
            shared = say(shared, closed(writer.value(right, scope)))
            return Source(say("item", shared), say("items", shared), "item")
        case FunctionCall("modelInstances", (_, *_) as given):
            values = []
            for argument in given:
                values.append(writer.value(argument, scope))  # a comprehension would take one frame more
            return _instances(given[0], values)
        case _:
            whole = writer.value(node, scope)
            # A condition behind "`a` of the first item of `b`" would seem to be about the latter.
            is_plain = not isinstance(node, FieldLookup) or is_reference(_base(node))
            of = closed(whole) if is_plain else say("(", set_below(whole), ")")
            return Source(say("item of ", of), say("items of ", of), "item", whole=whole)


def _own_condition(writer: Writer, one: VariableDeclaration, items: Source, scope: Scope) -> Phrase:
    assert one.condition is not None
    return writer.condition(one.condition, scope.level(items.noun, one.name))


def _instances(model: Expr, given: list[Phrase]) -> Source:
    uri = say(string_text(model.reference)) if isinstance(model, ModelReference) else closed(given[0])
    of = say(" of the model ", uri)
    if len(given) > 1:
        of = say(of, " given (", joined(map(listed, given[1:])), ")")
    return Source(say("instance", of), say("instances", of), "instance")


def _base(node: Expr) -> Expr:
    """What a path starts from."""
    while isinstance(node, FieldLookup):
        node = node.object
    return node


def is_literal(node: Expr) -> bool:
    """Whether `node` is a list that is written out."""
    return isinstance(node, ListLiteral)


# Nouns.


def _where(noun: Phrase, items: Source) -> Phrase:
    """The noun with the conditions of the items behind it."""
    if not items.where:
        return noun
    condition = items.where[0] if len(items.where) == 1 else listing(ALL, items.where)
    return say(noun, " where ", condition, open=1 + condition.open)


def counted(count: str, items: Source) -> Phrase:
    """``at least one event where …``."""
    return _where(say(count, " ", items.singular), items)


def all_items(items: Source, article: str = "the ") -> Phrase:
    """``the events where …``."""
    return _where(say(article, items.plural), items)


def items(writer: Writer, node: Expr, scope: Scope) -> Phrase:
    """An array as a value."""
    return all_items(source(writer, node, scope), "the list of ")


def filtered(writer: Writer, call: FunctionCall, scope: Scope) -> Phrase | None:
    """A filter as a value."""
    match call.arguments:
        case (_, ItemLambda() | Lambda()):
            return items(writer, call, scope)
    return None


# Clauses.


def there_is(count: str, items: Source) -> Phrase:
    """``there is at least one event where …``."""
    found = counted(count, items)
    return say("there is ", found, open=found.open)


def there_are(count: str, items: Source, one: bool) -> Phrase:
    """``there are at least 3 events where …``."""
    if one:
        return there_is(count, items)
    found = all_items(items, f"{count} ")
    return say("there are ", found, open=found.open)


def exists(writer: Writer, call: FunctionCall, scope: Scope) -> Phrase | None:
    """Whether there is an item, or one for which a condition holds."""
    found = counted_source(writer, call, scope)
    return None if found is None else there_is("at least one", found)


def exists_not(writer: Writer, call: FunctionCall, scope: Scope) -> Phrase | None:
    """That there is none."""
    found = counted_source(writer, call, scope)
    return None if found is None else there_is("no", found)


def counted_source(writer: Writer, call: FunctionCall, scope: Scope) -> Source | None:
    """The items that `exists` or `count` is about; None if the arguments are others."""
    match call.arguments:
        case (array,):
            return source(writer, array, scope)
        case (array, (ItemLambda() | Lambda()) as condition):
            items = source(writer, array, scope)
            return items.narrowed(item_condition(writer, condition, items, scope))
    return None


def quantification(writer: Writer, node: Quantification, scope: Scope, denied: bool = False) -> Phrase:
    """``exists X from …`` and the like."""
    count = (_DENIED if denied else _COUNTS).get(node.quantifier)
    if len(node.variables) != 1:
        found = _combinations(writer, node.variables, scope, must=count is None)
        if count is not None:
            return there_is(count, found)
        return say("for every ", found.singular, ", if there are any, what is required of them holds")
    (one,) = node.variables
    items = source(writer, one.source, scope)
    condition = None if one.condition is None else _own_condition(writer, one, items, scope)
    if count is not None:
        return there_is(count, items if condition is None else items.narrowed(condition))
    start = say("for ", subject(counted("every", items)), ", if there are any, ")
    if condition is None:
        return say(start, "no condition has to hold")
    return say(start, condition, open=1 + condition.open)


# Several variables.


def _combinations(
    writer: Writer, variables: tuple[VariableDeclaration, ...], scope: Scope, must: bool = False
) -> Source:
    """Every choice of an item for each variable; each may depend on those before it."""
    entries, parts = [], []
    for one in variables:
        items = source(writer, one.source, scope)
        scope = scope.named(items.noun, one.name)
        parts.append((items.noun, one.name))
        found = all_items(items)
        if one.condition is None:
            entry = say(f"{items.noun} {variable(one.name)} from ", found)
        else:
            word = " required: " if must else " where "
            condition = writer.condition(one.condition, scope)
            entry = say(f"{items.noun} {variable(one.name)} from ", closed(found), ",", word, condition)
        entries.append(entry)
    these = listing(THESE, entries)
    return Source(say("combination of ", these), say("combinations of ", these), "combination", parts=tuple(parts))


# What is said of each item.


def item_condition(writer: Writer, node: ItemLambda | Lambda, items: Source, scope: Scope) -> Phrase:
    """The condition that `node` is for each item."""
    if isinstance(node, ItemLambda):
        return writer.condition(node.body, scope.item(items.noun))
    names, scope = bound(node, items, scope)
    condition = writer.condition(node.body, scope)
    return say(f"for {names}, " if names else "", condition, open=1 + condition.open)


def item_value(writer: Writer, node: ItemLambda | Lambda, items: Source, scope: Scope) -> Phrase:
    """The value that `node` has for each item."""
    if isinstance(node, ItemLambda):
        return writer.value(node.body, scope.item(items.noun))
    names, scope = bound(node, items, scope)
    value = writer.value(node.body, scope)
    return say(f"(for {names}, ", set_below(value), ")") if names else value


def bound(node: Lambda, items: Source, scope: Scope) -> tuple[str, Scope]:
    """The parameters of a lambda in words, and the scope with them: over a map there are two, keys and values.

    Nothing has to be said of them where they are called what the parts of the items are called anyway.
    """
    parts = items.parts
    known = tuple([name for _, name in parts]) == node.parameters
    if not known:
        nouns = ("key", "value") if len(node.parameters) == 2 else ("item",) * len(node.parameters)
        parts = tuple(zip(nouns, node.parameters, strict=True))
    for noun, name in parts:
        scope = scope.named(noun, name)
    return "" if known else " and ".join([f"{noun} {variable(name)}" for noun, name in parts]), scope
