"""The board of letters that a server holds tells what the ledger tells, whatever was recorded since."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from leakguard.ledger.erasure import erasing_record, erasure_of
from leakguard.mailing.approvals import APPROVED, LETTER, Parts, Subject, approval_content
from leakguard.models.records import Record
from leakguard.store.sql_store import SqlStore
from leakguard.use_cases.incidents.incident_events import NewEvent, NoNameCheck, record_event
from leakguard.use_cases.incidents.incidents import open_incident
from leakguard.use_cases.letters.file_notices import NewFiling, file_notice
from leakguard.use_cases.letters.letter_board import BoardLetter, LetterBoard
from leakguard.use_cases.letters.letter_states import LetterState
from support.ledgers import START, FakeClock, Tokens, exactly
from support.notices import GDPR_33, book

SUBJECT = Subject(covers=LETTER, duty=GDPR_33, stage="initial", lang="en")
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


def approve(store: SqlStore, incident: str, by: str) -> None:
    content = approval_content(SUBJECT, Parts(digests={"text": "1" * 64}), by=by, role="", written_at=START, head=None)
    store.append(incident, (Record(kind=APPROVED, occurred_at=exactly(START), content=content),))


def test_an_approval_that_was_erased_has_no_name_on_the_board(store: SqlStore, incident: str) -> None:
    """A server runs for months, and what was erased is personal data."""
    board = LetterBoard()
    approve(store, incident, "CANARY One")
    approve(store, incident, "Cora")
    (before,) = shown(store, board)
    head, (entry,) = store.head(), [one for one in store.entries(incident) if "CANARY" in (one.content or "")]
    assert head is not None
    erasures = [erasure_of(entry)]
    erased = erasing_record(erasures, by="Anna", reason="asked for", at=exactly(START))
    store.erase(erasures, [], {incident: erased}, seen=head.sequence)
    (letter,) = shown(store, board)

    assert (before.state, letter.state) == (LetterState.APPROVED, LetterState.SECOND)
    assert [approval.by for proposal in letter.approved for approval in proposal.approvals] == ["Cora"]
    assert "CANARY" not in repr(vars(board))
