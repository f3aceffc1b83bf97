"""What did inference find out about a tree?  The type, the schema field and the parent of every node.

Facts are kept beside the tree, by the identity of its nodes, so a tree must not contain one node in two places.
`pqltools.checks.runner` makes sure of that, but for the roots of paths (`ParameterReference`), of which the parser
shares those that are not written: of them only the type can be asked for.
"""

from __future__ import annotations

from pqltools.types.model import ANY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from pqltools.functions.registry import Function
    from pqltools.syntax.ast import Expr, FieldLookup, Node
    from pqltools.types.model import Member, Type
    from pqltools.types.signature import Binding


class Typing:
    """The results of one inference."""

    __slots__ = (
        "calls",
        "conditions",
        "constants",
        "functions",
        "groups",
        "hashes",
        "map_dots",
        "members",
        "missing",
        "nodes",
        "null_tested",
        "parents",
        "ranges",
        "types",
    )

    def __init__(self) -> None:
        #: Every node once, parents first, left to right.
        self.nodes: list[Node] = []
        #: The type of every expression.
        self.types: dict[int, Type] = {}
        #: The schema's field, for field lookups that lead to one.
        self.members: dict[int, Member] = {}
        #: Field lookups that lead nowhere, with the type that has no such field.
        self.missing: dict[int, Type] = {}
        #: Field lookups that step into a map as if its key were a field.
        self.map_dots: set[int] = set()
        #: The node that each node is part of; the root is not in it.
        self.parents: dict[int, Node] = {}
        #: Expressions in a Boolean position: there null is false and an array is "not empty" (semantics.md, 3).
        self.conditions: set[int] = set()
        #: How the arguments of each call of a known function fit its signature.
        self.calls: dict[int, Binding] = {}
        #: The entry of the function, for the same calls.
        self.functions: dict[int, Function] = {}
        #: What `constants`, `ranges` and `range_groups` have found out so far.
        self.constants: dict[int, Any] = {}
        self.ranges: dict[int, Any] = {}
        self.groups: dict[int, Any] = {}
        #: What `operands` has hashed so far.
        self.hashes: dict[int, int] = {}
        #: What `null_tests` has found out, None before it was asked.
        self.null_tested: set[Expr] | None = None

    def type(self, node: Node) -> Type:
        """The type of `node`, `ANY` if nothing is known or it is no expression."""
        return self.types.get(id(node), ANY)

    def member(self, node: Expr) -> Member | None:
        """The schema field that a field lookup leads to."""
        return self.members.get(id(node))

    def is_missing(self, node: FieldLookup) -> bool:
        """Whether the schema has no such field."""
        return id(node) in self.missing
