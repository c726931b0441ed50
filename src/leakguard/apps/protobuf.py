"""Fields of a protocol buffer, one message at a time, each bound-checked; nothing is unpacked that nobody asks for."""

from __future__ import annotations

from collections.abc import Iterator

from leakguard.apps.unread import CannotRead, need

_VARINT, _WIDE, _BYTES, _NARROW = 0, 1, 2, 5
_LONGEST_VARINT = 10
Message = memoryview


def fields(message: Message) -> Iterator[tuple[int, int | Message]]:
    """Number and value of each field, in their order; raises `CannotRead`, also in the middle."""
    at = 0
    while at < len(message):
        at, key = _varint(message, at)
        number, wire = key >> 3, key & 7
        if wire == _VARINT:
            at, value = _varint(message, at)
            yield number, value
            continue
        if wire == _BYTES:
            at, length = _varint(message, at)
        elif wire in (_WIDE, _NARROW):
            length = 8 if wire == _WIDE else 4
        else:
            raise CannotRead("it is no protocol buffer")
        need(length <= len(message) - at, "a field is longer than what is left")
        yield number, message[at : at + length]
        at += length


def text_of(value: int | Message) -> str:
    """A field as text; raises `CannotRead` for a number."""
    return bytes(message_of(value)).decode("utf-8", "replace")


def message_of(value: int | Message) -> Message:
    """A field as a message; raises `CannotRead` for a number."""
    if isinstance(value, int):
        raise CannotRead("a field is a number that must be a text or a message")
    return value


def _varint(message: Message, at: int) -> tuple[int, int]:
    value = 0
    for count, byte in enumerate(message[at : at + _LONGEST_VARINT]):
        value |= (byte & 0x7F) << (7 * count)
        if byte < 0x80:  # noqa: PLR2004  (the bit that says that more follows)
            return at + count + 1, value & 0xFFFFFFFFFFFFFFFF
    raise CannotRead("a number is cut short, or longer than one can be")
