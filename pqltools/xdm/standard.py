"""Which fields do profiles and events have by Adobe's standard?  The schema of the embedded table."""

from __future__ import annotations

from pqltools.types.model import ArrayType, PlainMember
from pqltools.xdm.fields import Tree
from pqltools.xdm.library import Component, Library, Part
from pqltools.xdm.schema import EVENT_FIELDS, Schema
from pqltools.xdm.table import EVENT, PROFILE, table

NAME = "the standard XDM fields"
#: What people call the roots.
NAMES = {PROFILE: "XDM Individual Profile", EVENT: "XDM ExperienceEvent"}

_standard: Schema | None = None


def standard() -> Schema:
    """The schema of the standard fields, read when it is first asked for. It cannot know what a tenant has added."""
    global _standard
    if _standard is None:
        tree = Tree(Library())
        event = tree.root([_root(EVENT)])
        event.name = NAMES[EVENT]
        events = [PlainMember(name, ArrayType(event)) for name in EVENT_FIELDS]
        profile = tree.root([_root(PROFILE)], None, events)
        profile.name = NAMES[PROFILE]
        _standard = Schema(profile, event, NAME)
    return _standard


def _root(identifier: str) -> Part:
    node = table().node(identifier)
    assert node is not None
    return Part(node, Component(node, identifier, embedded=True))
