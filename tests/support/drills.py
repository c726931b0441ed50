"""A short drill with many alarms, the pieces that it is played with, and what must hold after any number of deaths."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from random import Random  # noqa: TID251  (seeded: the same deaths in every run)
from typing import Any

from leakguard.bundled import BundledFiles
from leakguard.drills.scenario_file import KnownNames, parse_scenario
from leakguard.drills.scorecard import Scorecard, to_json
from leakguard.drills.shapes import Scenario
from leakguard.drills.times import begins_at
from leakguard.frozen import names_of
from leakguard.ledger.verification_result import DiscrepancyKind
from leakguard.models.alerts import ChannelSettings, WatchSettings
from leakguard.notices.book import DutyBook, load_duties
from leakguard.ports import TimeSource
from leakguard.store.sql_store import SqlStore
from leakguard.use_cases.alerts.time_sources import SteppedTime
from leakguard.use_cases.alerts.watchman import Rules, Watchman
from leakguard.use_cases.drills.drill_play import HOLDER, play, scored, time_of
from leakguard.use_cases.drills.drill_scenarios import known_names
from leakguard.use_cases.drills.drill_stage import Decide, Stage, Tell, drill_rules
from leakguard.use_cases.incidents.step_estimates import step_estimates
from leakguard.use_cases.intake.take_in import CopyKeeper
from leakguard.use_cases.proofs.evidence import verify_store
from support.killed_days import killable, repeats, told, undelivered, unexplained
from support.killing import Fuse, KillableStore, Killed
from support.ledgers import Tokens
from support.watching import World, escalation

INCIDENT = "IR-2026-0001"
SHORT = """
scenario: short
title: Four hours before a limit
version: 1
verified_on: 2026-11-26
about: Made for tests; thresholds, filings and an alarm that is over lie within four hours.
sources: {}
facts: [{what: Anything., unknown: it is made up}]
law_of_the_day: As it is.
zone: Europe/Berlin
laws: eu
obligated_as: controller
begins_at: "2026-05-20T08:00"
ends_at: "2026-05-20T13:15"
cast: {commander: Ada, system_owner: Ben, analyst: Cleo, dpo: Dora, counsel: Emil, communicator: Fay}
playbook: exposed-datastore-24h
known:
  at: "2026-05-20T08:30"
  by: system_owner
  how: reads yesterday's mail
  invented: a test
  not_before: "2026-05-20T08:05"
  records: [{kind: awareness}]
acknowledges: {by: commander, in: PT10M}
by_the_book: {pace: 0.25, forgotten: [learn]}
injects:
  mail:
    at: "2026-05-20T08:05"
    title: A mail lies there since yesterday
    invented: a test
    records: [{kind: notice_received, at: "2026-05-19T11:30"}]
  caller:
    at: "2026-05-20T09:00"
    title: Somebody calls
    to: [commander, dpo]
    invented: a test
  never:
    at: "2026-05-20T12:30"
    title: What does not happen once it is closed
    to: [analyst]
    invented: a test
    unless: remediation_verified
