"""ZooKeeper: the list of the root decides; the words of four letters are answered to anybody and only count."""

from __future__ import annotations

import struct
from typing import Any

import pytest

from leakguard.models.observations import Ending
from leakguard.probes.formats.reading import Garbled
from leakguard.probes.protocols.zookeeper.gate import COMMANDS
from leakguard.probes.protocols.zookeeper.reader import WordReader, children_of, is_session
from support.hostile import Script
from support.probing import Question
from support.talks import ask, recorded, talks, talks_and_leaves

pytestmark = pytest.mark.enable_socket

SRVR, MNTR, CHILDREN = Question("srvr"), Question("mntr"), Question("children")
CANARY = b"Invented-Person-4711"
CONNECT, LIST = COMMANDS["connect"], COMMANDS["children"]
NOTHING = {"version": None, "nodes": None, "bytes": None, "refused": False, "idle": False, "keeper": False}


def frame(payload: bytes) -> bytes:
    return struct.pack(">i", len(payload)) + payload


def session(*, version: int = 0, timeout: int = 4000, number: int = 7, tail: bytes = b"\0") -> bytes:
    return frame(struct.pack(">iiqi", version, timeout, number, 16) + b"p" * 16 + tail)


def reply(code: int, *names: bytes, count: int | None = None, xid: int = 1) -> bytes:
    texts = b"".join(struct.pack(">i", len(name)) + name for name in names)
    vector = b"" if code else struct.pack(">i", len(names) if count is None else count) + texts
    return frame(struct.pack(">iqi", xid, 5, code) + vector)


def server(children: bytes | None, *, granted: bytes | None = None) -> Script:
    return talks({CONNECT: session() if granted is None else granted, LIST: children})


@pytest.mark.parametrize(
    ("name", "documents"),
    [
        (
            "open",
            [
                {**NOTHING, "version": "3.8.0", "nodes": 5},
                {**NOTHING, "version": "3.8.0", "nodes": 5, "bytes": 44},
                {"code": 0, "children": 1},
            ],
        ),
        (
            "protected",
            [
                {**NOTHING, "version": "3.8.0", "nodes": 5},
                {**NOTHING, "refused": True},
                {"code": -124, "children": None},
            ],
        ),
    ],
)
def test_a_real_zookeeper_lists_its_root_or_asks_for_a_login(name: str, documents: list[dict[str, Any]]) -> None:
    said = recorded(f"zookeeper-3.8.0-{name}")
    words = {b"srvr": said["srvr"], b"mntr": said["mntr"]}

    word_replies, _ = ask(talks_and_leaves(words), "zookeeper", SRVR, MNTR)
    list_replies, probing = ask(talks({CONNECT: said["connect"], LIST: said["children"]}), "zookeeper", CHILDREN)

    assert [reply.document for reply in word_replies + list_replies] == documents
    assert probing.said == [CONNECT, LIST, COMMANDS["close"]]


@pytest.mark.parametrize(
    ("answer", "document"),
    [
        (reply(0, CANARY, b"zookeeper", b""), {"code": 0, "children": 3}),
        (reply(0), {"code": 0, "children": 0}),
        (reply(0, count=-1), {"code": 0, "children": 0}),
        (reply(-102), {"code": -102, "children": None}),
    ],
)
def test_the_names_at_the_root_are_counted_and_forgotten(answer: bytes, document: dict[str, Any]) -> None:
    [told], _ = ask(server(answer), "zookeeper", CHILDREN)

    assert told.document == document
    assert CANARY.decode() not in repr(told)


@pytest.mark.parametrize(
    "answer",
    [
        reply(0, b"a", count=2),
        reply(0, b"a", b"b", count=1),
        reply(0, count=2**31 - 1),
        reply(0, xid=9),
        frame(b"short"),
        frame(struct.pack(">iqi", 1, 5, 0)),
        frame(struct.pack(">iqi", 1, 5, 0) + struct.pack(">ii", 1, 2**31 - 1)),
    ],
)
def test_a_list_that_lies_is_garbled(answer: bytes) -> None:
    [told], _ = ask(server(answer), "zookeeper", CHILDREN)

    assert (told.ended, told.document) == (Ending.GARBLED, None)


@pytest.mark.parametrize(
    "granted", [session(version=1), session(timeout=0), session(number=0), session(tail=b"more"), frame(b"x" * 5)]
)
def test_a_host_that_grants_no_session_is_garbled(granted: bytes) -> None:
    [told], probing = ask(server(reply(0), granted=granted), "zookeeper", CHILDREN)

    assert told.ended is Ending.GARBLED
    assert LIST not in probing.said


def test_a_session_of_before_3_4_is_a_session() -> None:
    """Its answer has no byte that tells of a server that only reads."""
    assert is_session(session(tail=b"")[4:])


