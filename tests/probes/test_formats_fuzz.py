"""Every reader of outside bytes, fed with anything: it answers, or says `Garbled`, and nothing else happens."""

from __future__ import annotations

import contextlib
import struct
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from leakguard.probes.formats.reading import Buffered, Garbled, Reader
from leakguard.probes.protocols.http.reader import HttpReader
from leakguard.probes.protocols.memcached.reader import MemcachedReader
from leakguard.probes.protocols.mongodb.bson import read_document
from leakguard.probes.protocols.mongodb.bson_write import write_document
from leakguard.probes.protocols.mongodb.reader import MongoReader, msg
from leakguard.probes.protocols.postgres.reader import MessagesReader
from leakguard.probes.protocols.postgres.ssl_reader import SslReader
from leakguard.probes.protocols.redis.reader import RespReader, info_document
from leakguard.probes.protocols.s3.reader import read_answer
from leakguard.probes.protocols.webroot.listing import entries, is_listing
from leakguard.probes.protocols.webroot.magic import kind_of

pytestmark = pytest.mark.untraced

STARTS = [
    b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nrest",
    b"HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n",
    b"HTTP/1.0 200 OK\n\nbody",
    b"$12\r\nused_memory:\r\n",
    b"-NOAUTH x\r\n",
    b":12\r\n",
    b"STAT pid 1\r\nEND\r\n",
    b"R\x00\x00\x00\x08\x00\x00\x00\x00",
    b"Z\x00\x00\x00\x05I",
    b"S",
    msg({"ok": 1, "$db": "a"}, 1),
    b"\x15\x03\x03\x00\x02\x02\x46",
]
OUTSIDE = st.one_of(
    st.binary(max_size=200),
    st.tuples(st.sampled_from(STARTS), st.binary(max_size=40)).map(b"".join),
    st.tuples(st.sampled_from(STARTS), st.integers(0, 60), st.binary(min_size=1, max_size=3)).map(
        lambda parts: parts[0][: parts[1]] + parts[2] + parts[0][parts[1] + 1 :]
    ),
)
READERS: list[Callable[[], Reader]] = [
    HttpReader,
    lambda: HttpReader(head_only=True),
    lambda: HttpReader(body_cap=3),
    RespReader,
    MemcachedReader,
    MongoReader,
    MessagesReader,
    SslReader,
]


def outcome(make: Callable[[], Reader], pieces: list[bytes]) -> tuple[str, Any]:
    """How a reader ends on `pieces`, as a connection would feed them."""
    reader = make()
    try:
        for piece in pieces:
            if reader.feed(piece):
                break
        else:
            return ("ended" if reader.at_end() else "waits"), None
    except Garbled:
        return "garbled", None
    assert isinstance(reader.reusable, bool)
    assert isinstance(reader.wants_tls, bool)
    return "whole", None


@pytest.mark.parametrize("make", READERS)
@given(data=OUTSIDE)
def test_a_reader_answers_or_says_garbled(make: Callable[[], Reader], data: bytes) -> None:
    assert outcome(make, [data])[0] in {"ended", "waits", "garbled", "whole"}


@pytest.mark.parametrize("make", READERS[:1] + READERS[3:7])
@given(data=OUTSIDE, at=st.integers(1, 60))
def test_where_the_pieces_are_cut_changes_nothing(make: Callable[[], Reader], data: bytes, at: int) -> None:
    """Bytes behind a whole answer are another matter, so only verdicts on the same bytes are compared."""
    whole = outcome(make, [data])
    pieces = outcome(make, [piece for piece in (data[:at], data[at:]) if piece])

    if data:
        assert whole == pieces or "garbled" in (whole[0], pieces[0])


@given(st.binary(max_size=300))
@example(b"\x05\x00\x00\x00\x00")
@example(b"\x0c\x00\x00\x00\x10a\x00\x01\x00\x00\x00\x00")
def test_bson_is_read_or_garbled(data: bytes) -> None:
    with contextlib.suppress(Garbled):
        assert isinstance(read_document(data), dict)


KEYS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=6)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(max_size=8) | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(KEYS, VALUES, max_size=4))
def test_bson_that_was_written_is_read_back(document: dict[str, Any]) -> None:
    assert read_document(write_document(document)) == document


@given(st.dictionaries(KEYS, VALUES, max_size=4), st.integers(0, 400), st.binary(min_size=1, max_size=4))
def test_bson_with_changed_bytes_is_read_or_garbled(document: dict[str, Any], at: int, change: bytes) -> None:
    raw = bytearray(write_document(document))
    raw[at % len(raw) : at % len(raw) + len(change)] = change

    with contextlib.suppress(Garbled):
        read_document(bytes(raw))


