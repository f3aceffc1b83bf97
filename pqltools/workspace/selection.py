"""Which findings does the user want to see, and how bad are they?  Codes, prefixes and rule names, resolved.

A selector is a code (``PQL301``), the beginning of one (``PQL3``), the name of a rule (``self-comparison``) or ``ALL``.
The longest one that fits decides; between two of the same length, the one that ignores. The command line comes before
the configuration: what one of its selectors fits is decided there, and ``--select`` selects nothing else.

Syntax errors are beyond all this: what does not parse cannot be checked, and saying nothing would say that it is fine.
"""

from __future__ import annotations

import re

from pqltools.checks.registry import all_rules
from pqltools.diagnostics import CODES
from pqltools.records import Record, record, replace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pqltools.checks.registry import Rule
    from pqltools.diagnostics import Diagnostic

SEVERITIES = ("error", "warning", "information", "hint", "off")
_CODE = re.compile(r"PQL\d{0,3}", re.IGNORECASE)
#: The rule that the option `unknown-fields` is about.
_UNKNOWN_FIELD = "unknown-field"


def prefix_of(selector: str) -> str | None:
    """What the codes that a selector means begin with, None if it means none."""
    rules = all_rules()
    if selector == "ALL":
        return ""
    if _CODE.fullmatch(selector):
        prefix = selector.upper()
        return prefix if any(code.startswith(prefix) for code in CODES) else None
    for rule in rules:
        if rule.name == selector:
            return rule.code
    return next((code for code, (name, _) in CODES.items() if name == selector), None)


def likely(selector: str) -> str | None:
    """The name of the rule that was probably meant. Of codes nobody can tell: one is as near as another."""
    if _CODE.match(selector):
        return None
    from difflib import get_close_matches

    all_rules()
    close = get_close_matches(selector.lower()[:60], [name for name, _ in CODES.values()], n=1, cutoff=0.6)
    return close[0] if close else None


def is_syntax_error(diagnostic: Diagnostic) -> bool:
    """Whether the finding says that there is nothing that could be checked."""
    return diagnostic.severity == "error" and diagnostic.code < "PQL060"


@record
class Choice(Record):
    """The selectors of one place: of the configuration, or of the command line."""

    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()


class Selection:
    """What one configuration and one command line select. Every selector must mean something; see `prefix_of`."""

    def __init__(
        self,
        configured: Choice = Choice(),  # noqa: B008 - immutable
        command: Choice = Choice(),  # noqa: B008
        severities: Sequence[tuple[str, str]] = (),
        unknown_fields: str | None = None,
    ) -> None:
        levels = [(_prefix(selector), severity) for selector, severity in severities]
        self._severities = sorted(levels, key=lambda level: -len(level[0]))
        # A severity for one rule asks for it, as selecting it by name does.
        asked = [prefix for prefix, severity in levels if len(prefix) == 6 and severity != "off"]
        self._chosen = _prefixes(configured.select if configured.select is not None else ["ALL"])
        self._chosen += [*_prefixes(configured.extend_select), *asked]
        self._ignored = _prefixes(configured.ignore)
        self._commanded = _prefixes([*(command.select or ()), *command.extend_select])
        self._forbidden = _prefixes(command.ignore)
        self._closed = command.select is not None
        self._unknown_fields = unknown_fields
        self._known: dict[str, str] = {}
        self._off = {rule.code for rule in all_rules() if rule.off}

    @property
    def narrowed(self) -> bool:
        """Whether the command line leaves out what is ordinarily selected."""
        return self._closed or bool(self._forbidden)

    def rules(self) -> list[Rule]:
        """The rules that have to run."""
        return [rule for rule in all_rules() if self.wants(rule.code)]

    def wants(self, code: str) -> bool:
        """Whether findings of this code are to be shown."""
        return self._level(code) != "off"

    def apply(self, diagnostic: Diagnostic) -> Diagnostic | None:
        """The finding with the severity that it is to have, None if nobody wants to see it."""
        if is_syntax_error(diagnostic):
            return diagnostic
        level = self._level(diagnostic.code)
        if level == "off":
            return None
        if level in ("", diagnostic.severity):
            return diagnostic
        return replace(diagnostic, severity=level)

    def _level(self, code: str) -> str:
        """The severity that was asked for, ``off``, or the empty string for the ordinary one."""
        found = self._known.get(code)
        if found is None:
            found = self._known[code] = self._severity(code) if self._selected(code) else "off"
        return found

    def _selected(self, code: str) -> bool:
        chosen, ignored = _best(code, self._commanded), _best(code, self._forbidden)
        if chosen < 0 and ignored < 0:
            if self._closed:
                return False
            chosen, ignored = _best(code, self._chosen), _best(code, self._ignored)
        return chosen > ignored and (code not in self._off or chosen == len(code))

    def _severity(self, code: str) -> str:
        for prefix, severity in self._severities:
            if code.startswith(prefix):
                return severity
        return self._unknown_fields or "" if CODES.get(code, ("",))[0] == _UNKNOWN_FIELD else ""


def fits(code: str, selectors: Iterable[str]) -> bool:
    """Whether one of the selectors means this code."""
    return any(code.startswith(prefix) for prefix in _prefixes(selectors))


def _prefix(selector: str) -> str:
    prefix = prefix_of(selector)
    if prefix is None:
        raise ValueError(f"{selector!r} is no selector")
    return prefix


def _prefixes(selectors: Iterable[str]) -> list[str]:
    return [_prefix(selector) for selector in selectors]


def _best(code: str, prefixes: list[str]) -> int:
    """How long the longest of the prefixes is that fit, -1 if none does."""
    return max([len(prefix) for prefix in prefixes if code.startswith(prefix)], default=-1)
