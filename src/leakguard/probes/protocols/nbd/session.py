"""NBD: does a server of block devices tell a stranger which there are and how large?

Nothing is entered and no block is read, so whether a device would be handed over stays untried.
The names of exports are needed to ask for their sizes and leave with the session.
"""

from __future__ import annotations

from typing import Any

from leakguard.models.observations import Ending, Reply
from leakguard.ports import Request
from leakguard.probes.caller import Answer
from leakguard.probes.protocols.nbd.gate import ABORT, INFO, LIST, LIST_MESSAGE, info_message
from leakguard.probes.protocols.nbd.reader import TLS_WANTED, GreetingReader, RepliesReader
from leakguard.probes.session import KindSession, reply_to
from leakguard.probes.wire.verbs import ReadCommand

MOST_EXPORTS = 10
_LONGEST_NAME = 4096
_BYE = ReadCommand(kind="nbd", verb="abort", data=ABORT)


class NbdSession(KindSession):
    """`exports` gives `{"old", "list", "default", "tls", "exports", "told", "bytes"}`.

    Whether the server hands over its one export with its greeting; the code of its answer to the list (1: all told),
    and where nothing is listed to the question for the default export; whether TLS is wanted first; how many exports
    are listed; of how many of the first ten, or of the default one, the size was told, and these sizes together.
    """

    kind = "nbd"

    async def answer(self, request: Request, cap: int) -> Reply:
        """The one question: listen, list, and ask about each export."""
        self._caller.close()
        greeted = await self._caller.call(None, GreetingReader, cap=cap)
        ended, document, size = greeted.ended, None, greeted.size
        if ended is Ending.COMPLETE and greeted.reader.is_old:
            document = _document(old=True, sizes=[greeted.reader.size])
            self._caller.close()
        elif ended is Ending.COMPLETE:
            listed, document = await self._exports(cap)
            ended, size = listed.ended, size + listed.size
        complete = document if ended is Ending.COMPLETE else None
        return reply_to(request, ended=ended, document=complete, size_bytes=size, seconds=greeted.seconds)

    async def _exports(self, cap: int) -> tuple[Answer[RepliesReader], dict[str, Any]]:
        listed = await self._say("list", LIST_MESSAGE, LIST, cap)
        replies = listed.reader.replies
        sizes: list[int | None] = []
        default: int | None = None
        for name in [name for name in replies.names if len(name) <= _LONGEST_NAME][:MOST_EXPORTS] or [b""]:
            if not self._caller.connected:
                break
            answer = await self._say("info", info_message(name), INFO, cap)
            is_whole = answer.ended is Ending.COMPLETE
            sizes.append(answer.reader.replies.size if is_whole else None)
            default = answer.reader.replies.code if is_whole and not name else None
        self._caller.part(_BYE)
        return listed, _document(code=replies.code, default=default, exports=len(replies.names), sizes=sizes)

    async def _say(self, verb: str, data: bytes, option: int, cap: int) -> Answer[RepliesReader]:
        command = ReadCommand(kind="nbd", verb=verb, data=data)
        return await self._caller.call(command, lambda: RepliesReader(option), cap=cap, again=False)


def _document(
    *,
    sizes: list[int | None] | list[int],
    old: bool = False,
    code: int | None = None,
    default: int | None = None,
    exports: int = 0,
) -> dict[str, Any]:
    known = [size for size in sizes if size is not None]
    return {
        "old": old, "list": code, "default": default, "tls": code == TLS_WANTED, "exports": exports, "told": len(known),
        "bytes": sum(known) if known else None,
    }  # fmt: skip
