"""The exposures of a store, as its ledger tells of them: runs in the order in which they ended, folded one by one.

A run counts when it ended, finished or interrupted; one that is resumed counts again with what it added.
So everybody who reads the same ledger comes to the same history and to the same changes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from itertools import islice
from typing import Any

from leakguard.errors import NotFound
from leakguard.frozen import Frozen, replace
from leakguard.models.findings import Finding, is_resource
from leakguard.models.records import KeptRecord
from leakguard.ports import ScanStore
from leakguard.scanning.diff import EXPOSURES, Change, ChangeKind
from leakguard.scanning.history import History
from leakguard.scanning.looks import Gathering, Looks, Place, RunFacts
from leakguard.scanning.targets import Target, parse_target

STARTED, FINISHED, INTERRUPTED = "run_started", "run_finished", "run_interrupted"
RECORDED = "findings_recorded"
NEVER_MEANT = "the earlier run did not look at it from there"
MAYBE_MISSED = "the earlier run was stopped and may not have looked at it"
AT_ONCE = 500
"""Findings read together."""


class Part(Frozen):
    """A run, or what it added since it was interrupted."""

    run: str
    after: int
    """The entry with which the part before it ended; 0 for the first."""
    until: int
    """The entry with which it ended."""
    ended_at: datetime
    is_finished: bool


@dataclass(slots=True, kw_only=True)
class Follower:
    """Reads the ledger onwards, and gathers the parts of runs that ended; a read that fails loses nothing."""

    store: ScanStore
    last: int = 0
    """The entry up to which it has read."""
    ended: list[Part] = field(default_factory=list)
    """In the order in which they ended; whoever is done with one takes it out."""
    unended: dict[str, KeptRecord] = field(default_factory=dict)
    """Runs that began, and the last entry of each that belongs to no part yet."""
    _ends: dict[str, int] = field(default_factory=dict)

    def read_on(self, note: dict[str, list[KeptRecord]] | None = None) -> None:
        """Read to the end; records of the kinds that `note` has are put there on the way."""
        for record in self.store.read_after(self.last):
            self.last = record.sequence
            if note and record.kind in note:
                note[record.kind].append(record)
            self._take(record)

    def rest(self) -> tuple[Part, ...]:
        """The parts that never ended: their runs go on at this moment, or were killed."""
        return tuple(
            Part(
                run=run, after=self._ends.get(run, 0), until=record.sequence, ended_at=record.recorded_at,
                is_finished=False,
            )
            for run, record in self.unended.items()
        )  # fmt: skip

    def _take(self, record: KeptRecord) -> None:
        if record.kind in {STARTED, RECORDED}:
            self.unended[record.subject] = record
        if record.kind not in {FINISHED, INTERRUPTED}:
            return
        self.unended.pop(record.subject, None)
        part = Part(
            run=record.subject, after=self._ends.get(record.subject, 0), until=record.sequence,
            ended_at=record.recorded_at, is_finished=record.kind == FINISHED,
        )  # fmt: skip
        self._ends[record.subject] = record.sequence
        self.ended.append(part)


def fold_part(store: ScanStore, history: History, part: Part) -> tuple[Change, ...]:
    """Take one part more into the history; what changed by it."""
    return history.fold(looks_of(store, history, part))


def take_part(store: ScanStore, history: History, part: Part) -> None:
    """Take one part more into the history, where nobody asks what changed by it."""
    history.take(looks_of(store, history, part))


def history_of_places(store: ScanStore, places: Collection[Place]) -> History:
    """All that is known of some places, by runs that never ended too."""
    history = History()
    for part in _parts(store):
        history.take(looks_of(store, history, part, only=places))
    return history


def open_since(store: ScanStore, findings: Sequence[Finding]) -> Mapping[str, datetime]:
    """By the id of each finding: when its place was first seen open since it was last proved closed, if it ever was.

    A silence in between ends nothing. Places that were never seen open before their finding need no look at the past.
    """
    again = [one for one in findings if one.exposed_since.latest and one.exposed_since.latest < one.observed_at]
    if not again:
        return {}
    since: dict[Place, datetime] = {}
    history, places = History(), {(one.check_id, one.place) for one in again}
    for part in _parts(store):
        for change in history.fold(looks_of(store, history, part, only=places)):
            if change.kind in EXPOSURES:
                since[change.check_id, change.target] = change.seen.observed_at
    return {one.id: since[one.check_id, one.place] for one in again if (one.check_id, one.place) in since}


def _parts(store: ScanStore) -> tuple[Part, ...]:
    follower = Follower(store=store)
    follower.read_on()
    return (*follower.ended, *follower.rest())


def compare_runs(store: ScanStore, before: str, after: str) -> tuple[Change, ...]:
    """What changed between two stored runs, each taken as a whole; see `History.difference`.

    What is new may only be what the earlier run did not look at, as it had other targets or checks or was stopped, and
    says so.
    """
    history, earlier = History(), _whole(store, before)
    history.fold(looks_of(store, history, earlier, is_ordered=False))
    changes = history.difference(looks_of(store, history, _whole(store, after), is_ordered=False))
    facts = facts_of(store, before)
    looked_at = {key.split("/")[0] for key, _ in store.done_targets(before)} if not earlier.is_finished else set()

    def why_new(change: Change) -> str:
        if change.kind is not ChangeKind.NEW:
            return change.reason
        if not facts.meant(change.check_id, change.seen):
            return NEVER_MEANT
        return "" if earlier.is_finished or change.seen.endpoint in looked_at else MAYBE_MISSED

    return tuple(replace(change, reason=why_new(change)) for change in changes)


def looks_of(
    store: ScanStore, history: History, part: Part, *, only: Collection[Place] | None = None, is_ordered: bool = True
) -> Looks:
    """What a part saw, as far as the history needs it; one batch of findings is in memory at a time.

    Only a run that went through in one part can tell what it did not meet: the others met it in an earlier part.
    What is older than another look that the history knows is left out, unless the order is the caller's own.
    """
    gathering: Gathering | None = None
    wanted = None if only is None else _ids_at(store, part.run, only)
    for record in store.read(part.run):
        if record.kind == STARTED:
            gathering = Gathering(history, _facts(part.run, record.content), only=only)
        if gathering is not None and record.kind == RECORDED and part.after < record.sequence <= part.until:
            _take(store, gathering, record, wanted, entry=record.sequence if is_ordered else 0)
    found = gathering or Gathering(history, RunFacts(run=part.run), only=only)
    return found.looks(is_finished=part.is_finished and part.after == 0)


def facts_of(store: ScanStore, run: str) -> RunFacts:
    """What a stored run set out to do; nothing where it never began."""
    opening = next((record.content for record in store.of_kinds({STARTED}, run)), None)
    return RunFacts(run=run) if opening is None else _facts(run, opening)


def _ids_at(store: ScanStore, run: str, places: Collection[Place]) -> frozenset[str]:
    """The findings of a run at some places, told at a glance: reading all others would take far longer."""
    return frozenset(one.id for one in store.glances(run) if (one.check_id, one.place) in places)


def _take(
    store: ScanStore, gathering: Gathering, record: KeptRecord, wanted: Collection[str] | None, *, entry: int
) -> None:
    listed = (str(item["id"]) for item in record.content.get("findings", ()))
    ids = (each for each in listed if wanted is None or each in wanted)
    while chunk := tuple(islice(ids, AT_ONCE)):
        for finding in store.findings(ids=chunk):
            gathering.finding(finding, entry=entry)
    for key, standing in record.content.get("done", {}).items():
        gathering.standing(key, standing, entry=entry)


@lru_cache(maxsize=4096)
def _target(text: str) -> Target:
    """A target of a run; thousands of runs look at the same ones."""
    return parse_target(text)


def _facts(run: str, content: Mapping[str, Any]) -> RunFacts:
    """What a run set out to do, as its opening tells."""
    checks: Sequence[str] = content.get("checks", ())
    return RunFacts(
        run=run, vantage=str(content.get("vantage", "local")), ports=tuple(content.get("ports", ())),
        checks=frozenset(check.split("@")[0] for check in checks),
        targets=tuple(_target(text) for text in content.get("targets", ()) if not is_resource(text)),
    )  # fmt: skip


def _whole(store: ScanStore, run: str) -> Part:
    kinds, last = set[str](), None
    for last in store.read(run):
        kinds.add(last.kind)
    if last is None or STARTED not in kinds:
        raise NotFound(f"the store knows no run `{run[:60]}`", next_step="List the runs: leakguard scan show")
    return Part(run=run, after=0, until=last.sequence, ended_at=last.recorded_at, is_finished=FINISHED in kinds)
