"""What does `pql schema` show?  A field with all that is known of it, and the fields below, as text or as data."""

from __future__ import annotations

from itertools import islice

from pqltools.records import Record, record
from pqltools.types.model import ANY, ArrayType, MapType, ObjectType
from pqltools.xdm.schema import EVENT_FIELDS
from pqltools.xdm.suggestions import path_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from pqltools.types.model import Member, Type
    from pqltools.xdm.names import Steps
    from pqltools.xdm.schema import Schema

#: What stands for the key of a map in a path.
KEY = "<key>"
#: Values that are shown beside a field; its own page has all.
_FEW = 6
_LONGEST_PATH = 60

#: Rows that are shown; types that hold each other could fill any number.
_MOST_ROWS = 100_000


@record
class Page(Record):
    """The field at `steps`, None for the profile as a whole, and the fields below that are to be shown."""

    schema: Schema
    steps: Steps
    member: Member | None
    rows: list[tuple[Steps, Member]]
    word: str | None

    def text(self, width: int) -> str:
        """For people."""
        lines = self._head()
        if self.rows:
            lines += ["", *_table(self.rows, width)]
        elif self.word:
            lines += ["", f"no field with `{self.word}` in its path or title"]
        return "\n".join(lines) + "\n"

    def _head(self) -> list[str]:
        if self.member is None:
            return [f"fields of a profile in {self.schema.name}"]
        details = [
            (key, value)
            for key, value in (
                ("type", _type_text(self.member)),
                ("title", self.member.title),
                ("about", self.member.description),
                ("values", _listed(self.member, self.member.enum or ())),
                ("suggested", _listed(self.member, self.member.suggested)),
                ("identity", getattr(self.member, "identity", None)),
                ("relationship", getattr(self.member, "relationship", None)),
                ("deprecated", "yes" if self.member.deprecated else None),
            )
            if value
        ]
        return [_path_text(self.steps), *(f"  {key:<12}  {value}" for key, value in details)]

    def json(self) -> str:
        """For programs: an object with the field, and those below in ``fields``."""
        import json

        data: dict[str, Any] = {"schema": self.schema.name}
        if self.member is not None:
            data.update(_data(self.steps, self.member))
        data["fields"] = [_data(steps, member) for steps, member in self.rows]
        return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def listed(type: Type, steps: Steps, depth: int | None, word: str | None) -> list[tuple[Steps, Member]]:
    """The fields below `type`, which is at `steps`: `depth` levels, only those with `word`, each before those in it."""
    rows = islice(_below(type, steps, depth, ()), _MOST_ROWS)
    if word is None:
        return list(rows)
    wanted = word.lower()
    return [row for row in rows if wanted in f"{_path_text(row[0])}\n{row[1].title or ''}".lower()]


def _below(type: Type, steps: Steps, depth: int | None, around: tuple[int, ...]) -> Iterator[tuple[Steps, Member]]:
    """Each field, then those in it. An object inside itself is not opened again."""
    while isinstance(type, ArrayType | MapType):
        if isinstance(type, MapType):
            steps = (*steps, KEY)
            type = type.value
        else:
            type = type.item
    if not isinstance(type, ObjectType) or depth == 0 or id(type) in around:
        return
    for name in type.names():
        member = type.member(name)
        assert member is not None
        path = (*steps, name)
        yield path, member
        if depth is None and path == EVENT_FIELDS[1:]:
            continue  # the same as `xEvent`
        yield from _below(member.type, path, None if depth is None else depth - 1, (*around, id(type)))


def _table(rows: list[tuple[Steps, Member]], width: int) -> list[str]:
    """Path, type and remarks in columns, cut to the width."""
    cells = [(_path_text(steps), str_type(member.type), _remarks(member)) for steps, member in rows]
    first = min(max(len(path) for path, _, _ in cells), _LONGEST_PATH)
    second = min(max(len(type) for _, type, _ in cells), 30)
    lines = [f"{path:<{first}}  {type:<{second}}  {remarks}".rstrip() for path, type, remarks in cells]
    return [line if len(line) <= width else line[: width - 1] + "…" for line in lines]


def _remarks(member: Member) -> str:
    remarks = []
    if member.deprecated:
        remarks.append("deprecated")
    if member.title and member.title.lower() != member.name.lower():
        remarks.append(member.title)
    if member.enum:
        remarks.append("one of " + _short(member.enum))
    elif member.suggested:
        remarks.append("such as " + _short(member.suggested))
    return "; ".join(remarks)


def _short(values: tuple[Any, ...]) -> str:
    shown = ", ".join(str(value) for value in values[:_FEW])
    return f"{shown}, … ({len(values)})" if len(values) > _FEW else shown


def _listed(member: Member, values: tuple[Any, ...]) -> str:
    """The values, each with its label where that says something new."""
    labels = getattr(member, "labels", {})
    parts = []
    for value in values:
        label = labels.get(value)
        parts.append(f"{value} ({label})" if label and label.lower() != str(value).lower() else str(value))
    return ", ".join(parts)


def _type_text(member: Member) -> str:
    """The PQL type, and XDM's word for it where that is another one."""
    xdm = getattr(member, "xdm_type", None)
    text = str_type(member.type)
    return f"{text} (XDM {xdm})" if xdm in ("long", "int", "short", "byte", "number", "date-time") else text


def str_type(type: Type) -> str:
    """The type without the names of its objects, which the fields below show."""
    if isinstance(type, ArrayType):
        return f"Array of {str_type(type.item)}"
    if isinstance(type, MapType):
        return f"Map of {str_type(type.value)}"
    if isinstance(type, ObjectType):
        return "Object"
    return "anything" if type is ANY else str(type)


def _path_text(steps: Steps) -> str:
    """The path as PQL writes it, but for the keys of maps."""
    return path_text(steps).replace(f"`{KEY}`", KEY)


def _data(steps: Steps, member: Member) -> dict[str, Any]:
    return {
        "path": _path_text(steps),
        "type": str_type(member.type),
        "xdmType": getattr(member, "xdm_type", None),
        "title": member.title,
        "description": member.description,
        "values": None if member.enum is None else list(member.enum),
        "suggested": list(member.suggested),
        "deprecated": member.deprecated,
        "identity": getattr(member, "identity", None),
        "relationship": getattr(member, "relationship", None),
    }
