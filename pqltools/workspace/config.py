"""What may be configured, and what does this configuration say?  From decoded TOML to a `Config`, with all faults.

Read by hand and not with pydantic, which takes longer to import than `pql check` may take to start, and whose messages
name Python types and not the line of the file. Every option has one reader here, which checks what it gets.
"""

from __future__ import annotations

from pqltools.checks.surroundings import Limits
from pqltools.diagnostics import Diagnostic, PQLError
from pqltools.formats.json_locations import excerpt
from pqltools.records import Record, record
from pqltools.types.time import is_iso_day
from pqltools.workspace.selection import SEVERITIES, likely, prefix_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from pqltools.source import Source
    from pqltools.workspace.toml_places import Path, Place

METHODS = ("batch", "streaming", "edge")


@record
class Config(Record):
    """One configuration; file names and patterns are relative to `folder`. See the README for the options."""

    #: The file that it was read from, None if there was none.
    path: str | None = None
    folder: str = "."
    schemas: tuple[str, ...] = ()
    tenant: str | None = None
    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: tuple[tuple[str, str], ...] = ()
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    method: str | None = None
    as_of: str | None = None
    unknown_fields: str | None = None
    exclude: tuple[str, ...] = ()
    limits: Limits = Limits()
    segments: tuple[str, ...] = ()
    #: Files of profiles to try definitions on, and of events that are joined to them.
    samples: tuple[str, ...] = ()
    sample_events: tuple[str, ...] = ()


def read_config(table: object, path: Path, source: Source, folder: str) -> Config:
    """The configuration that stands in `table`, which is found at `path` in the TOML file `source`.

    Raises `PQLError` with every fault and its place: PQL061 for a key that means nothing, PQL062 for a wrong type or
    value, PQL063 for a code that no rule has.
    """
    reading = _Reading(source, path)
    found: dict[str, Any] = {}
    if not isinstance(table, dict):
        reading.wrong_type(table, "a table", path)
        table = {}
    for key, value in table.items():
        read = _OPTIONS.get(key)
        if read is None:
            reading.unknown(key, (*path, key), _OPTIONS, "the configuration has no option")
        else:
            found[key.replace("-", "_")] = read(reading, value, (*path, key))
    if reading.faults:
        raise PQLError(sorted(reading.faults, key=lambda fault: fault.span or (0, 0)))
    return Config(path=source.name, folder=folder, **found)


class _Reading:
    """Notes what is wrong, with its place."""

    def __init__(self, source: Source, path: Path) -> None:
        self.source = source
        self.faults: list[Diagnostic] = []
        self._places: dict[Path, Place] | None = None

    def fault(self, code: str, message: str, path: Path, help: str | None, *, key: bool = False) -> None:
        """Something is wrong with the value at `path`, or with its key."""
        if self._places is None:
            from pqltools.workspace.toml_places import places

            self._places = places(self.source.text)
        while path and path not in self._places:
            path = path[:-1]
        place = self._places.get(path)
        span = (0, 0) if place is None else place.key if key and place.key else place.best
        self.faults.append(Diagnostic(code, message, span, help=help, source=self.source))

    def wrong_type(self, value: object, expected: str, path: Path) -> None:
        what = f"`{path[-1]}` is" if path and isinstance(path[-1], str) else "this is"
        self.fault("PQL062", f"{what} {_kind(value)}, not {expected}", path, None)

    def wrong_word(self, value: str, words: Iterable[str], path: Path) -> None:
        words = [*words]
        help = f"it is {', '.join(f'`{word}`' for word in words[:-1])} or `{words[-1]}`"
        self.fault("PQL062", f"{excerpt(value)} is no value of `{_option(path)}`", path, help)

    def unknown(self, key: str, path: Path, known: Iterable[str], what: str) -> None:
        from difflib import get_close_matches

        names = [*known]
        close = get_close_matches(key.lower().replace("_", "-")[:60], names, n=1, cutoff=0.6)
        help = f"did you mean `{close[0]}`?" if close else f"there are {', '.join(f'`{name}`' for name in names)}"
        self.fault("PQL061", f"{what} {excerpt(key)}", path, help, key=True)

    def check_code(self, selector: str, path: Path, *, key: bool = False) -> bool:
        """Whether a selector means something."""
        if prefix_of(selector) is not None:
            return True
        meant = likely(selector)
        help = f"did you mean `{meant}`?" if meant else "`pql rule` lists the rules"
        self.fault("PQL063", f"no rule has the code or name {excerpt(selector)}", path, help, key=key)
        return False


