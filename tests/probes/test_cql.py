"""CQL: a session that answers a question is the proof; keyspaces are named only to leave out those of the server."""

from __future__ import annotations

import contextlib
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.models.observations import Ending
from leakguard.probes.formats.reading import Garbled
from leakguard.probes.protocols.cql.gate import GATE, PAGE, QUERIES, command
from leakguard.probes.protocols.cql.reader import (
    CqlReader,
    own_rows,
    read_rows,
    read_start,
    read_supported,
    wants_older,
)
from support.hostile import Script, says
from support.probing import Question
from support.talks import ask, recorded, talks

pytestmark = pytest.mark.enable_socket

OPTIONS, STARTUP, VERSION, SIZES = Question("options"), Question("startup"), Question("version"), Question("sizes")
CANARY = b"invented_person_4711"
NOT_IN: dict[str, Any] = {"ready": False, "login": False}


def frame(opcode: int, body: bytes = b"", *, version: int = 0x84, flags: int = 0) -> bytes:
    return struct.pack(">BBhBI", version, flags, 1, opcode, len(body)) + body


def short(words: bytes) -> bytes:
    return struct.pack(">H", len(words)) + words


def value(words: bytes | None) -> bytes:
    return b"\xff" * 4 if words is None else struct.pack(">i", len(words)) + words


def rows(*found: tuple[bytes | None, ...], columns: int = 1, more: bytes = b"") -> bytes:
    flags = 4 | (2 if more else 0)
    head = struct.pack(">iii", 2, flags, columns) + (value(more) if more else b"") + struct.pack(">i", len(found))
    return frame(8, head + b"".join(value(cell) for row in found for cell in row))


def number(count: int) -> bytes:
    return struct.pack(">q", count)


def error(code: int) -> bytes:
    return frame(0, struct.pack(">i", code) + short(CANARY))


SUPPORTED = frame(6, b"\x00\x01" + short(b"CQL_VERSION") + b"\x00\x02" + short(b"3.0.0") + short(b"3.4.7"))
READY = frame(2)
LOGIN = frame(3, short(b"org.apache.cassandra.auth.PasswordAuthenticator"))


def server(table: dict[str, bytes | None], *, version: int = 4) -> Script:
    """Lets in, and answers by the verb."""
    started: dict[str, bytes | None] = {"options": SUPPORTED, "startup": READY}
    return talks({command(verb, version): said for verb, said in (started | table).items()})


@pytest.mark.parametrize(
    ("name", "questions", "documents"),
    [
        (
            "open",
            [OPTIONS, STARTUP, VERSION, SIZES],
            [
                {"supported": True, "cql": "3.4.7", "scylla": False},
                {"ready": True, "login": False, "error": None},
                {"version": "5.0.5"},
                {"tables": 1, "keyspaces": 1, "partitions": 0, "bytes": 0, "complete": True},
            ],
        ),
        (
            "protected",
            [OPTIONS, STARTUP],
            [{"supported": True, "cql": "3.4.7", "scylla": False}, {"ready": False, "login": True, "error": None}],
        ),
    ],
)
def test_a_real_cassandra_counts_its_tables_or_asks_for_a_login(
    name: str, questions: list[Question], documents: list[dict[str, Any]]
) -> None:
    said = recorded(f"cassandra-5.0.5-{name}")

    replies, probing = ask(talks({command(verb, 4): words for verb, words in said.items()}), "cql", *questions)

    assert [reply.document for reply in replies] == documents
    assert probing.connects == 1


def test_estimates_are_added_up_without_the_servers_own_keyspaces() -> None:
    tables = rows((CANARY,), (CANARY,), (b"shop",), (b"system",), (b"system_schema",))
    estimates = rows(
        (CANARY, number(2_000_000_000), number(30)), (b"shop", number(5), None), (b"system_auth", number(9), number(9)),
        columns=3, more=b"next page",
    )  # fmt: skip

    [reply], _ = ask(server({"tables": tables, "estimates": estimates}), "cql", SIZES)

    assert reply.document == {
        "tables": 3,
        "keyspaces": 2,
        "partitions": 2_000_000_005,
        "bytes": 60_000_000_000,
        "complete": False,
    }
    assert CANARY not in repr(reply).encode()


@pytest.mark.parametrize("estimates", [None, rows(columns=3)])
def test_without_estimates_only_the_tables_are_known(estimates: bytes | None) -> None:
    [reply], _ = ask(server({"tables": rows((b"shop",)), "estimates": estimates}), "cql", SIZES)

    assert reply.document == {
        "tables": 1, "keyspaces": 1, "partitions": None, "bytes": None, "complete": estimates is not None,
    }  # fmt: skip


def test_an_old_server_is_asked_in_the_older_version() -> None:
    table = {command("options", 4): error(10), command("options", 3): SUPPORTED, command("startup", 3): READY}

    replies, probing = ask(
        talks({**table, command("version", 3): rows((b"2.1.22",))}), "cql", OPTIONS, STARTUP, VERSION
    )

    assert [reply.ended for reply in replies] == [Ending.COMPLETE] * 3
    assert replies[2].document == {"version": "2.1.22"}
    assert [said[0] for said in probing.said] == [4, 3, 3, 3]


