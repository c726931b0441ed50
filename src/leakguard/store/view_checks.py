"""Holds the views against the findings: a view decides exit codes, so somebody might want to change it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from itertools import islice

from leakguard.store.connection import Connection
from leakguard.store.finding_rows import FINDING_ORDER
from leakguard.store.rows import PAGE, Query, paged
from leakguard.store.tables import FINDINGS, GLANCES
from leakguard.store.view_rows import Placed, glance_row, readable


def differing(connection: Connection) -> Iterator[str]:
    """The runs whose overview would not tell what their findings say; what reads as no finding is named elsewhere."""
    for (run,) in connection.rows("SELECT DISTINCT run FROM findings ORDER BY run"):
        if any(_differs(connection, page) for page in _pages(connection, run)):
            yield str(run)


def _pages(connection: Connection, run: str) -> Iterator[list[Placed]]:
    query = Query(columns=FINDINGS, table="findings", keys=FINDING_ORDER, where="run = ?", values=(run,))
    placed = readable(paged(lambda: nullcontext(connection), query))
    while page := list(islice(placed, PAGE)):
        yield page


def _differs(connection: Connection, page: Sequence[Placed]) -> bool:
    (_, run, first, _), (_, _, last, _) = page[0], page[-1]
    query = f"SELECT {', '.join(GLANCES)} FROM glances WHERE run = ? AND sequence BETWEEN ? AND ?"  # noqa: S608  (our own names)
    kept = set(connection.rows(query, run, first, last))
    return any(glance_row(*each) not in kept for each in page)
