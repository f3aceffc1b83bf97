"""What value is in this line of JSON?  The decoder, the same for all, with reasons in the user's words.

Decisions that every way of decoding keeps to: integers are exact, however large; a number beyond the range of a double
is null, as PQL's arithmetic has it; of a key that stands twice in an object the last one counts; ``NaN`` and
``Infinity``, bytes that are not UTF-8 and halves of UTF-16 pairs (``"\\ud800"``) are not JSON, wherever in the line
they stand; what is nested deeper than Python's recursion goes, near a thousand levels in 3.11, is refused.

msgspec decodes whole lines as fast as orjson does, which gives up the digits of large integers.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, NoReturn, TypeAlias

    Decode: TypeAlias = Callable[[bytes], dict[str, Any]]

_KINDS: dict[type, str] = {list: "an array", str: "a string", bool: "a boolean", type(None): "null"}
_BYTE = re.compile(r"^JSON is malformed: (.*?)(?: \(byte (\d+)\))?$")
_TRUNCATED = "Input data was truncated"
_decode_any: Callable[[bytes], Any] | None = None


class NotData(ValueError):
    """These bytes hold no object. The text says why."""


def decode_value(raw: bytes) -> Any:
    """The value, of whatever kind. Raises `NotData`."""
    import msgspec

    global _decode_any
    if _decode_any is None:
        _decode_any = msgspec.json.Decoder().decode
    try:
        return _decode_any(raw)
    except msgspec.ValidationError:
        return _with_large_numbers(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        refuse(problem, raw)


def decode_object(raw: bytes) -> dict[str, Any]:
    """The object. Raises `NotData` for other values too."""
    value = decode_value(raw)
    if value.__class__ is not dict:
        raise NotData(f"this is {_KINDS.get(value.__class__, 'a number')}, not an object")
    return value


def refuse(problem: Exception, raw: bytes) -> NoReturn:
    """Raise `NotData` for what the decoder raised of these bytes."""
    if isinstance(problem, RecursionError):
        raise NotData("the objects or arrays are nested too deep") from None
    if (found := _BYTE.match(str(problem))) is not None:
        where = f" near byte {int(found[2]) + 1:,}" if found[2] else ""
        raise NotData(f"this is not JSON: {found[1]}{where}") from None
    if str(problem) == _TRUNCATED:
        raise NotData("this is not JSON: a string, an object or an array is cut off") from None
    # msgspec says so by a `UnicodeDecodeError` up to 0.22 and by a `DecodeError` without a place since.
    if (invalid := not_utf8(raw)) is not None:
        raise NotData(f"byte 0x{raw[invalid]:02x} is not UTF-8") from None
    raise NotData(f"this is not JSON: {problem}") from None


def not_utf8(raw: bytes) -> int | None:
    """Where the first byte stands that is not UTF-8; None where all are."""
    try:
        raw.decode()
    except UnicodeDecodeError as problem:
        return problem.start
    return None


def _with_large_numbers(raw: bytes) -> Any:
    """The value of JSON with a number that is out of range, so that msgspec does not decode it."""
    import json

    import msgspec

    try:
        # The standard library takes more for JSON than is; skipping is as strict as decoding, but for numbers.
        msgspec.json.decode(raw, type=msgspec.Raw)
        return json.loads(raw.decode(), parse_int=_integer, parse_float=_double)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        refuse(problem, raw)


def _integer(digits: str) -> int | None:
    try:
        return int(digits)
    except ValueError:  # more than 4,300 digits, which nobody converts
        return None


def _double(digits: str) -> float | None:
    value = float(digits)
    return None if value in (float("inf"), float("-inf")) else value
