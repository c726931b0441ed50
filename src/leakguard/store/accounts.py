"""People in the store, beside the ledger: each change in one transaction with the entries that tell of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime

from leakguard.accounts.registry import SUBJECT
from leakguard.errors import NotAllowed, NotFound
from leakguard.models.accounts import Passkey, Person
from leakguard.models.moments import to_z
from leakguard.models.people import is_one_person
from leakguard.models.records import Record
from leakguard.store.account_rows import passkey_of, passkey_row, person_of, person_row
from leakguard.store.connection import Connection
from leakguard.store.ledger_writes import refuse_late
from leakguard.store.logins import Logins
from leakguard.store.tables import PASSKEYS, PEOPLE

_PEOPLE = f"SELECT {', '.join(PEOPLE)} FROM people"  # noqa: S608  (our own names)
_CHANGING = ("name", "mail", "password_hash", "totp", "external")
_CHANGE = f"UPDATE people SET {', '.join(f'{name} = ?' for name in _CHANGING)} WHERE actor = ?"  # noqa: S608  (as above)
_SECRETS = frozenset({"password_hash", "totp"})
_PASSKEYS = f"SELECT {', '.join(PASSKEYS)} FROM passkeys"  # noqa: S608  (as above)


class Accounts(Logins):
    """People and their passkeys; implements `ports.accounts.AccountStore` with `Logins`."""

    def people(self) -> tuple[Person, ...]:
        """See `ports.accounts.AccountStore.people`."""
        with self._database.reading() as connection:
            return tuple(map(person_of, connection.rows(f"{_PEOPLE} ORDER BY place")))

    def person(self, actor: str) -> Person | None:
        """See `ports.accounts.AccountStore.person`."""
        with self._database.reading() as connection:
            return _person(connection, actor)

    def add_person(
        self, person: Person, records: Sequence[Record], *, link: str = "", only_first: bool = False
    ) -> None:
        """See `ports.accounts.AccountStore.add_person`."""

        def keep(connection: Connection) -> None:
            others = tuple(map(person_of, connection.rows(_PEOPLE)))
            if only_first and others:
                raise _not_first()
            if link:
                _use_link(connection, link, person.created_at)
            _refuse_taken(person, others)
            connection.insert("people", PEOPLE, [person_row(person, place=len(others) + 1)])

        self._change(keep, records)

    def change_person(
        self, before: Person, after: Person, records: Sequence[Record], *, resets: bool = False
    ) -> None:  # fmt: skip
        """See `ports.accounts.AccountStore.change_person`."""

        def keep(connection: Connection) -> None:
            kept = _need(connection, after.actor)
            _refuse_taken(after, tuple(map(person_of, connection.rows(_PEOPLE))))
            changed = {name for name in _CHANGING if getattr(before, name) != getattr(after, name)}
            if resets:
                changed |= _SECRETS
            elif any(getattr(kept, name) != getattr(before, name) for name in _guarded(changed)):
                raise NotAllowed("somebody changed this account just now", next_step="Look at it, and try again.")
            values = [getattr(after if name in changed else kept, name) for name in _CHANGING]
            connection.run(_CHANGE, *values, after.actor)
            if resets:
                connection.run("DELETE FROM passkeys WHERE actor = ?", after.actor)
                connection.run("UPDATE people SET totp_step = 0 WHERE actor = ?", after.actor)

        self._change(keep, records)

    def erase_person(self, actor: str, records: Sequence[Record], *, at: datetime, after: int) -> None:
        """See `ports.accounts.AccountStore.erase_person`."""

        def erase(connection: Connection) -> None:
            refuse_late(connection, SUBJECT, after)
            _need(connection, actor)
            connection.run(
                "UPDATE people SET name = '', mail = '', password_hash = '', totp = '', totp_step = 0, external = '',"
                " language = '', zone = '', seen_at = NULL, erased_at = ? WHERE actor = ?", to_z(at), actor,
            )  # fmt: skip
            connection.run("DELETE FROM passkeys WHERE actor = ?", actor)
            connection.run("DELETE FROM sessions WHERE actor = ?", actor)
            connection.run("DELETE FROM idempotency WHERE actor = ?", actor)
            revoked = "UPDATE tokens SET hash = '', name = '', revoked_at = COALESCE(revoked_at, ?) WHERE actor = ?"
            connection.run(revoked, to_z(at), actor)

        self._change(erase, records)

    def keep_preferences(self, actor: str, *, language: str, zone: str) -> None:
        """See `ports.accounts.AccountStore.keep_preferences`."""
        with self._database.writing() as connection:
            connection.run("UPDATE people SET language = ?, zone = ? WHERE actor = ?", language, zone, actor)

    def use_totp(self, actor: str, step: int) -> bool:
        """See `ports.accounts.AccountStore.use_totp`."""
        with self._database.writing() as connection:
            row = connection.first("SELECT totp_step FROM people WHERE actor = ?", actor)
            if row is None or row[0] >= step:
                return False
            connection.run("UPDATE people SET totp_step = ? WHERE actor = ?", step, actor)
            return True

    def passkeys(self, actor: str = "") -> tuple[Passkey, ...]:
        """See `ports.accounts.AccountStore.passkeys`."""
        where, values = (" WHERE actor = ?", (actor,)) if actor else ("", ())
        with self._database.reading() as connection:
            return tuple(map(passkey_of, connection.rows(f"{_PASSKEYS}{where} ORDER BY created_at, id", *values)))

    def add_passkey(self, passkey: Passkey) -> None:
        """See `ports.accounts.AccountStore.add_passkey`."""
        with self._database.writing() as connection:
            if connection.first("SELECT 1 FROM passkeys WHERE id = ?", passkey.id) is not None:
                raise NotAllowed("this passkey is known already", next_step="Log in with it.")
            connection.insert("passkeys", PASSKEYS, [passkey_row(passkey)])

    def use_passkey(self, passkey: str, *, sign_count: int) -> bool:
        """See `ports.accounts.AccountStore.use_passkey`."""
        with self._database.writing() as connection:
            row = connection.first("SELECT sign_count FROM passkeys WHERE id = ?", passkey)
            if row is None or (row[0] >= sign_count and (row[0] or sign_count)):
                return False
            connection.run("UPDATE passkeys SET sign_count = ? WHERE id = ?", sign_count, passkey)
            return True

    def remove_passkey(self, actor: str, passkey: str) -> None:
        """See `ports.accounts.AccountStore.remove_passkey`."""
        with self._database.writing() as connection:
            if connection.first("SELECT 1 FROM passkeys WHERE id = ? AND actor = ?", passkey, actor) is None:
                raise NotFound("this account has no such passkey", next_step="Load the page again.")
            connection.run("DELETE FROM passkeys WHERE id = ? AND actor = ?", passkey, actor)

    def add_first_link(self, secret_hash: str, *, at: datetime) -> None:
        """See `ports.accounts.AccountStore.add_first_link`."""
        with self._database.writing() as connection:
            if connection.first("SELECT 1 FROM people LIMIT 1") is not None:
                raise _not_first()
            connection.run("DELETE FROM first_links")
            connection.insert("first_links", ("hash", "made_at", "used_at"), [(secret_hash, to_z(at), None)])

    def _change(self, change: Callable[[Connection], None], records: Sequence[Record]) -> None:
        """Do it and append what tells of it, in one transaction."""
        with self._database.writing() as connection:
            change(connection)
            entries = self._write(connection, SUBJECT, records, now=self._now()) if records else ()
        self._witness(entries)


def _person(connection: Connection, actor: str) -> Person | None:
    row = connection.first(f"{_PEOPLE} WHERE actor = ?", actor)
    return person_of(row) if row is not None else None


def _guarded(changed: AbstractSet[str]) -> AbstractSet[str]:
    """The columns that must be as they were read: those that change, and both secrets if one does."""
    return changed | _SECRETS if changed & _SECRETS else changed


def _need(connection: Connection, actor: str) -> Person:
    person = _person(connection, actor)
    if person is None or person.erased_at is not None:
        raise NotFound(f"there is no account `{actor}`", next_step="List them: leakguard account list")
    return person


def _refuse_taken(person: Person, others: Sequence[Person]) -> None:
    """Names and mails tell accounts apart, whatever their case, and a name that reads like another one does not."""
    words = _words(person)
    for other in others:
        is_alike = bool(other.name) and is_one_person(person.name, other.name)
        if other.actor != person.actor and (is_alike or words & _words(other)):
            raise NotAllowed(
                f"another account has the name or the mail of `{person.name}` already, or one that reads alike",
                next_step="Take another name, such as one with the department.",
            )
        if other.actor != person.actor and person.external and person.external == other.external:
            raise NotAllowed("another account is linked to this login already", next_step="Unlink it there first.")


def _words(person: Person) -> set[str]:
    return {" ".join(word.casefold().split()) for word in (person.name, person.mail) if word}


def _use_link(connection: Connection, secret_hash: str, at: datetime) -> None:
    row = connection.first("SELECT used_at FROM first_links WHERE hash = ?", secret_hash)
    if row is None or row[0] is not None:
        raise NotAllowed("this link was used already, or is not of this store", next_step="Log in.")
    connection.run("UPDATE first_links SET used_at = ? WHERE hash = ?", to_z(at), secret_hash)


def _not_first() -> NotAllowed:
    return NotAllowed("there are accounts already", next_step="Log in, or ask an admin for an account.")
