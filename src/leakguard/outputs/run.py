"""Runs and what changed between them: lines for a person, and plain values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from leakguard.models.moments import to_z
from leakguard.outputs.words import byte_words, printable, record_words
from leakguard.scanning.diff import EXPOSURES, Change, ChangeKind
from leakguard.scanning.exposure_summary import ExposureSummary
from leakguard.use_cases.incidents.incident_closures import Closure
from leakguard.use_cases.scans.exposure_changes import change_fields
from leakguard.use_cases.scans.runs import ListedRun
from leakguard.use_cases.scans.verify_findings import VerifiedFinding

if TYPE_CHECKING:
    from leakguard.models.findings import Finding
    from leakguard.use_cases.incidents.recorded_closures import RecordedClosure

    Reopened = tuple[RecordedClosure, Finding]


MOST_PLACES = 3
"""Other places that are named in one line; a cluster may have hundreds."""


def change_line(change: Change) -> str:
    """`grown       192.0.2.7:9200  elasticsearch_open  +2 million records`; what a host says is made safe."""
    head = f"{change.kind.value:<10}  {printable(change.target)}  {change.check_id}"
    return f"{head}  {', '.join(_details(change))}".rstrip()


def _details(change: Change) -> Iterator[str]:
    if change.kind in EXPOSURES | {ChangeKind.STILL_OPEN}:
        yield from _seen(change.seen)
    yield from _grown(change)
    if change.before is not None and change.after is not None:
        yield from (_field(name, change.before, change.after) for name in change.fields)
    if change.elsewhere:
        yield f"the same store as at {_places(change.elsewhere)}"
    if change.reason:
        yield printable(change.reason)


def _seen(seen: ExposureSummary) -> Iterator[str]:
    yield seen.severity.value
    if seen.records is not None:
        yield record_words(seen.records)
    if seen.bytes is not None:
        yield byte_words(seen.bytes)
    if seen.vantage != "local":
        yield f"from {printable(seen.vantage)}"
    yield printable(seen.finding)


def _grown(change: Change) -> Iterator[str]:
    if change.kind in EXPOSURES:
        return
    if change.records_grown:
        yield f"{'+' if change.records_grown > 0 else '-'}{record_words(abs(change.records_grown))}"
    if change.bytes_grown:
        yield f"{'+' if change.bytes_grown > 0 else '-'}{byte_words(abs(change.bytes_grown))}"


def _field(name: str, before: ExposureSummary, after: ExposureSummary) -> str:
    """`version 6.8.1 -> 6.8.23`; an address or a vantage is only named."""
    if name == "address":
        return f"also at {printable(after.endpoint)}"
    if name == "vantage":
        return f"also from {printable(after.vantage)}"
    was, now = getattr(before, name), getattr(after, name)
    return f"{name} {printable(str(was))} -> {printable(str(now))}"


def _places(places: tuple[str, ...]) -> str:
    named = ", ".join(printable(place) for place in places[:MOST_PLACES])
    rest = len(places) - MOST_PLACES
    return f"{named} and {rest:,} more" if rest > 0 else named


def listed_json(run: ListedRun) -> dict[str, object]:
    """A run of a list as plain values."""
    started = to_z(run.started_at)
    return {
        "run": run.id, "started_at": started, "finished": run.is_finished, "running": run.is_running,
        "targets": list(run.targets),
    }  # fmt: skip


def change_json(change: Change) -> dict[str, object]:
    """The document `leakguard.change/1`."""
    return {"schema": "leakguard.change/1", **change_fields(change)}


def verified_json(item: VerifiedFinding) -> dict[str, object]:
    """What a second probe saw of a finding, as plain values."""
    return {
        "finding": item.finding.id,
        "target": item.finding.target,
        "closure": item.closure.value,
        "run": item.run,
        "reason": why_words(item),
        "missing_vantages": list(item.missing),
        "missing_addresses": list(item.elsewhere),
        "reopened_exposures": [
            {
                "incident": closure.incident,
                "closed_at": to_z(closure.at),
                "proved": closure.is_proved,
                "reopened": closure.is_over,
            }
            for closure in item.void
        ],
    }


def verified_line(item: VerifiedFinding) -> str:
    """`closed     192.0.2.7:9200  F-1a2b3c4d5e6f7089  the server asked for a login`."""
    return f"{item.closure.value:<10} {printable(item.finding.place)}  {item.finding.id}  {printable(why_words(item))}"


def why_words(item: VerifiedFinding) -> str:
    """What was seen, and from where closure is not proved yet."""
    vantages = f"; not seen closed yet from {', '.join(item.missing)}" if item.missing else ""
    addresses = f"; not seen closed yet at {', '.join(item.elsewhere)}" if item.elsewhere else ""
    return f"{_again_words(item)}{_seen_words(item)}{vantages}{addresses}"


def _again_words(item: VerifiedFinding) -> str:
    """`open AGAIN: it was closed at T; IR-2026-0001 reopened; `; empty where no incident had it as closed."""
    if not item.void:
        return ""
    closed = max(item.void, key=lambda closure: closure.at)
    by_word = "" if closed.is_proved else " by a person's word"
    incidents = ", ".join(f"{closure.incident} {'reopened' if closure.is_over else 'told'}" for closure in item.void)
    return f"open AGAIN: it was closed at {to_z(closed.at)}{by_word}; {incidents}; "


def _seen_words(item: VerifiedFinding) -> str:
    if item.now is not None:
        return item.now.verdict.reason
    return {
        Closure.CLOSED: "the port is closed, or a login is asked for",
        Closure.UNKNOWN: "no clear answer, so closure is not claimed",
    }.get(item.closure, "still open")


def reopened_lines(reopened: Sequence[Reopened]) -> Iterator[str]:
    """What is open although an incident has it as closed, and how that incident is told."""
    for closure, finding in reopened:
        by_word = "" if closure.is_proved else " by a person's word"
        place = f"{printable(finding.place)} ({finding.check_id})"
        closed = f"{closure.incident} has it as closed since {to_z(closure.at)}{by_word}"
        yield f"OPEN AGAIN: {place}: {closed}, finding {closure.finding}. A scan tells no incident."
    if reopened:
        yield f"Next: leakguard scan verify {' '.join(dict.fromkeys(closure.finding for closure, _ in reopened))}"


def reopened_json(reopened: Sequence[Reopened]) -> list[dict[str, object]]:
    """The same for a script."""
    return [_reopened_json(*pair) for pair in reopened]


def _reopened_json(closure: RecordedClosure, finding: Finding) -> dict[str, object]:
    return {
        "target": finding.place, "check_id": finding.check_id, "finding": closure.finding, "seen_as": finding.id,
        "incident": closure.incident, "closed_at": to_z(closure.at), "proved": closure.is_proved,
        "next": f"leakguard scan verify {closure.finding}",
    }  # fmt: skip
