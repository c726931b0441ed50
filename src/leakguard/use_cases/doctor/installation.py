"""Checks what the settings name: files, the store and its disk, the scope, channels, modes of files, the watchman."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from leakguard.alerts.readiness import NOBODY, NotReady, settings_problems
from leakguard.errors import LeakGuardError
from leakguard.frozen import Frozen
from leakguard.models.alerts import WatchSettings
from leakguard.models.file_modes import Access, Output, mode_of
from leakguard.models.incidents import IncidentState
from leakguard.models.moments import to_z
from leakguard.models.scope import Scope
from leakguard.models.texts import duration_words
from leakguard.ports import IncidentStore
from leakguard.use_cases.alerts.heartbeats import Heartbeat
from leakguard.use_cases.doctor.checkup import Check, Said, problem, unknown, well
from leakguard.use_cases.incidents.incident_brief import incidents_in_brief
from leakguard.use_cases.proofs.clock_doubts import COMMAND, DoubtStore, clock_doubt

LEAST_FREE = 200 * 2**20
"""Bytes: a scan of a large network adds tens of megabytes to the store, and a kept copy of evidence may be as large."""
STALE = timedelta(minutes=3)
"""As `watchman check`."""
_ALL_BITS = 0o777
_NO_SETTINGS = "leakguard.toml cannot be read, so nobody knows where it is"
_NO_STORE = "the store cannot be read"
_AGAIN = "Fix that first, then: leakguard doctor"


class HealthStore(IncidentStore, DoubtStore, Protocol):
    """What the checks ask the store."""

    def damage(self) -> tuple[str, ...]:
        """What the database's own check says is wrong with its file."""

    def try_writing(self) -> None:
        """Begin to write and write nothing; raises `StoreUnusable`."""


class StoreSeen(Frozen):
    """A store as it is before anything opens it, which would lift one of an earlier release."""

    name: str
    is_there: bool
    revision: str | None = None
    """Nothing in what is no store of ours."""
    is_current: bool = False
    is_earlier: bool = False
    """Whether the next command that opens it lifts it to this release."""


class NamedPath(Frozen):
    """A file or folder that the settings name."""

    setting: str
    path: str
    is_there: bool


class OwnRules(Frozen):
    """What the folders `duties` and `templates` of the settings add to what ships."""

    duties: int | None = None
    """`None` without such a folder."""
    templates: int | None = None

    @property
    def words(self) -> str:
        """`your own: 2 duties, 1 template`; empty where the settings name no such folder."""
        counts = ((self.duties, "duty", "duties"), (self.templates, "template", "templates"))
        parts = [f"{count} {one if count == 1 else many}" for count, one, many in counts if count is not None]
        return f"your own: {', '.join(parts)}" if parts else ""


class KeptFile(Frozen):
    """A file that LeakGuard made."""

    path: str
    kind: Output
    mode: int
    """The bits of the rights alone, such as 0o600."""


class Installation(Protocol):
    """What the checks ask about the settings and what they name."""

    @property
    def watch(self) -> WatchSettings:
        """Who is notified."""

    @property
    def access(self) -> Access:
        """Whom the files of the store belong to; raises `NotFound` for a group that the machine does not know."""

    def now(self) -> datetime:
        """The time, in UTC."""

    def named_paths(self) -> Sequence[NamedPath]:
        """What `leakguard.toml` names beside the store."""

    def own_rules(self) -> OwnRules:
        """How much of the organisation's own applies; raises `BadFile` for what does not, `NotFound` for no folder."""

    def look_at_store(self) -> StoreSeen:
        """The store, looked at and not opened; raises `StoreUnusable`."""

    def store(self) -> HealthStore:
        """The store, opened; raises `StoreUnusable`."""

    def free_bytes(self) -> int | None:
        """How much room the disk of the store has; nothing for a server, whose disk is looked at there."""

    def scope(self) -> Scope | None:
        """The scope, if there is one here; raises `BadFile`, `ScopeRefused`."""

    def missing_secrets(self) -> Mapping[str, str]:
        """By channel, the environment variable that it needs and that is not set."""

    def kept_files(self) -> Sequence[KeptFile]:
        """The files of the store, the keys and the log that are there."""

    def heartbeat(self) -> Heartbeat | None:
        """The last heartbeat of a watchman, if there is one that can be read."""


def installation_checks(installation: Installation | LeakGuardError) -> Mapping[str, Check]:
    """The checks by the name of their part; where the settings cannot be read, the others cannot be made."""
    if isinstance(installation, LeakGuardError):
        return {"settings": _raising(installation), **dict.fromkeys(_PARTS, _unmade)}
    return {
        "settings": lambda: _settings(installation),
        **{name: partial(check, installation) for name, check in _PARTS.items()},
    }


def _raising(error: LeakGuardError) -> Check:
    def check() -> Said:
        raise error

    return check


def _unmade() -> Said:
    yield unknown(_NO_SETTINGS, _AGAIN)


def _settings(installation: Installation) -> Said:
    missing = [path for path in installation.named_paths() if not path.is_there]
    for path in missing:
        yield problem(
            f"leakguard.toml names `{path.path}` as `{path.setting}`, and it does not exist",
            f"Make it, or take `{path.setting}` out of leakguard.toml.",
        )
    installation.access  # noqa: B018  (raises for an unknown group)
    if not missing:
        own = installation.own_rules().words
        yield well("leakguard.toml and the environment can be used" + (f"; {own}" if own else ""))


