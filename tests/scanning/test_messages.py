"""Messages of the fleet: what was written is read, and nothing else is."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leakguard.errors import BadFile
from leakguard.ledger.canonical import canonical
from leakguard.models.fleet import Present, Refusal
from leakguard.scanning import messages
from leakguard.scanning.messages import message_text, read_envelope, read_message
from support.fleet import sealed, shard_of

REFUSAL = Refusal(scan="R-1", vantage="campus", worker="w", reason="no", number=3, attempt=1)


def test_a_message_is_read_as_it_was_written() -> None:
    for message in (shard_of(), REFUSAL, Present(scan="R-1", vantage="campus", worker="w", resolved={"a": ("b",)})):
        assert read_message(*message_text(message)) == message


def test_a_shard_keeps_its_id_in_every_attempt() -> None:
    assert shard_of(attempt=1).id == shard_of(attempt=2).id == "R-1-campus/0"


def changed(**fields: Any) -> str:  # noqa: ANN401  (fields of a message)
    return canonical(REFUSAL.model_dump(mode="json") | fields)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("refusal", changed(more=1)),
        ("refusal", changed(vantage="Campus/../x")),
        ("refusal", changed(reason="x" * 501)),
        ("refusal", changed(number=-1)),
        ("refusal", changed(number="3")),
        ("refusal", changed(number=2**70)[:-1]),
        ("refusal", canonical(["refusal"])),
        ("refusal", json.dumps(REFUSAL.model_dump(mode="json"))),
        ("refusal", "[" * 100_000),
        ("refusal", '{"$int":1}'),
        ("shard", changed()),
        ("pickle", changed()),
    ],
)
def test_what_is_not_one_of_our_messages_is_refused(kind: str, text: str) -> None:
    with pytest.raises(BadFile) as refused:
        read_message(kind, text)

    assert "Campus" not in str(refused.value), "nothing of it is repeated"


def test_a_message_that_is_too_large_is_neither_written_nor_read(monkeypatch: pytest.MonkeyPatch) -> None:
    (kind, text), envelope = message_text(REFUSAL), sealed(shard_of())
    monkeypatch.setattr(messages, "MAX_CHARACTERS", len(text) - 1)

    with pytest.raises(BadFile, match="longer than"):
        message_text(REFUSAL)
    with pytest.raises(BadFile, match="longer than"):
        read_message(kind, text)
    with pytest.raises(BadFile, match="longer than"):
        read_envelope(envelope)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@settings(max_examples=40)
@given(JSON)
def test_no_envelope_does_anything_but_be_refused(value: object) -> None:
    with pytest.raises(BadFile):
        read_envelope(value)


@given(st.text(), st.sampled_from(sorted(messages.KINDS)))
def test_no_text_does_anything_but_be_refused(text: str, kind: str) -> None:
    with pytest.raises(BadFile):
        read_message(kind, text)
