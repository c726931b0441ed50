"""A caller keeps one line to one endpoint, opens it again when it is gone, and finds out whether it speaks TLS."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar

from leakguard.frozen import Frozen
from leakguard.models.observations import Ending, TlsSeen
from leakguard.models.targets import Approach, Endpoint
from leakguard.probes.formats.reading import Reader
from leakguard.probes.protocols.http.reader import HttpReader
from leakguard.probes.timeouts import Patience, Timeouts, Visit
from leakguard.probes.wire.door import Door, OpenedLine
from leakguard.probes.wire.gates import TLS_PORTS, TLS_SCHEMES, counts_drops, is_whole_word
from leakguard.probes.wire.line import Line
from leakguard.probes.wire.verbs import ReadCommand

_TELLING = (Ending.COMPLETE, Ending.CERTIFICATE)
_ABRUPT = (Ending.CLOSED, Ending.RESET)
_FINAL = frozenset({Ending.REFUSED, Ending.FILTERED, Ending.UNREACHABLE, Ending.BLOCKED})
"""Nobody is there, or nobody may be asked: further questions would get the same answer, only later."""
_SECOND_TRY_AFTER = 0.25
"""Seconds before a host that hung up without a word is asked again: a server that is overrun has a turn to breathe."""
_HUNG_UP_AGAIN_AFTER = 1.0
"""Seconds before a host that hung up unasked may do so again: one that is overrun for a moment does not."""

ReaderType = TypeVar("ReaderType", bound=Reader)


class Answer(Frozen, Generic[ReaderType]):
    """One answer."""

    ended: Ending
    reader: ReaderType
    size: int = 0
    seconds: float = 0.0
    handshake_failed: bool = False


class Caller:
    """Asks read commands of one endpoint, one after the other."""

    def __init__(
        self, door: Door, endpoint: Endpoint, timeouts: Timeouts, approach: Approach = Approach.SUGGESTED,
        visit: Visit | None = None,
    ) -> None:  # fmt: skip
        """`visit` holds the time that all sessions of the endpoint share."""
        self._door = door
        self._endpoint = endpoint
        self._time = asyncio.get_running_loop().time
        self._patience = Patience(timeouts, self._time, visit)
        self._line: Line | None = None
        may_be_tls = _starts_with_tls(endpoint) and not self._patience.visit.speaks_first
        self._in_tls = approach is Approach.GUESSED_IN_TLS or may_be_tls
        self._settled = approach is Approach.GUESSED_IN_TLS
        self._takes_hanging_up_for_tls = self._may_try_again = approach is Approach.SUGGESTED
        self._lines: list[Line] = []
        self._left_to_another = b""
        """The first words of a host whose line is left to the session that speaks its protocol."""
        self._turn = door.turn()
        self._final: Ending | None = None
        self.tls: TlsSeen | None = None

    @property
    def in_tls(self) -> bool:
        """Whether the endpoint is spoken to in TLS, as far as is known."""
        return self._in_tls

    @property
    def connected(self) -> bool:
        """Whether the line of the last answer is still open."""
        return self._line is not None and self._line.usable

    @property
    def said(self) -> bytes:
        """The host's first words, empty where there were none."""
        return next((line.said for line in self._lines if line.said), self._left_to_another)

    async def overhear(self) -> bool:
        """Open a line and wait a moment for a host that speaks first; whether it did. Nobody does so in TLS.

        A connection that the host would count as dropped is left to the session that speaks its protocol.
        """
        if self._in_tls or not self._patience.begin_listening():
            return False
        opened = await self._connected()
        if opened.line is None:
            return bool(opened.said)
        spoke = await opened.line.overhear(self._patience.greeting_by, is_whole_word)
        if spoke and counts_drops(opened.line.said):
            self._door.keep(self._endpoint, opened.line)
        return spoke

    async def is_hung_up_on(self) -> bool:
        """Whether the host hangs up on a new line, in plain text, on which nobody says a word; and on one after it."""
        if not await self._hangs_up():
            return False
        await asyncio.sleep(_HUNG_UP_AGAIN_AFTER)
        return await self._hangs_up()

    async def _hangs_up(self) -> bool:
        if not self._patience.begin_listening():
            return False
        opened = await self._door.open(self._endpoint, self._patience, further=True)
        if opened.line is None:
            return opened.ended is Ending.RESET
        try:
            spoke = await opened.line.overhear(self._patience.greeting_by, bool)
            return not spoke and not opened.line.usable
        finally:
            opened.line.close()

    def close(self) -> None:
        """Drop the line, if there is one."""
        if self._line is not None:
            self._line.close()
        self._line = None

    def end(self) -> None:
        """Nothing more is asked, and what was told is not held here any longer."""
        self.close()
        self._turn.leave()

    def part(self, command: ReadCommand) -> None:
        """Say goodbye where somebody listens, and drop the line."""
        if self._line is not None and self._line.usable:
            self._line.send(command)
        self.close()

    async def call(
        self, command: ReadCommand | None, reader: Callable[[], ReaderType], *, cap: int, again: bool = True
    ) -> Answer[ReaderType]:
        """Ask `command` within one request's time, or listen where the host speaks first (`None`).

        Tries the other of plain text and TLS once if the host says so; after that, a host that hung up on the first
        question of a protocol that is suggested gets it once more, since a verdict may hang on a single lost line.

        `SPENT`, unasked, once the target's time is over, or its turn for large answers; the first ending again where
        nobody can be asked.
        Without `again` the question means something on this line only, so a line that has gone is an answer.
        """
        if self._final is not None or not self._has_time():
            return Answer(ended=self._final or Ending.SPENT, reader=reader())
        began = self._time()
        answer = await (self._call_again if again else self._call_once)(command, reader, cap)
        if not self._settled and self._other_way(answer):
            self._settled = True
            if answer.reader.wants_tls:
                # Whoever says so is no guess any longer, and TLS takes a few round trips more.
                self._patience.begin()
            answer = await self._switch(answer, command, reader, cap)
        if self._may_try_again and again:
            answer = await self._second_try(answer, command, reader, cap)
        if answer.ended is Ending.COMPLETE:
            self._settled = True
        return Answer(ended=answer.ended, reader=answer.reader, size=answer.size, seconds=self._time() - began)

    def _has_time(self) -> bool:
        """Start the time of a request, if there is any left: of the target's, and for what it holds."""
        return not self._turn.is_over and self._patience.begin()

    async def _second_try(
        self, first: Answer[ReaderType], command: ReadCommand | None, reader: Callable[[], ReaderType], cap: int
    ) -> Answer[ReaderType]:
        """The first question once more, where the host hung up without a word; what it says then counts."""
        self._may_try_again = False
        if not _hung_up(first.ended, first.size) or not await self._breathe():
            return first
        second = await self._call_once(command, reader, cap)
        return second if second.size > 0 or second.ended is Ending.COMPLETE else first

    async def _breathe(self) -> bool:
        """Wait before a second try; false where the time of the request does not suffice for it."""
        if self._time() + _SECOND_TRY_AFTER >= self._patience.deadline:
            return False
        await asyncio.sleep(_SECOND_TRY_AFTER)
        return True

    async def _switch(
        self, first: Answer[ReaderType], command: ReadCommand | None, reader: Callable[[], ReaderType], cap: int
    ) -> Answer[ReaderType]:
        """The other way; when that leads nowhere, the first answer stands.

        A host that asked for TLS, and speaks it, is silent to the question itself.
        """
        self.close()
        self._in_tls = not self._in_tls
        second = await self._call_once(command, reader, cap)
        if second.ended is Ending.SILENT and first.reader.wants_tls and self.tls is not None:
            return second
        if second.size == 0 and second.ended not in _TELLING:
            self._in_tls = not self._in_tls
            self._final = None
            return first
        return second

    def _other_way(self, answer: Answer[ReaderType]) -> bool:
        if self._in_tls:
            return answer.handshake_failed and answer.ended is not Ending.CERTIFICATE
        hung_up = _hung_up(answer.ended, answer.size)
        return answer.reader.wants_tls or (hung_up and self._takes_hanging_up_for_tls)

    async def _call_again(
        self, command: ReadCommand | None, reader: Callable[[], ReaderType], cap: int
    ) -> Answer[ReaderType]:
        """A kept line may have been closed by the host just now: that is no answer, so ask on a new one.

        So is one by a host that answered before: it may have had too much to do. And what a web server sends behind
        its answer to HEAD, where nothing belongs, is no answer to the next question.
        """
        is_kept = self.connected
        is_doubtful = is_kept or self._settled
        answer = await self._call_once(command, reader, cap)
        is_http = self._settled and command is not None and command.kind == "http"
        is_rest = is_http and is_kept and answer.ended is Ending.GARBLED
        if is_rest or (is_doubtful and _hung_up(answer.ended, answer.size)):
            return await self._call_once(command, reader, cap)
        return answer

    async def _call_once(
        self, command: ReadCommand | None, make: Callable[[], ReaderType], cap: int
    ) -> Answer[ReaderType]:
        reader = make()
        opened = await self._connected()
        if opened.line is None:
            return Answer(
                ended=opened.ended, reader=reader, size=len(opened.said), handshake_failed=opened.handshake_failed
            )
        answered = await opened.line.exchange(command, reader, cap=cap, deadline=self._patience.deadline)
        if answered.waited:
            self._patience.forgive(answered.waited)
        self._door.felt(self._endpoint, answered.ended)
        if answered.ended is not Ending.COMPLETE or not (reader.reusable or await self._goes_on(opened.line, reader)):
            self.close()
        return Answer(ended=answered.ended, reader=reader, size=answered.size)

    async def _goes_on(self, line: Line, reader: Reader) -> bool:
        """Whether a host whose redirect has no end waits for a question: it neither says more soon nor leaves."""
        if not isinstance(reader, HttpReader) or not reader.is_endless_redirect:
            return False
        return not await line.overhear(self._patience.first_word_by, bool) and line.usable

    async def _connected(self) -> OpenedLine:
        """The line that is open, or a new one."""
        if self._line is not None and self._line.usable:
            return OpenedLine(line=self._line)
        self.close()
        opened = await self.open()
        if opened.ended in _FINAL:
            self._final = opened.ended
        self._left_to_another = self._left_to_another or opened.said
        if opened.line is not None:
            self._line = opened.line
            self._line.turn = self._turn
            self._lines.append(opened.line)
        return opened

    async def open(self) -> OpenedLine:
        """Open a line; a protocol with its own way into TLS has its own caller."""
        opened = await (self._door.open_tls if self._in_tls else self._door.open)(self._endpoint, self._patience)
        if opened.tls is not None:
            self.tls = opened.tls
        return opened


def _hung_up(ended: Ending, size: int) -> bool:
    return size == 0 and ended in _ABRUPT


def _starts_with_tls(endpoint: Endpoint) -> bool:
    """A scheme says so itself; without one the port suggests it."""
    return endpoint.scheme in TLS_SCHEMES if endpoint.scheme else endpoint.port in TLS_PORTS
