"""Rows of accounts as the values of `models.accounts`, and back."""

from __future__ import annotations

from datetime import datetime

from leakguard.models.accounts import AnsweredRequest, Passkey, Person, SessionRow, TokenRow
from leakguard.models.moments import from_z, to_z
from leakguard.store.connection import Row


def person_of(row: Row) -> Person:
    """The person of a row of `people`."""
    actor, _, name, mail, password_hash, totp, _, external, created_at, erased_at, language, zone, seen_at = row
    return Person(
        actor=actor, name=name, mail=mail, password_hash=password_hash, totp=totp, external=external,
        created_at=from_z(created_at), erased_at=_moment(erased_at), language=language, zone=zone,
        seen_at=_moment(seen_at),
    )  # fmt: skip


def person_row(person: Person, *, place: int) -> Row:
    """The row of a person."""
    return (
        person.actor, place, person.name, person.mail, person.password_hash, person.totp, 0, person.external,
        to_z(person.created_at), _text(person.erased_at), person.language, person.zone, _text(person.seen_at),
    )  # fmt: skip


def session_of(row: Row) -> SessionRow:
    """The session of a row of `sessions`."""
    secret_hash, actor, kind, *times, revoked_at, method = row
    created_at, seen_at, expires_at = map(from_z, times)
    return SessionRow(
        hash=secret_hash, actor=actor, kind=kind, created_at=created_at, seen_at=seen_at, expires_at=expires_at,
        revoked_at=_moment(revoked_at), method=method,
    )  # fmt: skip


def session_row(session: SessionRow) -> Row:
    """The row of a session."""
    times = (session.created_at, session.seen_at, session.expires_at)
    return (session.hash, session.actor, session.kind, *map(to_z, times), _text(session.revoked_at), session.method)


def token_of(row: Row) -> TokenRow:
    """The token of a row of `tokens`."""
    name, secret_hash, actor, purpose, scopes, created_at, expires_at, last_used_at, revoked_at = row
    return TokenRow(
        id=name, hash=secret_hash, actor=actor, name=purpose, scopes=tuple(scopes.split()),
        created_at=from_z(created_at), expires_at=from_z(expires_at), last_used_at=_moment(last_used_at),
        revoked_at=_moment(revoked_at),
    )  # fmt: skip


def token_row(token: TokenRow) -> Row:
    """The row of a token."""
    return (
        token.id, token.hash, token.actor, token.name, " ".join(token.scopes), to_z(token.created_at),
        to_z(token.expires_at), _text(token.last_used_at), _text(token.revoked_at),
    )  # fmt: skip


def passkey_of(row: Row) -> Passkey:
    """The passkey of a row of `passkeys`."""
    name, actor, public_key, sign_count, called, created_at = row
    return Passkey(
        id=name, actor=actor, public_key=public_key, sign_count=sign_count, name=called, created_at=from_z(created_at)
    )


def passkey_row(passkey: Passkey) -> Row:
    """The row of a passkey."""
    return (passkey.id, passkey.actor, passkey.public_key, passkey.sign_count, passkey.name, to_z(passkey.created_at))


def answered_of(row: Row) -> AnsweredRequest:
    """The request of a row of `idempotency`."""
    actor, key, digest, status, answer, at = row
    return AnsweredRequest(actor=actor, key=key, digest=digest, status=status, answer=answer, at=from_z(at))


def answered_row(answered_request: AnsweredRequest) -> Row:
    """The row of a request."""
    return (
        answered_request.actor,
        answered_request.key,
        answered_request.digest,
        answered_request.status,
        answered_request.answer,
        to_z(answered_request.at),
    )


def _moment(text: str | None) -> datetime | None:
    return from_z(text) if text is not None else None


def _text(moment: datetime | None) -> str | None:
    return to_z(moment) if moment is not None else None
