"""Do many clients at once, who read and write while jobs run, all get what they asked for?  On the real server.

How long they wait is measured by `benchmarks/service_load.py`: here nothing depends on the speed of the machine.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from jobs import definitions
from sample_data import NOW
from service_load import fill

from load_clients import READS, load
from pqltools.types.time import instant_text
from service_clients import running


def check_load(data: Path, seconds: float, profiles: int, segments: int) -> None:
    fill(data, profiles)
    with running(data, "--clock", instant_text(NOW)) as server:
        outcome = load(server.url, seconds=seconds, expressions=definitions(segments), profiles=profiles)
        assert outcome.errors == []
        assert {kind for kind, times in outcome.times.items() if times} >= {*READS, "create"}
        assert outcome.jobs
        assert server.process.poll() is None
    assert not [line for line in server.log if '"level": "error"' in line or "Traceback" in line]


def test_fifty_clients_read_and_write_while_jobs_run(tmp_path: Path) -> None:
    check_load(tmp_path / "data", 10, 5_000, 20)


@pytest.mark.nightly
def test_fifty_clients_for_a_minute_over_a_hundred_thousand_profiles(tmp_path: Path) -> None:
    check_load(tmp_path / "data", 60, 100_000, 100)
