"""Sends the letters of a batch, each exactly once, however often the process dies on the way.

That a letter is about to be handed over is on the disk before its last line goes out, and only one process may write
that. So a letter is surely not sent, surely sent, or in doubt; and one in doubt is handed over again only when the mail
server's own log, or a person, says that it was not taken.

What the server answered is kept in the transaction that says that the next letter is about to be handed over, where
that one comes at once: one letter at most is in doubt, as if each answer had a transaction of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from leakguard.errors import ChannelFailed, DocumentFailed, MailServerAway
from leakguard.frozen import replace
from leakguard.logs import log
from leakguard.mailing.pace import Pace
from leakguard.models.deliveries import OPEN_STATES, Delivery, DeliveryState
from leakguard.models.mails import AnswerKind, MailAnswer, OutgoingMail
from leakguard.models.sending import LetterToSend
from leakguard.ports import DeliveryStore, Mailer, MailSession, TimeSource

Letters = Callable[[], Iterable[LetterToSend]]
"""Begins anew with the first letter each time."""
NOT_MADE = "a document of this letter cannot be made, as for a name whose signs the fonts lack; try without --attach"
"""Never the maker's own words: they show signs of the name."""
IDLE = 30.0
"""Seconds for which a conversation may lie still; servers end it after some minutes (RFC 5321, 4.5.3.2.7)."""
AT_ONCE = 0.1
"""Seconds within which the next letter has to follow, so that an answer may wait for it before it is kept."""
LEAVE_SECONDS = 1.0
"""How old the answer may be to whether the letters are still approved."""
_STATES = {
    AnswerKind.ACCEPTED: DeliveryState.SENT,
    AnswerKind.RECIPIENT_REFUSED: DeliveryState.REFUSED,
    AnswerKind.MESSAGE_REFUSED: DeliveryState.REFUSED,
    AnswerKind.DEFERRED: DeliveryState.DEFERRED,
    AnswerKind.LOST: DeliveryState.DEFERRED,
    AnswerKind.NOT_POSSIBLE: DeliveryState.SET_ASIDE,
}
_REASONS = {
    AnswerKind.RECIPIENT_REFUSED: "the mail server refuses the recipient",
    AnswerKind.MESSAGE_REFUSED: "the mail server refuses the letter",
    AnswerKind.DEFERRED: "the mail server did not take it this time",
    AnswerKind.LOST: "the connection ended before the letter did",
    AnswerKind.NOT_POSSIBLE: "the mail server cannot take letters to such an address",
}
_BAD_SIGNS = frozenset({AnswerKind.LOST, AnswerKind.IN_DOUBT, AnswerKind.MESSAGE_REFUSED})
_LOGGED = {
    DeliveryState.SENT: (log.info, "letter_sent"),
    DeliveryState.IN_DOUBT: (log.warning, "letter_in_doubt"),
}
_OVER = frozenset({AnswerKind.LOST, AnswerKind.IN_DOUBT})


class SendWatcher(Protocol):
    """What is seen of a run while it goes on."""

    def moved(self, delivery: Delivery) -> None:
        """Called when a letter's state was kept."""

    def waiting(self, seconds: float, why: str) -> None:
        """Called before a wait of more than a moment."""


