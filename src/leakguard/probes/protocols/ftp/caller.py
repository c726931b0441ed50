"""FTP's two lines: one for commands, in TLS where the server offers it, and one for a list."""

from __future__ import annotations

from leakguard.frozen import replace
from leakguard.models.observations import Ending
from leakguard.probes.caller import Answer
from leakguard.probes.formats.lines import LinesReader
from leakguard.probes.protocols.ftp.gate import COMMANDS
from leakguard.probes.protocols.ftp.reader import FolderReader, code_of, reply_reader, waiting_port
from leakguard.probes.protocols.greeted import GreetedCaller
from leakguard.probes.wire.line import Line
from leakguard.probes.wire.verbs import ReadCommand

_REPLY_CAP = 16 * 1024
_GO_ON = 234
_READY = 220
_COMES = (125, 150)


def ftp_command(verb: str) -> ReadCommand:
    """One of the constant commands."""
    return ReadCommand(kind="ftp", verb=verb, data=COMMANDS[verb])


class FtpCaller(GreetedCaller[LinesReader]):
    """Takes TLS where it is offered: a server may let somebody in over TLS alone (RFC 4217)."""

    def new_reader(self) -> LinesReader:
        """One reply."""
        return reply_reader()

    async def ask_for_tls(self, line: Line, greeting: LinesReader) -> tuple[bool, Ending]:
        """A server that does not know the question says so and goes on in plain text."""
        if code_of(greeting.lines) != _READY:
            return False, Ending.COMPLETE
        reader, until = reply_reader(), self._patience.deadline
        answer = await line.exchange(ftp_command("auth_tls"), reader, cap=_REPLY_CAP, deadline=until)
        return code_of(reader.lines) == _GO_ON, answer.ended

    async def ask(self, verb: str) -> Answer[LinesReader]:
        """Say one command and take its reply."""
        return await self.say(ftp_command(verb), reply_reader, cap=_REPLY_CAP)

    async def list_root(self, cap: int) -> Answer[FolderReader]:
        """The list of the folder in which the login ended; `BLOCKED` where the server does not wait on its own address.

        The line for it goes through the door like any other, so the gate is asked about it. It is in plain text,
        which is what RFC 4217 has until both sides agree on more; a server that wants more gives no list.
        """
        port = await self._waiting()
        if port is None:
            return Answer(ended=Ending.BLOCKED, reader=FolderReader())
        opened = await self._door.open(replace(self._endpoint, port=port), self._patience, further=True)
        if opened.line is None:
            return Answer(ended=opened.ended, reader=FolderReader())
        opened.line.turn = self._turn
        try:
            return await self._read_list(opened.line, cap)
        finally:
            opened.line.close()

    async def _read_list(self, line: Line, cap: int) -> Answer[FolderReader]:
        announced = await self.ask("list")
        reader = FolderReader()
        if code_of(announced.reader.lines) not in _COMES:
            return Answer(ended=Ending.CLOSED, reader=reader)
        answer = await line.exchange(None, reader, cap=cap, deadline=self._patience.deadline)
        self._size += answer.size
        return Answer(ended=answer.ended, reader=reader, size=answer.size)

    async def _waiting(self) -> int | None:
        """Ask in the newer way, which names a port alone (RFC 2428), and else in the older."""
        for verb in ("epsv", "pasv"):
            answer = await self.ask(verb)
            port = waiting_port(answer.reader.lines, self._endpoint.address)
            if port is not None:
                return port
        return None
