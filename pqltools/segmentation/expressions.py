"""Is the expression of a definition right?  `Expressions.check`: refuses what is wrong, returns what is suspicious."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from pqltools.checks.dependencies import dependencies
from pqltools.checks.surroundings import Segment
from pqltools.diagnostics import Diagnostic, PQLError
from pqltools.formats.definition import java_hash, read_expression
from pqltools.formats.definition_shapes import check_definition
from pqltools.formats.json_locations import path_text
from pqltools.records import replace
from pqltools.render import as_data
from pqltools.segmentation.clock import Clock
from pqltools.segmentation.options import Options
from pqltools.segmentation.problems import Problem, wrong
from pqltools.source import Source
from pqltools.syntax.ast import Expr
from pqltools.workspace.expressions import Checker, Known
from pqltools.workspace.given import GivenSegment
from pqltools.workspace.selection import Selection
from pqltools.xdm.given import schema_of

_VALUE = "$.expression.value"
#: Diagnostics of one answer: an expression of megabytes may have a hundred thousand.
_SHOWN = 100
#: Other definitions by id, given the ids that an expression refers to.
Definitions = Callable[[Iterable[str]], Mapping[str, Segment]]


class Expressions:
    """Reads and checks expressions against the schema of the service. Raises `PQLError` for a schema that is wrong."""

    def __init__(self, clock: Clock, options: Options) -> None:
        self._clock = clock
        self.schema = schema_of(options.schema or None, options.tenant)
        # Without the tenant's schema nobody knows which fields there are; a definition that is missing is known to be.
        unknown = None if options.schema else "warning"
        self._selection = Selection(severities=[("PQL110", "error")], unknown_fields=unknown)
        # Rules keep what they found out about the definitions that they were asked about last.
        self._referring = threading.Lock()

    def read(self, definition: Mapping[str, Any]) -> Expr:
        """The tree of a definition. Raises `Problem` (400) with the place of each fault and its cure."""
        faults = check_definition(definition, ())
        if faults:
            raise wrong([_located(Diagnostic(f.code, f.message, help=f.help, path=path_text(f.path))) for f in faults])
        expression = definition["expression"]
        try:
            return read_expression(expression["format"], expression["value"])
        except PQLError as problem:
            raise _refused(problem.diagnostics, expression["value"]) from None
        except RecursionError:
            raise _refused([_too_deep()], expression["value"]) from None

    def references(self, definition: Mapping[str, Any]) -> list[str]:
        """The ids that a definition refers to. Raises `Problem` (400) if it cannot be read."""
        return [*dependencies(self.read(definition), self.schema.profile).segments]

    def check(self, definition: Mapping[str, Any], others: Definitions) -> tuple[tuple[str, ...], list[dict[str, Any]]]:
        """The ids that a definition refers to, and its warnings as data. Raises `Problem` (400) if it is wrong."""
        tree = self.read(definition)
        expression = definition["expression"]
        segments = tuple(dependencies(tree, self.schema.profile).segments)
        known = Known(self.schema, self._clock.now(), segments=others(segments) if segments else {})
        checker = Checker(self._selection, known, suppress=False)
        segment = GivenSegment.of(definition, None)
        if segments:
            with self._referring:
                outcome = checker.check(expression["format"], expression["value"], segment=segment)
        else:
            outcome = checker.check(expression["format"], expression["value"], segment=segment)
        errors = [found for found in outcome.diagnostics if found.severity == "error" and found.code != "PQL064"]
        if errors:
            raise _refused(errors, expression["value"])
        return segments, [*as_details(outcome.diagnostics, expression["value"]), *_hash_warnings(definition)]


def as_details(diagnostics: Sequence[Diagnostic], value: object) -> list[dict[str, Any]]:
    """Diagnostics about the expression `value` as data, with their paths in the definition; the first hundred."""
    # One for all: each finds out anew where the lines begin.
    source = Source(value) if isinstance(value, str) else None
    found = []
    for each in diagnostics[:_SHOWN]:
        placed = each if each.source is not None or source is None else replace(each, source=source)
        found.append(_located(replace(placed, path=_VALUE + (each.path or "$")[1:])))
    if (left := len(diagnostics) - _SHOWN) > 0:
        found.append({"severity": "information", "message": f"{left:,} more are not shown", "path": _VALUE})
    return found


def _located(diagnostic: Diagnostic) -> dict[str, Any]:
    found = as_data(diagnostic)
    del found["file"]
    return {key: value for key, value in found.items() if value not in (None, [])}


def _refused(found: Sequence[Diagnostic], value: object) -> Problem:
    return wrong(as_details(found, value), "The expression is wrong: " + _first(found))


def _first(found: Sequence[Diagnostic]) -> str:
    first = found[0]
    return f"{first.message} ({first.help})" if first.help else first.message


def _too_deep() -> Diagnostic:
    return Diagnostic("PQL010", "the expression is nested too deep")


def _hash_warnings(definition: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Segment Builder takes a rule whose hash is another for one that was changed elsewhere."""
    model, value = definition.get("ansibleDataModel"), definition["expression"]["value"]
    if not isinstance(model, dict) or "hash" not in model or not isinstance(value, str):
        return []
    right = str(java_hash(value))
    if str(model["hash"]) == right:
        return []
    message = "`ansibleDataModel.hash` is not the hash of the expression"
    found = Diagnostic("PQL042", message, severity="warning", help=f"it would be {right}")
    return [_located(replace(found, path="$.ansibleDataModel.hash"))]
