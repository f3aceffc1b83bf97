"""What is a record here?  A frozen, slotted dataclass that costs nothing to define.

`dataclasses.dataclass` with forty slotted classes takes longer than Python itself takes to start, most of it for the
import of `inspect` and for the half dozen methods that it compiles for each class; `pql` runs on every commit and
cannot spend that. A class that derives from `Record`, under the decorator `record`, behaves like one under
``@dataclass(frozen=True, slots=True)``: positional and keyword construction, defaults, equality and hash by value,
``match`` patterns, `repr`, pickling, `FrozenInstanceError`; `dataclasses.fields`, `replace`, `asdict` and
`is_dataclass` work on it, at the price of that import when one of them is first used.

A field whose default is `hint(...)` takes no part in equality, hash and `repr`. mypy sees ordinary dataclasses.
"""

from __future__ import annotations

TYPE_CHECKING = False  # `typing` itself is too slow to import; type checkers know this name.
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, ClassVar, TypeVar, dataclass_transform

    T = TypeVar("T")
else:

    def dataclass_transform(**_):
        """Only type checkers read it."""
        return lambda cls: cls


class _Hint:
    __slots__ = ("default", "kw_only")

    def __init__(self, default: Any, kw_only: bool) -> None:
        self.default = default
        self.kw_only = kw_only


def hint(*, default: Any, kw_only: bool = False) -> Any:
    """The default of a field that is outside equality."""
    return _Hint(default, kw_only)


class _Fields:
    """Builds `__dataclass_fields__` when something asks for it, and so imports `dataclasses` only then."""

    def __get__(self, instance: object, owner: type) -> dict[str, Any]:
        import dataclasses

        specs: list[Any] = []
        for name, (default, in_value, kw_only) in owner.__record_fields__.items():  # type: ignore[attr-defined]
            spec = dataclasses.field(compare=in_value, repr=in_value, kw_only=kw_only)
            if default is not _MISSING:
                spec.default = default
            specs.append((name, owner.__record_types__[name], spec))  # type: ignore[attr-defined]
        twin: Any = dataclasses.make_dataclass(owner.__name__, specs, frozen=True)
        fields: dict[str, Any] = twin.__dataclass_fields__
        return fields


_MISSING = object()


@dataclass_transform(frozen_default=True, field_specifiers=(hint,))
def record(cls: type[T]) -> type[T]:
    """Class decorator: turns the annotations of a class derived from `Record` into slots, fields and `__init__`.

    A decorator, which must build the class anew to give it slots, and not a metaclass: `isinstance`, and so every
    `match` over nodes, is several times slower for classes whose type is not `type`.
    """
    inherited: dict[str, tuple[Any, bool, bool]] = {}
    types: dict[str, Any] = {}
    for base in reversed(cls.__bases__):
        inherited.update(getattr(base, "__record_fields__", {}))
        types.update(getattr(base, "__record_types__", {}))
    namespace = {name: value for name, value in cls.__dict__.items() if name not in ("__dict__", "__weakref__")}
    annotations = namespace.get("__annotations__", {})
    own: dict[str, tuple[Any, bool, bool]] = {}
    for field in annotations:
        default = namespace.pop(field, _MISSING)
        if isinstance(default, _Hint):
            own[field] = (default.default, False, default.kw_only)
        else:
            own[field] = (default, True, False)
    # A hint of the base stays behind the fields of the class, as keyword-only fields do in a dataclass.
    fields = {**{k: v for k, v in inherited.items() if not v[2]}, **own}
    fields.update((k, v) for k, v in inherited.items() if v[2])
    namespace["__slots__"] = tuple(own)
    namespace["__record_fields__"] = fields
    namespace["__record_types__"] = {**types, **annotations}
    namespace["__match_args__"] = tuple(k for k, v in fields.items() if not v[2])
    namespace["__compared__"] = tuple(k for k, v in fields.items() if v[1])
    built: Any = type(cls.__name__, cls.__bases__, namespace)
    if fields:
        built.__init__ = _constructor(built, fields)
    return built  # type: ignore[no-any-return]


