"""Messages of the fleet as canonical JSON text, and back: strict in both directions, and never too large."""

from __future__ import annotations

from collections.abc import Mapping

from leakguard.errors import BadFile
from leakguard.files.shapes import ShapeType, fit
from leakguard.files.yaml_text import ReadText
from leakguard.ledger.canonical import canonical, from_canonical
from leakguard.models.fleet import FORM, Envelope, Foreign, Message, Present, Refusal, RollCall, Shard, ShardResult

MAX_CHARACTERS = 16 * 1024 * 1024
"""A shard of 4,096 endpoints that are all open comes to half of that."""
KINDS: Mapping[str, type[Message]] = {
    "roll_call": RollCall,
    "shard": Shard,
    "present": Present,
    "result": ShardResult,
    "refusal": Refusal,
}
_WORDS = {shape: kind for kind, shape in KINDS.items()}
_NAME = "a message of the fleet"
_NEXT_STEP = "Install the same release of LeakGuard on the coordinator and on every worker."


def message_text(message: Message) -> tuple[str, str]:
    """Kind and text of a message; raises `BadFile` when it is too large to be sent."""
    text = canonical(message.model_dump(mode="json"))
    if len(text) > MAX_CHARACTERS:
        raise _bad(f"longer than {MAX_CHARACTERS:,} characters", "Send fewer targets at once.")
    return _WORDS[type(message)], text


def read_message(kind: str, text: str) -> Message:
    """The message that `message_text` wrote, or the head of one that another release wrote in another form.

    Raises `BadFile` for anything else. Nothing of it is repeated.
    """
    if len(text) > MAX_CHARACTERS:
        raise _bad(f"longer than {MAX_CHARACTERS:,} characters")
    try:
        value = from_canonical(text)
    except (ValueError, RecursionError, AttributeError, TypeError) as error:
        raise _bad(f"not JSON as we write it ({type(error).__name__})") from error
    if isinstance(value, Mapping) and value.get("form") != FORM:
        return _fitted(value, Foreign)
    shape = KINDS.get(kind)
    if shape is None:
        raise _bad("of an unknown kind")
    message = _fitted(value, shape)
    if canonical(message.model_dump(mode="json")) != text:
        raise _bad("not in its canonical form")
    return message


def read_envelope(value: object) -> Envelope:
    """The envelope that came out of a queue; raises `BadFile`. Its signature is not looked at here."""
    envelope = _fitted(value, Envelope)
    if len(envelope.body) > MAX_CHARACTERS:
        raise _bad(f"longer than {MAX_CHARACTERS:,} characters")
    return envelope


def _fitted(value: object, shape: type[ShapeType]) -> ShapeType:
    return fit(ReadText(value=value), shape, name=_NAME)


def _bad(text: str, next_step: str = _NEXT_STEP) -> BadFile:
    return BadFile.whole(_NAME, text, next_step=next_step)
