"""What do descriptors add to a schema?  Identities, relationships, friendly names, values and deprecation, as notes.

Descriptors are kept outside the schemas and name the field by its path. Those of schemas that are not at hand may well
be about the union at hand, which does not say what it was made of; they count where the path exists.
"""

from __future__ import annotations

from pqltools.xdm.names import steps_of_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from pqltools.xdm.names import Steps
    from pqltools.xdm.notes import Notes

    Descriptor = dict[str, Any]

_PREFIX = "xdm:descriptor"
_CARDINALITY = {"OneToOne": "1:1", "ManyToOne": "M:1", "OneToMany": "1:M", "ManyToMany": "M:M"}
#: Descriptors of fields with a role in relational schemas.
_ROLES = {"PrimaryKey": "primary key", "Version": "version of the record", "Timestamp": "time of the record"}


def paths(descriptor: Descriptor) -> Iterator[Steps]:
    """The fields that the descriptor is about; none if it does not say."""
    listed = descriptor.get("xdm:sourceProperty")
    for path in listed if isinstance(listed, list) else [listed]:
        if isinstance(path, str) and path.strip("/"):
            steps = steps_of_path(path if path.startswith("/") else f"/{path}")
            yield tuple(step for step in steps if step != "*") or steps


def schema_of(descriptor: Descriptor) -> str | None:
    """The `$id` of the schema that the descriptor is about."""
    schema = descriptor.get("xdm:sourceSchema")
    return schema if isinstance(schema, str) else None


def note(descriptor: Descriptor, notes: Notes) -> None:
    """Write down what the descriptor says about its field."""
    kind = str(descriptor.get("@type")).removeprefix(_PREFIX)
    if kind == "xdm:alternateDisplayInfo":
        _friendly(descriptor, notes)
    elif kind == "Deprecated":
        notes.deprecated = True
    elif kind == "Identity":
        primary = "primary identity" if descriptor.get("xdm:isPrimary") is True else "identity"
        notes.identity = f"{primary} in namespace {_quoted(descriptor.get('xdm:namespace'))}"
    elif kind == "ReferenceIdentity":
        notes.identity = f"refers to an identity in namespace {_quoted(descriptor.get('xdm:identityNamespace'))}"
    elif kind in _ROLES:
        notes.identity = _ROLES[kind]
    elif kind in _CARDINALITY or kind == "Relationship":
        cardinality = descriptor.get("xdm:cardinality") or _CARDINALITY.get(kind, "relationship")
        destination = descriptor.get("xdm:destinationProperty")
        field = f", field {_quoted(destination)}" if isinstance(destination, str) else ""
        notes.relationship = f"{cardinality} to {_quoted(descriptor.get('xdm:destinationSchema'))}{field}"


def _friendly(descriptor: Descriptor, notes: Notes) -> None:
    notes.title = _localized(descriptor.get("xdm:title")) or notes.title
    notes.description = _localized(descriptor.get("xdm:description")) or notes.description
    added = descriptor.get("meta:enum")
    if isinstance(added, dict):
        notes.added = {**notes.added, **{value: _localized(label) or value for value, label in added.items()}}
    hidden = descriptor.get("xdm:excludeMetaEnum")
    if isinstance(hidden, dict | list):
        notes.hidden |= {value for value in hidden if isinstance(value, str)}


def _localized(text: Any) -> str | None:
    """The text itself, or that of the locale; English if there is any."""
    if isinstance(text, dict):
        text = text.get("en_us", next(iter(text.values()), None))
    return text if isinstance(text, str) else None


def _quoted(text: object) -> str:
    return f"`{text}`" if isinstance(text, str) else "`?`"
