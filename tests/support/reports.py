"""A report with everything in it: a rough time, a correction, a pause, clocks in many states, hostile words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any
from xml.etree import ElementTree as ET

from defusedxml.ElementTree import fromstring

from leakguard.bundled import BundledFiles
from leakguard.clocks.clock_status import ClockStatus
from leakguard.frozen import replace
from leakguard.models.events import Interval
from leakguard.reports.measures import measures_of
from leakguard.reports.svg import Figure
from leakguard.reports.values import (
    AlertLine,
    Decision,
    DutyClock,
    Evidence,
    Filing,
    Happening,
    LedgerState,
    PlaybookState,
    Promise,
    Report,
    ReportFinding,
    StepLine,
)
from leakguard.reports.words import Words, parse_words
from support.clock_files import Row, file_of, moment, stand

NOW = moment("2026-05-25T02:00Z")
HOSTILE = '<img src=x onerror="alert(1)">&amp; #{sys} [link](x) \u202e'
Rule = dict[str, Any]
HASH = "4c0fa249749ae100" * 4
EVENTS: tuple[Row, ...] = (
    {"id": "E-1", "kind": "incident_opened", "occurred_at": "2026-05-23T23:40Z"},
    {
        "id": "E-2", "kind": "exposure_started", "recorded_at": "2026-05-23T23:41Z",
        "occurred_at": {"earliest": "2026-05-18T16:00Z", "latest": "2026-05-22T15:59Z"},
    },
    {"id": "E-3", "kind": "notice_received", "occurred_at": "2026-05-23T14:30Z", "recorded_at": "2026-05-23T23:42Z"},
    {"id": "E-4", "kind": "awareness", "occurred_at": "2026-05-23T23:35Z", "recorded_at": "2026-05-23T23:45Z"},
    {
        "id": "E-5", "kind": "awareness", "occurred_at": "2026-05-23T16:10Z", "recorded_at": "2026-05-24T03:00Z",
        "corrects": "E-4", "reason": "the chat of the night shift",
    },
    {"id": "E-6", "kind": "paused", "clock": "clock", "basis": "contract", "occurred_at": "2026-05-24T00:30Z"},
    {"id": "E-7", "kind": "resumed", "clock": "clock", "occurred_at": "2026-05-24T01:30Z"},
    {"id": "E-8", "kind": "contained", "occurred_at": "2026-05-24T01:31Z"},
    {"id": "E-9", "kind": "remediation_verified", "occurred_at": "2026-05-24T05:00Z"},
    {"id": "E-10", "kind": "filed", "obligation": "cn-x", "stage": "initial", "occurred_at": "2026-05-24T05:20Z"},
)  # fmt: skip
PROMISE: Rule = {
    "title": "Closed, and proved closed", "anchor": "first(notice_received)", "amount": {"elapsed": "PT24H"},
    "end": "first(remediation_verified)", "pausable": "with_basis",
}  # fmt: skip
FOUR_HOURS: Rule = {
    "law": "Measures, Art. 4", "anchor": "first(awareness)", "amount": {"elapsed": "PT4H"},
    "end": "filed(obligation=cn-x, stage=initial)",
}  # fmt: skip
REVIEW: Rule = {
    "title": "Review",
    "anchor": "first(contained)",
    "amount": {"elapsed": "PT336H"},
    "end": "first(closed)",
}
ANNUAL: Rule = {"anchor": "first(awareness)", "amount": {"year_end_plus": "P60D"}, "end": "first(closed)"}
COUNTING: Rule = {
    "law": "Law, Art. 57",
    "anchor": "first(awareness)",
    "amount": {"none": True},
    "end": "first(closed)",
}
MISSED: Rule = {"anchor": "first(awareness)", "amount": {"elapsed": "PT10H"}, "end": "first(closed)"}
ARGUABLE: Rule = {
    "anchor": "first(awareness)", "amount": {"elapsed": "PT72H"}, "end": "first(closed)",
    "statutory": {"count_from": "next_full_hour"},
}  # fmt: skip


def clock(rule: Row, name: str = "clock", *, events: tuple[Row, ...] = EVENTS, now: datetime = NOW) -> ClockStatus:
    """How a clock stands in the story."""
    told = [{**one, "clock": name} if one.get("clock") == "clock" else one for one in events]
    return stand(told, {**rule, "id": name}, now.isoformat(), zone="UTC")


def happenings() -> tuple[Happening, ...]:
    """The story as a report has it."""
    events = file_of(EVENTS, ()).events
    gone = {event.corrects: event.id for event in events if event.corrects}
    lines = [
        Happening(
            id=event.id, kind=event.kind, at=event.occurred_at, recorded_at=event.recorded_at, reason=event.reason,
            corrects=event.corrects, superseded_by=gone.get(event.id), about=str(event.fields.get("obligation", "")),
            fields={name: str(value) for name, value in event.fields.items()},
        )
        for event in events
    ]  # fmt: skip
    step = Happening(id="E-11", kind="step_done", at=exactly("2026-05-24T01:31Z"), recorded_at=NOW, is_drawn=False,
                     by="leakguard watch", by_source="program")  # fmt: skip
    erased = Happening(id="E-12", kind="note", at=exactly("2026-05-24T06:00Z"), recorded_at=NOW, is_erased=True)
    hostile = Happening(
        id="E-13", kind="note", at=exactly("2026-05-24T07:00Z"), recorded_at=moment("2026-05-24T07:00Z"),
        source=HOSTILE, about=HOSTILE,
    )  # fmt: skip
    return tuple(sorted((*lines, step, erased, hostile), key=lambda one: one.at.earliest))


def exactly(text: str) -> Interval:
    """One moment."""
    at = moment(text)
    return Interval(earliest=at, latest=at)


def step(name: str, state: str = "done", **changes: Any) -> StepLine:  # noqa: ANN401  (any field of a step)
    """A step of the playbook."""
    given: Mapping[str, Any] = {
        "id": name, "title": f"Step {name}", "phase": "contain", "owner": "analyst", "state": state,
        "is_settled": state in {"done", "skipped"}, "is_open": state == "ready", "by": "", "second": "",
        "ready_at": moment("2026-05-24T00:00Z"), "done_at": moment("2026-05-24T01:31Z") if state == "done" else None,
        "due_at": moment("2026-05-24T01:00Z"),
    }  # fmt: skip
    return StepLine(**{**given, **changes})


def full_report(**changes: Any) -> Report:  # noqa: ANN401  (any field of a report)
    """A report in which no section is empty."""
    return replace(_full(), **changes)


@lru_cache
def _full() -> Report:
    late = clock(FOUR_HOURS, "cn-x.initial")
    counting = clock(COUNTING, "cn-y.initial")
    return Report(
        incident="IR-2026-0001", title=f"Mail log open {HOSTILE}", state="open", zone="Asia/Shanghai", known_at=NOW,
        opened_at=moment("2026-05-23T23:40Z"), is_drill=False, version="0.1.0", timeline=happenings(),
        findings=(
            ReportFinding(
                id="F-1", what="elasticsearch 6.8", place="mail.example.edu:9200", severity="critical",
                reason="lists its indices", records=9_500_000_000, bytes=8_400_000_000_000, is_exact=False,
                observed_at=NOW,
                transcript_sha256="ab" * 32,
            ),
            ReportFinding(
                id="F-2", what="redis", place=HOSTILE, severity="high", reason=HOSTILE, records=None, bytes=None,
                is_exact=True,
                observed_at=NOW, transcript_sha256="",
            ),
        ),
        clocks=(
            clock(PROMISE, "remediate"), late, counting, clock(REVIEW, "review"), clock(ANNUAL, "us-x.annual"),
            clock(MISSED, "eu-x.early"), clock(ARGUABLE, "eu-gdpr-33-authority.initial"),
        ),
        waiting_clocks=("cn-x.final",),
        duties=(duty(late), duty(counting, soft=True), duty(clock(MISSED, "eu-x.early"))),
        filings=(
            Filing(
                at=exactly("2026-05-24T05:20Z"), kind="filed", duty="cn-x", stage="initial", recipient="CAC",
                by="A. L.", reference="receipt 17", event="E-10",
            ),
            Filing(
                at=exactly("2026-05-24T05:30Z"), kind="subjects_notified", duty="", stage="", recipient="", by="",
                reference="", event="E-14",
            ),
        ),
        promises=(Promise(duty="cn-x", item="root_cause", event="E-10", promised_at=moment("2026-05-24T05:20Z")),),
        decisions=(
            Decision(
                at=exactly("2026-05-24T00:00Z"), what="not_applicable", about="eu-x", decided_by="C. Counsel",
                second="D. Dean", why="nobody of the EU", event="E-20",
            ),
            Decision(
                at=exactly("2026-05-24T00:00Z"), what="closed", about="", decided_by="ops", second="", why="all done",
                event="E-22", by_source="os",
            ),
            Decision(
                at=exactly("2026-05-24T00:00Z"), what="awareness", about="", decided_by="", second="", why="",
                event="E-5",
            ),
        ),
        playbook=PlaybookState(
            name="exposed", title="Exposed datastore", version=1, tested_on="", started_at=NOW,
            steps=(
                step("contain", by="G. Hopper", second="A. L."), step("lead", "ready", ready_at=NOW, due_at=None),
                step("learn", "waiting", ready_at=None), step("tell", "skipped"),
            ),
        ),
        evidence=(
            Evidence(
                id="EV-9", what="es.yml", by="G. Hopper", at=NOW, sha256="cd" * 32, size=1812, entry=9, entry_hash=HASH,
                custody=("sealed, G. Hopper (E-10)",),
            ),
            Evidence(
                id="E-8", what="config_after: /x", by="", at=NOW, sha256="", size=None, entry=8, entry_hash=HASH
            ),
        ),
        alarms=(
            AlertLine(
                id="A-1", raised_at=moment("2026-05-24T04:00Z"), clocks=("remediate",), severity="notice",
                acknowledged_by="G. Hopper", acknowledged_at=moment("2026-05-24T04:20Z"),
            ),
            AlertLine(
                id="A-2", raised_at=NOW, clocks=("cn-x.initial",), severity="overdue", acknowledged_by="",
                acknowledged_at=None,
            ),
        ),
        measures=measures_of(file_of(EVENTS, ()).events, (moment("2026-05-24T04:20Z"),), NOW),
        ledger=LedgerState(sequence=23, hash=HASH, recorded_at=NOW, own_entries=13, answer="match"),
    )  # fmt: skip


def empty_report() -> Report:
    """A report of an incident about which nothing is known yet; in UTC, and not verified."""
    opened = next(one for one in happenings() if one.kind == "incident_opened")
    return full_report(
        zone="UTC", timeline=(opened,), findings=(), clocks=(), waiting_clocks=(), duties=(), filings=(), promises=(),
        decisions=(), playbook=None, evidence=(), alarms=(), measures=(),
        ledger=LedgerState(sequence=1, hash=HASH, recorded_at=NOW, own_entries=1, answer=""),
    )  # fmt: skip


def duty(status: ClockStatus, *, soft: bool = False) -> DutyClock:
    """A duty with its source."""
    name, _, stage = status.id.rpartition(".")
    return DutyClock(
        status=status, duty=name, stage=stage, law={"en": "Art. 4 of the Measures", "zh": "《办法》第四条"},
        recipient={"en": "the authority", "zh": "主管部门"},
        source_url="https://law.example/4", source_kind="primary", verified_on="2026-10-09", confidence="sourced",
        soft=soft,
    )  # fmt: skip


def drawn(figure: Figure) -> ET.Element:
    """A drawing as a reader of XML sees it."""
    root: ET.Element = fromstring(figure.svg)
    return root


def texts_of(figure: Figure) -> list[str]:
    """Every text of a drawing."""
    return ["".join(element.itertext()) for element in drawn(figure).iter("{http://www.w3.org/2000/svg}text")]


@lru_cache
def english() -> Words:
    """The words that ship."""
    return parse_words(BundledFiles().text("templates", "report/en.yaml"), name="en.yaml")
