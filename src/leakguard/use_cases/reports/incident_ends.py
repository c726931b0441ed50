"""What is missing until an incident can be closed, and which clocks run on after it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from leakguard.clocks.clock_status import ClockStatus
from leakguard.models.records import KeptRecord
from leakguard.models.unfinished import MUST, Area, UnfinishedItem
from leakguard.ports import DataFolders
from leakguard.use_cases.incidents.incident_events import Check
from leakguard.use_cases.incidents.incident_rules import Reach, rule_book
from leakguard.use_cases.reports.closing import areas_of, refuse_missing, still_running
from leakguard.use_cases.reports.report_clocks import reported_rules
from leakguard.use_cases.reports.unfinished import unfinished_by
from leakguard.use_cases.reports.unknown_duties import unknown_by_records

if TYPE_CHECKING:
    from leakguard.notices.book import DutyBook
    from leakguard.use_cases.reports.unfinished import UnfinishedStore

MissingOf = Callable[[Sequence[KeptRecord]], tuple[UnfinishedItem, ...]]


class EndTools(Protocol):
    """What is asked for the end of an incident; `wiring` has it."""

    @property
    def bundled(self) -> DataFolders:
        """The data folders."""

    @property
    def existing_store(self) -> UnfinishedStore:
        """The store."""

    def duties(self) -> DutyBook:
        """Every duty."""

    def now(self) -> datetime:
        """The time, in UTC."""


def missing_of(tools: EndTools, incident: str, reach: Reach, facts: tuple[str, str] | None = None) -> MissingOf:
    """What is not finished in an incident, by its records; `facts`, name and text, say which duties count."""
    store = tools.existing_store
    if facts is None:
        book = rule_book(tools.bundled, reach)
        unsettled = lambda records: tuple(unknown_by_records(incident, records, book))  # noqa: E731
        return unfinished_by(store, book, incident, now=tools.now, unsettled=unsettled)
    found = reported_rules(tools.bundled, store, tools.duties(), incident, reach, facts=facts, now=tools.now())
    return unfinished_by(
        store, lambda _, __: found.rules, incident, now=tools.now, assessed=found.assessed,
        unsettled=lambda _: found.unsettled,
    )  # fmt: skip


def running_of(tools: EndTools, incident: str, reach: Reach) -> tuple[ClockStatus, ...]:
    """The clocks that are watched although the incident is closed."""
    return still_running(tools.existing_store, rule_book(tools.bundled, reach), incident, tools.now())


class ClosingEvent:
    """What closing by an event needs to know of the laws; found out before anything is recorded."""

    def __init__(self, tools: EndTools, incident: str, reach: Reach) -> None:
        self._tools, self._incident, self._reach = tools, incident, reach
        self._missing = missing_of(tools, incident, reach)

    def despite(self) -> dict[str, str]:
        """The field that says in which areas something was missing; empty where nothing was."""
        records = tuple(self._tools.existing_store.read(self._incident))
        areas = ", ".join(areas_of(self._missing(records)))
        return {"despite": areas} if areas else {}

    def check(self, reason: str) -> Check:
        """Refuses what `incident close` refuses; a reason overrides every area that may be overridden."""
        despite = frozenset(Area) - MUST if reason else frozenset()
        return lambda records: refuse_missing(self._incident, self._missing(records), despite)

    def running(self) -> tuple[ClockStatus, ...]:
        """The clocks that run on."""
        return running_of(self._tools, self._incident, self._reach)
