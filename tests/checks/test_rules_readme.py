"""Is the index of the rules up to date, and does every link lead to a rule?"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from pqltools.checks.registry import all_rules

FILE = Path(__file__).parents[2] / "pqltools" / "checks" / "README.md"


def test_index_is_current() -> None:
    printed = subprocess.run(
        [sys.executable, "-m", "pqltools.checks.readme_builder"], check=True, capture_output=True, encoding="utf-8"
    ).stdout
    assert FILE.read_text(encoding="utf-8") == printed, (
        "run python -m pqltools.checks.readme_builder > pqltools/checks/README.md"
    )


def test_every_rule_has_a_link_to_its_file() -> None:
    rows = re.findall(r"^\| (PQL\d+) \| \[([a-z-]+)\]\((rules/\w+\.py)\)", FILE.read_text("utf-8"), re.MULTILINE)
    assert [(code, name) for code, name, _ in rows] == [(rule.code, rule.name) for rule in all_rules()]
    for _, name, link in rows:
        assert f'"{name}"' in (FILE.parent / link).read_text(encoding="utf-8")


def test_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)]+)\)", FILE.read_text(encoding="utf-8")):
        assert (FILE.parent / target).exists(), target
