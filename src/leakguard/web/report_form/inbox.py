"""Where the form puts a report: the inbox that `leakguard report import` fills. One at a time, whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leakguard.errors import NotAllowed
from leakguard.intake.reading import read_form
from leakguard.intake.states import ReportState
from leakguard.models.people import BySource, Recorder
from leakguard.use_cases.intake.reports import reports_in
from leakguard.use_cases.intake.take_in import ImportOptions, take_in
from leakguard.wiring import Wiring

if TYPE_CHECKING:
    from leakguard.settings import Settings

RECORDER = Recorder(name="the public form", source=BySource.PROGRAM, actor="program:report form")


class InboxFull(NotAllowed):
    """More reports of the form wait to be read than the settings allow."""


class Inbox:
    """Opens the store for each report, and closes it again."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def keep(self, document: bytes) -> str:
        """Take in the JSON of a form; returns the report's number.

        Raises `InboxFull`, `StoreUnusable` and `NotAllowed` for a store that is busy; nothing is kept then.
        """
        wiring = Wiring(self._settings)
        try:
            wiring.speak_as(RECORDER)
            message = read_form(document, name="the form")
            known = sum(
                report.channel == "form" and report.state is ReportState.RECEIVED and report.sha256 != message.sha256
                for report in reports_in(wiring.store)
            )
            if known >= self._settings.reports.form.most_waiting:
                raise InboxFull("the inbox of the form is full", next_step="Read it: leakguard report list")
            options = ImportOptions(by=RECORDER.name, source="the public form")
            return take_in(wiring.store, wiring.kept_files(), message, options, now=wiring.now).report.id
        finally:
            wiring.close()
