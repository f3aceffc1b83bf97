"""What do all bodies have in common?  `Body`, which refuses what it does not know, and the parts that several have.

Strict: a number is no string, and a member that is not known is refused with the one that was probably meant. With
``pql serve --lenient`` unknown members are kept. Models declare the bodies; what is kept is what was sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextvars import ContextVar
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

#: Names that a wrong member may have been meant to be: filled by the models as they are defined.
KNOWN_MEMBERS: dict[str, None] = {}
#: What the object that is the value of a member has in turn, and whether it must: objects of the same name share it.
MEMBERS_OF: dict[str, dict[str, bool]] = {}
#: Whether unknown members are refused in the request at hand.
STRICT: ContextVar[bool] = ContextVar("strict", default=True)

Name = Annotated[str, StringConstraints(min_length=1, max_length=512)]
Id = Annotated[str, StringConstraints(min_length=1, max_length=256)]


class Body(BaseModel):
    """A body, or an object in one."""

    model_config = ConfigDict(strict=True, extra="forbid")

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        """Remember the names of the members."""
        members = [field.alias or name for name, field in cls.model_fields.items()]
        KNOWN_MEMBERS.update(dict.fromkeys(members))
        for name, field in cls.model_fields.items():
            for model in _bodies_in(field.annotation):
                known = MEMBERS_OF.setdefault(field.alias or name, {})
                for inner, member in model.model_fields.items():
                    known[member.alias or inner] = known.get(member.alias or inner, False) or member.is_required()

    @model_validator(mode="before")
    @classmethod
    def _lenient(cls, data: Any) -> Any:
        if STRICT.get() or not isinstance(data, dict):
            return data
        known = {field.alias or name for name, field in cls.model_fields.items()}
        return {key: value for key, value in data.items() if key in known}


def _bodies_in(annotation: Any) -> Iterator[type[Body]]:
    """The models in the type of a field, such as ``list[IdEntry] | None``."""
    if isinstance(annotation, type) and issubclass(annotation, Body):
        yield annotation
    for part in get_args(annotation):
        yield from _bodies_in(part)


class Shown(BaseModel):
    """An object of an answer; it may have more members than are declared."""

    model_config = ConfigDict(extra="allow")


class Sandbox(Body):
    """The sandbox of an object."""

    sandboxId: str | None = None
    sandboxName: str | None = None
    type: Literal["production", "development"] | None = None
    default: bool | None = None


class SchemaReference(Body):
    """The schema, by its name or its id."""

    name: str | None = Field(None, examples=["_xdm.context.profile"])
    id: str | None = None

    @model_validator(mode="after")
    def _says_which(self) -> SchemaReference:
        if self.name is None and self.id is None:
            raise ValueError('it says which schema: {"name": "_xdm.context.profile"}')
        return self


class Expression(Body):
    """An expression. The value is a string in both formats; a tree is written into it as JSON."""

    type: Literal["PQL"] = "PQL"
    format: Literal["pql/text", "pql/json"]
    value: str = Field(examples=['workAddress.country = "US"'])


class Switch(Body):
    """A method of evaluation, on or off."""

    enabled: bool


class EvaluationInfo(Body):
    """The methods: continuous is streaming, synchronous is edge. Those that are not named are off."""

    batch: Switch | None = None
    continuous: Switch | None = None
    synchronous: Switch | None = None


class IdEntry(Body):
    """One id."""

    id: Id


class BulkGet(Body):
    """The ids of a bulk-get."""

    ids: list[IdEntry]


class BulkResults(Shown):
    """What was found, by id; an id that is not known has `errors` in its place."""

    results: dict[str, dict[str, Any]]


class PatchOperation(Body):
    """An operation of JSON Patch."""

    op: Literal["add", "remove", "replace", "move", "copy", "test"]
    path: str
    value: Any = None
    from_: str | None = Field(None, alias="from")


class LinkNext(Shown):
    """Where a list goes on."""

    href: str | None = None


class UnderscorePage(Shown):
    """The page of a list; `next` is absent on the last one."""

    totalCount: int
    pageSize: int
    next: str | None = None
