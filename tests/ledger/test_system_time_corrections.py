"""Readings of clocks and mends of wrong ones, as far as an entry can be read."""

from __future__ import annotations

from datetime import timedelta

import pytest

from leakguard.errors import LedgerBroken
from leakguard.ledger.chain import chain
from leakguard.ledger.entries import SYSTEM_TIME_PREFIX, SYSTEM_TIME_STEPPED_BACK, Entry, kept_record, raw_system_time
from leakguard.ledger.future_entries import entries_dated_in_future
from leakguard.ledger.system_time_corrections import (
    CorrectedReader,
    SystemTimeCorrections,
    SystemTimeOffset,
    corrections_in,
)
from leakguard.ledger.system_time_setbacks import best_known_time, setbacks_in
from leakguard.models.records import SYSTEM_TIME_CORRECTED
from support.ledgers import START, Tokens, changed, make_chain, make_record

HOUR = timedelta(hours=1)


def test_a_reading_that_is_no_time_leaves_the_record_as_it_stands() -> None:
    """`evidence verify` names the entry, whose hash does not fit; a reader must not fail for it."""
    entry = changed(make_chain({})[0], flags=f"{SYSTEM_TIME_STEPPED_BACK} {SYSTEM_TIME_PREFIX}soon")

    assert CorrectedReader(SystemTimeCorrections(())).take(entry) == kept_record(entry)


def test_an_acknowledgement_until_no_time_keeps_its_content() -> None:
    """A correction covers it; `evidence verify` names the entry, whose hash does not fit."""
    (entry,) = make_chain({"until": "soon"}, kind="alarm_acknowledged")
    offset = SystemTimeOffset(first_entry=1, last_entry=1, least=HOUR, most=HOUR, began=START, ended=START + HOUR)
    corrections = SystemTimeCorrections(()).with_unrecorded([offset])

    record = CorrectedReader(corrections).take(entry)

    assert record.content == {"until": "soon"}
    assert record.recorded_at == kept_record(entry).recorded_at - HOUR


def test_a_mend_that_cannot_be_read_mends_nothing() -> None:
    whole = {"by": "Ada", "reason": "x", "ranges": [], "instants": {}, "seen": 1, "left": 0}
    spoilt = [{}, whole | {"ranges": 5}, whole | {"instants": []}, whole | {"seen": "many"}]

    assert not corrections_in(make_chain(*spoilt, kind=SYSTEM_TIME_CORRECTED))
    assert len(corrections_in(make_chain(whole, kind=SYSTEM_TIME_CORRECTED)).all) == 1


def test_a_correction_whose_entry_cannot_be_read_is_refused_and_not_left_out() -> None:
    """Without it, times would be wrong and nobody would know."""
    entry = changed(make_chain({}, kind=SYSTEM_TIME_CORRECTED)[0], recorded_at="soon")

    with pytest.raises(LedgerBroken, match="entry 1 of the ledger is unreadable"):
        corrections_in([entry])


def test_an_entry_without_a_reading_is_passed_over_on_the_way_back() -> None:
    """Earlier releases kept none where they moved the time of an entry."""
    entries: list[Entry] = []
    for hours in (0, 8, 8, 9, 0):
        last = entries[-1] if entries else None
        entries += chain("S", [make_record()], last=last, now=START + hours * HOUR, random_hex=Tokens())
    entries[2] = changed(entries[2], flags=SYSTEM_TIME_STEPPED_BACK)

    (step,) = setbacks_in(lambda: entries, SystemTimeCorrections(()))

    assert step.ahead == (2, 4)


def test_an_entry_whose_reading_is_no_time_makes_no_step() -> None:
    entry = changed(make_chain({})[0], flags=f"{SYSTEM_TIME_STEPPED_BACK} {SYSTEM_TIME_PREFIX}soon")

    assert best_known_time(entry, SystemTimeCorrections(())) is None
    assert setbacks_in(lambda: [entry], SystemTimeCorrections(())) == ()


def test_an_entry_without_a_reading_is_told_as_moved_only_where_it_can_be_read_and_lies_ahead() -> None:
    entry = changed(make_chain({})[0], flags=SYSTEM_TIME_STEPPED_BACK)
    spoilt = changed(entry, flags=f"{SYSTEM_TIME_STEPPED_BACK} {SYSTEM_TIME_PREFIX}soon")

    assert [one.sequence for one in entries_dated_in_future([entry], SystemTimeCorrections(()), now=START - HOUR)] == [
        1
    ]
    assert list(entries_dated_in_future([entry, spoilt], SystemTimeCorrections(()), now=START + HOUR)) == []
    assert list(entries_dated_in_future([spoilt], SystemTimeCorrections(()), now=START - HOUR)) == []


@pytest.mark.parametrize(
    "wrong", [{"recorded_at": "0001-01-01T00:00:00Z"}, {"occurred_latest": "9999-12-31T23:59:59Z"}]
)
def test_a_time_that_has_no_local_form_somewhere_is_an_unreadable_entry(wrong: dict[str, str]) -> None:
    """Whoever shows it in a zone would fail."""
    entry = changed(make_chain({})[0], **wrong)

    with pytest.raises(LedgerBroken, match="entry 1 of the ledger is unreadable"):
        kept_record(entry)


def test_a_system_time_that_has_no_local_form_somewhere_is_no_time() -> None:
    entry = changed(make_chain({})[0], flags=f"{SYSTEM_TIME_PREFIX}0001-01-01T00:00:00Z")

    with pytest.raises(ValueError, match="without a local form"):
        raw_system_time(entry)


def test_an_offset_that_no_machine_ever_showed_makes_an_entry_unreadable() -> None:
    (entry,) = make_chain({})
    ages = timedelta(days=10_000 * 366)
    offset = SystemTimeOffset(first_entry=1, last_entry=1, least=ages, most=ages, began=START, ended=START + HOUR)
    reader = CorrectedReader(SystemTimeCorrections(()).with_unrecorded([offset]))

    with pytest.raises(LedgerBroken, match="entry 1 of the ledger is unreadable"):
        reader.take(entry)
