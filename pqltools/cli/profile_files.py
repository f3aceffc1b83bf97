"""Which profile does the user mean?  One object of a JSON file, with its events, for commands about one profile.

A file holds a profile, an array of profiles, one a line, or a response of the Profile Access API: ``{"<xid>":
{"entity": {…}}}`` for profiles, ``{"children": [{"entity": {…}}]}`` for events.
"""

from __future__ import annotations

from pqltools.diagnostics import error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from pqltools.source import Source


def read_profile(name: str, id: str | None = None) -> dict[str, Any]:
    """The profile of a file; with `id` the one that has it, as its key, ``_id``, ``personID`` or in ``identityMap``.

    Raises `PQLError`: what `read_source` raises, PQL010 too deep, PQL030 not JSON, PQL044 no such profile, or several.
    """
    from pqltools.files import read_source

    source = read_source(name)
    found = [(key, profile) for key, profile in _entities(source) if id is None or id in _ids(key, profile)]
    if len(found) == 1:
        return found[0][1]
    if id is not None:
        message = f"the file holds {len(found) or 'no'} profiles with the id `{id}`"
        raise error("PQL044", message, (0, 0), source=source)
    help = "choose one with --profile-id" if found else "a profile is a JSON object"
    raise error("PQL044", f"the file holds {len(found) or 'no'} profiles", (0, 0), help=help, source=source)


def read_events(name: str) -> list[dict[str, Any]]:
    """The events of a file. Raises `PQLError` as `read_profile` does."""
    from pqltools.files import read_source

    return [event for _, event in _entities(read_source(name))]


def _entities(source: Source) -> Iterator[tuple[str | None, dict[str, Any]]]:
    """The objects in a file, each with its key where there is one."""
    data = _decoded(source)
    if isinstance(data, dict) and isinstance(data.get("children"), list):
        data = data["children"]
    if isinstance(data, list):
        entries: list[tuple[str | None, Any]] = [(None, item) for item in data]
    elif isinstance(data, dict) and data and all(map(_is_wrapped, data.values())):
        entries = [*data.items()]
    else:
        entries = [(None, data)]
    for key, item in entries:
        entity = item["entity"] if _is_wrapped(item) else item
        if not isinstance(entity, dict):
            raise error("PQL044", f"{_article(entity)} stands where a JSON object is due", (0, 0), source=source)
        yield key, entity


def _article(value: object) -> str:
    from pqltools.formats.json_faults import json_type

    kind = json_type(value)
    return kind if kind == "null" else f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"


def _is_wrapped(item: Any) -> bool:
    return isinstance(item, dict) and isinstance(item.get("entity"), dict)


def _ids(key: str | None, profile: dict[str, Any]) -> list[Any]:
    """What a profile may be asked for by."""
    found = [key, profile.get("_id"), profile.get("personID")]
    identities = profile.get("identityMap")
    for group in identities.values() if isinstance(identities, dict) else ():
        found += [each.get("id") for each in group if isinstance(each, dict)] if isinstance(group, list) else []
    return [value for value in found if isinstance(value, str)]


def _decoded(source: Source) -> Any:
    """The JSON of a file, of several values, one a line, their array."""
    text = source.text.removeprefix("\ufeff")
    if not text.strip():
        raise error("PQL044", "the file is empty", (0, 0), help="a profile is a JSON object", source=source)
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) > 1 and all(line.strip().startswith("{") and line.strip().endswith("}") for line in lines):
        return [_json(line, source, text.find(line)) for line in lines]
    return _json(text, source, 0)


def _json(text: str, source: Source, start: int) -> Any:
    import json

    from pqltools.formats.json_syntax import invalid_json

    start += source.text.startswith("\ufeff")
    try:
        return json.loads(text)
    except json.JSONDecodeError as fault:
        from pqltools.diagnostics import PQLError

        raise PQLError([invalid_json(source, fault.msg, fault.pos + start, "profile")]) from None
    except RecursionError:
        raise error("PQL010", "the profile is nested too deep to be read", (0, 0), source=source) from None
    except ValueError:
        raise error("PQL012", "the profile holds an integer of thousands of digits", (0, 0), source=source) from None
