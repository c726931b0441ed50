"""Keeps what checks of apps found in the ledger, and says what changed since the build before."""

from __future__ import annotations

from leakguard.apps.history import CHECKED, PREFIX, AppChange, KeptCheck, change_of, checks_in, content_of, subject_of
from leakguard.errors import NotFound
from leakguard.files.names import nearest_name
from leakguard.frozen import Frozen
from leakguard.models.events import Interval
from leakguard.models.records import Record
from leakguard.ports import Journal, Now
from leakguard.use_cases.apps.check_apps import CheckedApps


class KeptApp(Frozen):
    """One app, by its last check and the one before."""

    file: str
    last: KeptCheck
    change: AppChange


def keep_apps(store: Journal, checked: CheckedApps, *, now: Now) -> tuple[KeptApp, ...]:
    """Keep one entry for each package that was read; what was refused leaves nothing behind."""
    kept = []
    for app in checked.apps:
        if app.verdict is None:
            continue
        subject, moment = subject_of(app.verdict, app.file), now()
        before = checks_of(store, subject)
        content = content_of(app.verdict, subject, app.sha256, checked.rules)
        record = Record(kind=CHECKED, occurred_at=Interval(earliest=moment, latest=moment), content=content)
        (last,) = checks_in(store.append(subject, (record,)))[subject]
        change = change_of(before[-1] if before else None, last)
        kept.append(KeptApp(file=app.file, last=last, change=change))
    return tuple(kept)


def checks_of(store: Journal, subject: str) -> tuple[KeptCheck, ...]:
    """The checks of one app, the oldest first."""
    return checks_in(store.of_kinds((CHECKED,), subject)).get(subject, ())


def known_apps(store: Journal) -> tuple[KeptApp, ...]:
    """Every app that was kept."""
    every = checks_in(store.of_kinds((CHECKED,)))
    return tuple(_app(checks) for checks in every.values())


def app_named(store: Journal, name: str) -> KeptApp:
    """By its subject, or by the name of its package; raises `NotFound` with the nearest."""
    known = known_apps(store)
    for app in known:
        if name in {app.last.subject, app.last.subject.removeprefix(PREFIX), app.last.package}:
            return app
    near = nearest_name(name[:100], [app.last.subject for app in known])
    hint = f"Did you mean `{near}`?" if near else "Keep one: leakguard app check FILE --category NAME --keep"
    raise NotFound(f"no app `{name[:100]}` was kept", next_step=hint)


def _app(checks: tuple[KeptCheck, ...]) -> KeptApp:
    last, before = checks[-1], checks[-2] if len(checks) > 1 else None
    return KeptApp(file="", last=last, change=change_of(before, last))