def test_a_session_that_is_ended_at_once_is_no_answer() -> None:
    """An ensemble without a majority does so."""
    [told], probing = ask(talks_and_leaves({CONNECT: session()}), "zookeeper", CHILDREN)

    assert told.ended in (Ending.CLOSED, Ending.RESET)
    assert told.document is None
    assert probing.said[0] == CONNECT


def test_a_server_that_hangs_up_on_the_question_is_no_answer() -> None:
    [told], _ = ask(server(None), "zookeeper", CHILDREN)

    assert (told.ended, told.document) == (Ending.CLOSED, None)


def test_a_host_that_says_more_than_a_session_is_asked_no_more() -> None:
    """Host and we would disagree about where an answer ends."""
    [told], probing = ask(talks({CONNECT: session() + b"more"}), "zookeeper", CHILDREN)

    assert (told.ended, told.document) == (Ending.CLOSED, None)
    assert probing.said == [CONNECT]


@pytest.mark.parametrize("length", [b"\x7f\xff\xff\xff", b"\xff\xff\xff\xff", b"\0\0\0\0"])
def test_an_impossible_length_is_garbled(length: bytes) -> None:
    [told], _ = ask(talks({CONNECT: length}), "zookeeper", CHILDREN)

    assert told.ended is Ending.GARBLED


@pytest.mark.parametrize(
    ("text", "document"),
    [
        (b"This ZooKeeper instance is not currently serving requests\n", {**NOTHING, "idle": True}),
        (b"srvr is not executed because it is not in the whitelist.\n", {**NOTHING, "refused": True}),
        (b"Zookeeper version: " + CANARY + b"\nNode count: " + b"9" * 30 + b"\n", NOTHING),
        (
            b"Zookeeper version: 3.4.6-1569965, built on x\nNode count: 12\n",
            {**NOTHING, "version": "3.4.6", "nodes": 12},
        ),
        (b"zk_version\t3.9.2-x\nzk_znode_count\tmany\n", {**NOTHING, "version": "3.9.2"}),
    ],
)
def test_a_word_is_numbers_and_a_version_alone(text: bytes, document: dict[str, Any]) -> None:
    [told], _ = ask(talks_and_leaves({b"srvr": text}), "zookeeper", SRVR)

    assert told.document == document


@pytest.mark.parametrize(
    "text", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"Zookeeper server: 3\n", b"\x15\x03\x03\x00\x02"]
)
def test_another_text_is_garbled(text: bytes) -> None:
    [told], _ = ask(talks_and_leaves({b"srvr": text}), "zookeeper", SRVR)

    assert told.ended is Ending.GARBLED


def test_a_text_without_an_end_is_no_answer() -> None:
    [told], _ = ask(talks_and_leaves({b"srvr": b"Zookeeper version: 3.8"}), "zookeeper", SRVR)

    assert told.ended is Ending.CLOSED


def test_a_text_that_never_ends_is_capped() -> None:
    text = b"Zookeeper version: 3.8.0\n" + b"x\n" * 4000

    [told], _ = ask(talks({b"srvr": text}), "zookeeper", Question("srvr", cap_bytes=4096))

    assert (told.ended, told.size_bytes) == (Ending.CAPPED, 4096)


def test_a_reader_of_words_is_used_once() -> None:
    assert not WordReader().reusable


def test_a_reply_to_nobody_is_garbled() -> None:
    with pytest.raises(Garbled):
        children_of(b"")


def test_more_nodes_than_any_server_tells_are_left_unread() -> None:
    count = 100_001
    said = struct.pack(">iqi", 1, 0, 0) + struct.pack(">i", count) + b"\0" * 4 * count

    with pytest.raises(Garbled, match="too many"):
        children_of(said)


KEEPER = "v24.8.4.13-lts-" + "0" * 40


@pytest.mark.parametrize(
    ("word", "said", "told"),
    [
        (
            SRVR,
            f"ClickHouse Keeper version: {KEEPER}\nMode: leader\nNode count: 9\n",
            {"version": "24.8.4.13", "nodes": 9},
        ),
        (
            MNTR,
            f"zk_version\t{KEEPER}\nzk_znode_count\t9\nzk_approximate_data_size\t44\n",
            {"version": "24.8.4.13", "nodes": 9, "bytes": 44},
        ),
        (SRVR, "This instance is not currently serving requests", {"idle": True}),
    ],
)
def test_clickhouse_keeper_is_told_from_zookeeper(word: Question, said: str, told: dict[str, Any]) -> None:
    [reply_], _ = ask(talks_and_leaves({word.method.encode(): said.encode()}), "zookeeper", word)

    assert reply_.document == {**NOTHING, "keeper": True, **told}
