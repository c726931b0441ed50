"""The alerts of what is no incident, in one cycle: reports from outside, transfers abroad, our own sites.

They go over the same channels and levels as those of incidents. Such a subject keeps no chain of its own: that of the
settings holds. After the limit people are reminded once a day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from leakguard.alerts.due import Watch, due_of, grouped, next_look
from leakguard.alerts.history import Message, history_of
from leakguard.alerts.marks import is_watched
from leakguard.alerts.messages import IncidentContext, due_records, message_of
from leakguard.alerts.subjects import WatchedSubject
from leakguard.alerts.undelivered import undelivered
from leakguard.models.alerts import AlertMessage
from leakguard.ports import AlertStore, IncidentStore
from leakguard.use_cases.alerts.alert_log import log_evaluated, log_raised
from leakguard.use_cases.alerts.alert_sending import AlertSending, Cycle

if TYPE_CHECKING:
    from leakguard.use_cases.alerts.watchman import Watchman

LEAST_REPEAT = timedelta(days=1)
"""What takes days or weeks to mend is reminded of once a day, however often clocks of incidents are."""
Subjects = Callable[[IncidentStore, datetime], Iterable[WatchedSubject]]
"""What is watched beside incidents, with its clocks at a moment."""


def no_subjects(store: IncidentStore, now: datetime) -> tuple[WatchedSubject, ...]:
    """Nothing but incidents is watched."""
    del store, now
    return ()


class SubjectCycle(AlertSending):
    """One subject in one cycle."""

    def __init__(self, watchman: Watchman, store: AlertStore, subject: WatchedSubject, cycle: Cycle) -> None:
        # Before the first threshold nobody was notified of anything, so there is no history to read.
        records = tuple(store.read(subject.id)) if subject.has_begun else ()
        super().__init__(watchman, subject.id, records, cycle)
        self._about = subject

    def whole(self, beat: datetime | None) -> Cycle:
        """Everything that is due, added to what the cycle did so far."""
        statuses, settings = self._about.statuses, self._watchman.settings.escalation
        log_evaluated(self._subject, statuses)
        watch = Watch(now=self._now, last_beat=beat, repeat=max(settings.repeat, LEAST_REPEAT))
        self._raise(watch)
        self._look_again(next_look(statuses, watch.repeat, self._now))
        running = {status.id: status.generation for status in statuses if is_watched(status)}
        self._send(running)
        left = undelivered(self._history(), settings, running, self._now)
        self._add(
            subject_count=self._cycle.subject_count + bool(statuses),
            deadlines=self._cycle.deadlines.plus(statuses, self._history(), self._now),
            undelivered=(*self._cycle.undelivered, *left),
            problems=(*self._cycle.problems, *self._about.problems),
        )
        return self._cycle

    def _raise(self, watch: Watch) -> None:
        history = self._history()
        dues = [due_of(self._subject, status, history, watch) for status in self._about.statuses]
        skipped = [missed for due in dues for missed in due.missed]
        kept = self._keep(due_records(grouped(dues), skipped, history, now=watch.now))
        new = history_of(self._subject, kept).messages
        log_raised(self._subject, new)
        missed = len(kept) - sum(len(message.alarms) for message in new)
        self._add(
            messages=(*self._cycle.messages, *(self._text(message) for message in new)),
            missed_count=self._cycle.missed_count + missed,
        )

    def _text(self, message: Message, *, is_repeated: bool = False) -> AlertMessage:
        about = IncidentContext(
            title=self._about.title, zone=self._about.zone, actions=self._about.actions, link=self._about.link,
            is_drill=self._watchman.is_drill,
        )  # fmt: skip
        return message_of(message, incident=self._subject, now=self._now, about=about, is_repeated=is_repeated)
