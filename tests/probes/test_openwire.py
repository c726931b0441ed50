"""OpenWire: a connection that a broker accepts without a login is the proof; nothing is subscribed to."""

from __future__ import annotations

import contextlib
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.models.observations import Ending
from leakguard.probes.formats.reading import Garbled
from leakguard.probes.protocols.openwire.gate import COMMANDS, GATE
from leakguard.probes.protocols.openwire.reader import EXCEPTION, RESPONSE, OpenwireReader, is_about_login, read_version
from support.hostile import banner
from support.probing import Question
from support.talks import ask, recorded, talks

pytestmark = pytest.mark.enable_socket

CONNECT = Question("connect")
CANARY = b"Invented-Person-4711"


def frame(body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + body


def greeting(version: bytes | None = b"5.18.6") -> bytes:
    option = b"" if version is None else b"\x00\x0fProviderVersion\x09" + struct.pack(">h", len(version)) + version
    return frame(b"\x01ActiveMQ" + struct.pack(">I", 12) + b"\x01" + option)


ACCEPTED = frame(struct.pack(">BIBI", RESPONSE, 0, 0, 1))
BROKER = frame(b"\x02" + CANARY)


def refused(name: bytes) -> bytes:
    return frame(struct.pack(">BIBI", EXCEPTION, 0, 0, 1) + b"\x01\x01\x00" + bytes((len(name),)) + name + CANARY)


@pytest.mark.parametrize(
    ("name", "document"),
    [
        ("open", {"version": "5.18.6", "accepted": True, "login": False}),
        ("protected", {"version": "5.18.6", "accepted": False, "login": True}),
    ],
)
def test_a_real_activemq_accepts_a_connection_or_asks_for_a_login(name: str, document: dict[str, Any]) -> None:
    said = recorded(f"activemq-5.18.6-{name}")

    [reply], probing = ask(
        talks({COMMANDS["connect"]: said["connect"]}, greeting=said["greeting"]), "openwire", CONNECT
    )

    assert reply.document == document
    assert probing.connects == 1


@pytest.mark.parametrize(
    ("said", "accepted", "login"),
    [
        (ACCEPTED, True, False),
        (BROKER + frame(b"\x0a") + ACCEPTED, True, False),
        (refused(b"java.lang.SecurityException"), False, True),
        (refused(b"javax.jms.JMSSecurityException"), False, True),
        (refused(b"javax.jms.InvalidClientIDException"), False, False),
        (None, False, False),
        (b"\x00\x00\x00\x00\x00", False, False),
    ],
)
def test_only_an_acceptance_is_one(said: bytes | None, *, accepted: bool, login: bool) -> None:
    [reply], _ = ask(talks({COMMANDS["connect"]: said}, greeting=greeting()), "openwire", CONNECT)

    assert reply.document == {"version": "5.18.6", "accepted": accepted, "login": login}
    assert CANARY not in repr(reply).encode()


def test_a_broker_is_left_with_goodbye() -> None:
    _, probing = ask(talks({COMMANDS["connect"]: ACCEPTED}, greeting=greeting()), "openwire", CONNECT)

    assert probing.said == [COMMANDS["connect"], COMMANDS["shutdown"]]


def test_a_broker_that_says_more_than_its_greeting_is_not_connected_to() -> None:
    [reply], probing = ask(banner(greeting() + b"more"), "openwire", CONNECT)

    assert reply.document == {"version": "5.18.6", "accepted": False, "login": False}
    assert probing.said == []


@pytest.mark.parametrize(("version", "word"), [(None, None), (b"", None), (b"9" * 99, "9" * 32)])
def test_a_release_is_short_or_unknown(version: bytes | None, word: str | None) -> None:
    assert read_version(greeting(version)[4:]) == word


@pytest.mark.parametrize(
    "words",
    [
        b"SSH-2.0-OpenSSH_9.2p1\r\n",
        b"\x00\x00\x00\x00\x01",
        b"\x00\x02\x00\x00\x01",
        frame(b"\x01Another" + bytes(9)),
        frame(b"\x0a") * 66,
        frame(b"\x01ActiveMQ" + greeting()[18:-8] + b"\x7f\xff"),
    ],
)
def test_another_greeting_is_garbled(words: bytes) -> None:
    [reply], _ = ask(banner(words + bytes(9)), "openwire", CONNECT)

    assert (reply.ended, reply.document) == (Ending.GARBLED, None)


def test_an_answer_in_single_bytes_is_the_same_answer() -> None:
    reader = OpenwireReader(RESPONSE, EXCEPTION)

    assert [reader.feed(bytes((byte,))) for byte in BROKER + ACCEPTED].count(True) == 1
    assert (reader.kind, reader.reusable) == (RESPONSE, True)


@given(st.binary(max_size=120), st.sampled_from([b"", greeting()[:30], BROKER, ACCEPTED[:8]]))
def test_any_bytes_are_an_answer_or_garbled(data: bytes, start: bytes) -> None:
    for reader in (OpenwireReader(1), OpenwireReader(RESPONSE, EXCEPTION)):
        with contextlib.suppress(Garbled):
            if reader.feed(start + data):
                assert isinstance(is_about_login(reader.frame), bool)
                read_version(reader.frame)


def test_no_user_and_no_password_can_be_said() -> None:
    """The two texts behind the names of the connection and the client are missing ones."""
    connect = COMMANDS["connect"]

    assert connect.count(b"\x01\x00\x09leakguard") == 2
    assert connect.endswith(b"leakguard\x00\x00\x00\x00\x00")
    assert not GATE.carries("connect", connect[:-1] + b"\x01")


def test_its_greeting_is_known() -> None:
    assert GATE.greets is not None
    assert GATE.greets(greeting())
    assert not GATE.greets(b"SSH-2.0-OpenSSH_9.2p1\r\n")
