"""What one protocol may say, and what is known about how it talks."""

from __future__ import annotations

from collections.abc import Callable

from leakguard.frozen import Frozen


class ByteGate(Frozen):
    """The read commands of one protocol: the constant `GATE` of its `gate.py`."""

    verbs: frozenset[str]
    carries: Callable[[str, bytes], bool]
    """Whether the bytes are the command `verb`, whole, and nothing else; asked only for a verb of `verbs`."""
    begins: Callable[[bytes], bool]
    """Whether a host's first words are an answer of this protocol to what a session asks first, or begin as one.

    Told from every other protocol by as few bytes as that takes: an answer that began so and then makes no sense is
    unreadable, and what answers is nothing else.
    """
    greets: Callable[[bytes], bool] | None = None
    """Whether a host's first words are of this protocol: a greeting, or its complaint about an HTTP request."""
    counts_drops: bool = False
    """Whether a server counts each connection that is dropped behind its greeting, and in the end blocks our address:
    MySQL does so after a hundred (`max_connect_errors`), unless somebody from our address logs in."""
    tls_ports: frozenset[int] = frozenset()
    """Where TLS is tried first."""
    tls_schemes: frozenset[str] = frozenset()
    """Schemes of URLs that mean TLS from the first byte on."""
