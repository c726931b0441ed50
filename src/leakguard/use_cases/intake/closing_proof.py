"""Whether scans have proved closed what a report was about, and what may be said about it then."""

from __future__ import annotations

from leakguard.errors import NotAllowed
from leakguard.intake.states import NEXT, Act, ReportState
from leakguard.intake.view import Report
from leakguard.ports import Now
from leakguard.scanning.history import History
from leakguard.scanning.place_status import PlaceStanding
from leakguard.use_cases.intake.proposals import ReportStore
from leakguard.use_cases.intake.reports import act_on, load_report
from leakguard.use_cases.scans.exposures import history_of_places


def not_proved_closed(store: ReportStore, report: Report) -> tuple[str, ...]:
    """The findings of a report that no probe has proved closed: to know nothing of a place proves nothing.

    Nor does a look from before a verification was taken back.
    """
    own = tuple(store.findings(ids=list(report.findings))) if report.findings else ()
    places = {(finding.check_id, finding.place) for finding in own}
    history = history_of_places(store, places) if places else History()
    standings = history.standings()
    proved = {
        place
        for place in places
        if standings.get(place) is PlaceStanding.CLOSED and history.latest_look(place) > report.verification_taken_back
    }
    closed = {finding.id for finding in own if (finding.check_id, finding.place) in proved}
    return tuple(finding for finding in report.findings if finding not in closed)


def verify_report(store: ReportStore, identifier: str, *, reason: str, now: Now) -> Report:
    """Record that it is closed: by the probes of its findings, or with a reason where nothing was found.

    Raises `NotAllowed` while a finding is open, and without findings and without a reason.
    """
    report = load_report(store, identifier)
    left = not_proved_closed(store, report)
    if left:
        raise NotAllowed(
            f"{identifier}: not proved closed yet: {', '.join(left[:10])}",
            next_step=f"leakguard scan verify {' '.join(left[:10])}",
        )
    if not report.findings and not reason.strip():
        raise NotAllowed(
            f"{identifier} names no finding, so no probe can prove it closed",
            next_step=f"Say how you know: leakguard report verify {identifier} --reason TEXT",
        )
    return act_on(store, identifier, Act.VERIFY, now=now, fields={"note": reason})


def with_proof(store: ReportStore, identifier: str, *, now: Now) -> Report:
    """The report, verified on the way where probes have proved all its findings closed."""
    report = load_report(store, identifier)
    is_ripe = Act.VERIFY in NEXT[report.state] and ReportState.VERIFIED not in report.reached
    if not is_ripe or not report.findings or not_proved_closed(store, report):
        return report
    return act_on(store, identifier, Act.VERIFY, now=now, fields={"note": "probes found it closed"})
