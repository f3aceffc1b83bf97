"""Which column is which field?  The mapping files of CSV and Parquet, in YAML or JSON.

```yaml
identity: {column: email, namespace: Email}
columns:
  email: personalEmail.address
  born: {path: person.birthYear, type: integer}
  interests: {path: _acme.interests, separator: ";"}
delimiter: ";"
empty: ["", "NULL"]
```

The identity becomes the primary one of the record's ``identityMap``. Columns that are not named are passed over, cells
that count as empty are missing. Without `delimiter` it is a comma, or a tabulator in files that are called ``.tsv``.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from collections.abc import Mapping as AnyMapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from pqltools.data.values import NotData, decode_value
from pqltools.diagnostics import Diagnostic, PQLError
from pqltools.files import read_source
from pqltools.formats.definition_json import read_json
from pqltools.formats.definition_yaml import read_yaml
from pqltools.formats.json_faults import json_type
from pqltools.formats.json_locations import excerpt, path_text
from pqltools.limits import MAX_DEPTH
from pqltools.records import Record, record
from pqltools.source import Source
from pqltools.types.time import iso_instant
from pqltools.xdm.names import steps_of_path

if TYPE_CHECKING:
    from pqltools.formats.json_locations import Path

_FILE = ("columns", "identity", "delimiter", "empty")
_COLUMN = ("path", "type", "separator")
_IDENTITY = ("column", "namespace")
_MAX_SIZE = 2**20


def _integer(text: str) -> int:
    return int(text.strip().replace("_", "x"))


def _number(text: str) -> float | int:
    value = json.loads(text.strip(), parse_constant=lambda word: float("x"))
    if value.__class__ not in (int, float) or value in (float("inf"), float("-inf")):
        raise ValueError
    return value


def _boolean(text: str) -> bool:
    word = text.strip().lower()
    if word not in ("true", "false", "1", "0", "yes", "no", "y", "n"):
        raise ValueError
    return word in ("true", "1", "yes", "y")


def _timestamp(text: str) -> str | int:
    word = text.strip()
    if word.lstrip("-").isdigit() and len(word) > 8:
        return int(word)  # milliseconds since 1970
    found = word.replace(" ", "T", 1)
    if iso_instant(found) is None:
        raise ValueError
    return found


def _date(text: str) -> str:
    word = text.strip()
    if len(word) != 10 or iso_instant(word) is None:
        raise ValueError
    return word


def _json(text: str) -> Any:
    return decode_value(text.encode())


#: The types of cells: how they are converted, and what a wrong one is not.
TYPES: dict[str, tuple[Callable[[str], Any], str]] = {
    "string": (str, "text"),
    "integer": (_integer, "integer"),
    "number": (_number, "number"),
    "boolean": (_boolean, "boolean"),
    "timestamp": (_timestamp, "date-time in ISO 8601"),
    "date": (_date, "date as 2024-03-15"),
    "json": (_json, "JSON"),
}


@record
class Column(Record):
    """One column: the steps of its field, the type of its cells, and what separates several values in one."""

    name: str
    path: tuple[str, ...]
    type: str = "string"
    separator: str | None = None

    def value(self, cell: Any) -> Any:
        """The value of a cell. Raises `NotData`."""
        if cell.__class__ is not str:
            if self.type == "string" or cell.__class__ in (dict, list):
                return cell
            cell = str(cell)
        if self.separator is not None:
            return [self._one(part.strip()) for part in cell.split(self.separator) if part.strip()]
        return self._one(cell)

    def _one(self, text: str) -> Any:
        convert, what = TYPES[self.type]
        try:
            return convert(text)
        except (ValueError, OverflowError):
            raise NotData(f"column {excerpt(self.name)}: {excerpt(text)} is no {what}") from None


@record
class Mapping(Record):
    """What a mapping file says."""

    columns: tuple[Column, ...]
    identity: tuple[str, str] | None = None
    delimiter: str | None = None
    nulls: frozenset[str] = frozenset(("",))

    def missing(self, header: list[str]) -> list[str]:
        """The columns that a file with this header lacks."""
        names = [column.name for column in self.columns] + ([self.identity[0]] if self.identity else [])
        return [name for name in dict.fromkeys(names) if name not in header]

    def record(self, cells: AnyMapping[str, Any]) -> dict[str, Any]:
        """The record of a row. Raises `NotData`."""
        found: dict[str, Any] = {}
        for column in self.columns:
            cell = cells.get(column.name)
            if cell is None or (cell.__class__ is str and cell in self.nulls):
                continue
            _put(found, column, column.value(cell))
        if self.identity is not None:
            name, namespace = self.identity
            id = cells.get(name)
            if id is None or id == "" or (id.__class__ is str and id in self.nulls):
                raise NotData(f"there is no identity: column {excerpt(name)} is empty")
            held = found.setdefault("identityMap", {})
            if held.__class__ is not dict:
                raise NotData("`identityMap` is no object")
            held[namespace] = [{"id": str(id), "primary": True}]
        return found


def _put(found: dict[str, Any], column: Column, value: Any) -> None:
    for step in column.path[:-1]:
        inner = found.setdefault(step, {})
        if inner.__class__ is not dict:
            raise NotData(f"column {excerpt(column.name)}: another column has a value where this one needs an object")
        found = inner
    found[column.path[-1]] = value


def read_mapping(name: str) -> Mapping:
    """The mapping in a file. Raises `PQLError`: PQL080 for what is wrong in it, and what is raised for files."""
    return _reading(read_source(name, max_size=_MAX_SIZE)).mapping()


def mapping_data(name: str) -> dict[str, Any]:
    """What a mapping file says, as JSON, for those who send it elsewhere. Raises `PQLError` as `read_mapping` does."""
    reading = _reading(read_source(name, max_size=_MAX_SIZE))
    reading.mapping()
    found: dict[str, Any] = json.loads(json.dumps(reading.document.data))
    return found


def mapping_of(data: dict[str, Any]) -> Mapping:
    """The mapping that JSON says. Raises `PQLError`."""
    return _reading(Source(json.dumps(data), "mapping.json")).mapping()


def _reading(source: Source) -> _Reading:
    documents: list[Any]
    if source.text.lstrip().startswith("{") and not source.name.lower().endswith((".yaml", ".yml")):
        documents = list(read_json(source, MAX_DEPTH))
    else:
        documents = list(read_yaml(source, MAX_DEPTH))
    if len(documents) != 1:
        message = "the file is empty" if not documents else "the file holds several documents"
        raise PQLError([Diagnostic("PQL080", message, (0, 0), help="a mapping has `columns`", source=source)])
    return _Reading(source, documents[0])


class _Reading:
    """Reads one document, and notes its faults."""

    def __init__(self, source: Source, document: Any) -> None:
        self.source = source
        self.document = document
        self.faults: list[Diagnostic] = list(document.repeated)

    def mapping(self) -> Mapping:
        data = self.document.data
        if not isinstance(data, dict):
            self._fault((), f"this is {json_type(data)}, not a mapping with `columns`")
            raise PQLError(self.faults)
        self._known(data, _FILE, ())
        columns = self._columns(data.get("columns"))
        identity = self._identity(data.get("identity"))
        delimiter = data.get("delimiter")
        if delimiter is not None and (not isinstance(delimiter, str) or len(delimiter) != 1 or delimiter in '"\r\n'):
            self._fault(("delimiter",), "a delimiter is one character, and neither a quote nor a line end")
        nulls = data.get("empty", [""])
        nulls = [nulls] if isinstance(nulls, str) else nulls
        if not isinstance(nulls, list) or not all(isinstance(each, str) for each in nulls):
            help = 'texts of YAML that look like others need quotes: `empty: ["", "NULL"]`'
            self._fault(("empty",), "`empty` is a list of the texts that stand for no value", help)
        if self.faults:
            raise PQLError(self.faults)
        return Mapping(tuple(columns), identity, delimiter, frozenset(nulls))

    def _columns(self, found: Any) -> list[Column]:
        if not isinstance(found, dict) or not found:
            what = "is missing or empty" if not found else f"is {json_type(found)}, not a mapping"
            self._fault(("columns",), f"`columns` {what}", help="write `column: path.of.field`")
            return []
        columns: list[Column] = []
        for name, entry in found.items():
            path: Path = ("columns", name)
            if isinstance(entry, str):
                entry, at = {"path": entry}, path
            elif isinstance(entry, dict):
                self._known(entry, _COLUMN, path)
                at = (*path, "path")
            else:
                self._fault(path, f"column {excerpt(str(name))} is {json_type(entry)}, not the path of a field")
                continue
            column = self._column(str(name), entry, path, at)
            if column is not None:
                columns.append(column)
        return columns

    def _column(self, name: str, entry: dict[str, Any], path: Path, at: Path) -> Column | None:
        count = len(self.faults)
        steps = steps_of_path(entry["path"]) if isinstance(entry.get("path"), str) else ()
        if not steps:
            self._fault(at, f"column {excerpt(name)} needs the `path` of a field")
        type = entry.get("type", "string")
        if type not in TYPES:
            close = get_close_matches(str(type), TYPES, n=1)
            help = f"did you mean `{close[0]}`?" if close else f"there are {', '.join(f'`{each}`' for each in TYPES)}"
            self._fault((*path, "type"), f"{excerpt(str(type))} is no type of a column", help=help)
        separator = entry.get("separator")
        if separator is not None and (not isinstance(separator, str) or not separator):
            self._fault((*path, "separator"), "a separator is a text that is not empty")
        return None if len(self.faults) > count else Column(name, steps, type, separator)

    def _identity(self, found: Any) -> tuple[str, str] | None:
        if found is None:
            return None
        if not isinstance(found, dict):
            self._fault(("identity",), f"`identity` is {json_type(found)}, not a mapping with `column` and `namespace`")
            return None
        self._known(found, _IDENTITY, ("identity",))
        values = [found.get(key) for key in _IDENTITY]
        for key, value in zip(_IDENTITY, values, strict=True):
            if not isinstance(value, str) or not value:
                self._fault(("identity", key), f"`identity` needs a `{key}`, a text")
        column, namespace = values
        return (column, namespace) if isinstance(column, str) and isinstance(namespace, str) else None

    def _known(self, found: dict[str, Any], known: tuple[str, ...], path: Path) -> None:
        for key in found:
            if key not in known:
                close = get_close_matches(str(key).lower(), known, n=1)
                help = (
                    f"did you mean `{close[0]}`?" if close else f"there are {', '.join(f'`{each}`' for each in known)}"
                )
                self._fault((*path, key), f"a mapping has no key {excerpt(str(key))} here", help=help)

    def _fault(self, path: Path, message: str, help: str | None = None) -> None:
        at, span = path, None
        while span is None:
            self.document.look_up({at})
            span = self.document.place(at)
            if not at:
                break
            at = at[:-1]
        self.faults.append(
            Diagnostic("PQL080", message, span or (0, 0), help=help, path=path_text(path), source=self.source)
        )
