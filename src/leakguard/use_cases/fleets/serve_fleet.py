"""Answers what a coordinator asks of a worker. Whoever is not trusted gets no answer at all."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from leakguard.errors import LeakGuardError, NotAllowed, NotTrusted, UsageProblem
from leakguard.frozen import Frozen
from leakguard.models.fleet import Envelope, Message, Opened, Present, Refusal, RollCall, Shard
from leakguard.scanning.dispatch import SKEW
from leakguard.scanning.messages import message_text, read_envelope, read_message
from leakguard.use_cases.fleets.shards import ShardTools, run_shard, shard_library

REMEMBERED = 8
"""Finished answers that are kept, for a message that a broker hands out twice."""
REASON_LENGTH = 500
RESOLVING_AT_ONCE = 32
"""A name without an answer takes seconds, and the coordinator waits no longer than a lease."""


class Seal(Protocol):
    """Signs what we say, and knows whom to believe."""

    def close(self, kind: str, body: str) -> Envelope:
        """The message in an envelope, signed with our key."""

    def open(self, envelope: Envelope) -> Opened:
        """The message; raises `NotTrusted` unless the signature is good and the key is one that we trust."""


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
            next_step="Look at that machine, or mend [fleet.trusted].",
        )
    return message, opened.signer


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
    _answers: OrderedDict[tuple[str, int], Reply] = field(default_factory=OrderedDict)

    def answer(self, value: object) -> Reply | None:
        """What to send back; nothing to a stranger, to a message that makes no sense, or after its time.

        Never raises for what a message says.
        """
        try:
            message, signer = unsealed(self.seal, value)
            order = self._order(message)
        except LeakGuardError as error:
            self.tell(f"dropped: {' '.join(error.message.split())[:200]}")
            return None
        reply = self._replied(order)
        self.tell(f"{signer}: {reply.line}")
        return reply

    def _order(self, message: Message) -> RollCall | Shard:
        """Refuses an old message, which may be a replay, and one that is good for too long to be one of ours."""
        if not isinstance(message, RollCall | Shard):
            raise NotAllowed("a worker takes no answers")
        try:
            ends, now = message.ends_at, self.tools.now()
        except ValueError as error:
            raise UsageProblem("a message with a day that does not exist") from error
        if now >= ends:
            raise NotAllowed("a message whose time is over: it waited too long, or this machine's clock is ahead")
        if ends > now + self.lease + SKEW:
            raise NotAllowed("a message that is good for too long: set the same `lease_seconds` here as there")
        return message

    def _replied(self, order: RollCall | Shard) -> Reply:
        key = (order.id, order.attempt) if isinstance(order, Shard) else (order.scan, 0)
        if key in self._answers and isinstance(order, Shard):
            return self._answers[key]
        try:
            reply = self._sealed(self._done(order))
        except LeakGuardError as error:
            reply = self._sealed(self._refusal(order, error))
        self._answers[key] = reply
        while len(self._answers) > REMEMBERED:
            self._answers.popitem(last=False)
        return reply

    def _done(self, order: RollCall | Shard) -> Message:
        if order.vantage != self.vantage:
            raise UsageProblem(f"this worker looks from `{self.vantage}`, and was asked for another vantage")
        if isinstance(order, Shard):
            return run_shard(order, self.tools, worker=self.name)
        shard_library(order.checks, self.tools.checks)
        with ThreadPoolExecutor(max_workers=RESOLVING_AT_ONCE) as threads:
            resolved = dict(zip(order.names, threads.map(self.tools.resolve, order.names), strict=True))
        return Present(scan=order.scan, vantage=self.vantage, worker=self.name, resolved=resolved)

    def _refusal(self, order: RollCall | Shard, error: LeakGuardError) -> Refusal:
        reason = " ".join(error.message.split())[:REASON_LENGTH]
        number, attempt = (order.number, order.attempt) if isinstance(order, Shard) else (None, 0)
        return Refusal(
            scan=order.scan, vantage=order.vantage, worker=self.name, reason=reason, number=number, attempt=attempt
        )

    def _sealed(self, message: Message) -> Reply:
        kind, text = message_text(message)
        number = getattr(message, "number", None)
        line = f"{kind} of {message.scan}" + ("" if number is None else f", shard {number}")
        return Reply(scan=message.scan, envelope=self.seal.close(kind, text), line=line)
