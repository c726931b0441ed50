"""DICOM: a node's own answer to the offer of an association, and nothing that follows one."""

from __future__ import annotations

import contextlib
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.models.observations import Ending
from leakguard.probes.formats.reading import Garbled
from leakguard.probes.protocols.dicom.gate import GATE, OFFER, RELEASE
from leakguard.probes.protocols.dicom.reader import AssociationReader
from support.hostile import banner
from support.probing import Question
from support.talks import ask, recorded, talks

pytestmark = pytest.mark.enable_socket

ASSOCIATE = Question("associate")
DCMTK = "OFFIS_DCMTK_367"
ACCEPTED = {"answer": "accepted", "echo": True, "queries": 0, "nonsense": False, "implementation": None}


def item(kind: int, body: bytes) -> bytes:
    return struct.pack(">BxH", kind, len(body)) + body


def accepted(*items: bytes) -> bytes:
    body = struct.pack(">H66x", 1) + b"".join(items)
    return struct.pack(">BxI", 2, len(body)) + body


def context(number: int, result: int) -> bytes:
    return item(0x21, bytes((number, 0, result, 0)))


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("orthanc-dicom-1.10.1-open", {**ACCEPTED, "queries": 2, "implementation": DCMTK}),
        ("storescp-3.6.7-protected", {**ACCEPTED, "implementation": DCMTK}),
        ("orthanc-dicom-1.10.1-protected", {"answer": "rejected", "is_transient": False, "source": 1, "reason": 3}),
        ("dcmqrscp-3.6.7-protected", {"answer": "rejected", "is_transient": False, "source": 1, "reason": 7}),
    ],
)  # fmt: skip
def test_a_real_node_says_which_services_a_stranger_would_get(name: str, told: dict[str, Any]) -> None:
    [answer], probing = ask(talks({OFFER: recorded(name)["associate"]}), "dicom", ASSOCIATE)

    assert answer.document == told
    assert (probing.connects, probing.said[0]) == (1, OFFER)
    assert probing.said[1:] == ([RELEASE] if told["answer"] == "accepted" else [])


def test_a_node_that_hangs_up_on_the_offer_is_told_from_one_that_aborts() -> None:
    [gone], _ = ask(talks({OFFER: None}), "dicom", ASSOCIATE)
    [aborted], _ = ask(talks({OFFER: b"\7\0\0\0\0\4\0\0\2\1"}), "dicom", ASSOCIATE)

    assert (gone.ended, gone.document) == (Ending.CLOSED, None)
    assert aborted.document == {"answer": "aborted", "source": 2, "reason": 1}


@pytest.mark.parametrize(
    "said",
    [
        b"\2\0\0\1\0\1",  # longer than any answer
        b"\2\0\0\0\0\x10" + bytes(16),  # shorter than the fields that each has
        b"\3\0\0\0\0\5" + bytes(5),
        accepted(item(0x21, b"\1")),
        accepted(struct.pack(">BxH", 0x21, 400)),
        accepted(*[item(0x40, b"") for _ in range(301)]),
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
    ],
)
def test_what_makes_no_sense_is_garbled(said: bytes) -> None:
    [answer], _ = ask(banner(said), "dicom", ASSOCIATE)

    assert (answer.ended, answer.document) == (Ending.GARBLED, None)


@pytest.mark.parametrize("name", [b"", b"x" * 17, b"\x1b[31m", b"caf\xc3\xa9"])
def test_a_release_that_is_no_plain_word_is_not_told(name: bytes) -> None:
    [answer], _ = ask(
        talks({OFFER: accepted(context(1, 0), context(9, 3), item(0x50, item(0x55, name)))}), "dicom", ASSOCIATE
    )

    assert answer.document == ACCEPTED


def test_a_node_that_agrees_to_a_service_that_nobody_has_is_told() -> None:
    [answer], _ = ask(talks({OFFER: accepted(*(context(number, 0) for number in (1, 3, 5, 7, 9)))}), "dicom", ASSOCIATE)

    assert answer.document is not None
    assert (answer.document["queries"], answer.document["nonsense"]) == (3, True)


def test_an_answer_beyond_the_cap_is_cut() -> None:
    [answer], _ = ask(talks({OFFER: accepted(item(0x50, bytes(3000)))}), "dicom", Question("associate", cap_bytes=1024))

    assert answer.ended is Ending.CAPPED


def test_neither_an_echo_nor_a_query_nor_another_title_can_be_said() -> None:
    assert [GATE.carries(verb, data) for verb, data in (("associate", OFFER), ("release", RELEASE))] == [True, True]
    for data in (
        OFFER.replace(b"ANY-SCP  ", b"ARCHIVE  "),
        OFFER + b"\4\0\0\0\0\0",
        RELEASE + RELEASE,
        b"\4\0\0\0\0\0",
    ):
        assert not GATE.carries("associate", data)
        assert not GATE.carries("release", data)


@given(st.binary(max_size=400))
def test_no_answer_breaks_the_reader(data: bytes) -> None:
    reader = AssociationReader()
    with contextlib.suppress(Garbled):
        if reader.feed(b"\2\0\0\0" + data):
            reader.document()