def element(kind: int, payload: bytes) -> bytes:
    body = bytes((kind,)) + b"a\0" + payload + b"\0"
    return struct.pack("<i", len(body) + 4) + body


TEXT = struct.pack("<i", 2) + b"x\0"


@pytest.mark.parametrize(
    ("kind", "payload", "value"),
    [
        (0x01, struct.pack("<d", 1.5), 1.5),
        (0x02, struct.pack("<i", 3) + b"\xff\xfe\0", "��"),
        (0x04, element(0x10, b"\1\0\0\0"), [1]),
        (0x05, struct.pack("<i", 2) + b"\x00ab", {"$type": 5}),
        (0x06, b"", {"$type": 6}),
        (0x07, b"x" * 12, {"$type": 7}),
        (0x08, b"\0", False),
        (0x09, b"x" * 8, {"$type": 9}),
        (0x0A, b"", None),
        (0x0B, b"a\0i\0", {"$type": 11}),
        (0x0C, TEXT + b"x" * 12, {"$type": 12}),
        (0x0D, TEXT, {"$type": 13}),
        (0x0E, TEXT, {"$type": 14}),
        (0x0F, struct.pack("<i", 15) + TEXT + b"\5\0\0\0\0", {"$type": 15}),
        (0x11, b"x" * 8, {"$type": 17}),
        (0x12, struct.pack("<q", 9_500_000_000), 9_500_000_000),
        (0x13, b"x" * 16, {"$type": 19}),
        (0x7F, b"", {"$type": 127}),
        (0xFF, b"", {"$type": 255}),
    ],
)
def test_every_type_has_a_plain_value(kind: int, payload: bytes, value: object) -> None:
    assert read_document(element(kind, payload)) == {"a": value}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\5\0\0\0",
        b"\5\0\0\0\0\0",
        b"\6\0\0\0\0\0",
        element(0x20, b""),
        element(0x02, struct.pack("<i", 0)),
        element(0x02, struct.pack("<i", 2) + b"xy"),
        element(0x02, struct.pack("<i", -1)),
        element(0x05, struct.pack("<i", 2**30)),
        element(0x0B, b"no end"),
        element(0x10, b"\1\0"),
        struct.pack("<i", 8) + b"\x10aa\0",
    ],
)
def test_documents_that_lie_are_garbled(data: bytes) -> None:
    with pytest.raises(Garbled):
        read_document(data)


def test_too_many_elements_are_garbled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("leakguard.probes.protocols.mongodb.bson._MOST_ELEMENTS", 10)

    with pytest.raises(Garbled):
        read_document(write_document({"a": list(range(11))}))


@pytest.mark.parametrize("unit", [b"\x06\0", b"\x0aa\0", b"\x08a\0\1"])
def test_elements_that_weigh_far_more_in_memory_than_on_the_wire_are_garbled(unit: bytes) -> None:
    """A hundred hosts that say so at once must not fill it."""
    elements = unit * 10_000

    with pytest.raises(Garbled):
        read_document(struct.pack("<i", len(elements) + 5) + elements + b"\0")


def test_a_list_of_five_thousand_databases_is_read() -> None:
    listed = [{"name": f"tenant-{number}", "sizeOnDisk": 8192.0, "empty": False} for number in range(5_000)]

    assert read_document(write_document({"databases": listed, "ok": 1.0}))["databases"] == listed


def test_values_that_no_answer_needs_are_all_the_same_one() -> None:
    document = read_document(b"\x2b\0\0\0" + (b"\x07a\0" + b"\0" * 12) + (b"\x07b\0" + b"\0" * 12) + b"\x06cccccc\0\0")

    assert document["a"] is document["b"]


def test_a_name_with_a_zero_byte_is_never_written() -> None:
    with pytest.raises(ValueError, match="zero byte"):
        write_document({"a\0b": 1})


@pytest.mark.parametrize(
    "answer",
    [
        struct.pack("<iiii", 17, 1, 1, 2013) + b"x",
        struct.pack("<iiii", 22, 1, 1, 2013) + b"\0\0\0\0\1x",
        struct.pack("<iiii", 22, 1, 1, 2013) + b"\0\0\0\0\0x",
        struct.pack("<iiii", 20, 1, 1, 1) + b"abcd",
        struct.pack("<iiii", 41, 1, 1, 1) + b"\0" * 20 + b"\xff\xff\xff\xff\0",
    ],
)
def test_messages_without_a_document_are_garbled(answer: bytes) -> None:
    reader = MongoReader()

    assert reader.feed(answer)
    with pytest.raises(Garbled):
        reader.document()


