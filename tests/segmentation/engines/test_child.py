"""How important is the process of an engine, whoever starts it?"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from pqltools.segmentation.engines.child import Child
from pqltools.segmentation.engines.engine import Subject, Task
from pqltools.segmentation.engines.evaluating import evaluate
from pqltools.segmentation.running import BEHIND, step_back
from pqltools.segmentation.stopping import Stop

#: Those who already stand farther back stay there.
OWN = 0 if sys.platform == "win32" else os.getpriority(os.PRIO_PROCESS, 0)


def priority() -> int:
    """That of the process that a thread starts."""
    task = Task((Subject("s", "pql/text", "person.birthYear > 1980"),), 0)
    with Child(evaluate, task, Stop()) as child:
        child.receive()
        return os.getpriority(os.PRIO_PROCESS, child._process.pid)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such priorities")
@pytest.mark.parametrize("first", [lambda: None, step_back], ids=["as others", "behind"])
def test_priority(first: Callable[[], None]) -> None:
    with ThreadPoolExecutor(1, initializer=first) as pool:
        assert pool.submit(priority).result() == max(BEHIND, OWN)
