"""Views of the findings as rows: kept in the transaction of the findings themselves, and made again from them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext, suppress
from enum import StrEnum
from typing import Any, TypeVar

from leakguard.errors import LedgerBroken
from leakguard.models.findings import Finding, Outcome, Severity, place_of
from leakguard.models.glances import (
    OPEN_OUTCOMES,
    CheckHistory,
    Glance,
    from_microseconds,
    glance_of,
    seen_of,
    to_microseconds,
)
from leakguard.store.connection import Connection, Row, marks
from leakguard.store.finding_rows import IDS_AT_ONCE, RUN_BY_RUN, finding_in
from leakguard.store.rows import PAGE, Query, Reading, paged
from leakguard.store.tables import FINDINGS, GLANCES, SEEN

Word = TypeVar("Word", bound=StrEnum)
Number = TypeVar("Number")
Placed = tuple[Finding, str, int, int]
"""A finding, the run that it is kept under, the ledger entry that lists it, and its place in that entry."""
LARGEST = 2**63 - 1
_OUTCOMES = {each.value: each for each in Outcome}
_SEVERITIES = {each.value: each for each in Severity}
_OPEN = tuple(each.value for each in OPEN_OUTCOMES)
_REMEMBER = """
    INSERT INTO seen (check_id, endpoint, place, first_open_at, most_records)
    VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (check_id, endpoint, place) DO UPDATE SET
        first_open_at = CASE WHEN seen.first_open_at IS NULL OR excluded.first_open_at < seen.first_open_at
                        THEN excluded.first_open_at ELSE seen.first_open_at END,
        most_records = CASE WHEN seen.most_records IS NULL OR excluded.most_records > seen.most_records
                       THEN excluded.most_records ELSE seen.most_records END
"""
"""The same words in SQLite (from 3.24) and PostgreSQL; what is not known (NULL) never wins a comparison."""

PLACES_AT_ONCE = IDS_AT_ONCE // 2 - 1
"""Each is two variables of a statement."""
SOUGHT = 8
"""Chunks up to which the database is faster, measured with 100,000 findings in a run."""
LAST_MEASURED = """
    SELECT wanted.column1, wanted.column2, (
        SELECT id FROM glances
        WHERE place = wanted.column2 AND check_id = wanted.column1 AND run <> ?
            AND (records IS NOT NULL OR bytes IS NOT NULL)
        ORDER BY sequence DESC, position DESC LIMIT 1)
    FROM (VALUES {wanted}) AS wanted
