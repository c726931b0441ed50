"""A recording prober: the same sessions, with what was asked written down."""

from __future__ import annotations

import asyncio

from leakguard.checks.requests import Request
from leakguard.engine.recording import Recorder, RecordingProber
from leakguard.models.observations import Reply
from leakguard.models.targets import Approach, Endpoint
from support.fake_prober import FakeProber, FakeServer

ENDPOINT = Endpoint(address="127.0.0.1", port=9200)
ROOT = Request(id="root", method="GET", what="/")


def asked_twice(server: FakeServer) -> tuple[Recorder, list[Reply]]:
    recorder = Recorder()
    prober = RecordingProber(FakeProber(servers={"127.0.0.1:9200": server}), recorder)

    async def ask() -> list[Reply]:
        session = prober.for_endpoint().open(ENDPOINT, "http", Approach.GUESSED)
        replies = [await session.ask(ROOT), await session.ask(ROOT)]
        await session.close()
        return replies

    return recorder, asyncio.run(ask())


def test_the_answers_come_through_and_only_their_sizes_are_kept() -> None:
    recorder, replies = asked_twice(FakeServer(answers={"http": {"/": (200, "canary-value-8d1f")}}))

    (spoken,) = recorder.of(ENDPOINT).attempts
    assert [reply.body for reply in replies] == [b"canary-value-8d1f"] * 2
    assert "canary" not in repr(recorder)
    assert (spoken.kind, spoken.approach, spoken.greeted, spoken.tls_version) == ("http", Approach.GUESSED, None, None)


def test_a_question_that_is_answered_from_memory_is_told_once() -> None:
    recorder, _ = asked_twice(FakeServer(answers={"http": {"/": (200, "hello")}}))

    (asked,) = recorder.of(ENDPOINT).attempts[0].asked
    assert (asked.method, asked.what, asked.status, asked.size_bytes) == ("GET", "/", 200, 5)


def test_a_name_of_the_host_is_told_by_its_number() -> None:
    recorder = Recorder()
    named = Request(id="db.1", method="GET", what="/john.doe%40example.com", told="/<name 1>")
    server = FakeServer(answers={"http": {named.what: (200, "hello")}})
    reply = asyncio.run(
        RecordingProber(FakeProber(servers={"127.0.0.1:9200": server}), recorder).open(ENDPOINT, "http").ask(named)
    )

    assert reply.body == b"hello"
    assert [asked.what for asked in recorder.of(ENDPOINT).attempts[0].asked] == ["/<name 1>"]


def test_the_protocol_version_of_tls_is_kept() -> None:
    recorder = Recorder()
    server = FakeServer(answers={"http": {"/": (200, "hello")}}, is_tls=True)
    prober = RecordingProber(FakeProber(servers={"127.0.0.1:9200": server}), recorder)
    asyncio.run(prober.open(ENDPOINT, "http").ask(ROOT))

    assert recorder.of(ENDPOINT).attempts[0].tls_version == "TLSv1.3"
