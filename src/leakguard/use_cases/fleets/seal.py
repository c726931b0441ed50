"""What signs and opens the messages of a fleet."""

from __future__ import annotations

from typing import Protocol

from leakguard.models.fleet import Envelope, VerifiedMessage


class Seal(Protocol):
    """Signs what we say, and knows whom to believe."""

    def close(self, kind: str, body: str) -> Envelope:
        """The message in an envelope, signed with our key."""

    def open(self, envelope: Envelope) -> VerifiedMessage:
        """The message; raises `NotTrusted` unless the signature is good and the key is one that we trust."""

    @property
    def public(self) -> str:
        """The public half of our key."""

    def key_of(self, signer: str) -> str:
        """The public key that we trust under a name; empty for a name that we do not know."""
