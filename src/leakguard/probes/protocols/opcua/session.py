"""OPC UA: which endpoints does a server list, and do they take nameless callers?

The list is free for every caller and needs a channel, but no session. Whom an endpoint takes is what the server says of
itself; no session is made to try it, so no node of the device is seen.
"""

from __future__ import annotations

from typing import Any

from leakguard.models.observations import Ending, Reply
from leakguard.ports import Request
from leakguard.probes.caller import Answer
from leakguard.probes.formats.reading import Garbled
from leakguard.probes.protocols.opcua.gate import HELLO, OPEN, close, endpoints
from leakguard.probes.protocols.opcua.reader import ACKNOWLEDGED, ANSWERED, OPENED, OpcUaReader
from leakguard.probes.session import KindSession, reply_to
from leakguard.probes.wire.verbs import ReadCommand

_NOTHING: dict[str, Any] = {
    "step": "hello", "error": None, "endpoints": 0, "unsecured": 0, "anonymous": 0, "open": 0,
}  # fmt: skip


class OpcUaSession(KindSession):
    """`endpoints` gives `{"step", "error", "endpoints", "unsecured", "anonymous", "open"}`.

    How far it came (`hello`, `channel` or `endpoints`), the number of the error with which the server ended it there,
    how many endpoints it lists, how many of them neither sign nor encrypt, how many take nameless callers, and how many
    do both.
    """

    kind = "opcua"

    async def answer(self, request: Request, cap: int) -> Reply:
        """The one question, in three steps on one line."""
        self._caller.close()
        document = dict(_NOTHING)
        answer = await self._say("hello", HELLO, ACKNOWLEDGED, cap, again=True)
        ended, size, seconds = answer.ended, answer.size, answer.seconds
        if ended is Ending.COMPLETE:
            try:
                ended = await self._listed(answer, document, cap)
            except Garbled:
                ended = Ending.GARBLED
        self._caller.close()
        complete = document if ended is Ending.COMPLETE else None
        return reply_to(request, ended=ended, document=complete, size_bytes=size, seconds=seconds)

    async def _listed(self, answer: Answer[OpcUaReader], document: dict[str, Any], cap: int) -> Ending:
        """Put into `document` what the server tells behind its greeting; raises `Garbled`."""
        if answer.reader.is_error:
            document["error"] = answer.reader.error()
            return answer.ended
        document["step"] = "channel"
        opened = await self._say("open", OPEN, OPENED, cap)
        if opened.ended is not Ending.COMPLETE or opened.reader.is_error:
            document["error"] = opened.reader.error() if opened.ended is Ending.COMPLETE else None
            return opened.ended
        channel = opened.reader.channel()
        if channel["status"]:
            document["error"] = channel["status"]
            return opened.ended
        document["step"] = "endpoints"
        numbers = (channel["channel"], channel["token"])
        listed = await self._say("endpoints", endpoints(*numbers), ANSWERED, cap)
        if listed.ended is not Ending.COMPLETE or listed.reader.is_error:
            document["error"] = listed.reader.error() if listed.ended is Ending.COMPLETE else None
            return listed.ended
        endpoint_list = listed.reader.endpoints()
        document |= {"error": endpoint_list.pop("status") or None, **endpoint_list}
        if self._caller.connected:
            self._caller.part(ReadCommand(kind="opcua", verb="close", data=close(*numbers)))
        return listed.ended

    async def _say(
        self, verb: str, data: bytes, answer: bytes, cap: int, *, again: bool = False
    ) -> Answer[OpcUaReader]:
        """On the line of the greeting alone: a channel lives and dies with it."""
        command = ReadCommand(kind="opcua", verb=verb, data=data)
        return await self._caller.call(command, lambda: OpcUaReader(answer), cap=cap, again=again)
