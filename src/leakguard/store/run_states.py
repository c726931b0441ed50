"""How far each part of a run has come: one row a part, changed in the transaction that keeps what it counts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

from leakguard.errors import LedgerBroken, NotAllowed
from leakguard.ledger.listed_rows import RUN_STATES as RUN_STATES_TABLE
from leakguard.ledger.listed_rows import StoredRow, listed_row
from leakguard.models.runs import RunState, parse_pending, pending_to_text
from leakguard.store.connection import Connection, Row
from leakguard.store.rows import Query, Reading, paged
from leakguard.store.tables import RUN_STATES

_REASONS = "reasons"
_UNSETTLED = "unsettled"
_COUNTED_REASONS = "counted_reasons"
"""These three stand among the counts, where there are any."""


def refuse_behind(connection: Connection, run: str, states: Mapping[int, RunState]) -> None:
    """Raise `NotAllowed` for a part whose state lies behind what is kept already."""
    for part, state in states.items():
        known = connection.first("SELECT next_position FROM run_states WHERE run = ? AND part = ?", run, part)
        if known is not None and known[0] > state.next_position:
            raise behind(run, known[0], state.next_position)


def behind(run: str, known: int, position: int) -> NotAllowed:
    """The refusal of a state that lies behind another one."""
    return NotAllowed(
        f"another process has come further with {run}: position {known}, this one {position}",
        next_step="Let the other one end, then look at the run: leakguard scan show " + run,
    )


def rows_of(run: str, states: Mapping[int, RunState]) -> tuple[Row, ...]:
    """The rows of some parts."""
    return tuple(_row(run, part, state) for part, state in states.items())


def keep(connection: Connection, rows: Sequence[Row]) -> None:
    """Keep the states of some parts, in the place of those that are kept."""
    connection.many("DELETE FROM run_states WHERE run = ? AND part = ?", [row[:2] for row in rows])
    connection.insert("run_states", RUN_STATES, rows)


def listed(rows: Iterable[Row]) -> tuple[StoredRow, ...]:
    """The rows as the ledger lists them."""
    return tuple(listed_row(RUN_STATES_TABLE, row[:2], row) for row in rows)


def all_listed(reading: Reading) -> Iterator[StoredRow]:
    """Every row exactly as stored, whatever it says."""
    rows = paged(reading, Query(columns=RUN_STATES, table="run_states", keys=RUN_STATES[:2]))
    return (listed_row(RUN_STATES_TABLE, row[:2], row) for row in rows)


def stored(connection: Connection, run: str) -> list[Row]:
    """The rows of a run."""
    return connection.rows(f"SELECT {', '.join(RUN_STATES)} FROM run_states WHERE run = ? ORDER BY part", run)  # noqa: S608  (our own names)


def _row(run: str, part: int, state: RunState) -> Row:
    besides = {_REASONS: state.reasons, _UNSETTLED: state.unsettled, _COUNTED_REASONS: state.counted_reasons}
    counts = json.dumps({**state.counts, **{name: dict(value) for name, value in besides.items() if value}})
    return run, part, state.next_position, pending_to_text(state.pending), counts


def load(connection: Connection, run: str) -> dict[int, RunState]:
    """The states of all parts of a run, by part; none for a run of an earlier release."""
    return {row[1]: _state(run, *row[2:]) for row in stored(connection, run)}


def _state(run: str, position: int, pending: str, counts: str) -> RunState:
    try:
        kept = json.loads(counts)
        reasons, unsettled, counted_reasons = (
            _numbers(kept.pop(name, {})) for name in (_REASONS, _UNSETTLED, _COUNTED_REASONS)
        )
        return RunState(
            next_position=position, pending=parse_pending(pending), counts=_numbers(kept), reasons=reasons,
            unsettled=unsettled, counted_reasons=counted_reasons,
        )  # fmt: skip
    except (ValueError, TypeError, AttributeError, ArithmeticError, RecursionError) as error:
        raise LedgerBroken(
            f"the progress of run {run} is unreadable, so somebody or something changed it",
            next_step="What it found is safe: leakguard scan show RUN. Start a new scan for the rest.",
        ) from error


def _numbers(kept: Mapping[str, int]) -> dict[str, int]:
    return {str(name): int(count) for name, count in kept.items()}
