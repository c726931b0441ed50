"""Letters over the API: every form, and an approval by two who logged in."""

from __future__ import annotations

import pytest

from support.door import MovedTime
from support.notices import CAC, settled
from support.web import COMMANDER, COUNSEL, DPO, Web

pytestmark = pytest.mark.untraced

LETTER = {"duty": CAC, "stage": "initial"}


@pytest.fixture
def at(web: Web) -> str:
    """Time stands still: some letters name the minute, and each test reads one text by several requests."""
    web.shared.time = MovedTime()
    api = web.client(DPO)
    incident = api.post("/incidents", json={"title": "a search server"}).json()["id"]
    for kind in ("awareness", "discovery"):
        api.post(f"/incidents/{incident}/events", json={"kind": kind})
    api.put(f"/incidents/{incident}/facts", json={**settled(), "events": []})
    return f"/incidents/{incident}"


def digest_of(web: Web, at: str) -> str:
    return str(web.client(DPO).get(f"{at}/letters/version", params=LETTER).json()["digest"])


@pytest.mark.parametrize(("form", "begins"), [("txt", b""), ("html", b"<!doctype html>"), ("docx", b"PK"), ("md", b"")])
def test_a_letter_is_drafted_in_every_form_as_an_attachment(web: Web, at: str, form: str, begins: bytes) -> None:
    answer = web.client(DPO).get(f"{at}/letters/draft", params={**LETTER, "as": form, "lang": "zh"})

    assert answer.status_code == 200, answer.text
    assert answer.content.lower().startswith(begins.lower())
    assert answer.headers["content-disposition"] == f'attachment; filename="{CAC}-initial-zh.{form}"'


def test_two_who_logged_in_approve_and_one_of_them_counts_once(web: Web, at: str) -> None:
    digest = digest_of(web, at)
    asked = {**LETTER, "digest": digest}
    first = web.client(COUNSEL).post(f"{at}/approvals", json=asked)
    again = web.client(COUNSEL).post(f"{at}/approvals", json=asked)
    second = web.client(DPO).post(f"{at}/approvals", json=asked).json()

    assert (first.status_code, again.status_code) == (201, 200)
    assert not first.json()["approved"]
    assert second["approved"]
    assert [one["by"] for one in second["approvals"]] == [COUNSEL, DPO]
    assert {one["by_source"] for one in second["approvals"]} == {"token"}


def test_another_letter_than_the_one_that_was_read_is_not_approved(web: Web, at: str) -> None:
    answer = web.client(COUNSEL).post(f"{at}/approvals", json={**LETTER, "digest": "0" * 16})

    assert answer.status_code == 409
    assert "something changed since you read it" in answer.json()["detail"]


def test_an_approval_is_taken_back_by_who_gave_it(web: Web, at: str) -> None:
    digest = digest_of(web, at)
    web.client(COUNSEL).post(f"{at}/approvals", json={**LETTER, "digest": digest})
    path, why = f"{at}/approvals/{digest}/withdraw", {"reason": "the number is wrong"}
    other = web.client(COMMANDER).post(path, json=why)
    own = web.client(COUNSEL).post(path, json=why)

    assert other.status_code == 404
    assert own.json()["approvals"] == []


def test_exactly_one_letter_has_to_be_named(web: Web, at: str) -> None:
    api = web.client(DPO)
    none = api.get(f"{at}/letters/check")
    both = api.get(f"{at}/letters/check", params={"duty": CAC, "letter": "finder"})

    assert (none.status_code, both.status_code) == (400, 400)


def test_a_letter_that_no_law_demands_is_checked_too_and_a_refusal_names_what_it_needs(web: Web, at: str) -> None:
    api = web.client(DPO)
    refused = api.get(f"{at}/letters/draft", params={"letter": "helpdesk"})

    assert api.get(f"{at}/letters/check", params={"letter": "finder"}).json()["duty"] == "practice-finder"
    assert refused.status_code == 400
    assert "public_statement: not stated" in refused.json()["detail"]


def test_what_was_filed_ends_its_clock(web: Web, at: str) -> None:
    api = web.client(DPO)
    filed = api.post(f"{at}/filings", json={**LETTER, "reference": "receipt 17"})
    clock = api.get(f"{at}/clocks/{CAC}.initial").json()

    assert filed.status_code == 201, filed.text
    assert clock["state"] == "met_on_time"
