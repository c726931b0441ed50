"""Holds the views against the findings: a view decides exit codes, so somebody might want to change it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from itertools import islice

from leakguard.store.connection import Connection
from leakguard.store.finding_rows import FINDING_ORDER
from leakguard.store.rows import PAGE, Query, paged
from leakguard.store.tables import FINDINGS, GLANCES, SEEN
from leakguard.store.view_rows import Memory, Placed, glance_row, readable

_RUNS = "SELECT run FROM findings UNION SELECT run FROM glances ORDER BY run"
_COUNTS = "SELECT (SELECT count(*) FROM glances WHERE run = ?), (SELECT count(*) FROM findings WHERE run = ?)"


def wrong_views(connection: Connection) -> Iterator[str]:
    """Which views would not tell what the findings say; what reads as no finding is named elsewhere."""
    memory = Memory()
    for (run,) in connection.rows(_RUNS):
        differs = [_differs(connection, page, memory) for page in _pages(connection, run)]
        if any(differs) or _has_more(connection, run):
            yield f"an overview of {run} would not tell what its findings say"
    if _is_other(connection, memory):
        yield "what scans remember of earlier runs is not what their findings say"


def _pages(connection: Connection, run: str) -> Iterator[list[Placed]]:
    query = Query(columns=FINDINGS, table="findings", keys=FINDING_ORDER, where="run = ?", values=(run,))
    placed = readable(paged(lambda: nullcontext(connection), query))
    while page := list(islice(placed, PAGE)):
        yield page


def _differs(connection: Connection, page: Sequence[Placed], memory: Memory) -> bool:
    memory.take(finding for finding, *_ in page)
    (_, run, first, _), (_, _, last, _) = page[0], page[-1]
    query = f"SELECT {', '.join(GLANCES)} FROM glances WHERE run = ? AND sequence BETWEEN ? AND ?"  # noqa: S608  (our own names)
    kept = set(connection.rows(query, run, first, last))
    return any(glance_row(*each) not in kept for each in page)


def _has_more(connection: Connection, run: str) -> bool:
    """Whether an overview tells of more than there is."""
    counted, there = connection.rows(_COUNTS, run, run)[0]
    return bool(counted > there)


def _is_other(connection: Connection, memory: Memory) -> bool:
    """Whether what all runs together know, as scans and watches read it, is something else than the findings tell."""
    query = Query(columns=SEEN, table="seen", keys=SEEN[:3])
    left = memory.rows()
    kept = paged(lambda: nullcontext(connection), query)
    return any(left.pop(row[:3], None) != row for row in map(tuple, kept)) or bool(left)
