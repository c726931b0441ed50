"""Finds out what an endpoint speaks, with few connections: what suggests itself, then HTTP, then the others."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from leakguard.checks.order import HTTP
from leakguard.checks.protocols import PROTOCOLS
from leakguard.checks.replies import NO_CONNECTION
from leakguard.engine.examination import Judged, applies, failed, first_ending, is_turned_away, spoke_http
from leakguard.frozen import Frozen, replace
from leakguard.models.observations import Ending
from leakguard.models.targets import Approach

OVER_HTTP = tuple(
    kind
    for kind, protocol in PROTOCOLS.items()
    if protocol.over == HTTP and not (protocol.for_buckets or protocol.for_backends)
)
"""Kinds that speak HTTP as well; asked only where no product was recognised."""
_KAFKA = "kafka"
_HUNG_UP = frozenset({Ending.CLOSED, Ending.RESET})
_WORDLESS = _HUNG_UP | {Ending.SILENT}


class ProtocolAttempt(Frozen):
    """What came of speaking one protocol to the endpoint."""

    kind: str
    judged: tuple[Judged, ...] = ()
    hints: tuple[str, ...] = ()
    """Kinds that the host's first words fit."""
    begun: tuple[str, ...] = ()
    """Protocols whose answers begin as the host's first words did."""
    is_tls: bool = False
    is_greeting: bool = False
    """The host spoke first, so it was not asked."""
    is_barred: bool = False
    """The host hangs up before it is asked anything."""


Step = tuple[str, Approach]
Speak = Callable[[str, Approach], Awaitable[ProtocolAttempt]]


