"""Which cases show what an expression means?  Those of semantics.toml, ready to be evaluated."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from pqltools.evaluation.naive.walker import Walker
from pqltools.evaluation.program import Program, prepare
from pqltools.evaluation.values import as_json
from pqltools.types.time import iso_instant
from typed_expressions import SCHEMA

FILE = Path(__file__).parent / "evaluation" / "semantics.toml"
DATA = tomllib.loads(FILE.read_text(encoding="utf-8"))
MODELS = {name: json.loads(text) for name, text in DATA["models"].items()}
#: ``$2`` and ``$3``.
PARAMETERS = ("second", 3)


class Case(NamedTuple):
    """An expression, its value for a profile at an instant, and the rule that it shows."""

    section: int
    rule: str
    expression: str
    value: Any
    profile: dict[str, Any]
    now: str
    has_schema: bool

    def program(self) -> Program:
        """The expression, prepared."""
        now = iso_instant(self.now)
        assert now is not None
        return prepare(self.expression, SCHEMA if self.has_schema else None, now=now, segments=DATA["segments"])

    def walk(self, program: Program) -> Any:
        """The value that the naive walker gives."""
        return as_json(Walker(program, [self.profile, *PARAMETERS], MODELS).result())

    def holds(self) -> bool:
        """Whether the profile qualifies (section 3)."""
        if self.value is None or isinstance(self.value, bool):
            return self.value is True
        return self.value != [] if isinstance(self.value, list) else True


def _of_rule(rule: dict[str, Any]) -> Iterator[Case]:
    for expression, value, *own in rule["cases"]:
        profile = json.loads(own[0] if own else rule["profile"])
        now = rule.get("now", DATA["now"])
        yield Case(
            rule["section"], rule["says"], expression, json.loads(value), profile, now, rule.get("schema", False)
        )


def _of_window(window: dict[str, Any]) -> Iterator[Case]:
    words, given = window["window"], {"u": window["u"]} if "u" in window else {}
    rule, now = window.get("says", words), window.get("now", DATA["now"])
    for times, lies in ((window["inside"], True), (window["outside"], False)):
        for time in times:
            yield Case(5, rule, f"t occurs {words}", lies, {"t": time, **given}, now, False)


CASES = [
    *[case for rule in DATA["rule"] for case in _of_rule(rule)],
    *[case for window in DATA["window"] for case in _of_window(window)],
]


def same(left: Any, right: Any) -> bool:
    """Whether JSON values are equal, and also in class: 1 is neither 1.0 nor true."""
    return json.dumps(left) == json.dumps(right)
