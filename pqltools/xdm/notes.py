"""What do descriptors say about this field?  Notes on the paths of a schema, kept beside it, laid over its fields."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.xdm.fields import SchemaField
    from pqltools.xdm.names import Steps


class Notes:
    """The notes on one field, and those on the fields below it. Arrays and maps are no level of their own."""

    __slots__ = ("added", "children", "deprecated", "description", "hidden", "identity", "relationship", "title")

    def __init__(self) -> None:
        self.children: dict[str, Notes] = {}
        self.title: str | None = None
        self.description: str | None = None
        self.deprecated = False
        self.identity: str | None = None
        self.relationship: str | None = None
        #: Suggested values that a friendly name adds, with their labels, and those that it hides.
        self.added: dict[str, str] = {}
        self.hidden: frozenset[str] = frozenset()

    def at(self, steps: Steps) -> Notes:
        """The notes on the field at `steps` below this one."""
        notes = self
        for step in steps:
            notes = notes.children.setdefault(step, Notes())
        return notes

    def apply(self, field: SchemaField) -> None:
        """Tell the field what the notes say of it."""
        field.title = self.title or field.title
        field.description = self.description or field.description
        field.deprecated = field.deprecated or self.deprecated
        field.identity = self.identity
        field.relationship = self.relationship
        if self.added or self.hidden:
            labels = {**field.labels, **self.added}
            field.labels = {value: label for value, label in labels.items() if value not in self.hidden}
            field.suggested = () if field.enum else tuple(field.labels)
