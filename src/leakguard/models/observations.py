"""Observations: what a probe saw. The only place where a host's raw words live, and only in memory."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from leakguard.frozen import Frozen, field


class Ending(StrEnum):
    """How an exchange ended; a refusal, a silence and a reset mean different things."""

    COMPLETE = "complete"
    CAPPED = "capped"
    """The host sent more than the cap; what came before the cap is kept."""
    CLOSED = "closed"
    """The host closed before a whole answer came."""
    RESET = "reset"
    SILENT = "silent"
    """Connected, then the deadline passed."""
    REFUSED = "refused"
    """The port is closed: the host answered the connection with a reset."""
    FILTERED = "filtered"
    """The connection attempt itself got no answer: a firewall, or nobody there."""
    UNREACHABLE = "unreachable"
    """No route, no such address: the network said so."""
    GARBLED = "garbled"
    """What came is not this protocol."""
    BLOCKED = "blocked"
    """Not asked: out of scope at connect time, or our own machine could not."""
    CERTIFICATE = "certificate"
    """The host turned us away in TLS by an alert that says why: we showed no certificate of our own."""
    SPENT = "spent"
    """Not asked any more: the time for this endpoint was spent."""


class ParsedOnce:
    """What was made of an answer, kept beside it: many checks look at one, and reading it is the dear part.

    It is no part of what the answer is, so all are equal.
    """

    __slots__ = ("_made", "_source")

    def __init__(self) -> None:
        self._source: object = None
        self._made: dict[str, Any] = {}

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ParsedOnce)

    def __hash__(self) -> int:
        return hash(ParsedOnce)

    def of(self, source: object) -> dict[str, Any]:
        """What was made of `source`, a body or a document, by name; empty for another one than the last time."""
        if self._source is not source:
            self._source, self._made = source, {}
        return self._made


class Reply(Frozen, hidden=("body", "document", "read")):
    """One answer to one request."""

    request: str
    """The id of the request in the check file."""
    method: str
    """`GET`, `HEAD`, or the read command's verb."""
    what: str
    """The path or the command, as sent; it may hold names that the host told."""
    ended: Ending
    status: int | None = None
    """The HTTP status code; `None` for other protocols."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Lower-case names; repeated ones joined by a comma and a space."""
    body: bytes = b""
    """At most the cap. Never stored, logged or printed."""
    document: Any = None
    """Answers that are not HTTP, decoded to plain values (a BSON document, the fields of `INFO`)."""
    size_bytes: int = 0
    """How many bytes came, the head included."""
    seconds: float = 0.0
    began: bool = False
    """Of a reply of which nothing, or not all, could be read: whether the host's first words were of its protocol."""
    told: str = ""
    """`what` as it may be shown and stored, where that is not as it was sent."""
    read: ParsedOnce = field(default_factory=ParsedOnce)
    """The answer as it was read; a copy of the reply shares it."""


class TlsSeen(Frozen):
    """The certificate and protocol that a host showed; recorded, never required to be good."""

    version: str
    subject: str = ""
    issuer: str = ""
    not_before: str = ""
    not_after: str = ""
    sha256: str = ""
    verified: bool | None = False
    """Whether the machine's trust store accepts it for this name; `None` where it was not asked."""


class Observation(Frozen):
    """All that one probe saw of one endpoint."""

    kind: str
    """The probe's kind: `http`, `redis`..."""
    replies: Mapping[str, Reply] = field(default_factory=dict)
    transport: str = "tcp"
    """`http`, `https`, `tcp` or `tls`."""
    tls: TlsSeen | None = None
    ended: Ending = Ending.COMPLETE
    """Whether the endpoint could be asked at all."""
