"""The order of checks: which kinds a port suggests, and which check of a kind asks first; worked out once a port."""

from __future__ import annotations

from collections.abc import Sequence

from leakguard.checks.definitions import CheckDefinition
from leakguard.checks.protocols import PROTOCOLS

HTTP = "http"
SCHEME_KINDS = {scheme: kind for kind, protocol in PROTOCOLS.items() for scheme in protocol.schemes}
_NO_PORT = 0
"""Stands for all ports that no check names: there are 65,000 of them, and one answer for all."""


def port_checks(library: Sequence[CheckDefinition], port: int, kind: str) -> tuple[CheckDefinition, ...]:
    """Checks of one kind: what knows the port, then what asks for the root; last what judges the unknown.

    A server may hang up on the root and answer a path of its own, and a host that hung up is asked no more.
    """
    of_kind = [item for item in library if item.probe.kind == kind]
    return tuple(
        sorted(
            of_kind, key=lambda item: (item.fallback, port not in item.probe.ports, item.probe.requests[0].get != "/")
        )
    )


def port_kinds(
    library: Sequence[CheckDefinition], port: int, scheme: str | None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The kinds to ask one after the other, what the URL or the port suggests first; and the rest."""
    by_port = [item.probe.kind for item in library if port in item.probe.ports and not item.fallback]
    hinted = SCHEME_KINDS.get(scheme or "")
    leading = [kind for kind in dict.fromkeys(by_port) if PROTOCOLS[kind].over is None and kind != hinted]
    able = {item.probe.kind for item in library if _is_guessed(item.probe.kind)} - {HTTP}
    rest = sorted(able - {hinted, *leading}, key=lambda kind: (not PROTOCOLS[kind].is_common, kind))
    return (*([hinted] if hinted else []), *leading), tuple(rest)


def _is_guessed(kind: str) -> bool:
    """Whether the protocol is spoken where nothing suggests it."""
    return PROTOCOLS[kind].over is None and not PROTOCOLS[kind].is_industrial


class CheckOrder:
    """Remembers all of it for a library."""

    def __init__(self, library: Sequence[CheckDefinition]) -> None:
        """`library` is never changed."""
        self._library = tuple(library)
        self._named = frozenset(port for item in self._library for port in item.probe.ports)
        self._checks: dict[tuple[int, str], tuple[CheckDefinition, ...]] = {}
        self._kinds: dict[tuple[int, str | None], tuple[tuple[str, ...], tuple[str, ...]]] = {}
        self._first: dict[int, tuple[CheckDefinition, ...]] = {}
        self._is_http_alone = all(item.probe.kind == HTTP for item in self._library)

    def checks(self, port: int, kind: str) -> tuple[CheckDefinition, ...]:
        """As `port_checks`."""
        key = (port if port in self._named else _NO_PORT, kind)
        if key not in self._checks:
            self._checks[key] = port_checks(self._library, *key)
        return self._checks[key]

    def kinds(self, port: int, scheme: str | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """As `port_kinds`."""
        key = (port if port in self._named else _NO_PORT, scheme if scheme in SCHEME_KINDS else None)
        if key not in self._kinds:
            self._kinds[key] = port_kinds(self._library, *key)
        return self._kinds[key]

    def first_contact(self, port: int) -> tuple[CheckDefinition, ...]:
        """The checks that name the port and speak HTTP, without fallbacks; none where the port suggests more."""
        key = port if port in self._named else _NO_PORT
        if key not in self._first:
            own = tuple(item for item in self.checks(key, HTTP) if key in item.probe.ports and not item.fallback)
            self._first[key] = own if self.kinds(key, None)[0] == (HTTP,) else ()
        return self._first[key]

    def first_contact_runs_all(self, port: int) -> bool:
        """Whether the first contact runs every check that an examination would run on this port in plain HTTP."""
        return self._is_http_alone and self.first_contact(port) == self.checks(port, HTTP)
