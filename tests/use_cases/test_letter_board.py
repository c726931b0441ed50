"""The board of letters that a server holds tells what the ledger tells, whatever was recorded since."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from leakguard.store.sql_store import SqlStore
from leakguard.use_cases.incidents.incident_events import NewEvent, NoNameCheck, record_event
from leakguard.use_cases.incidents.incidents import open_incident
from leakguard.use_cases.letters.file_notices import NewFiling, file_notice
from leakguard.use_cases.letters.letter_board import BoardLetter, LetterBoard
from leakguard.use_cases.letters.letter_states import LetterState
from support.ledgers import START, FakeClock, Tokens
from support.notices import GDPR_33, book

NO_NAME = NoNameCheck(reason="a test names the duty itself")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def store(tmp_path: Path, clock: FakeClock) -> Iterator[SqlStore]:
    with closing(SqlStore.open(str(tmp_path / "store.db"), now=clock, token=Tokens())) as made:
        yield made


@pytest.fixture
def incident(store: SqlStore) -> str:
    return open_incident(store, (), now=START, title="a search server").id


def shown(store: SqlStore, board: LetterBoard) -> tuple[BoardLetter, ...]:
    return board.letters(store, book(), (), most=5).letters


@pytest.mark.parametrize("kind", ["retracted", "note"])
@pytest.mark.parametrize("is_held", [True, False], ids=["a server that runs", "a server that starts"])
def test_a_filing_that_was_taken_back_is_no_filing_on_the_board(
    store: SqlStore, incident: str, clock: FakeClock, kind: str, *, is_held: bool
) -> None:
    """An event of any kind may take the place of another one."""
    board = LetterBoard()
    filed = file_notice(store, book(), incident, NewFiling(duty=GDPR_33, stage="initial", by="A"), now=clock)
    if is_held:
        assert [(one.letter, one.state) for one in shown(store, board)] == [(GDPR_33, LetterState.FILED)]
    new = NewEvent(kind=kind, corrects=filed.id, reason="another office")
    record_event(store, incident, new, now=clock, names=NO_NAME)

    assert shown(store, board) == ()


def test_a_filing_that_was_corrected_shows_as_it_is_now(store: SqlStore, incident: str, clock: FakeClock) -> None:
    board = LetterBoard()
    first = file_notice(store, book(), incident, NewFiling(duty=GDPR_33, stage="initial", by="A"), now=clock)
    fields = {"obligation": GDPR_33, "stage": "initial", "reference": "2026-17"}
    new = NewEvent(kind="filed", corrects=first.id, reason="the number came later", fields=fields)
    record_event(store, incident, new, now=clock, names=NO_NAME)
    (letter,) = shown(store, board)

    assert letter.filing is not None
    assert (letter.state, letter.filing.fields["reference"]) == (LetterState.FILED, "2026-17")
