"""Sending over the API: what two people approved, once; in a drill into a file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.notices import CAC, settled
from support.web import COUNSEL, DPO, Web, people, web_in
from support.web_shapes import misfits
from support.web_world import drilling

LETTER = {"duty": CAC, "stage": "initial"}
TO = {"to": "office@authority.example", "although": "they asked for it by telephone"}


@pytest.fixture
def drill(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    monkeypatch.chdir(tmp_path)
    made = people(web_in(tmp_path, settings=drilling(tmp_path)))
    yield made
    made.jobs.close()
    assert "\n".join(misfits(made.seen)) == ""


@pytest.fixture
def at(drill: Web) -> str:
    api = drill.client(DPO)
    incident = api.post("/incidents", json={"title": "a search server"}).json()["id"]
    for kind in ("awareness", "discovery"):
        api.post(f"/incidents/{incident}/events", json={"kind": kind})
    api.put(f"/incidents/{incident}/facts", json={**settled(), "events": []})
    return f"/incidents/{incident}"


def approve(drill: Web, at: str, *names: str) -> None:
    digest = drill.client(DPO).get(f"{at}/letters/version", params=LETTER).json()["digest"]
    for name in names:
        assert drill.client(name).post(f"{at}/approvals", json={**LETTER, "digest": digest}).is_success


def test_what_one_person_approves_is_not_sent(drill: Web, at: str) -> None:
    approve(drill, at, DPO)
    answer = drill.client(DPO).post(f"{at}/letters/send", json={**LETTER, **TO})

    assert answer.status_code == 409
    assert "one more person has to approve" in answer.json()["detail"]


def test_what_two_approve_goes_out_once_and_its_filing_is_recorded(drill: Web, at: str) -> None:
    approve(drill, at, DPO, COUNSEL)
    first = drill.client(DPO).post(f"{at}/letters/send", json={**LETTER, **TO}).json()
    again = drill.client(DPO).post(f"{at}/letters/send", json={**LETTER, **TO}).json()
    sent = [json.loads(line) for line in Path("drill-letters.jsonl").read_text(encoding="utf-8").splitlines()]
    (batch,) = drill.client(DPO).get(f"{at}/deliveries").json()["batches"]
    clock = drill.client(DPO).get(f"{at}/clocks/{CAC}.initial").json()

    assert (first["counts"]["sent"], first["filed"] is None, first["left"]) == (1, False, [])
    assert (again["counts"]["sent"], again["filed"]) == (1, None)
    assert len(sent) == 1
    assert (batch["duty"], batch["counts"]["sent"]) == (CAC, 1)
    assert clock["state"] == "met_on_time"


def test_the_same_letter_to_another_address_is_refused_unless_it_is_meant(drill: Web, at: str) -> None:
    approve(drill, at, DPO, COUNSEL)
    drill.client(DPO).post(f"{at}/letters/send", json={**LETTER, **TO})
    other = {**LETTER, **TO, "to": "second@authority.example"}
    slip = drill.client(DPO).post(f"{at}/letters/send", json=other)
    meant = drill.client(DPO).post(f"{at}/letters/send", json={**other, "again": True})

    assert slip.status_code == 409
    assert meant.status_code == 200, meant.text