@dataclass(slots=True, kw_only=True)
class ProtocolIdentification:
    """One endpoint and all that it was asked; `run` may be called once."""

    speak: Speak
    leading: Sequence[str]
    """What the URL or the port suggests, one after the other."""
    others: Sequence[str]
    """What is asked only where nothing else was understood."""
    is_certain: bool = False
    """Whether the user or the scope said what it speaks, so that it is asked in nothing else."""
    heard: list[ProtocolAttempt] = field(default_factory=list)

    async def run(self) -> None:
        """Speak until the endpoint is understood, or there is nothing left to say."""
        for steps in self._stages():
            await self._speak_at_once(steps)
            if self._is_settled():
                break

    @property
    def judged(self) -> list[Judged]:
        """All verdicts."""
        return [item for heard in self.heard for item in self._with_tongue(heard)]

    @property
    def is_barred(self) -> bool:
        """Whether nothing could be asked, as the host hangs up on everybody, or on us."""
        return any(heard.is_barred for heard in self.heard)

    @property
    def met_silence(self) -> bool:
        """Whether HTTP met silence twice, and nothing else was understood."""
        endings = [first_ending(heard.judged) for heard in self.heard if heard.kind == HTTP]
        is_silent = len(endings) > 1 and set(endings) == {Ending.SILENT}
        return is_silent and not any(applies(heard.judged) for heard in self.heard)

    def _with_tongue(self, heard: ProtocolAttempt) -> Sequence[Judged]:
        """The verdicts; those that failed are marked where the host's own words were of the protocol they asked in."""
        if heard.kind == HTTP or heard.kind not in self._told():
            return heard.judged
        return [replace(item, is_own_tongue=True) if failed(item) else item for item in heard.judged]

    def _stages(self) -> Iterator[tuple[Step, ...]]:
        """Each stage is made when the one before has been heard."""
        for kind in self.leading:
            if not self._is_known(kind):
                yield ((kind, Approach.SUGGESTED),)
                yield from self._hinted()
            if self.is_certain:
                return
        if not self._is_known(HTTP):
            yield ((HTTP, Approach.GUESSED),)
            yield from self._hinted()
        for are_common in (True, False):
            was_tls = self._is_tls()
            yield self._guesses(are_common=are_common)
            yield from self._hinted()
            if self._is_tls() and not was_tls:
                yield self._guesses(are_common=are_common)
        for kind in self._unheard():
            yield ((kind, Approach.SUGGESTED),)
            yield from self._hinted()

    def _unheard(self) -> tuple[str, ...]:
        """What is asked a second time at the very end, since a verdict may hang on a single lost line.

        HTTP, if it was only guessed and met no word: then with full patience, unless it met silence twice. And what is
        suggested first, if it met silence, and the host has said no word to anything else either.
        """
        is_wordless = HTTP not in self.leading and self._ending_of_http() in _WORDLESS
        http = (HTTP,) if is_wordless and not self.met_silence else ()
        is_mute = all(_is_wordless(heard) for heard in self.heard)
        first = tuple(heard.kind for heard in self.heard[:1] if is_mute and heard.kind in self.leading)
        return (*(kind for kind in first if first_ending(self.heard[0].judged) is Ending.SILENT), *http)

    def _hinted(self) -> Iterator[tuple[Step, ...]]:
        for kind in self._open_hints():
            yield ((kind, Approach.SUGGESTED),)

    def _open_hints(self) -> tuple[str, ...]:
        """Kinds that the host's own words suggest and that were not spoken yet, or met no word the first time."""
        able = {*self.leading, *self.others, HTTP}
        return tuple(kind for kind in self._told() if kind in able and not self._has_answered(kind))

    def _told(self) -> Mapping[str, None]:
        """Kinds that the host's own words suggest, in their order.

        One that met silence is suggested as well by an answer to another kind that begins as its own do: the answer
        came too late the first time. The beginning is too short to suggest a kind that was answered otherwise.
        """
        silent = {heard.kind for heard in self.heard if first_ending(heard.judged) is Ending.SILENT}
        late = (kind for heard in self.heard for kind in heard.begun if kind in silent and kind != heard.kind)
        return dict.fromkeys((*(hint for heard in self.heard for hint in heard.hints), *late))

    def _guesses(self, *, are_common: bool) -> tuple[Step, ...]:
        """The common others at once, or the rest; with the common ones HTTP in TLS, where a host hung up on HTTP."""
        others = [kind for kind in self.others if PROTOCOLS[kind].is_common is are_common and self._is_harmless(kind)]
        if self._is_tls():
            return tuple((kind, Approach.GUESSED_IN_TLS) for kind in others)
        hung_up = are_common and self._ending_of_http() in _HUNG_UP and HTTP not in self.leading
        guesses = tuple((kind, Approach.GUESSED) for kind in others if self._may_be(kind))
        return (((HTTP, Approach.GUESSED_IN_TLS), *guesses)) if hung_up else guesses

    def _may_be(self, kind: str) -> bool:
        """A server that speaks first would have done so by now."""
        return not PROTOCOLS[kind].speaks_first and not self._is_known(kind)

    def _is_harmless(self, kind: str) -> bool:
        """False where the host may be a busy Kafka that would set aside tens of megabytes for a guess, and die of it.

        Such a one is silent to Kafka's own question, or its answer breaks off. Servers of what announces much hang up
        on that question without a word or complain of it, and whoever is too slow to do so would be too slow for the
        guess as well. One that would complain is known by its complaint.
        """
        if not PROTOCOLS[kind].announces_much:
            return True
        met = [_is_turned_away(item) for heard in self.heard if heard.kind == _KAFKA for item in heard.judged]
        return not met if PROTOCOLS[kind].complains else all(met)

    def _is_known(self, kind: str) -> bool:
        return any(heard.kind == kind for heard in self.heard)

    def _has_answered(self, kind: str) -> bool:
        """Whether there is nothing to be gained by asking once (more)."""
        before = [heard for heard in self.heard if heard.kind == kind]
        return len(before) > 1 or any(not _is_wordless(heard) for heard in before)

    def _is_tls(self) -> bool:
        return any(heard.is_tls for heard in self.heard)

    def _ending_of_http(self) -> Ending | None:
        return next((first_ending(heard.judged) for heard in self.heard if heard.kind == HTTP), None)

    def _is_settled(self) -> bool:
        """A check applies, or the time is spent, or the host hangs up before it is asked, or wants a certificate.

        Or nobody is there, or HTTP or an unknown language is spoken and nothing hints at more.
        """
        if any(applies(heard.judged) or first_ending(heard.judged) is Ending.SPENT for heard in self.heard):
            return True
        if self.is_barred or any(is_turned_away(heard.judged) for heard in self.heard):
            return True
        if self._open_hints() or not self.heard:
            return False
        nobody = first_ending(self.heard[0].judged) in NO_CONNECTION
        return nobody or any(spoke_http(heard.judged) or heard.is_greeting for heard in self.heard)

    def _is_in_vain(self, steps: Sequence[Step]) -> bool:
        """Whether plain text is spoken to a host that turned out to speak TLS."""
        return self._is_tls() and any(approach is Approach.GUESSED for _, approach in steps)

    async def _speak_at_once(self, steps: Sequence[Step]) -> None:
        """Every kind on a line of its own: one that meets silence must not keep another from its answer."""
        if len(steps) == 1:
            self.heard.append(await self.speak(*steps[0]))
            return
        waiting = [asyncio.ensure_future(self.speak(kind, approach)) for kind, approach in steps]
        try:
            for done in asyncio.as_completed(waiting):
                self.heard.append(await done)
                if self._is_settled() or self._is_in_vain(steps):
                    break
        finally:
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)


def _is_wordless(heard: ProtocolAttempt) -> bool:
    """Whether the host took the connection and said nothing to this kind."""
    return first_ending(heard.judged) in _WORDLESS and not heard.hints and not spoke_http(heard.judged)


def _is_turned_away(item: Judged) -> bool:
    """Whether the first question was hung up on without a word, or answered in another tongue."""
    first = next(iter(item.observation.replies.values()), None)
    if first is None:
        return True
    return first.ended is Ending.GARBLED or (first.ended in _HUNG_UP and first.size_bytes == 0)
