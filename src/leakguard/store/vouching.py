"""What the key of this process vouches for: never for entries that stand behind the last head that it signed."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

from leakguard.errors import LedgerBroken
from leakguard.ledger.entries import Entry
from leakguard.ledger.heads import HeadWithSignature
from leakguard.ledger.keys import PublicKey
from leakguard.ledger.signed_heads import uncovered_text
from leakguard.store.connection import Connection
from leakguard.store.database import Database
from leakguard.store.ledger_writes import last_entry


def refuse_unsigned(connection: Connection, database: Database) -> None:
    """Raise `LedgerBroken` where a key that has signed every head finds entries and no head of its own over them.

    A key of an earlier release signs what it finds, for that release signed no head that it kept in a file.
    """
    signer = database.signer
    if signer is None or not is_never_signed(connection, database):
        return
    key = signer.key.public
    raise LedgerBroken(
        f"nothing was signed, because no head here has the signature of the key {key.name} {key.id.hex()}, which "
        "has signed every head since it was made: somebody without the key wrote this ledger, or its head was lost",
        next_step="Run `leakguard evidence verify` and keep this file. Is it yours nevertheless, such as one from "
        "before the key? `leakguard evidence head --keep --anew` signs it as it is.",
    )


def is_never_signed(connection: Connection, database: Database) -> bool:
    """Whether there are entries and no head by the key, although it has signed every head since it was made."""
    signer = database.signer
    if signer is None or not signer.is_strict or not database.has_places:
        return False
    return last_entry(connection) is not None and last_signed(connection, database) is None


def last_signed(connection: Connection, database: Database) -> int | None:
    """The last entry that a head with the signature of this process's key is over; nothing where there is none."""
    if database.signer is None:
        return None
    key = database.signer.key.public
    signed = (external.content.signed for external in database.kept_heads())
    return max(
        (
            signed_head.head.sequence
            for signed_head in signed
            if signed_head is not None and _fits(connection, signed_head, key)
        ),
        default=None,
    )


def _fits(connection: Connection, signed_head: HeadWithSignature, key: PublicKey) -> bool:
    found = connection.first("SELECT hash FROM ledger WHERE sequence = ?", signed_head.head.sequence)
    return found is not None and found[0] == signed_head.head.hash and signed_head.is_by(key)


_TRIES, _PAUSE = 40, 0.05
"""Two seconds for another process between its commit and its head; a process that crashed there writes none."""
_MOST_HASHES = 100
"""Transactions that threads of one process have committed and not yet told the second places of."""


class Vouching:
    """Decides for each transaction whether the head behind it is signed; nobody is kept from writing by it."""

    def __init__(self, database: Database, *, pause: Callable[[float], None] = time.sleep) -> None:
        self._database = database
        self._pause = pause
        self._hashes: deque[str] = deque(maxlen=_MOST_HASHES)
        self._warned_of = 0
        self._is_signed_anew = False
        self.warn: Callable[[str], None] = lambda _: None
        """Told once about entries that no signed head covers."""

    def sign_anew(self) -> None:
        """A person has looked at the ledger, and lets the key vouch for it from now on."""
        self._is_signed_anew = True

    def may_sign_behind(self, connection: Connection) -> bool:
        """Whether the key may sign what this transaction writes; call it before the first entry is written.

        Raises `LedgerBroken` where no head here is signed with a key that has signed every head.
        """
        if not self._database.signs or self._is_signed_anew:
            return self._database.signs
        self.refuse_never_signed(connection)
        found = self._still_uncovered(lambda: self._uncovered(connection))
        if found is None:
            return True
        first, last = found
        if first != self._warned_of:
            self._warned_of = first
            self.warn(f"{uncovered_text(first, last)}. New entries are recorded, and not signed until then.")
        return False

    def warn_with(self, warn: Callable[[str], None]) -> None:
        """Whom to tell that the key signs nothing more; what else keeps heads from their places is told at once."""
        self.warn = warn
        for text in self._database.foreign():
            warn(text)

    def wrote(self, entries: Sequence[Entry]) -> None:
        """Remember that the key may sign the head of these."""
        if entries:
            self._hashes.append(entries[-1].hash)

    def lifted(self, entries: Sequence[Entry]) -> None:
        """As `wrote`, for entries that were written while the store was opened, before anything could be asked."""
        if not entries or (signer := self._database.signer) is None:
            return
        with self._database.reading() as connection:
            signed = last_signed(connection, self._database)
        if entries[0].sequence == 1 or (not signer.is_strict if signed is None else signed >= entries[0].sequence - 1):
            self.wrote(entries)

    def may_sign(self, entry: Entry) -> bool:
        """Whether the head of this entry, which this process wrote, may be signed."""
        return entry.hash in self._hashes

    def refuse(self, reading: Callable[[], AbstractContextManager[Connection]]) -> None:
        """Raise `LedgerBroken` where the key must not sign the ledger as it stands."""
        if self._is_signed_anew or not self._database.signs:
            return
        found = self._still_uncovered(lambda: self._read_uncovered(reading))
        if found is None:
            return
        first, last = found
        raise LedgerBroken(
            f"nothing was signed: {uncovered_text(first, last)}",
            next_step="Look at them with `leakguard evidence list`. They are yours? "
            "`leakguard evidence head --keep --anew` signs them.",
        )

    def refuse_never_signed(self, connection: Connection) -> None:
        """Raise `LedgerBroken` where no head at all is signed with a key that has signed every head.

        Another process may have written the first entries this very moment, and be about to sign their head.
        """
        if self._is_signed_anew:
            return
        for _ in range(_TRIES):
            last = last_entry(connection)
            if last is None or not is_never_signed(connection, self._database) or self._is_witnessed(last.sequence):
                break
            self._pause(_PAUSE)
        refuse_unsigned(connection, self._database)

    def _still_uncovered(self, uncovered: Callable[[], tuple[int, int] | None]) -> tuple[int, int] | None:
        """What is uncovered, and not because another process has committed it and is about to sign it.

        Asked again once its head is seen: that may have been written, and signed, since it was asked.
        """
        found = uncovered()
        for _ in range(_TRIES):
            if found is None:
                break
            is_seen, before = self._is_witnessed(found[1]), found
            if not is_seen:
                self._pause(_PAUSE)
            found = uncovered()
            if is_seen and found == before:
                break
        return found

    def _read_uncovered(self, reading: Callable[[], AbstractContextManager[Connection]]) -> tuple[int, int] | None:
        with reading() as connection:
            self.refuse_never_signed(connection)
            return self._uncovered(connection)

    def _uncovered(self, connection: Connection) -> tuple[int, int] | None:
        """The first and the last entry behind the last head that the key signed; nothing where it signed none."""
        last = last_entry(connection)
        if last is None or last.hash in self._hashes:
            return None
        signed = last_signed(connection, self._database)
        return None if signed is None or signed >= last.sequence else (signed + 1, last.sequence)

    def _is_witnessed(self, sequence: int) -> bool:
        """Whether a second place tells of this entry, so that no other process is about to sign it."""
        seen = self._database.witnessed()
        return seen is not None and seen.head.sequence >= sequence
