"""How far each part of a run has come: one row a part, changed in the transaction that keeps what it counts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from leakguard.errors import LedgerBroken, NotAllowed
from leakguard.models.runs import RunState, parse_pending, pending_to_text
from leakguard.store.tables import RUN_STATES


def keep(connection: Connection, run: str, states: Mapping[int, RunState]) -> None:
    """Keep the states of some parts; raises `NotAllowed` for one that lies behind what is kept already."""
    for part, state in states.items():
        where = (RUN_STATES.c.run == run) & (RUN_STATES.c.part == part)
        known = connection.execute(select(RUN_STATES.c.next_position).where(where)).scalar()
        if known is not None and known > state.next_position:
            raise NotAllowed(
                f"another process has come further with {run}: position {known}, this one {state.next_position}",
                next_step="Let the other one end, then look at the run: leakguard scan show " + run,
            )
        values = {
            "next_position": state.next_position,
            "pending": pending_to_text(state.pending),
            "counts": json.dumps(dict(state.counts)),
        }
        if known is None:
            connection.execute(insert(RUN_STATES).values(run=run, part=part, **values))
        else:
            connection.execute(update(RUN_STATES).where(where).values(**values))


def load(connection: Connection, run: str) -> dict[int, RunState]:
    """The states of all parts of a run, by part; none for a run of an earlier release."""
    rows = connection.execute(select(RUN_STATES).where(RUN_STATES.c.run == run).order_by(RUN_STATES.c.part)).all()
    return {row.part: _state(row) for row in rows}


def _state(row: Row[Any]) -> RunState:
    try:
        counts = {str(name): int(count) for name, count in json.loads(row.counts).items()}
        return RunState(next_position=row.next_position, pending=parse_pending(row.pending), counts=counts)
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise LedgerBroken(
            f"how far the run {row.run} has come is unreadable, so somebody or something changed it",
            next_step="What it found is safe: leakguard scan show RUN. Start a new scan for the rest.",
        ) from error
