"""Whether the settings can notify everybody whom they name, and what to do where they cannot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from leakguard.alerts.history import History
from leakguard.alerts.marks import duration_text
from leakguard.frozen import Frozen
from leakguard.models.alerts import LATEST_LEVEL, EscalationLevel, Severity, WatchSettings

NOBODY, UNREACHED, SECRET = "nobody_to_notify", "level_reaches_nobody", "missing_secret"
UNHEARD, LATE = "alerts_reach_nobody", "level_comes_late"
DEAD, UNWRITABLE = "dead_channel", "store_unwritable"
UNHELD, UNREAD_CALENDAR = "role_unheld", "calendar_unread"
"""Nobody can be reached who holds a role of the chain, by the roster; the roster's calendar cannot be read."""
NO_ROSTER, GAP_AHEAD = "role_not_on_roster", "roster_gap_ahead"
"""Of a role of the chain that no roster names, and of one that nobody holds soon: alone no reason to end with 3."""
LAWLESS = "seat_without_rule"
"""The organisation sits where no rule is known, so that no clock of its law is watched."""
UNWATCHED = "not_watched"
"""A deadline or a subject that cannot be watched, as its date or an entry of it makes no sense."""


class NotReady(Frozen):
    """One thing that keeps alerts from somebody."""

    kind: str
    """`nobody_to_notify`, `level_reaches_nobody`, `missing_secret`, `alerts_reach_nobody`, `level_comes_late`,
    `dead_channel`, `store_unwritable`, `role_unheld`, `calendar_unread`, `role_not_on_roster`, `roster_gap_ahead`,
    `seat_without_rule`, `not_watched`.
    """
    text: str
    next_step: str
    incident: str = ""
    """Where it holds for one incident, or another subject, alone."""


class Use(Frozen):
    """One level of the chain that uses a channel."""

    level: int
    """Counted from one."""
    role: str
    after: str
    """`PT10M`, counted from the first moment of the alert."""
    least: Severity

    @property
    def words(self) -> str:
        """`level 2 (deputy, after PT10M, from urgent on)`."""
        when = "at once" if self.after == "PT0S" else f"after {self.after}"
        least = "" if self.least is Severity.NOTICE else f", from {self.least.value} on"
        return f"level {self.level} ({self.role}, {when}{least})"


def uses_of(settings: WatchSettings) -> Mapping[str, tuple[Use, ...]]:
    """By channel, the levels that use it; in quiet hours another channel may take its place."""
    found: dict[str, list[Use]] = {channel.name: [] for channel in settings.channels}
    instead = settings.escalation.quiet.instead if settings.escalation.quiet is not None else {}
    for number, level in enumerate(settings.escalation.levels, start=1):
        use = Use(level=number, role=level.role, after=duration_text(level.after), least=level.least)
        names = settings.escalation.roles.get(level.role, ())
        for name in dict.fromkeys((*names, *(instead[name] for name in names if name in instead))):
            found.setdefault(name, []).append(use)
    return {name: tuple(uses) for name, uses in found.items()}


def settings_problems(settings: WatchSettings, missing: Mapping[str, str]) -> tuple[NotReady, ...]:
    """What is wrong before any alert is due; `missing` names the environment variable that a channel lacks."""
    return (*_nobody(settings), *_unheard_by_settings(settings), *_missing_secrets(settings, missing))


def settings_remarks(settings: WatchSettings) -> tuple[NotReady, ...]:
    """Levels that come so late that they practically reach nobody; alone no reason to end with 3."""
    return tuple(
        NotReady(
            kind=LATE,
            text=f"level {number} ({level.role}) practically reaches nobody: it comes {duration_text(level.after)} "
            "after the alert, and by then most clocks are over",
            next_step=f"Write an `after` of at most {duration_text(LATEST_LEVEL)} for the level in leakguard.toml.",
        )
        for number, level in enumerate(settings.escalation.levels, start=1)
        if level.is_late
    )


def _unheard(levels: Sequence[EscalationLevel]) -> str:
    """Which alerts no level sends in time; empty where each of them reaches somebody, or where there is no level."""
    timely = [level for level in levels if not level.is_late]
    least = min((level.least for level in timely), key=lambda severity: severity.rank, default=None)
    if not levels or least is Severity.NOTICE:
        return ""
    within = f" that comes within {duration_text(LATEST_LEVEL)}" if len(timely) < len(levels) else ""
    if least is None:
        return f"no alert reaches anybody: there is no level{within}"
    return f"alerts below {least.value} reach nobody: no level{within} has a lower `least`"


def _unheard_by_settings(settings: WatchSettings) -> Iterator[NotReady]:
    if settings.channels and (text := _unheard(settings.escalation.levels)):
        yield NotReady(
            kind=UNHEARD, text=text,
            next_step="Leave `least` out of one level of [escalation], or add a level without it, in leakguard.toml.",
        )  # fmt: skip


def _nobody(settings: WatchSettings) -> Iterator[NotReady]:
    if not settings.channels:
        what, next_step = "[[channel]]", "Add one, see `leakguard channel test --help`, and name it in [escalation]."
    elif not settings.escalation.levels:
        what = "[escalation] levels"
        next_step = 'Write for example: [escalation] levels = [{role = "commander"}], roles = {commander = ["NAME"]}'
    else:
        return
    yield NotReady(kind=NOBODY, text=f"nobody is notified: leakguard.toml names no {what}", next_step=next_step)


def _missing_secrets(settings: WatchSettings, missing: Mapping[str, str]) -> Iterator[NotReady]:
    uses = uses_of(settings)
    for name, variable in missing.items():
        levels = ", ".join(use.words for use in uses.get(name, ()))
        yield NotReady(
            kind=SECRET,
            text=f"channel {name} cannot be used: the environment variable {variable} is not set"
            + (f"; it notifies {levels}" if levels else ""),
            next_step=f"Set {variable} where the watchman runs, then try it: leakguard channel test {name}",
        )


def chain_problems(history: History, settings: WatchSettings) -> tuple[NotReady, ...]:
    """What keeps alerts from people by the chain with which an incident began and the settings of today.

    Which alerts no level sends is not told again where the settings have the same levels: `settings_problems` does.
    """
    levels: tuple[EscalationLevel, ...] = history.chain.levels if history.chain is not None else ()
    adopt = f"let the chain of leakguard.toml hold: leakguard watchman chain {history.incident} --adopt --by NAME"
    texts = [
        (
            UNREACHED,
            f"level {number} ({level.role}) reaches nobody: leakguard.toml gives the role {level.role} no channel",
            f"Give the role a channel, or {adopt} --reason TEXT",
        )
        for number, level in enumerate(levels, start=1)
        if not settings.escalation.roles.get(level.role)
    ]
    unheard = _unheard(levels) if levels != settings.escalation.levels else ""
    if unheard:
        texts.append((UNHEARD, unheard, f"Give each alert a level, then {adopt} --reason TEXT"))
    return tuple(
        NotReady(kind=kind, incident=history.incident, text=f"{history.incident}: {text}", next_step=next_step)
        for kind, text, next_step in texts
    )
