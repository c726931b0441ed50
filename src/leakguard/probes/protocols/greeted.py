"""Servers that speak first: a talk starts with their greeting, and goes on in TLS where they offer it."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from leakguard.frozen import replace
from leakguard.models.observations import Ending, Reply
from leakguard.models.targets import Approach, Endpoint
from leakguard.ports import Request
from leakguard.probes.caller import Answer, Caller
from leakguard.probes.formats.reading import Garbled, Reader
from leakguard.probes.session import reply_to
from leakguard.probes.timeouts import Timeouts, Visit
from leakguard.probes.wire.door import Door, OpenedLine
from leakguard.probes.wire.line import Line
from leakguard.probes.wire.verbs import ReadCommand

GREETING_CAP = 8 * 1024
"""A greeting is a line or a packet; an operator's long welcome still fits."""
_HUNG_UP = (Ending.CLOSED, Ending.RESET)
GreetingType = TypeVar("GreetingType", bound=Reader)
AnswerType = TypeVar("AnswerType", bound=Reader)


class GreetedCaller(Caller, Generic[GreetingType]):
    """The caller of a protocol in which the server speaks first and TLS, if any, begins later on the same line."""

    counts_drops = False
    """Whether its servers count dropped connections, as `Protocol.counts_drops` says: their greeting is for us."""
    asks_trust_store = True
    """Whether the trust store is asked in the handshake: where it says no, that costs the host a connection."""

    def __init__(
        self, door: Door, endpoint: Endpoint, timeouts: Timeouts, approach: Approach = Approach.SUGGESTED,
        visit: Visit | None = None,
    ) -> None:  # fmt: skip
        super().__init__(door, endpoint, timeouts, approach, visit)
        self._tls_first = self._in_tls
        """Whether TLS begins before the greeting, as its port, its scheme or another protocol has shown."""
        self._settled = True
        self._first: GreetingType | None = None
        self._size = 0
        self._began = 0.0

    @abstractmethod
    def new_reader(self) -> GreetingType:
        """A reader of the greeting."""

    @abstractmethod
    async def ask_for_tls(self, line: Line, greeting: GreetingType) -> tuple[bool, Ending]:
        """Say what goes before TLS, if this server offers it: whether it begins now, and how the asking ended.

        Raises `Garbled`.
        """

    async def greet(self) -> Answer[GreetingType]:
        """Begin a talk on a new line; `SPENT`, unasked, once the target's time is over."""
        self._size, self._began = 0, asyncio.get_running_loop().time()
        if not self._has_time():
            return Answer(ended=Ending.SPENT, reader=self.new_reader())
        self.close()
        opened = await self._connected()
        if self._may_try_again and opened.ended in _HUNG_UP and self._size == 0 and await self._breathe():
            opened = await self._connected()
        self._may_try_again = False
        return Answer(ended=opened.ended, reader=self._first or self.new_reader())

    async def say(self, command: ReadCommand, make: Callable[[], AnswerType], *, cap: int) -> Answer[AnswerType]:
        """Go on with the talk; a line that has gone has ended it."""
        if not self.connected:
            return Answer(ended=Ending.CLOSED, reader=make())
        answer = await self.call(command, make, cap=cap, again=False)
        self._size += answer.size
        return answer

    def reply(self, request: Request, ended: Ending, document: dict[str, Any] | None) -> Reply:
        """The outcome of the talk so far, with its bytes and its time.

        A host that hangs up on us after its greeting has answered, so `document` is told then as well.
        """
        seconds = asyncio.get_running_loop().time() - self._began
        if ended in _HUNG_UP and document is not None:
            ended = Ending.COMPLETE
        complete = document if ended is Ending.COMPLETE else None
        return reply_to(request, ended=ended, document=complete, size_bytes=self._size, seconds=seconds)

    async def open(self) -> OpenedLine:
        """A line that has been greeted; in TLS if the server offers it, does not hang up on asking, and manages it."""
        opened = await self._open(verify=self.asks_trust_store)
        if opened.untrusted:
            opened = await self._open(verify=False)
        return await self._listen() if opened.handshake_failed and not self._tls_first else opened

    async def _open(self, *, verify: bool) -> OpenedLine:
        opened = await self._listen()
        if opened.line is None or self._first is None or self._tls_first:
            return opened
        try:
            begins, ended = await self.ask_for_tls(opened.line, self._first)
        except Garbled:
            begins, ended = False, Ending.GARBLED
        if ended is not Ending.COMPLETE:
            opened.line.close()
            return OpenedLine(ended=ended, handshake_failed=ended in _HUNG_UP, said=opened.line.said)
        return await self._secure(opened.line, verify=verify) if begins else opened

    async def _secure(self, line: Line, *, verify: bool) -> OpenedLine:
        secured = await self._door.upgrade(line, self._endpoint, self._patience, verify=verify)
        if secured.tls is not None:
            verified = secured.tls.verified if self.asks_trust_store else None
            self._in_tls, self.tls = True, replace(secured.tls, verified=verified)
        return secured

    async def _new_line(self) -> OpenedLine:
        if self._tls_first:
            return await self._door.open_tls(self._endpoint, self._patience)
        return await self._door.open(self._endpoint, self._patience, is_counted=self.counts_drops)

    async def _listen(self) -> OpenedLine:
        self._in_tls, self._first = self._tls_first, None
        opened = await self._new_line()
        if opened.line is None:
            return opened
        self.tls = opened.tls or self.tls
        reader = self.new_reader()
        answer = await opened.line.exchange(None, reader, cap=GREETING_CAP, deadline=self._patience.deadline)
        self._size += answer.size
        if answer.ended is not Ending.COMPLETE or not reader.reusable:
            opened.line.close()
            ended = Ending.GARBLED if answer.ended is Ending.COMPLETE else answer.ended
            return OpenedLine(ended=ended, said=opened.line.said)
        self._first = reader
        return opened
