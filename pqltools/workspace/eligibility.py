"""Can the wanted method evaluate each expression of this file?  The answers of its rules, with places."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from pqltools.checks.eligibility.model import RuleResult
    from pqltools.formats.definition_files import DefinitionFile, Embedded
    from pqltools.workspace.expressions import Outcome


def answers_of(file: DefinitionFile, outcomes: Sequence[Outcome]) -> Iterator[dict[str, Any]]:
    """The answer for each expression that can be read and for which a method is wanted."""
    for embedded, outcome in zip(file.expressions, outcomes, strict=True):
        if outcome.tree is not None and outcome.around is not None and outcome.around.method is not None:
            yield _answer(file, embedded, outcome)


def _answer(file: DefinitionFile, embedded: Embedded, outcome: Outcome) -> dict[str, Any]:
    from pqltools.checks.eligibility.report import as_data, report
    from pqltools.inference.infer import infer

    tree, around = outcome.tree, outcome.around
    assert tree is not None
    assert around is not None
    assert around.method is not None
    found = report(tree, around.method, around, infer(tree, around.schema.profile).members)
    data = as_data(found)
    for rule, entry in zip(found.rules, data["rules"], strict=True):
        entry["at"] = _place(rule, file, embedded, outcome)
    return {"file": file.source.name, "definition": embedded.name, "path": embedded.path, **data}


def _place(rule: RuleResult, file: DefinitionFile, embedded: Embedded, outcome: Outcome) -> dict[str, int] | None:
    """Line and column in the file of what breaks a rule, None for the expression as a whole."""
    from pqltools.diagnostics import Diagnostic
    from pqltools.formats.definition_files import place

    if not rule.nodes:
        return None
    path = outcome.around.places.get(id(rule.nodes[0])) if outcome.around is not None else None
    if rule.span is None and path is None:
        return None
    span = place(embedded, file.source, Diagnostic("PQL064", "", rule.span, path=path)).span
    assert span is not None
    line, column = file.source.line_column(span[0])
    return {"line": line, "column": column}
