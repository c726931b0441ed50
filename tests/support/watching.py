"""A small world to watch: a store, a stepped time, a channel that only remembers, and clocks with short names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from leakguard.alerts.forecast import StepEstimate
from leakguard.alerts.history import History, history_of
from leakguard.clocks.rules import ClockRule
from leakguard.errors import ChannelFailed
from leakguard.models.alerts import (
    AlertMessage,
    ChannelSettings,
    Escalation,
    EscalationLevel,
    Severity,
    WatchSettings,
)
from leakguard.models.event_records import record_of_event
from leakguard.models.events import Interval
from leakguard.models.records import KeptRecord
from leakguard.store.sql_store import SqlStore
from leakguard.use_cases.alerts.subject_cycle import Subjects, no_subjects
from leakguard.use_cases.alerts.time_sources import SteppedTime
from leakguard.use_cases.alerts.watchman import Watchman, once

if TYPE_CHECKING:
    from leakguard.use_cases.alerts.alert_sending import Cycle

NOON = datetime(2026, 5, 24, 12, 0, tzinfo=UTC)
INCIDENT = "IR-2026-0001"


def rule(name: str = "promise", hours: int = 24, **changes: Any) -> ClockRule:  # noqa: ANN401  (fields of a file)
    """A clock from awareness to a filing."""
    fields = {
        "id": name,
        "anchor": "first(awareness)",
        "amount": {"elapsed": f"PT{hours}H"},
        "end": f"filed(obligation={name})",
        "thresholds": ["50%", "75%", "90%", "-PT1H", "PT0S"],
    }
    return ClockRule.model_validate(fields | changes)


def escalation(*levels: tuple[str, int], roles: Mapping[str, Sequence[str]] | None = None) -> Escalation:
    """Levels as role and minutes; each role has the channel of its own name unless `roles` says otherwise."""
    names = {role: tuple((roles or {}).get(role, (role,))) for role, _ in levels}
    chain = tuple(EscalationLevel(role=role, after=timedelta(minutes=after)) for role, after in levels)
    return Escalation(levels=chain, roles=names)


@dataclass
class Sink:
    """A channel that remembers, and fails when it is told to."""

    name: str
    got: list[AlertMessage] = field(default_factory=list)
    is_broken: bool = False

    def send(self, message: AlertMessage) -> None:
        if self.is_broken:
            raise ChannelFailed(f"{self.name} refused", next_step="Mend it.")
        self.got.append(message)


@dataclass
class World:
    """One store and everything around it."""

    store: SqlStore
    time: SteppedTime
    rules: list[ClockRule] = field(default_factory=lambda: [rule()])
    steps: dict[str, StepEstimate] = field(default_factory=dict)
    escalation: Escalation = field(default_factory=lambda: escalation(("commander", 0), ("deputy", 10)))
    sinks: dict[str, Sink] = field(default_factory=dict)
    subjects: Subjects = no_subjects

    def __post_init__(self) -> None:
        for names in self.escalation.roles.values():
            for name in names:
                self.sinks.setdefault(name, Sink(name))

    def watchman(self, holder: str = "one") -> Watchman:
        channels = tuple(ChannelSettings(name=name, kind="file") for name in self.sinks)
        return Watchman(
            store=self.store,
            rules=lambda _incident, _records: tuple(self.rules),
            steps=lambda _incident, _records: self.steps,
            channels=self.sinks,
            settings=WatchSettings(channels=channels, escalation=self.escalation),
            holder=holder,
            now=self.time.now,
            subjects=self.subjects,
        )

    def look(self, *, after: float = 0.0, holder: str = "one") -> Cycle:
        """One cycle, so many hours later."""
        self.time.sleep(after * 3600)
        return once(self.watchman(holder))

    def watch(self, hours: float, *, every: float = 15.0, holder: str = "one") -> list[Cycle]:
        """Cycles at a steady pace."""
        cycles = []
        for _ in range(int(hours * 3600 / every)):
            self.time.sleep(every)
            cycles.append(once(self.watchman(holder)))
        return cycles

    def event(self, kind: str, *, incident: str = INCIDENT, at: datetime | None = None, **fields: object) -> KeptRecord:
        """Record an event now."""
        moment = at or self.time.now()
        corrects = fields.pop("corrects", None)
        new = record_of_event(
            kind=kind,
            occurred_at=Interval(earliest=moment, latest=moment),
            reason="a test",
            corrects=corrects if isinstance(corrects, str) else None,
            fields=fields,
        )
        return self.store.append(incident, (new,))[0]

    def open(self, incident: str = INCIDENT) -> None:
        self.event("incident_opened", incident=incident, title="a test", zone="UTC", findings=[])

    def history(self, incident: str = INCIDENT) -> History:
        return history_of(incident, self.store.read(incident))

    def kinds(self, incident: str = INCIDENT) -> list[str]:
        return [record.kind for record in self.store.read(incident)]

    def raised(self, incident: str = INCIDENT) -> list[tuple[str, str, Severity]]:
        """Clock, threshold and severity of every alarm, in order."""
        return [
            (alarm.clock, alarm.threshold, alarm.severity)
            for message in self.history(incident).messages
            for alarm in message.alarms
        ]

    def missed(self, incident: str = INCIDENT) -> list[tuple[str, str, str]]:
        """Clock, threshold and reason of everything that was only written down."""
        return [
            (str(one.content["clock"]), str(one.content["threshold"]), str(one.content["why"]))
            for one in self.store.read(incident)
            if one.kind == "alarm_missed"
        ]
