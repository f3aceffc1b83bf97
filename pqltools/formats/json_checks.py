"""Does this JSON object have the keys of its shape, with values of the right types?  The strict part of the reader."""

from __future__ import annotations

import json
from math import isfinite

from pqltools.formats.json_faults import ROOT, Faults, Stop, expected_type, json_type
from pqltools.formats.json_locations import excerpt
from pqltools.formats.json_nodes import NODE_TYPES
from pqltools.records import TYPE_CHECKING
from pqltools.syntax.ast import Hole, Opaque
from pqltools.syntax.operators import INTEGER_MAX, INTEGER_MIN

if TYPE_CHECKING:
    from typing import Any, TypeGuard

    from pqltools.formats.json_faults import Spot
    from pqltools.formats.json_nodes import Key, Shape

#: What stands in the tree where there was a fault; it never gets out.
NOTHING = Hole()
_LISTS = frozenset(("raws", "nodes", "one", "optional", "texts"))


def bracket_limit(max_depth: int) -> int:
    """How deep the brackets of a tree may go.

    A node takes two (``{"params": [``) but for what hangs at the end: a `timeQualification` takes three.
    """
    return 2 * max_depth + 4


class Unknown(Exception):
    """A part is of unknown kind, so that the node around it cannot be read."""


class Checks(Faults):
    """Checks that note what is wrong and answer whether all is well."""

    def __init__(self, max_depth: int) -> None:
        super().__init__()
        self.max_depth = max_depth

    def check_depth(self, at: Spot) -> None:
        """Stop if the node at `at` is too deep. The reader recurses only behind this check."""
        if at[3] > self.max_depth:
            message = f"the tree is nested deeper than {self.max_depth} levels"
            self.fault("PQL010", message, at, "split the expression, or raise `max_depth`")
            raise Stop

    def check_containers(self, tree: object, max_size: int) -> None:
        """Stop if decoded JSON is too deep or, at two characters for each pair of brackets, too large. Iterative."""
        limit = bracket_limit(self.max_depth)
        level, count, depth = [tree], 0, 0
        while level:
            depth, count = depth + 1, count + len(level)
            if depth > limit:
                self.check_depth((None, None, -1, depth))
            if 2 * count > max_size:
                self.fault("PQL011", f"the tree is larger than {max_size} characters", ROOT)
                raise Stop
            below: list[object] = []
            for value in level:
                members = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
                below += [member for member in members if isinstance(member, (dict, list))]
            level = below

    def fits(self, node: dict[str, Any], shape: Shape, at: Spot) -> bool:
        """Whether `node` has the keys of `shape` and scalars and lists where it needs them.

        What is inside of nodes and lists of nodes is left to those who read them.
        """
        good = True
        if not shape.required <= node.keys() <= shape.allowed:
            self.wrong_keys(node, shape, at)
            good = False
        for key in shape.keys:
            if key.name in node and not self._check(node[key.name], key, shape, (at, key.name, -1, 0)):
                good = False
        return good

    def _check(self, value: Any, key: Key, shape: Shape, at: Spot) -> bool:
        match key.kind:
            case "text":
                good = isinstance(value, str)
            case "word":
                good = isinstance(value, str)
                if good and value not in key.words:
                    self.wrong_word(value, key.words, shape.tags.get("literalType", key.name), at)
                    return False
            case "boolean":
                good = isinstance(value, bool)
            case "null":
                good = value is None
            case "integer" | "position":
                good = is_integer(value)
                if good:
                    return self.check_integer(value, at, least=1 if key.kind == "position" else INTEGER_MIN)
            case "digits":
                good = isinstance(value, str) or is_integer(value)
                if good:
                    return self._check_digits(value, at) if isinstance(value, str) else self.check_integer(value, at)
            case "number":
                good = is_integer(value) or isinstance(value, float)
                if good:
                    return self.check_double(value, at)
            case kind if kind in _LISTS or kind[-1] in "+*":
                good = isinstance(value, list)
                if good:
                    return self._check_list(value, kind, at)
            case _:
                return True
        if not good:
            self.wrong_type(value, expected_type(key), at)
        return good

    def check_integer(self, value: int, at: Spot, least: int = INTEGER_MIN) -> bool:
        """Whether the integer has 64 bits and is not less than `least`."""
        if not INTEGER_MIN <= value <= INTEGER_MAX:
            self.fault("PQL012", "this integer does not fit in 64 bits", at, f"the largest is {INTEGER_MAX}")
            return False
        if value < least:
            self.fault("PQL034", f"`{value}` is too small", at, f"the least is {least}")
            return False
        return True

    def check_double(self, value: float, at: Spot) -> bool:
        """Whether the number is finite and a double holds it."""
        if isinstance(value, float):
            if isfinite(value):
                return True
            self.fault("PQL012", "this number is not finite", at)
            return False
        if not INTEGER_MIN <= value <= INTEGER_MAX or float(value) != value:
            self.fault("PQL012", "a double cannot hold this number exactly", at, "make it an `Integer`")
            return False
        return True

    def _check_digits(self, value: str, at: Spot) -> bool:
        digits = value.removeprefix("-")
        if not (digits.isascii() and digits.isdecimal()) or (digits[0] == "0" and value != "0"):
            self.fault("PQL034", "the string is no integer", at, "write the digits, with `-` before a negative one")
            return False
        return self.check_integer(int(value[:30]), at)

    def _check_list(self, value: list[Any], kind: str, at: Spot) -> bool:
        if not value and (kind[-1] == "+" or kind == "texts"):
            self.fault("PQL034", f"`{at[1]}` is empty", at, "it needs at least one")
            return False
        if (kind == "one" and len(value) != 1) or (kind == "optional" and len(value) > 1):
            self.fault("PQL034", f"`{at[1]}` has {len(value)} items, not one", at)
            return False
        if kind == "texts":
            wrong = [index for index, item in enumerate(value) if not isinstance(item, str)]
            for index in wrong:
                self.wrong_type(value[index], "a string", at, index)
            return not wrong
        return True

    def check_json(self, tree: object, at: Spot) -> bool:
        """Whether a subtree that nobody interprets is JSON, with numbers in range. Iterative."""
        before = len(self.faults)
        pending: list[tuple[object, Spot]] = [(tree, at)]
        while pending:
            value, spot = pending.pop()
            match value:
                case dict():
                    for key in value:
                        if not isinstance(key, str):
                            self.fault("PQL034", f"a key is {json_type(key)}, not a string", spot)
                    below = [(item, (spot, key, -1, 0)) for key, item in value.items() if isinstance(key, str)]
                    pending += reversed(below)
                case list():
                    pending += [(value[index], (spot, None, index, 0)) for index in reversed(range(len(value)))]
                case None | bool() | str():
                    pass
                case int():
                    self.check_integer(value, spot)
                case float():
                    self.check_double(value, spot)
                case _:
                    self.fault("PQL034", "JSON has no such value", spot)
        return len(self.faults) == before

    def opaque(self, node: dict[str, Any], at: Spot) -> Opaque | Hole:
        """The node, kept whole."""
        if not self.check_json(node, at):
            return NOTHING
        return Opaque(node["nodeType"], _SORTED.encode(node), spelling=_AS_READ.encode(node))

    def is_part(self, node: Any, at: Spot, *kinds: str) -> TypeGuard[dict[str, Any]]:
        """Whether a node of one of `kinds` stands at `at`. Raises `Unknown` if its kind is one that nobody knows."""
        if not isinstance(node, dict):
            self.wrong_type(node, f"a `{kinds[0]}`", at)
            return False
        kind = node.get("nodeType")
        if kind in kinds:
            return True
        if isinstance(kind, str) and kind not in NODE_TYPES:
            raise Unknown
        self.check_kind(node, kind, f"a `{kinds[0]}`", at)
        return False

    def check_kind(self, node: dict[str, Any], kind: object, expected: str, at: Spot) -> None:
        """Note that the nodeType is missing, no string, or of a node that cannot stand here."""
        if "nodeType" not in node:
            self.missing("this is no node, it lacks the key `nodeType`", at, "nodeType")
        elif isinstance(kind, str):
            self.fault("PQL034", f"{excerpt(kind)} cannot stand here", at, f"expected {expected}")
        else:
            self.wrong_type(kind, "a string", (at, "nodeType", -1, 0))


def is_integer(value: object) -> TypeGuard[int]:
    """Whether `value` is an integer in JSON's sense."""
    return isinstance(value, int) and not isinstance(value, bool)


_SORTED = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
_AS_READ = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))
