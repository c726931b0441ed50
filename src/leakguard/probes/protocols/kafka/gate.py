"""Kafka: five questions about the broker and its topics, in old forms that brokers from 0.10.1 to 4.x still answer.

Field by field after the tables of https://kafka.apache.org/protocol; none of these forms has tagged fields.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from leakguard.probes.wire.gate import ByteGate

_CORRELATED = 8
"""Bytes of a length and of the number of a question."""

APIS: Mapping[str, tuple[int, int]] = MappingProxyType(
    {"versions": (18, 0), "sasl": (17, 1), "topics": (3, 2), "offsets": (2, 1), "log_dirs": (35, 1)}
)
"""The number of each question in the protocol, and the form that is used."""
CORRELATION = 0x4C470000
"""With the question's number added, an answer repeats it; that tells Kafka from anything else."""
LATEST, EARLIEST = -1, -2
"""What `offsets` takes instead of a moment."""
_CLIENT = b"leakguard"
_HEAD = 4 + 2 + 2 + 4 + 2 + len(_CLIENT)
_PARTITION = struct.Struct(">iq")
_ALL = b"\xff\xff\xff\xff"


def _request(verb: str, body: bytes) -> bytes:
    api, version = APIS[verb]
    head = struct.pack(">hhih", api, version, CORRELATION + api, len(_CLIENT)) + _CLIENT
    return struct.pack(">i", len(head) + len(body)) + head + body


REQUESTS: Mapping[str, bytes] = MappingProxyType(
    {
        "versions": _request("versions", b""),
        "sasl": _request("sasl", b"\x00\x04NONE"),
        "topics": _request("topics", _ALL),
        "log_dirs": _request("log_dirs", _ALL),
    }
)
"""`sasl` names a mechanism that does not exist, so no login is tried and the refusal says whether one is wanted.

`topics` asks for all of them by a missing list: only a topic that is named could be created by asking.
"""


def offsets_message(partitions: Mapping[str, Sequence[int]], moment: int) -> bytes:
    """The first or the next offset of each partition, as any consumer asks for it."""
    topics = b"".join(_topic(name.encode(), numbers, moment) for name, numbers in partitions.items())
    return _request("offsets", struct.pack(">ii", -1, len(partitions)) + topics)


def _topic(name: bytes, numbers: Iterable[int], moment: int) -> bytes:
    asked = [_PARTITION.pack(number, moment) for number in numbers]
    return struct.pack(">h", len(name)) + name + struct.pack(">i", len(asked)) + b"".join(asked)


def _carries(verb: str, data: bytes) -> bool:
    """`offsets` holds no verb of its own: its head and its length must be right, and its lists must fill it."""
    if verb != "offsets":
        return data == REQUESTS[verb]
    return data.startswith(_request(verb, b"\xff" * (len(data) - _HEAD))[: _HEAD + 4]) and _filled(data[_HEAD + 4 :])


def _filled(body: bytes) -> bool:
    """Whether the topics are all there and nothing is behind them."""
    try:
        (topics,), at = struct.unpack_from(">i", body), 4
        for _ in range(topics):
            (length,) = struct.unpack_from(">H", body, at)
            (partitions,) = struct.unpack_from(">I", body, at + 2 + length)
            at += 2 + length + 4 + partitions * _PARTITION.size
    except struct.error:
        return False
    return at == len(body)


def _begins(data: bytes) -> bool:
    """A length, and the number of our question."""
    return data[4:7] == CORRELATION.to_bytes(4, "big")[:3] and len(data) >= _CORRELATED


GATE = ByteGate(verbs=frozenset(APIS), carries=_carries, begins=_begins)
