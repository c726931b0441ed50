"""The report of an incident as a document; the same ledger and the same moment give the same bytes."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from leakguard import __version__
from leakguard.clocks.times import parse_instant
from leakguard.errors import UsageProblem
from leakguard.frozen import Frozen
from leakguard.models.moments import to_z
from leakguard.reports.compose import compose
from leakguard.reports.report_json import report_json
from leakguard.reports.words import parse_words
from leakguard.use_cases.incidents.incident_rules import Reach, watched_by
from leakguard.use_cases.incidents.incidents import load_incident
from leakguard.use_cases.incidents.unknown_law import unknown_lines
from leakguard.use_cases.incidents.watched_laws import stated_places
from leakguard.use_cases.reports.incident_report import ReportOptions, ReportStore, incident_report
from leakguard.use_cases.reports.report_clocks import reported_rules

if TYPE_CHECKING:
    from leakguard.notices.book import DutyBook
    from leakguard.notices.facts import Facts
    from leakguard.ports import DataFolders
    from leakguard.reports.paper import Paper
    from leakguard.use_cases.proofs.clock_contradictions import Contradiction
    from leakguard.use_cases.proofs.evidence import KeptCopies


class PaperMaker(Protocol):
    """Turns a report in words into bytes of one format."""

    def make(self, paper: Paper) -> bytes:
        """The document."""


class ReportTools(Protocol):
    """What a report is made with; `wiring` has it."""

    @property
    def bundled(self) -> DataFolders:
        """The data folders."""

    @property
    def existing_store(self) -> ReportStore:
        """The store."""

    def duties(self) -> DutyBook:
        """Every duty."""

    def kept_files(self) -> KeptCopies:
        """The kept copies of evidence."""

    def report_maker(self, format_name: str) -> PaperMaker:
        """The maker of `html` or `pdf`."""

    def now(self) -> datetime:
        """The time, in UTC."""


class AskedReport(Frozen):
    """Which report."""

    incident: str
    form: str
    """`html`, `pdf` or `json`."""
    reach: Reach
    language: str = "en"
    """Of its words; JSON has none."""
    at: str | None = None
    """A moment as it was typed; now where nobody typed one."""
    stated: tuple[str, str] | None = None
    """Name and text of the facts, and below what they read as."""
    facts: Facts | None = None
    is_verified: bool = True
    is_drill: bool = False
    contradiction: Contradiction | None = None


def written_report(tools: ReportTools, asked: AskedReport) -> bytes:
    """The document. Raises `NotFound`, and `UsageProblem` for a moment of which nothing is known."""
    store, folders, book = tools.existing_store, tools.bundled, tools.duties()
    moment = _moment(tools, asked)
    found = reported_rules(
        folders, store, book, asked.incident, asked.reach, facts=asked.stated, now=moment, is_present=not asked.at
    )
    places = stated_places(asked.facts) if asked.facts is not None else ()
    laws = watched_by(asked.reach, tuple(store.read(asked.incident)), book, places)
    options = ReportOptions(
        incident=asked.incident, known_at=moment, is_present=not asked.at, is_drill=asked.is_drill,
        version=__version__, is_verified=asked.is_verified,
        laws=(*laws.lines(), *found.places, *unknown_lines(found.unknown)), contradiction=asked.contradiction,
        unsettled=found.unsettled,
    )  # fmt: skip
    report = incident_report(store, book, found.rules, options, copies=tools.kept_files(), assessed=found.assessed)
    if asked.form == "json":
        return f"{json.dumps(report_json(report), ensure_ascii=False)}\n".encode("utf-8", "replace")
    name = f"report/{asked.language}.yaml"
    words = parse_words(folders.text("templates", name), name=f"templates/{name}")
    return tools.report_maker(asked.form).make(compose(report, words))


def _moment(tools: ReportTools, asked: AskedReport) -> datetime:
    store, now = tools.existing_store, tools.now()
    known = load_incident(store, asked.incident)
    if not asked.at:
        return now
    moment = parse_instant(asked.at, zone=known.zone)
    began = next(record.recorded_at for record in store.read(asked.incident))
    if moment < began:
        raise UsageProblem(
            f"nothing was known of {asked.incident} before {to_z(began)}",
            next_step="Give a time from then on, or leave --at out.",
        )
    if moment > now:
        raise UsageProblem(
            "nothing is known of the future", next_step="Give a time that has passed, or leave --at out."
        )
    return moment
