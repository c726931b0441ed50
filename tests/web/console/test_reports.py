"""Reports from outside on the pages: the queue, one report, its letters, an incident about it, erasure, and rights."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from leakguard.accounts.rights import Role
from leakguard.settings import read_settings
from support.door import ANNA, BEN, Served
from support.visitor import Visitor
from support.web_world import SCOPE

pytestmark = pytest.mark.untraced

SECRET = "Zo Finder"
ADDRESS = "finder@example.org"
MARKUP = "<img src=https://tracker.example.net/p.gif onerror=alert(1)><script>alert(2)</script>"
MAIL = (
    f"From: {SECRET} <{ADDRESS}>\r\nSubject: <b>your log</b> is open\r\nMessage-ID: <1@example.org>\r\n"
    'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="x"\r\n\r\n'
    f"--x\r\nContent-Type: text/plain\r\n\r\n127.0.0.1:9200 is open, and 198.51.100.7:9200 too. {MARKUP}\r\n"
    '--x\r\nContent-Type: text/csv\r\nContent-Disposition: attachment; filename="<i>people</i>.csv"\r\n\r\n'
    "name;password\r\n--x--\r\n"
).encode()
ONE = "/reports/RP-2026-0001"
SETTINGS = '[reports]\norganisation = "Example University"\ncontact = "security@example.edu"\n'


def taken_in(served: Served, content: bytes = MAIL, name: str = ANNA) -> Visitor:
    """The page of a report that was just uploaded."""
    return Visitor(served, name).open("/reports").send("/reports", files={"file": ("mail.eml", content)})


def form(text: str, **more: str) -> bytes:
    return json.dumps({"text": text, **more}).encode()


def test_a_mail_that_is_uploaded_becomes_a_report_that_shows_what_it_names_and_keeps_no_file(served: Served) -> None:
    (served.folder / "scope.yaml").write_text(SCOPE, encoding="utf-8")
    anna = taken_in(served)

    assert anna.path.startswith(ONE)
    assert "The report is taken in. Nothing of it was opened or probed." in anna.text
    assert "127.0.0.1:9200in the scope" in anna.text.replace(" in the scope", "in the scope")
    assert "outside, not probed" in anna.text
    assert "<i>people<_i>.csv" in anna.text
    assert "name;password" not in anna.answer.text
    assert any(link.startswith("/scans/new?targets=127.0.0.1") for link in anna.links())
    assert not any("198.51.100.7" in link for link in anna.links())


def test_what_a_stranger_wrote_stays_text_on_every_page_that_shows_it(served: Served) -> None:
    anna = taken_in(served)
    for path in ("/reports", ONE, "/", f"{ONE}?letter=acknowledgement"):
        page = anna.open(path)
        assert page.html.xpath("//main//img | //main//script | //main//b[text()='your log']") == [], path
    assert MARKUP in anna.open(ONE).text
    assert not any("tracker.example.net" in link for link in anna.links())


def test_the_same_message_again_records_nothing_and_the_page_says_so(served: Served) -> None:
    taken_in(served)
    again = taken_in(served)

    assert again.path.startswith(ONE)
    assert "This message was here already. Nothing was recorded." in again.text


def test_the_queue_has_what_is_owed_soonest_first_and_can_have_the_newest_first(served: Served) -> None:
    taken_in(served, form("the first, 127.0.0.1:1", subject="FIRST"))
    served.time.wait(timedelta(days=1))
    anna = taken_in(served, form("the second, 127.0.0.1:2", subject="SECOND")).open("/reports")
    newest = anna.open("/reports?order=newest").text

    assert newest.index("SECOND") < newest.index("FIRST")
    soonest = anna.open("/reports").text
    assert soonest.index("FIRST") < soonest.index("SECOND")


def test_a_promise_that_is_late_is_red_on_the_queue_on_the_report_and_on_now(served: Served) -> None:
    taken_in(served)
    served.time.wait(timedelta(days=9))
    anna = Visitor(served, ANNA)

    assert "1 with a late promise" in anna.open("/").text
    assert "1 with a late promise" in anna.open("/reports").text
    assert "<b>your log</b> is open" in anna.open("/reports?which=late").text
    assert anna.open(ONE).html.xpath("//*[@id='promises']//*[contains(@class, 'left') and contains(@class, 'over')]")
    assert "reports with a late promise" in anna.text


def test_a_report_goes_from_reception_to_its_end_by_the_buttons_of_its_page(served: Served) -> None:
    anna = taken_in(served)
    anna.send(f"{ONE}/triage", {"verdict": "valid", "triage-reason": "seen"})
    anna.send(f"{ONE}/fix").send(f"{ONE}/verify", {"verify-reason": "the port is closed from outside"})
    anna.send(f"{ONE}/disclose").send(f"{ONE}/close", {"close-reason": "all is said"})
    assert "The report is closed." in anna.text
    anna.send(f"{ONE}/reopen")

    with served.wiring() as wiring:
        kinds = [one.kind for one in wiring.store.read("RP-2026-0001") if one.kind.startswith("report_")]
    assert kinds[2:] == [
        "report_triaged", "report_fixed", "report_verified", "report_disclosed", "report_closed", "report_reopened",
    ]  # fmt: skip


def test_an_act_that_the_state_does_not_allow_is_refused_and_records_nothing(served: Served) -> None:
    anna = taken_in(served)
    guard = {name: value for name, value in anna.form(f"{ONE}/triage").form_values() if name.startswith("form_")}
    answer = anna.client.post(f"{ONE}/disclose", data=guard, headers={"sec-fetch-site": "same-origin"})

    assert answer.status_code == 409
    with served.wiring() as wiring:
        assert [one.kind for one in wiring.store.read("RP-2026-0001")][-1] == "evidence_added"


def test_the_acknowledgement_is_drafted_in_both_languages_and_recorded_as_sent_by_hand(served: Served) -> None:
    (served.folder / "leakguard.toml").write_text(SETTINGS, encoding="utf-8")
    settle(served)
    anna = taken_in(served).open(f"{ONE}?letter=acknowledgement&lang=zh")
    assert "收到" in anna.text
    anna.open(f"{ONE}?letter=acknowledgement")
    assert "RP-2026-0001" in anna.html.xpath("//pre[@lang='en']")[0].text_content()
    anna.send(f"{ONE}/letter", {"letter": "acknowledgement"}, button=("how", "by_hand"))

    assert "It is recorded that you answered by hand." in anna.text
    with served.wiring() as wiring:
        (entry,) = wiring.store.of_kinds(["report_acknowledged"])
    assert (entry.content["how"], entry.content["by"]) == ("by_hand", ANNA)


def test_a_letter_that_cannot_be_sent_is_refused_in_words_and_not_recorded(served: Served) -> None:
    (served.folder / "leakguard.toml").write_text(SETTINGS, encoding="utf-8")
    settle(served)
    anna = taken_in(served).open(f"{ONE}?letter=acknowledgement")
    anna.send(f"{ONE}/letter", {"letter": "acknowledgement"}, button=("how", "mail"), status=400)

    assert anna.html.xpath("//*[@role='alert']")
    with served.wiring() as wiring:
        assert list(wiring.store.of_kinds(["report_acknowledged"])) == []


def test_an_incident_about_a_report_asks_since_when_we_are_aware_and_takes_no_future(served: Served) -> None:
    anna = taken_in(served)
    anna.send(f"{ONE}/incident", {"aware": "time", "aware_at": "2100-01-01T00:00"}, status=400)
    assert "nobody is aware in the future" in anna.text
    anna.open(ONE).send(f"{ONE}/incident", {"aware": "arrival", "incident-reason": "read at once"})

    assert anna.path.startswith("/incidents/IR-2026-0001")
    with served.wiring() as wiring:
        events = {one.kind: one for one in wiring.store.read("IR-2026-0001")}
        (received,) = wiring.store.of_kinds(["report_received"])
    assert events["awareness"].occurred_at.latest == received.occurred_at.latest
    assert "IR-2026-0001" in anna.open(ONE).text


def test_nobody_is_aware_where_it_is_not_decided_yet(served: Served) -> None:
    taken_in(served).send(f"{ONE}/incident", {"aware": "undecided"})
    with served.wiring() as wiring:
        kinds = [one.kind for one in wiring.store.read("IR-2026-0001")]

    assert "notice_received" in kinds
    assert "awareness" not in kinds


def test_who_sent_it_is_shown_to_those_who_work_on_reports_and_to_nobody_else(served: Served) -> None:
    for name, role in (("Vera View", Role.VIEWER), ("Cora Law", Role.COUNSEL), ("Ada Audit", Role.AUDITOR)):
        served.add(name, role)
    anna = taken_in(served)
    assert SECRET in anna.text
    for name in ("Vera View", "Cora Law", "Ada Audit"):
        other = Visitor(served, name).open(ONE)
        assert SECRET not in other.answer.text, name
        assert ADDRESS not in other.answer.text, name
        assert "Personal data: shown to those who work on reports." in other.text
        told = other.client.get("/api/v1/reports/RP-2026-0001").text
        assert ADDRESS not in told
        assert other.client.get("/api/v1/reports/RP-2026-0001/letter?letter=acknowledgement").status_code == 403


def test_the_text_needs_the_right_to_read_evidence(served: Served) -> None:
    served.add("Vera View", Role.VIEWER)
    taken_in(served)
    vera = Visitor(served, "Vera View").open(ONE)

    assert "127.0.0.1:9200 is open, and" not in vera.text
    assert vera.client.get("/api/v1/reports/RP-2026-0001/text").status_code == 403


def test_the_sender_is_erased_by_a_dpo_with_a_reason_and_no_page_shows_them_again(served: Served) -> None:
    taken_in(served)
    ben = Visitor(served, BEN).open(ONE)
    ben.send(f"{ONE}/erase-sender", {"sender-reason": "erasure request 2026-17", "sure": "yes"})

    assert "Who sent it is erased for good." in ben.text
    assert SECRET not in ben.answer.text
    assert "Not known, or erased." in ben.text
    assert SECRET.encode() not in (served.folder / "leakguard.db").read_bytes()


def test_a_whole_report_is_erased_once_it_is_closed_and_its_time_is_over(served: Served) -> None:
    taken_in(served).send(f"{ONE}/close", {"close-reason": "nothing to do"})
    ben = Visitor(served, BEN).open(ONE)
    assert "Erase the whole report" not in ben.text
    served.time.wait(timedelta(days=190))
    ben = Visitor(served, BEN).open(ONE)
    ben.send(f"{ONE}/erase", {"all-reason": "its time is over", "sure": "yes"})

    assert "It was erased. The ledger says by whom and why." in ben.text
    assert "your log" not in Visitor(served, ANNA).open("/reports?which=all").text


def test_a_mail_of_a_machine_waits_for_nobody_and_offers_no_letter(served: Served) -> None:
    reply = b"From: a@example.org\r\nAuto-Submitted: auto-replied\r\nSubject: away\r\n\r\nI am away\r\n"
    anna = taken_in(served, reply)

    assert "A machine sent it" in anna.text
    assert "Write the acknowledgement" not in anna.text
    assert "away" not in anna.open("/reports").text
    assert "away" in anna.open("/reports?which=all").text


def test_what_is_neither_a_mail_nor_a_form_is_refused_by_name_and_leaves_nothing(served: Served) -> None:
    anna = Visitor(served, ANNA).open("/reports")
    anna.send("/reports", files={"file": ("picture.png", b"\x89PNG\r\n")}, status=422)

    assert "neither a mail with its header, nor the JSON of a form" in anna.text
    with served.wiring() as wiring:
        assert list(wiring.store.of_kinds(["report_received"])) == []


def test_the_pages_are_in_chinese(served: Served) -> None:
    taken_in(served)
    anna = Visitor(served, ANNA, language="zh")

    assert "外部报告" in anna.open("/reports").text
    assert "谁发来的" in anna.open(ONE).text


def settle(served: Served) -> None:
    """The settings of the folder, read again."""
    served.door.shared.settings = read_settings(store=str(served.folder / "leakguard.db"), folder=served.folder)
