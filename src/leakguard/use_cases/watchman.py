"""The watchman: one look at every open incident, and the loop around it.

Nothing is remembered between two looks: what was raised, sent and acknowledged stands in the ledger, and unique keys
keep two watchmen, or one that died and came back, from doing anything twice.
Each message is given to a channel at least once: a try is written down before it, its end after it, and only a try
whose end was never written is repeated, under the same message id.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from leakguard.alarms.due import Watch, due_of, grouped, next_look
from leakguard.alarms.escalation import sending
from leakguard.alarms.forecast import StepEstimate, forecast, forecast_alarm
from leakguard.alarms.history import Chain, History, Message, history_of
from leakguard.alarms.marks import WATCHED
from leakguard.alarms.messages import message_id, message_of
from leakguard.alarms.records import (
    Attempt,
    Keyed,
    chain_record,
    end_record,
    missed_record,
    outage_record,
    raised_record,
    try_record,
)
from leakguard.clocks.calendars import Calendars
from leakguard.clocks.evaluate import evaluate
from leakguard.clocks.event_file import in_zone
from leakguard.clocks.rules import ClockRule
from leakguard.clocks.standing import Standing
from leakguard.errors import ChannelFailed
from leakguard.models.alarms import Alarm, AlarmMessage, WatchSettings
from leakguard.models.incidents import IncidentState
from leakguard.models.records import KeptRecord
from leakguard.ports import AlarmStore, Channel, Now
from leakguard.use_cases.incident_clocks import clock_events
from leakguard.use_cases.incidents import incident_of

LEASE = "watchman"
"""The name of the lease, and the subject of what concerns no single incident."""
LEASE_TIME = timedelta(seconds=60)
"""Four cycles: a watchman that died is replaced after that."""
OUTAGE = timedelta(seconds=60)
"""A longer gap between two whole cycles is an outage and is told."""
_MOST_ROUNDS = 200
"""More tries than this in one look at one incident can only be a mistake of ours; the next look goes on."""

MOST_REASON = 300
"""Characters that are kept of what a channel says about its failure."""

Rules = Callable[[str, Sequence[KeptRecord]], Sequence[ClockRule]]
"""The clocks of an incident, by its records."""
Steps = Callable[[str, Sequence[KeptRecord]], Mapping[str, StepEstimate]]
"""The steps of its response that are not settled, with their estimates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watchman:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Cycle:
    """What one look did."""

    at: datetime
    is_leader: bool
    """False while another watchman holds the lease: then nothing was done."""
    incident_count: int = 0
    messages: tuple[AlarmMessage, ...] = ()
    """New ones."""
    missed_count: int = 0
    sent_count: int = 0
    failures: tuple[str, ...] = ()
    """Channel and reason of each try that failed."""
    unwatched_since: datetime | None = None
    """The begin of an outage that this look ended."""
    next_look: datetime | None = None


def once(watchman: Watchman) -> Cycle:
    """Look at every open incident once; raises `StoreUnusable` and `LedgerBroken`."""
    now, store = watchman.now(), watchman.store
    if not store.take_lease(LEASE, watchman.holder, now=now, until=now + LEASE_TIME):
        return Cycle(at=now, is_leader=False)
    beat = store.last_beat(LEASE)
    since = beat if beat is not None and now - beat > OUTAGE else None
    cycle = Cycle(at=now, is_leader=True, unwatched_since=since)
    for incident in store.subjects("IR-"):
        cycle = _look(watchman, incident, cycle, beat)
    # Only now: what a crash leaves undone must be seen as not watched.
    store.beat(LEASE, watchman.holder, now=now)
    return cycle


def _look(watchman: Watchman, incident: str, cycle: Cycle, beat: datetime | None) -> Cycle:
    """One incident, added to what the cycle did so far."""
    records = tuple(watchman.store.read(incident))
    known = incident_of(incident, records)
    if known.state is IncidentState.CLOSED:
        return cycle
    # A wall clock that was set back must not hide what is known already.
    now = max(cycle.at, records[-1].recorded_at)
    rules = in_zone(tuple(watchman.rules(incident, records)), known.zone)
    standings = evaluate(clock_events(records), rules, watchman.calendars, now)
    history = _begun(watchman, incident, records, now, cycle)
    repeat = history.chain.repeat if history.chain is not None else watchman.settings.escalation.repeat
    watch = Watch(now=now, last_beat=beat, repeat=repeat)
    raised, missed_count = _raise(watchman, incident, standings, history, watch, records)
    cycle = replace(
        cycle,
        incident_count=cycle.incident_count + 1,
        missed_count=cycle.missed_count + missed_count,
        messages=(*cycle.messages, *raised),
        next_look=_earliest(cycle.next_look, next_look(standings, repeat, now)),
    )
    open_clocks = {one.id: one.generation for one in standings if one.state in WATCHED}
    return _send(watchman, incident, open_clocks, cycle)


