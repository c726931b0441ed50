"""Rows that a command is about to go by, held against the ledger first: whoever edits one makes it act on a lie."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import nullcontext

from leakguard.errors import LedgerBroken
from leakguard.frozen import Frozen
from leakguard.ledger.entries import Entry
from leakguard.ledger.listed_rows import ROW_LISTING_STARTED, ROWS_CHANGED, ListedRows, StoredRow, is_intact
from leakguard.ledger.stored_findings import FINDINGS_RECORDED
from leakguard.ledger.verification_result import Answer
from leakguard.store.connection import Connection
from leakguard.store.rows import Query, entry_of, paged
from leakguard.store.tables import LEDGER

SUBJECT = "ledger"
"""Of entries about the store as a whole."""
_LISTING = f"""(sequence = 1 OR (subject = ? AND kind IN ('{FINDINGS_RECORDED}', '{ROWS_CHANGED}'))
    OR (subject = '{SUBJECT}' AND kind IN ('{ROWS_CHANGED}', '{ROW_LISTING_STARTED}')))"""


class Group(Frozen):
    """Rows that a command goes by."""

    table: str
    name: str
    """The first part of their keys: the run, the incident."""
    subject: str
    """Of the entries that list them."""


def letters_of(incident: str) -> str:
    """The subject of the entries that list how letters of an incident were sent: they are many, and no events of it."""
    return f"letters:{incident}"


def refuse_changed(
    connection: Connection, group: Group, kept: Sequence[StoredRow], *, what: str, next_step: str
) -> None:
    """Raise `LedgerBroken` unless these are the rows of the group that entries list; `what` begins the refusal.

    Entries are held against their own hashes alone; `evidence verify` holds them against the whole chain.
    """
    listed = ListedRows()
    for entry in _listing(connection, group.subject):
        if not is_intact(entry):
            raise LedgerBroken(f"{what}: entry {entry.sequence} of the ledger was changed", next_step=next_step)
        listed.take(entry)
    listed.rows = {(table, key): digest for (table, key), digest in listed.rows.items()
                   if table == group.table and key[0] == group.name}  # fmt: skip
    wrong = next((doubt for doubt in listed.discrepancies(kept) if doubt.answer is Answer.MISMATCH), None)
    if wrong is not None:
        raise LedgerBroken(f"{what}: {wrong.text}", next_step=next_step)


def _listing(connection: Connection, subject: str) -> Iterator[Entry]:
    query = Query(columns=LEDGER, table="ledger", keys=("sequence",), where=_LISTING, values=(subject,))
    return map(entry_of, paged(lambda: nullcontext(connection), query))
