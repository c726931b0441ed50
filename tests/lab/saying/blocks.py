"""Storage in the network and two more brokers' words: iSCSI, NBD, NFS, Aerospike, OpenWire."""

from __future__ import annotations

import re

from lab.saying.bits import Bits

AEROSPIKE = re.compile(rb"(?:build|edition|namespaces|namespace/[\w$.-]+)\n")
NBD_READ = {2, 3, 6}
"""Abort, list, info; the two options that enter an export are not among them."""
RPC_READ = {(100_000, 2, 3), (100_005, 3, 5)}
"""Program, version and procedure: where a service waits, and what is exported."""
ISCSI_LOGIN, ISCSI_TEXT = 0x43, 0x44
ISCSI_KEYS = {b"InitiatorName", b"SessionType", b"TargetName", b"SendTargets"}
"""None of them carries a secret."""
CONNECTION, SHUTDOWN = 0x03, 0x0B


def aerospike_read(said: bytes) -> bool:
    """Questions of the info protocol alone: the messages about records have another type."""
    bits = Bits(said)
    while bits.more:
        head = bits.number(">Q")
        words = bits.take(head & (1 << 48) - 1)
        if head >> 48 != 0x0201 or AEROSPIKE.sub(b"", words):
            return False
    return True


def nbd_read(said: bytes) -> bool:
    """The flags, and options that tell."""
    bits = Bits(said)
    if bits.take(4) not in {b"\0\0\0\1", b"\0\0\0\3"}:
        return False
    while bits.more:
        word, option = bits.take(8), bits.number(">I")
        bits.counted(">I")
        if word != b"IHAVEOPT" or option not in NBD_READ:
            return False
    return True


def rpc_read(said: bytes) -> bool:
    """Calls of the list, each whole in one fragment, without a credential."""
    bits = Bits(said)
    while bits.more:
        length = bits.number(">I")
        call = Bits(bits.take(length & 0x7FFFFFFF))
        _, kind, version, *what = call.unpack(">6I")
        if not length >> 31 or (kind, version) != (0, 2) or tuple(what) not in RPC_READ or call.take(16).strip(b"\0"):
            return False
    return True


def iscsi_read(said: bytes) -> bool:
    """A login without a secret and the list of targets; never a command for a disk."""
    bits = Bits(said)
    while bits.more:
        kind, _, _, length = bits.unpack(">BBHI")
        bits.take(40)
        words = bits.take(length).rstrip(b"\0").split(b"\0")
        bits.take(-length % 4)
        if kind not in {ISCSI_LOGIN, ISCSI_TEXT} or not {word.partition(b"=")[0] for word in words} <= ISCSI_KEYS:
            return False
    return True


def openwire_read(said: bytes) -> bool:
    """The form of the talk, a connection with neither a user nor a password, goodbye."""
    bits = Bits(said)
    if not bits.counted(">I").startswith(b"\1ActiveMQ"):
        return False
    while bits.more:
        body = Bits(bits.counted(">I"))
        kind, _, _ = body.unpack(">BIB")
        if kind not in {CONNECTION, SHUTDOWN} or (kind == CONNECTION and not _is_nameless(body)):
            return False
    return True


def _is_nameless(body: Bits) -> bool:
    """Connection, client; then there must be no password and no user."""
    if body.take(2) != b"\1\x78":
        return False
    for _ in range(2):
        body.take(1)
        body.counted(">H")
    return body.take(2) == b"\0\0"