"""
"""Both databases name the columns of `VALUES` so, and find the index `glances_measured` by its own condition."""


def insert_views(connection: Connection, placed: Sequence[Placed]) -> None:
    """Keep the views of new findings."""
    connection.insert("glances", GLANCES, [glance_row(*each) for each in placed])
    connection.many(
        _REMEMBER, [_seen_row(row) for row in map(seen_of, (each[0] for each in placed)) if row is not None]
    )


def rebuild(connection: Connection) -> None:
    """Make both views again from the findings; one that no longer reads as one is left to `evidence verify`."""
    connection.run("DELETE FROM glances")
    connection.run("DELETE FROM seen")
    query = Query(columns=FINDINGS, table="findings", keys=RUN_BY_RUN)
    waiting: list[Placed] = []
    for placed in readable(paged(lambda: nullcontext(connection), query)):
        waiting.append(placed)
        if len(waiting) == PAGE:
            insert_views(connection, waiting)
            waiting.clear()
    insert_views(connection, waiting)


def glances(reading: Reading, run: str) -> Iterator[Glance]:
    """The findings of a run at a glance, those of one cluster together.

    In one transaction, for the database has to sort them: a reader must not dawdle.
    """
    order = "datastore, cluster_id, sequence, position"
    query = f"SELECT {', '.join(Glance._fields)} FROM glances WHERE run = ? ORDER BY {order}"  # noqa: S608  (our own names)
    with reading() as connection:
        yield from map(_glance, connection.stream(query, run))


def outcomes(reading: Reading, run: str) -> dict[Outcome, int]:
    """How many findings of each outcome a run has."""
    with reading() as connection:
        rows = connection.rows("SELECT outcome, count(*) FROM glances WHERE run = ? GROUP BY outcome", run)
    return {_known(_OUTCOMES, name): count for name, count in rows}


def crowds(reading: Reading, run: str, *, beyond: int, apart_from: Collection[str]) -> dict[str, int]:
    """Addresses with more than `beyond` kinds of open datastores."""
    opened = f"outcome IN ({marks(len(_OPEN))})"
    others = f"datastore NOT IN ({marks(len(apart_from))})" if apart_from else "1 = 1"
    query = (
        f"SELECT address, count(DISTINCT datastore) FROM glances WHERE run = ? AND {opened} AND {others}"  # noqa: S608  (only marks)
        " GROUP BY address HAVING count(DISTINCT datastore) > ?"
    )
    with reading() as connection:
        return dict(connection.rows(query, run, *_OPEN, *apart_from, beyond))


def last_measured(reading: Reading, places: Collection[tuple[str, str]], apart_from: str) -> dict[tuple[str, str], str]:
    """The ids of the last findings with a size at some places, each looked up, for a history may be long."""
    wanted = sorted(places)
    found: dict[tuple[str, str], str] = {}
    with reading() as connection:
        for start in range(0, len(wanted), PLACES_AT_ONCE):
            chunk = wanted[start : start + PLACES_AT_ONCE]
            query = LAST_MEASURED.format(wanted=", ".join(["(?, ?)"] * len(chunk)))
            rows = connection.rows(query, apart_from, *(word for place in chunk for word in place))
            found.update({(check, place): row for check, place, row in rows if row is not None})
    return found


def ids_at(reading: Reading, run: str, places: Collection[tuple[str, str]]) -> frozenset[str]:
    """The ids of a run's findings at some places.

    Few places are sought by the database, which reads the run once for each chunk of them; for many it is cheaper to
    read the whole run here, once.
    """
    wanted = sorted(set(places))
    if len(wanted) > SOUGHT * PLACES_AT_ONCE:
        known = frozenset(wanted)
        with reading() as connection:
            rows = connection.stream("SELECT id, check_id, place FROM glances WHERE run = ?", run)
            return frozenset(identifier for identifier, *place in rows if tuple(place) in known)
    found: set[str] = set()
    with reading() as connection:
        for start in range(0, len(wanted), PLACES_AT_ONCE):
            chunk = wanted[start : start + PLACES_AT_ONCE]
            listed = ", ".join(["(?, ?)"] * len(chunk))
            query = f"SELECT id FROM glances WHERE run = ? AND (check_id, place) IN (VALUES {listed})"  # noqa: S608  (only marks)
            found.update(row[0] for row in connection.rows(query, run, *(word for place in chunk for word in place)))
    return frozenset(found)


def seen(reading: Reading, hosts: Collection[str] = ()) -> Iterator[CheckHistory]:
    """What all runs together know, of places at some hosts alone where these are named; in no particular order."""
    beginnings = [place_of(host, 0, None).removesuffix("0") for host in hosts]
    where = " OR ".join("substr(place, 1, ?) = ?" for _ in beginnings) or "1 = 1"
    values = tuple(value for beginning in beginnings for value in (len(beginning), beginning))
    query = Query(columns=SEEN, table="seen", keys=("check_id", "endpoint", "place"), where=f"({where})", values=values)
    for check_id, endpoint, place, first, most in paged(reading, query):
        since, records = _read(from_microseconds, first), _read(int, most)
        yield CheckHistory(check_id, place, endpoint, since, records)


def readable(rows: Iterable[Row]) -> Iterator[Placed]:
    """Whole rows of findings, those left out that no longer read as one."""
    for identifier, run, sequence, position, text in rows:
        with suppress(LedgerBroken):
            yield finding_in(identifier, text), run, sequence, position


def glance_row(finding: Finding, run: str, sequence: int, position: int) -> Row:
    """The row of a finding in `glances`, in the order of the table."""
    glance = glance_of(finding)
    records = None if glance.records is None else str(glance.records)
    octets = None if glance.bytes is None else str(glance.bytes)
    return (
        run, sequence, position, glance.id, glance.check_id, glance.place, glance.target, glance.address,
        glance.datastore,
        glance.outcome.value, glance.severity.value, records, octets, int(glance.is_exact), glance.cluster_id,
        glance.version,
    )  # fmt: skip


def _glance(row: Row) -> Glance:
    """In the order of `Glance`."""
    outcome, severity, records, octets, is_exact = row[7:12]
    return Glance._make((
        *row[:7], _known(_OUTCOMES, outcome), _known(_SEVERITIES, severity), _read(int, records), _read(int, octets),
        bool(is_exact), *row[12:],
    ))  # fmt: skip


def _known(words: Mapping[str, Word], word: str) -> Word:
    if word not in words:
        raise _changed("a word that LeakGuard does not use")
    return words[word]


def _read(convert: Callable[[Any], Number], stored: object) -> Number | None:
    """A number or a time as it is stored; raises `LedgerBroken` for what is none."""
    try:
        return None if stored is None else convert(stored)
    except (TypeError, ValueError, ArithmeticError) as error:
        raise _changed("a number that is none") from error


def _changed(what: str) -> LedgerBroken:
    return LedgerBroken(
        f"what an overview reads was changed: it holds {what}",
        next_step="Run `leakguard evidence verify` to see every change, and restore the store from a backup.",
    )


class Memory:
    """What `seen` must hold by some findings: the same sum as `_REMEMBER` makes, without the table."""

    def __init__(self) -> None:
        self._rows: dict[Row, Row] = {}

    def take(self, findings: Iterable[Finding]) -> None:
        """Add what some findings tell."""
        for row in (_seen_row(row) for row in map(seen_of, findings) if row is not None):
            known = self._rows.get(row[:3], row)
            first, most = (
                tuple(each for each in pair if each is not None) for pair in zip(row[3:], known[3:], strict=True)
            )
            self._rows[row[:3]] = (*row[:3], min(first, default=None), max(most, default=None))

    def rows(self) -> dict[Row, Row]:
        """All rows by their keys."""
        return dict(self._rows)


def _seen_row(history: CheckHistory) -> Row:
    """In the order of the table."""
    first = None if history.first_open_at is None else to_microseconds(history.first_open_at)
    most = None if history.most_records is None else min(history.most_records, LARGEST)
    return history.check_id, history.endpoint, history.place, first, most
