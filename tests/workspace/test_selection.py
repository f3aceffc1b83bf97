"""Which findings are shown, and as what?"""

from __future__ import annotations

import pytest

from pqltools.checks.registry import all_rules
from pqltools.diagnostics import Diagnostic
from pqltools.workspace.selection import Choice, Selection, likely, prefix_of

CODES = {rule.code for rule in all_rules() if not rule.off}
SELF = "PQL302"


def wanted(configured: Choice | None = None, command: Choice | None = None) -> set[str]:
    selection = Selection(configured or Choice(), command or Choice())
    return {rule.code for rule in selection.rules()}


def test_prefixes() -> None:
    assert prefix_of("PQL302") == "PQL302"
    assert prefix_of("pql3") == "PQL3"
    assert prefix_of("PQL") == "PQL"
    assert prefix_of("ALL") == ""
    assert prefix_of("self-comparison") == SELF
    assert prefix_of("hash-mismatch") == "PQL042"
    for nonsense in ("PQL999", "PQL3021", "all", "", "nonsense", "PQL9"):
        assert prefix_of(nonsense) is None
    assert likely("self-comparision") == "self-comparison"
    assert likely("PQL309") is None
    assert likely("zzzzzz") is None


def test_all_that_are_not_off_by_default() -> None:
    assert wanted() == CODES
    assert wanted(Choice(("ALL",))) == CODES


def test_select_and_ignore() -> None:
    assert wanted(Choice(("PQL3",))) == {code for code in CODES if code[3] == "3"}
    assert wanted(Choice(None, (), ("PQL3",))) == {code for code in CODES if code[3] != "3"}
    assert wanted(Choice(("PQL4",), (SELF,))) == {code for code in CODES if code[3] == "4"} | {SELF}


def test_the_longer_selector_decides_and_ignoring_wins_a_tie() -> None:
    assert SELF in wanted(Choice(("ALL", "self-comparison"), (), ("PQL3",)))
    assert SELF not in wanted(Choice(("ALL", "PQL3"), (), ("PQL3",)))
    assert SELF not in wanted(Choice((SELF,), (), (SELF,)))


def test_the_command_line_comes_first() -> None:
    configured = Choice(None, (), ("PQL3",))
    assert SELF in wanted(configured, Choice(None, (SELF,)))
    assert wanted(configured, Choice((SELF,))) == {SELF}
    assert SELF not in wanted(Choice((SELF,)), Choice(None, (), ("PQL3",)))
    assert wanted(Choice((SELF, "PQL4")), Choice(None, (), ("PQL4",))) == {SELF}


def test_rules_that_are_off_speak_only_when_they_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    rule = next(rule for rule in all_rules() if rule.code == SELF)
    object.__setattr__(rule, "off", True)
    try:
        assert SELF not in wanted()
        assert SELF not in wanted(Choice(("PQL3",)))
        assert SELF in wanted(Choice(("PQL3", SELF)))
        assert SELF in wanted(None, Choice(None, ("self-comparison",)))
        assert Selection(severities=[("self-comparison", "hint")]).wants(SELF)
        assert not Selection(severities=[("PQL3", "hint")]).wants(SELF)
    finally:
        object.__setattr__(rule, "off", False)


def severity(code: str, ordinary: str, **options: object) -> str | None:
    found = Selection(**options).apply(Diagnostic(code, "x", severity=ordinary))  # type: ignore[arg-type]
    return None if found is None else found.severity


def test_severities() -> None:
    levels = [("PQL3", "hint"), ("self-comparison", "error"), ("PQL4", "off")]
    assert severity(SELF, "warning", severities=levels) == "error"
    assert severity("PQL301", "warning", severities=levels) == "hint"
    assert severity("PQL401", "warning", severities=levels) is None
    assert severity("PQL101", "warning", severities=levels) == "warning"


def test_unknown_fields() -> None:
    assert severity("PQL101", "error", unknown_fields="warning") == "warning"
    assert severity("PQL101", "error", unknown_fields="off") is None
    assert severity("PQL101", "warning", unknown_fields="error", severities=[("unknown-field", "hint")]) == "hint"
    assert severity("PQL102", "warning", unknown_fields="error") == "warning"


def test_syntax_errors_cannot_be_switched_off() -> None:
    everything = Choice(None, (), ("ALL", "PQL001", "PQL042"))
    assert severity("PQL001", "error", configured=everything) == "error"
    assert severity("PQL001", "error", severities=[("PQL001", "off")]) == "error"
    assert severity("PQL042", "warning", configured=everything) is None
    assert severity("PQL042", "warning", severities=[("PQL0", "error")]) == "error"


def test_selectors_that_mean_nothing_are_a_mistake_of_the_caller() -> None:
    with pytest.raises(ValueError, match="nonsense"):
        Selection(Choice(("nonsense",)))
