"""Modbus/TCP: does a device tell a stranger who made it?

Modbus knows no login: who is answered may read and write everything that the device has. That is left untried; the
device's own name is all that is asked for.
"""

from __future__ import annotations

from leakguard.models.observations import Reply
from leakguard.ports import Request
from leakguard.probes.protocols.modbus.gate import IDENTIFY
from leakguard.probes.protocols.modbus.reader import IdentityReader
from leakguard.probes.session import KindSession, document_in, reply_to
from leakguard.probes.wire.verbs import ReadCommand

_QUESTION = ReadCommand(kind="modbus", verb="identify", data=IDENTIFY)


class ModbusSession(KindSession):
    """`identify` gives `{"exception", "objects", "vendor", "product", "release"}`.

    The number of an exception where the device refused the question, else how many objects it told and the first three.
    """

    kind = "modbus"

    async def answer(self, request: Request, cap: int) -> Reply:
        """The one question."""
        self._caller.close()
        answer = await self._caller.call(_QUESTION, IdentityReader, cap=cap)
        ended, document = document_in(answer.ended, answer.reader.document)
        self._caller.close()
        return reply_to(request, ended=ended, document=document, size_bytes=answer.size, seconds=answer.seconds)
