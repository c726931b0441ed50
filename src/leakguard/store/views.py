"""Views: everything that the store tells is read from its rows here, a page a transaction."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from heapq import merge
from operator import attrgetter

from leakguard.ledger.entries import SYSTEM_TIME_STEPPED_BACK, Entry
from leakguard.ledger.stored_findings import StoredFinding
from leakguard.models.findings import Finding
from leakguard.models.glances import KeptText
from leakguard.store.connection import marks
from leakguard.store.finding_rows import FINDING_ORDER, IDS_AT_ONCE, RUN_BY_RUN, finding_in
from leakguard.store.rows import Query, Reading, entry_of, paged
from leakguard.store.tables import FINDINGS, LEDGER

ALL_FINDINGS = Query(columns=FINDINGS, table="findings", keys=RUN_BY_RUN)


def all_entries(reading: Reading) -> Iterator[Entry]:
    """Every row of the ledger exactly as stored, whatever its number: what no command reads is verified too."""
    return _entries(reading, "1 = 1")


def entries(
    reading: Reading, subject: str | None = None, *, kinds: Collection[str] | None = None, after: int = 0,
    until: int | None = None,
) -> Iterator[Entry]:  # fmt: skip
    """The entries behind `after` exactly as stored; of one subject, or of all, and of some kinds, or of all."""
    if subject is not None and kinds is not None and len(kinds) > 1:  # an index holds each kind of a subject by itself
        each = (entries(reading, subject, kinds=(kind,), after=after, until=until) for kind in sorted(set(kinds)))
        return merge(*each, key=attrgetter("sequence"))
    conditions = ["sequence > ?"]
    values: list[object] = [after]
    if until is not None:
        conditions.append("sequence <= ?")
        values.append(until)
    if subject is not None:
        conditions.append("subject = ?")
        values.append(subject)
    if kinds is not None:
        conditions.append(f"kind IN ({marks(len(kinds))})")
        values += kinds
    return _entries(reading, " AND ".join(conditions), *values)


def latest_entries(
    reading: Reading, *, subject: str | None, kind: str | None, before: int, limit: int
) -> tuple[Entry, ...]:
    """The last entries in front of `before`, the latest first; of one subject and kind, or of all."""
    stated = {"subject": subject, "kind": kind}
    asked = {name: value for name, value in stated.items() if value is not None}
    where = " AND ".join(("sequence < ?", *(f"{name} = ?" for name in asked)))
    query = f"SELECT {', '.join(LEDGER)} FROM ledger WHERE {where} ORDER BY sequence DESC LIMIT ?"  # noqa: S608  (our own names)
    with reading() as connection:
        return tuple(map(entry_of, connection.rows(query, before, *asked.values(), limit)))


def corrections(reading: Reading, subject: str, after: int) -> Iterator[Entry]:
    """The entries of a subject behind `after` whose content names another event in `corrects`."""
    correcting, unsaid = '%"corrects":%', '%"corrects":null%'
    where = "subject = ? AND sequence > ? AND content LIKE ? AND content NOT LIKE ?"
    return _entries(reading, where, subject, after, correcting, unsaid)


def stepped_back(reading: Reading) -> Iterator[Entry]:
    """The entries whose clock was behind the entry before them, as stored but for their contents."""
    columns = tuple("''" if name == "content" else name for name in LEDGER)
    where = f"replace(flags, '{SYSTEM_TIME_STEPPED_BACK}', '') <> flags"
    return map(entry_of, paged(reading, Query(columns=columns, table="ledger", keys=("sequence",), where=where)))


def _entries(reading: Reading, where: str, *values: object) -> Iterator[Entry]:
    query = Query(columns=LEDGER, table="ledger", keys=("sequence",), where=where, values=values)
    return map(entry_of, paged(reading, query))


def findings(reading: Reading, run: str | None, ids: Sequence[str] | None) -> Iterator[Finding]:
    """Findings of a run, or by id, in the order in which they were made; unknown ids are left out."""
    where, values = ("1 = 1", ()) if run is None else ("run = ?", (run,))
    if ids is None:
        parts = [_findings(where, values)]
    else:
        chunks = (tuple(ids[start : start + IDS_AT_ONCE]) for start in range(0, len(ids), IDS_AT_ONCE))
        parts = [_findings(f"{where} AND id IN ({marks(len(chunk))})", (*values, *chunk)) for chunk in chunks]
    for part in parts:
        for row in paged(reading, part):
            yield finding_in(row[0], row[-1])


def texts(reading: Reading, run: str) -> Iterator[KeptText]:
    """The findings of a run as stored, in the order in which they were made."""
    for row in paged(reading, _findings("run = ?", (run,))):
        yield KeptText(row[0], row[-1])


def finding_items(reading: Reading) -> Iterator[StoredFinding]:
    """The findings exactly as stored, run by run."""
    for identifier, run, sequence, position, text in paged(reading, ALL_FINDINGS):
        yield StoredFinding(id=identifier, run=run, sequence=sequence, position=position, text=text)


def _findings(where: str, values: tuple[object, ...]) -> Query:
    return Query(columns=FINDINGS, table="findings", keys=FINDING_ORDER, where=where, values=values)


def subjects(reading: Reading, prefix: str) -> tuple[str, ...]:
    """The subjects that begin with `prefix`, in the order of their first entries."""
    query = "SELECT subject FROM ledger WHERE subject LIKE ? ESCAPE '/' GROUP BY subject ORDER BY min(sequence)"
    with reading() as connection:
        return tuple(row[0] for row in connection.rows(query, _beginning(prefix)))


def _beginning(prefix: str) -> str:
    """The pattern of what begins with these very letters."""
    return re.sub(r"[%_/]", r"/\g<0>", prefix) + "%"
