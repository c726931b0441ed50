"""Events as records of the ledger, and back."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from leakguard.frozen import replace
from leakguard.models.event_records import event_of, is_event_record, record_of_event
from leakguard.models.events import Event, Interval
from leakguard.models.records import KeptRecord, Record

EARLY = datetime(2026, 6, 10, tzinfo=UTC)
LATE = datetime(2026, 6, 11, tzinfo=UTC)
ROUGHLY = Interval(earliest=EARLY, latest=LATE, stated="around 10 June", zone="Asia/Shanghai")


def kept(record: Record, sequence: int = 12) -> KeptRecord:
    return KeptRecord(
        sequence=sequence,
        subject="IR-2026-0001",
        kind=record.kind,
        occurred_at=replace(record.occurred_at, stated="", zone=""),
        recorded_at=LATE,
        content=record.content,
        hash="0" * 64,
    )


def test_an_event_comes_back_as_it_was_recorded() -> None:
    record = record_of_event(
        kind="awareness",
        occurred_at=ROUGHLY,
        source="e-mail",
        reason="mail log read",
        corrects="E-3",
        fields={"stage": "initial"},
    )

    event = event_of(kept(record))

    assert event.id == "E-12"
    assert event.occurred_at == ROUGHLY
    assert (event.source, event.reason, event.corrects) == ("e-mail", "mail log read", "E-3")
    assert event.fields == {"stage": "initial"}
    assert event.recorded_at == LATE


@pytest.mark.parametrize(("stated", "corrects"), [(1, "E-11"), ("E-4", "E-4"), (None, None), ("", None)])
def test_a_correction_may_count_back_to_the_record_before(stated: Any, corrects: str | None) -> None:  # noqa: ANN401  (a table's column)
    record = record_of_event(kind="awareness", occurred_at=ROUGHLY, corrects=stated)

    assert event_of(kept(record)).corrects == corrects


def test_a_time_recorded_elsewhere_is_kept_only_when_given() -> None:
    record = record_of_event(kind="awareness", occurred_at=ROUGHLY, recorded_elsewhere_at="2026-06-11T08:00:00Z")

    assert record.content["recorded_elsewhere_at"] == "2026-06-11T08:00:00Z"
    assert "recorded_elsewhere_at" not in record_of_event(kind="awareness", occurred_at=ROUGHLY).content


def test_an_erased_content_leaves_an_event_without_words() -> None:
    event = event_of(replace(kept(record_of_event(kind="awareness", occurred_at=ROUGHLY)), content={}))

    assert (event.kind, event.source, event.reason, event.fields) == ("awareness", "", "", {})
    assert event.occurred_at.earliest == EARLY


def test_only_events_look_like_events() -> None:
    event = kept(record_of_event(kind="awareness", occurred_at=ROUGHLY))
    step = replace(event, content={"step": "contain", "reason": ""})

    assert is_event_record(event)
    assert not is_event_record(step)


def test_an_interval_is_exact_when_both_ends_meet() -> None:
    assert Interval(earliest=EARLY, latest=EARLY).is_exact
    assert not ROUGHLY.is_exact


def test_a_closure_by_word_names_its_person_and_the_reason_where_they_are_known() -> None:
    event = Event(id="E-1", kind="remediation_verified", occurred_at=ROUGHLY, recorded_at=LATE, is_word=True)

    assert event.word == "closed by the word of somebody (no probe)"
    assert replace(event, by="Ada", reason="gone").word == "closed by the word of Ada (no probe): gone"
    assert replace(event, is_word=False).word == ""
