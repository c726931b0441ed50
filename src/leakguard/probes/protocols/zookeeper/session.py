"""ZooKeeper: may anybody list what stands at the root, and how much is there?

The words of four letters are answered before any login, so they identify and count, and prove nothing.
The names that the root holds are stepped over and counted.
"""

from __future__ import annotations

from leakguard.frozen import replace
from leakguard.models.observations import Ending, Reply
from leakguard.ports import Request
from leakguard.probes.caller import Answer
from leakguard.probes.formats.reading import Garbled
from leakguard.probes.protocols.zookeeper.gate import COMMANDS
from leakguard.probes.protocols.zookeeper.reader import FrameReader, WordReader, children_of, is_session
from leakguard.probes.session import KindSession, reply_to
from leakguard.probes.wire.verbs import ReadCommand


class ZookeeperSession(KindSession):
    """`srvr` and `mntr` give `{"version", "nodes", "bytes", "refused", "idle", "keeper"}`.

    A text or `None`, numbers or `None`, whether the word is not allowed, whether the server serves nobody just now,
    whether it is ClickHouse Keeper.
    `children` gives `{"code", "children"}`: 0 and how many nodes stand at the root, or ZooKeeper's number of an error:
    -102 for a caller without the right, -124 for one that must log in first.
    """

    kind = "zookeeper"

    async def answer(self, request: Request, cap: int) -> Reply:
        """A word on a connection of its own, or a short session."""
        try:
            if request.method == "children":
                answer = await self._children(cap)
                document = children_of(answer.reader.payload) if answer.ended is Ending.COMPLETE else None
            else:
                word = await self._caller.call(_command(request.method), WordReader, cap=cap)
                return _reply(request, word, word.reader.document() if word.ended is Ending.COMPLETE else None)
        except Garbled:
            return reply_to(request, ended=Ending.GARBLED)
        finally:
            self._caller.part(_command("close"))
        return _reply(request, answer, document)

    async def _children(self, cap: int) -> Answer[FrameReader]:
        """Begin a session and ask; raises `Garbled` for a server that grants none."""
        begun = await self._caller.call(_command("connect"), FrameReader, cap=cap)
        if begun.ended is Ending.COMPLETE and not self._caller.connected:
            return replace(begun, ended=Ending.CLOSED)
        if begun.ended is not Ending.COMPLETE:
            return begun
        if not is_session(begun.reader.payload):
            raise Garbled("not a session")
        return await self._caller.call(_command("children"), FrameReader, cap=cap, again=False)


def _command(verb: str) -> ReadCommand:
    return ReadCommand(kind="zookeeper", verb=verb, data=COMMANDS[verb])


def _reply(
    request: Request, answer: Answer[FrameReader] | Answer[WordReader], document: dict[str, object] | None
) -> Reply:
    return reply_to(request, ended=answer.ended, document=document, size_bytes=answer.size, seconds=answer.seconds)
