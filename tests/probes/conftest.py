"""Examples have no deadline of their own here: a loaded machine is late, and time itself is tested with clocks."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from hypothesis import settings

from leakguard.probes import loops
from support.probing import loop_of_tests

settings.register_profile("probes", deadline=None)
settings.load_profile("probes")


@pytest.fixture(params=["the loop of scans", "the loop of asyncio"])
def each_loop(request: pytest.FixtureRequest) -> Iterator[None]:
    """Run the test on uvloop and on asyncio's own loop: they differ in how they tell of errors and of ends."""
    token = loop_of_tests.set(loops.loop_factory() if request.param == "the loop of scans" else asyncio.new_event_loop)
    yield
    loop_of_tests.reset(token)
