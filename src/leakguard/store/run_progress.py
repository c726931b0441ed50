"""How runs come on, as the rooms above see it: findings, states, and who goes on with a run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime

from leakguard.errors import NotAllowed, StoreUnusable
from leakguard.ledger.entries import Entry
from leakguard.ledger.listed_rows import RUN_STATES, states_content
from leakguard.ledger.stored_findings import finding_text
from leakguard.models.findings import Finding
from leakguard.models.records import Record
from leakguard.models.runs import RunState
from leakguard.store import run_leases, run_states
from leakguard.store.connection import Connection
from leakguard.store.finding_rows import findings_record, insert_findings, new_findings
from leakguard.store.holders import Holder, this_process
from leakguard.store.row_checks import Group, refuse_changed
from leakguard.store.store_part import StorePart
from leakguard.store.view_rows import insert_views

STATES_AT_MOST = 20
"""Saves without a finding or a target that is done, until the state alone is worth an entry: some ten seconds."""


class RunProgress(StorePart):
    """The part of the store that keeps what scans find.

    A state is kept with the entry that lists its digest, so that nobody can edit it unseen. Saves of a state alone wait
    for the next entry; a process that is killed meanwhile loses some seconds of closed ports, which are asked again.
    """

    _token: Callable[[int], str]
    _held: dict[str, Holder]
    _waiting: dict[str, dict[int, RunState]]
    _waits: dict[str, int]

    def save_findings(
        self, run: str, findings: Sequence[Finding], done: Mapping[str, str],
        state: Mapping[int, RunState] | None = None, *, also: Sequence[Record] = (),
    ) -> None:  # fmt: skip
        """Keep findings, the entry that lists their hashes, and how far the run has come, in one transaction.

        A finding whose id is kept already changes nothing, and without a new one or a target that is done there is no
        entry but `also`. Raises `NotAllowed` when another process has taken over the run, or has come further with it.
        """
        if not findings and not done and not state and not also:
            return
        with self._database.writing() as connection:
            now = self._now()
            if run in self._held:
                run_leases.hold_on(connection, run, self._held[run], now=now)
            run_leases.renew(connection, {name: one for name, one in self._held.items() if name != run}, now=now)
            self._refuse_behind(connection, run, state or {})
            fresh = new_findings(connection, findings)
            states = {**self._waiting.get(run, {}), **(state or {})}
            waits = self._waits.get(run, 0) + 1
            is_entry = bool(fresh or done) or waits > STATES_AT_MOST
            entries: tuple[Entry, ...] = ()
            if is_entry:
                entries = self._write_findings(connection, run, fresh, done, states, now=now, also=also)
            elif also:
                entries = self._write(connection, run, also, now=now)
        self._waiting[run], self._waits[run] = ({}, 0) if is_entry else (states, waits)
        self._witness(entries)

    def _refuse_behind(self, connection: Connection, run: str, states: Mapping[int, RunState]) -> None:
        for part, run_state in self._waiting.get(run, {}).items():
            if part in states and states[part].next_position < run_state.next_position:
                raise run_states.behind(run, run_state.next_position, states[part].next_position)
        run_states.refuse_behind(connection, run, states)

    def _write_findings(
        self, connection: Connection, run: str, fresh: Sequence[Finding], done: Mapping[str, str],
        states: Mapping[int, RunState], *, now: datetime, also: Sequence[Record] = (),
    ) -> tuple[Entry, ...]:  # fmt: skip
        texts, rows = [finding_text(finding) for finding in fresh], run_states.rows_of(run, states)
        record = findings_record(fresh, texts, done, now=now, states=states_content(run_states.listed(rows)))
        entries = self._write(connection, run, (record, *also), now=now)
        sequence = entries[0].sequence
        insert_findings(connection, run, fresh, texts, sequence)
        insert_views(connection, [(finding, run, sequence, position) for position, finding in enumerate(fresh)])
        run_states.keep(connection, rows)
        return entries

    def _write_waiting(self, connection: Connection, run: str, *, now: datetime) -> tuple[Entry, ...]:
        """Keep a state that waits, inside the caller's transaction."""
        states = self._waiting.get(run)
        return self._write_findings(connection, run, (), {}, states, now=now) if states else ()

    def _forget_waiting(self, run: str) -> None:
        self._waiting.pop(run, None)
        self._waits.pop(run, None)

    def take_run(self, run: str) -> None:
        """See `ports.ScanStore.take_run`."""
        holder = self._held.get(run) or this_process(self._token(8))
        with self._database.writing() as connection:
            run_leases.take(connection, run, holder, now=self._now())
        self._held[run] = holder

    def release_run(self, run: str) -> None:
        """See `ports.ScanStore.release_run`."""
        self._settle(run)
        if (holder := self._held.get(run)) is not None:
            with suppress(StoreUnusable):
                with self._database.writing() as connection:
                    run_leases.release(connection, run, holder)
                del self._held[run]

    def _settle(self, run: str) -> None:
        """Keep a state that waits; one of a run that another process has taken over is let go of."""
        if not self._waiting.get(run):
            return
        entries: tuple[Entry, ...] = ()
        with suppress(StoreUnusable, NotAllowed), self._database.writing() as connection:
            now = self._now()
            if run in self._held:
                run_leases.hold_on(connection, run, self._held[run], now=now)
            run_states.refuse_behind(connection, run, self._waiting[run])
            entries = self._write_waiting(connection, run, now=now)
        self._forget_waiting(run)
        self._witness(entries)

    def runs_at_work(self) -> tuple[str, ...]:
        """See `ports.ScanStore.runs_at_work`."""
        with self._database.reading() as connection:
            return tuple(run for run in run_leases.at_work(connection, now=self._now()) if run not in self._held)

    def let_go_of_killed(self) -> tuple[str, ...]:
        """See `ports.ScanStore.let_go_of_killed`."""
        with self._database.writing() as connection:
            return run_leases.let_go_of_killed(connection)

    def run_states(self, run: str) -> Mapping[int, RunState]:
        """See `ports.ScanStore.run_states`."""
        with self._database.reading() as connection:
            states = run_states.load(connection, run)
            rows = run_states.listed(run_states.stored(connection, run))
            group = Group(table=RUN_STATES, name=run, subject=run)
            refuse_changed(
                connection, group, rows, what=f"the progress of run {run} cannot be trusted",
                next_step="See every change: leakguard evidence verify. Its findings are safe; scan the rest again.",
            )  # fmt: skip
        return {**states, **self._waiting.get(run, {})}
