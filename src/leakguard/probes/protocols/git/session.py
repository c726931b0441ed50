"""git's daemon: is the repository at a path handed out to anybody?

The daemon has no login: what it hands out, it hands out to everybody. It lists no repository, and none is guessed.
"""

from __future__ import annotations

from leakguard.models.observations import Ending, Reply
from leakguard.ports import Request
from leakguard.probes.protocols.git.gate import END, choose
from leakguard.probes.protocols.git.reader import LinesOfGit
from leakguard.probes.session import KindSession, reply_to
from leakguard.probes.wire.verbs import ReadCommand

_END = ReadCommand(kind="git", verb="end", data=END)


class GitSession(KindSession):
    """`repository` gives `{"served", "version"}`: whether that at the path `what` is handed out; a text or `None`."""

    kind = "git"

    async def answer(self, request: Request, cap: int) -> Reply:
        """The one question, on a line of its own, which is ended before anything of the repository is asked for."""
        chosen = ReadCommand(kind="git", verb="choose", data=choose(request.what.rstrip("/") or "/"))
        self._caller.close()
        answer = await self._caller.call(chosen, LinesOfGit, cap=cap)
        self._caller.part(_END)
        document = answer.reader.document() if answer.ended is Ending.COMPLETE else None
        return reply_to(request, ended=answer.ended, document=document, size_bytes=answer.size, seconds=answer.seconds)
