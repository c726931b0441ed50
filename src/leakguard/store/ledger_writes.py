"""Writing to the ledger inside the caller's transaction, never on top of an end that does not verify."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from operator import attrgetter

from leakguard.errors import LedgerBroken, NotAllowed
from leakguard.frozen import names_of
from leakguard.ledger.chain import chain
from leakguard.ledger.entries import Entry
from leakguard.ledger.heads import Head
from leakguard.ledger.proofs import hash_or_nothing
from leakguard.models.records import Record
from leakguard.store.connection import Connection
from leakguard.store.rows import entry_of
from leakguard.store.tables import LEDGER

_columns = attrgetter(*names_of(Entry))


def write_entries(
    connection: Connection,
    subject: str,
    records: Sequence[Record],
    *,
    now: datetime,
    token: Callable[[int], str],
    witnessed: Head | None,
) -> tuple[Entry, ...]:
    """Chain `records` behind the last entry and insert them; raises `LedgerBroken`, see `checked_last`."""
    last = checked_last(connection, witnessed)
    entries = chain(subject, records, last=last, now=now, token=token)
    connection.insert("ledger", LEDGER, [_columns(entry) for entry in entries])
    return entries


def refuse_late(connection: Connection, subject: str, after: int) -> None:
    """Raise `NotAllowed` if `subject` has an entry beyond `after`."""
    row = connection.first("SELECT max(sequence) FROM ledger WHERE subject = ?", subject)
    newest = row[0] if row is not None else None
    if newest is not None and newest > after:
        raise NotAllowed(
            f"{subject} has changed in the meantime: entry {newest} is newer than {after}",
            next_step="Look at it again, then repeat the command if it still makes sense.",
        )


def last_entry(connection: Connection) -> Entry | None:
    """The last entry as stored, unchecked."""
    row = connection.first(f"SELECT {', '.join(LEDGER)} FROM ledger ORDER BY sequence DESC LIMIT 1")  # noqa: S608  (our own names)
    return entry_of(row) if row is not None else None


def checked_last(connection: Connection, witnessed: Head | None) -> Entry | None:
    """The last entry; raises `LedgerBroken` if it was changed, or contradicts the head seen in the second place."""
    last = last_entry(connection)
    if last is not None and hash_or_nothing(last) != last.hash:
        raise _broken("its last entry was changed")
    if witnessed is None:
        return last
    if last is None or last.sequence < witnessed.sequence:
        raise _broken(f"its end was cut off: entry {witnessed.sequence} existed and is gone")
    found = connection.first("SELECT hash FROM ledger WHERE sequence = ?", witnessed.sequence)
    if found is None or found[0] != witnessed.hash:
        raise _broken(f"entry {witnessed.sequence} is not the one that was seen before")
    return last


def _broken(what: str) -> LedgerBroken:
    return LedgerBroken(
        f"nothing was written, because the ledger does not verify: {what}",
        next_step="Run `leakguard evidence verify`, keep this file as evidence, go on with a backup or a new --store.",
    )
