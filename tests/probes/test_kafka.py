"""Kafka: the topics that a client without a login is told are the proof; their names only serve to ask for offsets."""

from __future__ import annotations

import contextlib
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.models.observations import Ending
from leakguard.probes.formats.cursor import MOST_ENTRIES, Cursor
from leakguard.probes.formats.reading import Garbled
from leakguard.probes.protocols.kafka.gate import (
    APIS,
    CORRELATION,
    EARLIEST,
    GATE,
    LATEST,
    REQUESTS,
    offsets_message,
)
from leakguard.probes.protocols.kafka.reader import (
    KafkaReader,
    read_log_dirs,
    read_offsets,
    read_sasl,
    read_topics,
    read_versions,
)
from support.hostile import says
from support.probing import Question
from support.talks import ask, recorded, talks

pytestmark = pytest.mark.enable_socket

VERSIONS, SASL, TOPICS = Question("versions"), Question("sasl"), Question("topics")
RECORDS, LOG_DIRS = Question("records"), Question("log_dirs")
WIDE_TOPICS = Question("topics", cap_bytes=8 * 1024 * 1024)
WIDE_LOG_DIRS = Question("log_dirs", cap_bytes=8 * 1024 * 1024)
CANARY = b"invented.person.4711"


def frame(verb: str, body: bytes) -> bytes:
    return struct.pack(">ii", len(body) + 4, CORRELATION + APIS[verb][0]) + body


def text(words: bytes | None) -> bytes:
    return b"\xff\xff" if words is None else struct.pack(">h", len(words)) + words


def many(*items: bytes) -> bytes:
    return struct.pack(">i", len(items)) + b"".join(items)


def topic(name: bytes, partitions: int = 1, *, internal: bool = False) -> bytes:
    parts = [struct.pack(">hii", 0, number, 1) + many(b"\0\0\0\1") + many() for number in range(partitions)]
    return struct.pack(">h", 0) + text(name) + bytes((internal,)) + many(*parts)


def metadata(*topics: bytes, cluster: bytes | None = b"c1") -> bytes:
    broker = struct.pack(">i", 1) + text(b"192.0.2.1") + struct.pack(">i", 9092) + text(None)
    return frame("topics", many(broker) + text(cluster) + struct.pack(">i", 1) + many(*topics))


def offsets(name: bytes, *found: tuple[int, int, int]) -> bytes:
    """Of (partition, error, offset)."""
    parts = [struct.pack(">ihqq", number, code, -1, offset) for number, code, offset in found]
    return frame("offsets", many(text(name) + many(*parts)))


def log_dirs(*sizes: int, code: int = 0) -> bytes:
    parts = [struct.pack(">iqq", number, size, 0) + b"\0" for number, size in enumerate(sizes)]
    folder = struct.pack(">h", code) + text(b"/canary/folder") + many(text(CANARY) + many(*parts))
    return frame("log_dirs", struct.pack(">i", 0) + many(folder))


@pytest.mark.parametrize(
    ("name", "documents"),
    [
        (
            "open",
            [
                {"code": 0, "apis": 73, "metadata": 13},
                {"code": 34, "mechanisms": 0},
                {
                    "brokers": 1, "cluster_id": "fzkNwaLbS-i81VTcnmYBZg", "topics": 1, "internal": 0, "partitions": 1,
                    "complete": True,
                },
                {"records": 7, "partitions": 1, "complete": True},
                {"dirs": 1, "bytes": 215, "partitions": 1, "complete": True},
            ],
        ),
        ("protected", [{"code": 0, "apis": 73, "metadata": 13}, {"code": 33, "mechanisms": 1}]),
    ],
)  # fmt: skip
def test_a_real_kafka_tells_its_topics_or_asks_for_a_login(name: str, documents: list[dict[str, Any]]) -> None:
    said = list(recorded(f"kafka-4.1.0-{name}").values())
    questions = [VERSIONS, SASL, TOPICS, RECORDS, LOG_DIRS][: len(documents)]

    replies, probing = ask(says(*said, then="stay"), "kafka", *questions)

    assert [reply.document for reply in replies] == documents
    assert b"customers" not in repr(replies).encode()
    assert probing.connects == 1


