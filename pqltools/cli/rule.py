"""`pql rule`: what does this code mean?  The page of a rule, of all rules, or a list of them."""

from __future__ import annotations

import sys

from pqltools.cli.arguments import command_parser

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from pqltools.checks.registry import Rule

_EPILOG = """\
CODE is a code (PQL301), the beginning of one (PQL3) or a name (self-comparison).
Without CODE there is a list: code, name, severity, whether --fix or
--unsafe-fixes can repair it (*), and what it means. Codes below PQL100 are not
those of rules but of syntax, files, schemas and configuration.

exit codes: 0 fine, 2 there is no such rule

examples:
  pql rule PQL301
  pql rule unknown-field
  pql rule --all --output-format json
"""
_BELOW = "Syntax, wire form, files, schemas and configuration"

_FIXABLE = "Fixable: with `--fix` where that cannot change what is meant, else with `--fix --unsafe-fixes`."


def run(arguments: list[str]) -> int:
    """Run the command; returns the exit code."""
    help = "drawn for people, or as a JSON list"
    parser = command_parser("rule", "Explain the rules of `pql check`.", _EPILOG, format_help=help)
    parser.add_argument("codes", nargs="*", metavar="CODE", help="which rules; nothing lists all")
    parser.add_argument("--all", action="store_true", help="print the pages of all rules")
    options = parser.parse_args(arguments)
    from pqltools.checks.registry import all_rules

    rules = {rule.code: rule for rule in all_rules()}
    codes = _codes(options, parser)
    if options.output_format == "json":
        _print_json(codes, rules)
    elif options.codes or options.all:
        _print_pages(codes, rules)
    else:
        _print_list(codes, rules)
    return 0


def _codes(options: argparse.Namespace, parser: argparse.ArgumentParser) -> list[str]:
    """The codes that are asked for, in their order, each once."""
    from pqltools.diagnostics import CODES
    from pqltools.workspace.selection import likely, prefix_of

    if options.all and options.codes:
        parser.error("--all goes without CODE")
    found: dict[str, None] = {}
    for selector in options.codes or ["ALL"]:
        prefix = prefix_of(selector)
        if prefix is None:
            meant = likely(selector)
            hint = f"; did you mean `{meant}`?" if meant else "; `pql rule` lists all"
            parser.error(f"there is no rule `{selector}`{hint}")
        found.update(dict.fromkeys(sorted(code for code in CODES if code.startswith(prefix or ""))))
    return [*found]


def _print_json(codes: Sequence[str], rules: dict[str, Rule]) -> None:
    import json

    print(json.dumps([_data(code, rules.get(code)) for code in codes], ensure_ascii=False, indent=2))


def _data(code: str, rule: Rule | None) -> dict[str, object]:
    """An entry of the JSON list. What the codes below PQL100 are about decides how bad each finding is."""
    from pqltools.checks import pages
    from pqltools.diagnostics import CODES

    name, summary = CODES[code]
    data: dict[str, object] = {"code": code, "name": name, "summary": summary}
    if rule is None:
        return {**data, "severity": None, "off": False, "fixable": False, "page": "\n".join(_decisions(code)) or None}
    return {
        **data,
        "severity": rule.severity,
        "off": rule.off,
        "fixable": pages.is_fixable(rule),
        "page": pages.text(rule),
    }


def _print_list(codes: Sequence[str], rules: dict[str, Rule]) -> None:
    from pqltools.checks import pages
    from pqltools.checks.registry import GROUPS
    from pqltools.cli.markdown import rendered
    from pqltools.cli.reporting import terminal
    from pqltools.diagnostics import CODES

    _, colour = terminal(sys.stdout)
    width = max(len(name) for name, _ in CODES.values())
    for hundred, title in {"0": _BELOW, **GROUPS}.items():
        group = [code for code in codes if code[3] == hundred]
        lines = []
        for code in group:
            name, summary = CODES[code]
            rule = rules.get(code)
            severity = "" if rule is None else "off" if rule.off else rule.severity
            mark = "*" if rule is not None and pages.is_fixable(rule) else ""
            lines.append(f"{code} {name:<{width}} {severity:<11} {mark:<1} {summary}")
        if group:
            print(rendered(f"# {title}", colour=colour), "", *lines, "", sep="\n")


def _print_pages(codes: Sequence[str], rules: dict[str, Rule]) -> None:
    from pqltools.cli.markdown import rendered
    from pqltools.cli.reporting import terminal

    width, colour = terminal(sys.stdout)
    for number, code in enumerate(codes):
        if number:
            print()
        print(rendered(_page(code, rules.get(code)), width=min(width, 100) - 1, colour=colour))


def _page(code: str, rule: Rule | None) -> str:
    """The page with its title and what can be done about a finding, in Markdown."""
    from pqltools.checks import pages
    from pqltools.diagnostics import CODES

    name, summary = CODES[code]
    if rule is None:
        return "\n\n".join([f"# {code} {name}", f"{summary[0].upper()}{summary[1:]}.", *_decisions(code)])
    fixable = _FIXABLE if pages.is_fixable(rule) else ""
    off = f"This rule speaks only when it is asked for, with `--extend-select {code}`." if rule.off else ""
    hush = f"Suppress with `// noqa: {code}`, or `--ignore {code}`."
    parts = [f"# {code} {name} ({rule.severity})", pages.text(rule), off, fixable, hush]
    return "\n\n".join(filter(None, parts))


def _decisions(code: str) -> Iterator[str]:
    """What grammar/README.md says about a code, beside its list of codes."""
    import re

    from pqltools.syntax.grammar import grammar_text

    heading = ""
    for line in grammar_text("README.md").splitlines():
        if line.startswith("#"):
            heading = line.lstrip("# ")
        elif code in line and line.startswith("| ") and not line.startswith(f"| {code}"):
            about, decision = [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:3]]
            yield f"{about}: {decision} (grammar/README.md, “{heading}”)"
