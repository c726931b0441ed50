"""A server in a folder of its own; every answer that a test gets is held against its shape."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from leakguard.accounts.rights import Role
from support.door import ANNA, BEN, Served, served_in
from support.template_memory import share_templates
from support.web import Web, people, web_in
from support.web_shapes import misfits


@pytest.fixture(scope="session", autouse=True)
def _templates_are_compiled_once(tmp_path_factory: pytest.TempPathFactory) -> None:
    share_templates(tmp_path_factory)


@pytest.fixture
def web(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    """With an account for each role."""
    monkeypatch.chdir(tmp_path)
    made = people(web_in(tmp_path))
    yield made
    made.jobs.close()
    assert "\n".join(misfits(made.seen)) == ""


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """The real door on a store with an admin and a commander."""
    made = served_in(tmp_path, monkeypatch)
    made.add(ANNA, Role.ADMIN, Role.COMMANDER, mail="anna@example.edu")
    made.add(BEN, Role.DPO)
    yield made
    made.door.jobs.close()