def _string(reading: _Reading, value: object, path: Path) -> str | None:
    if isinstance(value, str):
        if value:
            return value
        reading.fault("PQL062", f"`{_option(path)}` is empty", path, None)
    else:
        reading.wrong_type(value, "a string", path)
    return None


def _strings(reading: _Reading, value: object, path: Path) -> tuple[str, ...]:
    if not isinstance(value, list):
        help = f"`{_option(path)} = [{_toml(value)}]`" if isinstance(value, str) else None
        reading.fault("PQL062", f"`{_option(path)}` is {_kind(value)}, not a list of strings", path, help)
        return ()
    found = [_string(reading, item, (*path, index)) for index, item in enumerate(value)]
    return tuple(item for item in found if item is not None)


def _codes(reading: _Reading, value: object, path: Path) -> tuple[str, ...]:
    codes = _strings(reading, value, path)
    if isinstance(value, list):
        for index, item in enumerate(value):
            if isinstance(item, str) and item:
                reading.check_code(item, (*path, index))
    return codes


def _tenant(reading: _Reading, value: object, path: Path) -> str | None:
    tenant = _string(reading, value, path)
    return None if tenant is None else tenant if tenant.startswith("_") else f"_{tenant}"


def _method(reading: _Reading, value: object, path: Path) -> str | None:
    return _word(reading, value, path, METHODS)


def _unknown_fields(reading: _Reading, value: object, path: Path) -> str | None:
    return _word(reading, value, path, ("error", "warning", "off"))


def _word(reading: _Reading, value: object, path: Path, words: tuple[str, ...]) -> str | None:
    word = _string(reading, value, path)
    if word is not None and word not in words:
        reading.wrong_word(word, words, path)
    return word


def _day(reading: _Reading, value: object, path: Path) -> str | None:
    day = str(value) if type(value).__name__ == "date" else _string(reading, value, path)
    if day is not None and not is_iso_day(day):
        reading.fault("PQL062", f"{excerpt(day)} is no day", path, "write it as `2025-05-20`")
    return day


def _severity(reading: _Reading, value: object, path: Path) -> tuple[tuple[str, str], ...]:
    found = []
    for key, level in _members(reading, value, path):
        known = reading.check_code(key, (*path, key), key=True)
        word = _word(reading, level, (*path, key), SEVERITIES)
        if known and word is not None:
            found.append((key, word))
    return tuple(found)


def _per_file_ignores(reading: _Reading, value: object, path: Path) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((key, _codes(reading, codes, (*path, key))) for key, codes in _members(reading, value, path))


def _limits(reading: _Reading, value: object, path: Path) -> Limits:
    names = {name.replace("_", "-"): name for name in Limits.__record_fields__}
    found: dict[str, Any] = {}
    for key, number in _members(reading, value, path):
        if key not in names:
            reading.unknown(key, (*path, key), names, "there is no limit")
        elif not isinstance(number, int) or isinstance(number, bool):
            reading.wrong_type(number, "an integer", (*path, key))
        elif number < 0:
            reading.fault("PQL062", f"`{key}` is negative", (*path, key), None)
        else:
            found[names[key]] = number
    return Limits(**found)


def _members(reading: _Reading, value: object, path: Path) -> Iterable[tuple[str, object]]:
    if isinstance(value, dict):
        return value.items()
    reading.wrong_type(value, "a table", path)
    return ()


def _option(path: Path) -> str:
    return next((step for step in reversed(path) if isinstance(step, str)), "")


def _toml(text: str) -> str:
    return f'"{text}"' if text.isprintable() and '"' not in text and len(text) < 40 else '"…"'


def _kind(value: object) -> str:
    match value:
        case bool():
            return "a boolean"
        case str():
            return "a string"
        case int() | float():
            return "a number"
        case list():
            return "a list"
        case dict():
            return "a table"
        case _:
            return "a date or a time"


_OPTIONS: dict[str, Callable[[_Reading, Any, Path], Any]] = {
    "schemas": _strings,
    "tenant": _tenant,
    "select": _codes,
    "extend-select": _codes,
    "ignore": _codes,
    "severity": _severity,
    "per-file-ignores": _per_file_ignores,
    "method": _method,
    "as-of": _day,
    "unknown-fields": _unknown_fields,
    "exclude": _strings,
    "limits": _limits,
    "segments": _strings,
    "samples": _strings,
    "sample-events": _strings,
}
