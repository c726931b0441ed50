"""The certificates in the answer of a time-stamping authority, in the order that DER asks for.

OpenSSL, with which many authorities answer, writes the signer's certificate first and its chain behind it. DER sorts
the elements of a set, and the library that verifies answers reads nothing else. No signature covers that order.
"""

from __future__ import annotations

from leakguard.frozen import Frozen

_SEQUENCE, _CONTEXT_0 = 0x30, 0xA0
_LONGEST = 4
"""Bytes of a length; a longer one is that of no answer."""


class _Part(Frozen):
    """One element: its tag, and where it, its value and its end lie."""

    tag: int
    start: int
    value: int
    end: int


def in_order(answer: bytes) -> bytes:
    """The answer with its certificates sorted; as it is where it is no answer, which its reader then says."""
    try:
        (response,) = _parts(answer, 0, len(answer))
        token = _parts(answer, response.value, response.end)[1]
        content = _parts(answer, token.value, token.end)[1]
        (signed,) = _parts(answer, content.value, content.end)
        certificates = _parts(answer, signed.value, signed.end)[3]
        found = _parts(answer, certificates.value, certificates.end)
    except (IndexError, ValueError):
        return answer
    if (content.tag, signed.tag, certificates.tag) != (_CONTEXT_0, _SEQUENCE, _CONTEXT_0):
        return answer
    ordered = b"".join(sorted(answer[one.start : one.end] for one in found))
    return answer[: certificates.value] + ordered + answer[certificates.end :]


def _parts(data: bytes, start: int, end: int) -> list[_Part]:
    """The elements between `start` and `end`; raises `IndexError` or `ValueError` where they do not end there."""
    found = []
    while start < end:
        length, value = data[start + 1], start + 2
        if length & 0x80:
            size = length & 0x7F
            if not 1 <= size <= _LONGEST:
                raise ValueError("a length that DER does not know")
            length, value = int.from_bytes(data[value : value + size], "big"), value + size
        if value + length > end:
            raise ValueError("longer than what it is in")
        found.append(_Part(tag=data[start], start=start, value=value, end=value + length))
        start = value + length
    return found
