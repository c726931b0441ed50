"""A run as a report that a manager reads and prints: what is open, how big, since when, what to do first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

from leakguard import __version__
from leakguard.frozen import Frozen
from leakguard.models.findings import Finding, Severity
from leakguard.models.glances import Glance
from leakguard.models.moments import to_z
from leakguard.outputs.data_words import data_lines
from leakguard.outputs.scan_bars import bars
from leakguard.outputs.scan_data import data_section
from leakguard.outputs.scan_gaps import MOST_ROWS, accepted_section, unclear_section, verdict
from leakguard.outputs.scan_view import ScanView
from leakguard.outputs.words import (
    byte_words,
    count_words,
    printable,
    record_words,
    unsettled_words,
)
from leakguard.reports.paper import Block, Cell, Drawing, Facts, Listed, Paper, Paragraph, Section, Table, code, line
from leakguard.scanning.mutes import UnmutedFindings
from leakguard.scanning.stores import Store, Total, folded

_RANK = {severity: -position for position, severity in enumerate(Severity)}
_TONES = {Severity.CRITICAL: "bad", Severity.HIGH: "bad", Severity.MEDIUM: "risk", Severity.LOW: "soft"}


class _SectionData(Frozen, kw_only=False):
    """What the sections share, gathered in one pass."""

    view: ScanView
    stores: tuple[Store, ...]
    """Those that are written out, the worst first."""
    total: Total
    severities: Mapping[Severity, int]
    first: Mapping[str, Finding]
    """By id: the worst finding of each store that is written out."""


def scan_paper(view: ScanView) -> Paper:
    """The report, in English."""
    section_data = _gather(view)
    drill = "DRILL" if view.is_drill else ""
    heading = f"Exposed datastores: run {printable(view.run)}"
    data = data_section(section_data.first.values())
    sections = (
        _glance(section_data),
        _first_steps(section_data),
        _open(section_data),
        data,
        unclear_section(view),
        accepted_section(view),
        _proof(section_data),
    )
    return Paper(
        language="en-GB",
        title=f"{drill}: {heading}" if drill else heading,
        heading=heading,
        under=(f"Written {_when(view.made_at)} by LeakGuard {__version__}. No record was kept.",),
        drill=drill,
        contents="Contents",
        known_at=to_z(view.made_at),
        sections=tuple(section for section in sections if section is not None),
        footer=f"{printable(view.run)} · LeakGuard",
    )


def _gather(view: ScanView) -> _SectionData:
    found = UnmutedFindings(view.findings, view.muted)
    stores: list[Store] = []
    total, severities = Total(), Counter[Severity]()
    for store in folded(found.glances()):
        if store.worst.is_open:
            total = total.plus(store)
            severities[store.worst.severity] += 1
            stores.append(store)
            if len(stores) > 2 * MOST_ROWS:
                stores = sorted(stores, key=_worst_first)[:MOST_ROWS]
    shown = tuple(sorted(stores, key=_worst_first)[:MOST_ROWS])
    first = {finding.id: finding for finding in found.some([store.worst.id for store in shown])}
    return _SectionData(view, shown, total, severities, first)


def _worst_first(store: Store) -> tuple[int, int, str]:
    worst = store.worst
    return _RANK[worst.severity], -(worst.bytes or worst.records or 0), worst.place


def _glance(data: _SectionData) -> Section:
    total, view = data.total, data.view
    rows = [
        ("Open datastores", line(f"{total.stores:,}")),
        ("Severity", line(", ".join(_counted(data.severities)) or "none")),
        ("Records in them", line(_sum(count_words(total.records), total.unsized, total, "number"))),
        ("Size", line(_sum(byte_words(total.bytes), total.without_bytes, total, "size"))),
        ("Endpoints", line(", ".join(f"{count:,} {_plain(name)}" for name, count in view.counts.items() if count))),
    ]
    if view.unsettled:
        rows.append(("Protected, not settled", line(unsettled_words(view.unsettled), "risk")))
    if view.leave is not None:
        rows.append(("Default accounts", line(printable(f"asked once each, without a password: {view.leave.words}"))))
    if view.industrial is not None:
        rows.append(("Industrial devices", line(printable(f"asked: {view.industrial.words}"))))
    if view.muted:
        rows.append(("Accepted by the owner", line(f"{len(view.muted):,}")))
    if view.is_interrupted:
        rows.append(("This run", line("was stopped before its end", "risk")))
    blocks: tuple[Block, ...] = (verdict(view, total.stores), Facts(caption="The run in figures", rows=tuple(rows)))
    return Section(name="glance", title="At a glance", blocks=blocks)


def _counted(severities: Mapping[Severity, int]) -> list[str]:
    return [f"{severities[severity]:,} {severity.value}" for severity in reversed(Severity) if severities.get(severity)]


def _sum(words: str, unstated: int, total: Total, noun: str) -> str:
    if not total.stores:
        return "none"
    if unstated == total.stores:
        return "not stated"
    return f"at least {words}; {unstated:,} state no {noun}" if unstated else words


def _open(data: _SectionData) -> Section | None:
    if not data.stores:
        return None
    blocks: list[Block] = []
    figure = bars([(store.worst.place, store.worst.bytes) for store in data.stores if store.worst.bytes])
    if figure is not None:
        blocks.append(Drawing(figure=figure))
    blocks.append(
        Table(
            caption="Open datastores, the worst first",
            columns=("Severity", "Where", "What", "How big", "Open since at the latest", "Finding"),
            widths=(10, 24, 20, 16, 16, 14),
            rows=tuple(_row(store, data) for store in data.stores),
        )
    )
    more = data.total.stores - len(data.stores)
    if more:
        blocks.append(Paragraph(text=f"{more:,} more are in the run: leakguard scan show {printable(data.view.run)}"))
    return Section(name="open", title="What is open", blocks=tuple(blocks))


def _row(store: Store, data: _SectionData) -> tuple[Cell, ...]:
    worst, finding = store.worst, data.first[store.worst.id]
    since = finding.exposed_since.latest
    others = f"and {len(store.ways) - 1:,} more ways in" if len(store.ways) > 1 else ""
    return (
        line(worst.severity.value, _TONES.get(worst.severity, "")),
        _lines(printable(worst.place), others),
        _lines(_product(finding), data.view.title_of(worst.check_id), *data_lines(finding.verdict.data)),
        _lines(*_sizes(worst)),
        line(_when(since) if since else "unknown"),
        code(worst.id),
    )


def _lines(*texts: str) -> Cell:
    return Cell(tuple(text for text in texts if text))


def _product(finding: Finding) -> str:
    parts = (finding.verdict.product or finding.datastore, finding.verdict.version)
    return " ".join(printable(part) for part in parts if part)


def _sizes(worst: Glance) -> Iterator[str]:
    about = "" if worst.is_exact else "about "
    if worst.records is not None:
        yield f"{about}{record_words(worst.records)}"
    if worst.bytes is not None:
        yield f"{about}{byte_words(worst.bytes)}"
    if worst.records is None and worst.bytes is None:
        yield "not stated"


def _first_steps(data: _SectionData) -> Section | None:
    """One entry a check, the worst first: what is done for one is done for all of its kind."""
    groups: dict[str, list[Finding]] = {}
    for store in data.stores:
        finding = data.first[store.worst.id]
        groups.setdefault(finding.remediation, []).append(finding)
    if not groups:
        return None
    entries = tuple(f"{_places(found)}: {remediation}" for remediation, found in groups.items())
    before = Paragraph(text="In this order: what is graver and larger stands first. Then scan again to prove closure.")
    return Section(name="first", title="What to do first", blocks=(before, Listed(entries=entries)))


def _places(found: Sequence[Finding], *, most: int = 3) -> str:
    named = ", ".join(printable(finding.place) for finding in found[:most])
    return f"{named} and {len(found) - most:,} more" if len(found) > most else named


def _proof(data: _SectionData) -> Section:
    is_sampled = any(
        finding.verdict.data is not None and finding.verdict.data.sampled for finding in data.first.values()
    )
    text = (
        "Names, counts and sizes are asked for. Records are read only on request and where the scope permits it; they "
        f"are counted by kind of data and dropped.{' Here they were.' if is_sampled else ''} Each finding keeps what "
        "was asked and a SHA-256 of what came back; leakguard evidence verify checks that none was changed since."
    )
    rows = tuple(
        (code(finding.id), _lines(*(_asked(finding))), code(finding.proof.transcript_sha256 or "none"))
        for finding in data.first.values()
    )
    blocks: list[Block] = [Paragraph(text=text)]
    if rows:
        columns = ("Finding", "What was asked, and the answer's code", "SHA-256 of the answers")
        blocks.append(Table(caption="Proof of each finding", columns=columns, widths=(18, 42, 40), rows=rows))
    return Section(name="proof", title="How this was found, and how to check it", blocks=tuple(blocks))


def _asked(finding: Finding) -> Iterator[str]:
    for request in finding.proof.requests:
        status = "" if request.status is None else f" ({request.status})"
        yield f"{printable(request.method)} {printable(request.what)}".strip() + status


def _plain(name: str) -> str:
    return name.replace("_", " ")


def _when(moment: datetime) -> str:
    """To the minute: nobody knows the second since when something was open."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
