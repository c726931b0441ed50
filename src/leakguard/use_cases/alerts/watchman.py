"""The watchman: one look at every open incident, and at reports, transfers abroad and sites with deadlines.

Nothing is remembered between two looks: what was raised, sent and acknowledged stands in the ledger, and unique keys
keep two watchmen, or one that died and came back, from doing anything twice.
Each message is given to a channel at least once: a try is written down before it, its end after it, and only a try
whose end was never written is repeated, under the same message id.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from leakguard.alerts.deadlines_near import closer_alarms, may_have_moved
from leakguard.alerts.due import Watch, due_of, grouped, next_look
from leakguard.alerts.forecast import StepEstimate, forecast, forecast_alarm
from leakguard.alerts.history import History, Message, history_of
from leakguard.alerts.isolation import isolated
from leakguard.alerts.marks import is_watched, watched_of
from leakguard.alerts.messages import IncidentContext, due_records, message_of
from leakguard.alerts.readiness import NotReady, chain_problems
from leakguard.alerts.records import (
    Chain,
    KeyedAlertRecord,
    chain_record,
    outage_record,
)
from leakguard.alerts.undelivered import undelivered
from leakguard.clocks.calendars import Calendars
from leakguard.clocks.clock_status import ClockStatus
from leakguard.clocks.evaluate import evaluate
from leakguard.clocks.event_file import in_zone
from leakguard.clocks.event_history import EVERYTHING
from leakguard.clocks.rules import ClockRule
from leakguard.frozen import Frozen, field, replace
from leakguard.ledger.clock_skew import SKEW
from leakguard.models.alerts import Alert, AlertMessage, WatchSettings
from leakguard.models.incidents import Incident
from leakguard.models.records import KeptRecord
from leakguard.ports import AlertStore, Channel, Now
from leakguard.use_cases.alerts.alert_log import log_evaluated, log_raised
from leakguard.use_cases.alerts.alert_sending import AlertSending, Cycle
from leakguard.use_cases.alerts.next_commands import next_commands
from leakguard.use_cases.alerts.store_look import StoreLook
from leakguard.use_cases.alerts.subject_cycle import SubjectCycle, Subjects, no_subjects
from leakguard.use_cases.alerts.takeovers import KINDS, TakeoverLook
from leakguard.use_cases.incidents.incident_clocks import clock_events
from leakguard.use_cases.incidents.incidents import incident_of
from leakguard.use_cases.incidents.unknown_law import UnknownLaw, UnknownLaws, nothing_unknown

if TYPE_CHECKING:
    from leakguard.use_cases.alerts.on_call import OnDuty

LEASE = "watchman"
"""The name of the lease, and the subject of what concerns no single incident."""
LEASE_TIME = timedelta(seconds=60)
"""Four cycles: a watchman that died is replaced after that."""
OUTAGE = timedelta(seconds=150)
"""A longer gap between two whole cycles is an outage and is told; cron, once a minute, makes none."""
Rules = Callable[[str, Sequence[KeptRecord]], Sequence[ClockRule]]
"""The clocks of an incident, by its records."""
Steps = Callable[[str, Sequence[KeptRecord]], Mapping[str, StepEstimate]]
"""The steps of its response that are not settled, with their estimates."""


class Watchman(Frozen):
    """What one watchman works with."""

    store: AlertStore
    rules: Rules
    steps: Steps
    channels: Mapping[str, Channel]
    settings: WatchSettings
    holder: str
    """Names this process among all watchmen."""
    now: Now
    is_drill: bool = False
    unknown: UnknownLaws = nothing_unknown
    """The duties of an incident whose law of the day nobody knows, and which therefore have no clock."""
    calendars: Calendars = field(default_factory=Calendars)
    on_call: Callable[[datetime], OnDuty | None] | None = None
    """Who gets alerts at a moment, by a roster; `None`, or an answer of that, where there is none."""
    subjects: Subjects = no_subjects
    """What is watched beside incidents."""
    unwritable: str = ""
    """Why nothing can be recorded, as a sentence without its full stop; every alert says so. Empty where it can."""
    tells_of_store: bool = True
    """Whether people are alerted that nothing can be recorded; a short while needs no alert."""

    def holds_lease(self, moment: datetime) -> bool:
        """Take the lease, or renew it; false while another watchman holds it."""
        return self.store.take_lease(LEASE, self.holder, now=moment, until=moment + LEASE_TIME)


def once(watchman: Watchman) -> Cycle:
    """Look once at everything that has something to watch; raises `StoreUnusable` and `LedgerBroken`."""
    now, store = watchman.now(), watchman.store
    before = store.lease_holder(LEASE) or ""
    other = before if before != watchman.holder else ""
    is_leader = watchman.holds_lease(now)
    beat = _past(store.last_beat(LEASE), now)
    if not is_leader:
        return Cycle(at=now, is_leader=False, other_holder=other, last_beat=beat)
    since = beat if beat is not None and now - beat > OUTAGE else None
    cycle = Cycle(at=now, is_leader=True, other_holder=other, last_beat=beat, unwatched_since=since)
    watchman, cycle = _with_people(watchman, cycle)
    odd = list[NotReady]()
    for incident in store.subjects("IR-"):
        with isolated(incident, odd):
            records = tuple(store.read(incident))
            known = incident_of(incident, records)
            cycle = _IncidentCycle(watchman, known, records, cycle).whole(beat)
    for subject in watchman.subjects(store, now):
        with isolated(subject.id, odd):
            cycle = SubjectCycle(watchman, store, subject, cycle).whole(beat)
    cycle = replace(cycle, problems=(*cycle.problems, *odd))
    own = tuple(store.of_kinds(KINDS, LEASE))
    cycle = TakeoverLook(watchman, LEASE, own, cycle).whole()
    if watchman.unwritable and watchman.tells_of_store:
        cycle = StoreLook(watchman, LEASE, own, cycle).whole()
    # Only now: what a crash leaves undone must be seen as not watched.
    store.beat(LEASE, watchman.holder, now=now)
    return cycle


def _with_people(watchman: Watchman, cycle: Cycle) -> tuple[Watchman, Cycle]:
    """The watchman that notifies whoever is on call now, and what the roster lacks."""
    duty = watchman.on_call(cycle.at) if watchman.on_call is not None else None
    if duty is None:
        return watchman, cycle
    return replace(watchman, settings=duty.settings, channels=duty.channels), replace(cycle, problems=duty.problems)


def _past(beat: datetime | None, now: datetime) -> datetime | None:
    """The end of the last whole cycle; `None` for one that is still to come: a wrong clock told it."""
    return beat if beat is None or beat <= now + SKEW else None


class _IncidentCycle(AlertSending):
    """One incident in one cycle."""

    def __init__(self, watchman: Watchman, incident: Incident, records: tuple[KeptRecord, ...], cycle: Cycle) -> None:
        super().__init__(watchman, incident.id, records, cycle)
        self._incident = incident
        self._statuses: Mapping[str, ClockStatus] = {}

    def whole(self, beat: datetime | None) -> Cycle:
        """Everything that is due, added to what the cycle did so far."""
        watchman, records = self._watchman, self._records
        rules = in_zone(tuple(watchman.rules(self._incident.id, records)), self._incident.zone)
        found = evaluate(clock_events(records), rules, watchman.calendars, self._now, known_at=EVERYTHING)
        statuses = watched_of(self._incident, found)
        if statuses is None:
            return self._cycle
        self._statuses = {status.id: status for status in statuses}
        log_evaluated(self._incident.id, statuses)
        chain = self._begin()
        watch = Watch(now=self._now, last_beat=beat, repeat=chain.repeat)
        self._raise(statuses, watch)
        self._add(incident_count=self._cycle.incident_count + 1)
        self._look_again(next_look(statuses, chain.repeat, self._now))
        open_clocks = {status.id: status.generation for status in statuses if is_watched(status)}
        self._send(open_clocks)
        left = undelivered(self._history(), watchman.settings.escalation, open_clocks, self._now)
        self._add(
            deadlines=self._cycle.deadlines.plus(statuses, self._history(), self._now),
            undelivered=(*self._cycle.undelivered, *left),
            problems=(*self._cycle.problems, *chain_problems(self._history(), watchman.settings)),
            unknown={**self._cycle.unknown, **self._unknown()},
        )
        return self._cycle

    def _unknown(self) -> Mapping[str, Sequence[UnknownLaw]]:
        """Duties of this incident that nobody watches."""
        found = self._watchman.unknown(self._incident.id, self._records)
        return {self._incident.id: found} if found else {}

    def _begin(self) -> Chain:
        """Snapshot the chain and write an outage down."""
        settings, chain = self._watchman.settings.escalation, self._history().chain
        keyed: list[KeyedAlertRecord] = []
        if chain is None or (settings.levels and not chain.levels):
            generation = chain.generation + 1 if chain is not None else 1
            chain = Chain(generation=generation, levels=settings.levels, repeat=settings.repeat)
            keyed.append(chain_record(chain, incident=self._incident.id, now=self._now))
        since = self._cycle.unwatched_since
        if since is not None and since < self._now:
            begin = max(since, self._records[0].recorded_at)
            keyed.append(outage_record(self._incident.id, since=begin, until=self._now))
        self._keep(keyed)
        return chain

    def _raise(self, statuses: Sequence[ClockStatus], watch: Watch) -> None:
        """Keep every alarm that is due and everything that was missed, in one transaction."""
        history = self._history()
        dues = [due_of(self._incident.id, status, history, watch) for status in statuses]
        raised_clocks = {due.raised.clock for due in dues if due.raised is not None}
        closer = [alert for alert in self._closer(statuses, history, watch) if alert.clock not in raised_clocks]
        groups = [*grouped(dues), *((alarm,) for alarm in (*closer, *self._forecasts(statuses, history)))]
        skipped = [missed for due in dues for missed in due.missed]
        kept = self._keep(due_records(groups, skipped, history, now=watch.now))
        new = history_of(self._incident.id, kept).messages
        log_raised(self._incident.id, new)
        missed_count = len(kept) - sum(len(message.alarms) for message in new)
        self._add(
            messages=(*self._cycle.messages, *(self._text(message) for message in new)),
            missed_count=self._cycle.missed_count + missed_count,
        )

    def _closer(self, statuses: Sequence[ClockStatus], history: History, watch: Watch) -> list[Alert]:
        """Limits that lie before those that the last look saw; nothing moves them that was not recorded since."""
        since = watch.last_beat
        if since is None or self._records[-1].recorded_at <= since or not may_have_moved(statuses):
            return []
        rules = tuple(status.rule for status in statuses)
        before = evaluate(clock_events(self._records), rules, self._watchman.calendars, since)
        return closer_alarms(self._incident.id, before, statuses, history, watch.now)

    def _forecasts(self, statuses: Sequence[ClockStatus], history: History) -> list[Alert]:
        """Clocks whose remaining work takes longer than what is left; told once a generation."""
        steps = self._watchman.steps(self._incident.id, self._records)
        if not any(step.takes for step in steps.values()):
            return []
        found = [
            forecast_alarm(self._incident.id, status, forecast(status, steps, self._now), self._now)
            for status in statuses
        ]
        return [
            alarm
            for alarm in found
            if alarm is not None and alarm.threshold not in history.told_of(alarm.clock, alarm.generation, alarm.due_at)
        ]

    def _text(self, message: Message, *, is_repeated: bool = False) -> AlertMessage:
        return message_of(
            message,
            incident=self._incident.id,
            now=self._now,
            about=IncidentContext(
                title=self._incident.title,
                zone=self._incident.zone,
                actions=next_commands(self._incident.id, self._records, self._of(message)),
                link=self._watchman.settings.link,
                is_drill=self._watchman.is_drill,
            ),
            is_repeated=is_repeated,
        )

    def _of(self, message: Message) -> Iterator[ClockStatus]:
        """The clocks of a message; one whose rule is gone has none."""
        found = (self._statuses.get(alarm.clock) for alarm in message.alarms)
        return (status for status in found if status is not None)