def _store(installation: Installation) -> Said:
    seen = installation.look_at_store()
    if not seen.is_there:
        yield well(f"there is no store {seen.name} yet; `leakguard scan` and `leakguard incident open` make one")
    elif seen.is_earlier:
        yield problem(
            f"{seen.name} is of an earlier release (schema {seen.revision}); the next command that opens it lifts it",
            "Copy it with its .head file, then: leakguard incident list",
        )
    elif not seen.is_current:
        what = f"was written by a newer LeakGuard (schema {seen.revision})" if seen.revision else "is no store"
        upgrade = "Upgrade LeakGuard, or name" if seen.revision else "Name"
        yield problem(f"{seen.name} {what}", f"{upgrade} another file with --store.")
    else:
        yield from _opened(installation, seen)


def _opened(installation: Installation, seen: StoreSeen) -> Said:
    store = installation.store()
    damage = store.damage()
    for line in damage:
        yield problem(f"{seen.name} is damaged: {line}", "leakguard evidence verify")
    store.try_writing()
    free = installation.free_bytes()
    if free is not None and free < LEAST_FREE:
        yield problem(f"the disk of {seen.name} has {free // 2**20} MiB left", "Free the disk, or move the store.")
    elif not damage:
        room = "" if free is None else f"; its disk has {free / 2**30:,.1f} GiB left"
        yield well(f"{seen.name}: schema {seen.revision}, whole, can be written{room}")


def _usable(installation: Installation) -> HealthStore | None:
    """The store, where there is one; raises `StoreUnusable` for one that must not be opened here."""
    seen = installation.look_at_store()
    return installation.store() if seen.is_there and seen.is_current else None


def _of_store(check: Callable[[Installation, HealthStore | None], Said]) -> Callable[[Installation], Said]:
    """A check that asks the store; a store that cannot be asked is told of once, by the check of the store itself."""

    def asked(installation: Installation) -> Said:
        try:
            seen, store = installation.look_at_store(), _usable(installation)
            if seen.is_there and store is None:
                yield unknown(_NO_STORE, _AGAIN)
                return
            yield from tuple(check(installation, store))
        except LeakGuardError:
            yield unknown(_NO_STORE, _AGAIN)

    return asked


def _ledger_clock(installation: Installation, store: HealthStore | None) -> Said:
    doubt = clock_doubt(store, installation.now()) if store is not None else None
    if doubt is None:
        yield well("the ledger is not ahead of the clock of this machine")
    else:
        yield problem(f"the ledger is {duration_words(doubt.ahead)} ahead of the clock of this machine", COMMAND)


def _scope(installation: Installation) -> Said:
    scope = installation.scope()
    if scope is None:
        yield well("there is no scope here, so nothing is probed; `leakguard scope init` writes one")
    else:
        yield well(f"the scope `{scope.name}` is in force")


def _channels(installation: Installation, store: HealthStore | None) -> Said:
    settings, count = installation.watch, len(_open(store))
    problems = tuple(_worth_saying(settings_problems(settings, installation.missing_secrets()), count))
    for unready in problems:
        yield problem(unready.text, unready.next_step)
    if problems:
        return
    if not settings.channels:
        yield well("no channel is configured, and no incident is open that somebody has to be notified of")
    else:
        noun = "channel is" if len(settings.channels) == 1 else "channels are"
        yield well(f"{len(settings.channels)} {noun} configured with what they need; try them: leakguard channel test")


def _worth_saying(problems: Collection[NotReady], open_count: int) -> Iterator[NotReady]:
    """Nobody has to be notified while no incident is open."""
    return (problem for problem in problems if open_count or problem.kind != NOBODY)


def _watchman(installation: Installation, store: HealthStore | None) -> Said:
    beat, now, count = installation.heartbeat(), installation.now(), len(_open(store))
    run = "leakguard watchman run"
    if beat is None and not count:
        yield well("no watchman was ever at work here, and no incident is open")
    elif beat is None:
        yield problem(f"incidents are open ({count}), and no watchman was ever at work here", run)
    elif beat.at > now + STALE:
        yield problem(f"the last heartbeat bears the time {to_z(beat.at)}, which is still to come", COMMAND)
    elif now - beat.at > STALE and count:
        yield problem(f"incidents are open ({count}), and the last heartbeat came at {to_z(beat.at)}", run)
    else:
        yield well(f"the last heartbeat came at {to_z(beat.at)}")


def _open(store: HealthStore | None) -> list[str]:
    known = incidents_in_brief(store) if store is not None else ()
    return [incident.id for incident in known if incident.state is IncidentState.OPEN]


def _permissions(installation: Installation) -> Said:
    files, access = installation.kept_files(), installation.access
    wrong = [
        (file, mode_of(file.kind, access)) for file in files if file.mode & _ALL_BITS & ~mode_of(file.kind, access)
    ]
    for kept_file, right in wrong:
        mend = f"chmod {right:o} {shlex.quote(kept_file.path)}"
        yield problem(f"{kept_file.path} may be used by others (mode {kept_file.mode:o})", mend)
    if not wrong:
        yield well(f"{len(files)} files, none with more rights than it needs")


_PARTS: Mapping[str, Callable[[Installation], Said]] = {
    "store": _store,
    "ledger_clock": _of_store(_ledger_clock),
    "scope": _scope,
    "channels": _of_store(_channels),
    "watchman": _of_store(_watchman),
    "permissions": _permissions,
}
