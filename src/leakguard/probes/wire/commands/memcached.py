"""Memcached: `version` and `stats`, without an argument."""

from __future__ import annotations

from leakguard.probes.wire.commands.protocol import Protocol


def _carries(verb: str, data: bytes) -> bool:
    return data == verb.encode() + b"\r\n"


def _greets(said: bytes) -> bool:
    """Its complaint about lines that are no command."""
    return said.startswith((b"ERROR\r\n", b"CLIENT_ERROR ", b"SERVER_ERROR "))


PROTOCOL = Protocol(verbs=frozenset({"version", "stats"}), carries=_carries, greets=_greets)
