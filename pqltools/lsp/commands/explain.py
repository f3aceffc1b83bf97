"""Why does this sample profile qualify, or why not?  `pql.explain` gives ``{title, text}``, as `pql explain` draws it.

The argument says which profile: ``profile``, a file of profiles or the index of a configured sample, ``line`` and
``id``; otherwise it is the first profile of the first configured sample. Relative names are looked up in the folder of
the configuration, then beside the text.
"""

from __future__ import annotations

import os
from typing import Any

from pqltools.data.one_profile import sample_profile
from pqltools.diagnostics import PQLError
from pqltools.evaluation.explain import Limits, explain_program
from pqltools.evaluation.explaining.drawing import Style, drawn
from pqltools.evaluation.program import prepare
from pqltools.lsp.requests import refused
from pqltools.lsp.state import State
from pqltools.lsp.targets import Target, page, target, tree_of
from pqltools.workspace.samples import Samples, samples_of, segments_for

RUNS = "background"
#: Items and events that are told in full.
_ITEMS = 5


def run(state: State, argument: dict[str, Any]) -> dict[str, str]:
    """The explanation of the expression at ``{uri, position}`` for one profile."""
    line, id = _line(argument.get("line")), _id(argument.get("id"))
    found = target(state, argument)
    tree = tree_of(state, found)
    path, events = _file(state, found, argument.get("profile"))
    known = state.checker(found.document).known
    try:
        profile = sample_profile(path, known.schema.profile, line=line, id=id, events=events)
    except PQLError as problem:
        first = problem.diagnostics[0]
        name = first.source.name if first.source is not None else path
        raise refused(f"{name}: {first.message}") from None
    segments = segments_for(tree, known.segments or {})
    program = prepare(tree, known.schema, now=state.now(), segments=segments)
    text = found.hosted.text if found.hosted.format == "pql/text" else None
    explanation = explain_program(program, [profile.data], limits=Limits(items=_ITEMS), text=text)
    style = Style(colour=False)
    who = profile.id or f"line {profile.line:,}"
    lines = [style.headline(f"{found.title}: {who}", explanation), "", *drawn(explanation, style), ""]
    return page(f"{found.title} on {os.path.basename(path)}, {who}", "\n".join(lines))


def _file(state: State, found: Target, said: Any) -> tuple[str, tuple[str, ...]]:
    """The file of the profile, and those of events for configured samples."""
    workspace = state.folder(found.document.path).at(found.document.name)[1]
    config = workspace.config(found.document.name)
    if isinstance(said, str) and said:
        beside = os.path.dirname(found.document.path or "")
        names = [os.path.join(folder, said) for folder in (config.folder, beside)]
        path = next((name for name in names if os.path.exists(name)), None)
        if path is None:
            raise refused(f"there is no file `{said}`")
        return path, ()
    if said is not None and (not isinstance(said, int) or isinstance(said, bool)):
        raise refused("`profile` is the name of a file of profiles, or the index of a configured sample")
    return _sample(samples_of(config), said or 0)


def _sample(samples: Samples, index: int) -> tuple[str, tuple[str, ...]]:
    if not samples.profiles:
        raise refused(
            "there is no sample profile: name a file as `profile`, or under `samples` in the configuration, "
            'such as `samples = ["samples/profiles.ndjson"]`'
        )
    if not 0 <= index < len(samples.profiles):
        raise refused(f"there are {len(samples.profiles)} configured samples, counted from 0, and none is {index}")
    return samples.profiles[index], samples.events


def _line(value: Any) -> int | None:
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and value > 0):
        return value
    raise refused("`line` is the number of a line, from 1")


def _id(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise refused("`id` is a string, an id of the profile")
