"""The check from outside: does the watchman live, and is there anything that nobody takes care of?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from leakguard.alerts.ahead import as_of
from leakguard.alerts.escalation import unacknowledged
from leakguard.alerts.history import History, history_of
from leakguard.alerts.isolation import isolated
from leakguard.alerts.marks import is_over, is_watched, watched_of
from leakguard.alerts.messages import threshold_words
from leakguard.alerts.readiness import (
    SECRET,
    UNWRITABLE,
    NotReady,
    chain_problems,
    settings_problems,
    settings_remarks,
)
from leakguard.alerts.subjects import WatchedSubject
from leakguard.alerts.undelivered import undelivered, undelivered_words
from leakguard.clocks.calendars import Calendars
from leakguard.clocks.clock_status import ClockStatus
from leakguard.clocks.evaluate import evaluate
from leakguard.clocks.event_file import in_zone
from leakguard.clocks.event_history import EVERYTHING
from leakguard.errors import ExitCode
from leakguard.frozen import Frozen, field, replace
from leakguard.models.alerts import Alert, WatchSettings
from leakguard.models.incidents import IncidentState
from leakguard.models.moments import to_z
from leakguard.models.records import KeptRecord
from leakguard.models.texts import duration_words
from leakguard.ports import IncidentStore
from leakguard.use_cases.alerts.heartbeats import Heartbeat
from leakguard.use_cases.alerts.subject_cycle import Subjects, no_subjects
from leakguard.use_cases.alerts.troubles import (
    Trouble,
    dead_troubles,
    takeover_troubles,
    told_words,
    trouble_to_json,
)
from leakguard.use_cases.alerts.watchman import Rules
from leakguard.use_cases.incidents.incident_clocks import clock_events
from leakguard.use_cases.incidents.incidents import incident_of
from leakguard.use_cases.incidents.unknown_law import UnknownLaw, UnknownLaws, nothing_unknown
from leakguard.use_cases.proofs.clock_contradictions import Contradiction
from leakguard.use_cases.proofs.clock_doubts import COMMAND

if TYPE_CHECKING:
    from leakguard.use_cases.alerts.on_call import OnDuty

STALE = timedelta(minutes=3)
"""Twelve cycles; a slow mail server alone does not make the watchman look dead."""


class AlertingStatus(Frozen):
    """What whoever checks knows beside the clocks."""

    settings: WatchSettings
    missing: Mapping[str, str] = field(default_factory=dict)
    """By channel, the environment variable that is not set where it is checked."""
    unknown: UnknownLaws = nothing_unknown
    """The duties of an incident that have no clock, because nobody knows what their law said on the day."""
    on_call: Callable[[datetime], OnDuty | None] | None = None
    """Who gets alerts at a moment, by a roster; see `Watchman.on_call`."""
    subjects: Subjects = no_subjects
    """What is watched beside incidents; see `Watchman.subjects`."""
    lawless: tuple[NotReady, ...] = ()
    """What `seat_problems` found."""


class WatchCheckResult(Frozen):
    """What the check found."""

    at: datetime
    heartbeat: Heartbeat | None
    incident_count: int
    subject_count: int
    next_due: datetime | None
    troubles: tuple[Trouble, ...]

    @property
    def exit_code(self) -> ExitCode:
        """4 outweighs 3, and 3 outweighs 1; `troubles` has all of them."""
        return max((trouble.exit_code for trouble in self.troubles), default=ExitCode.CLEAN)


def check(
    store: IncidentStore, rules: Rules, heartbeat: Heartbeat | None, alerting: AlertingStatus, *, now: datetime,
    within: timedelta | None = None, stale: timedelta = STALE, ahead: timedelta | None = None,
) -> WatchCheckResult:  # fmt: skip
    """Look at the heartbeat and at every incident that is watched; writes nothing.

    `ahead` is how far the ledger is ahead of this machine's clock, where one of the two clocks must be wrong.
    """
    alerting, unheld = _with_people(alerting, now)
    troubles = [*unheld, *_silence(heartbeat, now, stale), *_unready(heartbeat, alerting), *_wrong_clock(ahead)]
    troubles += [*dead_troubles(store, heartbeat, alerting.settings), *takeover_troubles(store, alerting.settings, now)]
    dues, count, odd = list[datetime](), 0, list[NotReady]()
    for name in store.subjects("IR-"):
        with isolated(name, odd):
            records = tuple(store.read(name))
            incident = incident_of(name, records)
            clocks = in_zone(tuple(rules(name, records)), incident.zone)
            found = evaluate(clock_events(records), clocks, Calendars(), now, known_at=EVERYTHING)
            statuses = watched_of(incident, found)
            if statuses is None:
                continue
            count += 1
            dues += _ahead(statuses, now)
            history = as_of(history_of(name, records), now)
            troubles += (*_troubles(history, statuses, now, within), *_unwatched_of(alerting, name, records))
            troubles += _unreached(history, statuses, alerting.settings, now)
    others = tuple(alerting.subjects(store, now))
    for subject in others:
        with isolated(subject.id, odd):
            dues += _ahead(subject.statuses, now)
            troubles += _of_subject(subject, store, alerting, now, within)
    return WatchCheckResult(
        at=now, heartbeat=heartbeat, incident_count=count, subject_count=sum(bool(each.statuses) for each in others),
        next_due=min(dues, default=None),
        troubles=(*troubles, *map(_of_problem, odd)),
    )  # fmt: skip


def _of_subject(
    subject: WatchedSubject, store: IncidentStore, alerting: AlertingStatus, now: datetime, within: timedelta | None
) -> Iterator[Trouble]:
    """What somebody has to look at in a subject that is no incident."""
    history = as_of(history_of(subject.id, store.read(subject.id) if subject.has_begun else ()), now)
    yield from (*_troubles(history, subject.statuses, now, within), *map(_of_problem, subject.problems))
    yield from _unreached(history, subject.statuses, alerting.settings, now)


def _ahead(statuses: Sequence[ClockStatus], now: datetime) -> list[datetime]:
    """The limits that are still to come."""
    dues = (status.work_by for status in statuses if is_watched(status))
    return [due for due in dues if due and due >= now]


def _with_people(alerting: AlertingStatus, now: datetime) -> tuple[AlertingStatus, list[Trouble]]:
    """With whoever is on call now, and what the roster lacks."""
    duty = alerting.on_call(now) if alerting.on_call is not None else None
    if duty is None:
        return alerting, []
    troubles = [_of_problem(problem) for problem in (*duty.problems, *duty.remarks)]
    return replace(alerting, settings=duty.settings), troubles


def _wrong_clock(ahead: timedelta | None) -> list[Trouble]:
    if ahead is None:
        return []
    text = f"the ledger is {duration_words(ahead)} ahead of this machine's clock: see leakguard evidence clock"
    return [Trouble(kind="wrong_clock", incident="", clock="", text=text)]


def with_contradiction(checked: WatchCheckResult, found: Contradiction | None) -> WatchCheckResult:
    """What was found, with the clocks that contradict each other inside the ledger and touch incidents."""
    return replace(checked, troubles=(*_contradicted(found), *checked.troubles))


def _contradicted(found: Contradiction | None) -> Iterator[Trouble]:
    """One trouble for each incident whose times depend on which clock was right."""
    for incident, own in found.touched.items() if found is not None else ():
        numbers = ", ".join(map(str, own[:20]))
        text = f"clocks contradict each other in the ledger: {incident}, entries {numbers}, depends on which was right"
        yield Trouble(kind="wrong_clock", incident=incident, clock="", text=text, next_step=f"See it: {COMMAND}")


def _unwatched_of(alerting: AlertingStatus, incident: str, records: Sequence[KeptRecord]) -> Iterator[Trouble]:
    """Duties of an incident that have no clock."""
    return (_unwatched(incident, law) for law in alerting.unknown(incident, records))


def _unwatched(incident: str, law: UnknownLaw) -> Trouble:
    next_step = f"Look up the law of the day, then decide: leakguard notice override {incident} --help"
    return Trouble(
        kind="no_rule_for_the_day", incident=incident, clock="", text=f"{incident} {law.sentence}", next_step=next_step
    )


def _silence(heartbeat: Heartbeat | None, now: datetime, stale: timedelta) -> list[Trouble]:
    if heartbeat is None:
        return [_stale("there is no heartbeat: nobody watches")]
    if abs(now - heartbeat.at) <= stale:
        return []
    text = f"the last heartbeat came at {to_z(heartbeat.at)}: nobody watches since"
    if heartbeat.at > now:  # a dead watchman would look alive until then
        text = f"the last heartbeat bears the time {to_z(heartbeat.at)}, which is still to come: a clock was set back"
    return [_stale(text)]


def _stale(text: str) -> Trouble:
    next_step = "Let one watch: leakguard watchman run"
    return Trouble(kind="stale_heartbeat", incident="", clock="", text=text, next_step=next_step)


def _unready(heartbeat: Heartbeat | None, alerting: AlertingStatus) -> Iterator[Trouble]:
    """What keeps alerts from people. Secrets are those of the watchman, which has them, as far as it tells."""
    problems = heartbeat.problems if heartbeat is not None else None
    own = settings_problems(alerting.settings, {} if problems is not None else alerting.missing)
    kept = (each for each in problems or () if each.kind in {SECRET, UNWRITABLE})
    yield from map(_of_problem, (*own, *alerting.lawless, *settings_remarks(alerting.settings), *kept))


def _of_problem(each: NotReady) -> Trouble:
    return Trouble(kind=each.kind, incident=each.incident, clock="", text=each.text, next_step=each.next_step)


def _unreached(
    history: History, statuses: Sequence[ClockStatus], settings: WatchSettings, now: datetime
) -> Iterator[Trouble]:
    """Alerts that somebody should have and has not, and levels of the incident's own chain that reach nobody."""
    yield from map(_of_problem, chain_problems(history, settings))
    for left in undelivered(history, settings.escalation, _open(statuses), now):
        yield Trouble(
            kind="undelivered", incident=left.incident, clock=left.clocks, text=undelivered_words(left),
            due_at=min((alarm.due_at for alarm in left.alarms if alarm.due_at), default=None),
            next_step=f"Fix the channel and try it: leakguard channel test. Or take it over yourself: "
            f"leakguard clock ack {left.incident} {left.message}",
        )  # fmt: skip


