"""MySQL's own way into TLS: half a login, sent after the greeting, announces it."""

from __future__ import annotations

from leakguard.models.observations import Ending
from leakguard.probes.protocols.greeted import GreetedCaller
from leakguard.probes.protocols.mysql.gate import COMMANDS
from leakguard.probes.protocols.mysql.reader import PacketsReader
from leakguard.probes.wire.line import Line
from leakguard.probes.wire.verbs import ReadCommand


def mysql_command(verb: str) -> ReadCommand:
    """One of the constant commands."""
    return ReadCommand(kind="mysql", verb=verb, data=COMMANDS[verb])


class MysqlCaller(GreetedCaller[PacketsReader]):
    """Takes TLS where it is offered: a server may let somebody in over TLS alone.

    It counts a handshake that we break off, as one that the trust store says no to, and in the end blocks our address.
    """

    counts_drops = True
    asks_trust_store = False

    def new_reader(self) -> PacketsReader:
        """One packet."""
        return PacketsReader()

    async def ask_for_tls(self, line: Line, greeting: PacketsReader) -> tuple[bool, Ending]:
        """Nothing answers the request; the server waits for the handshake."""
        offered = greeting.greeting().offers_tls
        if offered:
            line.send(mysql_command("ssl_request"))
        return offered, Ending.COMPLETE
