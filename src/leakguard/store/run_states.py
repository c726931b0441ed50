"""How far each part of a run has come: one row a part, changed in the transaction that keeps what it counts."""

from __future__ import annotations

import json
from collections.abc import Mapping

from leakguard.errors import LedgerBroken, NotAllowed
from leakguard.models.runs import RunState, parse_pending, pending_to_text
from leakguard.store.connection import Connection
from leakguard.store.tables import RUN_STATES

_REASONS = "reasons"
_UNSETTLED = "unsettled"
"""These two stand among the counts, where there are any."""


def keep(connection: Connection, run: str, states: Mapping[int, RunState]) -> None:
    """Keep the states of some parts; raises `NotAllowed` for one that lies behind what is kept already."""
    for part, state in states.items():
        known = connection.first("SELECT next_position FROM run_states WHERE run = ? AND part = ?", run, part)
        if known is not None and known[0] > state.next_position:
            raise NotAllowed(
                f"another process has come further with {run}: position {known[0]}, this one {state.next_position}",
                next_step="Let the other one end, then look at the run: leakguard scan show " + run,
            )
        connection.run("DELETE FROM run_states WHERE run = ? AND part = ?", run, part)
        besides = {_REASONS: dict(state.reasons), _UNSETTLED: dict(state.unsettled)}
        counts = json.dumps({**state.counts, **{name: told for name, told in besides.items() if told}})
        row = (run, part, state.next_position, pending_to_text(state.pending), counts)
        connection.insert("run_states", RUN_STATES, [row])


def load(connection: Connection, run: str) -> dict[int, RunState]:
    """The states of all parts of a run, by part; none for a run of an earlier release."""
    columns = "SELECT part, next_position, pending, counts FROM run_states"
    rows = connection.rows(f"{columns} WHERE run = ? ORDER BY part", run)
    return {part: _state(run, position, pending, counts) for part, position, pending, counts in rows}


def _state(run: str, position: int, pending: str, counts: str) -> RunState:
    try:
        kept = json.loads(counts)
        reasons, unsettled = _numbers(kept.pop(_REASONS, {})), _numbers(kept.pop(_UNSETTLED, {}))
        return RunState(
            next_position=position, pending=parse_pending(pending), counts=_numbers(kept), reasons=reasons,
            unsettled=unsettled,
        )  # fmt: skip
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise LedgerBroken(
            f"how far the run {run} has come is unreadable, so somebody or something changed it",
            next_step="What it found is safe: leakguard scan show RUN. Start a new scan for the rest.",
        ) from error


def _numbers(kept: Mapping[str, int]) -> dict[str, int]:
    return {str(name): int(count) for name, count in kept.items()}
