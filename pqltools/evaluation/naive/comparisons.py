"""When is a value true, what is inside it, and how do two values compare?  Sections 2 to 4 of semantics.md."""

from __future__ import annotations

from pqltools.evaluation.values import Day, Instant, interval, is_date_time, number_text, text_number, time_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from pqltools.evaluation.values import Interval


def is_true(value: Any) -> bool:
    """Whether a value holds in a Boolean position.

    Null does not, an array does if it is not empty, and all else that is there does, 0 and "" included (ours).
    """
    if value is None:
        return False
    if isinstance(value, bool):
        return value
    if isinstance(value, list):
        return len(value) > 0
    return True


def items(value: Any) -> list[Any]:
    """The items where an array is expected: of a map its values, and none of null.

    Any other value is no array and has none either (ours).
    """
    if isinstance(value, list):
        return value
    if isinstance(value, dict):
        return list(value.values())
    return []


def field(value: Any, name: str) -> Any:
    """The field of an object; of an array the fields of its items, without nulls, arrays among them flattened.

    A property is found by its plain name and by that of standard notation, ``xdm:name`` or ``@name`` for ``_name``.
    """
    if isinstance(value, dict):
        for key in (name, f"xdm:{name}", f"@{name[1:]}" if name.startswith("_") else name):
            if value.get(key) is not None:
                return value[key]
        return None
    if isinstance(value, list):
        found: list[Any] = []
        for item in value:
            inner = field(item, name)
            found += [each for each in inner if each is not None] if isinstance(inner, list) else [inner]
        return [each for each in found if each is not None]
    return None


def is_number(value: Any) -> bool:
    """Whether the value is an integer or a double; a boolean is neither."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def holds(operator: str, left: Any, right: Any, *, times: bool = False) -> bool:
    """Whether two values stand in the relation ``=``, ``!=``, ``<``, ``<=``, ``>`` or ``>=``.

    `times` says that the schema takes one side for timestamps or dates, so that strings and integers are read as such.
    False if a side is null or the right side cannot be converted to the type of the left one.
    """
    if left is None or right is None:
        return False
    if isinstance(left, list) and not isinstance(right, list):
        return any(holds(operator, item, right, times=times) for item in left)
    if isinstance(left, list | dict | tuple):
        if type(left) is not type(right) and not (isinstance(left, dict) and isinstance(right, dict)):
            return False
        return operator in ("=", "!=") and (operator == "=") == same(left, right, times=times)
    if times or isinstance(left, Instant | Day) or isinstance(right, Instant | Day):
        return _times_hold(operator, left, right)
    converted = convert(right, left)
    if converted is None:
        return False
    if operator not in ("=", "!=") and isinstance(left, str) and is_date_time(left) and is_date_time(converted):
        return _times_hold(operator, left, converted)
    return _ordered(operator, left, converted)


def same(left: Any, right: Any, *, times: bool = False) -> bool:
    """Whether two arrays have the same items in the same order, two objects equal fields; null is like null there."""
    if left is None or right is None:
        return left is right
    if isinstance(left, list | tuple):
        if not isinstance(right, list | tuple) or len(left) != len(right):
            return False
        return all(same(one, other, times=times) for one, other in zip(left, right, strict=True))
    if isinstance(left, dict):
        if not isinstance(right, dict):
            return False
        return all(same(left.get(name), right.get(name), times=times) for name in {**left, **right})
    return holds("=", left, right, times=times)


def convert(right: Any, left: Any) -> Any:
    """`right` as a value of the type of the scalar `left`; None if it cannot be converted."""
    if isinstance(left, str):
        if isinstance(right, str):
            return right
        return number_text(right) if is_number(right) else None
    if isinstance(left, bool):
        if isinstance(right, bool):
            return right
        return {"true": True, "false": False}.get(right) if isinstance(right, str) else None
    if is_number(left):
        if is_number(right):
            return right
        return text_number(right) if isinstance(right, str) else None
    return None


def _ordered(operator: str, left: Any, right: Any) -> bool:
    match operator:
        case "=":
            return bool(left == right)
        case "!=":
            return bool(left != right)
        case "<":
            return bool(left < right)
        case "<=":
            return bool(left <= right)
        case ">":
            return bool(left > right)
    return bool(left >= right)


def _times_hold(operator: str, left: Any, right: Any) -> bool:
    """A date is its whole day: an instant is equal to it inside, less before, greater behind (ours)."""
    one, other = time_of(left), time_of(right)
    if one is None or other is None:
        return False
    relation = _relation(interval(one), interval(other))
    return _ordered(operator, relation, 0)


def _relation(left: Interval, right: Interval) -> int:
    """-1 if the first interval lies before the second, 1 if behind, 0 if they overlap."""
    if left[1] <= right[0]:
        return -1
    return 1 if right[1] <= left[0] else 0


def order_key(value: Any, *, times: bool = False) -> tuple[int, Any] | None:
    """What a value is sorted by: booleans before numbers before times before strings (ours).

    A string that is a date-time counts as one. None for what has no order, such as null, an array, NaN.
    """
    if isinstance(value, bool):
        return 0, value
    if times or isinstance(value, Instant | Day) or (isinstance(value, str) and is_date_time(value)):
        time = time_of(value)
        return None if time is None else (2, time.ms)
    if is_number(value):
        return None if value != value else (1, value)
    return (3, value) if isinstance(value, str) else None


def identity(value: Any) -> Any:
    """What two values have in common exactly if they are the same item of a set: nothing is converted."""
    if isinstance(value, bool):
        return "boolean", value
    if is_number(value):
        return "number", value if value == value else "NaN"
    if isinstance(value, list | tuple):
        return "array", tuple([identity(item) for item in value])
    if isinstance(value, dict):
        fields = [(name, identity(item)) for name, item in value.items() if item is not None]
        return "object", frozenset(fields)
    return value
