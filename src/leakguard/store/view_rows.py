"""Views of the findings as rows: kept in the transaction of the findings themselves, and made again from them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import nullcontext, suppress
from typing import Any

from sqlalchemy import Connection, Row, delete, distinct, func, select, text

from leakguard.errors import LedgerBroken
from leakguard.models.findings import Finding, Outcome, Severity
from leakguard.models.glances import (
    OPEN_OUTCOMES,
    Glance,
    Seen,
    from_microseconds,
    glance_of,
    seen_of,
    to_microseconds,
)
from leakguard.store.finding_rows import FINDING_ORDER, finding_in
from leakguard.store.rows import PAGE, Reading, insert_rows, paged
from leakguard.store.tables import FINDINGS, GLANCES, SEEN

Placed = tuple[Finding, str, int, int]
"""A finding, the run that it is kept under, the ledger entry that lists it, and its place in that entry."""
LARGEST = 2**63 - 1
_OUTCOMES = {each.value: each for each in Outcome}
_SEVERITIES = {each.value: each for each in Severity}
_OPEN = tuple(each.value for each in OPEN_OUTCOMES)
_IN_ORDER = [GLANCES.c[name] for name in Glance._fields]
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
    insert_rows(connection, GLANCES, [_glance_row(*each) for each in placed])
    seen = [_seen_row(one) for one in map(seen_of, (each[0] for each in placed)) if one is not None]
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
    """The findings of a run at a glance, those of one cluster together.

    In one transaction, for the database has to sort them: a reader must not dawdle.
    """
    order = (GLANCES.c.datastore, GLANCES.c.cluster_id, GLANCES.c.sequence, GLANCES.c.position)
    query = select(*_IN_ORDER).where(GLANCES.c.run == run).order_by(*order)
    with reading() as connection:
        yield from map(_glance, connection.execution_options(yield_per=PAGE).execute(query))


def outcomes(reading: Reading, run: str) -> dict[Outcome, int]:
    """How many findings of each outcome a run has."""
    query = select(GLANCES.c.outcome, func.count()).where(GLANCES.c.run == run).group_by(GLANCES.c.outcome)
    with reading() as connection:
        return {_OUTCOMES[name]: count for name, count in connection.execute(query)}


def crowds(reading: Reading, run: str, *, beyond: int, apart_from: Collection[str]) -> dict[str, int]:
    """Addresses with more than `beyond` kinds of open datastores."""
    kinds = func.count(distinct(GLANCES.c.datastore))
    counted = (GLANCES.c.run == run) & GLANCES.c.outcome.in_(_OPEN) & GLANCES.c.datastore.not_in(apart_from)
    query = select(GLANCES.c.address, kinds).where(counted).group_by(GLANCES.c.address).having(kinds > beyond)
    with reading() as connection:
        return {row[0]: row[1] for row in connection.execute(query)}


def seen(reading: Reading) -> Iterator[Seen]:
    """What all runs together know, in no particular order."""
    for row in paged(reading, select(SEEN), (SEEN.c.check_id, SEEN.c.endpoint, SEEN.c.place)):
        first = None if row.first_open_at is None else from_microseconds(row.first_open_at)
        yield Seen(row.check_id, row.place, row.endpoint, first, row.most_records)


def _readable(rows: Iterable[Row[Any]]) -> Iterator[Placed]:
    for row in rows:
        with suppress(LedgerBroken):
            yield finding_in(row.id, row.text), row.run, row.sequence, row.position


def _glance_row(finding: Finding, run: str, sequence: int, position: int) -> tuple[Any, ...]:
    """In the order of the table."""
    one = glance_of(finding)
    records = None if one.records is None else str(one.records)
    octets = None if one.bytes is None else str(one.bytes)
    return (
        run, sequence, position, one.id, one.check_id, one.place, one.target, one.address, one.datastore,
        one.outcome.value, one.severity.value, records, octets, int(one.is_exact), one.cluster_id, one.version,
    )  # fmt: skip


def _glance(row: Row[Any]) -> Glance:
    """In the order of `Glance`."""
    values: tuple[Any, ...] = tuple(row)
    outcome, severity, records, octets, is_exact = values[7:12]
    return Glance._make((
        *values[:7], _OUTCOMES[outcome], _SEVERITIES[severity], None if records is None else int(records),
        None if octets is None else int(octets), bool(is_exact), *values[12:],
    ))  # fmt: skip


def _seen_row(one: Seen) -> dict[str, Any]:
    first, most = one.first_open_at, one.most_records
    return {
        **one._asdict(),
        "first_open_at": None if first is None else to_microseconds(first),
        "most_records": None if most is None else min(most, LARGEST),
    }
