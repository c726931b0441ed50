"""The upgrade of a store whose release listed no rows: those that it holds are listed, and an entry says since when."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice

from leakguard.errors import LedgerBroken
from leakguard.ledger.entries import Entry
from leakguard.ledger.listed_rows import DELIVERIES, RUN_STATES, StoredRow, row_listing_started_record, rows_record
from leakguard.store import delivery_rows, run_states
from leakguard.store.connection import Connection
from leakguard.store.ledger_writes import last_entry, write_entries
from leakguard.store.row_checks import SUBJECT
from leakguard.store.rows import Reading

AT_ONCE = 500
"""Rows of one entry."""


def all_rows(reading: Reading) -> Iterator[StoredRow]:
    """Every row that the ledger lists, exactly as stored."""
    return chain(delivery_rows.all_listed(reading), run_states.all_listed(reading))


@dataclass(slots=True, kw_only=True)
class UpgradeCoverage:
    """One upgrade, and the entries that it wrote."""

    now: Callable[[], datetime]
    token: Callable[[int], str]
    marks: str = ""
    entries: tuple[Entry, ...] = ()

    def cover(self, connection: Connection) -> None:
        """List every row in the ledger, inside the transaction of an upgrade.

        An empty ledger has none, and covers all from its first entry on. Nothing is written on top of an end that was
        changed: `evidence verify` names that, and that no entry lists the rows.
        """
        if last_entry(connection) is None:
            return
        counts = {table: _count(connection, table) for table in (DELIVERIES, RUN_STATES)}
        moment, rows = self.now(), all_rows(lambda: nullcontext(connection))
        records = [row_listing_started_record(counts, now=moment)]
        while some := tuple(islice(rows, AT_ONCE)):
            records.append(rows_record(some, now=moment))
        with suppress(LedgerBroken):
            self.entries = write_entries(
                connection, SUBJECT, records, now=moment, token=self.token, witnessed=None, marks=self.marks
            )


def _count(connection: Connection, table: str) -> int:
    found = connection.first(f"SELECT count(*) FROM {table}")  # noqa: S608  (our own names)
    return int(found[0]) if found is not None else 0
