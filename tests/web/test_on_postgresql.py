"""The API on a real PostgreSQL server."""

from __future__ import annotations

from pathlib import Path

import pytest

from leakguard.web import streams
from support.postgres_server import postgres_server
from support.web import people, web_in
from support.web_world import ask_everything, drilling, world_in

pytestmark = pytest.mark.long


def test_every_operation_is_asked_on_postgresql_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(streams, "LASTS", 0.0)
    with postgres_server() as running:
        settings = drilling(tmp_path, running.new_database())
        made = people(web_in(tmp_path, settings=settings))
        wrong = ask_everything(world_in(made))
        made.jobs.close()

    assert "\n".join(wrong) == ""
