"""Parentheses stand where nothing would change without them.

Parentheses tell a reader that something is grouped in an unusual way. Round a whole condition, a single name or other
parentheses they tell nothing.

```pql bad
xEvent[(eventType = "commerce.purchases" or eventType = "commerce.checkouts")]
```

```pql fixed
xEvent[eventType = "commerce.purchases" or eventType = "commerce.checkouts"]
```

```pql bad
((homeAddress.countryCode = "US")) and (homeAddress.city) = "Bath"
```

```pql fixed
(homeAddress.countryCode = "US") and homeAddress.city = "Bath"
```

Parentheses that help reading stay, even if `pql format` would do without: those round the operand of an operator, after
`not`, and round what is bound by `let` or a lambda.

```pql good
(homeAddress.countryCode = "US" and person.gender = "female") or not (person.birthYear > 1980)
```
"""

from __future__ import annotations

import re

from pqltools.checks.registry import Rule
from pqltools.diagnostics import Edit, Fix
from pqltools.syntax.ast import ChainElement, ItemLambda, Lambda, Let, VariableDeclaration
from pqltools.syntax.driver import machine
from pqltools.syntax.operators import POSTFIX, PREFIX

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.checks.context import Context
    from pqltools.source import Span
    from pqltools.syntax.ast import Expr, Node

#: Terminals before which a parenthesis groups; words are told apart below.
_BEFORE_GROUP = frozenset(
    """LPAR LSQB LBRACE COMMA CLAUSE_COMMA COLON EQUAL CMP MINUS PLUS STAR SLASH PERCENT""".split()
)
_WORDS = frozenset("and or where from over like matches occurs before after on between".split())
#: Without such a place the tokens need not be read: most parentheses are those of calls, or follow `not`.
_CANDIDATE = re.compile(rf"(?:^|[^\w\s`]|\b(?:{'|'.join(sorted(_WORDS))}))\s*\(", re.IGNORECASE)


def check(tree: Expr, context: Context) -> None:
    """See the page."""
    text = context.text
    if text is None or _CANDIDATE.search(text) is None:
        return
    groups = _groups(text)
    if not groups:
        return
    nodes = _by_span(context)
    done: set[Span] = set()
    for outer, inner in groups.items():
        if outer in done:
            continue
        pairs = [outer]
        while inner in groups:
            pairs.append(inner)
            inner = groups[inner]
        done.update(pairs)
        node = nodes.get(inner)
        if node is not None:
            _check_pairs(pairs, node, context)


def _by_span(context: Context) -> dict[Span | None, Expr]:
    """The expressions by their places; of those with the same place the outermost."""
    found: dict[Span | None, Expr] = {}
    for node in context.typing.nodes:
        if id(node) in context.typing.types and not isinstance(node, ItemLambda):
            found.setdefault(node.span, node)  # type: ignore[arg-type]
    return found


def _groups(text: str) -> dict[Span, Span]:
    """The parentheses that group and are not needed to tell what a word is: their places, and what is inside.

    The outer ones come first.
    """
    terminals = machine().tables.terminals
    found: list[tuple[Span, Span]] = []
    opened: list[tuple[bool, int, int]] = []
    before, start, end = "", 0, 0
    tokens = machine().scan(text)
    for match in tokens:
        kind = match.lastindex or 0
        name = terminals[kind]
        if opened and opened[-1][2] < 0:
            opened[-1] = (*opened[-1][:2], match.start(kind))
        if name == "LPAR" or name == "PARAMETERS":
            word = text[start:end].lower()
            groups = name == "LPAR" and (not before or before in _BEFORE_GROUP or word in _WORDS)
            opened.append((groups, match.start(kind), -1))
        elif name == "RPAR" and opened:
            groups, first, inside = opened.pop()
            if groups:
                found.append(((first, match.end(kind)), (inside, end)))
        before, (start, end) = name, match.span(kind)
    return dict(sorted(found))


def _check_pairs(pairs: list[Span], node: Expr, context: Context) -> None:
    """Report all pairs around one node but the last, or that one if it does not help either."""
    from pqltools.checks.fixing import holds
    from pqltools.formats.pql_levels import level_of
    from pqltools.formats.pql_words import is_opening_word

    text = context.text
    assert text is not None
    pairs = pairs[_needed(node, context) :]
    if not pairs:
        return
    if len(pairs) > 1:
        surplus, message = pairs[:-1], "parentheses stand round parentheses"
    elif is_opening_word(text[node.span[0] : node.span[1]] if node.span else ""):
        return  # such as a variable called `select`, which is taken for one in parentheses
    elif level_of(node) == POSTFIX:
        surplus, message = pairs, f"the parentheses round {context.source(node)} are redundant"
    elif _fills_place(node, context):
        surplus, message = pairs, "the parentheses are redundant: all of it stands in them"
    else:
        return
    edits = tuple(edit for pair in surplus for edit in _without(text, pair))
    if holds(edits, node, node, context):
        fix = Fix("remove the parentheses", edits, safe=True)
        context.report(node, message, span=surplus[0], help="remove them", fixes=(fix,))


def _needed(node: Expr, context: Context) -> int:
    """How many pairs around `node` belong to what it stands in, for the `WHERE` of a sequence looks like a select's."""
    scope = context.parent(node)
    element = None if scope is None else context.parent(scope)
    return 1 if isinstance(element, ChainElement) and element.where is scope else 0


def _fills_place(node: Expr, context: Context) -> bool:
    """Whether any expression could stand in the place of `node` as it is, and readers would see where it ends."""
    above = context.parent(node)
    match above:
        case Let() | Lambda():
            return False
        case ItemLambda(body) if above.span != body.span and above.name is not None:
            return False
        case VariableDeclaration() if len(_clauses(above, context)) > 1:
            return False
        case _:
            from pqltools.checks.fixing import level_due

            return level_due(node, node, context) == PREFIX


def _clauses(clause: VariableDeclaration, context: Context) -> tuple[Node, ...]:
    return getattr(context.parent(clause), "variables", ())


def _without(text: str, pair: Span) -> tuple[Edit, Edit]:
    """The edits that remove two parentheses and the blanks inside them, but do not join words."""
    first, last = pair[0], pair[1] - 1
    after = first + 1
    while text[after] in " \t":
        after += 1
    before = last
    while text[before - 1] in " \t":
        before -= 1
    left = " " if first and _is_word(text[first - 1]) else ""
    right = " " if _is_word(text[last + 1 : last + 2]) else ""
    return Edit((first, after), left), Edit((before, last + 1), right)


def _is_word(char: str) -> bool:
    return char.isalnum() or char == "_"


RULE = Rule("PQL404", "redundant-parentheses", "information", check)