def unreached_levels(store: IncidentStore, settings: WatchSettings) -> tuple[NotReady, ...]:
    """Levels that reach nobody in the chain of any incident that is open."""
    found: list[NotReady] = []
    for name in store.subjects("IR-"):
        with isolated(name, []):  # each look tells it
            records = tuple(store.read(name))
            if incident_of(name, records).state is IncidentState.OPEN:
                found += chain_problems(history_of(name, records), settings)
    return tuple(found)


def _open(statuses: Sequence[ClockStatus]) -> dict[str, int]:
    return {status.id: status.generation for status in statuses if is_watched(status)}


def _troubles(
    history: History, statuses: Sequence[ClockStatus], now: datetime, within: timedelta | None
) -> list[Trouble]:
    found = []
    overdue = {clock.id for clock in statuses if is_over(clock)}
    for clock in statuses:
        if clock.id in overdue and not _is_taken_over(history, clock.id, now):
            text = "is overdue, and nobody has acknowledged it"
            found.append(_trouble("unacknowledged_overdue", history, clock, text))
        elif within is not None and _is_due_within(clock, now, within):
            found.append(_trouble("due_soon", history, clock, "is due soon"))
    for alarm in unacknowledged(history, _open(statuses), now):
        if alarm.clock not in overdue:
            status = next(clock for clock in statuses if clock.id == alarm.clock)
            found.append(_trouble("unacknowledged", history, status, _waiting(history, alarm)))
    return found