def _constructor(cls: type, fields: dict[str, tuple[Any, bool, bool]]) -> Any:
    """An `__init__` that fills the slots past the frozen `__setattr__`."""
    scope: dict[str, Any] = {}
    positional: list[str] = []
    keyword: list[str] = []
    body: list[str] = []
    for name, (default, _, kw_only) in fields.items():
        scope[f"_set_{name}"] = getattr(cls, name).__set__
        parameter = name
        if default is not _MISSING:
            scope[f"_default_{name}"] = default
            parameter = f"{name}=_default_{name}"
        (keyword if kw_only else positional).append(parameter)
        body.append(f" _set_{name}(self, {name})")
    parameters = ", ".join(["self", *positional, *(["*"] if keyword else []), *keyword])
    exec(f"def __init__({parameters}):\n" + "\n".join(body), scope)
    return scope["__init__"]


def fast_constructor(cls: Callable[..., T]) -> Callable[..., T]:
    """A constructor of `cls` that takes every field by position, in the order of its annotations, the base's last.

    It takes half the time of the class itself, which matters to a parser that does little else than build records: the
    fields are stored in an unfrozen twin of the same layout, which then becomes what it was to be.
    """
    own: Any = cls
    names = list(own.__record_fields__)
    scope: dict[str, Any] = {"target": cls}
    lines = [f" self.{name} = {name}" for name in names]
    exec(f"def __init__(self, {', '.join(names)}):\n" + "\n".join(lines) + "\n self.__class__ = target", scope)
    namespace = {
        "__slots__": own.__slots__,
        "__init__": scope["__init__"],
        "__setattr__": object.__setattr__,
        "__delattr__": object.__delattr__,
    }
    twin: Any = type(own.__name__, own.__bases__, namespace)
    return twin  # type: ignore[no-any-return]


class Record:
    """The base of all records, which are decorated with `record`; see the module."""

    __slots__ = ()
    __dataclass_fields__ = _Fields()

    if TYPE_CHECKING:
        __match_args__: ClassVar[tuple[str, ...]]
        __compared__: ClassVar[tuple[str, ...]]
        __record_fields__: ClassVar[dict[str, tuple[Any, bool, bool]]]

    def __eq__(self, other: object) -> bool:
        if other.__class__ is not self.__class__:
            return NotImplemented
        if other is self:
            return True
        for name in self.__compared__:  # noqa: SIM110 - a generator would double the depth of the recursion
            if getattr(self, name) != getattr(other, name):
                return False
        return True

    def __hash__(self) -> int:
        return hash((self.__class__, *[getattr(self, name) for name in self.__compared__]))

    def __repr__(self) -> str:
        values = ", ".join([f"{name}={getattr(self, name)!r}" for name in self.__compared__])
        return f"{self.__class__.__name__}({values})"

    def __setattr__(self, name: str, value: object) -> None:
        from dataclasses import FrozenInstanceError

        raise FrozenInstanceError(f"cannot assign to field {name!r}")

    def __delattr__(self, name: str) -> None:
        from dataclasses import FrozenInstanceError

        raise FrozenInstanceError(f"cannot delete field {name!r}")

    def __getstate__(self) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in self.__record_fields__)

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        for name, value in zip(self.__record_fields__, state, strict=True):
            object.__setattr__(self, name, value)

    def __replace__(self, /, **changes: Any) -> Any:
        return replace(self, **changes)


if TYPE_CHECKING:

    def replace(record: T, /, **changes: Any) -> T:
        """A copy of `record` with some fields changed."""
        raise NotImplementedError
else:

    def replace(record, /, **changes):
        """A copy of `record` with some fields changed; `dataclasses.replace` without its import."""
        values = {name: getattr(record, name) for name in record.__record_fields__}
        return record.__class__(**{**values, **changes})
