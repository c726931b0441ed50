"""Sessions, tokens and failed attempts in the store. None of them keeps a secret, only its hash."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from datetime import datetime

from leakguard.errors import NotFound
from leakguard.models.accounts import SessionRow, TokenRow
from leakguard.models.moments import from_z, to_z
from leakguard.models.records import Record
from leakguard.store.account_rows import session_of, session_row, token_of, token_row
from leakguard.store.connection import Connection
from leakguard.store.request_keys import RequestKeys
from leakguard.store.tables import ATTEMPTS, SESSIONS, TOKENS

_SESSIONS = f"SELECT {', '.join(SESSIONS)} FROM sessions"  # noqa: S608  (our own names)
_TOKENS = f"SELECT {', '.join(TOKENS)} FROM tokens"  # noqa: S608  (as above)

_SEEN_BY_SESSION = "UPDATE people SET seen_at = ? WHERE actor = (SELECT actor FROM sessions WHERE hash = ?)"
_SEEN_BY_TOKEN = "UPDATE people SET seen_at = ? WHERE actor = (SELECT actor FROM tokens WHERE id = ?)"  # noqa: S105  (a statement)


class Logins(RequestKeys):
    """What people and programs are known by."""

    @abstractmethod
    def _change(self, change: Callable[[Connection], None], records: Sequence[Record]) -> None:
        """Do it and append what tells of it, in one transaction."""

    def add_session(self, session: SessionRow) -> None:
        """See `ports.accounts.AccountStore.add_session`."""
        with self._database.writing() as connection:
            connection.run("DELETE FROM sessions WHERE expires_at < ?", to_z(session.created_at))
            connection.insert("sessions", SESSIONS, [session_row(session)])
            connection.run("UPDATE people SET seen_at = ? WHERE actor = ?", to_z(session.created_at), session.actor)

    def sessions_of(self, actor: str, *, now: datetime) -> tuple[SessionRow, ...]:
        """See `ports.accounts.AccountStore.sessions_of`."""
        where = f"{_SESSIONS} WHERE actor = ? AND revoked_at IS NULL AND expires_at > ? ORDER BY created_at DESC, hash"
        with self._database.reading() as connection:
            return tuple(map(session_of, connection.rows(where, actor, to_z(now))))

    def session(self, secret_hash: str) -> SessionRow | None:
        """See `ports.accounts.AccountStore.session`."""
        with self._database.reading() as connection:
            row = connection.first(f"{_SESSIONS} WHERE hash = ?", secret_hash)
        return session_of(row) if row is not None else None

    def touch_session(self, secret_hash: str, *, at: datetime) -> None:
        """See `ports.accounts.AccountStore.touch_session`."""
        with self._database.writing() as connection:
            connection.run("UPDATE sessions SET seen_at = ? WHERE hash = ?", to_z(at), secret_hash)
            connection.run(_SEEN_BY_SESSION, to_z(at), secret_hash)

    def revoke_session(self, secret_hash: str, *, at: datetime) -> None:
        """See `ports.accounts.AccountStore.revoke_session`."""
        with self._database.writing() as connection:
            connection.run(
                "UPDATE sessions SET revoked_at = ? WHERE hash = ? AND revoked_at IS NULL", to_z(at), secret_hash
            )

    def revoke_sessions(self, actor: str, *, at: datetime) -> int:
        """See `ports.accounts.AccountStore.revoke_sessions`."""
        with self._database.writing() as connection:
            found = connection.rows("SELECT hash FROM sessions WHERE actor = ? AND revoked_at IS NULL", actor)
            connection.run("UPDATE sessions SET revoked_at = ? WHERE actor = ? AND revoked_at IS NULL", to_z(at), actor)
        return len(found)

    def add_token(self, token: TokenRow, records: Sequence[Record]) -> None:
        """See `ports.accounts.AccountStore.add_token`."""
        self._change(lambda connection: connection.insert("tokens", TOKENS, [token_row(token)]), records)

    def token_of(self, secret_hash: str) -> TokenRow | None:
        """See `ports.accounts.AccountStore.token_of`."""
        with self._database.reading() as connection:
            row = connection.first(f"{_TOKENS} WHERE hash = ?", secret_hash)
        return token_of(row) if row is not None else None

    def tokens(self, actor: str = "") -> tuple[TokenRow, ...]:
        """See `ports.accounts.AccountStore.tokens`."""
        where, values = (" WHERE actor = ?", (actor,)) if actor else ("", ())
        with self._database.reading() as connection:
            return tuple(map(token_of, connection.rows(f"{_TOKENS}{where} ORDER BY created_at, id", *values)))

    def touch_token(self, token: str, *, at: datetime) -> None:
        """See `ports.accounts.AccountStore.touch_token`."""
        with self._database.writing() as connection:
            connection.run("UPDATE tokens SET last_used_at = ? WHERE id = ?", to_z(at), token)
            connection.run(_SEEN_BY_TOKEN, to_z(at), token)

    def revoke_token(self, token: str, records: Sequence[Record], *, at: datetime) -> None:
        """See `ports.accounts.AccountStore.revoke_token`."""

        def revoke(connection: Connection) -> None:
            if connection.first("SELECT 1 FROM tokens WHERE id = ? AND revoked_at IS NULL", token) is None:
                raise NotFound(
                    f"there is no token `{token[:60]}` that works", next_step="List them: leakguard token list"
                )
            connection.run("UPDATE tokens SET revoked_at = ? WHERE id = ?", to_z(at), token)

        self._change(revoke, records)

    def attempts(self, key: str, *, since: datetime) -> tuple[datetime, ...]:
        """See `ports.accounts.AccountStore.attempts`."""
        with self._database.reading() as connection:
            rows = connection.rows("SELECT at FROM attempts WHERE key = ?", key)
        found = (from_z(row[0]) for row in rows)
        return tuple(sorted(at for at in found if at >= since))

    def note_attempt(self, keys: Sequence[str], *, at: datetime, forget: datetime) -> None:
        """See `ports.accounts.AccountStore.note_attempt`."""
        with self._database.writing() as connection:
            connection.run("DELETE FROM attempts WHERE at < ?", to_z(forget))
            connection.insert("attempts", ATTEMPTS, [(key, to_z(at)) for key in keys])

    def forget_attempts(self, key: str, *, at: datetime | None = None) -> None:
        """See `ports.accounts.AccountStore.forget_attempts`."""
        with self._database.writing() as connection:
            if at is None:
                connection.run("DELETE FROM attempts WHERE key = ?", key)
            else:
                connection.run("DELETE FROM attempts WHERE key = ? AND at = ?", key, to_z(at))
