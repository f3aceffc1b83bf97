"""How are references, paths and calls printed?  For the printer: the forms that other steps can follow.

The root of a path is left out where the scopes put it back: a bare name is a field of the innermost item, or outside of
all item scopes of the profile. Calls are methods, but for a few functions and for calls without a receiver.
"""

from __future__ import annotations

import re

from pqltools.formats.layout import bracketed, leading_text
from pqltools.formats.pql_levels import level_of
from pqltools.formats.pql_words import back_quoted, dotted_name, is_identifier, is_keyword, is_plain_head
from pqltools.syntax.ast import (
    ChainElement,
    FieldLookup,
    FunctionCall,
    ItemLambda,
    ItemReference,
    Lambda,
    Let,
    ListLiteral,
    ObjectLiteral,
    ParameterReference,
    StringLiteral,
    VariableDeclaration,
    VariableReference,
)
from pqltools.syntax.literals import shorten
from pqltools.syntax.operators import (
    BINARY,
    FUNCTION_STYLE,
    ITEM_FUNCTIONS,
    KNOWN_FUNCTIONS,
    NOT,
    OPERATOR_NAMES,
    POSTFIX,
)
from pqltools.syntax.walk import walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.formats.layout import Doc
    from pqltools.formats.pql_printer import Printer
    from pqltools.formats.printed_scopes import Scope
    from pqltools.syntax.ast import Expr, Node

_NAME_FROM = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\s+from(?![A-Za-z0-9_])", re.IGNORECASE)


def root(printer: Printer, node: ParameterReference | VariableReference | ItemReference, scope: Scope) -> str:
    """What `node` is called by itself, or before a dot."""
    match node:
        case VariableReference(name):
            if name not in scope.names:
                help = "text only has the variables that it binds: by select, a quantifier, let, a lambda or a chain"
                printer.problem(node, "PQL036", f"the variable `{shorten(name)}` is bound nowhere", help)
            return name
        case ItemReference(distance):
            if not 0 <= distance < len(scope.items):
                scopes = f"{len(scope.items)} item scope" + "s" * (len(scope.items) != 1)
                printer.problem(node, "PQL036", f"a reference to an item {distance} scopes out, inside {scopes}")
                return "this"
            return scope.items[-1 - distance] or "^" * scope.hats(distance) or "this"
        case ParameterReference(position):
            if position < 1:
                printer.problem(node, "PQL036", f"there is no parameter {position}; they count from 1")
            if position == 1 and node.spelling == "profile" and "profile" not in scope.names:
                return "profile"
            return f"${position}"


def _head(printer: Printer, node: FieldLookup, scope: Scope) -> str:
    """A field of an item or a parameter; the root is left out where no other meaning of the name is in the way."""
    assert isinstance(node.object, (ParameterReference, ItemReference))
    text = root(printer, node.object, scope)
    name = node.name
    plain = is_plain_head(name)
    if text[0] == "^" and plain:
        return text + name
    implied = text == "this" or (text == "$1" and not scope.in_item())
    if not implied:
        return f"{text}.{dotted_name(name)}"
    if plain and name not in scope.names and name != "profile":
        return name
    return f"this.{name}" if text == "this" and is_identifier(name) else back_quoted(name)


def postfix(printer: Printer, node: FieldLookup | FunctionCall, scope: Scope) -> Doc:
    """A path or a call: from the receiver at the far left, one step after the other."""
    steps: list[FieldLookup | FunctionCall] = []
    base: Expr = node
    while (receiver := _receiver(base)) is not None:
        assert isinstance(base, (FieldLookup, FunctionCall))
        steps.append(base)
        base = receiver
    parts: list[Doc]
    if steps:
        operator = "." if _bracket_content(steps[-1]) is None else "["
        parts = [printer.left_operand(base, scope, POSTFIX, operator)]
    elif isinstance(base, FieldLookup):
        parts = [_head(printer, base, scope)]
    else:
        assert isinstance(base, FunctionCall)
        parts = [_arguments(printer, base, 0, scope)]
    for step in reversed(steps):
        if isinstance(step, FieldLookup):
            parts.append("." + dotted_name(step.name))
        elif (content := _bracket_content(step)) is None:
            parts.append(_arguments(printer, step, 1, scope))
        elif isinstance(content, ItemLambda):
            parts.append(bracketed("[", [item(printer, content, scope)], "]"))
        else:
            parts += ["[", printer.doc(content, scope), "]"]
        if step is not node:
            parts = [printer.commented(step, tuple(parts))]
    return tuple(parts)


