"""What do the commands that use an engine have in common?  Their options, the definitions, the table of counts."""

from __future__ import annotations

import os

from pqltools.cli.arguments import instant, memory_size, processes, schema_options

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from contextlib import AbstractContextManager
    from typing import Any

    from pqltools.cli.reporting import Report
    from pqltools.engines.engine import Engine, Plan, Result
    from pqltools.workspace.definitions import Definition
    from pqltools.xdm.schema import Schema


def engine_options(parser: argparse.ArgumentParser) -> None:
    """Add the options."""
    add = parser.add_argument
    add("definitions", nargs="*", metavar="DEFINITION", help="files or folders with expressions or definitions")
    add("-e", dest="expression", metavar="TEXT", help="an expression, evaluated behind the definitions")
    profiles = "a store, or files of profiles; for Spark also table:NAME"
    add("--profiles", action="append", required=True, metavar="PATH", help=profiles)
    add("--segments", action="append", metavar="PATH", help="definitions that `inSegment` may refer to, not counted")
    add("--now", type=instant, metavar="TIME", help="the instant of evaluation, ISO 8601 (default: the present)")
    schema_options(parser)
    events = "events in files of their own, joined by the identities of the profiles"
    add("--events", action="append", default=[], metavar="PATH", help=events)
    choice_options(parser)
    jobs = "processes that read files (default: one a core)"
    add("--jobs", type=processes, default=os.cpu_count() or 1, metavar="N", help=jobs)


def choice_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that say which engine it is, and what it is given."""
    from pqltools.engines.choosing import NAMES

    add = parser.add_argument
    add("--engine", choices=NAMES, default="auto", help="who evaluates (default: auto, which says why)")
    memory = "the most memory that DuckDB uses, or Spark here, such as 6GB (default: most there is)"
    add("--memory", type=memory_size, metavar="SIZE", help=memory)
    add("--id", metavar="COLUMN", help="the column with the id of a profile (spark; default: it is looked for)")
    add("--master", metavar="URL", help="where Spark is (default: this machine)")


def chosen_name(options: argparse.Namespace, definitions: int) -> str:
    """The name of that engine."""
    from pqltools.engines.choosing import chosen

    paths = [*options.profiles, *options.events]
    return chosen(options.engine, paths, definitions=definitions, on_spark=bool(options.id or options.master))[0]


def chosen_engine(
    options: argparse.Namespace, definitions: int, schema: Schema, *, loads: bool = True
) -> AbstractContextManager[tuple[Engine, str]]:
    """The engine that the options ask for, and why it was chosen. Raises `PQLError` on entering."""
    from pqltools.engines.choosing import engine_for

    return engine_for(
        options.engine,
        options.profiles,
        schema,
        definitions=definitions,
        jobs=options.jobs,
        memory=options.memory,
        loads=loads,
        events=options.events,
        id=options.id,
        master=options.master,
    )


def prepared(options: argparse.Namespace, report: Report) -> tuple[list[Definition], Schema | None]:
    """The definitions and the schema; what is wrong goes to the report. Raises `PQLError`."""
    import time

    from pqltools.cli.schema_choice import chosen
    from pqltools.workspace.definitions import read_definitions

    now = int(time.time() * 1000) if options.now is None else options.now
    schema, problems = chosen(options.schema, options.tenant)
    definitions, unread = read_definitions(options.definitions, schema, now, options.segments or (), options.expression)
    report.add([*problems, *unread])
    return definitions, schema


def plan_text(plan: Plan) -> str:
    """The plan for people."""
    lines = [f"engine: {plan.engine}{f', as {plan.because}' if plan.because else ''}", ""]
    lines += ["reads:"] if plan.passes else ["reads nothing"]
    for each in plan.passes:
        noun = "condition" if each.conditions == 1 else "conditions"
        users = "definition" if each.definitions == 1 else "definitions"
        window = f", {each.window}" if each.window else ""
        lines.append(f"  {each.table}{window}: {each.conditions:,} {noun} of {each.definitions:,} {users}")
        lines.append(f"    {', '.join(each.columns)}")
    if plan.shared:
        lines += ["", "shared:"]
        for shared in plan.shared[:_MOST]:
            lines.append(f"  by {len(shared.titles)} definitions: {shared.text}")
        if len(plan.shared) > _MOST:
            lines.append(f"  … {len(plan.shared) - _MOST:,} more")
    lines += ["", *plan.notes] if plan.notes else []
    own = sum(way.kind == "engine" for way in plan.ways)
    lines += ["", f"{own:,} of {len(plan.ways):,} definitions by the engine itself"]
    for kind, text in _OTHERS.items():
        others = [way for way in plan.ways if way.kind == kind]
        if others:
            lines.append(text)
            lines += [f"  {way.title}: {way.reason}" for way in others]
    return "\n".join(lines)


_MOST = 20
_OTHERS = {
    "lists": "by the engine over lists that are put together again:",
    "memory": "by the compiled evaluator, over the fields that they use:",
}


def plan_data(plan: Plan) -> dict[str, Any]:
    """The plan as JSON."""
    return {
        "engine": plan.engine,
        "because": plan.because or None,
        "reads": [
            {
                "table": each.table,
                "columns": list(each.columns),
                "window": each.window or None,
                "conditions": each.conditions,
                "definitions": each.definitions,
            }
            for each in plan.passes
        ],
        "shared": [{"text": each.text, "definitions": list(each.titles)} for each in plan.shared],
        "notes": list(plan.notes),
        "definitions": [{"definition": way.title, "by": way.kind, "reason": way.reason or None} for way in plan.ways],
    }


def counts_text(definitions: Sequence[Definition], result: Result) -> str:
    """The counts as a table."""
    from pqltools.cli.eval_summary import table
    from pqltools.workspace.runs import Tally

    tally = Tally(len(definitions))
    tally.profiles = result.profiles
    tally.qualified = list(result.counts)
    tally.failed = list(result.failed)
    return table(definitions, tally, None, nulls=False)
