"""Where in the pql/json tree does this node come from?  A reader that notes the place of each node it makes.

Checking a tree needs it, to say where in the JSON a finding is. Places are kept as spots and become paths only when
somebody asks, for there are many nodes and few findings.
"""

from __future__ import annotations

from pqltools.formats.json_faults import steps_to
from pqltools.formats.json_locations import path_text
from pqltools.formats.json_reader import Reader
from pqltools.records import TYPE_CHECKING
from pqltools.syntax.ast import FieldLookup

if TYPE_CHECKING:
    from typing import Any, TypeVar

    from pqltools.formats.json_faults import Spot
    from pqltools.syntax.ast import Expr, Node

    T = TypeVar("T", bound="Node")


class Places(dict[int, str]):
    """The JSON paths of nodes, by their identity, for as long as the tree lives; written when they are looked up."""

    __slots__ = ("spots",)

    def __init__(self) -> None:
        self.spots: dict[int, Spot] = {}

    def __missing__(self, key: int) -> str:
        path = self[key] = path_text(steps_to(self.spots[key]))
        return path

    def __contains__(self, key: object) -> bool:
        return key in self.spots

    def get(self, key: int, default: Any = None) -> Any:
        """The path of the node with this identity."""
        return self[key] if key in self.spots else default


class PlacingReader(Reader):
    """Reads one tree, and fills `places`. An implicit profile has the place of the lookup that lacks an object."""

    def __init__(self, max_depth: int) -> None:
        super().__init__(max_depth)
        self.places = Places()

    def placed(self, node: T, at: Spot) -> T:
        """Note the place of a node."""
        self.places.spots[id(node)] = at
        return node

    def expr(self, node: Any, at: Spot) -> Expr:
        """The expression at `at`."""
        found = super().expr(node, at)
        spots = self.places.spots
        spots[id(found)] = at
        # A path is read in one go, from its last name; what it begins with has its place, unless it is not written.
        part = found
        while isinstance(part, FieldLookup):
            part = part.object
            if isinstance(part, FieldLookup):
                at = (at, "object", -1, at[3] + 1)
                spots[id(part)] = at
            elif part.spelling == "absent":
                spots[id(part)] = at
        return found
