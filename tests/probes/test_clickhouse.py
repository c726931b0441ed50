"""ClickHouse's own protocol: let in or refused by a number, and sizes from the catalogues of two generations."""

from __future__ import annotations

import contextlib
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.models.observations import Ending
from leakguard.probes.formats.reading import Garbled
from leakguard.probes.protocols.clickhouse.gate import COMMANDS, GATE
from leakguard.probes.protocols.clickhouse.reader import ClickhouseReader, numbers_of
from support.hostile import Script, says
from support.probing import Question
from support.talks import ask, recorded, talks

pytestmark = pytest.mark.enable_socket

HELLO, SIZES = Question("hello"), Question("sizes")
CANARY = b"Invented-Person-4711"
UNKNOWN = {"tables": None, "rows": None, "bytes": None, "parts": True, "host": None, "version": None}


def text(words: bytes) -> bytes:
    size = len(words)
    return (bytes((size,)) if size < 0x80 else bytes((size & 0x7F | 0x80, size >> 7))) + words


def hello(major: int = 25, minor: int = 8) -> bytes:
    return b"\0" + text(b"ClickHouse") + bytes((major, minor)) + b"\xb0\xa6\x03"


def exception(code: int, *, nested: bool = False) -> bytes:
    one = struct.pack("<i", code) + text(b"DB::Exception") + text(CANARY) + text(b"trace " * 30)
    return b"\x02" + one + (b"\x01" + one + b"\0" if nested else b"\0")


def block(*rows: bytes, kind: bytes = b"String", packet: int = 1) -> bytes:
    info = b"\x01\x00\x02\xff\xff\xff\xff\x00"
    return (
        bytes((packet,))
        + text(b"")
        + info
        + bytes((1, len(rows)))
        + text(b"c")
        + text(kind)
        + b"".join(map(text, rows))
    )


EMPTY = b"\x01" + text(b"") + b"\x01\x00\x02\xff\xff\xff\xff\x00\x00\x00"
PROGRESS, PROFILE, END = b"\x03\x01\x02\x00", b"\x06\x01\x01\x0e\x00\x00\x01", b"\x05"


def answer(words: bytes) -> bytes:
    """As a server sends it: the columns, the row, how it went, an empty block, the end."""
    return block() + block(words) + PROFILE + PROGRESS + b"\x04" + EMPTY + block(b"9", packet=7) + END


def server(**said: bytes | None) -> Script:
    return talks({COMMANDS[verb]: words for verb, words in ({"hello": hello()} | said).items()})


def test_a_real_old_server_is_counted_by_its_parts() -> None:
    """After the exception for the sums by table it hangs up, so a second hello comes before the parts."""
    said = recorded("clickhouse-18.16.1-open")

    told = {COMMANDS[verb]: (said | {"server": answer(b"lab 18.16.1")})[verb] for verb in COMMANDS}
    [first, sizes], probing = ask(talks(told), "clickhouse", HELLO, SIZES)

    assert first.document == {"version": "18.16", "code": None}
    assert sizes.document == {
        "tables": 1, "rows": 0, "bytes": 0, "parts": True, "host": "clickhouse lab", "version": "18.16.1",
    }  # fmt: skip
    assert probing.connects == 2


def test_a_real_server_with_a_password_says_so_by_a_number() -> None:
    [reply], _ = ask(says(recorded("clickhouse-18.16.1-protected")["hello"]), "clickhouse", HELLO)

    assert (reply.ended, reply.document) == (Ending.COMPLETE, {"version": None, "code": 194})


def test_a_newer_server_states_its_sums_by_table() -> None:
    script = server(tables=answer(b"60 9500000000 8400000000000"), server=answer(b"chi-0-0-0 25.8.1.1"))

    [sizes], probing = ask(script, "clickhouse", SIZES)

    assert sizes.document == {
        "tables": 60, "rows": 9_500_000_000, "bytes": 8_400_000_000_000, "parts": False,
        "host": "clickhouse chi-0-0-0", "version": "25.8.1.1",
    }  # fmt: skip
    assert probing.said == [COMMANDS["hello"], COMMANDS["tables"], COMMANDS["server"]]


