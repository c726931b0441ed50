"""The register as entries of the ledger tell it; an entry that cannot be read changes nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from leakguard.models.events import Interval
from leakguard.models.records import KeptRecord
from leakguard.outbound.register import ENDED, RECORDED, SUBJECT, TransferEnd, content_of, ended_content, register_of
from support.outbound import RECIPIENT, a_file, parsed

AT = datetime(2026, 11, 30, 12, tzinfo=UTC)
ONE = parsed(
    a_file(recipients=[RECIPIENT | {"until": "2029-03-01", "purpose": "hosting", "data": ["names"]}])
).recipients[0]


def entry(number: int, kind: str, content: dict[str, Any]) -> KeptRecord:
    at = Interval(earliest=AT, latest=AT)
    return KeptRecord(
        sequence=number, subject=SUBJECT, kind=kind, occurred_at=at, recorded_at=AT, content=content, hash="0" * 64
    )


def test_a_recipient_is_read_as_it_was_recorded() -> None:
    found = register_of([entry(7, RECORDED, content_of(ONE))])

    assert found[ONE.id].recipient == ONE
    assert (found[ONE.id].number, found[ONE.id].ended) == (7, None)


def test_the_last_entry_counts_and_an_end_stands_until_it_is_recorded_again() -> None:
    ended = TransferEnd(on=date(2026, 12, 1), reason="contract ended")
    entries = [entry(1, RECORDED, content_of(ONE)), entry(2, ENDED, ended_content(ONE.id, ended))]

    assert register_of(entries)[ONE.id].ended == ended
    assert register_of([*entries, entry(3, RECORDED, content_of(ONE))])[ONE.id].ended is None


def test_what_cannot_be_read_changes_nothing() -> None:
    strange = [
        entry(2, RECORDED, {}), entry(3, RECORDED, {"recipient": {"id": 4}}), entry(4, ENDED, {"id": ONE.id}),
        entry(5, ENDED, {"id": "nobody", "on": "2026-12-01", "reason": "x"}),
    ]  # fmt: skip
    found = register_of([entry(1, RECORDED, content_of(ONE)), *strange])

    assert list(found) == [ONE.id]
    assert found[ONE.id].ended is None
