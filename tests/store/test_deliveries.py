"""How letters stand, in each of the databases and in the store that tests use: the same promises everywhere."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from leakguard.errors import NotAllowed
from leakguard.frozen import names_of, replace
from leakguard.ledger.verification_result import Answer, DiscrepancyKind
from leakguard.mailing.sealing import seal_fields
from leakguard.models.deliveries import Bounce, Delivery, DeliveryState
from leakguard.models.records import Record
from leakguard.store.connection import Connection
from leakguard.store.sql_store import SqlStore
from leakguard.use_cases.proofs.evidence import verify_store
from support.ledgers import START, FakeClock, Tokens, make_record
from support.memory_deliveries import MemoryDeliveries

INCIDENT, BATCH = "IR-2026-0001", "b" * 64
Store = SqlStore | MemoryDeliveries
SENT, IN_DOUBT, DEFERRED = DeliveryState.SENT, DeliveryState.IN_DOUBT, DeliveryState.DEFERRED


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def each(request: pytest.FixtureRequest, tmp_path: Path, clock: FakeClock) -> Iterator[Store]:
    if request.param == "memory":
        store: Store = MemoryDeliveries(clock)
        store.take_sending(INCIDENT)
        yield store
        return
    place = str(tmp_path / "leakguard.db")
    if request.param == "postgresql":
        place = request.getfixturevalue("server").new_database()
    with closing(SqlStore.open(place, now=clock, token=Tokens())) as store:
        store.take_sending(INCIDENT)
        yield store


def delivery(number: int = 1, **changes: object) -> Delivery:
    one = Delivery(
        incident=INCIDENT, batch=BATCH, key=f"key{number}", state=IN_DOUBT, at=START + timedelta(seconds=number),
        message_id=f"lg.{number:040x}@university.example", digest="d" * 64,
    )  # fmt: skip
    return replace(one, **changes)  # type: ignore[arg-type]


def entry(_: Sequence[Delivery]) -> Record:
    return make_record("letters_sent", {"leaves": 1})


def sent(store: Store, number: int = 1) -> Delivery:
    kept = replace(store.intend(delivery(number)), state=SENT, code=250, queue_id="Q1")
    assert store.settle(kept)
    return kept


def test_a_letter_is_in_doubt_until_its_answer_is_kept(each: Store) -> None:
    intended = each.intend(delivery())
    assert each.delivery(INCIDENT, BATCH, "key1") == replace(delivery(), attempts=1)
    assert each.settle(replace(intended, state=SENT, code=250))

    assert each.delivery(INCIDENT, BATCH, "key1") == replace(delivery(), attempts=1, state=SENT, code=250)
    assert each.delivery(INCIDENT, BATCH, "key2") is None


@pytest.mark.parametrize("state", [SENT, IN_DOUBT])
def test_what_is_sent_or_in_doubt_is_not_handed_over_again(each: Store, state: DeliveryState) -> None:
    intended = each.intend(delivery())
    each.settle(replace(intended, state=state))
    for again in (each.intend, each.note):
        with pytest.raises(NotAllowed, match="not handed over again"):
            again(delivery())


def test_what_was_not_taken_is_handed_over_again_and_counted(each: Store) -> None:
    each.note(delivery(state=DEFERRED, reason="later"))
    first = each.intend(delivery())
    each.settle(replace(first, state=DEFERRED))
    second = each.intend(delivery())

    assert (first.attempts, second.attempts) == (1, 2)


def test_the_answer_to_an_earlier_attempt_changes_nothing(each: Store) -> None:
    first = each.intend(delivery())
    each.settle(replace(first, state=DEFERRED))
    each.intend(delivery())

    assert not each.settle(replace(first, state=SENT))
    assert not each.settle(delivery(9, state=SENT))
    assert each.delivery_counts(INCIDENT, BATCH).of(IN_DOUBT) == 1


def test_letters_are_counted_and_listed_by_how_they_stand(each: Store) -> None:
    sent(each, 1)
    each.note(delivery(2, state=DeliveryState.SET_ASIDE, message_id="", reason="no address"))
    each.intend(delivery(3))
    sent(each, 4)
    counts = each.delivery_counts(INCIDENT, BATCH)

    assert {state: counts.of(state) for state in DeliveryState} == {
        SENT: 2, IN_DOUBT: 1, DEFERRED: 0, DeliveryState.SET_ASIDE: 1, DeliveryState.REFUSED: 0,
    }  # fmt: skip
    assert [one.key for one in each.deliveries(INCIDENT, BATCH)] == ["key1", "key2", "key3", "key4"]
    assert [one.key for one in each.deliveries(INCIDENT, BATCH, SENT, IN_DOUBT)] == ["key1", "key3", "key4"]
    assert each.batches(INCIDENT) == (BATCH,)
    assert each.batches("IR-2026-0002") == ()


def test_the_letter_that_a_server_answered_for_last_is_known(each: Store) -> None:
    assert each.last_sent(INCIDENT, BATCH) is None
    for number in (1, 2):
        sent(each, number)
    each.settle(replace(each.intend(delivery(3)), state=SENT, reason="a person says so"))
    last, earlier = each.last_sent(INCIDENT, BATCH), each.last_sent(INCIDENT, BATCH, before=delivery(2).at)

    assert [one.key for one in (last, earlier) if one is not None] == ["key2", "key1"]


def test_an_entry_vouches_for_what_was_sent_and_for_each_letter_once(each: Store) -> None:
    one = sent(each)
    each.intend(delivery(2))
    first, second = (
        each.seal(INCIDENT, BATCH, entry),
        each.seal(INCIDENT, BATCH, lambda some: entry(some) if some else None),
    )
    assert first is not None

    assert second is None
    assert each.sealed_with(first.sequence) == (replace(one, sealed=first.sequence),)
    assert each.delivery_of(INCIDENT, one.message_id) == replace(one, sealed=first.sequence)
    assert each.delivery_of(INCIDENT, "lg.unknown") is None
    assert each.delivery_of("IR-2026-0002", one.message_id) is None


def test_a_letter_comes_back_once(each: Store) -> None:
    one = sent(each)
    bounce = Bounce(message_id=one.message_id, status="5.1.1", is_final=True)
    foreign = Bounce(message_id="lg.other", status="5.1.1", is_final=True)

    def bounced(_: Sequence[Bounce]) -> Record:
        return make_record("letters_bounced", {})

    assert each.note_bounces(INCIDENT, [bounce, foreign, bounce], bounced, at=START) == (bounce,)
    assert each.note_bounces(INCIDENT, [bounce], bounced, at=START) == ()
    assert each.delivery_counts(INCIDENT, BATCH).bounced == 1
    assert [record.kind for record in each.read(INCIDENT)] == ["letters_bounced"]


def test_a_letter_in_doubt_that_comes_back_was_taken(each: Store) -> None:
    one = each.intend(delivery())
    bounce = Bounce(message_id=one.message_id, status="5.1.1", is_final=True)
    each.note_bounces(INCIDENT, [bounce], lambda _: make_record("letters_bounced", {}), at=START)

    assert each.delivery_counts(INCIDENT, BATCH).of(SENT) == 1


def test_only_who_sends_may_hand_over(each: Store) -> None:
    each.release_sending(INCIDENT)
    each.release_sending(INCIDENT)
    for act in (each.intend, each.note):
        with pytest.raises(NotAllowed, match="taken over"):
            act(delivery())


def test_one_process_at_a_time_sends(path: Path, clock: FakeClock) -> None:
    with (
        closing(SqlStore.open(str(path), now=clock, token=Tokens())) as first,
        closing(SqlStore.open(str(path), now=clock, token=Tokens())) as second,
    ):
        first.take_sending(INCIDENT)
        first.take_sending(INCIDENT)
        with pytest.raises(NotAllowed, match="sent by another process"):
            second.take_sending(INCIDENT)
        second.take_sending("IR-2026-0002")
        first.release_sending(INCIDENT)
        second.take_sending(INCIDENT)
        with pytest.raises(NotAllowed, match="taken over"):
            first.intend(delivery())


def hold_from_elsewhere(connection: Connection, until: str) -> None:
    connection.insert(
        "leases", ("name", "holder", "until", "beat_at"), [(f"send:{INCIDENT}", "elsewhere", until, None)]
    )


@pytest.mark.parametrize(
    ("until", "is_free"),
    [("2026-05-24T01:10:00Z", False), ("2026-05-24T00:59:00Z", True), ("2027-01-01T00:00:00Z", True), ("soon", True)],
)
def test_a_sender_on_another_machine_binds_for_a_quarter_of_an_hour(
    store: SqlStore, until: str, *, is_free: bool
) -> None:
    with store._database.writing() as connection:  # noqa: SLF001  (what another machine wrote)
        hold_from_elsewhere(connection, until)
    if is_free:
        store.take_sending(INCIDENT)
        return
    with pytest.raises(NotAllowed, match="sent by another process"):
        store.take_sending(INCIDENT)


def test_a_sender_that_was_killed_is_known_to_be_gone(path: Path, store: SqlStore) -> None:
    program = (
        f"import os, signal, sys; sys.path[:0] = {sys.path!r}\n"
        "from support.ledgers import FakeClock, Tokens\n"
        "from leakguard.store.sql_store import SqlStore\n"
        f"SqlStore.open({str(path)!r}, now=FakeClock(), token=Tokens()).take_sending({INCIDENT!r})\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    killed = subprocess.run([sys.executable, "-c", program], check=False)
    store.take_sending(INCIDENT)

    assert killed.returncode == -9


def test_the_ledger_verifies_with_entries_about_letters(store: SqlStore) -> None:
    store.take_sending(INCIDENT)
    sent(store)
    store.seal(INCIDENT, BATCH, entry)

    assert verify_store(store).answer is Answer.MATCH


def test_no_column_could_hold_a_name_or_an_address(store: SqlStore) -> None:
    """Keyed hashes, digests, codes and our own words; the sender's domain stands in the Message-ID."""
    with store._database.reading() as connection:  # noqa: SLF001  (the columns themselves)
        columns = {row[1] for row in connection.rows("PRAGMA table_info(deliveries)")}

    assert columns == set(names_of(Delivery))
    assert not columns & {"email", "address", "name", "recipient", "text"}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("UPDATE deliveries SET key = 'key9' WHERE key = 'key1'", "are not those that the store has"),
        ("UPDATE deliveries SET digest = 'e' WHERE key = 'key2'", "are not those that the store has"),
        ("UPDATE deliveries SET at = '2020-01-01T00:00:00Z' WHERE key = 'key1'", "are not those that the store has"),
        ("UPDATE deliveries SET sealed = 1 WHERE key = 'key1'", "are not those that the store has"),
        ("DELETE FROM deliveries WHERE key = 'key2'", "are not those that the store has"),
        ("DELETE FROM deliveries", "are gone from the store"),
        ("UPDATE deliveries SET sealed = NULL", "are gone from the store"),
    ],
)
def test_letters_that_are_not_those_the_ledger_vouches_for_are_found(
    path: Path, store: SqlStore, change: str, says: str
) -> None:
    """Of a row that somebody takes away the letter would go out again; of one that is put there it never would."""
    store.append(INCIDENT, [make_record()])
    store.take_sending(INCIDENT)
    for number in (1, 2):
        sent(store, number)
    sealed = store.seal(INCIDENT, BATCH, lambda some: make_record("letters_sent", seal_fields(some)))
    assert sealed is not None
    assert verify_store(store).discrepancies == ()

    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute(change)

    kinds = DiscrepancyKind.CHANGED_DELIVERY, sealed.sequence
    doubt, *more = sorted(verify_store(store).discrepancies, key=lambda one: (one.kind, one.sequence) != kinds)
    assert {one.answer for one in more} <= {Answer.MISMATCH}
    assert (doubt.kind, doubt.answer, doubt.sequence) == (
        DiscrepancyKind.CHANGED_DELIVERY,
        Answer.MISMATCH,
        sealed.sequence,
    )
    assert doubt.text == f"the letters that entry {sealed.sequence} says were sent {says}"


def test_an_answer_is_kept_with_the_next_letter_in_one_entry_and_only_for_its_own_attempt(each: Store) -> None:
    first = each.intend(delivery(1))
    answered = replace(first, state=SENT, code=250)
    before = len(list(each.read()))
    second = each.intend(delivery(2), answered=answered)
    third = each.intend(delivery(3), answered=replace(second, state=SENT, attempts=9))

    states = {one.key: one.state for one in each.deliveries(first.incident, first.batch)}
    assert (states[first.key], states[second.key], states[third.key]) == (SENT, IN_DOUBT, IN_DOUBT)
    if isinstance(each, SqlStore):
        assert len(list(each.read())) == before + 2
        assert {doubt.kind for doubt in verify_store(each).discrepancies} <= {DiscrepancyKind.NO_HEAD}


def test_an_answer_that_came_with_a_letter_that_may_not_go_out_is_not_kept_by_halves(each: Store) -> None:
    first = each.intend(delivery(1))
    answered = replace(first, state=SENT, code=250)
    with pytest.raises(NotAllowed):
        each.intend(delivery(1), answered=replace(answered, key="another"))

    assert [one.state for one in each.deliveries(first.incident, first.batch)] == [IN_DOUBT]
    assert each.settle(answered)
