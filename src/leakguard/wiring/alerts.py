"""Who is notified and how, and the watchman that does it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from leakguard.bundled import BundledFiles
from leakguard.errors import StoreUnusable
from leakguard.models.subjects import OUTBOUND_SUBJECT, REPORTS, SITES_SUBJECT
from leakguard.settings import Settings
from leakguard.wiring.machine import host_name

if TYPE_CHECKING:
    from leakguard.alerts.subjects import WatchedSubject
    from leakguard.channels.make import ChannelContext
    from leakguard.intake.legal_rules import LegalRuleMatch
    from leakguard.intake.promises import Promises
    from leakguard.intake.view import Report
    from leakguard.ports import AnsweringChannel, IncidentStore
    from leakguard.store.heartbeat_file import HeartbeatFile
    from leakguard.store.sql_store import SqlStore
    from leakguard.store.unwritten_file import UnwrittenFile
    from leakguard.use_cases.alerts.on_call import OnDuty
    from leakguard.use_cases.alerts.subject_cycle import Subjects
    from leakguard.use_cases.alerts.watchman import Watchman
    from leakguard.use_cases.incidents.incident_rules import Reach
    from leakguard.use_cases.intake.watched_reports import AskedOf
    from leakguard.wiring.machine import SystemTime

DRILL_FILE = "drill-alarms.txt"
"""What every channel is in a drill, so that nobody is woken."""


class AlertsWiringBase(Protocol):
    """What this part needs of the others."""

    settings: Settings
    system_time: SystemTime

    @property
    def bundled(self) -> BundledFiles:
        """The data folders."""

    @property
    def existing_store(self) -> SqlStore:
        """The store."""

    @property
    def store_if_any(self) -> SqlStore | None:
        """The store where there is one."""

    @property
    def reach(self) -> Reach:
        """Whose law may reach the organisation."""

    @property
    def alert_surroundings(self) -> ChannelContext:
        """What channels need of the machine."""

    def channels(self) -> Mapping[str, AnsweringChannel]:
        """The channels that the settings name."""

    def short_head(self) -> str:
        """Where the ledger stands."""

    def promises(self) -> Promises:
        """What is promised to whoever reports."""

    def watched_subjects(self) -> Subjects:
        """What is watched beside incidents."""

    def rules_of_reports(self) -> Callable[[datetime], tuple[LegalRuleMatch, ...]]:
        """What laws ask about a report that arrived then."""

    def on_call(self) -> Callable[[datetime], OnDuty | None]:
        """Who gets alerts at a moment."""

    def now(self) -> datetime:
        """The time, in UTC."""

    def token(self, length: int = 8) -> str:
        """Random lower-case hex."""


class AlertWiring:
    """The part of `Wiring` that notifies people."""

    settings: Settings

    def heartbeat(self) -> HeartbeatFile:
        """The file by which others see that the watchman lives."""
        from leakguard.store.heartbeat_file import HeartbeatFile  # noqa: PLC0415  (`--help` must not load it)

        return HeartbeatFile.beside(self.settings.store, self.settings.watch.heartbeat)

    def unwritten_memory(self) -> UnwrittenFile:
        """Where `watchman once` remembers what it sent while the store could not be written."""
        from leakguard.store.unwritten_file import UnwrittenFile  # noqa: PLC0415  (as above)

        return UnwrittenFile.of(self.settings.store, os.environ)

    @property
    def alert_surroundings(self: AlertsWiringBase) -> ChannelContext:
        """What channels need of the machine."""
        from leakguard.channels.make import ChannelContext  # noqa: PLC0415  (`--help` must not load it)

        return ChannelContext(
            environment=os.environ,
            now=self.now,
            sleep=self.system_time.sleep,
            head=self.short_head,
            sandbox=Path(DRILL_FILE) if self.settings.drill else None,
        )

    def channels(self: AlertsWiringBase) -> dict[str, AnsweringChannel]:
        """The channels that the settings name; in a drill each of them is a file here, so that nobody is woken."""
        from leakguard.channels.make import make_channels  # noqa: PLC0415  (`--help` must not load it)

        return make_channels(self.settings.watch.channels, self.alert_surroundings)

    def missing_secrets(self: AlertsWiringBase) -> dict[str, str]:
        """By channel, the environment variable that it needs and that is not set here."""
        from leakguard.channels.make import missing_secrets  # noqa: PLC0415  (`--help` must not load it)

        return missing_secrets(self.settings.watch.channels, self.alert_surroundings)

    def short_head(self: AlertsWiringBase) -> str:
        """Where the ledger stands, to be kept by everybody who gets a mail: it dates what was known then.

        Empty where there is no store that can be read: a channel can be tried out all the same.
        """
        from leakguard.ledger.heads import print_form  # noqa: PLC0415  (`--help` must not load it)

        with suppress(StoreUnusable):
            store = self.store_if_any
            head = store.head() if store is not None else None
            return print_form(head) if head is not None else ""
        return ""

    def host(self) -> str:
        """The name of this machine."""
        return host_name()

    def watched_subjects(self: AlertsWiringBase, known: Iterable[Report] | None = None) -> Subjects:
        """What is watched beside incidents: reports from outside, transfers abroad, and security.txt of our sites.

        `known` are the reports where a server has read them already. Where the organisation sits is read now, so that
        a scope that somebody edits later ends no look.
        """
        asked = self.rules_of_reports()

        def subjects(store: IncidentStore, now: datetime) -> Iterator[WatchedSubject]:
            from leakguard.alerts.isolation import isolated_subjects  # noqa: PLC0415  (`--help` must not load it)

            if known if known is not None else store.subjects(REPORTS):
                reports = _watched_reports(self, store, now, known, asked)
                yield from isolated_subjects("reports", reports, link="leakguard report list")
            if store.last(OUTBOUND_SUBJECT) is not None:
                routes = _watched_routes(self, store, now)
                yield from isolated_subjects(OUTBOUND_SUBJECT, routes, link="leakguard outbound list")
            if store.last(SITES_SUBJECT) is not None:
                from leakguard.use_cases.intake.watched_sites import watched_sites  # noqa: PLC0415  (as below)

                sites = watched_sites(store, zone=self.settings.zone, now=now)
                yield from isolated_subjects(SITES_SUBJECT, sites, link="leakguard sites check")

        return subjects

    def watchman(self: AlertsWiringBase) -> Watchman:
        """A watchman of this process."""
        from leakguard.use_cases.alerts.watchman import Watchman  # noqa: PLC0415  (`--help` must not load it)
        from leakguard.use_cases.incidents.incident_rules import rule_book  # noqa: PLC0415  (`--help` must not load it)
        from leakguard.use_cases.incidents.step_estimates import step_estimates  # noqa: PLC0415  (`--help` must not load it)

        book = rule_book(self.bundled, self.reach)
        return Watchman(
            store=self.existing_store,
            rules=book,
            unknown=book.unknown,
            steps=step_estimates,
            channels=self.channels(),
            settings=self.settings.watch,
            holder=f"{host_name()}:{os.getpid()}:{self.token()}",
            now=self.now,
            is_drill=self.settings.drill,
            on_call=self.on_call(),
            subjects=self.watched_subjects(),
        )


def _watched_reports(
    around: AlertsWiringBase, store: IncidentStore, now: datetime, known: Iterable[Report] | None, asked: AskedOf
) -> Iterator[WatchedSubject]:
    from leakguard.use_cases.intake.watched_reports import watched_reports  # noqa: PLC0415  (most stores have none)

    return watched_reports(store, around.promises(), zone=around.settings.zone, now=now, asked=asked, known=known)


def _watched_routes(around: AlertsWiringBase, store: IncidentStore, now: datetime) -> Iterator[WatchedSubject]:
    from leakguard.outbound.rule_files import load_rules  # noqa: PLC0415  (most stores have none)
    from leakguard.use_cases.outbound.watched_routes import watched_routes  # noqa: PLC0415  (as above)

    return watched_routes(store, load_rules(around.bundled), now=now)
