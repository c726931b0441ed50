"""Proof: the questions in their order, and a digest that changes with any answer."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from leakguard.checks.proof import proof_of
from leakguard.frozen import replace
from leakguard.models.findings import Proof, ProofRequest
from leakguard.models.observations import Ending, Observation, Reply

ROOT = Reply(request="root", method="GET", what="/", ended=Ending.COMPLETE, status=200, body=b"hello", size_bytes=205)
CAT = Reply(request="cat", method="GET", what="/_cat", ended=Ending.CAPPED, status=200, body=b"list", size_bytes=900)


def proof(*replies: Reply) -> Proof:
    return proof_of(Observation(kind="http", replies={each.request: each for each in replies}))


def test_the_questions_stand_in_the_order_in_which_they_were_asked() -> None:
    assert proof(ROOT, CAT).requests == (
        ProofRequest(method="GET", what="/", status=200, bytes=205),
        ProofRequest(method="GET", what="/_cat", status=200, bytes=900),
    )


def test_the_same_answers_give_the_same_digest() -> None:
    assert proof(ROOT, CAT) == proof(replace(ROOT, seconds=3.0), CAT)
    assert len(proof(ROOT, CAT).transcript_sha256) == 64


@pytest.mark.parametrize(
    "change",
    [
        {"body": b"hellp"},
        {"status": 201},
        {"what": "/x"},
        {"method": "HEAD"},
        {"ended": Ending.CLOSED},
        {"document": {"a": 1}},
    ],
)
def test_any_other_answer_gives_another_digest(change: dict[str, Any]) -> None:
    assert proof(replace(ROOT, **change)).transcript_sha256 != proof(ROOT).transcript_sha256


def test_the_digest_depends_on_the_order() -> None:
    assert proof(ROOT, CAT).transcript_sha256 != proof(CAT, ROOT).transcript_sha256


def test_small_questions_of_a_session_are_shown_one_by_one() -> None:
    inner = [{"method": "HEAD", "what": "/<file 1>", "status": 200, "bytes": 40}, {"method": "GET", "bytes": "x"}, 7]
    dumps = replace(ROOT, method="dumps", document={"requests": inner})

    assert proof(dumps).requests == (
        ProofRequest(method="HEAD", what="/<file 1>", status=200, bytes=40),
        ProofRequest(method="GET", what="", status=None, bytes=0),
    )


@pytest.mark.parametrize("inner", [[], [7], "x", None])
def test_a_session_without_small_questions_shows_its_own(inner: object) -> None:
    assert len(proof(replace(ROOT, document={"requests": inner})).requests) == 1


def test_a_name_of_the_host_is_not_told_and_stands_under_the_digest() -> None:
    asked = [replace(ROOT, what=f"/{name}", told="/<name 1>") for name in ("john.doe%40example.com", "b")]

    assert [proof(each).requests[0].what for each in asked] == ["/<name 1>", "/<name 1>"]
    assert proof(asked[0]).transcript_sha256 != proof(asked[1]).transcript_sha256


def test_a_document_that_json_cannot_hold_still_has_a_digest() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    odd = proof(replace(ROOT, document={1: "a", "b": 2}))

    assert proof(replace(ROOT, document=deep)) == odd
    assert odd.transcript_sha256 != proof(ROOT).transcript_sha256
    while deep:
        deep = deep[0]


@pytest.mark.parametrize("status", [None, 200, 0])
@pytest.mark.parametrize("words", ["/", '/"\\\u2028é', "\x00\ud83d\ude00"])
def test_a_line_of_the_transcript_is_compact_json(words: str, status: int | None) -> None:
    """Stored proofs were made with an encoder; they must stay comparable."""
    asked = replace(ROOT, method=words, what=words, status=status)
    body = hashlib.sha256(b"hello").hexdigest()
    line = json.dumps([words, words, status, "complete", body], separators=(",", ":")).encode() + b"\n"

    assert proof(asked).transcript_sha256 == hashlib.sha256(line).hexdigest()
