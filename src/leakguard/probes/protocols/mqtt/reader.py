"""MQTT's packets: the answer to a connection, and what a broker publishes about itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from leakguard.probes.formats.reading import Buffered, Garbled, whole_number

_MOST_PACKETS = 64
_LARGEST_PACKET = 64 * 1024
_LENGTH_BYTES = 4
CONNACK, PUBLISH, SUBACK, PINGRESP, DISCONNECT = 0x20, 0x30, 0x90, 0xD0, 0xE0
_KIND = 0xF0
_QOS = 0x06
_REFUSED = 0x80
_SEVEN_BITS = 0x7F
_CODE_AT = 1
"""Behind a byte that says whether a session goes on, which is 0 or 1."""
_LAST_CODE = 5
"""Of MQTT 3.1.1; those of MQTT 5 start at 128."""
_VERSION = re.compile(rb"mosquitto version (\d{1,4}(?:\.\d{1,4}){1,3})")


class MqttReader(Buffered):
    """Packets up to one of the kinds in `last`; any kind outside `known` is another protocol."""

    def __init__(self, *, last: frozenset[int], known: frozenset[int]) -> None:
        super().__init__()
        self.packets: list[tuple[int, bytes]] = []
        """The first byte and the payload of each."""
        self._last = last
        self._known = known | last
        self._read = 0

    def measure(self) -> int:
        """To the end of the packet that settles the question."""
        while not self.packets or self.packets[-1][0] & _KIND not in self._last:
            start, length = self._head(self._read)
            if start is None:
                return len(self.data) + 1
            if length > _LARGEST_PACKET:
                raise Garbled("a packet larger than a counter")
            if len(self.data) < start + length:
                return start + length
            self.packets.append((self.data[self._read], bytes(self.data[start : start + length])))
            self._read = start + length
        return self._read

    def _head(self, at: int) -> tuple[int | None, int]:
        """Where a packet's payload starts, and its length; `None` while that is not told yet."""
        if len(self.data) <= at:
            return None, 0
        self._refuse_unknown(self.data[at])
        length = 0
        for number, byte in enumerate(self.data[at + 1 : at + 1 + _LENGTH_BYTES]):
            length |= (byte & _SEVEN_BITS) << (7 * number)
            if byte <= _SEVEN_BITS:
                return at + 2 + number, length
        if len(self.data) > at + _LENGTH_BYTES:
            raise Garbled("a length without an end")
        return None, 0

    def _refuse_unknown(self, first: int) -> None:
        """Only a message has flags beside its kind."""
        kind = first & _KIND
        flags = first - kind if kind != PUBLISH else 0
        if kind not in self._known or flags or len(self.packets) >= _MOST_PACKETS:
            raise Garbled("not what an MQTT broker answers")


def connack_reader() -> MqttReader:
    """One packet."""
    return MqttReader(last=frozenset({CONNACK}), known=frozenset())


def counters_reader() -> MqttReader:
    """What is said about the topics, up to the answer to our ping."""
    return MqttReader(last=frozenset({PINGRESP, DISCONNECT}), known=frozenset({SUBACK, PUBLISH}))


def connect_code(packets: list[tuple[int, bytes]]) -> int:
    """The broker's word on the connection: 0 is "you are in"; raises `Garbled`."""
    payload = packets[0][1] if packets else b""
    if len(payload) <= _CODE_AT or payload[0] > 1 or _LAST_CODE < payload[_CODE_AT] < _REFUSED:
        raise Garbled("not the answer to a connection")
    return payload[_CODE_AT]


def counters(packets: list[tuple[int, bytes]], topics: Mapping[str, str]) -> dict[str, Any]:
    """What the broker published under `topics`, by our names for them: numbers, a version; raises `Garbled`.

    `granted` is how many of the subscriptions it took. Whatever else it sends is left alone.
    """
    granted = sum(code < _REFUSED for kind, payload in packets if kind & _KIND == SUBACK for code in payload[2:])
    names = {topic.encode(): name for name, topic in topics.items()}
    published = dict(_published(kind, payload) for kind, payload in packets if kind & _KIND == PUBLISH)
    known = {names[topic]: value for topic, value in published.items() if topic in names}
    numbers = {name: whole_number(known.get(name, b"").decode("latin-1")) for name in topics if name != "version"}
    found = _VERSION.match(known.get("version", b"")[:64])
    return {"granted": granted, "version": found[1].decode() if found else None, **numbers}


def _published(kind: int, payload: bytes) -> tuple[bytes, bytes]:
    size = int.from_bytes(payload[:2], "big")
    if len(payload) < 2 + size:
        raise Garbled("a cut topic")
    start = 2 + size + (2 if kind & _QOS else 0)
    return payload[2 : 2 + size], payload[start:]
