"""NBD, network block devices: which exports there are and how large each is; never an export's own phase.

After https://github.com/NetworkBlockDevice/nbd/blob/master/doc/proto.md. `NBD_OPT_INFO` tells about an export without
entering it; the options that enter one (`NBD_OPT_GO`, `NBD_OPT_EXPORT_NAME`) are never said, so no block can be read.
"""

from __future__ import annotations

import struct

from leakguard.probes.wire.gate import ByteGate

LIST, INFO = 3, 6
GREETING = b"NBDMAGIC"
_OPTION = b"IHAVEOPT"
_FIXED_NEWSTYLE = b"\x00\x00\x00\x01"
_ABORT = 2
_LONGEST_NAME = 4096
_NAME_AT = 8 + 4 + 4 + 4


def _option(number: int, body: bytes = b"") -> bytes:
    return _OPTION + struct.pack(">II", number, len(body)) + body


LIST_MESSAGE = _FIXED_NEWSTYLE + _option(LIST)
"""Behind four bytes of flags, which come once and in front of the first option."""
ABORT = _option(_ABORT)


def info_message(name: bytes) -> bytes:
    """What is told about one export; an empty name stands for the default one."""
    return _option(INFO, struct.pack(">I", len(name)) + name + b"\x00\x00")


def _carries(verb: str, data: bytes) -> bool:
    if verb == "info":
        name = data[_NAME_AT:-2]
        return len(name) <= _LONGEST_NAME and data == info_message(name)
    return data == {"list": LIST_MESSAGE, "abort": ABORT}[verb]


def _greets(data: bytes) -> bool:
    """The server speaks first, in both its styles with the same word."""
    return data.startswith(GREETING)


GATE = ByteGate(verbs=frozenset({"list", "info", "abort"}), carries=_carries, begins=_greets, greets=_greets)
