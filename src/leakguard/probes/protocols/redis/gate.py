"""Redis: `PING`, `INFO` with a section, `DBSIZE`."""

from __future__ import annotations

import re

from leakguard.probes.wire.gate import ByteGate

_ANSWER = re.compile(
    rb"\+PONG|-[A-Z]{2,32} [^'\r\n]|-no upstream host\r\n|-upstream failure\r\n|\$\d+\r\n(?:# |redis_)"
    rb"|_\r\n|#[tf]\r\n|[!=]\d{1,9}\r\n[A-Za-z]|[*~%>]\d{1,9}\r\n[-+:$_#]"
)

_REDIS = re.compile(rb"\*(\d)\r\n\$\d+\r\n([A-Za-z]+)\r\n(?:\$\d+\r\n[a-z]{1,20}\r\n)?")
_ERROR = re.compile(rb"-(?:ERR|DENIED|NOAUTH) [^'\r\n]")
"""NATS complains with `-ERR 'words'` and is told apart by the quote."""


def _carries(verb: str, data: bytes) -> bool:
    found = _REDIS.fullmatch(data)
    return found is not None and found.group(2).decode() == verb and found.group(1) in (b"1", b"2")


def _greets(data: bytes) -> bool:
    """In protected mode, or full, or asked in HTTP, it answers with an error."""
    return _ERROR.match(data) is not None


def _begins(data: bytes) -> bool:
    """The answer to `PING`, an error by a code of its own or of Envoy, or a value of RESP that answers nothing."""
    return _ANSWER.match(data) is not None


GATE = ByteGate(
    verbs=frozenset({"PING", "INFO", "DBSIZE"}),
    carries=_carries,
    begins=_begins,
    greets=_greets,
    tls_ports=frozenset({6380}),
    tls_schemes=frozenset({"rediss"}),
)
