"""What does PQL see of a schema?  The type of a profile with its events, look-up of paths, and what else was meant."""

from __future__ import annotations

from pqltools.types.model import ANY, ArrayType, MapType, ObjectType, PlainMember
from pqltools.xdm.names import steps_of_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.types.model import Member, Type
    from pqltools.xdm.names import Steps
    from pqltools.xdm.suggestions import Suggestion

#: The fields of a profile that hold its events; the first is what PQL calls them.
EVENT_FIELDS = ("xEvent", "timeSeriesEvents")
#: So many suggestions are kept, and so many indices: object literals have types of their own.
_REMEMBERED = 1000


class Schema:
    """The fields that expressions may use.

    `profile` is the type of a profile: the members of the profile schema, and its events as ``xEvent`` and
    ``timeSeriesEvents``. `event` is the type of an event. `name` is what messages call the schema.
    """

    __slots__ = ("_indices", "_suggested", "event", "name", "profile")

    def __init__(self, profile: ObjectType, event: ObjectType, name: str) -> None:
        self.profile = profile
        self.event = event
        self.name = name
        self._indices: dict[int, tuple[ObjectType, dict[str, list[Steps]]]] = {}
        # By identity, which is safe because the values hold the types.
        self._suggested: dict[tuple[int, Steps], tuple[ObjectType, tuple[Suggestion, ...]]] = {}

    def find(self, path: str) -> Member | None:
        """The field at `path`, from the profile on, None if there is none.

        Paths may be written as in PQL, with standard names (``xdm:person``, ``@id``) or as in descriptors (``/a/b``).
        They lead through arrays to the fields of the items, and through maps by any key.
        """
        return resolve(self.profile, steps_of_path(path))

    def suggest(self, type: ObjectType, names: tuple[str, ...]) -> tuple[Suggestion, ...]:
        """What was probably meant by the path `names`, which does not lead anywhere from `type`; at most three."""
        key = id(type), names
        found = self._suggested.get(key)
        if found is None:
            from pqltools.xdm.suggestions import suggest

            found = type, suggest(self, type, names)
            if len(self._suggested) < _REMEMBERED:
                self._suggested[key] = found
        return found[1]

    def index(self, object: ObjectType) -> dict[str, list[Steps]]:
        """All paths below `object` by their last step, the shortest first; made when it is first asked for."""
        found = self._indices.get(id(object))
        if found is None:
            from pqltools.xdm.suggestions import index_of

            found = object, index_of(object)
            if len(self._indices) < _REMEMBERED:
                self._indices[id(object)] = found
        return found[1]


def resolve(type: Type, names: tuple[str, ...]) -> Member | None:
    """The field that the path `names` leads to from `type`, through arrays and maps."""
    member: Member | None = None
    for name in names:
        while isinstance(type, ArrayType):
            type = type.item
        if isinstance(type, ObjectType):
            member = type.member(name)
            if member is None and type.open:
                member = PlainMember(name, ANY)
        elif isinstance(type, MapType):
            member = PlainMember(name, type.value)
        elif type is ANY:
            member = PlainMember(name, ANY)
        else:
            return None
        if member is None:
            return None
        type = member.type
    return member
