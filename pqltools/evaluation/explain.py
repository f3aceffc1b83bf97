"""Why does this profile (not) qualify?  `explain`: a tree that tells the value of every part, and what decided it."""

from __future__ import annotations

from pqltools.evaluation.explaining.explainer import Explainer
from pqltools.evaluation.explaining.model import Explanation, Limits
from pqltools.evaluation.nulls import Truths
from pqltools.evaluation.program import prepare
from pqltools.evaluation.recursion import room_for_depth

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from typing import Any

    from pqltools.evaluation.program import Program
    from pqltools.formats.given import Expression
    from pqltools.xdm.schema import Schema

__all__ = ["Explanation", "Limits", "explain", "explain_program"]


def explain(
    expression: Expression,
    profile: Mapping[str, Any],
    schema: Schema | str | Iterable[str] | None = None,
    *,
    tenant: str | None = None,
    now: int | None = None,
    parameters: Sequence[Any] = (),
    models: Mapping[str, Any] | None = None,
    segments: Mapping[str, Expression] | None = None,
    limits: Limits | None = None,
) -> Explanation:
    """Why a profile qualifies, or why not; `str` of the explanation draws it as `pql explain` does.

    >>> print(explain('homeAddress.city = "Bath"', {"homeAddress": {"city": "Wells"}}))
    ✗ homeAddress.city = "Bath" — homeAddress.city is "Wells"

    The arguments are those of `evaluate`; `limits` say how much is told. Raises `PQLError` as `compile` does.
    """
    program = prepare(expression, schema, tenant=tenant, now=now, segments=segments)
    text = expression if isinstance(expression, str) else None
    return explain_program(program, (profile, *parameters), models, limits=limits, text=text)


def explain_program(
    program: Program,
    parameters: Sequence[Any],
    models: Mapping[str, Any] | None = None,
    *,
    limits: Limits | None = None,
    text: str | None = None,
    condition: bool = True,
) -> Explanation:
    """The explanation of a program for one profile, which is the first of the `parameters`.

    `text` is the text that the program was prepared from; its own words are then shown, not the canonical ones. The
    value of the root is that of the whole expression; what makes it true or false is below it, down to the fields. With
    `condition` it is asked whether the profile qualifies, otherwise for the value. Time is in proportion to the size of
    the profile for each variable of a select, and to the levels of the expression.
    """
    with room_for_depth():
        walker = Truths(program, parameters, models)
        explainer = Explainer(walker, limits or Limits(), text)
        return explainer.explain(program.body, walker.outermost(), condition=condition)
