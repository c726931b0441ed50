"""Each person gets a letter exactly once, wherever the sender dies and however the mail server fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from random import Random  # noqa: TID251  (seeded: the same failures in every run)

import pytest

from leakguard.errors import ChannelFailed, DocumentFailed, MailServerAway, NotAllowed
from leakguard.frozen import replace
from leakguard.mailing.approvals import LETTER, Parts, Proposal, Subject
from leakguard.mailing.pace import Pace
from leakguard.models.deliveries import Delivery, DeliveryState
from leakguard.models.mails import AnswerKind, MailAnswer, OutgoingMail
from leakguard.models.sending import LetterToSend, LogAnswer, RunResult
from leakguard.use_cases.letters.letter_doubts import NO_BEGINNING, TOO_OLD, UNCLEAR, WRONG, AskLog
from leakguard.use_cases.letters.letter_sender import AT_ONCE, NOT_MADE, Letters
from leakguard.use_cases.letters.send_notice import SendOrder, run_sending
from support.killing import Killed
from support.ledgers import START
from support.letter_world import (
    BATCH,
    INCIDENT,
    FakeServer,
    Watching,
    accepts,
    letter,
    letters,
    listed,
    sender_of,
    world,
)
from support.memory_deliveries import MemoryDeliveries

PEOPLE = 3
PROPOSAL = Proposal(
    subject=Subject(covers=LETTER, duty="eu-gdpr-34-individuals"), parts=Parts(digests={}), written_at=START, head=None,
    letters=PEOPLE,
)  # fmt: skip
ORDER = SendOrder(proposal=PROPOSAL)
SENT, IN_DOUBT = DeliveryState.SENT, DeliveryState.IN_DOUBT


def run(
    store: MemoryDeliveries,
    server: FakeServer,
    some: Letters | None = None,
    *,
    ask: AskLog | None = None,
    order: SendOrder = ORDER,
    pace: Pace | None = None,
    retry_refused: bool = False,
) -> RunResult:
    sender = sender_of(store, server, pace=pace, retry_refused=retry_refused)
    return run_sending(sender, some or letters(PEOPLE), order, ask, seal={})


def later(store: MemoryDeliveries, seconds: float = 60) -> None:
    store.clock.move(seconds=seconds)


def test_letters_are_sent_once_and_the_ledger_vouches_for_them() -> None:
    store, server = world()
    first, second = run(store, server), run(store, server)

    assert first.counts.of(SENT) == second.counts.of(SENT) == PEOPLE
    assert len(server.taken) == PEOPLE
    assert [entry.kind for entry in store.kept] == ["letters_sent"]
    assert (first.stopped, first.unbegun) == ("", 0)


@pytest.mark.parametrize("is_after", [False, True])
@pytest.mark.parametrize("with_log", [True, False])
def test_a_sender_that_dies_at_any_step_neither_drops_nor_repeats_a_letter(*, is_after: bool, with_log: bool) -> None:
    """Without the log what was about to be handed over stays in doubt; with it everything is settled."""
    doubts = 0
    for step in count():
        store, server = world()
        server.fuse.set(step, is_after=is_after)
        try:
            run(store, server)
        except Killed:
            store.died()
        else:
            break
        later(store)
        ask = server.log(store.clock.at + timedelta(hours=1)) if with_log else None
        result = run(store, server, ask=ask)
        left = result.counts.of(IN_DOUBT)
        doubts += left
        taken = set(server.taken)
        sent = {one.message_id for one in store.deliveries(INCIDENT, BATCH, SENT)}

        assert server.most_often == 1
        assert sent <= taken
        assert len(sent) + left == PEOPLE
        assert len(taken) >= PEOPLE - left
    assert step > 3 * PEOPLE
    assert bool(doubts) is not with_log


@dataclass
class Looking(FakeServer):
    """Looks into the store wherever a sender could be killed: what is there then is all that the next one knows."""

    store: MemoryDeliveries = field(default_factory=MemoryDeliveries)
    most_in_doubt: int = 0

    def offer(self, mail: OutgoingMail, before_end: Callable[[], None]) -> MailAnswer:
        self.look()

        def ending() -> None:
            before_end()
            self.look()
            assert mail.message_id in {one.message_id for one in self.store.deliveries(INCIDENT, BATCH, IN_DOUBT)}

        answer = super().offer(mail, ending)
        self.look()
        return answer

    def look(self) -> None:
        known = {one.message_id: one.state for one in self.store.deliveries(INCIDENT, BATCH)}
        doubts = [name for name, state in known.items() if state is IN_DOUBT]
        self.most_in_doubt = max(self.most_in_doubt, len(doubts))
        assert {known[name] for name in self.taken} <= {SENT, IN_DOUBT}


@pytest.mark.parametrize("is_slow", [False, True])
def test_one_letter_at_most_is_in_doubt_at_any_moment_and_none_at_the_end(*, is_slow: bool) -> None:
    store, _ = world()
    server = Looking(store=store)

    def made() -> Iterator[LetterToSend]:
        for number in range(8):
            if is_slow:
                sender.time.sleep(AT_ONCE * 2)
            yield letter(number)

    sender = sender_of(store, server)
    result = run_sending(sender, made, ORDER, None, seal={})

    assert server.most_in_doubt == 1
    assert (result.counts.of(SENT), result.counts.of(IN_DOUBT)) == (8, 0)
    assert isinstance(sender.watcher, Watching)
    assert sender.watcher.states == [SENT] * 8


def test_a_letter_costs_one_transaction_where_the_next_one_follows_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    store, server = world()
    settled: list[str] = []
    real = store.settle

    def settling(one: Delivery) -> bool:
        settled.append(one.key)
        return real(one)

    monkeypatch.setattr(store, "settle", settling)
    with_next: list[str] = []
    intend = store.intend

    def intending(delivery: Delivery, *, answered: Delivery | None = None) -> Delivery:
        with_next.extend([answered.key] if answered is not None else [])
        return intend(delivery, answered=answered)

    monkeypatch.setattr(store, "intend", intending)
    run(store, server, letters(5))

    assert with_next == [letter(number).key for number in range(4)]
    assert settled[-1] == letter(4).key


def test_a_sender_that_lost_its_hold_still_keeps_the_answer_to_its_last_letter() -> None:
    """What a server answered is true whoever sends by now."""
    store, server = world()

    def made() -> Iterator[LetterToSend]:
        yield letter(0)
        store.died()
        yield letter(1)

    with pytest.raises(NotAllowed, match="taken over"):
        run_sending(sender_of(store, server), made, ORDER, None, seal={})

    assert [one.state for one in store.deliveries(INCIDENT, BATCH)] == [SENT]
    assert len(server.taken) == 1


def test_a_killed_senders_letters_are_vouched_for_by_the_next_run() -> None:
    store, server = world()
    server.fuse.set(5)
    with pytest.raises(Killed):
        run(store, server)
    store.died()
    later(store)
    run(store, server, ask=server.log(store.clock.at + timedelta(hours=1)))

    assert all(one.sealed for one in store.deliveries(INCIDENT, BATCH, SENT))
    assert len(server.taken) == PEOPLE


@pytest.mark.parametrize("seed", range(30))
def test_a_server_that_fails_in_every_way_and_a_sender_that_dies_again_and_again(seed: int) -> None:
    """Whatever happens: nobody twice, and in the end everybody."""
    chance = Random(seed)  # noqa: S311  (as above)
    store, server = world()
    ways = [AnswerKind.ACCEPTED] * 4 + [AnswerKind.IN_DOUBT, AnswerKind.LOST, AnswerKind.DEFERRED]
    server.script = lambda _: chance.choice(ways)
    people = letters(8)
    for _ in range(60):
        server.fuse.set(chance.randrange(40), is_after=chance.random() < 0.5)
        try:
            run(store, server, people, ask=server.log(store.clock.at + timedelta(hours=1)))
        except Killed:
            store.died()
        later(store)
    server.fuse.set(None)
    server.script = accepts
    result = run(store, server, people, ask=server.log(store.clock.at + timedelta(hours=1)))

    assert result.counts.of(SENT) == 8
    assert server.most_often == 1
    assert len(server.taken) == 8


def test_what_was_not_taken_is_tried_again_after_growing_waits() -> None:
    store, server = world()
    answers = iter([AnswerKind.DEFERRED] * 2 * PEOPLE)
    server.script = lambda _: next(answers, AnswerKind.ACCEPTED)
    sender = sender_of(store, server, pace=Pace(per_second=0, first_wait=5, passes=4))
    result = run_sending(sender, letters(PEOPLE), ORDER, None, seal={})
    assert isinstance(sender.watcher, Watching)

    assert result.counts.of(SENT) == PEOPLE
    assert [seconds for seconds, _ in sender.watcher.waits] == [5, 10]


def test_a_letter_that_is_never_taken_is_left_for_the_next_run() -> None:
    store, server = world()
    server.script = lambda _: AnswerKind.DEFERRED
    first = run(store, server)
    server.script = accepts
    second = run(store, server)

    assert first.counts.of(DeliveryState.DEFERRED) == PEOPLE
    assert second.counts.of(SENT) == PEOPLE


def test_a_refused_recipient_is_not_tried_again_unless_a_person_says_so() -> None:
    store, server = world()
    server.script = lambda _: AnswerKind.RECIPIENT_REFUSED
    run(store, server)
    server.script = accepts
    again = run(store, server)
    retried = run(store, server, retry_refused=True)

    assert again.counts.of(DeliveryState.REFUSED) == PEOPLE
    assert retried.counts.of(SENT) == PEOPLE


def test_a_letter_set_aside_is_never_handed_over_and_says_why() -> None:
    store, server = world()
    result = run(store, server, listed([letter(0, aside="the log-in leaked"), letter(1)]))
    run(store, server, listed([letter(0, aside="the log-in leaked"), letter(1)]))
    (aside,) = store.deliveries(INCIDENT, BATCH, DeliveryState.SET_ASIDE)

    assert result.counts.of(DeliveryState.SET_ASIDE) == 1
    assert (aside.reason, aside.message_id) == ("the log-in leaked", "")
    assert server.taken == [letter(1).message_id]


def test_a_letter_whose_document_cannot_be_made_keeps_no_other_one_back() -> None:
    """Such as one with a PDF for a name that its fonts cannot show; without the PDF it goes out later."""
    store, server = world()

    def unwritten() -> OutgoingMail:
        raise DocumentFailed("the fonts of a PDF have no sign for `ส`")

    some = [replace(letter(0), mail=unwritten), letter(1), letter(2)]
    for _ in range(2):
        run(store, server, listed(some))
    (aside,) = store.deliveries(INCIDENT, BATCH, DeliveryState.SET_ASIDE)

    assert len(server.taken) == 2
    assert aside.reason == NOT_MADE
    assert "ส" not in repr(aside)

    run(store, server)

    assert len(server.taken) == PEOPLE
    assert server.most_often == 1


def test_an_address_that_the_server_cannot_take_is_set_aside_until_it_can() -> None:
    store, server = world()
    server.script = lambda _: AnswerKind.NOT_POSSIBLE
    first = run(store, server)
    server.script = accepts

    assert first.counts.of(DeliveryState.SET_ASIDE) == PEOPLE
    assert run(store, server).counts.of(SENT) == PEOPLE


def test_many_failures_in_a_row_end_the_pass_and_what_was_not_begun_is_counted() -> None:
    store, server = world()
    server.script = lambda _: AnswerKind.MESSAGE_REFUSED
    pace = Pace(per_second=0, passes=1, in_a_row=2)
    result = run(store, server, letters(5), pace=pace, order=replace(ORDER, proposal=replace(PROPOSAL, letters=5)))

    assert result.counts.of(DeliveryState.REFUSED) == 2
    assert (result.letters, result.unbegun) == (5, 3)


def test_a_server_that_stays_away_leaves_the_letters_behind_it_to_be_counted() -> None:
    """Those of earlier runs count as well, so what is not begun is never fewer than none."""
    store, server = world()
    order = replace(ORDER, proposal=replace(PROPOSAL, letters=5))
    run(store, server, letters(2), order=order)
    server.refusals = [MailServerAway("away")] * 9
    result = run(store, server, letters(5), pace=Pace(per_second=0, passes=1), order=order)

    assert result.stopped
    assert (result.letters, result.counts.of(SENT), result.unbegun) == (5, 2, 3)


def test_a_server_that_is_away_is_waited_for() -> None:
    store, server = world()
    server.refusals = [MailServerAway("away")] * 2

    assert run(store, server).counts.of(SENT) == PEOPLE


def test_a_server_that_stays_away_ends_the_run_with_its_reason() -> None:
    store, server = world()
    server.refusals = [MailServerAway("the mail server cannot be reached")] * 9
    result = run(store, server)

    assert result.stopped == "the mail server cannot be reached"
    assert result.counts.of(SENT) == 0


def test_a_server_that_refuses_the_sender_ends_the_run_and_refuses_nobody() -> None:
    store, server = world()
    server.refusals = [ChannelFailed("the mail server refuses the sender", next_step="Look.")]
    result = run(store, server)

    assert (result.stopped, result.next_step) == ("the mail server refuses the sender", "Look.")
    assert list(store.deliveries(INCIDENT, BATCH)) == []


def test_a_server_that_wants_no_more_now_is_left_and_called_again() -> None:
    store, server = world()
    refusals = iter([MailServerAway("421")])

    def script(_: str) -> AnswerKind:
        for refusal in refusals:
            raise refusal
        return AnswerKind.ACCEPTED

    server.script = script

    assert run(store, server).counts.of(SENT) == PEOPLE
    assert server.opened > 1


def test_a_conversation_has_only_so_many_letters() -> None:
    store, server = world()
    run(store, server, letters(5), pace=Pace(per_second=0, per_connection=2))

    assert server.opened == 3


def test_letters_go_out_at_the_rate_that_was_asked_for() -> None:
    store, server = world()
    sender = sender_of(store, server, pace=Pace(per_second=2))
    run_sending(sender, letters(5), ORDER, None, seal={})

    assert sender.time.monotonic() == 2.0


def test_no_conversation_is_kept_open_while_nothing_is_said() -> None:
    store, server = world()
    sender = sender_of(store, server, pace=Pace(per_second=1 / 60))
    run_sending(sender, letters(3), ORDER, None, seal={})

    assert server.opened == 3


def test_two_senders_of_one_incident_are_one_too_many() -> None:
    store, server = world()
    store.take_sending(INCIDENT)
    with pytest.raises(NotAllowed, match="another process"):
        run(store, server)

    assert server.taken == []


def test_a_sender_that_was_replaced_hands_over_nothing_more() -> None:
    store, server = world()

    def script(_: str) -> AnswerKind:
        store.died()
        return AnswerKind.ACCEPTED

    server.script = script
    with pytest.raises(NotAllowed, match="taken over"):
        run(store, server)

    assert server.taken == []


def in_doubt(*, taken: bool = True) -> tuple[MemoryDeliveries, FakeServer]:
    """Of three letters the second one is in doubt."""
    store, server = world()
    lost = letter(1).message_id
    server.script = lambda name: AnswerKind.IN_DOUBT if name == lost else AnswerKind.ACCEPTED
    run(store, server)
    if not taken:
        server.taken.remove(lost)
    server.script = accepts
    return store, server


@pytest.mark.parametrize(("choice", "is_taken", "sent_again"), [("sent", True, 0), ("resend", False, 1)])
def test_a_person_settles_a_doubt(choice: str, *, is_taken: bool, sent_again: int) -> None:
    store, server = in_doubt(taken=is_taken)
    before = len(server.taken)
    result = run(store, server, order=replace(ORDER, in_doubt=choice))  # type: ignore[arg-type]

    assert result.counts.of(SENT) == PEOPLE
    assert len(server.taken) - before == sent_again
    assert server.most_often == 1


def test_a_person_settles_only_those_that_were_named() -> None:
    store, server = in_doubt()
    result = run(store, server, order=replace(ORDER, in_doubt="sent", only=("lg.other@x",)))

    assert result.counts.of(IN_DOUBT) == 1


def with_answer(server: FakeServer, **changes: object) -> Callable[..., LogAnswer]:
    ask = server.log(START + timedelta(hours=1))
    return lambda wanted: replace(ask(wanted), **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"accepted": frozenset()}, WRONG),
        ({"written_at": START - timedelta(hours=1)}, TOO_OLD),
        ({"begins_at": None}, NO_BEGINNING),
        ({"begins_at": START + timedelta(minutes=5)}, NO_BEGINNING),
    ],
)
def test_the_silence_of_a_log_proves_nothing_unless_it_covers_the_time(changes: dict[str, object], why: str) -> None:
    """The only letter is in doubt but where the log is a wrong one: then others were taken, and it lacks them."""
    if why == WRONG:
        store, server = in_doubt(taken=False)
        some = letters(PEOPLE)
    else:
        store, server = world()
        server.script = lambda _: AnswerKind.IN_DOUBT
        some = letters(1)
        run(store, server, some)
        server.taken.clear()
    result = run(store, server, some, ask=with_answer(server, **changes))

    assert result.counts.of(IN_DOUBT) == 1
    assert result.unresolved == why


def test_a_letter_of_which_the_log_may_say_that_it_was_refused_stays_in_doubt() -> None:
    """Neither sent, for that person would never get it, nor once more, for another line may mean that it was taken."""
    store, server = in_doubt(taken=False)
    (doubt,) = store.deliveries(INCIDENT, BATCH, IN_DOUBT)
    before = len(server.taken)
    result = run(store, server, ask=with_answer(server, unclear=frozenset({doubt.message_id})))

    assert (result.counts.of(IN_DOUBT), len(server.taken)) == (1, before)
    assert result.unresolved == UNCLEAR


def test_a_server_with_nothing_to_do_is_made_to_write_its_log() -> None:
    store, server = world()
    server.script = lambda _: AnswerKind.IN_DOUBT
    run(store, server, letters(1))
    server.refusals = [MailServerAway("away")]
    first = server.opened
    run(store, server, letters(1), ask=server.log(START + timedelta(hours=1)))
    away = server.opened
    run(store, server, letters(1), ask=server.log(START + timedelta(hours=1)))

    assert (first, away, server.most_often) == (1, 1, 1)


def test_a_log_is_asked_only_when_the_server_has_surely_written_it() -> None:
    store, server = in_doubt(taken=False)
    sender = sender_of(store, server, pace=Pace(per_second=0, settle=60, passes=2))
    run_sending(sender, letters(PEOPLE), ORDER, server.log(START + timedelta(hours=1)), seal={})
    assert isinstance(sender.watcher, Watching)

    assert sender.watcher.waits[0] == (60.0, "the mail server may still be writing its log")
    assert server.most_often == 1
    assert len(server.taken) == PEOPLE
