"""iSCSI: a target that accepts a login without a secret is the proof; no SCSI command is ever said."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.models.observations import Ending
from leakguard.probes.formats.reading import Garbled
from leakguard.probes.protocols.iscsi.gate import DISCOVERY, GATE, can_be_named, list_message, target_message
from leakguard.probes.protocols.iscsi.reader import LOGIN_ANSWER, TEXT_ANSWER, IscsiReader
from support.hostile import Script, says
from support.probing import Question
from support.talks import ask, recorded, talks

pytestmark = pytest.mark.enable_socket

TARGETS = Question("targets")
CANARY = "iqn.2026-11.org.example:invented-person-4711"
NOTHING: dict[str, Any] = {"status": 0, "targets": None, "tried": 0, "open": 0, "login": 0}
REJECTED = bytes((0x3F, 0x80, 4, 0)) + bytes(44)


def pdu(
    operation: int, data: bytes = b"", *, status: int = 0, number: int = 7, more: int = 0, flags: int = 0x87
) -> bytes:
    head = bytes((operation, flags, 0, 0, more)) + len(data).to_bytes(3, "big") + bytes(16) + number.to_bytes(4, "big")
    return head + bytes(8) + status.to_bytes(2, "big") + bytes(10) + bytes(4 * more) + data + bytes(-len(data) % 4)


def login(status: int = 0) -> bytes:
    return pdu(LOGIN_ANSWER, b"TargetPortalGroupTag=1\0", status=status)


def listed(*names: str, more: int = 0) -> bytes:
    pairs = "".join(f"TargetName={name}\0TargetAddress=192.0.2.1:3260,1\0" for name in names)
    return pdu(TEXT_ANSWER, pairs.encode(), more=more)


def portal(targets: dict[str, bytes | None], answer: bytes | None = None) -> Script:
    tried = {target_message(name): said for name, said in targets.items()}
    return talks({DISCOVERY: login(), list_message(8): answer or listed(*targets), **tried})


@pytest.mark.parametrize(("name", "told"), [("open", {"open": 1}), ("protected", {"login": 1})])
def test_a_real_portal_lists_its_target_which_lets_anybody_in_or_asks_for_a_secret(
    name: str, told: dict[str, int]
) -> None:
    said = recorded(f"tgt-1.0.85-{name}")
    number = int.from_bytes(said["discovery"][24:28], "big") + 1
    table = {
        DISCOVERY: said["discovery"],
        list_message(number): said["list"],
        target_message("iqn.2026-11.org.example:canary"): said["target"],
    }

    [reply], probing = ask(talks(table), "iscsi", TARGETS)

    assert reply.document == {**NOTHING, "targets": 1, "tried": 1, **told}
    assert b"canary" not in repr(reply).encode()
    assert (probing.connects, len(probing.said)) == (2, 3)


def test_each_target_is_tried_on_a_line_of_its_own() -> None:
    unfinished = pdu(LOGIN_ANSWER, flags=0x04)
    refused = {"eui.1": login(0x0301), "naa.2": None, "iqn.3": REJECTED, "iqn.4": unfinished}
    targets = {CANARY: login(), f"{CANARY}2": login(0x0201), **refused}

    [reply], probing = ask(portal(targets), "iscsi", TARGETS)

    assert reply.document == {**NOTHING, "targets": 6, "tried": 6, "open": 1, "login": 1}
    assert CANARY not in repr(reply)
    assert probing.connects >= 7


def test_at_most_ten_targets_with_possible_names_are_tried() -> None:
    names = ["bad name", "iqn." + "x" * 300, *(f"iqn.{number}" for number in range(14)), "iqn.1"]

    [reply], _ = ask(
        portal({f"iqn.{number}": login() for number in range(14)}, listed(*names, more=1)), "iscsi", TARGETS
    )

    assert reply.document == {**NOTHING, "targets": 16, "tried": 10, "open": 10}


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (login(0x0201), 0x0201),
        (login(0x0302), 0x0302),
        (REJECTED, None),
        (pdu(LOGIN_ANSWER, flags=0), 0),
        (login() + b"more", 0),
    ],
)
def test_a_session_of_discovery_that_is_not_granted_lists_nothing(said: bytes, status: int | None) -> None:
    [reply], _ = ask(says(said, then="stay"), "iscsi", TARGETS)

    assert reply.document == {**NOTHING, "status": status}


@pytest.mark.parametrize("said", [None, REJECTED, b"\x15\x03\x03\x00\x02\x02\x46", b"HTTP/1.1 400 Bad Request\r\n"])
def test_a_list_that_does_not_come_is_unknown(said: bytes | None) -> None:
    [reply], _ = ask(talks({DISCOVERY: login(), list_message(8): said}), "iscsi", TARGETS)

    assert (reply.ended, reply.document) == (Ending.COMPLETE, NOTHING)


def test_more_targets_than_an_answer_holds_are_garbled() -> None:
    reader = IscsiReader(TEXT_ANSWER)
    many = listed(*["iqn.1"] * 10_001)

    assert reader.feed(many)
    with pytest.raises(Garbled):
        reader.targets()


@pytest.mark.parametrize("data", [b"TARGETNAME=iqn.1\0", b"\x7fargetName=iqn.1\0TargetAddress=192.0.2.1:3260,1\0"])
def test_words_that_name_no_target_are_no_empty_list(data: bytes) -> None:
    """Else a portal whose list cannot be read would be told as one that lists nothing."""
    table = {DISCOVERY: login(), list_message(8): pdu(TEXT_ANSWER, data)}

    [reply], _ = ask(talks(table), "iscsi", TARGETS)

    assert (reply.ended, reply.document) == (Ending.GARBLED, None)


def test_a_list_that_lies_is_garbled() -> None:
    """Short names make ten thousand of them fit under the cap."""
    data = b"TargetName=\0" * 10_001
    table = {DISCOVERY: login(), list_message(8): pdu(TEXT_ANSWER, data)}

    [reply], _ = ask(talks(table), "iscsi", Question("targets", cap_bytes=1024 * 1024))

    assert (reply.ended, reply.document) == (Ending.GARBLED, None)


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"\x15\x03\x03\x00\x02\x02\x46",
        pdu(TEXT_ANSWER),
        bytes((LOGIN_ANSWER, 0, 0, 0, 0)) + b"\xff" * 3 + bytes(40),
    ],
)
def test_what_is_no_answer_to_a_login_is_garbled(said: bytes) -> None:
    [reply], _ = ask(says(said, said, then="stay"), "iscsi", TARGETS)

    assert (reply.ended, reply.document) == (Ending.GARBLED, None)


def test_an_answer_in_single_bytes_is_the_same_answer() -> None:
    reader, said = IscsiReader(TEXT_ANSWER), listed("iqn.1", "eui.2", more=2)

    assert [reader.feed(bytes((byte,))) for byte in said].count(True) == 1
    assert (reader.targets(), reader.reusable) == (["iqn.1", "eui.2"], True)


@given(st.binary(max_size=120), st.sampled_from([b"", login(), listed("iqn.1")[:60], REJECTED[:20]]))
def test_any_bytes_are_an_answer_or_garbled(data: bytes, start: bytes) -> None:
    for operation in (LOGIN_ANSWER, TEXT_ANSWER):
        reader = IscsiReader(operation)
        with contextlib.suppress(Garbled):
            if reader.feed(start + data):
                assert isinstance(reader.targets(), list)
                assert (reader.status, reader.next_number) >= (0, 0)


@given(st.text(max_size=40), st.integers(0, 0xFFFFFFFF))
def test_a_login_carries_no_secret_and_nothing_else(name: str, number: int) -> None:
    possible = f"iqn.{number}"

    assert GATE.carries("list", list_message(number))
    assert GATE.carries("target", target_message(possible))
    assert not GATE.carries("target", target_message(possible) + b"AuthMethod=CHAP\0")
    assert can_be_named(name) or name.isascii() is False or not GATE.carries("target", target_message(name))


def test_a_command_for_a_disk_is_not_carried() -> None:
    read = b"\x01" + DISCOVERY[1:]

    assert not any(GATE.carries(verb, read) for verb in ("discovery", "list", "target"))
