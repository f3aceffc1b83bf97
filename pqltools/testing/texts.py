"""What is said about a test that did not pass?  Lines of text: what was expected, what came out, and why."""

from __future__ import annotations

from pqltools.evaluation.explaining import drawing
from pqltools.evaluation.explaining.drawing import DECIDED_BY_NULL, Style, answer
from pqltools.records import replace
from pqltools.render import render
from pqltools.testing.comparing import difference
from pqltools.types.time import instant_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from pqltools.evaluation.explain import Explanation
    from pqltools.testing.model import Result

_MAX_VALUE = 400
#: Lines of an explanation; `pql explain` and the JSON of `pql test` have all of them.
_MAX_LINES = 50


def headline(result: Result) -> str:
    """The place and the name of the test."""
    name, line, _ = result.test.place
    return f"{name}:{line} {result.test.name}"


def circumstances(result: Result) -> str:
    """What was tested, on whom and when."""
    test = result.test
    subject = "" if test.subject is None else test.subject.title
    who = f" for {test.who}" if test.who else ""
    when = f" at {instant_text(result.now)}" if test.subject is not None and result.now is not None else ""
    return subject + who + when


def said(kind: str, value: Any) -> str:
    """An expectation, or what came out, in words."""
    if kind == "qualifies":
        return answer(value)
    if kind == "diagnostics":
        return ", ".join(sorted({*value})) or "nothing"
    import json

    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _MAX_VALUE else text[: _MAX_VALUE - 1] + "…"


def explained(result: Result, style: Style) -> list[str]:
    """Why a test failed or could not be run, without its name; diagnostics are not drawn."""
    expected = result.test.expected
    lines = [circumstances(result)] if result.test.subject is not None else []
    if result.status == "failed" and expected is not None:
        lines.append(f"expected  {said(expected.kind, expected.value)}")
        lines.append(f"got       {said(expected.kind, result.got)}{_decided(result)}")
        if expected.kind == "value":
            where = difference(expected.value, result.got)
            lines += [f"at        {where}"] if where not in (None, "$") else []
    if result.explanation is not None:
        lines += ["because", *[f"  {line}".rstrip() for line in _because(result.explanation, style)]]
    return lines


def _decided(result: Result) -> str:
    return DECIDED_BY_NULL if result.explanation is not None and result.explanation.unknown else ""


def _because(explanation: Explanation, style: Style) -> list[str]:
    # Indented twice.
    lines = drawing.drawn(explanation, replace(style, width=style.width - 4))
    if len(lines) <= _MAX_LINES:
        return lines
    return [*lines[:_MAX_LINES], f"… and {len(lines) - _MAX_LINES:,} more lines"]


def drawn(result: Result, width: int = 100) -> str:
    """Everything about a test that did not pass, diagnostics included."""
    blocks = ["\n".join([headline(result), *[f"  {line}".rstrip() for line in explained(result, Style(width))]])]
    blocks += [render(diagnostic, width=width) for diagnostic in result.diagnostics]
    return "\n\n".join(blocks)
