"""Is this text JSON, and is it safe to decode?  From str or bytes to decoded JSON, or an error in the user's words.

Depth is scanned before decoding, because the decoder recurses; the size is checked before anything else.
"""

from __future__ import annotations

import json
import re
from itertools import accumulate

from pqltools.diagnostics import Diagnostic, PQLError, Related
from pqltools.formats.json_checks import bracket_limit
from pqltools.formats.json_locations import TOKEN, excerpt, path_text, repeated_keys
from pqltools.formats.json_syntax import invalid_json
from pqltools.records import TYPE_CHECKING
from pqltools.source import Source

if TYPE_CHECKING:
    from typing import Any

    from pqltools.source import Span

_ESCAPE = re.compile(rb"\\.", re.DOTALL)
_QUOTED = re.compile(rb'"[^"]*"?')
_STEP = {ord("{"): 1, ord("["): 1, ord("}"): -1, ord("]"): -1}
_OTHER_BYTES = bytes(byte for byte in range(256) if byte not in _STEP and byte != ord('"'))


def decode(
    data: str | bytes, *, max_depth: int, max_size: int, what: str = "tree"
) -> tuple[Any, Source, list[Diagnostic]]:
    """The decoded JSON, its text, and the repeated keys; `what` is the word for it in messages.

    Raises `PQLError`: PQL011 too large, PQL014 not UTF-8, PQL010 too deep, PQL030 not JSON.
    """
    if len(data) > max_size:
        message = f"the {what} is larger than {max_size} {'characters' if isinstance(data, str) else 'bytes'}"
        raise PQLError([Diagnostic("PQL011", message, help="raise `max_size` if that is meant")])
    source = Source(data if isinstance(data, str) else _text(data))
    _check_depth(source, bracket_limit(max_depth), max_depth, what)
    skip = source.text.startswith("\ufeff")
    text = source.text[skip:]
    try:
        return _STRICT.decode(text), source, []
    except json.JSONDecodeError as fault:
        raise PQLError([invalid_json(source, fault.msg, fault.pos + skip, what)]) from None
    except RecursionError:
        raise PQLError([_too_deep(source, (0, 0), max_depth, what)]) from None
    except ValueError:  # a key twice, or an integer of thousands of digits
        pass
    try:
        tree = _LENIENT.decode(text)
    except json.JSONDecodeError as fault:
        raise PQLError([invalid_json(source, fault.msg, fault.pos + skip, what)]) from None
    return tree, source, _repeated(source)


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        start = len(fault.object[: fault.start].decode("utf-8", "replace"))
        source = Source(data.decode("utf-8", "replace"))
        help = (
            "it looks like UTF-16; save it as UTF-8" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "save it as UTF-8"
        )
        message = f"byte {fault.start + 1} is not UTF-8"
        raise PQLError([Diagnostic("PQL014", message, (start, start + 1), help=help, source=source)]) from None


def _check_depth(source: Source, limit: int, max_depth: int, what: str = "tree") -> None:
    """Raise PQL010 if the brackets go deeper than `limit`, without recursion."""
    text = source.text
    if text.count("{") + text.count("[") <= limit:
        return
    # Delete all but brackets and quotes; a pair of quotes with nothing between does not change what is quoted.
    left = _ESCAPE.sub(b"", text.encode("utf-8", "surrogatepass")).translate(None, _OTHER_BYTES).replace(b'""', b"")
    if max(accumulate(map(_STEP.__getitem__, _QUOTED.sub(b"", left))), default=0) <= limit:
        return
    depth = 0
    for match in TOKEN.finditer(text):
        depth += 1 if match.group() in "[{" else -1 if match.group() in "]}" else 0
        if depth > limit:
            raise PQLError([_too_deep(source, match.span(), max_depth, what)])


def _too_deep(source: Source, span: Span, max_depth: int, what: str) -> Diagnostic:
    help = "split the expression into several definitions"
    return Diagnostic("PQL010", f"the {what} is nested deeper than {max_depth} levels", span, help=help, source=source)


class _Twice(ValueError):
    """An object has a key twice."""


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _Twice
    return members


def _integer(digits: str) -> int:
    """The integer; of one that is far beyond 64 bits only so much that it stays so."""
    return int(digits[:30])


_STRICT = json.JSONDecoder(object_pairs_hook=_unique)
_LENIENT = json.JSONDecoder(parse_int=_integer)


def _repeated(source: Source) -> list[Diagnostic]:
    return [
        Diagnostic(
            "PQL031",
            f"the key {excerpt(str(key.path[-1]))} stands twice in one object",
            key.span,
            related=(Related("the first one", key.first),),
            path=path_text(key.path),
            source=source,
        )
        for key in repeated_keys(source.text)
    ]
