"""Which method does a definition ask for?  Its `evaluationInfo` to a method, and what is wrong with it.

``{"batch": {"enabled": …}, "continuous": …, "synchronous": …}``: continuous is streaming, synchronous is edge. Clients
may send one key alone. Batch beside another method is no contradiction: documents show streaming audiences with both.
"""

from __future__ import annotations

from pqltools.records import Record, record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.checks.eligibility.model import Method

#: The keys of `evaluationInfo`, the strictest method first.
KEYS: dict[str, Method] = {"synchronous": "edge", "continuous": "streaming", "batch": "batch"}


@record
class Problem(Record):
    """What is wrong with an `evaluationInfo`, how to repair it, and where in it, as a JSON path below it (``$``)."""

    message: str
    help: str
    path: str = "$"


@record
class Reading(Record):
    """The method that is asked for, None if the definition does not say, and the problems."""

    method: Method | None
    problems: tuple[Problem, ...] = ()


def read(info: object) -> Reading:
    """What an `evaluationInfo`, as decoded from JSON or YAML, asks for; None stands for a missing one.

    With several methods the strictest counts: an audience that is eligible for edge is for the others as well.
    """
    if info is None:
        return Reading(None)
    if not isinstance(info, dict):
        return Reading(None, (Problem("`evaluationInfo` is not an object", _SHAPE),))
    problems = [
        Problem(f"`evaluationInfo` has the unknown key `{key}`", _SHAPE, "$") for key in info if key not in KEYS
    ]
    states = {method: _enabled(info[key], key, problems) for key, method in KEYS.items() if key in info}
    enabled: list[Method] = [method for method, state in states.items() if state]
    if not enabled:
        if len(states) == len(KEYS) and not any(state is None for state in states.values()):
            message = "`evaluationInfo` enables no method"
            return Reading("batch", (*problems, Problem(message, "enable `batch`, which the service falls back to")))
        return Reading(None, tuple(problems))
    if "edge" in enabled and "streaming" in enabled:
        message = "`evaluationInfo` enables both `continuous` (streaming) and `synchronous` (edge)"
        problems.append(Problem(message, "enable one of the two; edge is assumed, whose rules are stricter"))
    return Reading(enabled[0], tuple(problems))


_SHAPE = 'it is written as `{"batch": {"enabled": false}, "continuous": {"enabled": true}, "synchronous": …}`'


def _enabled(value: object, key: str, problems: list[Problem]) -> bool | None:
    """The `enabled` of one key, None if it does not say."""
    if not isinstance(value, dict):
        problems.append(Problem(f"`evaluationInfo.{key}` is not an object", 'write `{"enabled": true}`', f"$.{key}"))
        return None
    enabled = value.get("enabled")
    if enabled is None or isinstance(enabled, bool):
        return enabled
    help = "write `true` or `false` without quotes"
    problems.append(Problem(f"`evaluationInfo.{key}.enabled` is not `true` or `false`", help, f"$.{key}.enabled"))
    return None
