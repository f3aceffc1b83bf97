"""Which file is the rule with this code in?  Writes the index `README.md` of this folder; run it as a module.

``python -m pqltools.checks.readme_builder > pqltools/checks/README.md``; a test fails while the index is out of date.
"""

from __future__ import annotations

import sys

from pqltools.checks import pages
from pqltools.checks.registry import GROUPS, Rule, all_rules

_HEAD = """\
# The rules

Each rule is one file in [rules/](rules); its docstring is its page, with examples that the tests run, and `pql rule
CODE` prints it. How one is written stands in [registry.py](registry.py). Codes below PQL100 are those of syntax, files,
schemas and configuration: [diagnostics.py](../diagnostics.py) and [grammar/README.md](../../grammar/README.md).

This page is written by `python -m pqltools.checks.readme_builder`.
"""


def index() -> str:
    """The index as Markdown: a table for each hundred."""
    parts = [_HEAD]
    for hundred, title in GROUPS.items():
        rules = [rule for rule in all_rules() if rule.code[3] == hundred]
        if rules:
            head = "| code | name | severity | fix | finds |\n|---|---|---|---|---|\n"
            parts.append(f"## {title}\n\n{head}" + "".join(map(_row, rules)))
    return "\n".join(parts)


def _row(rule: Rule) -> str:
    file = rule.module.rpartition(".")[2]
    severity = f"{rule.severity}, off" if rule.off else rule.severity
    fix = "yes" if pages.is_fixable(rule) else ""
    summary = rule.summary.replace("|", "\\|")
    return f"| {rule.code} | [{rule.name}](rules/{file}.py) | {severity} | {fix} | {summary} |\n"


if __name__ == "__main__":
    sys.stdout.write(index())