def _receiver(node: Expr) -> Expr | None:
    """What `node` is a step from: the object of a field, the receiver of a method."""
    match node:
        case FieldLookup(object):
            return None if isinstance(object, (ParameterReference, ItemReference)) else object
        case FunctionCall(_, (receiver, *_)) if _is_method(node) and level_of(node) == POSTFIX:
            return receiver
        case _:
            return None


def _is_method(call: FunctionCall) -> bool:
    """Whether a call that is no operator is printed behind its receiver."""
    if call.function not in KNOWN_FUNCTIONS:
        return call.spelling != "function"
    return call.function not in FUNCTION_STYLE and call.function not in BINARY and call.function != "not"


def _bracket_content(node: Node) -> Expr | None:
    """What stands in the brackets of ``array[condition]`` or ``map["key"]``, if `node` is printed so."""
    match node:
        case FunctionCall("filter", (_, ItemLambda(body) as condition)):
            return None if isinstance(body, (StringLiteral, Lambda)) else condition
        case FunctionCall("get", (_, StringLiteral() as key)) if node.spelling == "get":
            return key
        case _:
            return None


def _arguments(printer: Printer, call: FunctionCall, first: int, scope: Scope) -> Doc:
    """The name of a call, and in parentheses its arguments from `first` on."""
    operator = OPERATOR_NAMES.get(call.function.lower(), call.function)
    if operator != call.function:
        message = f"a function named `{shorten(call.function)}` has no PQL text"
        printer.problem(call, "PQL036", message, f"text reads it as the operator `{operator}`")
    docs: list[Doc] = []
    for index, argument in enumerate(call.arguments[first:], first):
        if index == 1 and isinstance(argument, ItemLambda) and call.function in ITEM_FUNCTIONS:
            docs.append(item(printer, argument, scope))
        else:
            if index == 1 and isinstance(argument, Lambda) and _needs_plain_arguments(call):
                printer.unwritable(argument, "a lambda of one parameter that is no item scope, where one is due,")
            doc = printer.doc(argument, scope)
            docs.append(doc if index == first else behind_comma(argument, doc))
    opening = _call_name(call, first == 1) + "("
    if len(docs) == 1 and _hugs(printer, call.arguments[first]):
        return (opening, docs[0], ")")
    return bracketed(opening, docs, ")")


def _hugs(printer: Printer, argument: Expr) -> bool:
    """Whether the brackets of a sole argument may follow the parenthesis of the call directly."""
    value = argument.body if isinstance(argument, ItemLambda) else argument
    return isinstance(value, (ListLiteral, ObjectLiteral)) and id(value) not in printer.notes


def behind_comma(node: Expr, doc: Doc) -> Doc:
    """`doc`, which is that of `node`, where the comma before it must not be taken for that of a further clause."""
    if level_of(node) <= NOT and _NAME_FROM.match(leading_text(doc, 4)):
        return ("(", doc, ")")  # such as `not from.a`, where `from` is a variable
    return doc


def _call_name(call: FunctionCall, method: bool) -> str:
    """The name of a call, back-quoted where the plain one would be read otherwise."""
    name = call.function
    dot = "." * method
    if _needs_plain_arguments(call) or (name in OPERATOR_NAMES.values() and name != "matches"):
        return dot + back_quoted(name)
    if method:
        return dot + dotted_name(name)
    return name if is_identifier(name) and not is_keyword(name) else back_quoted(name)


def _needs_plain_arguments(call: FunctionCall) -> bool:
    """Whether a plain name would make an item scope of an argument that is none."""
    match call.arguments:
        case (_, ItemLambda(), *_) | (_, Lambda((_, _, *_)), *_):
            return False
        case (_, _, *_):
            return call.function in ITEM_FUNCTIONS
        case _:
            return False


def item(printer: Printer, node: ItemLambda, scope: Scope) -> Doc:
    """An item scope in short form, unless its body is a lambda: that would be taken for the scope itself."""
    if not isinstance(node.body, Lambda):
        return printer.doc(node.body, scope.item())
    used = printer.used_names() | scope.names
    name = next(name for number in range(len(used) + 1) if (name := f"I{number or ''}") not in used)
    return (f"({name}) => ", printer.doc(node.body, scope.item(name)))


def names_in(tree: Node) -> frozenset[str]:
    """What variables are called anywhere in the tree."""
    names: set[str] = set()
    for node in walk(tree):
        match node:
            case Lambda(parameters):
                names.update(parameters)
            case VariableReference(name) | VariableDeclaration(name) | Let(name) | ChainElement(name):
                names.add(name)
            case _:
                pass  # The name that an item lambda was read with is printed nowhere.
    return frozenset(names)
