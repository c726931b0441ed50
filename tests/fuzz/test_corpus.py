"""The kept corpus, once and without the fuzzer: whatever it found stays found."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from fuzz.readers import READERS
from fuzz.seed import CORPUS, LARGEST, seeds
from fuzz.talk import answers_in, harness, packed, questions_of
from leakguard.probes.prober import SESSIONS

KINDS = sorted([*SESSIONS, *READERS])
MOST_BYTES = 300_000
"""Of the whole corpus: it is kept beside the code."""


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """One for all talks: making one costs more than a talk."""
    made = asyncio.new_event_loop()
    yield made
    made.close()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.enable_socket
def test_every_input_of_the_corpus_is_answered(kind: str, loop: asyncio.AbstractEventLoop) -> None:
    inputs = sorted((CORPUS / kind).iterdir())

    assert inputs, "no protocol is without a corpus"
    for path in inputs:
        harness(kind, path.read_bytes(), loop)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.enable_socket
def test_what_the_corpus_grew_from_is_answered_too(kind: str, loop: asyncio.AbstractEventLoop) -> None:
    grown_from = list(seeds(kind))

    assert grown_from
    for seed in grown_from:
        harness(kind, seed, loop)


@pytest.mark.parametrize("kind", sorted(SESSIONS))
@pytest.mark.enable_socket
def test_the_fuzzer_can_ask_every_question_of_a_protocol(kind: str, loop: asyncio.AbstractEventLoop) -> None:
    for number in range(len(questions_of(kind))):
        harness(kind, packed(number, [b"?"]), loop)


def test_the_corpus_is_small() -> None:
    sizes = [path.stat().st_size for path in CORPUS.rglob("*") if path.is_file()]

    assert max(sizes) <= LARGEST
    assert sum(sizes) <= MOST_BYTES


def test_an_input_holds_its_answers_and_a_cut_one_what_is_left_of_them() -> None:
    data = packed(3, [b"abc", b"", b"de"], piece=7)

    assert data[:2] == b"\x03\x07"
    assert list(answers_in(data[2:])) == [b"abc", b"", b"de"]
    assert list(answers_in(data[2:-1])) == [b"abc", b"", b"d"]
    assert list(answers_in(b"\0")) == []
