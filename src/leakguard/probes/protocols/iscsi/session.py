"""iSCSI: which targets does a portal list to a stranger, and does one of them accept a login without a secret?

A login is where it ends: no SCSI command is said, so no block is read. The names of targets are needed to log in and
leave with the session.
"""

from __future__ import annotations

from typing import Any

from leakguard.models.observations import Ending, Reply
from leakguard.ports import Request
from leakguard.probes.caller import Answer
from leakguard.probes.formats.reading import Garbled
from leakguard.probes.protocols.iscsi.gate import DISCOVERY, can_be_named, list_message, target_message
from leakguard.probes.protocols.iscsi.reader import LOGIN_ANSWER, TEXT_ANSWER, IscsiReader
from leakguard.probes.session import KindSession, reply_to
from leakguard.probes.wire.verbs import ReadCommand

MOST_TARGETS = 10


class IscsiSession(KindSession):
    """`targets` gives `{"status", "targets", "tried", "open", "login"}`.

    The status of a session of discovery (0: granted; RFC 7143's class and detail otherwise), how many targets it lists
    (nothing where the list did not come), how many of the first ten were tried, how many accepted a login without a
    secret, and how many asked for one.
    """

    kind = "iscsi"

    async def answer(self, request: Request, cap: int) -> Reply:
        """The one question: discover, list, and try each target on a line of its own."""
        self._caller.close()
        begun = await self._say("discovery", DISCOVERY, LOGIN_ANSWER, cap)
        document: dict[str, Any] = {"status": None, "targets": None, "tried": 0, "open": 0, "login": 0}
        ended = begun.ended
        if ended is Ending.COMPLETE and not begun.reader.is_rejected:
            document["status"] = begun.reader.status
        try:
            if document["status"] is not None and begun.reader.is_in:
                document |= await self._listed(begun.reader.next_number, cap)
        except Garbled:
            ended = Ending.GARBLED
        self._caller.close()
        complete = document if ended is Ending.COMPLETE else None
        return reply_to(request, ended=ended, document=complete, size_bytes=begun.size, seconds=begun.seconds)

    async def _listed(self, number: int, cap: int) -> dict[str, Any]:
        """Raises `Garbled` for a list that makes no sense."""
        if not self._caller.connected:
            return {}
        listed = await self._say("list", list_message(number), TEXT_ANSWER, cap, again=False)
        if listed.ended is not Ending.COMPLETE or listed.reader.is_rejected:
            return {}
        names = listed.reader.targets()
        met: list[IscsiReader] = []
        possible = [name for name in dict.fromkeys(names) if can_be_named(name)][:MOST_TARGETS]
        for name in possible:
            self._caller.close()
            answer = await self._say("target", target_message(name), LOGIN_ANSWER, cap)
            if answer.ended is Ending.COMPLETE and not answer.reader.is_rejected:
                met.append(answer.reader)
        refused = sum(reader.status >> 8 == 2 for reader in met)  # noqa: PLR2004  (the class of an initiator's errors)
        return {
            "targets": len(set(names)),
            "tried": len(possible),
            "open": sum(reader.is_in for reader in met),
            "login": refused,
        }

    async def _say(self, verb: str, data: bytes, answer: int, cap: int, *, again: bool = True) -> Answer[IscsiReader]:
        command = ReadCommand(kind="iscsi", verb=verb, data=data)
        return await self._caller.call(command, lambda: IscsiReader(answer), cap=cap, again=again)
