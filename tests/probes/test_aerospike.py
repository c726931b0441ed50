"""Aerospike: the namespaces that a client without a login is told; none of their names leaves the session."""

from __future__ import annotations

import contextlib
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.models.observations import Ending
from leakguard.probes.formats.reading import Garbled
from leakguard.probes.protocols.aerospike.gate import GATE, SERVER, can_be_named, namespace_message
from leakguard.probes.protocols.aerospike.reader import AerospikeReader, namespaces_of, server_document, sizes_of
from support.hostile import says
from support.probing import Question
from support.talks import ask, talks

pytestmark = pytest.mark.enable_socket

ASK_SERVER, ASK_SIZES = Question("server"), Question("sizes")
CANARY = "Invented_Person_4711"


def info(words: str) -> bytes:
    return b"\x02\x01" + len(words).to_bytes(6, "big") + words.encode()


def server(namespaces: str, build: str = "7.1.0.5", edition: str = "Aerospike Community Edition") -> bytes:
    return info(f"build\t{build}\nedition\t{edition}\nnamespaces\t{namespaces}\n")


def statistics(name: str, **fields: object) -> bytes:
    words = ";".join(f"{key}={value}" for key, value in fields.items())
    return info(f"namespace/{name}\tns_cluster_size=3;{words};odd\n")


def test_objects_and_bytes_of_all_namespaces_are_added_up() -> None:
    table = {
        SERVER: server(f"{CANARY};b"),
        namespace_message(CANARY): statistics(CANARY, objects=9_500_000_000, data_used_bytes=8_000_000_000_000),
        namespace_message("b"): statistics("b", objects=1, device_used_bytes=0, memory_used_bytes=7),
    }

    [first, sizes], probing = ask(talks(table), "aerospike", ASK_SERVER, ASK_SIZES)

    assert first.document == {"version": "7.1.0.5", "enterprise": False, "namespaces": 2, "refused": False}
    assert sizes.document == {"objects": 9_500_000_001, "bytes": 8_000_000_000_007, "asked": 2, "complete": True}
    assert CANARY not in repr((first, sizes))
    assert probing.connects == 1


def test_a_node_that_wants_a_login_says_so() -> None:
    refusal = "ERROR:80:not authenticated"

    [reply], _ = ask(talks({SERVER: server(refusal, build=refusal, edition="Enterprise")}), "aerospike", ASK_SERVER)

    assert reply.document == {"version": None, "enterprise": True, "namespaces": 0, "refused": True}


@pytest.mark.parametrize(
    ("said", "is_refused"),
    [
        ("error:80:not authenticated", True), ("Fail:80", True), ("ERROR::not authenticated", True),
        ("ERROR:81:role violation", True), ("DENIED:80:not authenticated", False), ("test;E:4:x", False),
    ],
)  # fmt: skip
def test_an_error_in_other_words_is_no_namespace(said: str, *, is_refused: bool) -> None:
    """Else a node that lets nobody in would be told as open."""
    [reply], _ = ask(talks({SERVER: server(said)}), "aerospike", ASK_SERVER)

    assert reply.document["namespaces"] == 0
    assert reply.document["refused"] is is_refused


@pytest.mark.parametrize("said", ["ERROR:4:bad request", "ERROR:9:timeout", "FAIL:1:server", "ERROR::", "ERROR"])
def test_an_error_of_the_node_is_no_request_for_a_login(said: str) -> None:
    """A node that is ill today may list its namespaces tomorrow."""
    [reply], _ = ask(talks({SERVER: server(said)}), "aerospike", ASK_SERVER)

    assert (reply.document["namespaces"], reply.document["refused"]) == (0, False)


def test_at_most_ten_namespaces_with_possible_names_are_asked_for() -> None:
    names = ["a/b", "x" * 32, *(f"n{number}" for number in range(12))]

    [_, sizes], probing = ask(talks({SERVER: server(";".join(names))}), "aerospike", ASK_SERVER, ASK_SIZES)

    assert sizes.document == {"objects": None, "bytes": None, "asked": 10, "complete": False}
    assert probing.said[1] == namespace_message("n0")


@pytest.mark.parametrize("said", [statistics("a", objects="x"), info("no tab\n"), statistics("a", objects=-1)])
def test_statistics_that_make_no_sense_leave_the_size_unknown(said: bytes) -> None:
    [_, sizes], _ = ask(talks({SERVER: server("a"), b"namespace/": said}), "aerospike", ASK_SERVER, ASK_SIZES)

    assert (sizes.document["objects"], sizes.document["bytes"]) == (None, None)


def test_a_server_that_hangs_up_is_told_so() -> None:
    [reply], _ = ask(talks({SERVER: None}), "aerospike", ASK_SERVER)

    assert (reply.ended, reply.document) == (Ending.CLOSED, None)


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"\x15\x03\x03\x00\x02\x02\x46",
        b"\x02\x01" + (2_000_000).to_bytes(6, "big"),
        b"\x02\x03" + bytes(6),
        info(""),
        info("build 7.1\n"),
    ],
)
def test_what_is_no_answer_of_aerospike_is_garbled(said: bytes) -> None:
    [reply], _ = ask(says(said, said, then="stay"), "aerospike", ASK_SERVER)

    assert (reply.ended, reply.document) == (Ending.GARBLED, None)


@given(st.binary(max_size=120), st.sampled_from([b"", server("a;b")[:30], statistics("a", objects=1)[:20]]))
def test_any_bytes_are_an_answer_or_garbled(data: bytes, start: bytes) -> None:
    reader = AerospikeReader()
    with contextlib.suppress(Garbled):
        if reader.feed(start + data):
            values = reader.values()
            assert isinstance(server_document(values)["namespaces"], int)
            assert len(sizes_of(values)) == 2
            assert isinstance(namespaces_of(values), list)


@given(st.text(max_size=40))
def test_no_name_can_make_the_question_another_one(name: str) -> None:
    if can_be_named(name):
        assert GATE.carries("namespace", namespace_message(name))
    else:
        words = f"namespace/{name}\n".encode()
        data: Any = struct.pack(">Q", (0x0201 << 48) | len(words)) + words
        assert not GATE.carries("namespace", data)


def test_a_message_about_records_is_not_carried() -> None:
    assert not GATE.carries("server", b"\x02\x03" + SERVER[2:])
