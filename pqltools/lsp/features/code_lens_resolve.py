"""What does this lens say?  `codeLens/resolve`: who can evaluate a definition, and how many sample profiles qualify."""

from __future__ import annotations

from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from pqltools.checks.eligibility.facts import facts
from pqltools.checks.eligibility.model import METHODS, Report
from pqltools.checks.eligibility.report import judge
from pqltools.diagnostics import PQLError
from pqltools.inference.infer import inferred
from pqltools.lsp.features.code_lens import SAMPLES
from pqltools.lsp.sampling import asked, in_words
from pqltools.lsp.state import State
from pqltools.lsp.targets import Target, tree_of
from pqltools.syntax.literals import shorten

#: So long are the reasons at most.
_ROOM = 120


def answer(state: State, params: types.CodeLens) -> types.CodeLens:
    """The lens with words, and with the command behind it."""
    found = _target(state, params.data)
    say = _samples if params.data.get("kind") == SAMPLES else _methods  # type: ignore[union-attr]
    return types.CodeLens(params.range, say(state, found, params.range.start), params.data)


def _target(state: State, data: Any) -> Target:
    if not isinstance(data, dict) or not isinstance(data.get("uri"), str):
        raise JsonRpcException("this is no code lens of this server", types.ErrorCodes.InvalidParams)
    document = state.document(data["uri"])
    number = data.get("number")
    if document.version == data.get("version"):
        for hosted in document.expressions:
            if hosted.number == number:
                return Target(document, hosted)
    raise JsonRpcException("the text has changed in the meantime", types.LSPErrorCodes.ContentModified)


# Methods.


def _methods(state: State, found: Target, start: types.Position) -> types.Command:
    tree = tree_of(state, found)
    around = state.checked(found.document, found.hosted).around
    assert around is not None
    tree, typing = inferred(tree, around.schema.profile)
    shown = facts(tree, typing.members)
    return types.Command(methods_in_words([judge(shown, method, around) for method in METHODS]), "")


def methods_in_words(reports: list[Report]) -> str:
    """Which methods can evaluate an expression, and why others cannot, in one line."""
    able = [report.method for report in reports if report.eligible == "yes"]
    parts = [", ".join(able)] if able else []
    for word, eligible in (("perhaps", "unknown"), ("not", "no")):
        reasons: dict[str, list[str]] = {}
        for report in reports:
            if report.eligible == eligible:
                reasons.setdefault(_reason(report), []).append(report.method)
        parts += [f"{word} {' or '.join(methods)}: {reason}" for reason, methods in reasons.items()]
    return " – ".join(parts)


def _reason(report: Report) -> str:
    rules = report.broken or report.unsettled
    said = rules[0].why or rules[0].says
    more = f" (and {len(rules) - 1} more)" if len(rules) > 1 else ""
    return shorten(said, _ROOM) + more


# Samples.


def _samples(state: State, found: Target, start: types.Position) -> types.Command:
    position = {"line": start.line, "character": start.character}
    argument: dict[str, Any] = {"uri": found.document.uri, "position": position}
    title = "evaluate on sample"
    try:
        question = asked(state, found)
    except PQLError:
        # Whoever asks is told why it cannot be.
        return types.Command(title, "pql.evaluateSample", arguments=[argument])
    known = state.sampling.known(question)
    if state.sampling.is_running(question):
        title = "evaluating on sample…"
    elif known is not None:
        title = f"{in_words(known)}, {known['seconds']:.1f} s"
        argument["anew"] = True
    return types.Command(title, "pql.evaluateSample", arguments=[argument])
