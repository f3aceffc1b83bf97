"""Does the example of the README run?"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import pqltools.engines.spark
from spark_sessions import MARKS

pytestmark = MARKS


def test_the_example(spark: Any, capsys: pytest.CaptureFixture[str]) -> None:
    text = (Path(pqltools.engines.spark.__file__).parent / "README.md").read_text("utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    exec(code, {})
    out = capsys.readouterr().out
    assert re.search(r"\| *Britons\| *NULL\| *a\|", out)
    assert out.endswith("(1,)\n")
