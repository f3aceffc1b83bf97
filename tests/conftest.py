"""How much do the tests try?  300 examples a law ordinarily, 5,000 under ``pytest -m nightly``.

Ordinarily they are the same ones in every run, so that a change is judged by what it changes; the nightly ones are new
each time, and find what nobody thought of.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, is_hypothesis_test, settings

# A slow machine is no fault of the code under test, so neither a deadline nor `too_slow` fails a law.
settings.register_profile(
    "ci",
    max_examples=300,
    derandomize=True,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("nightly", settings.get_profile("ci"), max_examples=5000, derandomize=False)
settings.load_profile("ci")


def pytest_configure(config: pytest.Config) -> None:
    # A shell lets what it starts in the background ignore interrupts, and what that starts in turn.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if config.getoption("markexpr") == "nightly":
        settings.load_profile("nightly")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Every law is a heavy test when the heavy tests are asked for."""
    if config.getoption("markexpr") != "nightly":
        return
    for item in items:
        if is_hypothesis_test(getattr(item, "obj", None)):
            item.add_marker("nightly")


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    """A session of Spark, one for all tests of a process, as it takes longer to start than most of them."""
    from spark_sessions import started

    session = started()
    yield session
    session.stop()
