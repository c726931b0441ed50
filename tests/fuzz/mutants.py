"""Heads of HTTP with bytes changed, lost, doubled and moved, for whoever compares how several readers take them."""

from __future__ import annotations

from random import Random  # noqa: TID251  (its seed is the argument)

from support.odd_heads import LIST, READ

_WORDS = (
    b"\x00", b"\x01", b"\x1b", b"\x7f", b"\xff", b" ", b"\t", b"\r", b"\n", b"\r\n", b"\r\n ", b":", b": ", b";", b",",
    b'"',
    b"0", b"9", b"-1", b"+", b"0x", b"chunked", b"identity", b"gzip", b"close", b"Content-Length: 5\r\n", b"HTTP/1.1 ",
    b"Transfer-Encoding: chunked\r\n", b"HTTP/1.1 100 Continue\r\n\r\n", b"Connection: keep-alive\r\n",
)  # fmt: skip
_LARGEST = 2000
_STARTS = tuple(said for make in READ.values() if len(said := make(LIST)) < _LARGEST and said.endswith(LIST))
"""Bodies as they are: what is compressed or in chunks ends otherwise, and is changed in its body as well."""
_IN_CHUNKS = tuple(said for make in READ.values() if len(said := make(LIST)) < _LARGEST and not said.endswith(LIST))


def mutant(chance: Random) -> bytes:
    """One answer with one to three changes to its head, or to all of it where the body is sent in another form."""
    said = chance.choice(_STARTS + _IN_CHUNKS)
    head, behind = (said[: -len(LIST)], LIST) if said in _STARTS else (said, b"")
    for _ in range(chance.randint(1, 3)):
        head = _changed(head, chance)
    return head + behind


def _changed(head: bytes, chance: Random) -> bytes:
    at, lines = chance.randint(0, len(head)), head.split(b"\n")
    line = chance.randrange(len(lines))
    match chance.randrange(5):
        case 0:
            return head[:at] + chance.choice(_WORDS) + head[at:]
        case 1:
            return head[:at] + head[at + chance.randint(1, 12) :]
        case 2:
            return head[:at] + chance.randbytes(chance.randint(1, 2)) + head[at + 1 :]
        case 3:
            return b"\n".join([*lines[:line], lines[line], *lines[line:]])
        case _:
            return b"\n".join([*lines[1:line], lines[0], *lines[line:]])