def _begun(watchman: Watchman, incident: str, records: Sequence[KeptRecord], now: datetime, cycle: Cycle) -> History:
    """The history, after the chain was snapshotted and an outage was written down."""
    history = history_of(incident, records)
    settings = watchman.settings.escalation
    keyed: list[Keyed] = []
    chain = history.chain
    if chain is None or (settings.levels and not chain.levels):
        chain = Chain(
            generation=chain.generation + 1 if chain is not None else 1, levels=settings.levels, repeat=settings.repeat
        )
        keyed.append(chain_record(chain.levels, chain.repeat, incident=incident, generation=chain.generation, now=now))
    since = cycle.unwatched_since
    if since is not None and since < now:
        keyed.append(outage_record(incident, since=max(since, records[0].recorded_at), until=now))
    if keyed:
        watchman.store.append_once(incident, keyed)
    return replace(history, chain=chain)


def _raise(
    watchman: Watchman,
    incident: str,
    standings: Sequence[Standing],
    history: History,
    watch: Watch,
    records: Sequence[KeptRecord],
) -> tuple[tuple[AlarmMessage, ...], int]:
    """Keep every alarm that is due and everything that was missed, in one transaction."""
    dues = [due_of(incident, standing, history, watch) for standing in standings]
    groups = list(grouped(dues))
    groups += [(alarm,) for alarm in _forecasts(watchman, incident, standings, history, watch, records)]
    missed = [missed_record(one, now=watch.now) for due in dues for one in due.missed]
    raised = [raised_record(alarm, message=message_id(group), now=watch.now) for group in groups for alarm in group]
    if not raised and not missed:
        return (), 0
    kept = watchman.store.append_once(incident, [*raised, *missed])
    new = history_of(incident, kept)
    texts = tuple(_text(watchman, incident, message, watch.now) for message in new.messages)
    return texts, len(kept) - sum(len(message.alarms) for message in new.messages)


def _forecasts(
    watchman: Watchman,
    incident: str,
    standings: Sequence[Standing],
    history: History,
    watch: Watch,
    records: Sequence[KeptRecord],
) -> list[Alarm]:
    """Clocks whose remaining work takes longer than what is left; told once a generation."""
    steps = watchman.steps(incident, records)
    if not any(step.takes for step in steps.values()):
        return []
    found = (forecast_alarm(incident, one, forecast(one, steps, watch.now), watch.now) for one in standings)
    return [
        alarm
        for alarm in found
        if alarm is not None and alarm.threshold not in history.kept.get((alarm.clock, alarm.generation), {})
    ]


def _send(watchman: Watchman, incident: str, open_clocks: Mapping[str, int], cycle: Cycle) -> Cycle:
    """Send what is due, and again after each failure, until nothing is."""
    for _ in range(_MOST_ROUNDS):
        records = tuple(watchman.store.read(incident))
        history = history_of(incident, records)
        now = max(cycle.at, records[-1].recorded_at)
        plan = sending(history, watchman.settings.escalation, open_clocks, now)
        ends = [(one.channel, _try(watchman, incident, message, one, now)) for message, one in plan.attempts]
        failures = [f"{channel}: {why}" for channel, why in ends if why]
        cycle = replace(
            cycle,
            sent_count=cycle.sent_count + sum(why == "" for _, why in ends),
            failures=(*cycle.failures, *failures),
        )
        if all(why is None for _, why in ends):
            break
    return replace(cycle, next_look=_earliest(cycle.next_look, plan.next_look))


def _try(watchman: Watchman, incident: str, message: Message, attempt: Attempt, now: datetime) -> str | None:
    """Send once; returns the reason of a failure, an empty text when it went out, nothing when another one sends."""
    store = watchman.store
    # Channels may be slow: whoever lost the lease meanwhile leaves the rest to the new holder.
    moment = watchman.now()
    if not store.take_lease(LEASE, watchman.holder, now=moment, until=moment + LEASE_TIME):
        return None
    if not store.append_once(incident, (try_record(attempt, incident=incident, now=now),)):
        return None
    is_repeated = any(not one.outcome and one.attempt.channel == attempt.channel for one in message.tries)
    text = _text(watchman, incident, message, now, is_repeated=is_repeated)
    failure = _handed_over(watchman.channels.get(attempt.channel), attempt.channel, text)
    end = max(now, watchman.now())
    store.append_once(incident, (end_record(attempt, incident=incident, now=end, failure=failure),))
    return failure


def _handed_over(channel: Channel | None, name: str, text: AlarmMessage) -> str:
    """Give a message to a channel; returns why that failed, or nothing."""
    if channel is None:
        return f"no channel is called {name}"
    try:
        channel.send(text)
    except ChannelFailed as error:
        return error.message[:MOST_REASON]
    return ""


def _text(
    watchman: Watchman, incident: str, message: Message, now: datetime, *, is_repeated: bool = False
) -> AlarmMessage:
    return message_of(
        message,
        incident=incident,
        now=now,
        link=watchman.settings.link,
        is_drill=watchman.is_drill,
        is_repeated=is_repeated,
    )


def _earliest(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((moment for moment in (one, other) if moment is not None), default=None)
