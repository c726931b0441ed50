"""MQTT: the broker's word on a connection without a login, and its own counters; nobody's message is asked for."""

from __future__ import annotations

import struct
from typing import Any

import pytest

from leakguard.models.observations import Ending
from leakguard.probes.formats.reading import Garbled
from leakguard.probes.protocols.mqtt.gate import COMMANDS, TOPICS, connect
from leakguard.probes.protocols.mqtt.reader import connect_code, counters, counters_reader
from support.hostile import Script
from support.probing import Question
from support.reading import read_out
from support.talks import ask, recorded, talks, talks_and_leaves

pytestmark = pytest.mark.enable_socket

CONNECT, COUNTERS = Question("connect"), Question("counters")
CANARY = b"Invented-Person-4711"
IN, PONG = b"\x20\x02\0\0", b"\xd0\0"
NOTHING = {"version": None, "retained": None, "bytes": None}


def published(topic: bytes, payload: bytes, *, kind: int = 0x31, packet_id: bytes = b"") -> bytes:
    body = struct.pack(">H", len(topic)) + topic + packet_id + payload
    return bytes((kind, len(body) & 0x7F | 0x80, len(body) >> 7)) + body


def suback(*codes: int) -> bytes:
    return bytes((0x90, 2 + len(codes), 0, 1, *codes))


def broker(*packets: bytes) -> Script:
    return talks({b"leakguardprobe": IN, b"$SYS/broker": b"".join(packets)})


@pytest.mark.parametrize(
    ("name", "documents"),
    [
        ("open", [{"code": 0}, {"granted": 3, "version": "2.0.11", "retained": 37, "bytes": 168}]),
        ("protected", [{"code": 5}, {"code": 5}]),
    ],
)
def test_a_real_mosquitto_lets_anybody_in_or_does_not(name: str, documents: list[dict[str, Any]]) -> None:
    said = recorded(f"mosquitto-2.0.11-{name}")
    script = talks({b"leakguardprobe": said["connect"], b"$SYS/broker": said.get("counters")})

    replies, probing = ask(script, "mqtt", CONNECT, COUNTERS)

    assert [reply.document for reply in replies] == documents
    assert not [words for words in probing.said if b"\0\1#" in words]


@pytest.mark.parametrize("code", [0, 1, 2, 3, 4, 5, 132, 135])
def test_the_code_of_a_connection_is_told(code: int) -> None:
    """MQTT 5 adds properties behind the code."""
    tail = b"\0" if code > 127 else b""

    [reply], probing = ask(talks({b"MQTT": bytes((0x20, 2 + len(tail), 0, code)) + tail}), "mqtt", CONNECT)

    assert reply.document == {"code": code}
    assert probing.said[0].startswith(connect(b"0" * 9)[:-9])


def test_each_connection_has_a_name_of_its_own_since_a_broker_hangs_up_on_the_first_of_two_namesakes() -> None:
    script = talks({b"leakguardprobe": IN})

    said = [ask(script, "mqtt", CONNECT)[1].said[0] for _ in range(20)]

    assert len(set(said)) == 20
    assert {len(one) for one in said} == {len(said[0])}


def test_counters_are_read_and_everything_else_is_left() -> None:
    said = [
        suback(0, 0x80, 1),
        published(b"$SYS/broker/version", b"mosquitto version 2.0.18"),
        published(b"$SYS/broker/retained messages/count", b"9500000000"),
        published(b"$SYS/broker/store/messages/bytes", b"8400000000000", kind=0x33, packet_id=b"\0\7"),
        published(b"home/" + CANARY, CANARY),
        PONG,
    ]

    [reply], _ = ask(broker(*said), "mqtt", COUNTERS)

    assert reply.document == {"granted": 2, "version": "2.0.18", "retained": 9_500_000_000, "bytes": 8_400_000_000_000}
    assert CANARY.decode() not in repr(reply)


@pytest.mark.parametrize(
    ("said", "document"),
    [
        ([suback(0x80, 0x80, 0x80), PONG], {"granted": 0, **NOTHING}),
        ([suback(0, 0, 0), PONG], {"granted": 3, **NOTHING}),
        ([published(b"$SYS/broker/version", CANARY), PONG], {"granted": 0, **NOTHING}),
        ([published(b"$SYS/broker/store/messages/bytes", b"-5"), PONG], {"granted": 0, **NOTHING}),
        ([b"\xe0\0"], {"granted": 0, **NOTHING}),
    ],
)
def test_a_broker_without_counters_leaves_them_unknown(said: list[bytes], document: dict[str, Any]) -> None:
    [reply], _ = ask(broker(*said), "mqtt", COUNTERS)

    assert reply.document == document


def test_a_broker_that_hangs_up_on_a_subscription_is_told_as_such() -> None:
    script = talks({b"leakguardprobe": IN, b"$SYS/broker": None})

    [connect, reply], _ = ask(script, "mqtt", CONNECT, COUNTERS)

    assert connect.document == {"code": 0}
    assert (reply.ended, reply.document) == (Ending.CLOSED, None)


def test_a_broker_that_lets_in_and_hangs_up_is_asked_no_more() -> None:
    [reply], probing = ask(talks_and_leaves({b"leakguardprobe": IN + b"x"}), "mqtt", COUNTERS)

    assert (reply.ended, reply.document) == (Ending.CLOSED, None)
    assert COMMANDS["counters"] not in probing.said


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"\x20\xff\xff\xff\xff\x01",
        b"\x20\xff\xff\x7f",
        b"\x20\x01\0",
        b"\x31\x05\0\1a" + CANARY[:2],
    ],
)
def test_another_answer_to_a_connection_is_garbled(said: bytes) -> None:
    [reply], _ = ask(talks({b"MQTT": said}), "mqtt", CONNECT)

    assert reply.ended is Ending.GARBLED


@pytest.mark.parametrize(
    "said",
    [b"\x31\x03\0\x09a" + PONG, b"\x20\x02\0\0", published(b"a", b"b") * 70 + PONG, b"\x31\x80\x80\x80\x80\x01"],
)
def test_counters_that_lie_are_garbled(said: bytes) -> None:
    [reply], _ = ask(broker(said), "mqtt", COUNTERS)

    assert reply.ended is Ending.GARBLED


def test_a_broker_that_pours_messages_is_capped() -> None:
    said = published(b"$SYS/broker/version", CANARY * 90) * 30

    script = talks({b"leakguardprobe": IN, b"$SYS/broker": said})
    [reply], _ = ask(script, "mqtt", Question("counters", cap_bytes=4096))

    assert (reply.ended, reply.document, reply.size_bytes) == (Ending.CAPPED, None, 4096)


def test_packets_in_pieces_are_waited_for() -> None:
    end, reader = read_out(counters_reader, [suback(0, 0, 0), published(b"$SYS/broker/version", b"x"), PONG])

    assert (end, len(reader.packets)) == ("whole", 3)


def test_no_packet_is_no_code() -> None:
    with pytest.raises(Garbled):
        connect_code([])


def test_no_packet_is_no_counter() -> None:
    assert counters([], TOPICS) == {"granted": 0, **NOTHING}
