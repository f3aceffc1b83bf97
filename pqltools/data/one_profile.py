"""Which profile does the user mean?  One of a file, for whoever looks at a single one, and the events that are its own.

Files are those of `pqltools.data.inputs`, in all their forms; all fields are decoded. Who reads one profile wants to
know what is wrong with it, so bad lines are errors here, unless the profile that was asked for stands in another one.
"""

from __future__ import annotations

from pqltools.data.compression import shown_name
from pqltools.data.decoding import EVENTS, decode_all
from pqltools.data.events import identified
from pqltools.data.identities import EVENT_PATHS, profile_identities
from pqltools.data.inputs import open_input
from pqltools.data.lines import MAX_LINE, BadLine, numbered_lines, too_long
from pqltools.data.names import below
from pqltools.data.profiles import read_profiles
from pqltools.data.projection import projection
from pqltools.data.values import NotData
from pqltools.diagnostics import PQLError, error
from pqltools.records import replace
from pqltools.source import Source
from pqltools.types.model import ANY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from pqltools.data.identities import Identity
    from pqltools.data.inputs import Input
    from pqltools.data.profiles import Profile
    from pqltools.types.model import Type

_IS_OBJECT = "a profile is a JSON object, with its events under `xEvent`"
_CHOOSE = "name the one that is meant by an id of it"


def read_profile(
    path: str, id: str | None = None, type: Type = ANY, *, events: str | None = None, choose: str = _CHOOSE
) -> dict[str, Any]:
    """The only profile of a file, or with `id` the one that has it: as key of a response, `_id` or any identity.

    `events` is a file whose events come behind its own; `type` says which fields are maps. `choose` is the cure if a
    file holds several profiles.

    Raises `PQLError`: what `open_input` raises, PQL071 and PQL072 for lines that hold no profile or event, PQL044 for a
    file that holds no such profile, or several, or events of others only.
    """
    found, bad = _profiles(path, id, type)
    if bad and (id is None or not found):
        raise _refused(bad, "PQL071", _IS_OBJECT)
    if len(found) != 1:
        number = "no profile" if not found else f"{len(found):,} profiles"
        who = "" if id is None else f" with the id `{id}`"
        help = _IS_OBJECT if id is None and not found else choose if id is None else None
        raise error("PQL044", f"the file holds {number}{who}", (0, 0), help=help, source=Source("", shown_name(path)))
    (profile,) = found
    return profile.data if events is None else _with_events(profile, events, type)


def sample_profile(
    path: str, type: Type = ANY, *, line: int | None = None, id: str | None = None, events: Iterable[str] = ()
) -> Profile:
    """The first profile of a file that is at this `line` and has this `id`, whatever other lines hold.

    `events` are files whose events come behind its own. The file is read up to the profile only.
    Raises `PQLError` as `read_profile`, with PQL071 if the line that is meant holds no profile.
    """
    with open_input(path) as input:
        found = next((each for each in read_profiles(input, decode_all(type)) if _is_meant(each, line, id)), None)
    if isinstance(found, BadLine):
        raise _refused([found], "PQL071", _IS_OBJECT)
    if found is None:
        who = "" if id is None else f" with the id `{id}`"
        where = "" if line is None else f" in line {line:,}"
        raise error("PQL044", f"the file holds no profile{who}{where}", (0, 0), source=Source("", shown_name(path)))
    wanted = set(profile_identities(found.data, found.id))
    data = found.data
    for name in events:
        with open_input(name) as input:
            more, _ = _events(input, wanted, type)
        own = data.get(EVENTS)
        data = {**data, EVENTS: [*(own if isinstance(own, list) else []), *more]} if more else data
    return replace(found, data=data)


def _is_meant(found: Profile | BadLine, line: int | None, id: str | None) -> bool:
    if line is not None and found.line != line:
        return False
    # Nobody has asked for a bad line, unless by its number.
    return line is not None if isinstance(found, BadLine) else id is None or id in _ids(found)


def _profiles(path: str, id: str | None, type: Type) -> tuple[list[Profile], list[BadLine]]:
    """The profiles that may be meant, and the lines that hold none."""
    found: list[Profile] = []
    bad: list[BadLine] = []
    with open_input(path) as input:
        for profile in read_profiles(input, decode_all(type)):
            if isinstance(profile, BadLine):
                bad.append(profile)
            elif id is None or id in _ids(profile):
                found.append(profile)
    return found, bad


def _ids(profile: Profile) -> set[str | None]:
    return {profile.id, *[id for _, id in profile_identities(profile.data)]}


def _with_events(profile: Profile, path: str, type: Type) -> dict[str, Any]:
    """The profile with its events of a file behind those that it has."""
    wanted = set(profile_identities(profile.data, profile.id))
    with open_input(path) as input:
        events, others = _events(input, wanted, type)
    if others and not events:
        known = "1 event" if others == 1 else f"{others:,} events"
        message = f"the file holds {known}, and none of this profile"
        help = "an event belongs to a profile by an identity that both have, or by having none"
        raise error("PQL044", message, (0, 0), help=help, source=Source("", input.name))
    own = profile.data.get(EVENTS)
    return {**profile.data, EVENTS: [*(own if isinstance(own, list) else []), *events]}


def _events(input: Input, wanted: set[Identity], type: Type) -> tuple[list[dict[str, Any]], int]:
    """The events of the profile with these identities, and how many others there are.

    What names nobody is taken for the profile's, and so is everything for a profile without identities.
    """
    decode, decode_identities = decode_all(below(type, EVENTS)), projection(EVENT_PATHS)
    found: list[dict[str, Any]] = []
    bad: list[BadLine] = []
    others = 0
    for block in input.blocks:
        if isinstance(block, BadLine):
            bad.append(block)
            continue
        for line, raw in numbered_lines(block):
            try:
                if len(raw) > MAX_LINE:
                    raise NotData(too_long(MAX_LINE))
                for event, identities in identified(raw, decode_identities, wrapped=input.wrapped):
                    if not wanted or not identities or not wanted.isdisjoint(identities):
                        found.append(decode(event))
                    else:
                        others += 1
            except NotData as problem:
                bad.append(BadLine(input.name, line, str(problem)))
    if bad:
        raise _refused(bad, "PQL072", "an event is a JSON object")
    return found, others


def _refused(bad: Iterable[BadLine], code: str, help: str) -> PQLError:
    return PQLError([replace(line.diagnostic(code), severity="error", help=help) for line in bad])
