"""`pql eval` over a store: what can DuckDB say?  Who qualifies, and how many; the rest is asked profile by profile."""

from __future__ import annotations

import sys

from pqltools.diagnostics import PQLError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from typing import Any

    from pqltools.cli.eval_problems import Problems
    from pqltools.engines.engine import Result
    from pqltools.workspace.definitions import Definition
    from pqltools.xdm.schema import Schema

_OUTPUTS = ("counts", "ids")


def uses_columns(options: argparse.Namespace) -> bool:
    """Whether DuckDB is to evaluate: it was asked for, or what only it reads is among the profiles."""
    if options.engine != "auto":
        return bool(options.engine == "duckdb")
    from pqltools.engines.choosing import needs_columns

    try:
        return any(map(needs_columns, options.profiles))
    except PQLError:
        return False  # a file that cannot be opened is told where files are read


def unsuitable(options: argparse.Namespace) -> str | None:
    """Which option asks for more than DuckDB says, if one does, and what to do."""
    asked = {
        f"--output {options.output}": options.output not in _OUTPUTS,
        "--events": options.events is not None,
        "--strict": options.strict,
    }
    for option, is_asked in asked.items():
        if is_asked:
            return f"{option} goes with the engine memory, over files of profiles"
    return None


def evaluate(
    options: argparse.Namespace, definitions: Sequence[Definition], schema: Schema, problems: Problems
) -> tuple[Result, int]:
    """Find the members, and print them if they are asked for; the result, and how many lines were left out.

    Raises `PQLError`, and `Stop` for a strict run.
    """
    from pqltools.data.lines import BadLine
    from pqltools.engines.choosing import engine_for

    many = len(definitions)
    with engine_for(options.engine, options.profiles, schema, definitions=many, jobs=options.jobs) as (engine, because):
        if not problems.as_json and not options.no_nulls:
            why = f": {because}" if because else ""
            print(f"pql: engine {engine.name}{why}; it does not find out where a null decides", file=sys.stderr)
        problems.tell(BadLine(each.file, each.line, each.reason).diagnostic() for each in engine.refused)
        ids = _Ids(definitions) if options.output == "ids" else None
        result = engine.run(engine.plan(definitions), ids)
        if ids is not None and ids.nameless:
            print(f"pql: {ids.nameless:,} members have no id, and are not listed", file=sys.stderr)
        for text in result.problems:
            print(f"pql: {text}", file=sys.stderr)
        return result, len(engine.refused) + result.refused


class _Ids:
    """Prints members as `eval_outputs.Ids` does, a definition at a time. `nameless` counts those without an id."""

    def __init__(self, definitions: Sequence[Definition]) -> None:
        from pqltools.cli.eval_outputs import in_a_line

        self._in_a_line = in_a_line
        self._ends = [""] if len(definitions) == 1 else [f"\t{in_a_line(each.title)}" for each in definitions]
        self.nameless = 0

    def __call__(self, index: int, ids: Any) -> None:
        end = f"{self._ends[index]}\n"
        for id in ids.to_pylist():
            if id is None:
                self.nameless += 1
            else:
                sys.stdout.write(self._in_a_line(id) + end)
