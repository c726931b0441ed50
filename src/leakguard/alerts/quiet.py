"""Quiet hours: mild alarms of internal clocks wait for the morning; a law's clock is never muted, only rerouted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from leakguard.alerts.history import Message
from leakguard.clocks.times import zone_of
from leakguard.models.alerts import QuietHours, Severity


def is_quiet(quiet: QuietHours | None, now: datetime) -> bool:
    """Whether `now` lies in the quiet hours, on the wall clock of their zone."""
    if quiet is None:
        return False
    here = now.astimezone(zone_of(quiet.zone)).time()
    if quiet.start <= quiet.end:
        return quiet.start <= here < quiet.end
    return here >= quiet.start or here < quiet.end


def channel_for(name: str, quiet: QuietHours | None, now: datetime) -> str:
    """The channel to use now in the place of `name`."""
    return quiet.instead.get(name, name) if quiet is not None and is_quiet(quiet, now) else name


def waits_until(message: Message, quiet: QuietHours | None, base: datetime, now: datetime) -> datetime:
    """From when on people are told: `base`, or the end of the quiet hours for what can wait."""
    if quiet is None or message.is_statutory or message.severity.rank > Severity.WARNING.rank:
        return base
    held = next((moment for moment in (now, base) if is_quiet(quiet, moment)), None)
    return base if held is None else end_of(quiet, held)


def end_of(quiet: QuietHours, now: datetime) -> datetime:
    """When the quiet hours that hold `now` are over, in UTC."""
    local = now.astimezone(zone_of(quiet.zone))
    day = local.date() if local.time() < quiet.end else local.date() + timedelta(days=1)
    return datetime.combine(day, quiet.end, tzinfo=local.tzinfo).astimezone(UTC)
