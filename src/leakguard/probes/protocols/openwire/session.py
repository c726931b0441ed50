"""OpenWire: does an ActiveMQ accept a connection without a login? Nothing is subscribed to and nothing is sent."""

from __future__ import annotations

from leakguard.models.observations import Ending, Reply
from leakguard.ports import Request
from leakguard.probes.formats.reading import Garbled
from leakguard.probes.protocols.openwire.gate import COMMANDS
from leakguard.probes.protocols.openwire.reader import EXCEPTION, RESPONSE, OpenwireReader, is_about_login, read_version
from leakguard.probes.session import KindSession, reply_to
from leakguard.probes.wire.verbs import ReadCommand

_WIRE_FORMAT = 1
_CONNECT = ReadCommand(kind="openwire", verb="connect", data=COMMANDS["connect"])
_BYE = ReadCommand(kind="openwire", verb="shutdown", data=COMMANDS["shutdown"])


class OpenwireSession(KindSession):
    """`connect` gives `{"version", "accepted", "login"}`.

    The release; whether the connection was accepted; whether it was refused for a missing login. Where both are false
    it was refused for another reason, or not answered at all.
    """

    kind = "openwire"

    async def answer(self, request: Request, cap: int) -> Reply:
        """The one question: listen, connect, and leave."""
        self._caller.close()
        greeted = await self._caller.call(None, lambda: OpenwireReader(_WIRE_FORMAT), cap=cap)
        document, ended = None, greeted.ended
        if ended is Ending.COMPLETE:
            try:
                document = {"version": read_version(greeted.reader.frame), **await self._connect(cap)}
            except Garbled:
                ended = Ending.GARBLED
        self._caller.part(_BYE)
        return reply_to(request, ended=ended, document=document, size_bytes=greeted.size, seconds=greeted.seconds)

    async def _connect(self, cap: int) -> dict[str, bool]:
        """A line that has gone meanwhile has not accepted anything."""
        if not self._caller.connected:
            return {"accepted": False, "login": False}
        answer = await self._caller.call(_CONNECT, lambda: OpenwireReader(RESPONSE, EXCEPTION), cap=cap, again=False)
        if answer.ended is not Ending.COMPLETE:
            return {"accepted": False, "login": False}
        accepted = answer.reader.kind == RESPONSE
        return {"accepted": accepted, "login": not accepted and is_about_login(answer.reader.frame)}
