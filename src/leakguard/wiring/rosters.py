"""Who is on call: the calendar that the settings name, and the people who get alerts."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Protocol

from leakguard.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime, tzinfo

    from leakguard.channels.make import ChannelContext
    from leakguard.ports import AnsweringChannel
    from leakguard.store.sql_store import SqlStore
    from leakguard.use_cases.accounts.rosters import ReadCalendar
    from leakguard.use_cases.alerts.on_call import OnCall, OnDuty


class RostersWiringBase(Protocol):
    """What this part needs of the others."""

    settings: Settings

    @property
    def existing_store(self) -> SqlStore:
        """The store."""

    @property
    def alert_surroundings(self) -> ChannelContext:
        """What channels need of the machine."""

    @property
    def zone(self) -> tzinfo:
        """The zone of the settings."""

    def channels(self) -> Mapping[str, AnsweringChannel]:
        """The channels that the settings name."""

    def has_roster(self) -> bool:
        """Whether anybody said who is on call."""

    def calendar(self) -> ReadCalendar | None:
        """Reads the calendar of who is on call."""

    def on_call_tools(self, read: ReadCalendar | None) -> OnCall:
        """What finds out who is on call."""

    def now(self) -> datetime:
        """The time, in UTC."""


class RosterWiring:
    """The part of `Wiring` that knows who is on call."""

    settings: Settings

    @property
    def zone(self) -> tzinfo:
        """The zone of the settings."""
        from leakguard.clocks.times import zone_of  # noqa: PLC0415  (loaded when it is first asked for)

        return zone_of(self.settings.zone)

    def has_roster(self: RostersWiringBase) -> bool:
        """Whether anybody said who is on call; one query, and nothing of rosters is loaded."""
        if self.settings.stated_watch is not None and self.settings.watch.oncall.has_calendar:
            return True
        return any(True for _ in self.existing_store.of_kinds(("oncall_set",), "accounts"))

    def calendar(self: RostersWiringBase) -> ReadCalendar | None:
        """Reads the calendar that the settings name; a web address is asked once in a while. `None` without one."""
        oncall = self.settings.watch.oncall
        if not oncall.has_calendar:
            return None
        from leakguard.use_cases.accounts.roster_sources import file_source, unset_source, web_source  # noqa: PLC0415  (most have none)

        where = oncall.calendar or os.environ.get(oncall.calendar_env, "")
        if not where:
            return unset_source(oncall.calendar_env)
        if "://" not in where:
            return file_source(where)
        from leakguard.channels.calendar_page import fetch_calendar  # noqa: PLC0415  (as above)

        return web_source(lambda: fetch_calendar(where), self.now)

    def on_call(self: RostersWiringBase) -> Callable[[datetime], OnDuty | None]:
        """Who gets alerts at a moment; nothing of rosters is loaded before there is one."""
        found: list[OnCall] = []

        def at(now: datetime) -> OnDuty | None:
            if not found and self.has_roster():
                found.append(self.on_call_tools(self.calendar()))
            return found[0].at(now) if found else None

        return at

    def on_call_tools(self: RostersWiringBase, read: ReadCalendar | None) -> OnCall:
        """What finds out who is on call."""
        from leakguard.channels.make import make_channels  # noqa: PLC0415  (`--help` must not load it)
        from leakguard.use_cases.alerts.on_call import OnCall  # noqa: PLC0415  (as above)

        return OnCall(
            store=self.existing_store, settings=self.settings.watch, channels=self.channels(),
            make=lambda channel: make_channels([channel], self.alert_surroundings)[channel.name], zone=self.zone,
            read=read,
        )  # fmt: skip

    def roles_held(self: RostersWiringBase, actor: str, now: datetime) -> frozenset[str]:
        """The roles, in small letters, that an account holds at a moment; none for who has no account."""
        if not actor or not self.has_roster():
            return frozenset()
        from leakguard.use_cases.accounts.rosters import read_roster  # noqa: PLC0415  (loaded when it is first asked for)

        return read_roster(self.existing_store, self.calendar(), zone=self.zone, now=now).held_by(actor, now)