def _waiting(history: History, alarm: Alert) -> str:
    """Who got the alert that nobody has acknowledged."""
    message = history.latest(alarm.clock)
    tries = told_words(message.tries if message is not None else ())
    return f"waits for somebody since {threshold_words(alarm.threshold)}: {tries}, and nobody has acknowledged it"


def _is_due_within(status: ClockStatus, now: datetime, within: timedelta) -> bool:
    due = status.work_by
    return is_watched(status) and due is not None and now <= due <= now + within


def _is_taken_over(history: History, clock: str, now: datetime) -> bool:
    return any(ack.clock == clock and ack.until > now for ack in history.acknowledgements)


def _trouble(kind: str, history: History, status: ClockStatus, what: str) -> Trouble:
    due = status.work_by
    limit = f" (due {to_z(due)}){status.rule.from_memory_mark}" if due is not None else ""
    text = f"{history.incident} {status.id} {what}{limit}"
    return Trouble(kind=kind, incident=history.incident, clock=status.id, text=text, due_at=due)


def checked_to_json(checked: WatchCheckResult) -> dict[str, Any]:
    """Plain values for a monitor."""
    beat = checked.heartbeat
    return {
        "at": to_z(checked.at),
        "exit_code": int(checked.exit_code),
        "heartbeat_at": to_z(beat.at) if beat is not None else None,
        "heartbeat_age_seconds": int((checked.at - beat.at).total_seconds()) if beat is not None else None,
        "incident_count": checked.incident_count, "subject_count": checked.subject_count,
        "next_due": to_z(checked.next_due) if checked.next_due is not None else None,
        "troubles": [trouble_to_json(trouble) for trouble in checked.troubles],
    }  # fmt: skip
