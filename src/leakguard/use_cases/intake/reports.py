"""Reports as the ledger tells of them, what may be done with each, and who it is about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from operator import attrgetter
from typing import Any

from leakguard.errors import NotAllowed, UsageProblem
from leakguard.intake.states import ACTS, KINDS, Act, Verdict, advance
from leakguard.intake.view import HANDED_OVER, PREFIX, RECEIVED, SENDER, THANKED, Report, report_of
from leakguard.ledger.custody import ADDED
from leakguard.logs import log
from leakguard.models.events import Interval
from leakguard.models.records import KeptRecord, Record
from leakguard.ports import IncidentStore, Journal, Now

_KINDS = (RECEIVED, SENDER, ADDED, HANDED_OVER, THANKED, *ACTS)
MOST_CHARACTERS = 2_000
"""Of a note."""


def load_report(store: Journal, identifier: str) -> Report:
    """Raises `NotFound`."""
    return report_of(identifier, store.read(identifier) if identifier.startswith(PREFIX) else ())


def reports_in(store: IncidentStore) -> Iterator[Report]:
    """All reports, the oldest first; their entries are read in one pass."""
    return (report_of(subject, records) for subject, records in records_of_reports(store))


def records_of_reports(store: IncidentStore) -> Iterator[tuple[str, Iterator[KeptRecord]]]:
    """By report, the oldest first, its entries."""
    own = [record for record in store.of_kinds(_KINDS) if record.subject.startswith(PREFIX)]
    own.sort(key=attrgetter("subject", "sequence"))
    yield from groupby(own, key=attrgetter("subject"))


def act_on(store: Journal, identifier: str, act: Act, *, now: Now, fields: Mapping[str, Any] | None = None) -> Report:
    """Do what the state allows, and keep it; raises `NotFound`, `NotAllowed`, `UsageProblem`."""
    content = dict(fields or {})
    _refuse_long(str(content.get("note") or ""))
    report, last = report_and_last(store, identifier)
    advance(report.state, act)
    kept = _keep(store, report, Record(kind=KINDS[act], occurred_at=_at(now), content=content), after=last)
    log.info("report_changed", report=identifier, kind=kept.kind)
    return load_report(store, identifier)


def triage(
    store: IncidentStore, identifier: str, verdict: Verdict, *, now: Now, findings: tuple[str, ...] = (),
    duplicate_of: str = "", note: str = "",
) -> Report:  # fmt: skip
    """Say what a report is; raises as `act_on`, and for a duplicate of nothing or of itself."""
    if (verdict is Verdict.DUPLICATE) != bool(duplicate_of):
        raise UsageProblem(
            "a duplicate names the report that it repeats, and no other report names one",
            next_step="leakguard report triage REPORT --as duplicate --of REPORT",
        )
    if duplicate_of:
        first = load_report(store, duplicate_of)
        if identifier in {first.id, first.duplicate_of}:
            raise UsageProblem(f"{identifier} cannot repeat itself", next_step="Name the first report with --of.")
    fields = triage_fields(verdict, findings=findings, duplicate_of=duplicate_of, note=note)
    return act_on(store, identifier, Act.TRIAGE, now=now, fields=fields)


def triage_fields(
    verdict: Verdict, *, findings: tuple[str, ...] = (), duplicate_of: str = "", note: str = ""
) -> dict[str, Any]:  # fmt: skip
    """What the entry of a triage says."""
    return {"verdict": verdict.value, "findings": list(findings), "duplicate_of": duplicate_of, "note": note}


def note(store: Journal, report: Report, kind: str, content: Mapping[str, Any], *, now: Now) -> KeptRecord:
    """Keep what is no act: that it was handed over, that thanks went out."""
    return store.append(report.id, (Record(kind=kind, occurred_at=_at(now), content=content),))[0]


def duplicates_of(store: IncidentStore, identifier: str) -> tuple[Report, ...]:
    """The reports that were folded into one."""
    return tuple(report for report in reports_in(store) if report.duplicate_of == identifier)


def report_and_last(store: Journal, identifier: str) -> tuple[Report, int]:
    """A report, and the last entry that it was read from; raises `NotFound`."""
    records = tuple(store.read(identifier)) if identifier.startswith(PREFIX) else ()
    return report_of(identifier, records), records[-1].sequence


def _keep(store: Journal, report: Report, record: Record, *, after: int) -> KeptRecord:
    try:
        return store.append(report.id, (record,), after=after)[0]
    except NotAllowed as error:
        raise NotAllowed(
            f"somebody else wrote about {report.id} just now", next_step=f"See it: leakguard report show {report.id}"
        ) from error


def _at(now: Now) -> Interval:
    moment = now()
    return Interval(earliest=moment, latest=moment)


def _refuse_long(text: str) -> None:
    if len(text) > MOST_CHARACTERS:
        raise UsageProblem(f"a note has at most {MOST_CHARACTERS:,} characters", next_step="Shorten it.")
