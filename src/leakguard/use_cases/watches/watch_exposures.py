"""Watches the exposures of a store: scans, and tells what changed against everything that was known before.

It keeps nothing of its own: the history is a view of the ledger, so a watch that was killed goes on where it was.
A bookmark spares it the folding of what was long told.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from typing import Protocol

from leakguard.errors import NotAllowed, OutOfScope, StoreUnusable, UsageProblem
from leakguard.fleet.vantages import place_of_key
from leakguard.frozen import Frozen, replace
from leakguard.frozen import field as frozen_field
from leakguard.models.events import exactly
from leakguard.models.records import KeptRecord, Record
from leakguard.models.scope import Scope
from leakguard.ports import Progress, WatchStore
from leakguard.scanning.diff import Change
from leakguard.scanning.sightings import Sightings
from leakguard.use_cases.scans.bookmarks import KnownExposures, keep_bookmark, read_bookmark
from leakguard.use_cases.scans.exposure_changes import NOTED, begin
from leakguard.use_cases.scans.exposures import facts_of, looks_of
from leakguard.use_cases.scans.following import FINISHED, STARTED, Follower, RunPart
from leakguard.use_cases.scans.killed import note_interrupted
from leakguard.use_cases.scans.scan_assets import ScanSummary
from leakguard.use_cases.scans.start_scan import ScanOptions, ScanTools, new_run_id, start_scan
from leakguard.use_cases.watches.watch_settling import Settler, SettlingOptions

ROUND = "watch_round"
"""The record before a run of ours: whose watch it belongs to."""
WORTH_A_BOOKMARK = 5_000
"""Findings that were folded since the last bookmark: half a second of CPU, which the next watch is spared."""
_OF_A_RUN = 25
"""Findings that take as long as what each run costs by itself."""


class WatchTools(ScanTools, Protocol):
    """What a watch needs from the outside; `wiring` gives it."""

    @property
    def store(self) -> WatchStore:
        """Where runs, changes and incidents are."""


class Round(Frozen):
    """One scan of a watch, with what it and others brought to light."""

    summary: ScanSummary
    age: float = 0.0
    """Seconds since it began for the first time, where it is one that was killed and went on."""
    known: Mapping[str, int] = frozen_field(default_factory=dict)
    """How many places stand `open`, `unknown` or `closed` now, by all that the store knows."""
    unproved: int = 0
    """How many of the places that the round looked at were open, and are not proved closed from everywhere."""


class WatchSettings(Frozen):
    """What a watch was asked to do."""

    options: ScanOptions
    scope: Callable[[], Scope]
    """Read before each round: a scope may change, and it ends one day."""
    progress: Callable[[], Progress]
    settling: SettlingOptions
    guard: Callable[[], AbstractContextManager[object]]
    """Stands around each scan: a signal there ends the scan, elsewhere it waits until all is written."""


@dataclass(slots=True, kw_only=True)
class Watch:
    """A watch of this process; `begin` once, then `look` again and again."""

    settings: WatchSettings
    tools: WatchTools
    _known: KnownExposures = field(init=False)
    _settler: Settler = field(init=False)
    _began: int = 0
    """The entry since which the store is watched."""
    _notes: dict[str, list[KeptRecord]] = field(default_factory=lambda: {NOTED: [], ROUND: []})
    _unsettled: list[tuple[RunPart, tuple[Change, ...], Sightings]] = field(default_factory=list)
    _stopped_round: KeptRecord | None = None
    _folded: int = 0
    """Findings since the last bookmark."""

    def __post_init__(self) -> None:
        """It has read nothing yet."""
        self._known = KnownExposures(follower=Follower(store=self.tools.store))
        self._settler = Settler(store=self.tools.store, now=self.tools.now, settings=self.settings.settling)

    def begin(self) -> None:
        """Read what is known; settle what a killed watch, or a scan in between, left untold."""
        store = self.tools.store
        self._began = begin(store, now=self.tools.now)
        self._known = read_bookmark(store) or self._known
        self._read_on()
        own = self._known.rounds.get(_digest(self.settings.options))
        self._stopped_round = next(store.of_kinds({ROUND}, own), None) if own is not None else None
        self._catch_up()

    def look(self) -> Round:
        """Scan, and settle what changed. A round that was stopped goes on, if it had begun at all."""
        scope = self.settings.scope()
        stopped = self._stopped_under(scope)
        summary = self._go_on(stopped, scope) if stopped is not None else None
        age = max(0.0, (self.tools.now() - stopped.recorded_at).total_seconds()) if stopped and summary else 0.0
        if summary is None:
            self._stopped_round = self._announce(scope)
            summary = self._scan(replace(self.settings.options, run=self._stopped_round.subject), scope)
        if not summary.is_interrupted:
            self._stopped_round = None
        self._catch_up()
        history = self._known.history
        known = Counter(standing.value for standing in history.standings().values())
        looked_at = {place_of_key(key) for key, _ in self.tools.store.done_targets(summary.run)}
        unproved = history.not_closed_at(looked_at, facts_of(self.tools.store, summary.run).names())
        return Round(summary=summary, age=age, known=known, unproved=unproved)

    def _stopped_under(self, scope: Scope) -> KeptRecord | None:
        """The round that was stopped, where its plan is still that of the scope; any other one is ended here.

        Its plan would lack what the scope names by now, and "nothing is open" would count for that as well.
        """
        stopped = self._stopped_round
        if stopped is not None and stopped.content.get("assets") != _assets(scope):
            self._stopped_round = None
            self._end_killed()
        return self._stopped_round

    def _go_on(self, stopped: KeptRecord, scope: Scope) -> ScanSummary | None:
        """Go on with a round; `None` where it cannot be, as another process does it or it is not permitted any more.

        The scope may name less by now, or a release know a check no more: the next round begins with what holds today.
        """
        kinds = {record.kind for record in self.tools.store.read(stopped.subject)}
        if STARTED not in kinds or FINISHED in kinds:
            return None
        try:
            return self._scan(self.settings.options.going_on_with(stopped.subject), scope)
        except (NotAllowed, OutOfScope, UsageProblem):
            self._stopped_round = None
            self._end_killed()
            return None

    def _end_killed(self) -> None:
        """What a killed scan found counts, though nobody may ever go on with it; whoever does will end it anew.

        A round of ours goes on by itself.
        """
        unended = self._known.follower.unended.keys()
        own = {self._stopped_round.subject} if self._stopped_round is not None else set()
        killed = unended - own
        killed -= set(self.tools.store.runs_at_work()) if killed else set()
        if not killed:
            return
        self._read_on()  # one that was let go of meanwhile has ended
        for run in sorted(killed & self._known.follower.unended.keys()):
            note_interrupted(self.tools.store, run, now=self.tools.now)
        self._read_on()

    def _scan(self, options: ScanOptions, scope: Scope) -> ScanSummary:
        with self.settings.guard():
            return start_scan(options, scope, self.tools, self.settings.progress())

    def _announce(self, scope: Scope) -> KeptRecord:
        """Say whose round the next run is, before it begins."""
        content = {"wish": _digest(self.settings.options), "scope": scope.name, "assets": _assets(scope)}
        record = Record(kind=ROUND, occurred_at=exactly(self.tools.now()), content=content)
        return self.tools.store.append(new_run_id(self.tools), [record])[0]

    def _read_on(self) -> None:
        if self._known.read_on(self._notes):
            self._unsettled.clear()  # they are folded again
        for record in self._notes[ROUND]:
            self._known.rounds[str(record.content.get("wish"))] = record.subject
        self._notes[ROUND].clear()

    def _catch_up(self) -> None:
        """Fold what ended since the last time, and settle what nobody settled.

        What fails on the way, such as a store that is away, is done the next time.
        """
        self._read_on()
        self._end_killed()
        ended, history, store = self._known.follower.ended, self._known.history, self.tools.store
        noted = {record.content["part"] for record in self._notes[NOTED]}
        self._unsettled = [unsettled for unsettled in self._unsettled if unsettled[0].until not in noted]
        while ended:
            part = ended[0]
            looks = looks_of(store, history, part)
            if part.until <= self._began or part.until in noted:
                history.take(looks)
            elif (changes := history.fold(looks)) or looks.opened:
                self._unsettled.append((part, changes, looks))
            self._folded += _OF_A_RUN + len(looks.findings_in)
            del ended[0]
        self._notes[NOTED].clear()
        self._settle()
        self._bookmark()

    def _bookmark(self) -> None:
        """Let the next watch begin here, where that spares it more than it costs.

        A full disk is no reason to end; what was erased since this watch began must not come back by it.
        """
        if self._unsettled or self._folded < max(WORTH_A_BOOKMARK, len(self._known.history.parts.places)):
            return
        with suppress(StoreUnusable, NotAllowed):
            keep_bookmark(self.tools.store, self._known, now=self.tools.now)
        self._folded = 0

    def _settle(self) -> None:
        """Settle one part after the other. The first that has to wait for another watch holds back the later ones.

        Until its changes are in the incidents, a later part would count the same exposure as a change of its own.
        """
        while self._unsettled and self._settler.settle(*self._unsettled[0]):
            del self._unsettled[0]


def _digest(options: ScanOptions) -> str:
    """Tells watches of the same things from watches of others."""
    words = [[target.text for target in options.targets], list(options.checks), list(options.ports), options.vantage]
    return hashlib.sha256(json.dumps(words).encode()).hexdigest()


def _assets(scope: Scope) -> str:
    """Tells apart scopes by what a scan looks at under them, and by what the owner permits there."""
    lists = [
        [entry.text for entry in entries] for entries in (scope.include, scope.exclude, scope.decoys, scope.public)
    ]
    leaves = [leave and leave.to_json() for leave in (scope.default_accounts, scope.industrial)]
    return hashlib.sha256(json.dumps([lists, leaves, scope.sampling]).encode()).hexdigest()
