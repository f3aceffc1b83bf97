"""How many sample profiles qualify for this expression?  Answered by a process of its own, for whoever must not wait.

`main` reads a question (`samples.question`) from standard input and writes JSON, one object a line: how far it is, and
at last the numbers, or why there are none. `command` starts it with the modules that this process has.
"""

from __future__ import annotations

import json
import os
import sys

from pqltools.diagnostics import PQLError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from pqltools.diagnostics import Diagnostic
    from pqltools.workspace.runs import Evaluation

#: So many problems are told in words, the others are counted.
_TOLD = 20
#: So long is a problem at most.
_LENGTH = 300


def command() -> list[str]:
    """The command of the process."""
    start = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from pqltools.workspace.trial import main; main()"
    return [sys.executable, "-I", "-c", start, json.dumps([os.path.abspath(path) for path in sys.path])]  # noqa: PTH100


def main() -> None:
    """Answer the question that comes by standard input."""
    import gc

    sys.setrecursionlimit(max(sys.getrecursionlimit(), 10_000))
    gc.disable()  # as `pql eval` does: profiles hold no cycles
    output, sys.stdout = sys.stdout, sys.stderr
    try:
        for said in trial(json.loads(sys.stdin.buffer.read())):
            print(json.dumps(said), file=output, flush=True)
    except (BrokenPipeError, KeyboardInterrupt):
        os._exit(1)  # nobody is interested any more
    except Exception as mistake:
        print(json.dumps({"mistake": f"{type(mistake).__name__}: {mistake}"[:_LENGTH]}), file=output, flush=True)


def trial(asked: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """How far it is, as ``{"done": bytes, "of": bytes, "profiles": n}`` after each part, and then the answer.

    The answer has the key ``qualified``, besides ``profiles``, ``unknown`` (where a null decides), ``failed``,
    ``badLines``, ``seconds`` and ``problems``; or it is ``{"error": message}``.
    """
    import time

    from pqltools.workspace.runs import Tally, run

    start = time.monotonic()
    try:
        evaluation = _evaluation(asked)
        told = (
            [line.diagnostic("PQL072") for line in evaluation.read_events(asked["events"])] if asked["events"] else []
        )
        problems = [_said(each) for each in told[:_TOLD]]
        tally, done = Tally(1), 0
        total = sum(map(os.path.getsize, asked["profiles"]))
        for part in run(evaluation, asked["profiles"]):
            tally.add(part.tally)
            done += part.size
            problems += [_said(line.diagnostic()) for line in part.bad[: _TOLD - len(problems)]]
            yield {"done": done, "of": total, "profiles": tally.profiles}
    except PQLError as problem:
        yield {"error": _said(problem.diagnostics[0])}
        return
    except OSError as problem:
        yield {"error": f"{problem.filename}: {problem.strerror}"}
        return
    yield {
        "profiles": tally.profiles,
        "qualified": tally.qualified[0],
        "unknown": tally.unknown[0],
        "failed": tally.failed[0],
        "badLines": tally.bad_lines + len(told),
        "seconds": round(time.monotonic() - start, 3),
        "problems": problems,
    }


def _evaluation(asked: Mapping[str, Any]) -> Evaluation:
    from pqltools.evaluation.program import Preparation
    from pqltools.formats.definition import read_expression
    from pqltools.formats.pql_json import from_json
    from pqltools.workspace.definitions import Definition
    from pqltools.workspace.runs import Evaluation
    from pqltools.xdm.given import schema_of

    tree = read_expression(asked["format"], asked["value"])
    schema = schema_of([*asked["schemas"]] or None, asked["tenant"])
    segments = {id: from_json(other) for id, other in asked["segments"].items()}
    program = Preparation(schema.profile, asked["now"], segments).program(tree)
    definition = Definition("this expression", None, program)
    return Evaluation([definition], schema, joins=bool(asked["events"]))


def _said(problem: Diagnostic) -> str:
    name = problem.source.name if problem.source is not None else ""
    return f"{os.path.basename(name)}: {problem.message}"[:_LENGTH] if name else problem.message[:_LENGTH]  # noqa: PTH119
