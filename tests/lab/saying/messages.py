"""Brokers and trees of names: MQTT, Kafka, ZooKeeper, LDAP."""

from __future__ import annotations

import re

from lab.saying.bits import Bits

TLS_HANDSHAKE = b"\x16\x03"
KAFKA_READ = {2: 1, 3: 3, 17: 1, 18: 3, 35: 1}
"""Numbers of questions, and the newest form of each; from form 4 on, `Metadata` (3) can make a topic."""
WORD = re.compile(rb"(?:srvr|mntr|ruok|stat)\n?")
ZOO_READ = {3, 8, 12, -11}
"""exists, getChildren twice, close."""
BIND, SEARCH, UNBIND, EXTENDED = 0x60, 0x63, 0x42, 0x77
START_TLS = b"1.3.6.1.4.1.1466.20037"


def mqtt_read(said: bytes) -> bool:
    """A connection without a login or a will, subscriptions to the broker's own counters, pings, goodbye."""
    bits = Bits(said)
    while bits.more:
        kind, body = bits.number("B"), Bits(bits.text())
        if kind == 0x10:
            name, _, flags = body.counted(">H"), body.number("B"), body.number("B")
            reads = name in {b"MQTT", b"MQIsdp"} and flags & ~0x02 == 0
        elif kind == 0x82:
            reads = _counters_only(body)
        else:
            reads = kind in {0xC0, 0xE0} and not body.more
        if not reads:
            return False
    return True


def _counters_only(body: Bits) -> bool:
    body.take(2)
    while body.more:
        topic, _ = body.counted(">H"), body.take(1)
        if not topic.startswith(b"$SYS/"):
            return False
    return True


def kafka_read(said: bytes) -> bool:
    """Questions of the list; `SaslHandshake` only for a mechanism that does not exist, so that no login follows."""
    bits = Bits(said)
    while bits.more:
        body = Bits(bits.counted(">i"))
        kind, version, _ = body.unpack(">hhi")
        if version > KAFKA_READ.get(kind, -1):
            return False
        body.counted(">h")
        if kind == 17 and body.counted(">h") != b"NONE":
            return False
    return True


def zookeeper_read(said: bytes) -> bool:
    """A four-letter word; or a new session that lists and closes, and sets no watch."""
    if WORD.fullmatch(said):
        return True
    bits = Bits(said)
    greeting = Bits(bits.counted(">i"))
    version, _, _, session, password = (*greeting.unpack(">iqiq"), greeting.counted(">i"))
    if version or session or password.strip(b"\0") or greeting.rest() not in {b"", b"\0", b"\1"}:
        return False
    while bits.more:
        body = Bits(bits.counted(">i"))
        _, kind = body.unpack(">ii")
        if kind not in ZOO_READ or (kind != -11 and body.rest()[-1:] != b"\0"):
            return False
    return True


def ldap_read(said: bytes) -> bool:
    """An anonymous bind, the server's own entry, searches for no attribute, goodbye; or an offer of TLS."""
    bits = Bits(said)
    while bits.more:
        if bits.data[bits.at :].startswith(TLS_HANDSHAKE):
            return True
        _, message = _element(bits)
        _element(message)
        operation, body = _element(message)
        if operation == BIND:
            reads = [_element(body)[1].rest() for _ in range(3)][1:] == [b"", b""]
        elif operation == SEARCH:
            reads = _search_reads(body)
        else:
            reads = operation == UNBIND or (operation == EXTENDED and _element(body)[1].rest() == START_TLS)
        if not reads:
            return False
    return True


def _search_reads(body: Bits) -> bool:
    base, scope = _element(body)[1].rest(), _element(body)[1].rest()
    for _ in range(5):  # aliases, both limits, types only, the filter
        _element(body)
    wanted, attributes = _element(body)[1], []
    while wanted.more:
        attributes.append(_element(wanted)[1].rest())
    return (base, scope) == (b"", b"\0") or attributes == [b"1.1"]


def _element(bits: Bits) -> tuple[int, Bits]:
    """Tag and content of one element of BER."""
    tag, length = bits.number("B"), bits.number("B")
    if length & 0x80:
        length = int.from_bytes(bits.take(length & 0x7F), "big")
    return tag, Bits(bits.take(length))