@dataclass(slots=True, kw_only=True)
class LetterSender:
    """One run over one batch, by one process at a time."""

    store: DeliveryStore
    mailer: Mailer
    time: TimeSource
    watcher: SendWatcher
    incident: str
    batch: str
    pace: Pace
    leave: Callable[[], None] = lambda: None
    """Raises `ApprovalGone` once the letters must not go out any more."""
    retry_refused: bool = False
    _session: MailSession | None = None
    _used: int = 0
    _failures: int = 0
    _next_at: float = 0.0
    _asked_at: float | None = None
    _answered: Delivery | None = None
    """What the server answered last, if it is not kept yet."""
    _answered_at: float = 0.0
    _is_quick: bool = True
    """Whether the last letter followed at once."""

    def one_pass(self, letters: Letters) -> bool:
        """Go over the batch once; whether there is something to try again.

        Raises `ApprovalGone` when somebody took an approval back,
        `ChannelFailed` when no further letter would be taken, `MailServerAway` when the server stays away.
        """
        is_open, self._failures = False, 0
        try:
            for letter in letters():
                is_open = self._one(letter) or is_open
                if self._failures >= self.pace.in_a_row:
                    return True
        finally:
            self.keep_answer()
        return is_open

    def knock(self) -> None:
        """Begin a conversation and end it, so that a server with nothing else to do writes a line into its log.

        By that line the log shows that it goes on behind the letters in doubt.
        """
        with suppress(ChannelFailed):
            self.mailer.open().close()

    def keep_answer(self) -> None:
        """Keep what the server answered last, without a next letter."""
        answered, self._answered = self._answered, None
        if answered is not None:
            self.store.settle(answered)
            self._moved(answered)

    def close(self) -> None:
        """End the conversation, once its last answer is kept."""
        self.keep_answer()
        if self._session is not None:
            self._session.close()
        self._session = None

    def _known(self, letter: LetterToSend) -> Delivery | None:
        return self.store.delivery(self.incident, self.batch, letter.key)

    def _one(self, letter: LetterToSend) -> bool:
        """Bring one letter on; whether it is to be tried again."""
        known = self._known(letter)
        if known is not None and known.state not in OPEN_STATES:
            return False
        if known is not None and known.state is DeliveryState.REFUSED and not self.retry_refused:
            return False
        fresh = self._delivery(letter)
        mail = None if letter.aside else self._made(letter)
        if mail is None:
            reason = letter.aside or NOT_MADE
            if known is None or known.reason != reason:
                self._note(replace(fresh, state=DeliveryState.SET_ASIDE, message_id="", reason=reason))
            return False
        return self._hand_over(mail, fresh)

    def _made(self, letter: LetterToSend) -> OutgoingMail | None:
        """The mail; `None` when its document cannot be made, which must not keep the other letters back."""
        try:
            return letter.mail()
        except DocumentFailed:
            return None

    def _hand_over(self, mail: OutgoingMail, fresh: Delivery) -> bool:
        self._keep_rate()
        session = self._opened()
        self._ask_leave()
        intended: list[Delivery] = []
        try:
            answer = session.offer(mail, lambda: intended.append(self._intend(replace(fresh, at=self.time.now()))))
        except MailServerAway:
            answer = MailAnswer(kind=AnswerKind.LOST)
        self._failures = self._failures + 1 if answer.kind in _BAD_SIGNS else 0
        if answer.kind in _OVER:
            self.close()
        self._keep(answer, fresh, intended)
        return _STATES.get(answer.kind) is DeliveryState.DEFERRED

    def _intend(self, delivery: Delivery) -> Delivery:
        """Keep that it is about to be handed over, with the answer to the letter before."""
        kept, answered = self.store.intend(delivery, answered=self._answered), self._answered
        if answered is not None:
            self._is_quick = self.time.monotonic() - self._answered_at < AT_ONCE
            self._answered = None
            self._moved(answered)
        return kept

    def _keep(self, answer: MailAnswer, fresh: Delivery, intended: list[Delivery]) -> None:
        """Keep the answer: as the end of the doubt that its attempt began with, or without one."""
        if answer.kind is AnswerKind.IN_DOUBT:
            self._moved(intended[0])
            return
        kept = replace(
            intended[0] if intended else fresh, state=_STATES[answer.kind], at=self.time.now(), code=answer.code,
            queue_id=answer.queue_id, reason=_REASONS.get(answer.kind, ""),
        )  # fmt: skip
        if not intended:
            self._note(kept)
            return
        self._answered, self._answered_at = kept, self.time.monotonic()
        if not self._is_quick:
            self.keep_answer()
            self._is_quick = True

    def _note(self, delivery: Delivery) -> None:
        self.keep_answer()
        self.store.note(delivery)
        self._moved(delivery)

    def _moved(self, delivery: Delivery) -> None:
        """Tell whoever watches, and the log: by the keyed hash of the recipient and the server's code alone."""
        self.watcher.moved(delivery)
        say, event = _LOGGED.get(delivery.state, (log.warning, "letter_failed"))
        code: dict[str, int] = {} if delivery.code is None else {"code": delivery.code}
        say(event, incident=self.incident, letter=f"L-{delivery.key[:12]}", attempt=delivery.attempts, **code)

    def _delivery(self, letter: LetterToSend) -> Delivery:
        return Delivery(
            incident=self.incident, batch=self.batch, key=letter.key, state=DeliveryState.IN_DOUBT, at=self.time.now(),
            message_id=letter.message_id, digest=letter.digest,
        )  # fmt: skip

    def _opened(self) -> MailSession:
        """The conversation that goes on, or a new one; raises `MailServerAway` when none begins for long enough."""
        if self._session is not None and self._used < self.pace.per_connection:
            self._used += 1
            return self._session
        self.close()
        number, session = 1, self._begun()
        while isinstance(session, MailServerAway):
            if number >= self.pace.passes:
                raise session
            self.wait(self.pace.wait(number), session.message)
            number, session = number + 1, self._begun()
        self._session, self._used = session, 1
        return session

    def _begun(self) -> MailSession | MailServerAway:
        try:
            return self.mailer.open()
        except MailServerAway as error:
            return error

    def wait(self, seconds: float, why: str) -> None:
        """Wait, and say so."""
        self.keep_answer()
        self.watcher.waiting(seconds, why)
        self.time.sleep(seconds)

    def _ask_leave(self) -> None:
        """Behind every wait, and not for each letter: the ledger is read for it."""
        now = self.time.monotonic()
        if self._asked_at is None or now - self._asked_at >= LEAVE_SECONDS:
            self.leave()
            self._asked_at = now

    def _keep_rate(self) -> None:
        if not self.pace.per_second:
            return
        now = self.time.monotonic()
        if now < self._next_at:
            if self._next_at - now > IDLE:
                self.close()
            if self._next_at - now > AT_ONCE:
                self.keep_answer()
            self.time.sleep(self._next_at - now)
        self._next_at = max(now, self._next_at) + 1 / self.pace.per_second
