"""NBD: what there is and how large, told by the server; no device is ever entered and no name of one leaves."""

from __future__ import annotations

import contextlib
import struct
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.models.observations import Ending
from leakguard.probes.formats.reading import Garbled
from leakguard.probes.protocols.nbd.gate import ABORT, GATE, LIST_MESSAGE, info_message
from leakguard.probes.protocols.nbd.reader import GreetingReader, RepliesReader
from support.hostile import banner
from support.probing import Question
from support.talks import ask, recorded, talks

pytestmark = pytest.mark.enable_socket

EXPORTS = Question("exports")
CANARY = b"Invented-Person-4711"
GREETING = b"NBDMAGICIHAVEOPT\x00\x03"
NOTHING: Mapping[str, Any] = {
    "old": False, "list": 1, "default": None, "tls": False, "exports": 0, "told": 0, "bytes": None,
}  # fmt: skip


def reply(option: int, kind: int, data: bytes = b"") -> bytes:
    return b"\x00\x03\xe8\x89\x04\x55\x65\xa9" + struct.pack(">III", option, kind, len(data)) + data


def listed(*names: bytes) -> bytes:
    return b"".join(reply(3, 2, struct.pack(">I", len(name)) + name + b"words") for name in names) + reply(3, 1)


def sized(size: int) -> bytes:
    return (
        reply(6, 3, struct.pack(">HI", 3, 512) + bytes(8)) + reply(6, 3, struct.pack(">HQH", 0, size, 1)) + reply(6, 1)
    )


UNKNOWN = reply(6, 0x80000006, CANARY)


@pytest.mark.parametrize(
    ("name", "told"),
    [("open", {"exports": 2, "told": 2, "bytes": 0}), ("protected", {"list": 0x80000002, "default": 0x80000006})],
)
def test_a_real_server_lists_its_devices_or_keeps_them_to_itself(name: str, told: dict[str, Any]) -> None:
    said = recorded(f"nbd-server-3.24-{name}")
    table = {LIST_MESSAGE: said["list"], b"canary-disk": said["info"], b"": said.get("info 2", said["info"])}

    [answer], probing = ask(talks(table, greeting=said["greeting"]), "nbd", EXPORTS)

    assert answer.document == {**NOTHING, **told}
    assert b"canary" not in repr(answer).encode()
    assert (probing.connects, probing.said[-1]) == (1, ABORT)


def test_sizes_of_the_first_ten_devices_are_added_up() -> None:
    names = [CANARY + bytes((65 + number,)) for number in range(12)]
    table = {LIST_MESSAGE: listed(*names), names[1]: UNKNOWN, CANARY: sized(1_000_000_000_000)}

    [answer], probing = ask(talks(table, greeting=GREETING), "nbd", EXPORTS)

    assert answer.document == {**NOTHING, "exports": 12, "told": 9, "bytes": 9_000_000_000_000}
    assert probing.said[1:-1] == [info_message(name) for name in names[:10]]


def test_the_default_device_is_asked_for_where_there_is_no_list() -> None:
    table = {LIST_MESSAGE: reply(3, 0x80000002), info_message(b""): sized(5)}

    [answer], _ = ask(talks(table, greeting=GREETING), "nbd", EXPORTS)

    assert answer.document == {**NOTHING, "list": 0x80000002, "default": 1, "told": 1, "bytes": 5}


def test_tls_that_is_wanted_is_told() -> None:
    table = {LIST_MESSAGE: reply(3, 0x80000005), info_message(b""): reply(6, 0x80000005)}

    [answer], _ = ask(talks(table, greeting=GREETING), "nbd", EXPORTS)

    assert answer.document == {**NOTHING, "list": 0x80000005, "default": 0x80000005, "tls": True}


@pytest.mark.parametrize("code", [0x80000007, 0x80000009])
def test_a_busy_daemon_is_no_refusal(code: int) -> None:
    """One that shuts down, or whose list is too long, and then hangs up."""
    table: dict[bytes, bytes | None] = {LIST_MESSAGE: reply(3, code), info_message(b""): None}

    [answer], _ = ask(talks(table, greeting=GREETING), "nbd", EXPORTS)

    assert answer.document == {**NOTHING, "list": code}


def test_an_old_server_hands_over_its_device_with_the_greeting() -> None:
    """The line is dropped at once: the next bytes would be questions for blocks."""
    greeting = b"NBDMAGIC\x00\x00\x42\x02\x81\x86\x12\x53" + struct.pack(">QI", 52_428_800, 3) + bytes(124)

    [answer], probing = ask(banner(greeting), "nbd", EXPORTS)

    assert answer.document == {**NOTHING, "old": True, "list": None, "told": 1, "bytes": 52_428_800}
    assert probing.said == []


@pytest.mark.parametrize("info", [None, b"garbage that is no reply at all"])
def test_a_server_that_fails_after_its_list_has_told_the_list(info: bytes | None) -> None:
    table = {LIST_MESSAGE: listed(b"a", b"b"), info_message(b"a"): info}

    [answer], _ = ask(talks(table, greeting=GREETING), "nbd", EXPORTS)

    assert answer.document == {**NOTHING, "exports": 2}


def test_a_server_that_hangs_up_is_told_so() -> None:
    [answer], _ = ask(talks({LIST_MESSAGE: None}, greeting=GREETING), "nbd", EXPORTS)

    assert (answer.ended, answer.document) == (Ending.CLOSED, None)


@pytest.mark.parametrize("words", [b"SSH-2.0-OpenSSH_9.2p1\r\n", b"NBDMAGICnot", b"\x15\x03\x03\x00\x02\x02\x46"])
def test_another_greeting_is_garbled(words: bytes) -> None:
    [answer], _ = ask(banner(words), "nbd", EXPORTS)

    assert answer.ended is Ending.GARBLED


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        reply(6, 1),
        reply(3, 2, b"\x00\x00\x00\x09abc"),
        b"\x00\x03\xe8\x89\x04\x55\x65\xa9" + struct.pack(">III", 3, 2, 70_000),
        reply(3, 2, b"\0\0\0\0") * 10_001,
    ],
)
def test_a_list_that_lies_is_garbled(said: bytes) -> None:
    reader = RepliesReader(3)

    with pytest.raises(Garbled):
        reader.feed(said)


@given(st.binary(max_size=120), st.sampled_from([b"", GREETING, GREETING[:8], listed(b"a")[:25], sized(1)[:30]]))
def test_any_bytes_are_an_answer_or_garbled(data: bytes, start: bytes) -> None:
    for reader in (GreetingReader(), RepliesReader(3), RepliesReader(6)):
        with contextlib.suppress(Garbled):
            assert isinstance(reader.feed(start + data), bool)


def test_an_answer_in_single_bytes_is_the_same_answer() -> None:
    reader, said = RepliesReader(3), listed(b"a", b"bc")

    assert [reader.feed(bytes((byte,))) for byte in said].count(True) == 1
    assert (reader.replies.names, reader.reusable) == ([b"a", b"bc"], True)


@given(st.binary(max_size=80))
def test_no_name_can_make_the_question_another_one(name: bytes) -> None:
    data = info_message(name)

    assert GATE.carries("info", data)
    assert not GATE.carries("info", data + b"x")
    assert not GATE.carries("info", data.replace(b"IHAVEOPT\0\0\0\6", b"IHAVEOPT\0\0\0\7"))


def test_its_greeting_is_known() -> None:
    assert GATE.greets is not None
    assert GATE.greets(GREETING)
    assert not GATE.carries("info", info_message(b"x" * 4097))
