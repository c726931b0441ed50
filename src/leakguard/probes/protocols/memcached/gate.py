"""Memcached: `version` and `stats`, without an argument."""

from __future__ import annotations

import re

from leakguard.probes.wire.gate import ByteGate

_ANSWER = re.compile(rb"[\r\n]{0,8}(?:VERSION \d|STAT [!-~]+ )|END\r\n\Z")


def _carries(verb: str, data: bytes) -> bool:
    return data == verb.encode() + b"\r\n"


def _greets(data: bytes) -> bool:
    """Its complaint about lines that are no command, or about more connections than it may have."""
    return data.startswith((b"ERROR\r\n", b"ERROR Too many open connections", b"CLIENT_ERROR ", b"SERVER_ERROR "))


def _begins(data: bytes) -> bool:
    """Its version, a statistic, or an error."""
    return _ANSWER.match(data) is not None or _greets(data)


GATE = ByteGate(verbs=frozenset({"version", "stats"}), carries=_carries, begins=_begins, greets=_greets)
