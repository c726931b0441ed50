"""Views of the findings as rows: kept in the transaction of the findings themselves, and made again from them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext, suppress
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, text

from leakguard.errors import LedgerBroken
from leakguard.models.findings import Finding, Outcome, Severity
from leakguard.models.glances import Glance, Seen, from_microseconds, glance_of, seen_of, to_microseconds
from leakguard.store.finding_rows import FINDING_ORDER, finding_in
from leakguard.store.rows import PAGE, Reading, paged
from leakguard.store.tables import FINDINGS, GLANCES, SEEN

Placed = tuple[Finding, int, int]
"""A finding, the ledger entry that lists it, and its place in that entry."""
LARGEST = 2**63 - 1
_OUTCOMES = {each.value: each for each in Outcome}
_SEVERITIES = {each.value: each for each in Severity}
_IN_ORDER = [GLANCES.c[name] for name in (*Glance._fields, "sequence", "position")]
_REMEMBER = text("""
    INSERT INTO seen (check_id, endpoint, place, first_open_at, most_records)
    VALUES (:check_id, :endpoint, :place, :first_open_at, :most_records)
    ON CONFLICT (check_id, endpoint, place) DO UPDATE SET
        first_open_at = CASE WHEN seen.first_open_at IS NULL OR excluded.first_open_at < seen.first_open_at
                        THEN excluded.first_open_at ELSE seen.first_open_at END,
        most_records = CASE WHEN seen.most_records IS NULL OR excluded.most_records > seen.most_records
                       THEN excluded.most_records ELSE seen.most_records END
""")
"""The same words in SQLite (from 3.24) and PostgreSQL; what is not known (NULL) never wins a comparison."""


def insert_views(connection: Connection, placed: Sequence[Placed]) -> None:
    """Keep the views of new findings."""
    if not placed:
        return
    connection.execute(insert(GLANCES), [_glance_row(*each) for each in placed])
    seen = [_seen_row(one) for one in map(seen_of, (finding for finding, _, _ in placed)) if one is not None]
    if seen:
        connection.execute(_REMEMBER, seen)


def rebuild(connection: Connection) -> None:
    """Make both views again from the findings; one that no longer reads as one is left to `evidence verify`."""
    connection.execute(delete(GLANCES))
    connection.execute(delete(SEEN))
    waiting: list[Placed] = []
    for placed in _readable(paged(lambda: nullcontext(connection), select(FINDINGS), FINDING_ORDER)):
        waiting.append(placed)
        if len(waiting) == PAGE:
            insert_views(connection, waiting)
            waiting.clear()
    insert_views(connection, waiting)


def glances(reading: Reading, run: str) -> Iterator[Glance]:
    """The findings of a run at a glance, in the order in which they were made."""
    query = select(*_IN_ORDER).where(GLANCES.c.run == run)
    return map(_glance, paged(reading, query, (GLANCES.c.sequence, GLANCES.c.position)))


def seen(reading: Reading) -> Iterator[Seen]:
    """What all runs together know, in no particular order."""
    for row in paged(reading, select(SEEN), (SEEN.c.check_id, SEEN.c.endpoint, SEEN.c.place)):
        first = None if row.first_open_at is None else from_microseconds(row.first_open_at)
        yield Seen(row.check_id, row.place, row.endpoint, first, row.most_records)


def _readable(rows: Iterable[Row[Any]]) -> Iterator[Placed]:
    for row in rows:
        with suppress(LedgerBroken):
            yield finding_in(row.id, row.text), row.sequence, row.position


def _glance_row(finding: Finding, sequence: int, position: int) -> dict[str, Any]:
    one = glance_of(finding)
    return {
        **one._asdict(),
        "outcome": one.outcome.value,
        "severity": one.severity.value,
        "records": None if one.records is None else str(one.records),
        "bytes": None if one.bytes is None else str(one.bytes),
        "is_exact": int(one.is_exact),
        "sequence": sequence,
        "position": position,
    }


def _glance(row: Row[Any]) -> Glance:
    one = Glance._make(row[:-2])
    return one._replace(
        outcome=_OUTCOMES[row.outcome],
        severity=_SEVERITIES[row.severity],
        records=None if row.records is None else int(row.records),
        bytes=None if row.bytes is None else int(row.bytes),
        is_exact=bool(row.is_exact),
    )


def _seen_row(one: Seen) -> dict[str, Any]:
    first, most = one.first_open_at, one.most_records
    return {
        **one._asdict(),
        "first_open_at": None if first is None else to_microseconds(first),
        "most_records": None if most is None else min(most, LARGEST),
    }
