"""`pql eval` in columns: what can DuckDB and Spark say?  Who qualifies, and how many; memory says the rest."""

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
    """Whether DuckDB or Spark is to evaluate: it was asked for, or what only they read is named."""
    from pqltools.engines.choosing import chosen

    try:
        # How many definitions there are counts for jobs only: over files this command says more with memory.
        paths = [*options.profiles, *(options.events or ())]
        return chosen(options.engine, paths, on_spark=bool(options.id or options.master))[0] != "memory"
    except PQLError:
        return False  # a file that cannot be opened is told where files are read


def unsuitable(options: argparse.Namespace) -> str | None:
    """Which option asks for more than these engines say, if one does, and what to do."""
    for option, is_asked in (
        (f"--output {options.output}", options.output not in _OUTPUTS),
        ("--strict", options.strict),
    ):
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

    with engine_for(
        options.engine,
        options.profiles,
        schema,
        jobs=options.jobs,
        memory=options.memory,
        events=options.events or (),
        id=options.id,
        master=options.master,
    ) as (engine, because):
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