@given(st.one_of(st.binary(max_size=200), st.text("<>/ListBucketResult Key&;![]", max_size=120).map(str.encode)))
@example(b"<ListBucketResult><Contents><Size>5</Size></Contents></ListBucketResult>")
def test_xml_is_read_or_garbled(page: bytes) -> None:
    with contextlib.suppress(Garbled):
        assert read_answer(page).objects >= 0


def test_xml_with_very_many_elements_is_read_as_far_as_it_costs_little(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was read counts, and the answer is known not to be whole."""
    monkeypatch.setattr("leakguard.probes.formats.store_xml._MOST_ELEMENTS", 10)

    page = read_answer(b"<ListBucketResult>" + b"<Contents><Size>1</Size></Contents>" * 20 + b"</ListBucketResult>")

    assert (page.is_listing, page.objects, page.bytes, page.goes_on) == (True, 4, 4, True)


@pytest.mark.parametrize("sign", [b"\n", b"\r", b"&amp;", b"="])
def test_xml_of_signs_that_cost_the_parser_much_is_garbled(sign: bytes) -> None:
    with pytest.raises(Garbled):
        read_answer(b"<Error><Code>" + sign * 50_001 + b"</Code></Error>")


@given(
    st.one_of(st.binary(max_size=300), st.text("<a href=\"./'>ASD Index of/title 1K\n", max_size=200).map(str.encode))
)
def test_listings_are_read_whatever_they_hold(page: bytes) -> None:
    for entry in entries(page, "/"):
        assert "/" not in entry.link.removesuffix("/")
        assert entry.size is None or entry.size >= 0
    assert isinstance(is_listing(page), bool)


@given(st.text(max_size=200))
def test_info_is_read_whatever_it_holds(text: str) -> None:
    document = info_document(text)

    assert document["keys"] is None or document["keys"] >= 0


@pytest.mark.parametrize(
    ("keyspace", "keys"), [("", 0), ("db0:keys=7\ndb1:keys=2,expires=1", 9), ("db0:keys=-5", None), ("db0:?", None)]
)
def test_a_number_of_keys_that_cannot_be_read_is_not_taken_for_none(keyspace: str, keys: int | None) -> None:
    assert info_document(f"# Keyspace\n{keyspace}")["keys"] == keys


@given(st.binary(max_size=16), st.text(max_size=8))
def test_first_bytes_are_judged_whatever_they_are(first: bytes, link: str) -> None:
    assert kind_of(first, link) is None or isinstance(kind_of(first, link), str)


def test_a_reader_must_know_its_own_length() -> None:
    with pytest.raises(TypeError, match="measure"):
        Buffered()  # type: ignore[abstract]  # on purpose


def test_an_upgrade_is_an_answer_with_its_status() -> None:
    reader = HttpReader()

    assert reader.feed(STARTS[3])
    assert (reader.status, reader.reusable) == (101, False)


def test_a_second_answer_behind_the_first_ends_the_connection() -> None:
    reader = HttpReader()

    assert reader.feed(STARTS[0] + STARTS[0])
    assert (bytes(reader.body), reader.reusable) == (b"hello", False)


def test_rubbish_behind_the_answer_ends_the_connection() -> None:
    reader = HttpReader()

    assert reader.feed(STARTS[0] + b"rubbish that is no HTTP\r\n")
    assert (bytes(reader.body), reader.reusable) == (b"hello", False)


def test_the_body_of_an_answer_to_head_is_left_alone() -> None:
    reader = HttpReader(head_only=True)

    assert reader.feed(STARTS[0])
    assert (bytes(reader.body), reader.reusable) == (b"", False)


@pytest.mark.parametrize(("head_only", "status", "wants"), [(True, 400, True), (True, 404, False), (False, 400, False)])
def test_a_port_of_tls_tells_head_so_by_its_status_alone(head_only: bool, status: int, wants: bool) -> None:  # noqa: FBT001  (a table)
    reader = HttpReader(head_only=head_only)
    reader.feed(b"HTTP/1.1 %d Bad\r\nContent-Length: 0\r\n\r\n" % status)

    assert reader.wants_tls is wants


def test_repeated_headers_are_joined() -> None:
    reader = HttpReader()
    reader.feed(b"HTTP/1.1 204 No\r\nX-A: 1\r\nx-a: 2\r\n\r\n")

    assert reader.headers == {"x-a": "1, 2"}


def test_a_row_of_no_messages_is_none() -> None:
    assert MessagesReader().row() is None


def test_a_name_without_a_size_has_none() -> None:
    assert entries(b"<a href=x.sql>x", "/")[0].size is None
