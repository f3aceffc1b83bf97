"""What do the definitions of `examples/` find among its profiles, by `pql eval` and as queries?"""

from __future__ import annotations

import contextlib
import io
import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pqltools.cli import main
from pqltools.sql.dialects.registry import dialect_of
from pqltools.sql.query import query_text
from pqltools.sql.tables import table_columns
from pqltools.types.time import iso_instant
from pqltools.workspace.definitions import read_definitions, used_paths
from pqltools.xdm.given import schema_of
from typed_tables import fitting, table_of

if TYPE_CHECKING:
    from pqltools.workspace.definitions import Definition

FOLDER = Path(__file__).parents[1] / "examples"
NOW = "2024-03-15T10:30:00Z"
SCHEMA = schema_of(str(FOLDER / "schemas"))
_FILES = ["customers.ndjson", "kim.json"]


@cache
def definitions() -> dict[str, Definition]:
    """Those of the folder by their titles."""
    now = iso_instant(NOW)
    assert now is not None
    found, problems = read_definitions([str(FOLDER)], SCHEMA, now)
    assert not [problem for problem in problems if problem.severity == "error"]
    return {definition.title.removeprefix(f"{FOLDER}/"): definition for definition in found}


EXAMPLES = [*definitions()]


@cache
def found_by_eval() -> dict[str, set[str]]:
    """The ids of the profiles that qualify, by the title of the definition."""
    files = [f"--profiles={FOLDER / 'profiles' / name}" for name in _FILES]
    events = f"--events={FOLDER / 'profiles' / 'events.ndjson'}"
    options = [f"--now={NOW}", f"--schema={FOLDER / 'schemas'}", "--output", "ndjson"]
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()):
        assert main(["eval", str(FOLDER), *files, events, *options]) == 0
    found: dict[str, set[str]] = {title: set() for title in EXAMPLES}
    for line in out.getvalue().splitlines():
        row = json.loads(line)
        for title in row["qualifies"]:
            found[title.removeprefix(f"{FOLDER}/")].add(row["id"])
    return found


@cache
def profiles() -> list[dict[str, Any]]:
    """The profiles with the events of their own and those joined by their number of a customer."""
    lines = [
        line for line in (FOLDER / "profiles" / _FILES[0]).read_text(encoding="utf-8").splitlines() if line.strip()
    ]
    found = [json.loads(line) for line in lines]
    found.append(json.loads((FOLDER / "profiles" / _FILES[1]).read_text(encoding="utf-8")))
    events = [
        json.loads(line) for line in (FOLDER / "profiles" / "events.ndjson").read_text(encoding="utf-8").splitlines()
    ]
    for profile in found:
        own = profile.get("identityMap", {}).get("CRMID")
        joined = [event for event in events if event["identityMap"].get("CRMID") == own and own]
        profile["xEvent"] = [*profile.get("xEvent", []), *joined]
    return [{"_id": profile["_id"], **fitting(profile, SCHEMA.profile)} for profile in found]


def ids() -> list[str]:
    """The ids of the profiles, by their number in the table."""
    return [profile["_id"] for profile in profiles()]


def table(definition: Definition) -> Any:
    """The profiles with the columns that the definition needs."""
    paths = used_paths([definition.program], SCHEMA)
    assert paths is not None
    return table_of(profiles(), SCHEMA.profile, table_columns(SCHEMA.profile, paths))


def query(definition: Definition, dialect: str) -> str:
    """The query of a definition."""
    return query_text(definition.program, SCHEMA.profile, dialect_of(dialect), title=definition.title)
