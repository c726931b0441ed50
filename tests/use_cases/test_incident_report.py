"""The report of a stored incident: what was known at a moment, and of persons only what a report may hold."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from leakguard.bundled import BundledFiles
from leakguard.clocks.verdicts import State
from leakguard.errors import NotFound
from leakguard.ledger.erasure import ERASED, erasing_record
from leakguard.models.events import Interval
from leakguard.models.languages import Lang
from leakguard.models.moments import to_z
from leakguard.models.records import Record
from leakguard.notices.book import DutyBook, load_duties
from leakguard.reports.compose import compose
from leakguard.reports.report_json import report_json
from leakguard.reports.values import Report
from leakguard.reports.words import Words, parse_words
from leakguard.store.sql_store import SqlStore
from leakguard.use_cases.alerts.acknowledge import acknowledge
from leakguard.use_cases.incidents.incident_events import NewEvent, record_event
from leakguard.use_cases.incidents.incident_rules import Reach, incident_rules
from leakguard.use_cases.incidents.incidents import open_incident
from leakguard.use_cases.incidents.playbooks import start_playbook
from leakguard.use_cases.letters.file_notices import NewFiling, file_notice
from leakguard.use_cases.letters.override_duty import DutyDecision, override_duty
from leakguard.use_cases.reports.incident_report import ReportOptions, incident_report
from leakguard.use_cases.reports.report_evidence import ledger_state
from leakguard.use_cases.responses.playbook_steps import StepStatement, tell_step
from support.findings import make_finding
from support.intakes import AnyFile
from support.ledgers import FakeClock, Tokens, exactly
from support.reports import english

ID = "IR-2026-0001"
BUNDLED = BundledFiles()
REACH = Reach(laws=frozenset({"cn", "eu"}), obligated_as=frozenset({"controller", "network_operator"}))
CANARY = "jane.roe@victim.example"
CONTAINED = ("config_before: /e/1", "config_after: /e/2", "connections: /e/3")


@pytest.fixture(scope="module")
def book() -> DutyBook:
    return load_duties(BUNDLED)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def store(tmp_path: Path, clock: FakeClock) -> Iterator[SqlStore]:
    with closing(SqlStore.open(str(tmp_path / "store.db"), now=clock, token=Tokens())) as opened:
        opened.save_findings("R-1", [make_finding("F-1")], {})
        open_incident(opened, list(opened.findings(ids=["F-1"])), now=clock(), zone="Asia/Shanghai")
        yield opened


def tell(store: SqlStore, clock: FakeClock, kind: str, *, at: datetime | None = None, **new: Any) -> None:  # noqa: ANN401  (what an event has)
    when = Interval(earliest=at, latest=at) if at is not None else None
    record_event(store, ID, NewEvent(kind=kind, occurred_at=when, **new), now=clock)
    clock.move(minutes=1)


def report(store: SqlStore, book: DutyBook, at: datetime, **options: Any) -> Report:  # noqa: ANN401  (any part of a wish)
    rules = incident_rules(BUNDLED, store, ID, REACH)
    return incident_report(store, book, rules, ReportOptions(incident=ID, known_at=at, **options))


def a_day(store: SqlStore, book: DutyBook, clock: FakeClock) -> None:
    """What happens on a usual bad day."""
    begun = clock()
    tell(store, clock, "notice_received", at=begun - timedelta(hours=9), reason="read in the morning",
         source=f"mail of {CANARY}", fields={"sender": f"Jane Roe {CANARY}"})  # fmt: skip
    tell(store, clock, "awareness", source="DPO", fields={"decider": "A. Lovelace", "basis": "two scans"})
    tell(store, clock, "awareness", at=begun - timedelta(hours=8), corrects="E-5", reason="the night shift knew")
    start_playbook(store, BUNDLED, ID, now=clock)
    tell_step(store, ID, StepStatement(step="contain", by="G. Hopper", evidence=CONTAINED), now=clock, intake=AnyFile())
    clock.move(minutes=5)
    file_notice(store, book, ID, NewFiling(duty="eu-gdpr-33-authority", stage="initial", by="A. Lovelace",
                to_be_determined=("subject_count",), reference="receipt 17"), now=clock)  # fmt: skip
    override_duty(
        store, book, ID, now=clock, decided=DutyDecision(
            duty="eu-gdpr-34-individuals", applies=False, reason="nobody is concerned", by="C. Counsel"
        ),
    )  # fmt: skip


def test_a_report_tells_the_day(store: SqlStore, book: DutyBook, clock: FakeClock) -> None:
    a_day(store, book, clock)
    found = report(store, book, clock())

    assert (found.state, found.findings[0].place, found.ledger.answer) == ("open", "mail.example.edu:9200", "match")
    assert [one.about for one in found.decisions if one.what == "not_applicable"] == ["eu-gdpr-34-individuals"]
    assert [(one.duty, one.recipient) for one in found.filings] == [
        ("eu-gdpr-33-authority", "Competent supervisory authority")
    ]
    assert [one.item for one in found.promises] == ["subject_count"]
    items = [one.id for one in found.evidence if one.id.startswith("EV-")]
    assert [one.what for one in found.evidence if not one.id.startswith("EV-")] == [
        f"{name.partition(':')[0]}: {item}" for name, item in zip(CONTAINED, items, strict=True)
    ]
    assert found.playbook is not None
    assert {one.id: one.state for one in found.playbook.steps}["contain"] == "done"
    assert "eu-gdpr-33-authority" in {one.duty for one in found.duties}
    assert {one.name: one.most_seconds for one in found.measures}["awareness_to_filing"] == 8 * 3600 + 8 * 60
    assert all(one.source_url and one.verified_on for one in found.duties)


def test_a_report_cites_each_law_and_recipient_in_the_words_of_a_letter(
    store: SqlStore, book: DutyBook, clock: FakeClock
) -> None:
    a_day(store, book, clock)
    found = report(store, book, clock())
    duties = {duty.id: duty for duty in book.duties}
    chinese = parse_words(BUNDLED.text("templates", "report/zh.yaml"), name="zh.yaml")
    languages: tuple[tuple[Words, Lang], ...] = ((english(), "en"), (chinese, "zh"))

    assert {"eu-gdpr-33-authority", "eu-gdpr-34-individuals"} <= {one.duty for one in found.duties}
    for words, lang in languages:
        told = str(compose(found, words))
        for one in found.duties:
            assert duties[one.duty].law_words(lang) in told
        assert duties["eu-gdpr-33-authority"].recipient_words(lang) in told


def test_an_erased_finding_stays_in_the_report(store: SqlStore, book: DutyBook, clock: FakeClock) -> None:
    a_day(store, book, clock)
    erased = erasing_record([], findings=["F-1"], by="Anna Berg", reason="asked for", at=exactly(clock()))
    head = store.head()
    store.erase([], ["F-1"], {ID: erased}, seen=head.sequence if head is not None else 0)
    found = report(store, book, clock())
    told = str(compose(found, english()))

    assert (found.findings, found.erased_findings) == ((), ("F-1",))
    assert report_json(found)["erased_findings"] == ["F-1"]
    assert "no longer kept: it was erased on purpose" in told
    assert "without a finding of a scan" not in told


def test_what_was_filed_late_before_a_reopening_stays_in_the_report(
    store: SqlStore, book: DutyBook, clock: FakeClock
) -> None:
    """The clock waits for a new awareness then, and the missed deadline was gone from what an auditor reads."""
    tell(store, clock, "awareness", at=clock() - timedelta(hours=80), reason="known before", source="DPO")
    file_notice(store, book, ID, NewFiling(duty="eu-gdpr-33-authority", stage="initial", by="A"), now=clock)
    seen_closed = {"finding": "F-1", "closure": "closed", "run": "R-2", "vantage": "local"}
    store.append(ID, [Record(kind="finding_verified", occurred_at=exactly(clock()), content=seen_closed)])
    tell(store, clock, "closed", reason="handed over")
    tell(store, clock, "reopened", reason="open again")
    found = report(store, book, clock())
    told = str(compose(found, english()))

    assert {one.id: one.state for one in found.clocks}["eu-gdpr-33-authority.initial"] is State.LATENT
    assert "eu-gdpr-33-authority.initial" in found.waiting_clocks
    assert "Art. 33(1),(3),(4) (initial): before the incident was reopened: met late" in told


def test_decisions_that_were_corrected_stand_in_the_timeline_alone(
    store: SqlStore, book: DutyBook, clock: FakeClock
) -> None:
    a_day(store, book, clock)
    found = report(store, book, clock())

    assert [one.why for one in found.decisions if one.what == "awareness"] == ["the night shift knew"]
    assert [(one.id, one.superseded_by) for one in found.timeline if one.kind == "awareness"] == [
        ("E-6", None), ("E-5", "E-6"),
    ]  # fmt: skip


def test_the_same_moment_gives_the_same_report_whatever_came_later(
    store: SqlStore, book: DutyBook, clock: FakeClock
) -> None:
    a_day(store, book, clock)
    then = clock()
    before = report(store, book, then)
    clock.move(hours=5)
    tell(store, clock, "lessons_recorded")
    store.append("R-9", (Record(kind="note", occurred_at=exactly(clock()), content={}),))

    assert report_json(report(store, book, then)) == report_json(before)
    assert compose(report(store, book, then), english()) == compose(before, english())
    assert report(store, book, clock()).timeline[-1].kind == "lessons_recorded"


def test_no_address_of_a_finder_comes_into_a_report(store: SqlStore, book: DutyBook, clock: FakeClock) -> None:
    a_day(store, book, clock)
    found = report(store, book, clock())

    assert CANARY not in repr(report_json(found))
    assert "Jane Roe" not in repr(report_json(found))
    assert "mail of [e-mail address]" in [one.source for one in found.timeline]


def test_a_step_whose_event_stands_beside_it_is_told_and_not_drawn(
    store: SqlStore, book: DutyBook, clock: FakeClock
) -> None:
    a_day(store, book, clock)
    clock.move(minutes=5)
    tell_step(store, ID, StepStatement(step="preserve_evidence", by="B.", failure="the disk is full"), now=clock)
    lines = {(one.kind, one.about): one.is_drawn for one in report(store, book, clock()).timeline}

    assert lines["step_done", "contain"] is False
    assert lines["contained", ""] is True
    assert lines["step_failed", "preserve_evidence"] is True


def test_alarms_have_a_section_of_their_own(store: SqlStore, book: DutyBook, clock: FakeClock) -> None:
    content = {
        "clock": "remediate", "generation": 1, "threshold": "50%", "severity": "warning", "at": to_z(clock()),
        "due_at": None, "statutory": False, "title": "", "message": "A-1",
    }  # fmt: skip
    store.append(ID, (Record(kind="alarm_raised", occurred_at=exactly(clock()), content=content),))
    clock.move(minutes=10)
    acknowledge(store, ID, "remediate", by="G. Hopper", lasts=timedelta(hours=1), now=clock)
    again = content | {"message": "A-2", "clock": "x"}
    store.append(ID, (Record(kind="alarm_raised", occurred_at=exactly(clock()), content=again),))
    found = report(store, book, clock())

    assert [(one.id, one.acknowledged_by) for one in found.alarms] == [("A-1", "G. Hopper"), ("A-2", "")]
    store.append(ID, (Record(kind="drill_deed", occurred_at=exactly(clock()), content={"title": "x"}),))

    assert not [one for one in report(store, book, clock()).timeline if one.kind.startswith(("alarm_", "drill_"))]


def test_files_that_were_taken_in_have_their_hash_and_their_custody(
    store: SqlStore, book: DutyBook, clock: FakeClock
) -> None:
    taken = {"name": "es.yml", "sha256": "ab" * 32, "size": 12, "by": "G. Hopper"}
    (kept,) = store.append(ID, (Record(kind="evidence_added", occurred_at=exactly(clock()), content=taken),))
    sealed = {"items": [f"EV-{kept.sequence}"], "by": "B.", "text": "seal 7"}
    store.append(ID, (Record(kind="evidence_sealed", occurred_at=exactly(clock()), content=sealed),))
    tell(store, clock, "evidence_preserved", fields={"evidence": "the log of the proxy"}, source="analyst")
    first, second = report(store, book, clock()).evidence

    assert (first.id, first.sha256, first.size, first.entry_hash) == (f"EV-{kept.sequence}", "ab" * 32, 12, kept.hash)
    assert first.custody == ("sealed, B., seal 7, 2026-05-24T01:00:00Z",)
    assert (second.what, second.by) == ("the log of the proxy", "analyst")


def test_what_was_erased_on_purpose_says_so_and_its_words_are_gone(
    store: SqlStore, book: DutyBook, clock: FakeClock
) -> None:
    tell(store, clock, "note", fields={"text": CANARY})
    stone = {
        "fields": {"text": ERASED}, "source": "", "reason": "", "corrects": None, "stated": "", "zone": "UTC",
    }  # fmt: skip
    store.append(ID, (Record(kind="note", occurred_at=exactly(clock()), content=stone),))
    before, last = report(store, book, clock()).timeline[-2:]

    assert (before.is_erased, last.is_erased, last.fields["text"]) == (False, True, ERASED)


def test_an_outage_of_the_watchman_belongs_to_the_story(store: SqlStore, book: DutyBook, clock: FakeClock) -> None:
    silent = Interval(earliest=clock() - timedelta(hours=2), latest=clock())
    store.append(ID, (Record(kind="watchman_outage", occurred_at=silent, content={"seconds": 7200}),))
    first = report(store, book, clock()).timeline[0]

    assert (first.kind, first.is_drawn, first.at.earliest) == ("watchman_outage", True, silent.earliest)


def test_the_playbook_itself_is_not_repeated(store: SqlStore, book: DutyBook, clock: FakeClock) -> None:
    start_playbook(store, BUNDLED, ID, now=clock, by="G. Hopper")
    last = report(store, book, clock()).timeline[-1]

    assert (last.about, last.by, last.fields) == (
        "exposed-datastore-24h",
        "G. Hopper",
        {"by": "G. Hopper", "name": "exposed-datastore-24h", "version": last.fields["version"]},
    )  # fmt: skip


def test_what_has_lost_its_content_keeps_its_place(store: SqlStore, book: DutyBook, clock: FakeClock) -> None:
    store.append(ID, (Record(kind="note", occurred_at=exactly(clock()), content={}),))
    last = report(store, book, clock()).timeline[-1]

    assert (last.kind, last.is_erased, last.is_drawn) == ("note", True, True)


def test_a_person_with_a_reason_is_a_decision_whatever_the_record_is_called(
    store: SqlStore, book: DutyBook, clock: FakeClock
) -> None:
    content = {"step": "learn", "by": "A.", "second": "B.", "reason": "the review is part of another"}
    store.append(ID, (Record(kind="step_waived", occurred_at=exactly(clock()), content=content),))
    (made,) = report(store, book, clock()).decisions

    assert (made.what, made.about, made.decided_by, made.second) == ("step_waived", "learn", "A.", "B.")


def test_the_answers_of_a_decision_are_told_without_free_text(
    store: SqlStore, book: DutyBook, clock: FakeClock
) -> None:
    start_playbook(store, BUNDLED, ID, now=clock)
    answers = {"level": "high_risk", "why": f"{CANARY} wrote", "unknown": 1}
    content = {"step": "decide_risk", "by": "A.", "second": "B.", "form": answers, "reason": "late", "evidence": []}
    store.append(ID, (Record(kind="step_done", occurred_at=exactly(clock()), content=content),))
    found = report(store, book, clock())
    (made,) = [one for one in found.decisions if one.what == "decision_step"]

    assert made.decided_by == "A."
    assert made.why.endswith("late")
    assert CANARY not in repr(found)


def test_an_imported_event_says_when_its_file_claims_to_have_been_written(
    store: SqlStore, book: DutyBook, clock: FakeClock
) -> None:
    content: dict[str, Any] = {
        "fields": {}, "source": "", "reason": "", "corrects": None, "stated": "", "zone": "",
        "recorded_elsewhere_at": "2026-05-20T00:00:00Z",
    }  # fmt: skip
    store.append(ID, (Record(kind="awareness", occurred_at=exactly(clock()), content=content),))
    last = report(store, book, clock()).timeline[-1]

    assert last.fields == {"recorded_elsewhere_at": "2026-05-20T00:00:00Z"}


def test_a_report_may_leave_the_verification_out_and_a_changed_ledger_is_told(
    store: SqlStore, book: DutyBook, clock: FakeClock, tmp_path: Path
) -> None:
    (tmp_path / "store.db.head").unlink()

    assert report(store, book, clock(), is_verified=False).ledger.answer == ""
    assert report(store, book, clock()).ledger.answer == "not_verifiable"


def test_before_its_opening_there_is_no_incident(store: SqlStore, book: DutyBook, clock: FakeClock) -> None:
    with pytest.raises(NotFound):
        report(store, book, clock() - timedelta(days=1))
    with pytest.raises(ValueError, match="needs a ledger"):
        ledger_state([], ID, clock(), "")


def test_a_very_long_text_is_cut(store: SqlStore, book: DutyBook, clock: FakeClock) -> None:
    tell(store, clock, "note", fields={"text": "word " * 300})
    last = report(store, book, clock()).timeline[-1]

    assert len(last.fields["text"]) == 600
    assert last.fields["text"].endswith("…")
