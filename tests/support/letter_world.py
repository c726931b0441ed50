"""A mail server that never loses what it took, and a sender that can die at each step of the conversation with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from leakguard.mailing.pace import Pace
from leakguard.models.deliveries import Delivery, DeliveryState
from leakguard.models.mails import AnswerKind, MailAnswer, Mailbox, OutgoingMail
from leakguard.models.sending import LetterToSend, LogAnswer
from leakguard.use_cases.alerts.time_sources import SteppedTime
from leakguard.use_cases.letters.letter_sender import LetterSender
from support.killing import Fuse
from support.ledgers import START, FakeClock
from support.memory_deliveries import MemoryDeliveries

INCIDENT, BATCH = "IR-2026-0001", "b" * 64
Script = Callable[[str], AnswerKind]
"""How the server treats a letter, by its Message-ID."""


def accepts(_: str) -> AnswerKind:
    return AnswerKind.ACCEPTED


@dataclass
class FakeServer:
    """Takes letters; implements `ports.Mailer` and `ports.MailSession`. Every step may be the sender's last."""

    fuse: Fuse = field(default_factory=Fuse)
    script: Script = accepts
    taken: list[str] = field(default_factory=list)
    opened: int = 0
    name: str = "mail"
    refusals: list[Exception] = field(default_factory=list)
    """What the next attempts to begin a conversation raise."""

    def open(self) -> FakeServer:
        if self.refusals:
            raise self.refusals.pop(0)
        self.fuse.through(lambda: None)
        self.opened += 1
        return self

    def close(self) -> None:
        """Nothing."""

    def offer(self, mail: OutgoingMail, before_end: Callable[[], None]) -> MailAnswer:
        kind = self.script(mail.message_id)
        self.fuse.through(lambda: None)
        if kind not in {AnswerKind.ACCEPTED, AnswerKind.IN_DOUBT, AnswerKind.MESSAGE_REFUSED}:
            return MailAnswer(kind=kind, code=450 if kind is AnswerKind.DEFERRED else None)
        before_end()
        if kind is AnswerKind.MESSAGE_REFUSED:
            return MailAnswer(kind=kind, code=554)
        self.fuse.through(lambda: self.taken.append(mail.message_id))
        self.fuse.through(lambda: None)
        return MailAnswer(kind=kind, code=250, queue_id="Q1") if kind is AnswerKind.ACCEPTED else MailAnswer(kind=kind)

    def log(self, now: datetime) -> Callable[[Collection[str]], LogAnswer]:
        """Its log, which is complete."""

        def ask(wanted: Collection[str]) -> LogAnswer:
            accepted = frozenset(self.taken) & frozenset(wanted)
            return LogAnswer(accepted=accepted, begins_at=START, written_at=now)

        return ask

    @property
    def most_often(self) -> int:
        """How often the letter was taken that was taken most often."""
        return max(Counter(self.taken).values(), default=0)


@dataclass
class Watching:
    """Remembers what a run told."""

    states: list[DeliveryState] = field(default_factory=list)
    waits: list[tuple[float, str]] = field(default_factory=list)

    def moved(self, delivery: Delivery) -> None:
        self.states.append(delivery.state)

    def waiting(self, seconds: float, why: str) -> None:
        self.waits.append((seconds, why))


def letter(number: int, *, aside: str = "") -> LetterToSend:
    name = f"lg.{number:040x}@university.example"
    to = Mailbox(address=f"person{number}@mail.example")
    return LetterToSend(
        key=f"key{number:04}", digest=f"{number:064x}", message_id=name, line=number + 2, aside=aside,
        mail=lambda: OutgoingMail(to=to, message_id=name, subject="Notice", lang="en", text="text"),
    )  # fmt: skip


def letters(count: int) -> Callable[[], Iterator[LetterToSend]]:
    return lambda: iter([letter(number) for number in range(count)])


def listed(some: Sequence[LetterToSend]) -> Callable[[], Iterator[LetterToSend]]:
    return lambda: iter(some)


def sender_of(
    store: MemoryDeliveries, server: FakeServer, *, pace: Pace | None = None, retry_refused: bool = False
) -> LetterSender:
    """One process that sends; its time passes only while it waits."""
    return LetterSender(
        store=store, mailer=server, time=SteppedTime(store.clock.at), watcher=Watching(), incident=INCIDENT,
        batch=BATCH, pace=pace or Pace(per_second=0, settle=0, first_wait=1, passes=3), retry_refused=retry_refused,
    )  # fmt: skip


def world() -> tuple[MemoryDeliveries, FakeServer]:
    return MemoryDeliveries(FakeClock()), FakeServer()
