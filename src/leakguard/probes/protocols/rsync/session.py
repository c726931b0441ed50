"""rsync's daemon: how many modules it lists, and how many of them let anybody in.

A module is chosen and left again as soon as the daemon has said `OK` or `AUTHREQD`: no list of files is asked for and
nothing is transferred. The names of modules are needed to choose them and leave with the session.
As rsync itself does, we name our version without waiting for the daemon's: its operator's words may follow that.
"""

from __future__ import annotations

from collections import Counter

from leakguard.models.observations import Ending, Reply
from leakguard.ports import Request
from leakguard.probes.caller import Answer, Caller
from leakguard.probes.formats.lines import LinesReader
from leakguard.probes.protocols.rsync.gate import LIST, select
from leakguard.probes.protocols.rsync.reader import answer_word, module_names, protocol_of, rsync_reader
from leakguard.probes.session import KindSession, reply_to
from leakguard.probes.wire.verbs import ForbiddenCommand, ReadCommand

MOST_CHOSEN = 10
"""Modules that are chosen, each on a connection of its own."""
_LIST = ReadCommand(kind="rsync", verb="list", data=LIST)


class RsyncSession(KindSession):
    """`list` gives `{"protocol", "modules", "refused"}`: a text, a number, whether the list did not come to its end.

    `choose` gives `{"open", "login", "refused", "left"}`: how many of the listed modules let anybody in, ask for a
    login, refuse us, and neither: they were not asked, since that is done with ten at most, or told another error.
    `unknown` gives `{"open"}`: whether a module of the name `what`, which no server can know, lets anybody in.
    """

    kind = "rsync"

    def __init__(self, caller: Caller) -> None:
        super().__init__(caller)
        self._names: list[str] = []

    async def answer(self, request: Request, cap: int) -> Reply:
        """One of the three questions."""
        if request.method == "choose":
            return await self._choose(request, cap)
        command = _LIST if request.method == "list" else _choice(request.what)
        answer = await self._say(command, cap)
        lines = answer.reader.lines
        document: dict[str, object] = {"open": answer_word(lines) == "OK"}
        if request.method == "list":
            self._names = module_names(lines)
            refused = answer_word(lines) != "EXIT"
            document = {"protocol": protocol_of(lines), "modules": len(self._names), "refused": refused}
        complete = document if answer.ended is Ending.COMPLETE else None
        return reply_to(request, ended=answer.ended, document=complete, size_bytes=answer.size, seconds=answer.seconds)

    async def _choose(self, request: Request, cap: int) -> Reply:
        """Stops at the first module that does not answer at all: that says nothing about the next."""
        met: Counter[str | None] = Counter()
        ended, size, seconds = Ending.COMPLETE, 0, 0.0
        for command in _choices(self._names):
            answer = await self._say(command, cap)
            ended, size, seconds = answer.ended, size + answer.size, seconds + answer.seconds
            if ended is not Ending.COMPLETE:
                break
            met[answer_word(answer.reader.lines)] += 1
        document = {"open": met["OK"], "login": met["AUTHREQD"], "refused": met["REFUSED"]}
        document["left"] = len(self._names) - sum(document.values())
        if ended is not Ending.COMPLETE and not met:
            return reply_to(request, ended=ended, size_bytes=size, seconds=seconds)
        return reply_to(request, ended=Ending.COMPLETE, document=document, size_bytes=size, seconds=seconds)

    async def _say(self, command: ReadCommand, cap: int) -> Answer[LinesReader]:
        """Ask on a line of its own: behind its answer the daemon waits for what we never say."""
        answer = await self._caller.call(command, rsync_reader, cap=cap)
        self._caller.close()
        return answer


def _choice(name: str) -> ReadCommand:
    return ReadCommand(kind="rsync", verb="select", data=select(name))


def _choices(names: list[str]) -> list[ReadCommand]:
    """The commands for the first modules whose names can be said."""
    made: list[ReadCommand] = []
    for name in names[:MOST_CHOSEN]:
        try:
            made.append(_choice(name))
        except ForbiddenCommand:
            continue
    return made
