"""Odd heads of HTTP: what curl and browsers read is read, and of what is not nobody says that it is something else."""

from __future__ import annotations

import asyncio
import json
from asyncio import StreamReader, StreamWriter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from random import Random  # noqa: TID251  (its seed is the argument)

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuzz.differential import differing
from fuzz.mutants import mutant
from leakguard.checks.definitions import CheckDefinition
from leakguard.engine.examination import EndpointStatus, Examination
from leakguard.models.findings import Outcome, ReasonCode
from leakguard.models.observations import Ending
from leakguard.models.targets import Endpoint, SweepEndpoint
from leakguard.probes.formats.reading import Garbled
from leakguard.probes.protocols.http.reader import HEAD_CAP, HttpReader
from leakguard.probes.sweep.http_talk import HttpTalk, TimeLeft
from leakguard.probes.sweep.http_words import HttpWords
from support.each import for_each
from support.examining import examiner_with
from support.examples import DEPTH
from support.hostile import Host, Script, read_some, says, serving
from support.odd_answers import BRISK, CHECKS, asked, examined
from support.odd_heads import LIST, OTHER, READ, UNREAD, Make, answer, one_of, read_by_curl
from support.probing import Probing, Question, run
from support.sweeping import Script as Contact

pytestmark = pytest.mark.enable_socket

EVERY: Mapping[str, Make] = {**READ, **UNREAD, **OTHER}
BANNER = json.dumps(
    {
        "name": "node-1", "cluster_name": "campus", "cluster_uuid": "xB0v3Yk1QbmM5p0b4dXq9w",
        "tagline": "You Know, for Search",
        "version": {"number": "7.10.2", "build_flavor": "default", "lucene_version": "8.7.0"},
    }
).encode()  # fmt: skip
_MUTANTS = 150
SEARCH = b'{"took": 1, "hits": {"total": {"value": 0}, "hits": []}}'


def elasticsearch(make: Make) -> Script:
    """An open Elasticsearch, every answer of which is as `make` says; it keeps no line."""

    async def script(reader: StreamReader, writer: StreamWriter, host: Host) -> None:
        path = (await read_some(reader, host)).partition(b" ")[2].partition(b" ")[0]
        body = BANNER if path == b"/" else LIST if path.startswith(b"/_cat/indices") else b""
        body = SEARCH if b"_search" in path else body
        writer.write(make(body) if body else answer(b"{}", line=b"HTTP/1.1 404 Not Found"))
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    return script


@for_each("name", READ)
def test_a_head_that_curl_or_browsers_read_is_read(name: str) -> None:
    reply = asked(READ[name](LIST))

    assert (reply.ended, reply.status, reply.body) == (Ending.COMPLETE, 200, LIST)


@for_each("name", UNREAD)
def test_what_began_in_http_and_cannot_be_read_is_said_to_have_begun(name: str) -> None:
    reply = asked(UNREAD[name](LIST))

    assert reply.ended in {Ending.GARBLED, Ending.CLOSED}
    assert reply.began


@for_each("name", OTHER)
def test_what_never_was_http_did_not_begin_so(name: str) -> None:
    reply = asked(OTHER[name](LIST))

    assert (reply.ended, reply.status, reply.began) == (Ending.GARBLED, None, False)


@for_each("name", READ)
def test_an_open_elasticsearch_behind_an_odd_head_is_exposed(name: str) -> None:
    found = examined(elasticsearch(READ[name]))

    assert found.status is EndpointStatus.EXPOSED
    [finding] = [each for each in found.findings if each.verdict.outcome is Outcome.EXPOSED]
    assert (finding.check_id, finding.verdict.size and finding.verdict.size.records) == ("elasticsearch_open", 3)


@for_each("name", UNREAD)
@for_each("is_named", [True, False])
def test_an_open_elasticsearch_that_cannot_be_read_is_not_checked(name: str, *, is_named: bool) -> None:
    found = examined(elasticsearch(UNREAD[name]), named=is_named)

    assert found.status is EndpointStatus.NOT_CHECKED
    assert found.findings or found.why
    assert {each.verdict.outcome for each in found.findings} <= {Outcome.INCONCLUSIVE}
    assert {each.verdict.reason_code for each in found.findings} <= {ReasonCode.UNREADABLE}
    assert len(found.findings) == is_named


@for_each("name", OTHER)
def test_what_never_was_http_is_something_else(name: str) -> None:
    assert examined(says(OTHER[name](LIST))).status is EndpointStatus.OTHER


def test_an_elasticsearch_on_its_own_port_that_cannot_be_read_has_a_finding_of_its_check() -> None:
    """A spot of a range has no name, and yet whoever reads the run has to learn which store was not checked."""
    own = next(check for check in CHECKS if check.id == "elasticsearch_open")

    async def work() -> Examination:
        async with serving(elasticsearch(UNREAD["chunks that are none"])) as host:
            stated = {**own.stated, "probe": {**own.stated["probe"], "ports": [host.port]}}
            endpoint = Endpoint(address="127.0.0.1", port=host.port)
            return await examiner_with(Probing(timeouts=BRISK), [CheckDefinition(stated)]).examine(endpoint)

    found = run(work())

    assert found.status is EndpointStatus.NOT_CHECKED
    assert [(each.check_id, each.verdict.reason_code) for each in found.findings] == [
        ("elasticsearch_open", ReasonCode.UNREADABLE)
    ]


