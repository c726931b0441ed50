"""Observations: an answer is what came, not what was made of it since."""

from __future__ import annotations

from leakguard.frozen import replace
from leakguard.models.observations import Ending, ParsedOnce, Reply

REPLY = Reply(request="root", method="GET", what="/", ended=Ending.COMPLETE, body=b"canary", document={"a": "canary"})


def test_what_was_made_of_an_answer_is_no_part_of_it() -> None:
    read = replace(REPLY, read=ParsedOnce())
    read.read.of(read.body)["@"] = "made"

    assert read == REPLY
    assert hash(ParsedOnce()) == hash(ParsedOnce())
    assert ParsedOnce() != "made"


def test_a_copy_shares_what_was_made_and_another_answer_begins_anew() -> None:
    REPLY.read.of(REPLY.body)["@"] = "made"

    assert replace(REPLY, request="other").read.of(REPLY.body) == {"@": "made"}
    assert REPLY.read.of(b"another") == {}


def test_no_word_of_a_host_is_in_what_is_shown_of_an_answer() -> None:
    assert "canary" not in repr(REPLY)
