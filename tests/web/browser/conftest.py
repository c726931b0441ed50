"""A server on a full store, started once for the tests that only read it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.console_world import World, working_team
from support.web_process import WebProcess, serving


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, WebProcess]]:
    """The world of the tests, and a server that shows it."""
    folder = Path(tmp_path_factory.mktemp("console"))
    with pytest.MonkeyPatch.context() as patch:
        world = working_team(folder, patch)
        with serving(folder) as server:
            yield world, server
