"""BER, as far as LDAP uses it: definite lengths only (RFC 4511, 5.1), each checked before it is believed."""

from __future__ import annotations

from collections.abc import Iterator

from leakguard.frozen import Frozen
from leakguard.probes.formats.reading import Garbled

_HEAD = 2
_LONG = 0x80
_MOST_LENGTH_BYTES = 4
_LONGEST_INTEGER = 8


class Element(Frozen, kw_only=False):
    """Where one element stands: its tag, and where its content starts and stops."""

    tag: int
    start: int
    stop: int


def element_at(data: bytes | bytearray, at: int, end: int) -> Element | None:
    """The element whose head starts at `at`; `None` if its head is not there yet, raises `Garbled` beyond `end`."""
    if len(data) < at + _HEAD:
        return None
    first = data[at + 1]
    extra = first - _LONG if first & _LONG else 0
    if first == _LONG or extra > _MOST_LENGTH_BYTES:
        raise Garbled("a length that LDAP does not use")
    start = at + _HEAD + extra
    if len(data) < start:
        return None
    length = int.from_bytes(data[at + _HEAD : start], "big") if extra else first
    if start + length > end:
        raise Garbled("an element longer than what holds it")
    return Element(data[at], start, start + length)


def children(data: bytes | bytearray, inside: Element) -> Iterator[Element]:
    """The elements inside `inside`, all of whose bytes are there; raises `Garbled`."""
    at = inside.start
    while at < inside.stop:
        child = element_at(data, at, inside.stop)
        if child is None:
            raise Garbled("a cut element")
        yield child
        at = child.stop


def content(data: bytes | bytearray, element: Element) -> bytes:
    """The bytes of an element."""
    return bytes(data[element.start : element.stop])


def integer(data: bytes | bytearray, element: Element) -> int:
    """The value of an INTEGER or an ENUMERATED; raises `Garbled` for one that no answer needs."""
    raw = content(data, element)
    if not 0 < len(raw) <= _LONGEST_INTEGER:
        raise Garbled("an impossible number")
    return int.from_bytes(raw, "big", signed=True)
