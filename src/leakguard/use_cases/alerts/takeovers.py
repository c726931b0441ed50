"""Takeovers: a watchman that takes the place of another one says so in the ledger, and over the channels."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from leakguard.alerts.history import History, Message
from leakguard.alerts.records import FAILED, RAISED, SENT, TAKEOVER, TRY, raised_record, takeover_record
from leakguard.alerts.undelivered import undelivered
from leakguard.models.alerts import Alert, AlertMessage, Severity
from leakguard.models.moments import to_z
from leakguard.models.texts import shown
from leakguard.use_cases.alerts.alert_sending import AlertSending, Cycle

KINDS = frozenset({RAISED, TRY, SENT, FAILED, TAKEOVER})
"""The records of the watchman itself that tell of takeovers and of the alerts about them."""
CLOCK, THRESHOLD = "watchman", "takeover"
"""What stands in the alert in the place of a clock and of its threshold."""
LIVE = timedelta(hours=24)
"""How long it is tried to tell somebody, and how long `watchman check` shows it."""
MOST_NAME = 120


class TakeoverLook(AlertSending):
    """The takeovers of the watchman in one cycle; one alert each, which ends with the first channel that takes it."""

    def whole(self) -> Cycle:
        """Record the takeover of this cycle, and send what nobody was told yet."""
        if self._cycle.is_takeover:
            self._raise()
        waiting = live(self._history(), self._now)
        if waiting:
            self._send(waiting)
            settings, waiting = self._watchman.settings.escalation, live(self._history(), self._now)
            left = undelivered(self._history(), settings, waiting, self._now)
            self._add(undelivered=(*self._cycle.undelivered, *left))
        return self._cycle

    def _raise(self) -> None:
        former, holder, beat = self._cycle.other_holder, self._watchman.holder, self._cycle.last_beat
        number = sum(record.kind == TAKEOVER for record in self._records) + 1
        alarm = Alert(
            incident=self._subject, clock=CLOCK, generation=number, threshold=THRESHOLD, severity=Severity.WARNING,
            at=self._now, due_at=None, is_statutory=False, title=takeover_words(former, holder, beat),
        )  # fmt: skip
        took_over = takeover_record(former, holder, last_beat=beat, now=self._now)
        self._keep((took_over, raised_record(alarm, message=f"A-takeover-{number}", now=self._now)))

    def _text(self, message: Message, *, is_repeated: bool = False) -> AlertMessage:
        lines = [
            f"{message.alarms[0].title}.",
            "Look why it fell silent, and start it again where it ran: leakguard watchman run",
            "See who watches: leakguard watchman check. Two watchmen on one store are safe.",
        ]
        return self._own_text(
            message, "LeakGuard's watchman fell silent, and another one took over", lines, is_repeated=is_repeated
        )


def live(history: History, now: datetime) -> Mapping[str, int]:
    """The takeover that somebody has yet to be told of, as a clock that runs; nothing once a channel took it."""
    message = history.latest(CLOCK)
    if message is None or message.raised_at + LIVE <= now or any(attempt.outcome == SENT for attempt in message.tries):
        return {}
    return {CLOCK: message.alarms[0].generation}


def takeover_words(former: str, holder: str, last_beat: datetime | None) -> str:
    """One sentence without its full stop."""
    beat = to_z(last_beat.replace(microsecond=0)) if last_beat is not None else ""
    since = f", which looked last at {beat}" if beat else ", which had not ended a cycle"
    return f"The watchman {shown(holder, MOST_NAME)} took over from {shown(former, MOST_NAME)}{since}"
