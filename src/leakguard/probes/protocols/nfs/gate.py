"""NFS: where the mount service waits, and which folders it offers to whom; never a mount.

Two calls of ONC RPC (RFC 5531) without a credential: GETPORT of the port mapper (RFC 1833) and EXPORT of the mount
service, version 3 (RFC 1813, appendix I). A mount would be noted down by the server, so none is asked for.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from types import MappingProxyType

from leakguard.probes.wire.gate import ByteGate

NUMBER = 0x4C475250
"""An answer repeats it; that tells RPC from anything else."""
_CALL, _RPC_VERSION, _LAST = 0, 2, 0x80000000
_PORT_MAPPER, _MOUNT, _TCP = 100000, 100005, 6
_GETPORT, _EXPORT = 3, 5


def _call(program: int, version: int, procedure: int, arguments: bytes = b"") -> bytes:
    """One call in one fragment, with neither a credential nor a verifier."""
    head = struct.pack(">6I", NUMBER, _CALL, _RPC_VERSION, program, version, procedure) + bytes(16)
    return struct.pack(">I", _LAST | len(head + arguments)) + head + arguments


COMMANDS: Mapping[str, bytes] = MappingProxyType(
    {
        "port": _call(_PORT_MAPPER, 2, _GETPORT, struct.pack(">4I", _MOUNT, 3, _TCP, 0)),
        "exports": _call(_MOUNT, 3, _EXPORT),
    }
)


def _carries(verb: str, data: bytes) -> bool:
    return data == COMMANDS[verb]


def _begins(data: bytes) -> bool:
    """The mark of a fragment, and the number of our call."""
    return data[4:8] == NUMBER.to_bytes(4, "big")


GATE = ByteGate(verbs=frozenset(COMMANDS), carries=_carries, begins=_begins)
