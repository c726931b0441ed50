"""Tries channels out: one real test message through each, and what came back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from leakguard.alerts.readiness import Use, uses_of
from leakguard.alerts.records import tested_record
from leakguard.clocks.times import local_words
from leakguard.errors import ChannelFailed, ExitCode, NotFound
from leakguard.files.names import nearest_name
from leakguard.frozen import Frozen
from leakguard.models.alerts import AlertMessage, ChannelSettings, Severity, WatchSettings
from leakguard.models.moments import to_z
from leakguard.models.texts import shown
from leakguard.ports import AnsweringChannel, Journal
from leakguard.use_cases.alerts.alert_sending import MOST_REASON
from leakguard.use_cases.alerts.watchman import LEASE

_MOST_NAME = 120


class Origin(Frozen):
    """Where a test comes from, for whoever gets it."""

    host: str
    store: str
    zone: str
    is_drill: bool = False


class ChannelTrial(Frozen):
    """One channel, and what came back."""

    name: str
    kind: str
    to: tuple[str, ...]
    """Mailboxes of a mail channel; other addresses may hold a secret."""
    uses: tuple[Use, ...]
    is_for_heartbeats: bool
    is_accepted: bool
    answer: str
    """What the other side said; empty where it said nothing."""
    problem: str
    next_step: str
    seconds: float


class Trial(Frozen):
    """All that were tried."""

    at: datetime
    test: str
    """The id of the message, to be found where it arrived."""
    tried: tuple[ChannelTrial, ...]
    unserved: tuple[Use, ...]
    """Levels with no channel that took the message; of a single channel tried, only those that use it."""

    @property
    def exit_code(self) -> ExitCode:
        """Clean where there is a channel and each one took the message."""
        is_good = bool(self.tried) and all(trial.is_accepted for trial in self.tried)
        return ExitCode.CLEAN if is_good else ExitCode.UNFINISHED


def chosen(settings: WatchSettings, name: str | None) -> tuple[ChannelSettings, ...]:
    """The channel of this name, or all of them; raises `NotFound` with the nearest name."""
    known = [channel.name for channel in settings.channels]
    if name is not None and name not in known:
        near = nearest_name(name, known)
        hint = f" (did you mean `{near}`?)" if near else ""
        names = ", ".join(known) or "none"
        raise NotFound(f"no [[channel]] of leakguard.toml is called `{name[:60]}`{hint}", next_step=f"Known: {names}.")
    return tuple(channel for channel in settings.channels if name in {None, channel.name})


def try_channels(
    settings: WatchSettings, channels: Mapping[str, AnsweringChannel], name: str | None, origin: Origin, *,
    test: str, now: datetime, monotonic: Callable[[], float],
) -> Trial:  # fmt: skip
    """Send the test message through each chosen channel, one after the other; raises `NotFound`."""
    picked, uses = chosen(settings, name), uses_of(settings)
    tried = tuple(
        _tried(channel, channels[channel.name], settings, uses.get(channel.name, ()), origin, test, now, monotonic)
        for channel in picked
    )
    return Trial(at=now, test=test, tried=tried, unserved=_unserved(tried, uses, is_whole=name is None))


def keep_trial(journal: Journal, trial: Trial, *, now: datetime) -> None:
    """Keep in the ledger which channel took the test message: a dead channel counts as dead until it takes one."""
    records = [
        tested_record(tried.name, test=trial.test, failure=tried.problem[:MOST_REASON], now=now)
        for tried in trial.tried
    ]
    if records:
        journal.append(LEASE, records)


def _tried(
    channel_settings: ChannelSettings, channel: AnsweringChannel, settings: WatchSettings, uses: tuple[Use, ...],
    origin: Origin,
    test: str, now: datetime, monotonic: Callable[[], float],
) -> ChannelTrial:  # fmt: skip
    began, answer, problem, next_step = monotonic(), "", "", ""
    try:
        answer = channel.send_and_report(trial_message(channel_settings.name, uses, origin, test=test, now=now))
    except ChannelFailed as error:
        answer, problem, next_step = error.answer, error.message, error.next_step
    return ChannelTrial(
        name=channel_settings.name, kind=channel_settings.kind, to=tuple(channel_settings.options.get("to", ())),
        uses=uses,
        is_for_heartbeats=settings.heartbeat_channel == channel_settings.name, is_accepted=not problem, answer=answer,
        problem=problem, next_step=next_step, seconds=round(monotonic() - began, 3),
    )  # fmt: skip


def trial_message(channel: str, uses: Sequence[Use], origin: Origin, *, test: str, now: datetime) -> AlertMessage:
    """A message that nobody can take for an alert."""
    moment = now.replace(microsecond=0)
    local = "" if origin.zone == "UTC" else f"{local_words(moment, origin.zone)}, "
    where = f"{shown(origin.host, _MOST_NAME)}, store {shown(origin.store, _MOST_NAME)}"
    reach = "; ".join(use.words for use in uses) or "no level of [escalation]"
    return AlertMessage(
        id=f"{test}-{channel}",
        incident="",
        clock="",
        threshold="",
        severity=Severity.NOTICE,
        title=f"Test of the channel {channel}: nothing has happened",
        lines=(
            "This is a test: nothing has happened, and nothing has to be done.",
            f"Sent by hand with `leakguard channel test` on {where}, at {local}{to_z(moment)}.",
            f"Alerts on this channel notify {reach}.",
        ),
        due_at=None,
        is_drill=origin.is_drill,
        is_test=True,
    )


def _unserved(tried: Sequence[ChannelTrial], uses: Mapping[str, tuple[Use, ...]], *, is_whole: bool) -> tuple[Use, ...]:
    """Of a single channel, the levels that use it and have no other one that is known to work."""
    served = {use.level for trial in tried if trial.is_accepted for use in trial.uses}
    asked = uses.values() if is_whole else [trial.uses for trial in tried]
    left = {use for every in asked for use in every if use.level not in served}
    return tuple(sorted(left, key=lambda use: use.level))


def trial_json(trial: Trial) -> dict[str, object]:
    """Plain values (`leakguard.channel_test/1`)."""
    return {
        "schema": "leakguard.channel_test/1",
        "at": to_z(trial.at),
        "test": trial.test,
        "exit_code": int(trial.exit_code),
        "channels": [
            {
                "name": one.name, "kind": one.kind, "to": list(one.to), "accepted": one.is_accepted,
                "answer": one.answer or None, "seconds": one.seconds, "problem": one.problem or None,
                "next_step": one.next_step or None, "levels": [_use(use) for use in one.uses],
                "heartbeats": one.is_for_heartbeats,
            }
            for one in trial.tried
        ],
        "levels_not_served": [_use(use) for use in trial.unserved],
    }  # fmt: skip


def _use(use: Use) -> dict[str, object]:
    return {"level": use.level, "role": use.role, "after": use.after, "least": use.least.value}
