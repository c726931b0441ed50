"""NATS: may anybody connect? A ping without a login is answered, or refused; nothing is subscribed or published."""

from __future__ import annotations

from typing import Self

from leakguard.models.observations import Ending, Reply
from leakguard.ports import Request
from leakguard.probes.formats.lines import LinesReader
from leakguard.probes.formats.reading import Garbled
from leakguard.probes.protocols.greeted import GreetedCaller
from leakguard.probes.protocols.nats.gate import CONNECT
from leakguard.probes.protocols.nats.reader import answer_of, answer_reader, info_of, info_reader
from leakguard.probes.session import KindSession, SessionSetup
from leakguard.probes.wire.line import Line
from leakguard.probes.wire.verbs import ReadCommand

_CONNECT = ReadCommand(kind="nats", verb="connect", data=CONNECT)


class NatsCaller(GreetedCaller[LinesReader]):
    """TLS begins right behind the server's `INFO`, where that requires it."""

    def new_reader(self) -> LinesReader:
        """One line."""
        return info_reader()

    async def ask_for_tls(self, _line: Line, greeting: LinesReader) -> tuple[bool, Ending]:
        """Nothing is said before the handshake."""
        return bool(info_of(greeting.lines)["tls_required"]), Ending.COMPLETE


class NatsSession(KindSession):
    """`connect` gives `{"version", "auth_required", "tls_required", "jetstream", "pong", "login", "error"}`.

    `version` is a text or `None`; the others are true or false: what the server says of itself, whether it answered
    a ping without a login, whether it asked for one, and whether it answered with an error at all. A server that hangs
    up did none of these.
    """

    kind = "nats"

    def __init__(self, caller: NatsCaller) -> None:
        super().__init__(caller)
        self._nats = caller

    @classmethod
    def on(cls, way: SessionSetup) -> Self:
        """The server speaks first."""
        return cls(NatsCaller(way.door, way.endpoint, way.timeouts, way.approach, way.visit))

    async def answer(self, request: Request, cap: int) -> Reply:
        """Read what the server says of itself, then connect and ping."""
        greeted = await self._nats.greet()
        if greeted.ended is not Ending.COMPLETE:
            return self._nats.reply(request, greeted.ended, None)
        try:
            info = info_of(greeted.reader.lines)
        except Garbled:
            return self._nats.reply(request, Ending.GARBLED, None)
        answer = await self._nats.say(_CONNECT, answer_reader, cap=cap)
        self._nats.close()
        return self._nats.reply(request, answer.ended, {**info, **answer_of(answer.reader.lines)})
