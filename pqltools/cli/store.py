"""`pql store`: load profiles into columns, where segments of millions are found in seconds."""

from __future__ import annotations

import argparse
import os
import sys

from pqltools.cli.arguments import Help, command_parser, processes, schema_options
from pqltools.diagnostics import PQLError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pqltools.engines.store.loading import Loaded
    from pqltools.engines.store.store import Store

_EPILOG = """\
A store is a folder with profiles in columns, and their events and the items of
these in tables of their own. `load` puts profiles in, `show` says what is there.

examples:
  pql store load crm/ profiles.ndjson
  pql job run segments/ --profiles crm/ --out members/
"""
_LOAD = """\
Files hold profiles with their events under `xEvent`: one JSON object a line,
JSON arrays, answers of the Profile Access API, plain, gzip or zstd; or one row
of Parquet each. - is standard input.

The schema says which fields there are and of what types. A profile that does
not follow it, or a line that is none, is told with the reason (20 of them),
left out, and appended to DIR/quarantine.ndjson. Fields that the schema does not
declare are left out, and named.

A profile whose id is there already takes the place of the old one, with all its
events; with --keep-events one that has no `xEvent` itself keeps the old events.
--events names files of events without their profiles, which are joined to those
with one of their identities, in these files or in the store, behind the events
that are there; FILE is not needed then.

What is there stays as it is if a load fails or is interrupted.

exit codes: 0 fine, 1 a file or the store cannot be used, 2 wrong use, 130
interrupted

examples:
  pql store load crm/ profiles.ndjson.gz --jobs 4
  pql store load crm/ today.parquet --schema union.json --keep-events
  pql store load crm/ --events today-events.ndjson
"""
_SHOW = """\
examples:
  pql store show crm/
"""
_MOST = 20


def run(arguments: list[str]) -> int:
    """Run the command; returns the exit code."""
    commands = {"load": _load, "show": _show}
    if arguments[:1] and arguments[0] in commands:
        try:
            return commands[arguments[0]](arguments[1:])
        except ModuleNotFoundError as missing:
            if missing.name is None or missing.name.startswith("pqltools"):
                raise
            print(not_installed("store", missing.name), file=sys.stderr)
            return 2
    parser = argparse.ArgumentParser(
        prog="pql store", description="Keep profiles in columns.", epilog=_EPILOG, formatter_class=Help
    )
    parser.add_argument("command", choices=[*commands], metavar="load|show")
    parser.parse_args(arguments)
    return 2


def not_installed(command: str, name: str, extra: str = "duckdb") -> str:
    """What to say if a library is missing."""
    return f"pql {command}: {name} is not installed; install it with: pip install 'pqltools[{extra}]'"


def _load(arguments: list[str]) -> int:
    from pqltools.cli.reporting import Report
    from pqltools.cli.schema_choice import chosen

    parser = command_parser("store load", "Load profiles into a store.", _LOAD)
    parser.add_argument("store", metavar="DIR", help="the folder of the store; it is made if there is none")
    parser.add_argument("files", nargs="*", metavar="FILE", help="files of profiles")
    parser.add_argument("--events", action="append", default=[], metavar="FILE", help="events; may be repeated")
    parser.add_argument("--keep-events", action="store_true", help="keep the events of profiles that are replaced")
    schema_options(parser)
    cores = os.cpu_count() or 1
    parser.add_argument("--jobs", type=processes, default=cores, metavar="N", help="processes (default: one a core)")
    options = parser.parse_args(arguments)
    if not options.files and not options.events:
        parser.error("name files of profiles, or of events with --events")
    report = Report(options.output_format)
    sys.setrecursionlimit(max(sys.getrecursionlimit(), 10_000))
    before: int | None = None
    try:
        schema, problems = chosen(options.schema, options.tenant)
        report.add(list(problems))
        if not report.failed:
            from pqltools.engines.store.loading import load
            from pqltools.engines.store.store import open_store

            with open_store(options.store, write=True, threads=options.jobs) as store:
                before = store.loads
                loaded = load(
                    store,
                    options.files,
                    schema.profile,
                    events=options.events,
                    jobs=options.jobs,
                    keep_events=options.keep_events,
                )
                _tell(loaded, store, as_json=options.output_format == "json")
    except PQLError as problem:
        report.add(list(problem.diagnostics))
    except KeyboardInterrupt:
        is_done = before is not None and _loads(options.store) > before
        done = "the profiles are loaded" if is_done else "the store is as it was"
        print(f"pql store: interrupted; {done}", file=sys.stderr)
        return 130
    report.show(beside=True)
    return int(report.failed)


def _loads(folder: str) -> int:
    """How many loads a store has had."""
    from pqltools.engines.store.store import open_store

    try:
        with open_store(folder) as store:
            return store.loads
    except PQLError:
        return 0


def _tell(loaded: Loaded, store: Store, *, as_json: bool) -> None:
    if as_json:
        import json

        found = {
            "loaded": loaded.profiles,
            "replaced": loaded.replaced,
            "refused": len(loaded.refused),
            "leftOut": list(loaded.left_out),
            "joinedEvents": loaded.joined.events,
            "orphanedEvents": loaded.joined.orphans,
            "rows": dict(store.rows),
        }
        print(json.dumps(found, ensure_ascii=False, indent=2))
        return
    for each in loaded.refused[:_MOST]:
        print(f"{each.file} PQL071 warning: line {each.line:,}: {each.reason}", file=sys.stderr)
    if len(loaded.refused) > _MOST:
        print(f"… {len(loaded.refused) - _MOST:,} more, all in {store.path}/quarantine.ndjson", file=sys.stderr)
    if loaded.left_out:
        names = ", ".join(loaded.left_out[:_MOST])
        more = f" and {len(loaded.left_out) - _MOST} more" if len(loaded.left_out) > _MOST else ""
        print(f"left out, as the schema does not declare them or their types: {names}{more}", file=sys.stderr)
    replaced = f", {loaded.replaced:,} in place of older ones" if loaded.replaced else ""
    refused = f"; {len(loaded.refused):,} lines refused" if loaded.refused else ""
    print(f"{loaded.profiles:,} profiles loaded{replaced}{refused}")
    if loaded.joined.events or loaded.joined.orphans:
        orphans = f"; {loaded.joined.orphans:,} without a profile" if loaded.joined.orphans else ""
        print(f"{loaded.joined.events:,} events joined{orphans}")
    print(_rows(store))


def _rows(store: Store) -> str:
    width = max((len(name) for name in store.rows), default=0)
    return "\n".join(f"  {name:<{width}}  {count:>12,}" for name, count in store.rows.items())


def _show(arguments: list[str]) -> int:
    from pqltools.cli.reporting import Report
    from pqltools.engines.store.store import open_store

    parser = command_parser("store show", "Show what is in a store.", _SHOW)
    parser.add_argument("store", metavar="DIR", help="the folder of the store")
    options = parser.parse_args(arguments)
    report = Report(options.output_format)
    try:
        with open_store(options.store) as store:
            if options.output_format == "json":
                import json

                from pqltools.engines.store.shapes import to_data

                print(json.dumps({"rows": dict(store.rows), **to_data(store.shape)}, ensure_ascii=False, indent=2))
            else:
                print(_rows(store))
    except PQLError as problem:
        report.add(list(problem.diagnostics))
    report.show(beside=True)
    return int(report.failed)
