"""Which rules are there, and which of them look at which node?

A rule is one module in `rules/`. Its docstring is its documentation: the first line says what it finds, and fenced
blocks marked ``pql bad``, ``pql good`` and ``pql fixed`` are examples that the tests run. Its `RULE` is found because
the file is there. Codes are never reused; the hundreds say what a rule is about and when it speaks:

| codes | about | stage |
|---|---|---|
| 10x | names and fields | 1 |
| 11x | other definitions | 2 |
| 2xx | types and calls | 1 |
| 3xx | suspicious | 2 |
| 4xx | style | 2 |
| 5xx | platform limits and eligibility | 2 |

A finding of stage 2 is dropped where stage 1 has found an error in the same part of the tree, so that one typo gives
one message. Syntax errors (0xx) come before: what does not parse is not checked.

Examples hold one expression a block. A bad one fires its rule and no other; a good one fires none; a fixed one follows
its bad one and is, to the character, what the rule's fixes make of it. Words behind the kind set the surroundings,
``pql bad method=streaming as-of=2024-06-01``:

| word | says |
|---|---|
| ``method=streaming`` | the method that is wanted: ``batch``, ``streaming``, ``edge`` |
| ``as-of=2024-06-01`` | the day whose rules of eligibility apply |
| ``edge=yes`` | whether the merge policy is active on edge: ``yes``, ``no`` |
| ``now=2024-06-01`` | the day of the check, from midnight UTC; otherwise it is 2026-01-15 |
| ``segments=vip,lapsed:draft`` | the ids of the other definitions, published unless a state follows |
| ``list-items=3`` | a limit, by the name that it has in `surroundings.Limits` |
| ``also=PQL405`` | codes, with commas, that rightly speak as well |

``json bad`` holds a tree, and ``yaml bad`` a list of definitions that are checked together. The schema is the standard
one.
"""

from __future__ import annotations

import os

from pqltools.diagnostics import register
from pqltools.records import Record, hint, record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from pqltools.checks.context import Context
    from pqltools.diagnostics import Severity
    from pqltools.syntax.ast import Node

#: What the rules are about, by the hundreds of their codes.
GROUPS = {
    "1": "Names and fields",
    "2": "Types and calls",
    "3": "Suspicious",
    "4": "Style",
    "5": "Platform limits and eligibility",
}


@record
class Rule(Record):
    """One rule.

    `check(node, context)` reports what it finds with `context.report`. It is called for every node of the types
    `nodes`, for calls only if `functions` is empty or has the function's name; without `nodes` once for the root.
    `severity` is the ordinary one; a finding may have another. `off` rules speak only when they are selected by name.
    """

    code: str
    name: str
    severity: Severity
    check: Callable[[Any, Context], None]
    nodes: tuple[type[Node], ...] = ()
    functions: tuple[str, ...] = ()
    off: bool = False
    module: str = hint(default="")

    @property
    def stage(self) -> int:
        """1 for names and types, 2 for all that presupposes them."""
        return 1 if self.code < "PQL110" or "PQL200" <= self.code < "PQL300" else 2

    @property
    def documentation(self) -> str:
        """The rule's page: the docstring of its module."""
        import sys

        return sys.modules[self.module].__doc__ or ""

    @property
    def summary(self) -> str:
        """The first line of the page."""
        return self.documentation.strip().partition("\n")[0]


def all_rules() -> tuple[Rule, ...]:
    """Every rule, by code. They are imported when this is first called."""
    if not _rules:
        from importlib import import_module

        folder = os.path.join(os.path.dirname(__file__), "rules")  # noqa: PTH118, PTH120 - pathlib is slow to import
        names = sorted({name.partition(".")[0] for name in os.listdir(folder)})  # noqa: PTH208
        found = []
        for name in names:
            if not name.startswith("_"):
                module = import_module(f"pqltools.checks.rules.{name}")
                rule: Rule = module.RULE
                object.__setattr__(rule, "module", module.__name__)
                register(rule.code, rule.name, rule.summary)
                found.append(rule)
        _rules.extend(sorted(found, key=lambda rule: rule.code))
    return tuple(_rules)


_rules: list[Rule] = []


class Table:
    """The chosen rules by what they look at, for one walk over a tree."""

    __slots__ = ("_by_function", "_by_type", "root")

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._by_type: dict[type, list[Rule]] = {}
        self._by_function: dict[type, dict[str, tuple[Rule, ...]]] = {}
        self.root: list[Rule] = []
        for rule in rules:
            if not rule.nodes:
                self.root.append(rule)
            for node_type in rule.nodes:
                self._by_type.setdefault(node_type, []).append(rule)

    def rules(self, node: Node) -> Iterable[Rule]:
        """The rules that look at this node."""
        cls = node.__class__
        rules = self._by_type.get(cls)
        if rules is None:
            return ()
        name: str | None = getattr(node, "function", None)
        if name is None:
            return rules
        known = self._by_function.setdefault(cls, {})
        found = known.get(name)
        if found is None:
            found = tuple([rule for rule in rules if not rule.functions or name in rule.functions])
            if len(known) < 1000:  # names are the users'; a service must not remember all of them
                known[name] = found
        return found
