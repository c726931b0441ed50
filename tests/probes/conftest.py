"""The loops that tests of the wire run on, where it matters which."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from leakguard.probes import loops
from support.probing import loop_of_tests
from support.steady_loop import SteadyLoop


@pytest.fixture(params=["the loop of scans", "the loop of asyncio"])
def each_loop(request: pytest.FixtureRequest) -> Iterator[None]:
    """Run the test on uvloop and on a loop of asyncio: they differ in how they tell of errors and of ends."""
    token = loop_of_tests.set(loops.loop_factory() if request.param == "the loop of scans" else SteadyLoop)
    yield
    loop_of_tests.reset(token)
