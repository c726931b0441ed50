"""The read commands: all that this program may ever say to a host.

`commands.table` names them, one protocol a line. `ReadCommand` refuses anything outside it when it is made, and has
its own bytes looked into, so that a verb from the list cannot carry another command.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from leakguard.probes.wire.commands.table import PROTOCOLS


class ForbiddenCommand(ValueError):
    """A bug of ours: something that is not a read command was about to be sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadCommand:
    """One read command, ready to be written; making one that is not on the list raises `ForbiddenCommand`."""

    kind: str
    verb: str
    data: bytes = field(repr=False)

    def __post_init__(self) -> None:
        protocol = PROTOCOLS.get(self.kind)
        if protocol is None or self.verb not in protocol.verbs:
            raise ForbiddenCommand(f"`{self.verb}` is not a read command of {self.kind}")
        if not protocol.carries(self.verb, self.data):
            raise ForbiddenCommand(f"the bytes are not the {self.kind} command `{self.verb}`")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What a recorder is told: a connection that is about to be opened, or bytes that are about to leave."""

    address: str
    port: int
    kind: str
    """`connect`, or the protocol of the bytes; the handshake of TLS is the library's own and not told."""
    data: bytes = b""


Recorder = Callable[[Sent], None]
