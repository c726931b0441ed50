"""Identifies the protocol of an endpoint with few connections: suggested ones first, then HTTP, then the others."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from leakguard.checks.order import HTTP
from leakguard.checks.protocols import PROTOCOLS
from leakguard.checks.replies import NO_CONNECTION
from leakguard.engine.examination import (
    CheckResult,
    any_product_recognised,
    failed,
    first_ending,
    requires_client_certificate,
    spoke_http,
)
from leakguard.frozen import Frozen, replace
from leakguard.models.observations import Ending
from leakguard.models.targets import Approach, Endpoint

_OVER_HTTP = tuple(
    kind
    for kind, protocol in PROTOCOLS.items()
    if protocol.over == HTTP and not (protocol.for_buckets or protocol.for_backends)
)
"""Protocols over HTTP; tried only if no product was recognised."""
_KAFKA = "kafka"
_CLOSED_OR_RESET = frozenset({Ending.CLOSED, Ending.RESET})
_CONNECTED_WITHOUT_ANSWER = _CLOSED_OR_RESET | {Ending.SILENT}


class ProtocolAttempt(Frozen):
    """The result of trying one protocol."""

    kind: str
    judged: tuple[CheckResult, ...] = ()
    hints: tuple[str, ...] = ()
    """Protocols that the first data identify."""
    begun: tuple[str, ...] = ()
    """Protocols whose answers start with the same bytes, which is too little to identify them."""
    is_tls: bool = False
    is_greeting: bool = False
    """Whether the host sent data before the request, so that HTTP was not tried."""
    closes_before_request: bool = False
    """Whether the host closes or resets connections before a request is sent."""


PlannedAttempt = tuple[str, Approach]
"""A protocol, and how it is tried."""
Speak = Callable[[str, Approach], Awaitable[ProtocolAttempt]]


@dataclass(slots=True, kw_only=True)
class ProtocolIdentification:
    """Tries protocols at one endpoint and keeps the results in `heard`; `run` may be called once."""

    speak: Speak
    leading: Sequence[str]
    """The protocols that the URL or the port suggests, tried one after the other."""
    others: Sequence[str]
    """The protocols that are tried only if nothing else was recognised."""
    is_certain: bool = False
    """Whether the user or the scope named the protocol, so that only `leading` is tried."""
    heard: list[ProtocolAttempt] = field(default_factory=list)

    async def run(self) -> None:
        """Try protocols until one is recognised or none is left."""
        for attempts in self._stages():
            await self._speak_at_once(attempts)
            if self._is_settled():
                break

    @property
    def judged(self) -> list[CheckResult]:
        """All verdicts."""
        return [item for heard in self.heard for item in self._marked_by_hints(heard)]

    @property
    def closes_before_request(self) -> bool:
        """Whether the host closed or reset connections before any request was sent."""
        return any(heard.closes_before_request for heard in self.heard)

    @property
    def met_silence(self) -> bool:
        """Whether HTTP met silence twice or more, and no product was recognised."""
        endings = [first_ending(heard.judged) for heard in self.heard if heard.kind == HTTP]
        is_silent = len(endings) > 1 and set(endings) == {Ending.SILENT}
        return is_silent and not any(any_product_recognised(heard.judged) for heard in self.heard)

    def _marked_by_hints(self, heard: ProtocolAttempt) -> Sequence[CheckResult]:
        """The verdicts of an attempt; failed ones are marked if the host hinted at their protocol, except HTTP."""
        if heard.kind == HTTP or heard.kind not in self._hinted_protocols():
            return heard.judged
        return [replace(item, is_hinted_protocol=True) if failed(item) else item for item in heard.judged]

    def _stages(self) -> Iterator[tuple[PlannedAttempt, ...]]:
        """The attempts, stage by stage; each stage is computed from the results of the stages before."""
        for kind in self.leading:
            if not self._was_tried(kind):
                yield ((kind, Approach.SUGGESTED),)
                yield from self._hinted()
            if self.is_certain:
                return
        if not self._was_tried(HTTP):
            yield ((HTTP, Approach.GUESSED),)
            yield from self._hinted()
        for are_common in (True, False):
            was_tls = self._is_tls()
            yield self._guesses(are_common=are_common)
            yield from self._hinted()
            if self._is_tls() and not was_tls:
                yield self._guesses(are_common=are_common)
        for kind in self._second_attempts():
            yield ((kind, Approach.SUGGESTED),)
            yield from self._hinted()

    def _second_attempts(self) -> tuple[str, ...]:
        """The protocols that are tried a second time at the very end, since a connection may have been lost.

        The first suggested protocol, if it met silence and the host sent no data to any other. And HTTP with the full
        time-out, if it was only guessed and got no data, unless it met silence twice.
        """
        is_to_repeat = HTTP not in self.leading and self._ending_of_http() in _CONNECTED_WITHOUT_ANSWER
        http = (HTTP,) if is_to_repeat and not self.met_silence else ()
        is_silent_to_all = all(_gave_no_data(heard) for heard in self.heard)
        first = tuple(heard.kind for heard in self.heard[:1] if is_silent_to_all and heard.kind in self.leading)
        return (*(kind for kind in first if first_ending(self.heard[0].judged) is Ending.SILENT), *http)

    def _hinted(self) -> Iterator[tuple[PlannedAttempt, ...]]:
        for kind in self._open_hints():
            yield ((kind, Approach.SUGGESTED),)

    def _open_hints(self) -> tuple[str, ...]:
        """The hinted protocols that can be tried and were not yet, or got no data the first time."""
        able = {*self.leading, *self.others, HTTP}
        return tuple(kind for kind in self._hinted_protocols() if kind in able and not self._is_finished(kind))

    def _hinted_protocols(self) -> Mapping[str, None]:
        """The protocols at which the host's data hint, in order; the values are unused.

        An answer may come so late that it is read as the answer to the next protocol. So if a protocol met silence,
        data sent to another protocol that begins like an answer of the first counts as a hint at it. If the first
        protocol did get an answer, such a beginning is too short to count.
        """
        silent = {heard.kind for heard in self.heard if first_ending(heard.judged) is Ending.SILENT}
        late = (kind for heard in self.heard for kind in heard.begun if kind in silent and kind != heard.kind)
        return dict.fromkeys((*(hint for heard in self.heard for hint in heard.hints), *late))

    def _guesses(self, *, are_common: bool) -> tuple[PlannedAttempt, ...]:
        """The common other protocols, or the rest, to be tried at the same time.

        With the common ones, HTTP in TLS is tried too, if the host closed or reset the connection on plain HTTP.
        """
        others = [kind for kind in self.others if PROTOCOLS[kind].is_common is are_common and self._is_harmless(kind)]
        if self._is_tls():
            return tuple((kind, Approach.GUESSED_IN_TLS) for kind in others)
        was_closed = are_common and self._ending_of_http() in _CLOSED_OR_RESET and HTTP not in self.leading
        guesses = tuple((kind, Approach.GUESSED) for kind in others if self._is_worth_guessing(kind))
        return (((HTTP, Approach.GUESSED_IN_TLS), *guesses)) if was_closed else guesses

    def _is_worth_guessing(self, kind: str) -> bool:
        """Whether it was not tried yet, and its servers do not speak first, as one would have done by now."""
        return not PROTOCOLS[kind].speaks_first and not self._was_tried(kind)

    def _is_harmless(self, kind: str) -> bool:
        """Whether a guess cannot exhaust the memory of a Kafka broker that is too busy to answer.

        The first bytes of some protocols (`announces_much`) look to Kafka like a request of tens of megabytes. They are
        sent only if Kafka was not tried, or answered only with a closed connection without data or with garbage.
        Servers of some protocols answer the Kafka probe with an error (`complains`) and are recognised by it. The first
        bytes of such a protocol are therefore sent only if Kafka was not tried.
        """
        if not PROTOCOLS[kind].announces_much:
            return True
        refusals = [_refused_protocol(item) for heard in self.heard if heard.kind == _KAFKA for item in heard.judged]
        return not refusals if PROTOCOLS[kind].complains else all(refusals)

    def _was_tried(self, kind: str) -> bool:
        return any(heard.kind == kind for heard in self.heard)

    def _is_finished(self, kind: str) -> bool:
        """Whether the protocol was tried twice, or got data the first time."""
        before = [heard for heard in self.heard if heard.kind == kind]
        return len(before) > 1 or any(not _gave_no_data(heard) for heard in before)

    def _is_tls(self) -> bool:
        return any(heard.is_tls for heard in self.heard)

    def _ending_of_http(self) -> Ending | None:
        return next((first_ending(heard.judged) for heard in self.heard if heard.kind == HTTP), None)

    def _is_settled(self) -> bool:
        """Whether no further protocol is tried.

        A check applies, the time is spent, the host closes connections before a request, or it demands a client
        certificate. Or nothing hints at another protocol, and there is no connection, HTTP, or an unknown greeting.
        """
        if any(
            any_product_recognised(heard.judged) or first_ending(heard.judged) is Ending.SPENT for heard in self.heard
        ):
            return True
        if self.closes_before_request or any(requires_client_certificate(heard.judged) for heard in self.heard):
            return True
        if self._open_hints() or not self.heard:
            return False
        has_no_connection = first_ending(self.heard[0].judged) in NO_CONNECTION
        return has_no_connection or any(spoke_http(heard.judged) or heard.is_greeting for heard in self.heard)

    def _is_in_vain(self, attempts: Sequence[PlannedAttempt]) -> bool:
        """Whether plain-text attempts go to a host that turned out to speak TLS."""
        return self._is_tls() and any(approach is Approach.GUESSED for _, approach in attempts)

    async def _speak_at_once(self, attempts: Sequence[PlannedAttempt]) -> None:
        """Try every protocol on a connection of its own, at the same time, so that silence to one delays no other."""
        if len(attempts) == 1:
            self.heard.append(await self.speak(*attempts[0]))
            return
        waiting = [asyncio.ensure_future(self.speak(kind, approach)) for kind, approach in attempts]
        try:
            for done in asyncio.as_completed(waiting):
                self.heard.append(await done)
                if self._is_settled() or self._is_in_vain(attempts):
                    break
        finally:
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)


def _gave_no_data(heard: ProtocolAttempt) -> bool:
    """Whether the host took the connection and sent no data to this protocol."""
    return first_ending(heard.judged) in _CONNECTED_WITHOUT_ANSWER and not heard.hints and not spoke_http(heard.judged)


def _refused_protocol(item: CheckResult) -> bool:
    """Whether the host refused the protocol of a check: closed without data, or garbage to the first request."""
    first = next(iter(item.observation.replies.values()), None)
    if first is None:
        return True
    return first.ended is Ending.GARBLED or (first.ended in _CLOSED_OR_RESET and first.size_bytes == 0)


def protocols_over_http(endpoint: Endpoint) -> tuple[str, ...]:
    """The protocols over HTTP; those for endpoints that a person named come last."""
    is_named = endpoint.named or endpoint.host is not None
    own = [kind for kind in _OVER_HTTP if PROTOCOLS[kind].for_named] if is_named else []
    return (*(kind for kind in _OVER_HTTP if not PROTOCOLS[kind].for_named), *own)
