"""MQTT: may anybody connect, and what does the broker count? No message of anybody is subscribed or published."""

from __future__ import annotations

from typing import Self

from leakguard.models.observations import Ending, Reply
from leakguard.ports import Request
from leakguard.probes.caller import Answer, Caller
from leakguard.probes.formats.reading import Garbled
from leakguard.probes.protocols.mqtt.gate import COMMANDS, OWN_LETTERS, TOPICS, connect
from leakguard.probes.protocols.mqtt.reader import MqttReader, connack_reader, connect_code, counters, counters_reader
from leakguard.probes.session import KindSession, SessionSetup, reply_to
from leakguard.probes.wire.verbs import ReadCommand


class MqttSession(KindSession):
    """`connect` gives `{"code": n}`: 0 in, 4 and 5 refused, or a number of MQTT 5 from 128 on.

    `counters` gives the same where nobody is let in, else `{"granted", "version", "retained", "bytes"}`: how many of
    three subscriptions were taken, and what the broker says of itself, each `None` where it says nothing. A broker that
    lets us in and hangs up before it can be asked has ended it with `CLOSED`.
    """

    kind = "mqtt"

    def __init__(self, caller: Caller, own: str) -> None:
        """`own` is the part of our name that no other session has."""
        super().__init__(caller)
        self._connect = ReadCommand(kind="mqtt", verb="connect", data=connect(own.encode()))

    @classmethod
    def on(cls, way: SessionSetup) -> Self:
        """A broker hangs up on the first of two clients by one name."""
        return cls(way.caller(), way.token(OWN_LETTERS))

    async def answer(self, request: Request, cap: int) -> Reply:
        """Connect; then ask for the counters, if that is the question."""
        document: dict[str, object] | None = None
        answer = await self._caller.call(self._connect, connack_reader, cap=cap)
        try:
            if answer.ended is Ending.COMPLETE:
                document = {"code": connect_code(answer.reader.packets)}
            if request.method == "counters" and document == {"code": 0}:
                if not self._caller.connected:
                    return reply_to(request, ended=Ending.CLOSED, size_bytes=answer.size, seconds=answer.seconds)
                answer = await self._caller.call(_command("counters"), counters_reader, cap=cap, again=False)
                document = counters(answer.reader.packets, TOPICS) if answer.ended is Ending.COMPLETE else None
        except Garbled:
            return reply_to(request, ended=Ending.GARBLED)
        finally:
            self._caller.part(_command("disconnect"))
        return _reply(request, answer, document)


def _command(verb: str) -> ReadCommand:
    return ReadCommand(kind="mqtt", verb=verb, data=COMMANDS[verb])


def _reply(request: Request, answer: Answer[MqttReader], document: dict[str, object] | None) -> Reply:
    return reply_to(request, ended=answer.ended, document=document, size_bytes=answer.size, seconds=answer.seconds)
