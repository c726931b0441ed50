"""The ledger, its entries, pieces of evidence, erasures and a bundle, on pages; and the review of an incident."""

from __future__ import annotations

import io
import zipfile

import pytest

from leakguard.accounts.rights import Role
from leakguard.models.unfinished import Area
from leakguard.reports.measures import DEFINITIONS
from leakguard.web.console.pages.review import AREAS, MEASURES
from support.door import ANNA, BEN, SAME, Served
from support.visitor import Visitor

COUNSEL = "Cora Counsel"
AT = "/incidents/IR-2026-0001"


@pytest.fixture
def full(served: Served) -> Served:
    """An incident with a piece of evidence and a privileged comment."""
    served.add(COUNSEL, Role.COUNSEL)
    anna = Visitor(served, ANNA).open("/incidents/new")
    anna.send("/incidents/new", {"title": "Mail log open"})
    for name, path, more in (
        (ANNA, f"{AT}/evidence?name=<i>a.txt", {"content": b"x"}),
        (COUNSEL, f"{AT}/comments", {"json": {"text": "CANARY", "privileged": True}}),
    ):
        client, token = served.browser(name)
        made = client.post(f"/api/v1{path}", headers={"x-leakguard-token": token, **SAME}, **more)
        assert made.status_code == 201, made.text
    return served


def test_the_ledger_is_verified_by_a_button_and_the_result_is_said_in_words(full: Served) -> None:
    anna = Visitor(full, ANNA).open("/evidence")
    anna.send("/evidence", status=200)
    assert "The ledger verifies: no entry was changed" in anna.text
    anna.open("/evidence").send("/evidence/heads")
    assert "The head is kept." in anna.text


def test_a_copy_that_was_changed_is_in_doubt_by_name(full: Served) -> None:
    with full.wiring() as wiring:
        folder = wiring.kept_files().folder
    next(path for path in folder.iterdir() if len(path.name) == 64).write_bytes(b"something else")
    anna = Visitor(full, ANNA).open("/evidence").send("/evidence", status=200)

    assert "The ledger does not verify." in anna.text
    assert "was changed" in anna.text


def test_entries_are_found_by_incident_kind_and_person(full: Served) -> None:
    anna = Visitor(full, ANNA)
    found = anna.open("/evidence/entries?subject=IR-2026-0001&kind=evidence_added").html.xpath("//table//tbody/tr")
    by_ben = anna.open(f"/evidence/entries?person={full.people[BEN].actor}").text

    assert len(found) == 1
    assert "No entry fits." in by_ben
    assert "CANARY" not in anna.open("/evidence/entries").text
    assert COUNSEL not in "".join(one.text_content() for one in anna.html.xpath("//table"))


def test_a_piece_shows_its_custody_and_leads_to_where_it_is_handed_over(full: Served) -> None:
    ben = Visitor(full, BEN).open("/evidence/items")
    item = ben.html.xpath("//details/@id")[0]

    assert "<i>a.txt" in ben.text
    assert f"by {ANNA}" in ben.text
    assert f"{AT}/evidence/{item}" in ben.links()


def test_content_is_erased_once_somebody_confirmed_it(full: Served) -> None:
    ben = Visitor(full, BEN)
    item = ben.open("/evidence/items").html.xpath("//details/@id")[0]
    ben.open("/evidence/redactions")
    form = {"names": item, "reason": "request 17"}
    ben.send("/evidence/redactions", form, status=400)
    assert "nobody confirmed" in ben.text
    ben.send("/evidence/redactions", {**form, "sure": "yes"})

    assert "request 17" in ben.text
    assert "Erase content" in Visitor(full, ANNA).open("/evidence/redactions").text
    assert "/evidence/redactions" not in [one.get("action") for one in Visitor(full, ANNA).open(ben.path).html.forms]


def test_a_bundle_with_its_verifier_is_downloaded_without_privileged_words(full: Served) -> None:
    anna = Visitor(full, ANNA).open("/evidence/bundle")
    anna.send("/evidence/bundle", {"incident": "IR-2026-0001", "to": "the auditor"}, status=200)
    answer = anna.answer
    with zipfile.ZipFile(io.BytesIO(answer.content)) as bundle:
        names = bundle.namelist()

    assert answer.headers["content-disposition"].startswith("attachment")
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert any(name.endswith("verify.py") for name in names)
    assert b"CANARY" not in answer.content


def test_a_bundle_for_an_incident_that_is_none_comes_back_as_a_form(full: Served) -> None:
    anna = Visitor(full, ANNA).open("/evidence/bundle")
    anna.send("/evidence/bundle", {"incident": "IR-2026-0099", "to": "the auditor"}, status=404)

    assert anna.form("/evidence/bundle").fields["incident"] == "IR-2026-0099"


def test_a_review_keeps_lessons_and_actions_until_they_are_done(full: Served) -> None:
    ben = Visitor(full, BEN).open(f"{AT}/review")
    assert "not held yet" in ben.text
    ben.send(f"{AT}/review/lessons", {"lesson": "The template <b>opened</b> the port."})
    assert "The template <b>opened</b> the port." in ben.text
    ben.send(
        f"{AT}/review/actions", {"title": "Close port 9200", "owner": full.people[ANNA].actor, "due": "2020-12-31"}
    )
    assert "late since" in ben.text
    assert all("Close port 9200" in ben.open(path).text for path in ("/", AT, "/tasks?view=all"))
    assert "Close port 9200" not in ben.open("/tasks").text
    ben.open(f"{AT}/review")
    ben.send(f"{AT}/review/actions/change", {"due": "2099-12-31", "reason": "waits for the supplier"})
    assert "late since" not in ben.text
    ben.send(f"{AT}/review/actions/done", {"note": "template 7 is live"})

    assert "Every action is done." in ben.text
    assert "template 7" not in ben.open("/").text
    ben.open(f"{AT}/review")
    assert "template 7 is live" in ben.text


def test_who_may_not_decide_on_actions_reads_them(full: Served) -> None:
    full.add("Vera Viewer", Role.VIEWER)
    vera = Visitor(full, "Vera Viewer").open(f"{AT}/review")

    assert [one.get("action") for one in vera.html.forms if str(one.get("action")).startswith(AT)] == []


def test_every_measure_and_every_area_has_words() -> None:
    assert set(MEASURES) == set(DEFINITIONS)
    assert set(AREAS) == set(Area) - {Area.REVIEW}
