"""rsync's daemon: how many modules it lists, and how many of them let anybody in.

A module is chosen and left again as soon as the daemon has said `OK` or `AUTHREQD`: no list of files is asked for and
nothing is transferred. The names of modules are needed to choose them and leave with the session.
"""

from __future__ import annotations

from collections import Counter
from typing import Self

from leakguard.models.observations import Ending, Reply
from leakguard.ports import Request
from leakguard.probes.formats.lines import LinesReader
from leakguard.probes.formats.rsync import answer_reader, answer_word, greeting_reader, module_names, protocol_of
from leakguard.probes.kinds.greeted import GreetedCaller
from leakguard.probes.session import KindSession, Way
from leakguard.probes.wire.commands.rsync import LIST, select
from leakguard.probes.wire.line import Line
from leakguard.probes.wire.verbs import ForbiddenCommand, ReadCommand

MOST_CHOSEN = 10
"""Modules that are chosen, each on a connection of its own."""


class RsyncCaller(GreetedCaller[LinesReader]):
    """The daemon's protocol has no TLS of its own."""

    def new_reader(self) -> LinesReader:
        """One line."""
        return greeting_reader()

    async def ask_for_tls(self, _line: Line, _greeting: LinesReader) -> bool:
        """Never."""
        return False


class RsyncSession(KindSession):
    """`list` gives `{"protocol", "modules", "refused"}`: a text, a number, whether the list did not come to its end.

    `choose` gives `{"open", "login", "refused", "left"}`: how many of the listed modules let anybody in, ask for a
    login, refuse us, and were not asked, since that is done with ten at most.
    `unknown` gives `{"open"}`: whether a module of the name `what`, which no server can know, lets anybody in.
    """

    questions = frozenset({"list", "choose", "unknown"})

    def __init__(self, caller: RsyncCaller) -> None:
        super().__init__(caller)
        self._rsync = caller
        self._names: list[str] = []

    @classmethod
    def on(cls, way: Way) -> Self:
        """The daemon speaks first."""
        return cls(RsyncCaller(way.door, way.endpoint, way.timeouts))

    async def answer(self, request: Request, cap: int) -> Reply:
        """One of the three questions."""
        if request.method == "list":
            return await self._list(request, cap)
        return await (self._choose if request.method == "choose" else self._unknown)(request, cap)

    async def _list(self, request: Request, cap: int) -> Reply:
        greeted = await self._rsync.greet()
        if greeted.ended is not Ending.COMPLETE:
            return self._rsync.reply(request, greeted.ended, None)
        heard = await self._rsync.say(ReadCommand(kind="rsync", verb="list", data=LIST), answer_reader, cap=cap)
        self._rsync.close()
        self._names = module_names(heard.reader.lines)
        document = {
            "protocol": protocol_of(greeted.reader.lines),
            "modules": len(self._names),
            "refused": answer_word(heard.reader.lines) != "EXIT",
        }
        return self._rsync.reply(request, heard.ended, document)

    async def _choose(self, request: Request, cap: int) -> Reply:
        """Stops at the first module that does not answer at all: it says nothing about the next."""
        met: Counter[str | None] = Counter()
        ended = Ending.COMPLETE
        for command in _choices(self._names):
            ended, word = await self._meet(command, cap)
            if ended is not Ending.COMPLETE:
                break
            met[word] += 1
        left = len(self._names) - met.total()
        document = {"open": met["OK"], "login": met["AUTHREQD"], "refused": met["ERROR"], "left": left}
        return self._rsync.reply(request, Ending.COMPLETE if met else ended, document)

    async def _unknown(self, request: Request, cap: int) -> Reply:
        command = ReadCommand(kind="rsync", verb="select", data=select(request.what))
        ended, word = await self._meet(command, cap)
        return self._rsync.reply(request, ended, {"open": word == "OK"} if ended is Ending.COMPLETE else None)

    async def _meet(self, command: ReadCommand, cap: int) -> tuple[Ending, str | None]:
        greeted = await self._rsync.greet()
        if greeted.ended is not Ending.COMPLETE:
            return greeted.ended, None
        heard = await self._rsync.say(command, answer_reader, cap=cap)
        self._rsync.close()
        return heard.ended, answer_word(heard.reader.lines)


def _choices(names: list[str]) -> list[ReadCommand]:
    """The commands for the first modules whose names can be said."""
    made: list[ReadCommand] = []
    for name in names[:MOST_CHOSEN]:
        try:
            made.append(ReadCommand(kind="rsync", verb="select", data=select(name)))
        except ForbiddenCommand:
            continue
    return made
