"""Actions of a review as records tell them, also where a content was erased or is nonsense."""

from __future__ import annotations

from datetime import date

import pytest

from leakguard.ledger.entries import kept_record
from leakguard.models.people import Signatory
from leakguard.models.records import KeptRecord
from leakguard.models.review_actions import ADDED, CHANGED, DONE, DROPPED, Action, ActionState, actions_in
from support.ledgers import make_chain

NEW: dict[str, object] = {
    "title": "close the port",
    "owner": {"id": "acc_1", "name": "Li Wei"},
    "due": "2026-12-31",
    "by": "Ada",
}


def records(*told: tuple[str, dict[str, object]]) -> list[KeptRecord]:
    """A ledger in which each record has its own kind."""
    made: list[KeptRecord] = []
    for kind, content in told:
        entries = make_chain(*([{}] * len(made)), content, kind=kind)
        made.append(kept_record(entries[-1]))
    return made


def one(*told: tuple[str, dict[str, object]]) -> Action:
    (found,) = actions_in(records(*told))
    return found


def test_an_action_is_open_until_a_record_ends_it() -> None:
    assert one((ADDED, NEW)).state is ActionState.OPEN
    done = one((ADDED, NEW), (DONE, {"action": 1, "by": "Li Wei", "note": "live"}))
    dropped = one((ADDED, NEW), (DROPPED, {"action": 1, "by": "Ada", "note": "gone"}))

    assert (done.id, done.state, done.ended_by, done.note) == ("AC-1", ActionState.DONE, "Li Wei", "live")
    assert dropped.state is ActionState.DROPPED


@pytest.mark.parametrize(
    ("change", "owner", "due"),
    [
        ({"owner": {"id": "", "name": "Ben"}}, "Ben", date(2026, 12, 31)),
        ({"due": "2027-01-31"}, "Li Wei", date(2027, 1, 31)),
        ({"due": "soon", "owner": "nobody"}, "Li Wei", date(2026, 12, 31)),
    ],
)
def test_a_change_keeps_what_it_does_not_state(change: dict[str, object], owner: str, due: date) -> None:
    found = one((ADDED, NEW), (CHANGED, {"action": 1, **change}))

    assert (found.owner.name, found.due) == (owner, due)


def test_a_record_about_no_action_changes_nothing() -> None:
    found = one((ADDED, NEW), (DONE, {"action": 9}), (DONE, {"action": "1"}), ("note", {"action": 1}))

    assert found.state is ActionState.OPEN


def test_an_erased_action_stays_without_its_words_and_its_day() -> None:
    found = one((ADDED, {"title": "", "due": 7}))

    assert (found.title, found.due, found.is_late(date(2099, 1, 1))) == ("", None, False)


def test_an_action_is_late_behind_its_day_and_not_once_it_ended() -> None:
    open_one = one((ADDED, NEW))
    done = one((ADDED, NEW), (DONE, {"action": 1}))

    assert [open_one.is_late(day) for day in (date(2026, 12, 31), date(2027, 1, 1))] == [False, True]
    assert not done.is_late(date(2027, 1, 1))


def test_whose_it_is_follows_from_the_account_else_from_the_name() -> None:
    found = one((ADDED, NEW))

    assert found.is_for(Signatory(name="Somebody", actor="acc_1"))
    assert not found.is_for(Signatory(name="Li Wei", actor="acc_2"))
    assert found.is_for(Signatory(name="li wei"))
