"""What do programs call?  `compile` for a condition, `compile_value` for any expression, `evaluate` for one profile."""

from __future__ import annotations

from pqltools.evaluation.compiled import calls, comparing, loops, nulls, sequences, windows  # noqa: F401 - they register
from pqltools.evaluation.compiled.compiler import Compiler
from pqltools.evaluation.compiled.frames import Unit
from pqltools.evaluation.program import prepare
from pqltools.evaluation.recursion import room_for_depth
from pqltools.evaluation.values import as_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Any, Protocol

    from pqltools.evaluation.program import Program
    from pqltools.formats.given import Expression
    from pqltools.xdm.schema import Schema

    class Predicate(Protocol):
        """Tells whether a profile qualifies. `program` is what was compiled."""

        program: Program

        def __call__(
            self, profile: Mapping[str, Any], parameters: Sequence[Any] = (), models: Mapping[str, Any] = {}, /
        ) -> bool:
            """Whether the profile qualifies; `parameters` are ``$2``, ``$3``, …, `models` the instances of models."""


def compile(
    expression: Expression,
    schema: Schema | str | Iterable[str] | None = None,
    *,
    tenant: str | None = None,
    now: int | None = None,
    segments: Mapping[str, Expression] | None = None,
) -> Predicate:
    """The expression as a function that tells of a profile whether it qualifies.

    >>> is_adult = compile("currentYear() - person.birthYear >= 18")
    >>> is_adult({"person": {"birthYear": 1984}}), is_adult({})
    (True, False)

    `expression` is text, a tree or pql/json. A profile is decoded JSON, a dict with its events under ``xEvent``; the
    function takes time in proportion to its size, for each variable of a select, for each earlier element that elements
    of a chain refer to, and for each of two arrays of objects that are compared as sets. For what is in it, it raises
    nothing but `EvaluationTimeout`: a search for a regular expression that RE2 cannot run, such as one with lookahead,
    took longer than `pqltools.evaluation.bounded.TIME_LIMIT`. Then that profile has failed, and the next can be asked.
    `schema` tells which strings and integers are times: a loaded schema, or the files of one, with `tenant` if they do
    not name it; without it the standard fields of XDM are known. `now` is in milliseconds since 1970 UTC, by default
    the present. `segments` are the definitions that `inSegment` evaluates, by id; for other ids the profile's
    ``segmentMembership`` tells.

    Raises `PQLError`: what `parse` raises, and PQL070 for what cannot be evaluated.
    """
    program = prepare(expression, schema, tenant=tenant, now=now, segments=segments)
    predicate: Predicate = compile_program(program, as_condition=True)
    return predicate


def compile_value(
    expression: Expression,
    schema: Schema | str | Iterable[str] | None = None,
    *,
    tenant: str | None = None,
    now: int | None = None,
    segments: Mapping[str, Expression] | None = None,
) -> Callable[..., Any]:
    """As `compile`, but the function gives the value of the expression, as `evaluate` does, with times as objects."""
    program = prepare(expression, schema, tenant=tenant, now=now, segments=segments)
    function: Callable[..., Any] = compile_program(program, as_condition=False)
    return function


def evaluate(
    expression: Expression,
    profile: Mapping[str, Any],
    schema: Schema | str | Iterable[str] | None = None,
    *,
    tenant: str | None = None,
    now: int | None = None,
    parameters: Sequence[Any] = (),
    models: Mapping[str, Any] | None = None,
    segments: Mapping[str, Expression] | None = None,
) -> Any:
    """The value of an expression for one profile, as JSON: timestamps and dates are ISO 8601 strings.

    >>> evaluate("orders.sum(total)", {"orders": [{"total": 20}, {"total": 5.5}]})
    25.5

    The arguments are those of `compile`, and `parameters`, ``$2``, ``$3``, …, and `models`, the instances that
    ``@{reference}`` stands for by their references. Raises `EvaluationTimeout` besides what `compile` raises.
    """
    function = compile_value(expression, schema, tenant=tenant, now=now, segments=segments)
    return as_json(function(profile, tuple(parameters), models or {}))


def compile_program(program: Program, *, as_condition: bool) -> Any:
    """The function of a prepared program: a predicate, or one that gives the value with times as objects."""
    unit = Unit()
    word = unit.fresh("f")
    with room_for_depth():
        Compiler(unit, program).outermost(word, as_condition=as_condition)
        function = unit.build()[word]
    function.program = program
    return function
