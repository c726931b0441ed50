"""Who holds which role when: by the ledger, by a calendar, and by both."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from leakguard.accounts.registry import ONCALL_SET, SUBJECT
from leakguard.accounts.rosters import Roster, RosterSource, Shift, shift_content, shifts_of
from leakguard.models.records import KeptRecord
from support.ledgers import exactly

DAY = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def shift(*people: str, begin: int = 0, end: int | None = 12, role: str = "commander", **more: Any) -> Shift:  # noqa: ANN401  (fields)
    """From `begin` to `end` hours after the day began."""
    until = DAY + HOUR * end if end is not None else None
    return Shift(role=role, people=people, start=DAY + HOUR * begin, end=until, **more)


def kept(content: dict[str, Any], kind: str = ONCALL_SET) -> KeptRecord:
    return KeptRecord(
        sequence=1, subject=SUBJECT, kind=kind, occurred_at=exactly(DAY), recorded_at=DAY, content=content, hash=""
    )


def test_a_shift_begins_with_its_first_instant_and_is_over_at_its_end() -> None:
    roster = Roster(set=(shift("ada"),))

    assert roster.holders("commander", DAY - timedelta(microseconds=1)) == ()
    assert roster.holders("commander", DAY) == roster.holders("COMMANDER", DAY + 11 * HOUR) == ("ada",)
    assert roster.holders("commander", DAY + 12 * HOUR) == roster.holders("deputy", DAY) == ()


def test_the_last_word_of_the_ledger_counts_and_goes_before_the_calendar() -> None:
    calendar = (shift("cleo", source=RosterSource.CALENDAR), shift("dan", begin=2, source=RosterSource.CALENDAR))
    roster = Roster(
        set=(shift("ada", end=None), shift("bob", begin=4, end=6), shift(begin=8, end=9)), calendar=calendar
    )

    held = [roster.holders("commander", DAY + HOUR * hour) for hour in (-1, 0, 4, 6, 8, 9)]

    assert held == [(), ("ada",), ("bob",), ("ada",), (), ("ada",)]
    assert Roster(calendar=calendar).holders("commander", DAY + 3 * HOUR) == ("cleo", "dan")


def test_people_are_called_in_turn_who_holds_the_role_who_holds_it_next_and_the_others() -> None:
    shifts = (shift("eve", begin=-12, end=0), shift("ada", "bob"), shift("cleo", begin=12, end=24))
    roster = Roster(set=shifts)

    assert roster.calls("commander", DAY + HOUR) == ("ada", "bob", "cleo", "eve")
    assert roster.calls("commander", DAY + 30 * HOUR) == ("", "eve", "ada", "bob", "cleo")
    assert roster.calls("deputy", DAY) == ("",)
    assert roster.knows("Commander")
    assert not roster.knows("deputy")


def test_a_gap_is_seen_before_it_comes() -> None:
    roster = Roster(set=(shift("ada"), shift("bob", begin=12, end=20), shift("cleo", begin=20, end=None)))
    with_hole = Roster(set=(*roster.set, shift(begin=22, end=23)))

    assert roster.gap_after("commander", DAY) is None
    assert with_hole.gap_after("commander", DAY) == DAY + 22 * HOUR
    assert Roster(set=roster.set[:2]).gap_after("commander", DAY) == DAY + 20 * HOUR
    assert Roster(set=roster.set[:2]).gap_after("commander", DAY, timedelta(hours=19)) is None


@pytest.mark.parametrize("end", [12, None])
def test_a_shift_is_read_as_it_was_kept(end: int | None) -> None:
    stated = shift("acc_a", "acc_b", end=end)

    assert shifts_of([kept(shift_content(stated))]) == (stated,)


@pytest.mark.parametrize(
    "content",
    [{}, {"role": "commander"}, {"role": "c", "people": 7, "from": "2026-11-30T08:00:00Z"},
     {"role": "c", "people": [], "from": "yesterday"}, {"role": "c", "people": [], "from": None}],
)  # fmt: skip
def test_what_cannot_be_read_is_no_shift(content: dict[str, Any]) -> None:
    assert shifts_of([kept(content), kept(shift_content(shift("ada")), kind="role_granted")]) == ()