@pytest.mark.parametrize("told", [None, answer(b"one-word"), answer(b" 25.8"), answer(b"three words here")])
def test_a_server_that_does_not_name_itself_keeps_its_sizes(told: bytes | None) -> None:
    [sizes], _ = ask(server(tables=answer(b"60 95 84"), server=told), "clickhouse", SIZES)

    assert (sizes.ended, sizes.document["tables"], sizes.document["host"]) == (Ending.COMPLETE, 60, None)


@pytest.mark.parametrize("code", [194, 516, 195, -5])
@pytest.mark.parametrize("nested", [False, True])
def test_a_refusal_is_a_number_and_no_word(code: int, *, nested: bool) -> None:
    [reply], _ = ask(says(exception(code, nested=nested), then="stay"), "clickhouse", HELLO)

    assert reply.document == {"version": None, "code": code}
    assert CANARY not in repr(reply).encode()


def test_sizes_of_a_server_that_refuses_are_unknown() -> None:
    [reply], _ = ask(server(hello=exception(516)), "clickhouse", SIZES)

    assert reply.document == UNKNOWN


def test_a_server_that_goes_away_is_told_so() -> None:
    [reply], _ = ask(talks({COMMANDS["hello"]: None}), "clickhouse", SIZES)

    assert reply.ended is Ending.CLOSED


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.0 400 Bad Request\r\n\r\nPort 9000 is for clickhouse-client program.\r\n",
        b"\x15\x03\x03\x00\x02\x02\x46",
        b"\0" + text(b"Another") + b"\x01\x01\x01",
        b"\0" + text(b"ClickHouse") + b"\x01\x01\xff\xff\xff\x7f",
        b"\0" + b"\xff" * 10,
        b"\0\xff\xff\xff\x7f",
        b"\x02" + exception(1)[1:-1] + (b"\x01" + exception(1)[1:-1]) * 16,
        block(CANARY, kind=b"UInt64"),
        block(*[b"1"] * 17),
        b"\x01" + text(b"") + b"\x03\x00",
        b"\x01" + text(b"") + b"\x00\x11\x00",
        b"\x0a",
    ],
)
def test_what_is_no_answer_of_clickhouse_is_garbled(said: bytes) -> None:
    [reply], _ = ask(says(said, said, then="stay"), "clickhouse", HELLO)

    assert (reply.ended, reply.document) == (Ending.GARBLED, None)


def test_an_answer_in_single_bytes_is_the_same_answer() -> None:
    reader, said = ClickhouseReader(), answer(b"1 2 3")

    assert [reader.feed(bytes((byte,))) for byte in said].count(True) == 1
    assert (reader.summary.text, reader.at_end(), reader.reusable) == ("1 2 3", True, True)


def test_bytes_behind_the_end_leave_the_line_unusable() -> None:
    reader = ClickhouseReader()

    assert reader.feed(hello() + b"x")
    assert not reader.reusable


@pytest.mark.parametrize("words", [None, "", "1 2", "1 2 3 4"])
def test_a_text_with_another_number_of_words_tells_nothing(words: str | None) -> None:
    assert numbers_of(words, 3) == [None, None, None]


def test_words_that_are_no_numbers_are_unknown() -> None:
    assert numbers_of("1 -2 x", 3) == [1, None, None]


@given(st.binary(max_size=120), st.sampled_from([b"", hello(), exception(5)[:20], block(), answer(b"1 2 3")[:40]]))
def test_any_bytes_are_an_answer_or_garbled(data: bytes, start: bytes) -> None:
    reader = ClickhouseReader()
    with contextlib.suppress(Garbled):
        assert isinstance(reader.feed(start + data), bool)


def test_its_complaint_about_http_is_known() -> None:
    assert GATE.greets is not None
    assert GATE.greets(b"HTTP/1.0 400 Bad Request\r\n\r\nPort 9000 is for clickhouse-client program.\r\n")
    assert not GATE.greets(b"HTTP/1.0 400 Bad Request\r\n\r\n")


def test_nobody_but_the_default_user_is_ever_named_and_no_password() -> None:
    hello_words = COMMANDS["hello"]

    assert hello_words.endswith(b"\x00\x07default\x00")
    assert not GATE.carries("hello", hello_words[:-1] + b"\x01x")
    assert not GATE.carries("tables", COMMANDS["parts"])


def test_a_block_that_never_begins_is_garbled_before_it_costs_anything() -> None:
    """Each piece of it would have all of it read again."""
    with pytest.raises(Garbled, match="never begins"):
        ClickhouseReader().feed(b"\x01\x00" + b"\x01\x00" * 20)
