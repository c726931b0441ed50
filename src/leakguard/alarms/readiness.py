"""Whether the settings can notify everybody whom they name, and what to do where they cannot."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from leakguard.alarms.history import History
from leakguard.alarms.marks import duration_text
from leakguard.frozen import Frozen
from leakguard.models.alarms import EscalationLevel, Severity, WatchSettings

NOBODY, UNREACHED, SECRET = "nobody_to_notify", "level_reaches_nobody", "missing_secret"


class NotReady(Frozen):
    """One thing that keeps alerts from somebody."""

    kind: str
    """`nobody_to_notify`, `level_reaches_nobody`, `missing_secret`."""
    text: str
    next_step: str
    incident: str = ""
    """Where it holds for one incident alone."""


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
    found: dict[str, list[Use]] = {one.name: [] for one in settings.channels}
    instead = settings.escalation.quiet.instead if settings.escalation.quiet is not None else {}
    for number, level in enumerate(settings.escalation.levels, start=1):
        use = Use(level=number, role=level.role, after=duration_text(level.after), least=level.least)
        names = settings.escalation.roles.get(level.role, ())
        for name in dict.fromkeys((*names, *(instead[name] for name in names if name in instead))):
            found.setdefault(name, []).append(use)
    return {name: tuple(uses) for name, uses in found.items()}


def settings_problems(settings: WatchSettings, missing: Mapping[str, str]) -> tuple[NotReady, ...]:
    """What is wrong before any alert is due; `missing` names the environment variable that a channel lacks."""
    return (*_nobody(settings), *_missing_secrets(settings, missing))


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
    """Levels of the chain with which an incident began that reach nobody by the settings of today."""
    levels: tuple[EscalationLevel, ...] = history.chain.levels if history.chain is not None else ()
    return tuple(
        NotReady(
            kind=UNREACHED,
            incident=history.incident,
            text=f"{history.incident}: level {number} ({level.role}) reaches nobody: "
            f"leakguard.toml gives the role {level.role} no channel",
            next_step="Give the role a channel, or let the chain of leakguard.toml hold: "
            f"leakguard watchman chain {history.incident} --adopt --by NAME --reason TEXT",
        )
        for number, level in enumerate(levels, start=1)
        if not settings.escalation.roles.get(level.role)
    )