def test_a_broker_that_hangs_up_on_the_topics_is_told_so() -> None:
    """So a broker with SASL answers a client that did not log in."""
    [topics, records], _ = ask(talks({REQUESTS["topics"]: None}), "kafka", TOPICS, RECORDS)

    assert (topics.ended, topics.document) == (Ending.CLOSED, None)
    assert records.document == {"records": None, "partitions": 0, "complete": False}


def test_records_are_counted_on_the_partitions_that_this_broker_leads() -> None:
    """6 is "not the leader"; an offset that only one of the two questions told counts for nothing."""
    table = {
        REQUESTS["topics"]: metadata(topic(CANARY, 4), topic(b"__consumer_offsets", 9, internal=True), topic(b"b", 0)),
        offsets_message({CANARY.decode(): range(4)}, EARLIEST): offsets(CANARY, (0, 0, 5), (1, 0, 7), (2, 6, -1)),
        offsets_message({CANARY.decode(): range(4)}, LATEST): offsets(
            CANARY, (0, 0, 9_000_000_005), (1, 6, 9), (3, 0, 4)
        ),
    }

    [topics, records], _ = ask(talks(table), "kafka", TOPICS, RECORDS)

    assert topics.document == {
        "brokers": 1,
        "cluster_id": "c1",
        "topics": 2,
        "internal": 1,
        "partitions": 4,
        "complete": True,
    }
    assert records.document == {"records": 9_000_000_000, "partitions": 1, "complete": False}
    assert CANARY not in repr((topics, records)).encode()


def test_a_broker_without_topics_has_no_records() -> None:
    [topics, records], probing = ask(talks({REQUESTS["topics"]: metadata(cluster=None)}), "kafka", TOPICS, RECORDS)

    assert (topics.document["topics"], topics.document["cluster_id"]) == (0, "")
    assert records.document == {"records": 0, "partitions": 0, "complete": True}
    assert len(probing.said) == 1


def test_at_most_a_thousand_partitions_are_asked_for() -> None:
    table = {REQUESTS["topics"]: metadata(topic(b"a", 700), topic(b"b", 700), topic(b"c", 1))}
    most = {"a": range(700), "b": range(300)}

    _, probing = ask(talks(table | {b"\x00\x02\x00\x01LG": None}), "kafka", TOPICS, RECORDS)

    assert probing.said[1] == offsets_message(most, EARLIEST)


@pytest.mark.parametrize("said", [None, frame("offsets", b"\x7f\xff\xff\xff")])
def test_offsets_that_are_not_told_leave_the_records_unknown(said: bytes | None) -> None:
    table = {REQUESTS["topics"]: metadata(topic(b"a")), b"\x00\x02\x00\x01LG": said}

    [_, records], _ = ask(talks(table), "kafka", TOPICS, RECORDS)

    assert records.document == {"records": None, "partitions": 0, "complete": False}


def test_bytes_on_disk_are_added_up_without_a_folder_or_a_name() -> None:
    [reply], _ = ask(says(log_dirs(8_000_000_000_000, 5, -1), then="stay"), "kafka", LOG_DIRS)

    assert reply.document == {"dirs": 1, "bytes": 8_000_000_000_005, "partitions": 3, "complete": True}
    assert b"canary" not in repr(reply).encode()


def test_a_folder_that_failed_is_no_proof() -> None:
    [reply], _ = ask(says(log_dirs(code=56), then="stay"), "kafka", LOG_DIRS)

    assert reply.document == {"dirs": 0, "bytes": 0, "partitions": 0, "complete": True}


