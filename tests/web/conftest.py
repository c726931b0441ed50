"""A server in a folder of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.web import Web, people, web_in


@pytest.fixture
def web(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    """With an account for each role."""
    monkeypatch.chdir(tmp_path)
    made = people(web_in(tmp_path))
    yield made
    made.jobs.close()
