"""Rules read every source and every text, and keep millions of nodes for a moment: none of them is garbage."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="module", autouse=True)
def _no_garbage_is_looked_for() -> Iterator[None]:
    """To look through all trees again and again took half the time of these tests."""
    gc.disable()
    yield
    gc.enable()
