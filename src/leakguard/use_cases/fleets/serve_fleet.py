"""Answers what a coordinator asks of a worker. Whoever is not trusted gets no answer at all."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

from leakguard import __version__
from leakguard.errors import LeakGuardError, NotAllowed, NotTrusted, UsageProblem
from leakguard.fleet.dispatch import SKEW
from leakguard.fleet.messages import message_text, read_envelope, read_message
from leakguard.frozen import Frozen
from leakguard.logs import log
from leakguard.models.fleet import Envelope, Foreign, Message, Order, Present, Refusal, RollCall, Shard
from leakguard.models.moments import to_z
from leakguard.use_cases.fleets.seal import Seal
from leakguard.use_cases.fleets.shards import ShardTools, run_shard, shard_library
from leakguard.use_cases.scans.plan_scan import resolve_all

REMEMBERED = 8
"""Finished answers that are kept, for a message that a broker hands out twice."""
REASON_LENGTH = 500


def unsealed(seal: Seal, value: object) -> tuple[Message, str]:
    """The message in what came out of a queue, and who signed it.

    Raises `BadFile` for what is no message, `NotTrusted` for one that is not signed by somebody who may speak for its
    vantage.
    """
    opened = seal.open(read_envelope(value))
    message = read_message(opened.kind, opened.body)
    if opened.vantages and message.vantage not in opened.vantages:
        raise NotTrusted(
            f"{opened.signer} speaks for {', '.join(opened.vantages)} alone, and spoke for another vantage",
            next_step="Look at that machine, or correct [fleet.trusted].",
        )
    return message, opened.signer


def answer_in(seal: Seal, value: object) -> tuple[Message, str]:
    """As `unsealed`, for a coordinator: whatever a worker of another form says, it does no work for us."""
    try:
        message, signer = unsealed(seal, value)
    except LeakGuardError as error:
        log.warning("fleet_message_dropped", error=type(error).__name__)
        raise
    if isinstance(message, Foreign):
        message = message.refused(worker=message.worker, release=message.release)
    return message, signer


class Reply(Frozen):
    """An answer, and which scan's queue of results it belongs into."""

    scan: str
    envelope: Envelope
    line: str
    """What happened, for the worker's own log: no target, nothing that a host said."""


@dataclass(slots=True, kw_only=True)
class FleetWorker:
    """One worker; holds nothing but the last few answers."""

    vantage: str
    name: str
    seal: Seal
    tools: ShardTools
    lease: timedelta
    tell: Callable[[str], None]
    slots: int = 1
    """How many shards it does at once."""
    claim: Callable[[str], bool] = lambda _order: True
    """Whether nobody of this vantage has taken that order before, so that one which is played again is done once."""
    at_hand: Callable[[], tuple[object, ...]] = tuple
    """The orders that it is at."""
    _answers: OrderedDict[tuple[str, int], Reply] = field(default_factory=OrderedDict)

    def answer(self, value: object) -> Reply | None:
        """What to send back; nothing to a stranger, to a message that makes no sense, or after its time.

        Never raises for what a message says.
        """
        return self._answer(value, self._replied)

    def present(self, value: object) -> Reply | None:
        """What to send back for a call to everybody of the vantage: that we are here, and what we are at."""
        return self._answer(value, self._present)

    def _answer(self, value: object, reply_to: Callable[[Order], Reply]) -> Reply | None:
        try:
            message, signer = unsealed(self.seal, value)
            if isinstance(message, Foreign):
                reply = self._sealed(message.refused(worker=self.name, release=__version__))
            elif isinstance(message, RollCall | Shard):
                reply = self._untimely(message) or reply_to(message)
            else:
                raise NotAllowed("a worker takes no answers")
        except LeakGuardError as error:
            log.warning("fleet_message_dropped", vantage=self.vantage, error=type(error).__name__)
            self.tell(f"dropped: {' '.join(error.message.split())[:200]}")
            return None
        self.tell(f"{signer}: {reply.line}")
        return reply

    def _untimely(self, order: Order) -> Reply | None:
        """Refuses an old message, which may be a replay, and one that is good for too long to be one of ours.

        The coordinator is told: a clock that is wrong would else look like a worker that is away.
        """
        try:
            ends, now = order.ends_at, self.tools.now()
        except ValueError as error:
            raise UsageProblem("a message with a day that does not exist") from error
        clock = f"the clock of this machine says {to_z(now.replace(microsecond=0))}"
        if now >= ends:
            return self._sealed(self._refusal(order, f"its time is over: it waited too long, or {clock} and is ahead"))
        if ends > now + self.lease + SKEW:
            late = f"it is good for too long: `lease_seconds` is another one here, or {clock} and is behind"
            return self._sealed(self._refusal(order, late))
        return None

    def _present(self, order: Order) -> Reply:
        if not isinstance(order, RollCall) or order.names:
            raise NotAllowed("a call to all that is none")
        return self._tried(order)

    def _replied(self, order: Order) -> Reply:
        if not isinstance(order, Shard):
            return self._tried(order)
        key = (order.id, order.attempt)
        if key in self._answers:
            return self._answers[key]
        if not self.claim(f"{order.id}/{order.attempt}"):
            raise NotAllowed("an order that was taken before")
        reply = self._answers[key] = self._tried(order)
        while len(self._answers) > REMEMBERED:
            self._answers.popitem(last=False)
        return reply

    def _tried(self, order: Order) -> Reply:
        try:
            return self._sealed(self._done(order))
        except LeakGuardError as error:
            return self._sealed(self._refusal(order, error.message))

    def _done(self, order: Order) -> Message:
        if order.vantage != self.vantage:
            raise UsageProblem(f"this worker looks from `{self.vantage}`, and was asked for another vantage")
        if isinstance(order, Shard):
            if order.holder != self.seal.public:
                raise NotAllowed("this order was given to another worker")
            log.info("fleet_order_taken", run=order.run, vantage=self.vantage, shard=order.number)
            return run_shard(order, self.tools, worker=self.name)
        if not isinstance(order, RollCall):  # pragma: no cover  (there are two kinds of orders)
            raise NotAllowed("an order of an unknown kind")
        shard_library(order.checks, self.tools.checks)
        resolved = dict(resolve_all(order.names, self.tools.resolve))
        return Present(
            scan=order.scan, vantage=self.vantage, worker=self.name, resolved=resolved,
            slots=self.slots, at_hand=tuple(self._at_hand()), clock=to_z(self.tools.now()),
        )  # fmt: skip

    def _at_hand(self) -> Iterator[str]:
        for value in self.at_hand():
            with suppress(LeakGuardError):
                message, _ = unsealed(self.seal, value)
                if isinstance(message, Shard):
                    yield message.id

    def _refusal(self, order: Order, why: str) -> Refusal:
        reason = " ".join(why.split())[:REASON_LENGTH]
        number, attempt = (order.number, order.attempt) if isinstance(order, Shard) else (None, 0)
        log.warning("fleet_order_refused", vantage=self.vantage, shard=number or 0)
        return Refusal(
            scan=order.scan, vantage=order.vantage, worker=self.name, reason=reason, number=number, attempt=attempt
        )

    def _sealed(self, message: Message) -> Reply:
        kind, text = message_text(message)
        number = getattr(message, "number", None)
        line = f"{kind} of {message.scan}" + ("" if number is None else f", shard {number}")
        line += f": {message.reason}" if isinstance(message, Refusal) else ""
        return Reply(scan=message.scan, envelope=self.seal.close(kind, text), line=line)