acts:
  contain: {step: contain, in: PT3H10M}
  answer: {role: commander, after: caller, in: PT12M, says: we call back}
  file_eu: {role: dpo, after: [known], in: PT2H, files: {duty: eu-gdpr-33-authority}}
  refused: {role: dpo, after: [file_eu], in: PT5M, event: {kind: incident_opened}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Materials:
    """What is read once for all drills of a test run."""

    folders: BundledFiles
    book: DutyBook
    known: KnownNames


@cache
def materials() -> Materials:
    folders = BundledFiles()
    book = load_duties(folders)
    return Materials(folders=folders, book=book, known=known_names(folders, book))


def scenario_of(text: str = SHORT, *, name: str = "short.yaml") -> Scenario:
    return parse_scenario(text, name=name, known=materials().known)


@cache
def rules_of(scenario_text: str) -> Rules:
    """The clocks, reckoned from the same duties however often a process is born."""
    return drill_rules(materials().folders, scenario_of(scenario_text), materials().book)


class KeptHere:
    """Copies in the memory."""

    def __init__(self) -> None:
        self.copies: dict[str, bytes] = {}

    def has(self, sha256: str) -> bool:
        return sha256 in self.copies

    def remove(self, sha256: str) -> None:
        del self.copies[sha256]

    def keep_bytes(self, content: bytes) -> str:
        digest = hashlib.sha256(content).hexdigest()
        self.copies[digest] = content
        return digest


@dataclass(slots=True, kw_only=True)
class Drill:
    """One drill in one store, which may be played by many lives."""

    place: str
    text: str = SHORT
    earlier: timedelta = timedelta(0)
    decide: Decide | None = None
    kept: CopyKeeper | None = None
    """Where copies go; without it a mail becomes no report."""
    said: list[tuple[str, str]] = field(default_factory=list)
    """Moments in their order, and what became of them."""
    world: World = field(init=False)

    def __post_init__(self) -> None:
        time = SteppedTime(begins_at(scenario_of(self.text)))
        store = SqlStore.open(self.place, now=self._now, token=Tokens())
        self.world = World(store=store, time=time, escalation=escalation(("commander", 0), ("dpo", 15)))

    def _now(self) -> datetime:
        """By whatever clock the drill runs now."""
        return self.world.time.now()

    def stage(self, time: TimeSource | None = None) -> Stage:
        """What one life plays with; its time goes on where the last record stands."""
        scenario, found = scenario_of(self.text), materials()
        if time is None:
            self.world.time = SteppedTime(time_of(self.world.store, begins_at(scenario)))
        now = time or self.world.time
        channels = tuple(ChannelSettings(name=name, kind="file") for name in self.world.sinks)
        watchman = Watchman(
            store=self.world.store, rules=rules_of(self.text), steps=step_estimates, channels=self.world.sinks,
            settings=WatchSettings(channels=channels, escalation=self.world.escalation), holder=HOLDER, now=now.now,
            is_drill=True,
        )  # fmt: skip
        more: dict[str, Any] = {"decide": self.decide} if self.decide is not None else {}
        return Stage(
            store=self.world.store, folders=found.folders, book=found.book, scenario=scenario,
            time=now, watchman=watchman, earlier=self.earlier, kept=self.kept,
            tell=self._tell(), **more,
        )  # fmt: skip

    def _tell(self) -> Tell:
        return lambda moment, end: self.said.append((moment.id, end))

    def play(self) -> Drill:
        """To its end, with nobody dying."""
        assert play(self.stage())
        return self

    def play_with_deaths(self, kills: int, seed: int) -> int:
        """To its end, with a death every few calls of the store or a channel; returns how many there were."""
        dice, deaths = Random(seed), 0  # noqa: S311  (not for secrets)
        while True:
            fuse = Fuse()
            if deaths < kills:
                fuse.set(dice.randint(0, 40), is_after=dice.random() < 0.5)
            stage = self.stage()
            mortal = killable(stage.watchman, fuse)
            try:
                if play(Stage(**_fields(stage) | {"store": KillableStore(stage.store, fuse), "watchman": mortal})):
                    return deaths
            except Killed:
                deaths += 1

    def card(self) -> Scorecard:
        return scored(self.stage())

    def kinds(self) -> Counter[str]:
        """The records that a drill leaves, whatever happened to its processes; tries may be repeated after a death."""
        return Counter(one.kind for one in self.world.store.read() if one.kind not in {"alarm_try", "alarm_sent"})


def _fields(stage: Stage) -> dict[str, Any]:
    return {name: getattr(stage, name) for name in names_of(Stage)}


def hold_against(drill: Drill, quiet: Drill) -> None:
    """No alarm is lost or doubled, every deed was done once, the team did equally well, the ledger verifies."""
    world = drill.world
    deeds = Counter(str(one.content["deed"]) for one in world.store.read() if one.kind == "drill_deed")
    assert set(deeds.values()) == {1}
    assert told(world, INCIDENT) == told(quiet.world, INCIDENT)
    assert set(told(world, INCIDENT).values()) == {1}
    assert set(repeats(world, INCIDENT).values()) <= {1}
    assert drill.kinds() == quiet.kinds()
    assert list(undelivered(world, INCIDENT)) == list(undelivered(quiet.world, INCIDENT)) == []
    assert unexplained(world, (INCIDENT,)) == []
    assert comparable(drill.card()) == comparable(quiet.card())
    assert {doubt.kind for doubt in verify_store(world.store).discrepancies} <= {DiscrepancyKind.NO_HEAD}


def comparable(card: Scorecard) -> Mapping[str, Any]:
    """The card without what tells one ledger from another."""
    return {name: value for name, value in to_json(card).items() if name != "ledger"}


def local(hour: int, minute: int = 0) -> datetime:
    """A time on the day of the short drill, in UTC."""
    return begins_at(scenario_of()) + timedelta(hours=hour - 8, minutes=minute)


Made = Callable[[str], Drill]