@for_each("name", EVERY)
@for_each("piece", [1, 7, 1 << 20])
def test_a_sweep_reads_what_a_session_reads(name: str, piece: int) -> None:
    """In whatever pieces it comes; what it cannot read it leaves to the session."""
    said = EVERY[name](LIST)
    if piece == 1 and len(said) > 5000:
        piece = 997
    contact = Contact(questions=(Question("GET", "/", cap_bytes=256 * 1024),))
    talk = HttpTalk(
        SweepEndpoint(0, 0, "127.0.0.1", 9200), contact, None, HttpWords("t"), TimeLeft(began=0.0, asks_until=1e12)
    )
    talk.begin()
    for first, last in pairwise([*range(0, len(said), piece), len(said)]):
        if not talk.is_over:
            talk.feed(said[first:last])
    talk.lost(Ending.CLOSED)

    bodies = [(reply.ended, reply.body) for reply in contact.replies]

    assert bodies == ([(Ending.COMPLETE, LIST)] if name in READ else [])


@pytest.mark.enable_socket
def test_control_characters_before_a_length_are_no_blanks() -> None:
    """Python strips more than blanks and tabs from a text: we read a length where no other reader reads one."""
    said = answer(LIST, stated=b"Content-Length: \r\n \x1e\x855")

    assert asyncio.run(differing([said])) == []


def test_what_the_real_curl_reads_is_read() -> None:
    """Whichever curl there is. It reads longer heads, and says nothing of a coding, which here is not even that."""
    answers = [make(LIST) for make in EVERY.values()]

    async def work() -> list[bytes | None]:
        async with serving(one_of(answers)) as host:
            return await read_by_curl(host.port, len(answers))

    by_curl = dict(zip(EVERY, asyncio.run(work()), strict=True))
    read = {name for name, body in by_curl.items() if body == LIST}

    assert len(read) > 40
    assert read - READ.keys() <= {"header of 90,000 letters", "20,000 headers", "a coding that nobody knows"}


def test_a_mutated_head_that_curl_or_python_reads_is_read_or_unreadable() -> None:
    """Python's `http.client` is the other reader: it forgives much, and shares no code with llhttp, which we use.

    h11 refuses what we refuse, aiohttp rests on llhttp as well, and urllib3 and requests on `http.client`.
    `make fuzz` and `make test-deep` compare many more.
    """
    chance = Random(DEPTH)  # noqa: S311  (it makes examples)
    for _ in range(DEPTH):
        answers = [mutant(chance) for _ in range(_MUTANTS)]
        for said, curl, python in asyncio.run(differing(answers)):
            pytest.fail(f"read otherwise by curl ({curl!r}) or Python ({python!r}): {said!r}")


def _mutant_of(seed: int) -> bytes:
    return mutant(Random(seed))  # noqa: S311  (as above)


@given(st.integers(0, 1 << 64).map(_mutant_of), st.integers(1, 80))
def test_a_mutated_head_is_the_same_in_whatever_pieces_it_comes(said: bytes, piece: int) -> None:
    assert _outcome([said]) == _outcome([said[at : at + piece] for at in range(0, len(said), piece)])


def _outcome(pieces: Sequence[bytes]) -> tuple[object, ...]:
    reader = HttpReader()
    try:
        whole = any(reader.feed(piece) for piece in pieces)
    except Garbled:
        return ("garbled",)
    return (whole or reader.at_end(), reader.status, reader.headers, bytes(reader.body))


@for_each("name", ["two lengths, the last one right", "two lengths, the first one right"])
def test_a_line_with_an_odd_answer_carries_no_second_question(name: str) -> None:
    """So that what stands behind a wrong length is never taken for the next answer."""
    reader = HttpReader()

    assert reader.feed(READ[name](LIST))
    assert not reader.reusable


def test_a_body_of_two_lengths_is_read_up_to_the_cap_at_most() -> None:
    said = answer(LIST * 2000, b"Content-Length: 5", stated=b"Content-Length: 999999999999")

    reply = asked(said, then="stay", cap_bytes=4096)

    assert (reply.ended, reply.size_bytes) == (Ending.CAPPED, 4096)


@for_each("piece", [b"X-A : b\r\n", b"\x00", b" folded\r\n", b"HTTP/1.1 100 X \r\nA :\r\n\r\n", b"\r\r\r\n"])
def test_an_odd_head_without_an_end_is_cut_at_its_cap(piece: bytes) -> None:
    reader = HttpReader()
    said = 0

    while said < 2 * HEAD_CAP and not reader.feed(b"HTTP/1.1 102 P\r\nX A : b\r\n"[said:][:26] or piece):
        said += 26 if not said else len(piece)

    assert reader.capped
    assert reader.status is None
    assert said <= HEAD_CAP + len(piece)


def test_compression_is_undone_up_to_the_cap_alone() -> None:
    """What is larger says nothing that is true: the answer could not be read."""
    small, large = (asked(READ["gzip"](LIST + b" " * spaces)) for spaces in (100_000, 200_000))

    assert (small.ended, len(small.body)) == (Ending.COMPLETE, len(LIST) + 100_000)
    assert (large.ended, large.body, large.began) == (Ending.GARBLED, b"", True)
