"""RTSP: the question how a stream is made up, by the stream's path; never SETUP, PLAY, RECORD or ANNOUNCE.

After RFC 2326, 10.2, which RTSP/2.0 (RFC 7826) leaves as it is but for the version's number. All bytes are constant but
the path: `/`, or one that a person named in a URL. The address names no host, as the servers look at its path alone.
"""

from __future__ import annotations

import re

from leakguard.probes.wire.gate import ByteGate

_PATH = re.compile(rb"/|(?:/(?!\.{1,2}(?:/| ))[A-Za-z0-9._~@+-]{1,128}){1,16}")
_BEFORE = b"DESCRIBE rtsp://localhost"
_BEHIND = b" RTSP/1.0\r\nCSeq: 1\r\nAccept: application/sdp\r\nUser-Agent: leakguard\r\n\r\n"
_FIRST = (b"RTSP/1.0 ", b"RTSP/2.0 ")


def describe(path: str) -> bytes:
    """How is the stream at a path made up?"""
    return _BEFORE + path.encode("latin-1") + _BEHIND


def _carries(verb: str, data: bytes) -> bool:
    path = data.removeprefix(_BEFORE).partition(b" ")[0]
    return verb == "describe" and _PATH.fullmatch(path) is not None and data == describe(path.decode("latin-1"))


def _begins(data: bytes) -> bool:
    """A status line, also in answer to a question in another protocol."""
    return data.startswith(_FIRST)


GATE = ByteGate(
    verbs=frozenset({"describe"}), carries=_carries, begins=_begins, greets=_begins, tls_ports=frozenset({322}),
    tls_schemes=frozenset({"rtsps"}),
)  # fmt: skip
