"""The gates of all protocols: nothing that they do not carry can be said to a host.

Each is loaded by the name that the register gives its protocol: the wire imports no session.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType

from leakguard.checks.protocols import PROTOCOLS
from leakguard.probes.wire.gate import ByteGate


def _gate_of(kind: str) -> ByteGate:
    gate: ByteGate = import_module(f"leakguard.probes.protocols.{kind}.gate").GATE
    return gate


GATES: Mapping[str, ByteGate] = MappingProxyType(
    {kind: _gate_of(kind) for kind, protocol in PROTOCOLS.items() if protocol.over is None}
)
"""By protocol; one that is asked `over` another one, as S3 over HTTP, passes the gate of that one."""

_HEAD, _LONG_WORD = 8, 128
"""Bytes of a host's first words: no line of a greeting is so short, and every greeting is recognised by so many."""
TLS_PORTS = frozenset[int]().union(*(gate.tls_ports for gate in GATES.values()))
"""Where TLS is tried first, whatever is asked."""
TLS_SCHEMES = frozenset[str]({"tls", "ssl"}).union(*(gate.tls_schemes for gate in GATES.values()))


def counts_drops(data: bytes) -> bool:
    """Whether the host's first words are of a protocol whose servers count connections that are dropped then."""
    return any(GATES[kind].counts_drops for kind in recognised(data))


def is_whole_word(data: bytes) -> bool:
    """Whether a host's first words tell its protocol, or are a line of some other, or so long that no more would help.

    The version of MySQL's handshake, its fifth byte, is an end of a line as well.
    """
    return bool(recognised(data)) or (len(data) > _HEAD and data.endswith(b"\n")) or len(data) >= _LONG_WORD


def begun(data: bytes) -> tuple[str, ...]:
    """The kinds whose answers begin as a host's first words do; none of silence."""
    return tuple(kind for kind, gate in GATES.items() if data and gate.begins(data))


def recognised(data: bytes) -> tuple[str, ...]:
    """The kinds that a host's first words fit; none of silence."""
    return tuple(kind for kind, gate in GATES.items() if data and gate.greets and gate.greets(data))
