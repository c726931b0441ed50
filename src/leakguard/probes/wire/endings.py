"""What the errors of connections and of handshakes say about a host, and what only about our own machine."""

from __future__ import annotations

import errno

from leakguard.models.observations import Ending
from leakguard.probes.wire.interfaces import is_cut_off, is_of_network
from leakguard.probes.wire.tls import CertificateWanted

SCARCE = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM, errno.EADDRNOTAVAIL})
"""Errors of our own machine that pass: somebody closes a socket, a port is free again."""
_OURS = frozenset(
    {
        *SCARCE, errno.EPERM, errno.EACCES, errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EINVAL,
        errno.EAFNOSUPPORT,
    }
)  # fmt: skip
"""All errors of our own machine, held back by its firewall or its routes as well: the host was not asked."""


def connect_ending(error: OSError, address: str) -> Ending:
    """How a connection ended that did not come about."""
    if isinstance(error, TimeoutError):
        return Ending.BLOCKED if is_cut_off(address) else Ending.FILTERED
    if isinstance(error, ConnectionRefusedError):
        return Ending.REFUSED
    if isinstance(error, ConnectionError):
        return Ending.RESET
    is_ours = error.errno in _OURS and not is_of_network(error.errno, address)
    return Ending.BLOCKED if is_ours else Ending.UNREACHABLE


def handshake_ending(error: Exception) -> Ending:
    """How a handshake of TLS ended that failed."""
    if isinstance(error, CertificateWanted):
        return Ending.CERTIFICATE
    if isinstance(error, TimeoutError):
        return Ending.SILENT
    if isinstance(error, ConnectionResetError):
        return Ending.RESET
    return Ending.CLOSED if isinstance(error, ConnectionError) else Ending.GARBLED
