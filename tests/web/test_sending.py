"""Sending over the API: what two people approved, once; in a drill into a file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from leakguard.store.deliveries import Deliveries
from support.lost_mail import losing_mail
from support.notices import CAC, settled
from support.web import COUNSEL, DPO, Web, people, web_in
from support.web_shapes import misfits
from support.web_world import drilling

pytestmark = pytest.mark.untraced

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


def in_doubt(drill: Web, at: str, monkeypatch: pytest.MonkeyPatch) -> None:
    approve(drill, at, DPO, COUNSEL)
    with monkeypatch.context() as patch:
        losing_mail(patch)
        lost = drill.client(DPO).post(f"{at}/letters/send", json={**LETTER, **TO}).json()
    assert (lost["counts"]["in_doubt"], lost["counts"]["sent"], lost["filed"]) == (1, 0, None)


def test_a_letter_in_doubt_is_not_sent_again_by_itself(drill: Web, at: str, monkeypatch: pytest.MonkeyPatch) -> None:
    in_doubt(drill, at, monkeypatch)
    again = drill.client(DPO).post(f"{at}/letters/send", json={**LETTER, **TO}).json()

    assert (again["counts"]["in_doubt"], again["counts"]["sent"]) == (1, 0)
    assert not Path("drill-letters.jsonl").exists()


@pytest.mark.parametrize(("known", "mails"), [("sent", 0), ("resend", 1)])
def test_a_letter_in_doubt_is_settled_by_what_a_person_knows_and_the_ledger_says_so(
    drill: Web, at: str, monkeypatch: pytest.MonkeyPatch, known: str, mails: int
) -> None:
    in_doubt(drill, at, monkeypatch)
    other = {**LETTER, **TO, "to": "second@authority.example", "in_doubt": known}
    elsewhere = drill.client(DPO).post(f"{at}/letters/send", json=other)
    done = drill.client(DPO).post(f"{at}/letters/send", json={**LETTER, **TO, "in_doubt": known}).json()
    sent = Path("drill-letters.jsonl")
    wiring = drill.shared.for_caller(None)
    sealed = [one for one in wiring.store.read(at.rpartition("/")[2]) if one.kind == "letters_sent"]
    wiring.close()

    assert (elsewhere.status_code, "to another address" in elsewhere.json()["detail"]) == (409, True)
    assert (done["counts"]["in_doubt"], done["counts"]["sent"], done["filed"] is None) == (0, 1, False)
    assert len(sent.read_text(encoding="utf-8").splitlines() if sent.exists() else []) == mails
    assert sealed[-1].content["in_doubt"] == f"{known}, by what a person knows"
    assert sealed[-1].content["by"] == DPO


def test_what_another_process_sent_to_another_address_before_the_lock_was_held_is_seen(
    drill: Web, at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    approve(drill, at, DPO, COUNSEL)
    take = Deliveries.take_sending
    others: list[int] = []

    def take_later(store: Deliveries, incident: str) -> None:
        if not others:
            others.append(0)
            other = {**LETTER, **TO, "to": "other@authority.example"}
            others.append(drill.client(DPO).post(f"{at}/letters/send", json=other).status_code)
        take(store, incident)

    monkeypatch.setattr(Deliveries, "take_sending", take_later)
    answer = drill.client(DPO).post(f"{at}/letters/send", json={**LETTER, **TO})

    assert (others[1:], answer.status_code) == ([200], 409)
    assert "to another address" in answer.json()["detail"]
    assert len(Path("drill-letters.jsonl").read_text(encoding="utf-8").splitlines()) == 1


def test_a_doubt_is_not_settled_once_an_approval_was_taken_back(
    drill: Web, at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_doubt(drill, at, monkeypatch)
    (version,) = drill.client(DPO).get(f"{at}/approvals").json()["approvals"]
    drill.client(COUNSEL).post(f"{at}/approvals/{version['digest']}/withdraw", json={"reason": "the number is wrong"})
    answer = drill.client(DPO).post(f"{at}/letters/send", json={**LETTER, **TO, "in_doubt": "sent"})

    assert answer.status_code == 409
    assert "one more person has to approve" in answer.json()["detail"]
