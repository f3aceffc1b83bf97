"""What do the rules say in a test?  Expressions and examples of pages, checked with the standard schema."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from pqltools import parse
from pqltools.checks.eligibility import evaluation_info
from pqltools.checks.registry import Table, all_rules
from pqltools.checks.runner import check_tree
from pqltools.checks.surroundings import Limits, Segment, Surroundings
from pqltools.formats.definition import read_expression
from pqltools.formats.definition_files import read_file
from pqltools.source import Source
from pqltools.xdm.standard import standard

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pqltools.checks.pages import Example
    from pqltools.diagnostics import Diagnostic
    from pqltools.syntax.ast import Expr

#: The day of the check where a test does not say.
NOW = "2026-01-15"


def milliseconds(day: str) -> int:
    """The first instant of a day in UTC, in milliseconds since 1970."""
    return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp() * 1000)


@cache
def table(*codes: str) -> Table:
    """The rules with these codes; without codes all that are not off."""
    return Table(rule for rule in all_rules() if (rule.code in codes if codes else not rule.off))


def around(**details: Any) -> Surroundings:
    """The standard schema and a fixed day, and whatever else is said."""
    return Surroundings(**{"schema": standard(), "now": milliseconds(NOW), **details})


def check(text: str, *codes: str, **details: Any) -> list[Diagnostic]:
    """What the rules with these codes, or all, find in a text."""
    return check_tree(parse(text), text, around(**details), table(*codes))


def check_wire(tree: Expr, *codes: str, **details: Any) -> list[Diagnostic]:
    """What they find in an expression that has no text."""
    return check_tree(tree, None, around(**details), table(*codes))


def codes_of(diagnostics: Iterable[Diagnostic]) -> list[str]:
    """The codes, in the order of the diagnostics."""
    return [diagnostic.code for diagnostic in diagnostics]


def fix(text: str, *codes: str, unsafe: bool = True, **details: Any) -> str:
    """`text` after the first fix of each finding has been applied, as long as there is one."""
    for _ in range(10):
        edits = []
        for diagnostic in check(text, *codes, **details):
            fixes = [fix for fix in diagnostic.fixes if fix.safe or unsafe]
            if fixes:
                edits.append(fixes[0].edits)
        applied: tuple[int, int] | None = None
        changed = text
        # From the end, so that the offsets before it stay right; what overlaps waits for the next round.
        for group in sorted(edits, key=lambda group: group[0].span, reverse=True):
            low, high = min(edit.span[0] for edit in group), max(edit.span[1] for edit in group)
            if applied is not None and high > applied[0]:
                continue
            for edit in sorted(group, key=lambda edit: edit.span, reverse=True):
                changed = changed[: edit.span[0]] + edit.text + changed[edit.span[1] :]
            applied = low, high
        if changed == text:
            return text
        text = changed
    raise AssertionError(f"the fixes do not come to an end: {text}")


def details_of(example: Example) -> dict[str, Any]:
    """The surroundings that the words behind an example's kind ask for."""
    details: dict[str, Any] = {}
    for name, value in example.attributes.items():
        match name:
            case "method":
                details["method"] = value
            case "as-of":
                details["as_of"] = value
            case "edge":
                details["active_on_edge"] = {"yes": True, "no": False}[value]
            case "now":
                details["now"] = milliseconds(value)
            case "segments":
                pairs = [item.partition(":") for item in value.split(",")]
                details["segments"] = {id: Segment(id, state=state or "published") for id, _, state in pairs}
            case "also":
                pass
            case _:
                details["limits"] = Limits(**{name.replace("-", "_"): int(value)})
    return details


def check_example(example: Example, *codes: str) -> list[Diagnostic]:
    """What the rules find in an example."""
    details = details_of(example)
    if example.language == "pql":
        return check(example.text, *codes, **details)
    if example.language == "json":
        return check_wire(read_expression("pql/json", example.text), *codes, **details)
    return [
        found
        for tree, text, surroundings in _definitions(example, details)
        for found in check_tree(tree, text, around(**surroundings), table(*codes))
    ]


def _definitions(example: Example, details: dict[str, Any]) -> list[tuple[Expr, str | None, dict[str, Any]]]:
    """The expressions of a list of definitions, each with its text and its surroundings."""
    file = read_file(Source(example.text, "example.yaml"))
    segments = {}
    found = []
    for embedded in file.expressions:
        assert embedded.site is not None
        data: Any = file.documents[embedded.site.document].data
        for step in embedded.site.path:
            data = data[step]
        tree = read_expression(embedded.format, embedded.value)
        info = data.get("evaluationInfo")
        method = evaluation_info.read(info).method
        segment = Segment(data["id"], data.get("name"), data.get("lifecycleState"), method, tree, info)
        segments[segment.id] = segment
        text = embedded.value if embedded.format == "pql/text" else None
        found.append((tree, text, {**details, "method": method, "segments": segments, "segment": segment}))
    return found
