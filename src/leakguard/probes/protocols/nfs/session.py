"""NFS: which folders does a server offer to everybody?

The port mapper names the port of the mount service, which is then asked on a line of its own: through the door like
any other, so the gate is asked about it, and never to a port of other services. A port that is the mount service's own
is asked directly.
Nothing is mounted, so whether a folder would be handed over stays untried; the names of folders are counted.
"""

from __future__ import annotations

from typing import Any, Self

from leakguard.frozen import replace
from leakguard.models.observations import Ending, Reply
from leakguard.ports import Request
from leakguard.probes.caller import Answer, Caller
from leakguard.probes.formats.reading import Garbled
from leakguard.probes.protocols.nfs.gate import COMMANDS, NUMBER
from leakguard.probes.protocols.nfs.reader import RpcReader, read_exports
from leakguard.probes.session import KindSession, SessionSetup, reply_to
from leakguard.probes.wire.verbs import ReadCommand

_LOWEST_PORT = 600
"""Systems give their own services a free port from here on, or administrators a fixed one (635, 892); below it stand
others, such as SSH and mail, to which nobody is to send us."""
_LARGEST_PORT = 65535


class NfsSession(KindSession):
    """`exports` gives `{"mapper", "service", "code", "exports", "everybody"}`.

    Whether the port mapper answers here; whether there is a mount service; why it gave no list (0: it gave one; -1 or
    the number of RFC 5531's `accept_stat`; nothing: it did not answer); how many folders it offers, and how many of
    them to everybody.
    """

    kind = "nfs"

    def __init__(self, caller: Caller, way: SessionSetup) -> None:
        super().__init__(caller)
        self._way = way

    @classmethod
    def on(cls, way: SessionSetup) -> Self:
        """The mount service mostly waits at another port than the one that was asked for."""
        return cls(way.caller(), way)

    async def answer(self, request: Request, cap: int) -> Reply:
        """The one question: ask the port mapper, then the mount service."""
        answer = await self._call(self._caller, "port", cap)
        document, ended = None, answer.ended
        try:
            if ended is Ending.COMPLETE:
                document = await self._exports(answer, cap)
        except Garbled:
            ended = Ending.GARBLED
        return reply_to(request, ended=ended, document=document, size_bytes=answer.size, seconds=answer.seconds)

    async def _exports(self, answer: Answer[RpcReader], cap: int) -> dict[str, Any]:
        code, cursor = answer.reader.result()
        document: dict[str, Any] = {
            "mapper": code == 0, "service": True, "code": None, "exports": None, "everybody": None,
        }  # fmt: skip
        if code != 0:
            return document | await self._listed(self._caller, cap)
        port = cursor.unsigned(4)
        if not 0 < port <= _LARGEST_PORT:
            return document | {"service": False}
        if port < _LOWEST_PORT:
            return document
        self._caller.close()
        caller = replace(self._way, endpoint=replace(self._way.endpoint, port=port)).caller()
        try:
            return document | await self._listed(caller, cap)
        finally:
            caller.close()

    async def _listed(self, caller: Caller, cap: int) -> dict[str, Any]:
        """The counts, or why there are none; raises `Garbled`."""
        answer = await self._call(caller, "exports", cap)
        if answer.ended is not Ending.COMPLETE:
            return {}
        code, cursor = answer.reader.result()
        if code != 0:
            return {"code": code}
        found = read_exports(cursor)
        return {"code": 0, "exports": found.exports, "everybody": found.everybody}

    async def _call(self, caller: Caller, verb: str, cap: int) -> Answer[RpcReader]:
        command = ReadCommand(kind="nfs", verb=verb, data=COMMANDS[verb])
        return await caller.call(command, lambda: RpcReader(NUMBER), cap=cap)
