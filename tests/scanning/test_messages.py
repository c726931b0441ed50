"""Messages of the fleet: what was written is read, and nothing else is."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leakguard.errors import BadFile
from leakguard.files.shapes import Shape
from leakguard.fleet import messages
from leakguard.fleet.messages import message_text, read_envelope, read_message
from leakguard.ledger.canonical import canonical
from leakguard.models.fleet import FORM, Envelope, Foreign, Known, Present, Refusal, Share
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


@pytest.mark.parametrize(
    ("fields", "release", "words"),
    [
        ({"form": FORM + 1, "release": "9.9.9", "new": [1]}, "9.9.9", "it runs LeakGuard 9.9.9, and this is"),
        ({"form": FORM - 1, "release": "0.0.1"}, "0.0.1", "it runs LeakGuard 0.0.1, and this is"),
        ({"form": None, "release": "\x1b[2J"}, None, ""),
    ],
)
def test_of_a_message_of_another_form_its_head_alone_is_read(
    fields: dict[str, Any], release: str | None, words: str
) -> None:
    if release is None:
        with pytest.raises(BadFile):
            read_message("refusal", changed(**fields))
        return

    message = read_message("a kind that is not known here", changed(**fields))

    assert isinstance(message, Foreign)
    assert (message.scan, message.worker, message.number, message.release) == ("R-1", "w", 3, release)
    assert message.refused(worker="w", release="").reason.startswith(words)


def test_a_message_from_before_there_were_forms_is_one_of_another_form() -> None:
    old = canonical({"scan": "R-1", "vantage": "campus", "worker": "w", "reason": "no", "number": 3, "attempt": 1})

    message = read_message("refusal", old)

    assert isinstance(message, Foreign)
    assert "it runs another release of LeakGuard" in message.refused(worker="w", release="").reason


def test_a_change_of_the_fields_of_a_message_needs_another_form() -> None:
    """After a change raise `FORM`, and write the new number and the new sum here."""
    shapes: dict[str, type[Shape]] = {**messages.KINDS, "share": Share, "known": Known, "envelope": Envelope}
    fields = {name: sorted(shape.model_fields) for name, shape in shapes.items()}

    assert (FORM, hashlib.sha256(canonical(fields).encode()).hexdigest()[:16]) == (3, "a29a57b7d449490d")


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
