"""Are pages of Markdown drawn for people?"""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pqltools.checks import pages
from pqltools.checks.registry import Rule, all_rules
from pqltools.cli.markdown import rendered

PAGE = """\
# A title

A paragraph that is longer than the width, and has `a span of code` that stays in one line of the result.
It goes on.

- an item of a list that is longer than the width as well
- another

| a | b |
|---|---|

```pql bad method=streaming
a =   b
  and `c`
```
```json
{}
```
The end."""


def test_plain() -> None:
    assert (
        rendered(PAGE, width=40)
        == """\
A title

A paragraph that is longer than the
width, and has `a span of code` that
stays in one line of the result. It goes
on.

- an item of a list that is longer than
  the width as well
- another

| a | b |
|---|---|

bad (method=streaming):
  | a =   b
  |   and `c`

  | {}

The end."""
    )


def test_in_colour() -> None:
    drawn = rendered("# T `x`\n\n`a b` c\n\n```pql bad\n`x`\n```", colour=True)
    assert drawn == "\x1b[1mT `x`\x1b[0m\n\n\x1b[1ma b\x1b[0m c\n\nbad:\n  \x1b[31m|\x1b[0m `x`"


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.name)
def test_no_word_and_no_line_of_code_of_a_page_is_lost(rule: Rule) -> None:
    page = pages.text(rule)
    drawn = rendered(page, width=60)
    prose = re.sub(r"(?ms)^```.*?^```", "", page)
    for word in prose.replace("#", " ").split():
        assert word in drawn
    for example in pages.examples(page):
        for line in example.text.splitlines():
            assert f"  | {line}".rstrip() in drawn.splitlines()


@given(st.text(st.sampled_from([*"a `#|-*\n."]), max_size=60), st.integers(1, 30))
def test_any_text_is_drawn(text: str, width: int) -> None:
    drawn = rendered(text, width=width)
    assert "\n\n\n" not in drawn
    assert drawn.count("a") == text.count("a") or "```" in text
