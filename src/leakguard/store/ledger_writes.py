"""Writing to the ledger inside the caller's transaction, never on top of an end that does not verify."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from operator import attrgetter
from pathlib import Path

from leakguard.errors import LedgerBroken, NotAllowed
from leakguard.frozen import Frozen, names_of
from leakguard.ledger.chain import chain
from leakguard.ledger.entries import Entry
from leakguard.ledger.entry_checks import hash_or_none
from leakguard.ledger.heads import Head
from leakguard.logs import log
from leakguard.models.records import Record
from leakguard.store.connection import Connection
from leakguard.store.rows import entry_of
from leakguard.store.tables import LEDGER

_SUBJECTS = {"IR-": "incident", "R-": "run"}
_columns = attrgetter(*names_of(Entry))


class WitnessedHead(Frozen):
    """The latest head that was seen in second places."""

    head: Head
    places: Sequence[Path]
    """The files that hold a head; one that another ledger wrote to speaks of that one."""


def write_entries(
    connection: Connection,
    subject: str,
    records: Sequence[Record],
    *,
    now: datetime,
    token: Callable[[int], str],
    witnessed: WitnessedHead | None,
    begins: str = "",
    marks: str = "",
) -> tuple[Entry, ...]:
    """Chain `records` behind the last entry and insert them; raises `LedgerBroken`, see `checked_last`."""
    last = checked_last(connection, witnessed)
    entries = chain(subject, records, last=last, now=now, random_hex=token, first_entry_flag=begins, common_flag=marks)
    connection.insert("ledger", LEDGER, [_columns(entry) for entry in entries])
    return entries


def log_entries(entries: Sequence[Entry]) -> None:
    """Tell the log of entries that are kept: their numbers, kinds, and the incident or run; nothing that they say."""
    for entry in entries if log.is_on else ():
        subject = {prefix: name for prefix, name in _SUBJECTS.items() if entry.subject.startswith(prefix)}
        log.debug(
            "entry_recorded", sequence=entry.sequence, kind=entry.kind, **dict.fromkeys(subject.values(), entry.subject)
        )


def refuse_late(connection: Connection, subject: str, after: int) -> None:
    """Raise `NotAllowed` if `subject` has an entry beyond `after`."""
    row = connection.first("SELECT max(sequence) FROM ledger WHERE subject = ?", subject)
    newest = row[0] if row is not None else None
    if newest is not None and newest > after:
        raise NotAllowed(
            f"{subject} has changed in the meantime: entry {newest} is newer than {after}",
            next_step="Look at it again, then repeat the command if it still makes sense.",
        )


def last_entry(connection: Connection, subject: str | None = None, *, before: int | None = None) -> Entry | None:
    """The last entry as stored, unchecked; of one subject, or of all, and in front of one, or of all."""
    asked = {"subject = ?": subject, "sequence < ?": before}
    conditions = {words: value for words, value in asked.items() if value is not None}
    of, values = f"WHERE {' AND '.join(conditions)} " if conditions else "", tuple(conditions.values())
    row = connection.first(f"SELECT {', '.join(LEDGER)} FROM ledger {of}ORDER BY sequence DESC LIMIT 1", *values)  # noqa: S608  (our own names)
    return entry_of(row) if row is not None else None


def checked_last(connection: Connection, witnessed: WitnessedHead | None) -> Entry | None:
    """The last entry; raises `LedgerBroken` if it was changed, or contradicts the head seen in the second place."""
    last = last_entry(connection)
    if last is not None and hash_or_none(last) != last.hash:
        raise _broken("its last entry was changed")
    if witnessed is None:
        return last
    head = witnessed.head
    if last is None or last.sequence < head.sequence:
        raise _broken(f"its end was cut off: entry {head.sequence} existed and is gone", witnessed.places)
    found = connection.first("SELECT hash FROM ledger WHERE sequence = ?", head.sequence)
    if found is None or found[0] != head.hash:
        raise _broken(f"entry {head.sequence} does not match a head that was kept for it", witnessed.places)
    return last


def _broken(what: str, places: Sequence[Path] = ()) -> LedgerBroken:
    """A backup, or another ledger that keeps its heads in the same place, has to be told apart by a person."""
    next_step = "Run `leakguard evidence verify`, keep this file as evidence, go on with a backup or a new --store."
    if places:
        heads = " and ".join(str(place) for place in places)
        next_step += (
            f"\nThat one is refused as well while a later head is known: move {heads} away first, and keep it;"
            " `evidence verify --head FILE` shows with it what is lost."
        )
    return LedgerBroken(f"nothing was written, because the ledger does not verify: {what}", next_step=next_step)
