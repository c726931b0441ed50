"""The exposures of a store, as its ledger tells of them: its runs, folded one by one; see `following`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import islice
from typing import Any

from leakguard.errors import ExitCode, NotFound
from leakguard.frozen import replace
from leakguard.models.findings import Finding, is_resource
from leakguard.models.records import KeptRecord
from leakguard.ports import ScanStore
from leakguard.scanning.diff import STILL, Change, ChangeKind
from leakguard.scanning.history import History
from leakguard.scanning.sightings import Place, RunFacts, SightingCollector, Sightings
from leakguard.scanning.targets import Target, parse_target, ports_in
from leakguard.use_cases.scans.bookmarks import KnownExposures, read_bookmark
from leakguard.use_cases.scans.following import FINISHED, RECORDED, STARTED, Follower, RunPart
from leakguard.use_cases.scans.runs import StoredRun
from leakguard.use_cases.scans.withdrawals import WithdrawnShards, withdrawn_of

NEVER_MEANT = "the earlier run did not look at it from there"
MAYBE_MISSED = "the earlier run was stopped and may not have looked at it"
AT_ONCE = 500
"""Findings read together."""


def history_of_places(store: ScanStore, places: Collection[Place]) -> History:
    """All that is known of some places, by runs that never ended too; of others it may know less."""
    known = read_bookmark(store) or KnownExposures(follower=Follower(store=store))
    known.read_on()
    for part in (*known.follower.ended, *known.follower.rest()):
        known.history.take(looks_of(store, known.history, part, only=places))
    return known.history


def open_since(store: ScanStore, findings: Sequence[Finding]) -> Mapping[str, datetime]:
    """By the id of each finding: when its place was first seen open since it was last proved closed, if it ever was.

    A silence in between ends nothing. Places that were never seen open before their finding need no look at the past.
    """
    again = [
        finding
        for finding in findings
        if finding.exposed_since.latest and finding.exposed_since.latest < finding.observed_at
    ]
    if not again:
        return {}
    history = history_of_places(store, {(finding.check_id, finding.place) for finding in again})
    found = {finding.id: history.open_since((finding.check_id, finding.place)) for finding in again}
    return {identifier: since for identifier, since in found.items() if since is not None}


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
    store: ScanStore, history: History, part: RunPart, *, only: Collection[Place] | None = None, is_ordered: bool = True
) -> Sightings:
    """What a part saw, as far as the history needs it; one batch of findings is in memory at a time.

    Only a run that went through in one part can tell what it did not meet: the others met it in an earlier part.
    What is older than another look that the history knows is left out, unless the order is the caller's own.
    """
    gathering: SightingCollector | None = None
    wanted = None if only is None else store.ids_at(part.run, only)
    gone = withdrawn_of(store, part.run)
    for record in store.read(part.run):
        if record.kind == STARTED:
            gathering = SightingCollector(history, _facts(part.run, record.content), only=only)
        if gathering is not None and record.kind == RECORDED and part.after < record.sequence <= part.until:
            _take(store, gathering, record, wanted, gone, entry=record.sequence if is_ordered else 0)
    found = gathering or SightingCollector(history, RunFacts(run=part.run), only=only)
    return found.looks(is_finished=part.is_finished and part.after == 0)


def facts_of(store: ScanStore, run: str) -> RunFacts:
    """What a stored run set out to do; nothing where it never began."""
    opening = next((record.content for record in store.of_kinds({STARTED}, run)), None)
    return RunFacts(run=run) if opening is None else _facts(run, opening)


def _take(
    store: ScanStore,
    gathering: SightingCollector,
    record: KeptRecord,
    wanted: Collection[str] | None,
    gone: WithdrawnShards,
    *,
    entry: int,
) -> None:
    """What a record of a run tells, but for what was withdrawn: that counts as if nobody had looked."""
    listed = (str(item["id"]) for item in record.content.get("findings", ()))
    ids = (each for each in listed if wanted is None or each in wanted)
    while chunk := tuple(islice(ids, AT_ONCE)):
        for finding in store.findings(ids=chunk):
            if not gone.has(finding.address):
                gathering.finding(finding, entry=entry)
    for key, standing in record.content.get("done", {}).items():
        if not gone.has_endpoint(key):
            gathering.standing(key, standing, entry=entry)


@lru_cache(maxsize=4096)
def _target(text: str) -> Target:
    """A target of a run; thousands of runs look at the same ones."""
    return parse_target(text)


@lru_cache(maxsize=64)
def _ports(ports: tuple[int | str, ...]) -> tuple[int, ...]:
    """The ports of a run; thousands of runs try the same ones."""
    return ports_in(ports)


def _facts(run: str, content: Mapping[str, Any]) -> RunFacts:
    """What a run set out to do, as its opening tells."""
    checks: Sequence[str] = content.get("checks", ())
    return RunFacts(
        run=run, vantage=str(content.get("vantage", "local")), ports=_ports(tuple(content.get("ports", ()))),
        checks=frozenset(check.split("@")[0] for check in checks),
        targets=tuple(_target(text) for text in content.get("targets", ()) if not is_resource(text)),
    )  # fmt: skip


def _whole(store: ScanStore, run: str) -> RunPart:
    kinds, last = set[str](), None
    for last in store.read(run):
        kinds.add(last.kind)
    if last is None or STARTED not in kinds:
        raise NotFound(f"the store has no run `{run[:60]}`", next_step="List the runs: leakguard scan show")
    return RunPart(run=run, after=0, until=last.sequence, ended_at=last.recorded_at, is_finished=FINISHED in kinds)


def exit_code_of(changes: Iterable[Change], earlier: StoredRun, later: StoredRun) -> ExitCode:
    """Exposed beats could-not-finish beats clean."""
    kinds = {change.kind for change in changes}
    if kinds & STILL:
        return ExitCode.EXPOSED
    is_proved = earlier.is_finished and later.is_whole and ChangeKind.UNKNOWN not in kinds
    return ExitCode.CLEAN if is_proved else ExitCode.UNFINISHED