def test_a_server_that_wants_neither_version_is_not_asked_for_ever() -> None:
    [reply], probing = ask(talks({b"CQL_VERSION": error(10)}), "cql", STARTUP)

    assert reply.document == {**NOT_IN, "error": 10}
    assert len(probing.said) == 2


@pytest.mark.parametrize("code", [256, 4097, 8448])
def test_an_error_is_a_number_and_no_word(code: int) -> None:
    [reply], _ = ask(says(error(code), then="stay"), "cql", STARTUP)

    assert reply.document == {**NOT_IN, "error": code}
    assert CANARY not in repr(reply).encode()


def test_scylla_is_known_by_its_own_options() -> None:
    [reply], _ = ask(says(frame(6, b"\x00\x01" + short(b"SCYLLA_SHARD") + b"\x00\x00"), then="stay"), "cql", OPTIONS)

    assert reply.document == {"supported": True, "cql": None, "scylla": True}


def test_another_answer_than_options_is_no_support() -> None:
    [reply], _ = ask(says(READY, then="stay"), "cql", OPTIONS)

    assert reply.document == {"supported": False, "cql": None, "scylla": False}


@pytest.mark.parametrize("startup", [None, LOGIN])
def test_a_question_in_a_session_that_never_began_is_not_answered(startup: bytes | None) -> None:
    replies, _ = ask(server({"startup": startup, "version": error(10), "tables": error(10)}), "cql", VERSION, SIZES)

    assert all(reply.ended in (Ending.CLOSED, Ending.GARBLED) for reply in replies)
    assert [reply.document for reply in replies] == [None, None]


def test_a_server_that_hangs_up_on_a_query_is_told_so() -> None:
    replies, _ = ask(server({"version": None, "tables": None}), "cql", VERSION, SIZES)

    assert [reply.ended for reply in replies] == [Ending.CLOSED] * 2


@pytest.mark.parametrize("row", [rows(), rows((None,)), rows((b"",))])
def test_a_version_that_is_not_told_is_unknown(row: bytes) -> None:
    [reply], _ = ask(server({"version": row}), "cql", VERSION)

    assert reply.document == {"version": None}


def test_tracing_and_warnings_before_an_answer_are_passed_over() -> None:
    reader = CqlReader()
    warned = b"t" * 16 + b"\x00\x01" + short(CANARY) + rows((b"4.1.3",))[9:]

    assert reader.feed(frame(8, warned, flags=0x0A))
    assert read_rows(reader) == ([[b"4.1.3"]], False)


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"\x15\x03\x03\x00\x02\x02\x46",
        frame(0x55),
        struct.pack(">BBhBI", 0x84, 0, 1, 8, 0x7FFFFFFF),
        frame(8, struct.pack(">i", 1)),
        frame(8, struct.pack(">iii", 2, 0, 1)),
        frame(8, struct.pack(">iii", 2, 4, 17)),
        frame(8, struct.pack(">iiii", 2, 4, 1, 100_001)),
        frame(8, struct.pack(">iiii", 2, 4, 1, 3) + value(b"a")),
        frame(8, struct.pack(">iiii", 2, 4, 1, -2)),
        rows((b"a", b"b"), columns=2),
    ],
)
def test_what_is_no_list_of_tables_is_garbled(said: bytes) -> None:
    [reply], _ = ask(server({"tables": said}), "cql", SIZES)

    assert (reply.ended, reply.document) == (Ending.GARBLED, None)


def test_rows_with_other_columns_are_garbled() -> None:
    with pytest.raises(Garbled):
        own_rows([[b"shop"], [b"shop", b"more"]], 1)


def test_its_complaint_about_http_is_known() -> None:
    assert GATE.greets is not None
    assert GATE.greets(frame(0, b"\x00\x00\x00\x0a" + short(b"Invalid"), version=0x85))
    assert not GATE.greets(b"HTTP/1.1 400 Bad Request\r\n\r\n")


@given(st.binary(max_size=120), st.sampled_from([b"", b"\x84", SUPPORTED[:20], error(1), rows((b"a",), (b"b",))[:30]]))
def test_any_bytes_are_an_answer_or_garbled(data: bytes, start: bytes) -> None:
    reader = CqlReader()
    with contextlib.suppress(Garbled):
        if reader.feed(start + data):
            for read in (read_supported, read_start, wants_older, read_rows):
                with contextlib.suppress(Garbled):
                    read(reader)


def test_nothing_but_the_fixed_queries_is_ever_said() -> None:
    for verb, words in QUERIES.items():
        data = command(verb, 4)
        assert GATE.carries(verb, data)
        assert words.encode() in data
        assert struct.pack(">i", PAGE) == data[-4:]
        assert not GATE.carries(verb, data.replace(b"SELECT", b"DELETE"))
        assert not GATE.carries(verb, b"\x05" + data[1:])


def test_of_more_rows_than_were_asked_for_the_first_are_read_and_there_are_more() -> None:
    reader = CqlReader()
    reader.feed(rows(*[(b"k",)] * (PAGE + 1)))

    found, more = read_rows(reader)

    assert (len(found), more) == (PAGE, True)
