"""A store that cannot be written: the people on call are told of it, once for each time that it begins."""

from __future__ import annotations

from collections.abc import Mapping

from leakguard.alerts.history import Message
from leakguard.alerts.records import SENT, raised_record
from leakguard.alerts.undelivered import undelivered
from leakguard.models.alerts import Alert, AlertMessage, Severity
from leakguard.models.texts import shown
from leakguard.use_cases.alerts.alert_sending import AlertSending, Cycle

CLOCK, THRESHOLD = "store", "unwritable"
"""What stands in the alert in the place of a clock and of its threshold."""
_MOST_REASON = 300


class StoreLook(AlertSending):
    """One alert about the store, which ends with the first channel that takes it."""

    def whole(self) -> Cycle:
        """Raise the alert unless this time it was raised already, and send it until a channel takes it."""
        # The last whole look stands still while nothing can be written: it names this time among all.
        beat = self._cycle.last_beat
        generation = int(beat.timestamp()) if beat is not None else 0
        alarm = Alert(
            incident=self._subject, clock=CLOCK, generation=generation, threshold=THRESHOLD, severity=Severity.URGENT,
            at=self._now, due_at=None, is_statutory=False, title=shown(self._watchman.unwritable, _MOST_REASON),
        )  # fmt: skip
        self._keep((raised_record(alarm, message=f"A-store-{generation}", now=self._now),))
        waiting = self._waiting()
        if waiting:
            self._send(waiting)
            settings = self._watchman.settings.escalation
            left = undelivered(self._history(), settings, self._waiting(), self._now)
            self._add(undelivered=(*self._cycle.undelivered, *left))
        return self._cycle

    def _waiting(self) -> Mapping[str, int]:
        message = self._history().latest(CLOCK)
        if message is None or any(attempt.outcome == SENT for attempt in message.tries):
            return {}
        return {CLOCK: message.alarms[0].generation}

    def _text(self, message: Message, *, is_repeated: bool = False) -> AlertMessage:
        lines = [
            f"{message.alarms[0].title}.",
            "Until it is writable, nobody can record an event or acknowledge an alert. Alerts that are due are sent.",
            "Free some space or make the store writable. See how it stands: leakguard watchman check",
        ]
        return self._own_text(message, "LeakGuard's store cannot be written", lines, is_repeated=is_repeated)
