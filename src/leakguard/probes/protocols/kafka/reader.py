"""Kafka's answers, field by field after the tables of https://kafka.apache.org/protocol.

The names of topics stay in memory, only to ask for their offsets.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from typing import Any

from leakguard.frozen import Frozen, field
from leakguard.probes.formats.cursor import Cursor
from leakguard.probes.formats.reading import Buffered, Garbled

_HEAD = 8
_NUMBER = 4
_LARGEST = 64 * 1024 * 1024
_MOST = 10_000
"""Entries of the lists that are short: brokers, versions, ways to log in."""
_PARTITION = struct.Struct(">hiii")
"""An error, the number, the leader, and how many replicas there are."""
_OFFSET = struct.Struct(">ihqq")
_ON_DISK = struct.Struct(">iqqb")
MOST_ASKABLE = 1000
"""Partitions whose numbers are kept, to ask for their offsets."""
_METADATA = 3
_LONGEST_NAME = 249
"""Kafka's own limit for the name of a topic."""


class KafkaReader(Buffered):
    """One answer, which must repeat the question's `number`."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self._number = number
        self._needed = _HEAD

    def measure(self) -> int:
        """The stated length; another number than ours comes from something that is not Kafka."""
        length, number = struct.unpack_from(">ii", self.data)
        if number != self._number or not _NUMBER <= length <= _LARGEST:
            raise Garbled("not Kafka")
        return int(length) + _NUMBER

    def feed(self, data: bytes) -> bool:
        """As `Buffered`; a TLS alert may be shorter than a head."""
        whole = super().feed(data)
        if not whole and self.wants_tls:
            raise Garbled("a TLS alert")
        return whole

    def cursor(self) -> Cursor:
        """Behind the head."""
        return Cursor(self.data, _HEAD)


class Topics(Frozen, hidden=("askable",)):
    """What `Metadata` told."""

    brokers: int = 0
    cluster_id: str = ""
    internal: int = 0
    topics: int = 0
    """Topics that are not the broker's own."""
    partitions: int = 0
    """Of those."""
    askable: Mapping[str, Sequence[int]] = field(default_factory=dict)
    """The first of those partitions, by topic."""
    is_cut: bool = False
    """Whether there are more."""


def read_versions(cursor: Cursor) -> dict[str, Any]:
    """`{"code", "apis", "metadata"}`: the number of questions that are known, and the newest form of `Metadata`."""
    code = cursor.signed(2)
    ranges = {}
    for _ in range(cursor.count(4, most=_MOST)):
        api, _oldest, newest = cursor.signed(2), cursor.signed(2), cursor.signed(2)
        ranges[api] = newest
    return {"code": code, "apis": len(ranges), "metadata": ranges.get(_METADATA)}


def read_sasl(cursor: Cursor) -> dict[str, Any]:
    """`{"code", "mechanisms"}`: 33 offers other mechanisms, 34 says that nobody is asked to log in."""
    code = cursor.signed(2)
    names = [cursor.text(2) for _ in range(cursor.count(4, most=_MOST))]
    return {"code": code, "mechanisms": len(names)}


def read_topics(cursor: Cursor) -> Topics:
    """`Metadata`, version 2; of a very long one the first topics."""
    brokers = cursor.count(4, most=_MOST)
    for _ in range(brokers):
        cursor.take(4)
        cursor.text(2)
        cursor.take(4)
        cursor.text(2)
    cluster_id = cursor.text(2)
    cursor.take(4)
    askable, topics, partitions, internal = dict[str, Sequence[int]](), 0, 0, 0
    left = MOST_ASKABLE
    for _ in cursor.entries(4):
        cursor.skip(2)
        name, is_internal = cursor.text(2), cursor.unsigned(1) != 0
        numbers = [_partition(cursor) for _ in cursor.entries(4)]
        if len(name) > _LONGEST_NAME:
            raise Garbled("an impossible name of a topic")
        internal += is_internal
        topics += not is_internal
        partitions += 0 if is_internal else len(numbers)
        if numbers and left and not is_internal:
            askable[name] = numbers[:left]
            left = MOST_ASKABLE - sum(map(len, askable.values()))
    if cursor.is_cut and not topics:
        raise Garbled("nothing but topics of the broker's own, without an end")
    return Topics(
        brokers=brokers, cluster_id=cluster_id, internal=internal, topics=topics, partitions=partitions,
        askable=askable, is_cut=cursor.is_cut,
    )  # fmt: skip


def _partition(cursor: Cursor) -> int:
    _error, number, _leader, replicas = cursor.unpack(_PARTITION)
    cursor.skip(4 * max(replicas, 0))
    cursor.skip(4 * cursor.count(4, most=_MOST))
    return int(number)


def read_offsets(cursor: Cursor) -> dict[tuple[str, int], int]:
    """The offset of each partition that this broker leads and told without an error."""
    found = {}
    for _ in cursor.entries(4):
        name = cursor.text(2)
        for _ in cursor.entries(4):
            number, code, _moment, offset = cursor.unpack(_OFFSET)
            if code == 0 and offset >= 0:
                found[name, number] = offset
    return found


def read_log_dirs(cursor: Cursor) -> dict[str, Any]:
    """`{"dirs", "bytes", "partitions", "complete"}`; a caller without the right to ask is told no folder at all."""
    cursor.take(4)
    size = partitions = dirs = 0
    for _ in cursor.entries(4):
        dirs += cursor.signed(2) == 0
        cursor.text(2)
        for _ in cursor.entries(4):
            cursor.text(2)
            for _ in cursor.entries(4):
                _number, log_size, _lag, _is_future = cursor.unpack(_ON_DISK)
                size += max(log_size, 0)
                partitions += 1
    return {"dirs": dirs, "bytes": size, "partitions": partitions, "complete": not cursor.is_cut}
