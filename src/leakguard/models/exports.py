"""What leaves for somebody else's system: one document, and what became of it there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from leakguard.frozen import Frozen


class Document(Frozen):
    """One document under an id that stays the same, so that sending it again changes nothing."""

    index: str
    id: str
    body: Mapping[str, Any]


class Receipt(Frozen):
    """What the other side said of one document."""

    id: str
    is_new: bool = False
    """It was not there before."""
    problem: str = ""
    """Why it was not taken, without a word of the document; empty when it is there now."""


class Destination(Frozen, hidden=("api_key", "user", "password", "ca_file", "fingerprint")):
    """A cluster of our own, and how to log in to it; secrets are never shown."""

    url: str
    api_key: str = ""
    user: str = ""
    password: str = ""
    ca_file: str = ""
    """A file in PEM; empty for the machine's own certificates."""
    fingerprint: str = ""
    """SHA-256 of the server's certificate in hex, in place of a chain."""
