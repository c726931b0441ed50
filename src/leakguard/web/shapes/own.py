"""One's own account."""

from __future__ import annotations

from typing import TypedDict

from leakguard.web.shapes.base import Moment


class OwnSession(TypedDict):
    """One login."""

    id: str
    kind: str
    created_at: Moment
    seen_at: Moment
    expires_at: Moment
    this: bool


class OwnPasskey(TypedDict):
    """One passkey."""

    id: str
    name: str
    created_at: Moment


class OwnAccount(TypedDict):
    """The account of who asks."""

    id: str
    name: str
    mail: str | None
    roles: list[str]
    created_at: Moment
    password: bool
    second_factor: bool
    language: str | None
    zone: str | None
    sessions: list[OwnSession]
    passkeys: list[OwnPasskey]


class Preferences(TypedDict):
    """In which language and zone somebody reads; null for what the browser says."""

    language: str | None
    zone: str | None


class SecondFactor(TypedDict):
    """What an app needs to show codes; it is shown this once."""

    secret: str
    link: str


class Changed(TypedDict):
    """It is done."""

    changed: bool


class Ended(TypedDict):
    """How many sessions ended."""

    ended: int
