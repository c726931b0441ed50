"""Recording events: what is refused, what needs a reason, what a correction does; and the timeline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

import pytest

from leakguard.clocks.event_kinds import KINDS, NEEDED
from leakguard.clocks.times import parse_interval
from leakguard.errors import LeakGuardError, NotAllowed, NotFound, UsageProblem
from leakguard.models.events import Event, Interval
from leakguard.models.incidents import IncidentState
from leakguard.models.records import KeptRecord, Record
from leakguard.use_cases.incidents.imported_events import open_from_events
from leakguard.use_cases.incidents.incident_events import (
    AFTER_CLOSING,
    MOST_CHARACTERS,
    PROMPT,
    NewEvent,
    record_event,
)
from leakguard.use_cases.incidents.incidents import TRIES, load_incident, open_incident
from leakguard.use_cases.incidents.timelines import timeline
from support.findings import make_finding
from support.ledgers import START, FakeClock, MemoryJournal, exactly, make_record

ID = "IR-2026-0001"


@pytest.fixture
def journal() -> MemoryJournal:
    made = MemoryJournal(FakeClock(START))
    open_incident(made, [], now=START, title="mail log open", zone="Asia/Shanghai")
    return made


def record(
    journal: MemoryJournal,
    kind: str,
    at: Interval | None = None,
    *,
    source: str = "",
    reason: str = "",
    corrects: str | None = None,
    fields: dict[str, str] | None = None,
) -> Event:
    new = NewEvent(kind=kind, occurred_at=at, source=source, reason=reason, corrects=corrects, fields=fields)
    return record_event(journal, ID, new, now=journal.clock)


def refused(
    journal: MemoryJournal,
    kind: str,
    at: Interval | None = None,
    *,
    source: str = "",
    reason: str = "",
    corrects: str | None = None,
    fields: dict[str, str] | None = None,
) -> LeakGuardError:
    before = len(journal.kept)
    with pytest.raises(LeakGuardError) as error:
        record(journal, kind, at, source=source, reason=reason, corrects=corrects, fields=fields)
    assert len(journal.kept) == before
    assert error.value.next_step
    return error.value


def test_an_event_without_a_time_happened_now(journal: MemoryJournal) -> None:
    event = record(journal, "awareness", source="DPO")

    assert (event.id, event.source) == ("E-2", "DPO")
    assert event.occurred_at == Interval(earliest=START, latest=START, zone="Asia/Shanghai")
    assert load_incident(journal, ID).events[-1] == event


def test_what_the_person_wrote_is_kept_beside_the_instant(journal: MemoryJournal) -> None:
    at = parse_interval("2026-05-23T22:30", zone="Asia/Shanghai")

    event = record(journal, "notice_received", at, reason="read in the morning")

    assert (event.occurred_at.stated, event.occurred_at.zone) == ("2026-05-23T22:30", "Asia/Shanghai")


def test_an_unknown_kind_is_refused_with_the_nearest_one(journal: MemoryJournal) -> None:
    error = refused(journal, "awarenes")

    assert isinstance(error, UsageProblem)
    assert "did you mean `awareness`?" in error.message


def test_an_unknown_field_is_refused_with_the_nearest_one(journal: MemoryJournal) -> None:
    error = refused(journal, "filed", fields={"stagge": "initial"})

    assert "no field `stagge` (did you mean `stage`?)" in error.message
    assert "obligation" in error.next_step


def test_an_unknown_field_that_is_near_to_nothing_is_refused_plainly(journal: MemoryJournal) -> None:
    error = refused(journal, "filed", fields={"zzzz": "x"})

    assert "did you mean" not in error.message


def test_a_text_that_is_a_document_is_refused(journal: MemoryJournal) -> None:
    record(journal, "note", source="x" * MOST_CHARACTERS, reason="x" * MOST_CHARACTERS)

    assert "2,000 characters" in refused(journal, "note", source="x" * (MOST_CHARACTERS + 1)).message
    assert "2,000 characters" in refused(journal, "note", reason="x" * (MOST_CHARACTERS + 1)).message


def test_a_field_that_is_a_document_is_refused(journal: MemoryJournal) -> None:
    fields = {"text": "x" * (MOST_CHARACTERS + 1)}

    assert "2,000 characters" in refused(journal, "note", fields=fields).message


def test_the_future_is_refused_unless_planned(journal: MemoryJournal) -> None:
    tomorrow = exactly(START + timedelta(microseconds=1))

    assert "is in the future" in refused(journal, "filed", tomorrow).message
    assert record(journal, "planned", tomorrow).occurred_at.earliest > START


def test_a_whole_day_that_is_not_over_ends_now(journal: MemoryJournal) -> None:
    """What is known to have happened cannot have happened after now."""
    today = parse_interval("2026-05-24", zone="Asia/Shanghai")

    event = record(journal, "notice_received", today, reason="found the mail")

    assert (event.occurred_at.earliest, event.occurred_at.latest) == (today.earliest, START)


def test_a_record_more_than_15_minutes_late_needs_a_reason(journal: MemoryJournal) -> None:
    late = exactly(START - PROMPT - timedelta(microseconds=1))

    record(journal, "awareness", exactly(START - PROMPT))
    assert "more than 15 minutes ago" in refused(journal, "awareness", late).message
    assert record(journal, "awareness", late, reason="was asleep").reason == "was asleep"


def test_a_correction_supersedes_and_the_old_one_stays(journal: MemoryJournal) -> None:
    record(journal, "awareness")

    event = record(journal, "awareness", corrects="E-2", reason="mail log read")

    assert event.corrects == "E-2"
    assert [event.id for event in load_incident(journal, ID).events] == ["E-1", "E-2", "E-3"]


def test_a_correction_needs_a_reason(journal: MemoryJournal) -> None:
    record(journal, "awareness")

    assert "needs a reason" in refused(journal, "awareness", corrects="E-2").message


def test_a_retraction_needs_its_event(journal: MemoryJournal) -> None:
    assert "needs the event" in refused(journal, "retracted", reason="by mistake").message


@pytest.mark.parametrize(
    ("corrects", "said"),
    [
        ("E-22", "no event `E-22` (did you mean `E-2`?)"),
        ("x", "no event `x`"),
        ("E-1", "opening of an incident cannot be corrected"),
        ("E-2", "E-2 was superseded by E-3 before"),
    ],
)
def test_a_correction_of_the_wrong_event_is_refused(journal: MemoryJournal, corrects: str, said: str) -> None:
    record(journal, "awareness")
    record(journal, "awareness", corrects="E-2", reason="x")

    assert said in refused(journal, "awareness", corrects=corrects, reason="x").message


def test_a_closed_incident_takes_what_ends_a_laws_clock_and_its_reopening(journal: MemoryJournal) -> None:
    """The final report is often due after everything else is over."""
    record(journal, "closed")

    for kind in KINDS:
        fields = {needed[0]: "2026-05-25T00:00Z" for needed in NEEDED.get(kind, ())}
        if kind in AFTER_CLOSING:
            assert record(journal, kind, fields=fields, reason="x").kind == kind
        elif kind not in {"reopened", "retracted"}:
            assert "closed" in refused(journal, kind, fields=fields).message or kind == "incident_opened"
    record(journal, "reopened")

    assert load_incident(journal, ID).state is IncidentState.OPEN


def test_an_open_incident_cannot_be_opened_or_reopened(journal: MemoryJournal) -> None:
    assert "is not closed" in refused(journal, "reopened").message
    assert "is open already" in refused(journal, "incident_opened").message


def test_an_end_in_local_time_is_kept_in_utc(journal: MemoryJournal) -> None:
    event = record(journal, "paused", fields={"basis": "contract", "until": "2026-05-24T18:00"})

    assert event.fields == {"basis": "contract", "until": "2026-05-24T10:00:00Z"}


@pytest.mark.parametrize(
    ("kind", "instant"), [("extension_granted", "25T15:59:59.999999Z"), ("paused", "24T16:00:00Z")]
)
def test_a_whole_day_may_be_the_end(journal: MemoryJournal, kind: str, instant: str) -> None:
    """An authority gives time "until 25 May"; files take it, and so does the command."""
    fields = {"basis": "a letter", "clock": "remediate", "until": "2026-05-25"}

    assert record(journal, kind, fields=fields).fields["until"] == f"2026-05-{instant}"


def test_a_whole_day_is_one_in_the_zone_that_is_named_for_the_event(journal: MemoryJournal) -> None:
    fields = {"basis": "a letter", "clock": "remediate", "until": "2026-05-25"}
    at = parse_interval("2026-05-24T10:00 Asia/Seoul")
    found = record(journal, "extension_granted", at, fields=fields)

    assert found.fields["until"] == "2026-05-25T14:59:59.999999Z"


@pytest.mark.parametrize("kind", ["not_applicable", "cancelled"])
def test_no_clock_is_given_up_without_a_reason(journal: MemoryJournal, kind: str) -> None:
    """A deadline of a law would go unwatched, and nobody could say why."""
    fields = {"obligation": "eu-gdpr-33-authority"}
    assert "needs a reason" in refused(journal, kind, fields=fields).message

    record(journal, kind, fields=fields, reason="counsel: no personal data")
    record(journal, kind, fields=fields | {"rationale": "no personal data"})


def test_an_end_before_the_event_itself_is_refused(journal: MemoryJournal) -> None:
    """It would change nothing, and whoever mistyped the day would count on more time."""
    fields = {"clock": "remediate", "until": "2025-05-25"}

    assert "before the event itself" in refused(journal, "extension_granted", fields=fields).message


def test_an_incident_that_is_not_there_is_not_found(journal: MemoryJournal) -> None:
    with pytest.raises(NotFound):
        record_event(journal, "IR-2026-0009", NewEvent(kind="note"), now=journal.clock)


class Busy(MemoryJournal):
    """Somebody else writes between the look and the append, `losses` times."""

    losses = 0
    kind = "note"

    def append(self, subject: str, records: Sequence[Record], *, after: int | None = None) -> tuple[KeptRecord, ...]:
        if self.losses:
            self.losses -= 1
            content: dict[str, object] = {
                "fields": {},
                "source": "",
                "reason": "",
                "corrects": None,
                "stated": "",
                "zone": "",
            }
            super().append(subject, [make_record(self.kind, content)])
        return super().append(subject, records, after=after)


def busy(losses: int, kind: str = "note") -> Busy:
    journal = Busy()
    open_incident(journal, [], now=START, title="x")
    journal.losses, journal.kind = losses, kind
    return journal


def test_a_lost_race_is_looked_at_again() -> None:
    assert record(busy(2), "awareness").id == "E-4"


def test_an_incident_that_somebody_closes_in_the_last_moment_takes_nothing() -> None:
    journal = busy(1, kind="closed")

    with pytest.raises(NotAllowed, match="is closed"):
        record(journal, "awareness")

    assert [entry.kind for entry in journal.kept] == ["incident_opened", "closed"]


def test_a_race_that_is_lost_again_and_again_is_given_up() -> None:
    with pytest.raises(NotAllowed, match="written by many"):
        record(busy(TRIES), "awareness")


def test_the_timeline_tells_the_story_in_the_order_it_happened(journal: MemoryJournal) -> None:
    record(journal, "awareness")
    record(journal, "notice_received", exactly(START - timedelta(hours=9)), reason="read in the morning")
    record(journal, "awareness", corrects="E-2", reason="x")
    step = {"step": "contain", "by": "owner", "second": True, "form": {"a": 1}, "long": "x" * 500}
    journal.append(ID, [make_record("step_done", step)])

    lines = timeline(journal, ID)

    assert [line.event.id for line in lines] == ["E-3", "E-1", "E-2", "E-4", "E-5"]
    assert [line.superseded_by for line in lines] == [None, None, "E-4", None, None]
    assert [line.is_step for line in lines] == [False] * 4 + [True]
    assert lines[-1].event.fields == {"step": "contain", "by": "owner", "second": True}


def test_a_timeline_of_nothing_is_not_found(journal: MemoryJournal) -> None:
    with pytest.raises(NotFound):
        timeline(journal, "IR-2026-0009")


@pytest.fixture
def exposed() -> MemoryJournal:
    """An incident about an exposure that nobody has looked at again."""
    made = MemoryJournal(FakeClock(START))
    open_incident(made, [make_finding("F-1")], now=START, title="mail log open")
    return made


def test_no_caller_closes_an_incident_over_an_open_exposure_whatever_the_reason(exposed: MemoryJournal) -> None:
    error = refused(exposed, "closed", reason="nobody reads it")

    assert isinstance(error, NotAllowed)
    assert "finding F-1: nobody has looked again" in error.message
    assert f"leakguard incident event {ID} remediation_verified --reason TEXT" in error.next_step
    assert load_incident(exposed, ID).state is IncidentState.OPEN


def test_a_correction_that_takes_a_reopening_away_closes_nothing_over_an_open_exposure(exposed: MemoryJournal) -> None:
    record(exposed, "remediation_verified", reason="its disk was wiped")
    record(exposed, "closed", reason="done")
    again = record(exposed, "reopened", reason="seen again")

    for kind in ("retracted", "note"):
        assert "finding F-1" in refused(exposed, kind, corrects=again.id, reason="a mistake").message
    assert load_incident(exposed, ID).state is IncidentState.OPEN


def test_names_are_checked_by_the_use_case_where_an_event_has_some(journal: MemoryJournal) -> None:
    asked: list[tuple[str, Mapping[str, str]]] = []

    def names(kind: str, fields: Mapping[str, str]) -> None:
        asked.append((kind, fields))
        raise UsageProblem("no such duty")

    with pytest.raises(UsageProblem, match="no such duty"):
        record_event(
            journal, ID, NewEvent(kind="filed", fields={"obligation": "nobody"}), now=journal.clock, names=names
        )
    record_event(journal, ID, NewEvent(kind="awareness"), now=journal.clock, names=names)

    assert asked == [("filed", {"obligation": "nobody"})]
    assert [event.kind for event in load_incident(journal, ID).events] == ["incident_opened", "awareness"]


def test_a_file_of_events_closes_no_incident(exposed: MemoryJournal) -> None:
    told = [
        Event(id=f"E-{place}", kind=kind, occurred_at=exactly(START), recorded_at=START)
        for place, kind in enumerate(("awareness", "closed", "note", "closed"), 1)
    ]
    with pytest.raises(UsageProblem, match="`closed` is E-2, E-4") as caught:
        open_from_events(exposed, told, now=START, title="before we had this tool")

    assert "leakguard incident close INCIDENT" in caught.value.next_step
    assert exposed.subjects("IR-") == (ID,)
