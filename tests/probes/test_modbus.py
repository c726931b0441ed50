"""Modbus: who made a device, in its own words, and never a register."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.models.observations import Ending
from leakguard.probes.formats.reading import Garbled
from leakguard.probes.protocols.modbus.gate import GATE, IDENTIFY
from leakguard.probes.protocols.modbus.reader import IdentityReader
from support.probing import Question
from support.talks import ask, recorded, talks

pytestmark = pytest.mark.enable_socket

NOTHING: dict[str, Any] = {"exception": None, "objects": 0, "vendor": None, "product": None, "release": None}


def answer(body: bytes) -> bytes:
    return b"LG\0\0" + (len(body) + 1).to_bytes(2, "big") + b"\xff" + body


def objects(*each: tuple[int, bytes]) -> bytes:
    told = b"".join(bytes((number, len(value))) + value for number, value in each)
    return answer(bytes((0x2B, 0x0E, 1, 0x83, 0, 0, len(each))) + told)


def told(said: bytes) -> Any:  # noqa: ANN401  (plain values)
    [reply], probing = ask(talks({IDENTIFY: said}), "modbus", Question("identify"))
    assert probing.said == [IDENTIFY]
    return reply.document if reply.ended is Ending.COMPLETE else reply.ended


def test_a_real_device_says_who_made_it() -> None:
    said = recorded("pymodbus-3.16.1-open")["identify"]

    assert told(said) == {**NOTHING, "objects": 3, "vendor": "Invented", "product": "LAB", "release": "1.4.2"}


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        (objects(), NOTHING),
        (objects((0, b"\x1b[31m"), (1, b"x" * 101), (2, b"\xff"), (9, b"more")), {**NOTHING, "objects": 4}),
        (answer(b"\xab\x01"), {**NOTHING, "exception": 1}),
        (answer(b"\x2b\x0e\1\x83\0\0\2\0\1x"), Ending.GARBLED),
        (answer(b"\x03\2\0\0"), Ending.GARBLED),
        (b"LG\0\0\0\2\xff\xab", Ending.GARBLED),
        (b"LG\0\0\0\xff" + bytes(255), Ending.GARBLED),
        (b"XX\0\0\0\3\xff\xab\1", Ending.GARBLED),
    ],
)
def test_other_answers_are_what_they_are(said: bytes, wanted: object) -> None:
    assert told(said) == wanted


def test_no_register_can_be_read_or_written_and_no_other_unit_be_asked() -> None:
    assert GATE.carries("identify", IDENTIFY)
    for function in range(256):
        other = IDENTIFY[:7] + bytes((function,)) + IDENTIFY[8:]
        assert GATE.carries("identify", other) is (other == IDENTIFY)
    assert not GATE.carries("identify", IDENTIFY + IDENTIFY)
    assert not GATE.carries("identify", IDENTIFY.replace(b"\xff", b"\x01"))
    assert not GATE.carries("read", IDENTIFY)


@given(st.binary(max_size=300))
def test_no_answer_breaks_the_reader(data: bytes) -> None:
    reader = IdentityReader()
    with contextlib.suppress(Garbled):
        if reader.feed(b"LG\0\0" + data):
            reader.document()
