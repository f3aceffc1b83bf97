"""Which profiles could texts be about that were found in public?  Made up from the literals that stand in them.

The texts are in a folder beside the checkout, if any; see `test_shared_corpus`.
"""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from pqltools import from_json, parse
from pqltools.syntax import ast
from pqltools.syntax.walk import walk
from pqltools.types.model import (
    BOOLEAN,
    DATE,
    DOUBLE,
    INTEGER,
    STRING,
    ArrayType,
    MapType,
    ObjectType,
)
from pqltools.types.time import DAY, day_text, instant_text
from profiles import NOW
from typed_tables import fitting

if TYPE_CHECKING:
    from pqltools.sql.tables import Column
    from pqltools.syntax.ast import Expr
    from pqltools.types.model import Type

FOLDER = Path(__file__).parents[1].parent / "shared" / "corpus"
NEEDS_CORPUS = pytest.mark.skipif(not FOLDER.is_dir(), reason="there is no corpus beside this checkout")


def lines(name: str) -> list[dict[str, Any]]:
    path = FOLDER / name
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def trees() -> list[Expr]:
    found = [parse(row["text"]) for row in lines("pql_text.jsonl") if row["expect"] == "parse"]
    return found + [from_json(row["json"]) for row in lines("pql_json.jsonl")]


class Making:
    """Makes values up, of which many stand in the expression."""

    def __init__(self, tree: Expr, random: Random) -> None:
        self.random = random
        nodes = [*walk(tree)]
        self.texts = [node.value for node in nodes if isinstance(node, ast.StringLiteral)] or ["a"]
        self.numbers = [node.value for node in nodes if isinstance(node, ast.IntegerLiteral | ast.DoubleLiteral)] or [1]

    def value(self, type: Type, depth: int = 0) -> Any:
        if self.random.random() < 0.15:
            return None
        if isinstance(type, ObjectType):
            members = {name: type.member(name) for name in type.names()}
            return {name: self.value(member.type, depth + 1) for name, member in members.items() if member is not None}
        if isinstance(type, ArrayType):
            return [self.value(type.item, depth + 1) for _ in range(self.random.randint(0, 4 if depth < 4 else 1))]
        if isinstance(type, MapType):
            keys = self.random.sample([*dict.fromkeys([*self.texts, "Email", "ups", "UPS"])], k=2)
            return {key: self.value(type.value, depth + 1) for key in keys}
        return self.scalar(type)

    def scalar(self, type: Type) -> Any:
        random = self.random
        if type is STRING:
            text = random.choice(self.texts)
            return random.choice([text, text, text.upper(), text[:-1], f"x{text}", "realized"])
        if type is BOOLEAN:
            return random.random() < 0.5
        if type in (INTEGER, DOUBLE):
            number = random.choice(self.numbers) + random.choice([0, 0, 1, -1])
            return int(number) if type is INTEGER else float(number)
        day = (
            NOW - NOW % DAY + random.randint(-500, 40) * DAY
            if random.random() < 0.4
            else NOW - random.randint(0, 9) * DAY
        )
        return day_text(day) if type is DATE else instant_text(day)


def made(tree: Expr, columns: list[Column], random: Random) -> dict[str, Any]:
    making = Making(tree, random)
    held = {column.name: fitting(making.value(column.type), column.type) for column in columns}
    return {name: value for name, value in held.items() if value is not None}
