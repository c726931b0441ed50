"""Shifts that people set, and where a calendar comes from."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, timedelta
from pathlib import Path

import pytest

from leakguard.accounts.registry import ONCALL_SET, SUBJECT
from leakguard.accounts.rights import Role
from leakguard.accounts.rosters import MOST_PEOPLE
from leakguard.errors import BadFile, CalendarUnread, LeakGuardError, NotAllowed, NotFound, UsageProblem
from leakguard.store.sql_store import SqlStore
from leakguard.use_cases.accounts.manage_accounts import disable_account, erase_account
from leakguard.use_cases.accounts.manage_oncall import NewShift, set_shift
from leakguard.use_cases.accounts.roster_sources import EVERY, file_source, unset_source, web_source
from leakguard.use_cases.accounts.rosters import read_roster
from support.accounts import AccountTools, add, open_store
from support.ledgers import START


@pytest.fixture
def tools() -> AccountTools:
    return AccountTools()


@pytest.fixture
def store(tmp_path: Path, tools: AccountTools) -> Iterator[SqlStore]:
    opened = open_store(str(tmp_path / "leakguard.db"), tools)
    yield opened
    opened.close()


def test_a_shift_in_the_ledger_names_accounts_by_their_ids_alone(store: SqlStore, tools: AccountTools) -> None:
    ada = add(store, tools, "Ada Lovelace", Role.ADMIN, mail="ada@example.edu")
    bob = add(store, tools, "Bob", Role.RESPONDER)
    new = NewShift(role="commander", people=("ADA lovelace", bob.actor, "ada@example.edu"), reason="a swap")

    set_shift(store, tools, new)

    (record,) = store.of_kinds((ONCALL_SET,), SUBJECT)
    assert record.content["people"] == [ada.actor, bob.actor]
    assert record.content["reason"] == "a swap"
    assert not any(word in str(record.content) for word in ("Ada", "Bob", "example.edu"))
    known = read_roster(store, None, zone=UTC, now=START)
    assert [one.name for one in known.holders("commander", START)] == ["Ada Lovelace", "Bob"]
    assert known.held_by(ada.actor, START) == {"commander"}
    assert known.held_by(bob.actor, START) == frozenset()


def test_who_was_erased_is_called_by_their_id_and_reached_by_nobody(store: SqlStore, tools: AccountTools) -> None:
    add(store, tools, "Ada", Role.ADMIN)
    bob = add(store, tools, "Bob", Role.RESPONDER, mail="bob@example.edu")
    set_shift(store, tools, NewShift(role="commander", people=("Bob",)))
    erase_account(store, tools, "Bob")

    (one,) = read_roster(store, None, zone=UTC, now=START).holders("commander", START)

    assert (one.name, one.actor) == (bob.actor, "")
    assert one.why_unreached


@pytest.mark.parametrize(
    ("new", "error", "why"),
    [
        (NewShift(role="two words", people=("Ada",)), UsageProblem, "is no role"),
        (NewShift(role="commander", people=("Ada",) * (MOST_PEOPLE + 1)), UsageProblem, "at most 20 people"),
        (NewShift(role="commander", people=("Zoe",)), NotFound, "no account `Zoe`"),
        (NewShift(role="commander", people=("Bob",)), NotAllowed, "is disabled"),
        (NewShift(role="commander", people=("Ada",), end=START), UsageProblem, "is over before it begins"),
        (NewShift(role="commander", start=START + timedelta(hours=2), end=START + timedelta(hours=1)),
         UsageProblem, "is over before it begins"),
        (NewShift(role="commander", reason="\u3164"), UsageProblem, "--reason"),
    ],
)  # fmt: skip
def test_a_shift_that_makes_no_sense_is_refused(
    store: SqlStore, tools: AccountTools, new: NewShift, error: type[LeakGuardError], why: str
) -> None:
    add(store, tools, "Ada", Role.ADMIN)
    add(store, tools, "Bob", Role.RESPONDER)
    disable_account(store, tools, "Bob")

    with pytest.raises(error, match=why):
        set_shift(store, tools, new)

    assert not list(store.of_kinds((ONCALL_SET,), SUBJECT))


def test_without_accounts_nobody_can_be_on_a_roster(store: SqlStore, tools: AccountTools) -> None:
    with pytest.raises(NotAllowed, match="no accounts") as refused:
        set_shift(store, tools, NewShift(role="commander", people=("Ada",)))

    assert "leakguard account add" in refused.value.next_step


def test_a_web_address_is_asked_once_in_a_while_and_a_failure_holds_as_long(tools: AccountTools) -> None:
    answers: list[str | LeakGuardError] = ["one", CalendarUnread("no answer"), "three", "four"]
    asked: list[int] = []

    def fetch() -> str:
        asked.append(1)
        answer = answers[len(asked) - 1]
        if isinstance(answer, LeakGuardError):
            raise answer
        return answer

    read = web_source(fetch, tools.now)
    assert [read(), read()] == ["one", "one"]
    tools.wait(EVERY)
    for _ in range(2):
        with pytest.raises(CalendarUnread):
            read()
    tools.wait(EVERY)
    assert read() == "three"
    tools.wait(timedelta(seconds=-1))
    assert read() == "four", "a clock that was set back does not keep an old answer"
    assert len(asked) == 4


def test_a_file_is_read_as_it_is_now_and_within_its_size(tmp_path: Path) -> None:
    path = tmp_path / "roster.ics"
    read = file_source(str(path))
    with pytest.raises(BadFile):
        read()
    path.write_text("one", encoding="utf-8")
    assert read() == "one"
    path.write_text("x" * (1024 * 1024 + 1), encoding="utf-8")
    with pytest.raises(BadFile):
        read()


def test_a_variable_that_is_not_set_is_named() -> None:
    with pytest.raises(CalendarUnread, match="ROSTER_URL is not set"):
        unset_source("ROSTER_URL")()


def test_a_calendar_that_is_none_leaves_what_the_ledger_says(store: SqlStore, tools: AccountTools) -> None:
    add(store, tools, "Ada", Role.ADMIN)
    set_shift(store, tools, NewShift(role="commander", people=("Ada",)))

    known = read_roster(store, lambda: "<html>", zone=UTC, now=START)

    assert known.unread.startswith("the calendar: 1 problem")
    assert [one.name for one in known.holders("commander", START)] == ["Ada"]
    assert not known.is_empty
