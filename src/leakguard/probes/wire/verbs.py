"""The read commands: all that this program may ever say to a host.

`wire.gates` has those of all protocols. `ReadCommand` refuses anything outside it when it is made, and has
its own bytes looked into, so that a verb from the list cannot carry another command. A sweep puts one command to
thousands of hosts; `AnyHost` looks into it once, and then into the host's name alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from leakguard.frozen import Frozen
from leakguard.probes.wire.gates import GATES

_WORD = re.compile(rb"[!-~]+")


class ForbiddenCommand(ValueError):
    """A bug of ours: something that is not a read command was about to be sent."""


class ReadCommand(Frozen, hidden=("data",)):
    """One read command, ready to be written; making one that is not on the list raises `ForbiddenCommand`."""

    kind: str
    verb: str
    data: bytes
    reads_content = False
    """Whether it asks for records; see `wire.content`."""

    def __post_init__(self) -> None:
        protocol = GATES.get(self.kind)
        if protocol is None or self.verb not in protocol.verbs:
            raise ForbiddenCommand(f"`{self.verb}` is not a read command of {self.kind}")
        if not protocol.carries(self.verb, self.data):
            raise ForbiddenCommand(f"the bytes are not the {self.kind} command `{self.verb}`")


class _Addressed(ReadCommand):
    """A command whose parts were looked into by `AnyHost`."""

    def __post_init__(self) -> None:
        """Nothing is left to look into."""


class AnyHost:
    """A command over HTTP that was looked into once, to be put to other hosts as well: one line names another one."""

    def __init__(self, command: ReadCommand, host: str) -> None:
        """`host` is who the line of `command` names; raises `ForbiddenCommand` if there is no such line."""
        self._kind, self._verb = command.kind, command.verb
        line = f"\r\nhost: {host}\r\n".encode("ascii", "replace")
        before, found, self._behind = command.data.partition(line)
        if not found:
            raise ForbiddenCommand(f"the command `{command.verb}` does not name its host")
        self._before = before + b"\r\nhost: "

    def at(self, host: str) -> ReadCommand:
        """The same command to `host`; raises `ForbiddenCommand` for what is more than a word on one line."""
        word = host.encode("ascii", "replace")
        if not _WORD.fullmatch(word):
            raise ForbiddenCommand("what should name a host is not one word")
        data = b"%b%b\r\n%b" % (self._before, word, self._behind)
        return _Addressed(kind=self._kind, verb=self._verb, data=data)


class SentBytes(Frozen):
    """What a recorder is told: a connection that is about to be opened, or bytes that are about to leave."""

    address: str
    port: int
    kind: str
    """`connect`, or the protocol of the bytes; the handshake of TLS is the library's own and not told."""
    data: bytes = b""


Recorder = Callable[[SentBytes], None]
