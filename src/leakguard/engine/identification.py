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
    any_check_applies,
    first_ending,
    first_needs_certificate,
    is_first_unanswered,
    spoke_http,
)
from leakguard.frozen import Frozen, replace
from leakguard.models.observations import Ending
from leakguard.models.targets import Approach, Endpoint

_OVER_HTTP = tuple(
    protocol
    for protocol, entry in PROTOCOLS.items()
    if entry.over == HTTP and not (entry.for_buckets or entry.for_backends)
)
"""Protocols over HTTP; tried only if no product was recognised."""
_KAFKA = "kafka"
_CLOSED_OR_RESET = frozenset({Ending.CLOSED, Ending.RESET})
_CONNECTED_WITHOUT_ANSWER = _CLOSED_OR_RESET | {Ending.SILENT}


class ProtocolAttempt(Frozen):
    """The result of trying one protocol."""

    protocol: str
    results: tuple[CheckResult, ...] = ()
    hints: tuple[str, ...] = ()
    """Protocols that the first data identify."""
    possible_protocols: tuple[str, ...] = ()
    """Protocols whose answers start with the first bytes of the host, if these are too few to identify one."""
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
    """Tries protocols at one endpoint and keeps what came of it in `attempts`; `run` may be called once."""

    speak: Speak
    leading: Sequence[str]
    """The protocols that the URL or the port suggests, tried one after the other."""
    others: Sequence[str]
    """The protocols that are tried only if nothing else was recognised."""
    tries_first_only: bool = False
    """Whether only the first of `leading` is tried: for a backend that the scope names, and for industrial devices.

    Another protocol follows only if the host's own data hint at it. Without `leading`, nothing is tried.
    """
    attempts: list[ProtocolAttempt] = field(default_factory=list)

    async def run(self) -> None:
        """Try protocols until one is recognised or none is left."""
        for planned in self._stages():
            await self._speak_in_parallel(planned)
            if self._is_settled():
                break

    @property
    def results(self) -> list[CheckResult]:
        """All results."""
        return [item for attempt in self.attempts for item in self._marked_by_hints(attempt)]

    @property
    def closes_before_request(self) -> bool:
        """Whether the host closed or reset connections before any request was sent."""
        return any(attempt.closes_before_request for attempt in self.attempts)

    @property
    def was_http_silent_twice(self) -> bool:
        """Whether each attempt in HTTP, of two or more, got no answer, and no attempt recognised a product."""
        endings = [first_ending(attempt.results) for attempt in self.attempts if attempt.protocol == HTTP]
        is_silent = len(endings) > 1 and set(endings) == {Ending.SILENT}
        return is_silent and not any(any_check_applies(attempt.results) for attempt in self.attempts)

    def _marked_by_hints(self, attempt: ProtocolAttempt) -> Sequence[CheckResult]:
        """The results of an attempt. Unanswered ones are marked if the host hinted at their protocol, except HTTP."""
        if attempt.protocol == HTTP or attempt.protocol not in self._hinted_protocols():
            return attempt.results
        return [
            replace(item, is_hinted_protocol=True) if is_first_unanswered(item) else item for item in attempt.results
        ]

    def _stages(self) -> Iterator[tuple[PlannedAttempt, ...]]:
        """The attempts, stage by stage; each stage is computed from the results of the stages before."""
        for protocol in self.leading[:1] if self.tries_first_only else self.leading:
            if not self._was_tried(protocol):
                yield ((protocol, Approach.SUGGESTED),)
                yield from self._hinted()
        if self.tries_first_only:
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
        for protocol in self._second_attempts():
            yield ((protocol, Approach.SUGGESTED),)
            yield from self._hinted()

    def _second_attempts(self) -> tuple[str, ...]:
        """The protocols that are tried a second time at the very end, since a connection may have been lost.

        - The protocol of the first attempt, if the port or the URL suggests it, the host was silent to it, and every
          attempt connected and got no data.
        - HTTP with the full time-out, if it was only guessed and the host took the connection without an answer, unless
          `was_http_silent_twice`.
        """
        is_to_repeat = HTTP not in self.leading and self._ending_of_http() in _CONNECTED_WITHOUT_ANSWER
        http = (HTTP,) if is_to_repeat and not self.was_http_silent_twice else ()
        is_silent_to_all = all(_gave_no_data(attempt) for attempt in self.attempts)
        first = tuple(
            attempt.protocol for attempt in self.attempts[:1] if is_silent_to_all and attempt.protocol in self.leading
        )
        return (*(protocol for protocol in first if first_ending(self.attempts[0].results) is Ending.SILENT), *http)

    def _hinted(self) -> Iterator[tuple[PlannedAttempt, ...]]:
        for protocol in self._open_hints():
            yield ((protocol, Approach.SUGGESTED),)

    def _open_hints(self) -> tuple[str, ...]:
        """The hinted protocols that can be tried and were not yet, or got no data the first time."""
        able = {*self.leading, *self.others, HTTP}
        return tuple(
            protocol for protocol in self._hinted_protocols() if protocol in able and not self._is_finished(protocol)
        )

    def _hinted_protocols(self) -> Mapping[str, None]:
        """The protocols at which the host's data hint, in order; the values are unused.

        An answer may come so late that it is read in the attempt at the next protocol. So first bytes that fit another
        protocol (`possible_protocols`) are a hint at it if its own attempt got no answer; otherwise they are too few.
        """
        silent = {attempt.protocol for attempt in self.attempts if first_ending(attempt.results) is Ending.SILENT}
        late = (
            protocol
            for attempt in self.attempts
            for protocol in attempt.possible_protocols
            if protocol in silent and protocol != attempt.protocol
        )
        return dict.fromkeys((*(hint for attempt in self.attempts for hint in attempt.hints), *late))

    def _guesses(self, *, are_common: bool) -> tuple[PlannedAttempt, ...]:
        """The common other protocols, or the rest, to be tried at the same time.

        With the common ones, HTTP in TLS is tried too, if the host closed or reset the connection on plain HTTP.
        """
        others = [
            protocol
            for protocol in self.others
            if PROTOCOLS[protocol].is_common is are_common and self._is_harmless(protocol)
        ]
        if self._is_tls():
            return tuple((protocol, Approach.GUESSED_IN_TLS) for protocol in others)
        was_closed = are_common and self._ending_of_http() in _CLOSED_OR_RESET and HTTP not in self.leading
        guesses = tuple((protocol, Approach.GUESSED) for protocol in others if self._is_worth_guessing(protocol))
        return (((HTTP, Approach.GUESSED_IN_TLS), *guesses)) if was_closed else guesses

    def _is_worth_guessing(self, protocol: str) -> bool:
        """Whether it was not tried yet, and its servers do not speak first: such a server would have done so by now."""
        return not PROTOCOLS[protocol].speaks_first and not self._was_tried(protocol)

    def _is_harmless(self, protocol: str) -> bool:
        """Whether a guess cannot exhaust the memory of a Kafka broker that is too busy to answer.

        To Kafka, the first bytes of some protocols (`announces_much`) announce a request of tens of megabytes. Such a
        protocol is harmless if Kafka was not tried, since the run has no check for it, or if the host refused Kafka:
        it closed the connection without data, or answered garbage.
        The servers of some of these protocols (`complains`) answer the Kafka attempt with an error and are recognised
        by it. So their first bytes are sent only if Kafka was not tried.
        """
        if not PROTOCOLS[protocol].announces_much:
            return True
        refusals = [
            _refused_protocol(item)
            for attempt in self.attempts
            if attempt.protocol == _KAFKA
            for item in attempt.results
        ]
        return not refusals if PROTOCOLS[protocol].complains else all(refusals)

    def _was_tried(self, protocol: str) -> bool:
        return any(attempt.protocol == protocol for attempt in self.attempts)

    def _is_finished(self, protocol: str) -> bool:
        """Whether no attempt follows: two were made, or one got data, or one got no connection.

        So an attempt that connected and got no data may be repeated once.
        """
        before = [attempt for attempt in self.attempts if attempt.protocol == protocol]
        return len(before) > 1 or any(not _gave_no_data(attempt) for attempt in before)

    def _is_tls(self) -> bool:
        return any(attempt.is_tls for attempt in self.attempts)

    def _ending_of_http(self) -> Ending | None:
        return next((first_ending(attempt.results) for attempt in self.attempts if attempt.protocol == HTTP), None)

    def _is_settled(self) -> bool:
        """Whether no further protocol is tried.

        A check applies, the time is spent, the host closes connections before a request, or it demands a client
        certificate. Or nothing hints at another protocol, and one of these holds: the first attempt got no connection,
        the host spoke HTTP, or it sent an unknown greeting.
        """
        if any(
            any_check_applies(attempt.results) or first_ending(attempt.results) is Ending.SPENT
            for attempt in self.attempts
        ):
            return True
        if self.closes_before_request or any(first_needs_certificate(attempt.results) for attempt in self.attempts):
            return True
        if self._open_hints() or not self.attempts:
            return False
        has_no_connection = first_ending(self.attempts[0].results) in NO_CONNECTION
        return has_no_connection or any(spoke_http(attempt.results) or attempt.is_greeting for attempt in self.attempts)

    def _is_in_vain(self, planned: Sequence[PlannedAttempt]) -> bool:
        """Whether plain-text attempts go to a host that turned out to speak TLS."""
        return self._is_tls() and any(approach is Approach.GUESSED for _, approach in planned)

    async def _speak_in_parallel(self, planned: Sequence[PlannedAttempt]) -> None:
        """Try every protocol on a connection of its own, at the same time, so that silence to one delays no other."""
        if len(planned) == 1:
            self.attempts.append(await self.speak(*planned[0]))
            return
        waiting = [asyncio.ensure_future(self.speak(protocol, approach)) for protocol, approach in planned]
        try:
            for done in asyncio.as_completed(waiting):
                self.attempts.append(await done)
                if self._is_settled() or self._is_in_vain(planned):
                    break
        finally:
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)


def _gave_no_data(attempt: ProtocolAttempt) -> bool:
    """Whether the host took the connection and sent no data to this protocol."""
    return (
        first_ending(attempt.results) in _CONNECTED_WITHOUT_ANSWER
        and not attempt.hints
        and not spoke_http(attempt.results)
    )


def _refused_protocol(item: CheckResult) -> bool:
    """Whether the host refused the protocol of a check: closed without data, or garbage to the first request."""
    first = next(iter(item.observation.replies.values()), None)
    if first is None:
        return True
    return first.ended is Ending.GARBLED or (first.ended in _CLOSED_OR_RESET and first.size_bytes == 0)


def protocols_over_http(endpoint: Endpoint) -> tuple[str, ...]:
    """The protocols over HTTP. Last those only for an endpoint that a person named or that has a host name."""
    is_named_or_has_host = endpoint.named or endpoint.host is not None
    for_named = [protocol for protocol in _OVER_HTTP if PROTOCOLS[protocol].for_named] if is_named_or_has_host else []
    return (*(protocol for protocol in _OVER_HTTP if not PROTOCOLS[protocol].for_named), *for_named)
