"""What is kept of an account beside the ledger: rows that can be erased, with secrets as hashes."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, Self

from leakguard.frozen import Frozen


class Person(Frozen, hidden=("password_hash", "totp", "mail")):
    """Who an account belongs to."""

    actor: str
    name: str
    """As it is shown, and stands in records; empty once erased."""
    mail: str = ""
    password_hash: str = ""
    """Empty for who logs in by somebody else's word only, and until a password is set."""
    totp: str = ""
    """The secret of the second factor; empty without one."""
    external: str = ""
    """Issuer and subject of an OpenID provider, or the name that a proxy gives: how both know this account."""
    created_at: datetime
    erased_at: datetime | None = None
    language: str = ""
    """In which this person reads the console; empty for what the browser asks for."""
    zone: str = ""
    """In which times are shown; empty for the browser's."""
    seen_at: datetime | None = None
    """When the account was last used, to the minute; `None` for never."""


class SessionRow(Frozen, hidden=("hash",)):
    """Somebody who is logged in."""

    hash: str
    """Of the secret."""
    actor: str
    kind: str
    """`web` or `cli`."""
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    method: str = ""
    """A `people.LoginMethod`; empty for a session that began before it was kept."""


class TokenRow(Frozen, hidden=("hash",)):
    """An API token."""

    id: str
    hash: str
    """Of the secret; empty once revoked for good."""
    actor: str
    name: str
    """What it is for."""
    scopes: tuple[str, ...]
    """Rights; the token has those of them that its account has."""
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None


class Passkey(Frozen, hidden=("public_key",)):
    """A key of WebAuthn."""

    id: str
    """Url-safe base64."""
    actor: str
    public_key: str
    """Url-safe base64."""
    sign_count: int
    name: str
    created_at: datetime


class AnsweredRequest(Frozen, hidden=("answer",)):
    """A request with an idempotency key, and what was answered."""

    actor: str
    key: str
    digest: str
    """Of the request."""
    status: int = 0
    """Zero while the first one of them is still at work."""
    answer: str = ""
    """What was answered; while it is at work, what `PendingRequest` says."""
    at: datetime


class PendingRequest(Frozen):
    """What is known of a request with an idempotency key that is not answered."""

    attempt: str = ""
    """Which attempt works at it."""
    entries: tuple[tuple[int, str, str], ...] = ()
    """Number, kind and subject of each entry of the ledger that it recorded."""

    def as_text(self) -> str:
        """As it is kept."""
        return json.dumps([self.attempt, *self.entries])

    @classmethod
    def of(cls, text: str) -> Self:
        """What was kept."""
        kept: list[Any] = json.loads(text) if text else [""]
        return cls(attempt=kept[0], entries=tuple((number, kind, subject) for number, kind, subject in kept[1:]))
