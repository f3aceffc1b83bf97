"""Is the page about what expressions mean true?  Its Python blocks are doctests, one after another."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

PAGE = Path(__file__).parents[2] / "pqltools" / "evaluation" / "README.md"
BLOCKS = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def test_blocks_are_true() -> None:
    test = doctest.DocTestParser().get_doctest("\n".join(BLOCKS), {}, "README", str(PAGE), 0)
    assert len(test.examples) >= 12
    said: list[str] = []
    doctest.DocTestRunner(verbose=False).run(test, out=said.append)
    assert not said, "".join(said)
