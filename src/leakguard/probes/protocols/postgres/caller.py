"""PostgreSQL's own way into TLS: asked for inside its protocol, on a line that starts in plain text."""

from __future__ import annotations

from leakguard.models.observations import Ending
from leakguard.models.targets import Endpoint
from leakguard.probes.caller import Caller
from leakguard.probes.protocols.postgres.gate import SSL_REQUEST
from leakguard.probes.protocols.postgres.ssl_reader import SslReader
from leakguard.probes.timeouts import Timeouts, Visit
from leakguard.probes.wire.door import Door, OpenedLine
from leakguard.probes.wire.line import Line
from leakguard.probes.wire.verbs import ReadCommand

_SSL = ReadCommand(kind="postgres", verb="ssl_request", data=SSL_REQUEST)
_ANSWER_CAP = 512
"""One byte is expected; an error of a server too busy to talk is a little more."""


class PostgresCaller(Caller):
    """Takes TLS where it is offered: a rule of the server may say `trust` for TLS alone."""

    def __init__(self, door: Door, endpoint: Endpoint, timeouts: Timeouts, visit: Visit | None = None) -> None:
        super().__init__(door, endpoint, timeouts, visit=visit)
        self._in_tls = False
        self._settled = True

    async def open(self) -> OpenedLine:
        """A line on which a session can be started; in TLS if the server offers it and manages it."""
        self._in_tls = False
        opened = await self._open(verify=True)
        if opened.untrusted:
            opened = await self._open(verify=False)
        return await self._door.open(self._endpoint, self._patience) if opened.handshake_failed else opened

    async def _open(self, *, verify: bool) -> OpenedLine:
        opened = await self._door.open(self._endpoint, self._patience)
        return opened if opened.line is None else await self._ask_for_tls(opened.line, verify=verify)

    async def _ask_for_tls(self, line: Line, *, verify: bool) -> OpenedLine:
        """As `Door.upgrade`, after asking; `handshake_failed` also where the server cannot be asked this way."""
        reader = SslReader()
        answered = await line.exchange(_SSL, reader, cap=_ANSWER_CAP, deadline=self._patience.deadline)
        if answered.ended is Ending.COMPLETE and reader.reusable:
            return OpenedLine(line=line) if reader.answer == b"N" else await self._enter(line, verify=verify)
        line.close()
        if answered.ended is not Ending.COMPLETE:
            return OpenedLine(ended=answered.ended)
        return OpenedLine(ended=Ending.GARBLED, handshake_failed=reader.answer == b"E")

    async def _enter(self, line: Line, *, verify: bool) -> OpenedLine:
        opened = await self._door.upgrade(line, self._endpoint, self._patience, verify=verify)
        if opened.tls is not None:
            self._in_tls, self.tls = True, opened.tls
        return opened