def test_of_a_very_long_answer_the_first_topics_are_counted_and_told_as_not_all() -> None:
    """So that one answer of eight mebibytes keeps nobody else waiting; the numbers are then lower bounds."""
    table = {REQUESTS["topics"]: metadata(topic(b"a", MOST_ENTRIES // 2), topic(b"b", MOST_ENTRIES), topic(b"c"))}

    [topics, records], _ = ask(talks(table | {b"\x00\x02\x00\x01LG": None}), "kafka", WIDE_TOPICS, RECORDS)

    told = {key: topics.document[key] for key in ("topics", "partitions", "complete")}
    assert told == {"topics": 2, "partitions": MOST_ENTRIES - 2, "complete": False}
    assert records.document["complete"] is False


def test_topics_of_the_brokers_own_without_an_end_are_no_proof_that_it_tells_no_other() -> None:
    said = metadata(*[topic(b"__own", 0, internal=True)] * (MOST_ENTRIES + 1))

    [topics], _ = ask(says(said, then="stay"), "kafka", WIDE_TOPICS)

    assert topics.ended is Ending.GARBLED


def test_of_very_many_partitions_on_disk_the_first_are_added_up() -> None:
    [reply], _ = ask(says(log_dirs(*[1] * MOST_ENTRIES), then="stay"), "kafka", WIDE_LOG_DIRS)

    assert reply.document == {
        "dirs": 1, "bytes": MOST_ENTRIES - 2, "partitions": MOST_ENTRIES - 2, "complete": False,
    }  # fmt: skip


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"\x15\x03\x03\x00\x02\x02\x46",
        struct.pack(">ii", 3, CORRELATION + 3),
        struct.pack(">ii", 0x7FFFFFFF, CORRELATION + 3),
        struct.pack(">ii", 100, CORRELATION),
        frame("topics", b""),
        frame("topics", b"\x7f\xff\xff\xff"),
        frame("topics", b"\xff\xff\xff\xfe"),
        frame("topics", many() + text(b"c") + struct.pack(">i", 1) + many(struct.pack(">hh", 0, 999))),
        metadata(topic(b"x" * 250)),
    ],
)
def test_what_is_no_answer_about_topics_is_garbled(said: bytes) -> None:
    [reply], _ = ask(says(said, said, then="stay"), "kafka", TOPICS)

    assert (reply.ended, reply.document) == (Ending.GARBLED, None)


READ = {"versions": read_versions, "sasl": read_sasl, "topics": read_topics, "offsets": read_offsets}


@given(
    st.sampled_from(sorted(READ)),
    st.binary(max_size=120),
    st.sampled_from([b"", many(), metadata(topic(b"a", 2))[8:], offsets(b"a", (0, 0, 1))[8:], log_dirs(1)[8:]]),
)
def test_any_bytes_are_read_or_garbled(verb: str, data: bytes, start: bytes) -> None:
    for read in (READ[verb], read_log_dirs):
        with contextlib.suppress(Garbled):
            read(Cursor(start + data))


@given(st.binary(max_size=60))
def test_any_bytes_are_an_answer_or_garbled(data: bytes) -> None:
    reader = KafkaReader(CORRELATION)
    with contextlib.suppress(Garbled):
        assert isinstance(reader.feed(data), bool)


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"]), max_size=9), st.lists(st.integers(0, 9))))
def test_a_question_for_offsets_carries_nothing_else(partitions: dict[str, list[int]]) -> None:
    data = offsets_message(partitions, LATEST)

    assert GATE.carries("offsets", data)
    assert not GATE.carries("offsets", data + b"x")
    assert not GATE.carries("offsets", data[:4] + b"\x00\x00" + data[6:])


@pytest.mark.parametrize("cut", [1, 20, 30])
def test_a_cut_question_is_not_carried(cut: int) -> None:
    """Its length is right, so it is the lists that say that something is missing."""
    short = offsets_message({"a": [1], "b": [2]}, LATEST)[4:-cut]

    assert not GATE.carries("offsets", struct.pack(">i", len(short)) + short)


def test_the_mechanism_that_is_asked_for_does_not_exist() -> None:
    """So no login is ever begun."""
    assert REQUESTS["sasl"].endswith(b"\x00\x04NONE")
    assert not GATE.carries("sasl", REQUESTS["sasl"].replace(b"NONE", b"PLAI"))


def test_no_topic_is_named_where_one_could_be_created_by_naming_it() -> None:
    assert REQUESTS["topics"].endswith(b"leakguard\xff\xff\xff\xff")
