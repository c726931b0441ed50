"""The watchman: one look at every open incident, and the loop around it.

Nothing is remembered between two looks: what was raised, sent and acknowledged stands in the ledger, and unique keys
keep two watchmen, or one that died and came back, from doing anything twice.
Each message is given to a channel at least once: a try is written down before it, its end after it, and only a try
whose end was never written is repeated, under the same message id.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from leakguard.alerts.deadlines_near import closer_alarms, may_have_moved
from leakguard.alerts.due import Watch, due_of, grouped, next_look
from leakguard.alerts.escalation import sending
from leakguard.alerts.forecast import StepEstimate, forecast, forecast_alarm
from leakguard.alerts.history import History, Message, history_of
from leakguard.alerts.marks import is_watched, watched_of
from leakguard.alerts.messages import About, message_id, message_of
from leakguard.alerts.readiness import chain_problems
from leakguard.alerts.records import (
    Attempt,
    Chain,
    Keyed,
    chain_record,
    end_record,
    missed_record,
    outage_record,
    raised_record,
    try_record,
)
from leakguard.alerts.undelivered import undelivered
from leakguard.clocks.calendars import Calendars
from leakguard.clocks.evaluate import evaluate
from leakguard.clocks.event_file import in_zone
from leakguard.clocks.rules import ClockRule
from leakguard.clocks.standing import Standing
from leakguard.clocks.stories import EVERYTHING
from leakguard.errors import ChannelFailed
from leakguard.frozen import Frozen, field, replace
from leakguard.ledger.readings import SKEW
from leakguard.models.alerts import Alarm, AlarmMessage, WatchSettings
from leakguard.models.incidents import Incident
from leakguard.models.records import KeptRecord
from leakguard.ports import AlarmStore, Channel, Now
from leakguard.use_cases.alerts.alert_log import log_evaluated, log_raised, log_tried
from leakguard.use_cases.alerts.cycles import Cycle, Delivery
from leakguard.use_cases.alerts.next_commands import next_commands
from leakguard.use_cases.incidents.incident_clocks import clock_events
from leakguard.use_cases.incidents.incidents import incident_of

LEASE = "watchman"
"""The name of the lease, and the subject of what concerns no single incident."""
LEASE_TIME = timedelta(seconds=60)
"""Four cycles: a watchman that died is replaced after that."""
OUTAGE = timedelta(seconds=150)
"""A longer gap between two whole cycles is an outage and is told; cron, once a minute, makes none."""
_MOST_ROUNDS = 200
"""More tries than this in one look at one incident can only be a mistake of ours; the next look goes on."""

SLOW = timedelta(seconds=5)
"""A channel that fails after so long is left alone for the rest of a look: other messages must not wait for it."""

MOST_REASON = 300
"""Characters that are kept of what a channel says about its failure."""

Rules = Callable[[str, Sequence[KeptRecord]], Sequence[ClockRule]]
"""The clocks of an incident, by its records."""
Steps = Callable[[str, Sequence[KeptRecord]], Mapping[str, StepEstimate]]
"""The steps of its response that are not settled, with their estimates."""


class Watchman(Frozen):
    """What one watchman works with."""

    store: AlarmStore
    rules: Rules
    steps: Steps
    channels: Mapping[str, Channel]
    settings: WatchSettings
    holder: str
    """Names this process among all watchmen."""
    now: Now
    is_drill: bool = False
    calendars: Calendars = field(default_factory=Calendars)


def once(watchman: Watchman) -> Cycle:
    """Look once at every incident with something to watch; raises `StoreUnusable` and `LedgerBroken`."""
    now, store = watchman.now(), watchman.store
    before = store.lease_holder(LEASE) or ""
    other = before if before != watchman.holder else ""
    is_leader = store.take_lease(LEASE, watchman.holder, now=now, until=now + LEASE_TIME)
    beat = _past(store.last_beat(LEASE), now)
    if not is_leader:
        return Cycle(at=now, is_leader=False, other_holder=other, last_beat=beat)
    since = beat if beat is not None and now - beat > OUTAGE else None
    cycle = Cycle(at=now, is_leader=True, other_holder=other, last_beat=beat, unwatched_since=since)
    for incident in store.subjects("IR-"):
        records = tuple(store.read(incident))
        known = incident_of(incident, records)
        cycle = _Look(watchman, known, records, cycle).whole(beat)
    # Only now: what a crash leaves undone must be seen as not watched.
    store.beat(LEASE, watchman.holder, now=now)
    return cycle


def _past(beat: datetime | None, now: datetime) -> datetime | None:
    """The end of the last whole cycle; `None` for one that is still to come: a wrong clock told it."""
    return beat if beat is None or beat <= now + SKEW else None


class _Look:
    """One incident in one cycle."""

    def __init__(self, watchman: Watchman, incident: Incident, records: tuple[KeptRecord, ...], cycle: Cycle) -> None:
        self._watchman = watchman
        self._incident = incident
        self._records = records
        self._known: History | None = None
        self._cycle = cycle
        self._now = cycle.at
        self._standings: Mapping[str, Standing] = {}

    def whole(self, beat: datetime | None) -> Cycle:
        """Everything that is due, added to what the cycle did so far."""
        watchman, records = self._watchman, self._records
        rules = in_zone(tuple(watchman.rules(self._incident.id, records)), self._incident.zone)
        found = evaluate(clock_events(records), rules, watchman.calendars, self._now, known_at=EVERYTHING)
        standings = watched_of(self._incident, found)
        if standings is None:
            return self._cycle
        self._standings = {one.id: one for one in standings}
        log_evaluated(self._incident.id, standings)
        chain = self._begin()
        watch = Watch(now=self._now, last_beat=beat, repeat=chain.repeat)
        self._raise(standings, watch)
        self._add(incident_count=self._cycle.incident_count + 1)
        self._look_again(next_look(standings, chain.repeat, self._now))
        open_clocks = {one.id: one.generation for one in standings if is_watched(one)}
        self._send(open_clocks)
        left = undelivered(self._history(), watchman.settings.escalation, open_clocks, self._now)
        self._add(
            deadlines=self._cycle.deadlines.plus(standings, self._history(), self._now),
            undelivered=(*self._cycle.undelivered, *left),
            problems=(*self._cycle.problems, *chain_problems(self._history(), watchman.settings)),
        )
        return self._cycle

    def _history(self) -> History:
        if self._known is None:
            self._known = history_of(self._incident.id, self._records)
        return self._known

    def _keep(self, keyed: Sequence[Keyed]) -> tuple[KeptRecord, ...]:
        """Keep what nobody has kept; what others wrote meanwhile is seen in the next cycle."""
        kept = self._watchman.store.append_once(self._incident.id, keyed) if keyed else ()
        if kept:
            self._records, self._known = (*self._records, *kept), None
        return kept

    def _begin(self) -> Chain:
        """Snapshot the chain and write an outage down."""
        settings, chain = self._watchman.settings.escalation, self._history().chain
        keyed: list[Keyed] = []
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

    def _raise(self, standings: Sequence[Standing], watch: Watch) -> None:
        """Keep every alarm that is due and everything that was missed, in one transaction."""
        history = self._history()
        dues = [due_of(self._incident.id, standing, history, watch) for standing in standings]
        told = {due.raised.clock for due in dues if due.raised is not None}
        closer = [one for one in self._closer(standings, history, watch) if one.clock not in told]
        groups = [*grouped(dues), *((alarm,) for alarm in (*closer, *self._forecasts(standings, history)))]
        raised = [raised_record(alarm, message=message_id(group), now=watch.now) for group in groups for alarm in group]
        kept = self._keep([*raised, *(missed_record(one, now=watch.now) for due in dues for one in due.missed)])
        new = history_of(self._incident.id, kept).messages
        log_raised(self._incident.id, new)
        missed_count = len(kept) - sum(len(message.alarms) for message in new)
        self._add(
            messages=(*self._cycle.messages, *(self._text(message) for message in new)),
            missed_count=self._cycle.missed_count + missed_count,
        )

    def _closer(self, standings: Sequence[Standing], history: History, watch: Watch) -> list[Alarm]:
        """Limits that lie before those that the last look saw; nothing moves them that was not recorded since."""
        since = watch.last_beat
        if since is None or self._records[-1].recorded_at <= since or not may_have_moved(standings):
            return []
        rules = tuple(one.rule for one in standings)
        before = evaluate(clock_events(self._records), rules, self._watchman.calendars, since)
        return closer_alarms(self._incident.id, before, standings, history, watch.now)

    def _forecasts(self, standings: Sequence[Standing], history: History) -> list[Alarm]:
        """Clocks whose remaining work takes longer than what is left; told once a generation."""
        steps = self._watchman.steps(self._incident.id, self._records)
        if not any(step.takes for step in steps.values()):
            return []
        found = [
            forecast_alarm(self._incident.id, one, forecast(one, steps, self._now), self._now) for one in standings
        ]
        return [
            alarm
            for alarm in found
            if alarm is not None and alarm.threshold not in history.told_of(alarm.clock, alarm.generation, alarm.due_at)
        ]

    def _send(self, open_clocks: Mapping[str, int]) -> None:
        """Send what is due, and again after each failure, until nothing is."""
        for _ in range(_MOST_ROUNDS):
            plan = sending(self._history(), self._watchman.settings.escalation, open_clocks, self._now)
            ends = [(message, one, self._try(message, one)) for message, one in plan.attempts]
            self._add(
                sent=(*self._cycle.sent, *(self._delivery(message, one) for message, one, why in ends if why == "")),
                failures=(*self._cycle.failures, *(f"{one.channel}: {why}" for _, one, why in ends if why)),
            )
            if all(why is None for *_, why in ends):
                break
        self._look_again(plan.next_look)

    def _try(self, message: Message, attempt: Attempt) -> str | None:
        """Send once; returns why it failed, an empty text when it went out, nothing when another one sends."""
        store, incident, moment = self._watchman.store, self._incident.id, self._watchman.now()
        # Channels may be slow: whoever lost the lease meanwhile leaves the rest to the new holder.
        if not store.take_lease(LEASE, self._watchman.holder, now=moment, until=moment + LEASE_TIME):
            return None
        if not self._keep((try_record(attempt, incident=incident, now=max(self._now, moment)),)):
            return None
        is_repeated = any(not one.outcome and one.attempt.channel == attempt.channel for one in message.tries)
        failure = self._handed_over(attempt.channel, self._text(message, is_repeated=is_repeated))
        end = max(self._now, self._watchman.now())
        self._keep((end_record(attempt, incident=incident, now=end, failure=failure),))
        self._cycle = self._cycle.with_try(attempt.channel, attempt.level + 1, is_sent=not failure)
        log_tried(incident, message, attempt, failure, self._watchman.settings.channels)
        return failure

    def _delivery(self, message: Message, attempt: Attempt) -> Delivery:
        clocks = ", ".join(dict.fromkeys(alarm.clock for alarm in message.alarms))
        return Delivery(
            incident=self._incident.id, message=message.id, clocks=clocks, role=attempt.role, channel=attempt.channel
        )

    def _handed_over(self, channel: str, text: AlarmMessage) -> str:
        """Give a message to a channel; returns why that failed, or nothing. Silence is waited for once."""
        if channel in self._cycle.slow:
            return "it is left alone for now, as waiting for it was in vain"
        began = self._watchman.now()
        failure = _handed_over(self._watchman.channels.get(channel), channel, text)
        if failure and self._watchman.now() - began >= SLOW:
            self._add(slow=self._cycle.slow | {channel})
        return failure

    def _text(self, message: Message, *, is_repeated: bool = False) -> AlarmMessage:
        return message_of(
            message,
            incident=self._incident.id,
            now=self._now,
            about=About(
                title=self._incident.title,
                zone=self._incident.zone,
                actions=next_commands(self._incident.id, self._records, self._of(message)),
                link=self._watchman.settings.link,
                is_drill=self._watchman.is_drill,
            ),
            is_repeated=is_repeated,
        )

    def _of(self, message: Message) -> Iterator[Standing]:
        """The clocks of a message; one whose rule is gone has none."""
        found = (self._standings.get(alarm.clock) for alarm in message.alarms)
        return (one for one in found if one is not None)

    def _add(self, **changes: Any) -> None:  # noqa: ANN401  (fields of a cycle)
        self._cycle = replace(self._cycle, **changes)

    def _look_again(self, at: datetime | None) -> None:
        self._add(next_look=min((one for one in (self._cycle.next_look, at) if one is not None), default=None))


def _handed_over(channel: Channel | None, name: str, text: AlarmMessage) -> str:
    """Give a message to a channel; returns why that failed, or nothing."""
    if channel is None:
        return f"no channel is called {name}"
    try:
        channel.send(text)
    except ChannelFailed as error:
        return error.message[:MOST_REASON]
    return ""
