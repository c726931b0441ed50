"""The console on a real PostgreSQL server: its pages, its main forms, and what no database keeps."""

from __future__ import annotations

from pathlib import Path

import pytest

from leakguard.accounts.rights import Role
from leakguard.settings import Settings
from leakguard.web.console.screens import SCREENS
from support.door import ANNA, BEN, SAME, Served, served_in
from support.postgres_server import postgres_server
from support.visitor import Visitor

pytestmark = pytest.mark.long
ANSWERS = frozenset({200, 403, 404})
"""Shown, refused or missing; who may what is tested elsewhere."""


def test_pages_and_forms_work_on_postgresql_as_well(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with postgres_server() as running:
        settings = Settings(store=running.new_database(), zone="Asia/Shanghai", country="CN")
        served = served_in(tmp_path, monkeypatch, settings=settings)
        served.add(ANNA, Role.ADMIN, Role.COMMANDER, mail="anna@example.edu")
        served.add(BEN, Role.DPO)
        at = worked(Visitor(served, ANNA))
        wrong = wrong_pages(served, at.rpartition("/")[2])
        served.door.jobs.close()

    assert not wrong, "\n".join(wrong)


def worked(anna: Visitor) -> str:
    """An incident with a comment, evidence and a started playbook; each form is sent twice."""
    new = "/incidents/new"
    at = anna.open(new).send(new, {"title": "Mail log öffen 邮件"}).path.partition("?")[0]
    comments = f"{at}/comments"
    form = dict(anna.open(comments).form(comments).form_values()) | {"text": "seen twice"}
    first, second = (anna.client.post(comments, data=form, headers=SAME) for _ in "ab")
    assert (first.status_code, second.status_code) == (303, 303)
    assert anna.open(comments).text.count("seen twice") == 1
    evidence = f"{at}/evidence"
    anna.open(evidence).send(evidence, files={"file": ("es.yml", b"cluster.name: campus")})
    assert "es.yml" in anna.text
    refused = anna.client.post(comments, data=form | {"form_key": "other", "text": "a\0b"}, headers=SAME)
    assert refused.status_code == 422
    assert "seen twice" in anna.open(comments).text
    return at


def wrong_pages(served: Served, incident: str) -> list[str]:
    """The pages that are neither shown nor missing, also for signs that no database keeps."""
    found = []
    for name in (ANNA, BEN):
        visitor = Visitor(served, name)
        for screen in SCREENS:
            path = screen.path.replace("{incident}", incident).replace("{", "").replace("}", "")
            odd = screen.path.partition("{")[0] + "%00" if "{" in screen.path else f"{screen.path}?q=%00"
            served.time.seconds += 60
            shown = visitor.client.get(path, headers=SAME, follow_redirects=True)
            missing = visitor.client.get(odd, headers=SAME)
            if shown.status_code not in ANSWERS:
                found.append(f"{name} {screen.name}: {shown.status_code} {shown.text[:200]}")
            if missing.status_code not in {403, 404}:
                found.append(f"{name} {odd}: {missing.status_code}")
    return found
