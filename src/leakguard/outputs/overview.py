"""The head of an incident, as plain values: each text in English and in Chinese where a person wrote both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from leakguard.models.events import Interval
from leakguard.models.findings import Finding
from leakguard.models.moments import to_z
from leakguard.notices.fact_values import LocalisedText, Span
from leakguard.notices.facts import Fact
from leakguard.notices.vocabulary import Vocabulary
from leakguard.outputs.board import board_row_json

if TYPE_CHECKING:
    from leakguard.use_cases.alerts.board import BoardRow
    from leakguard.use_cases.reports.incident_list import IncidentWithClocks
    from leakguard.use_cases.reports.incident_overview import Overview

UNSTATED = "unstated"
"""The state of what no fact tells."""


def overview_json(
    found: Overview, vocabulary: Vocabulary, clocks: Sequence[BoardRow] | None, now: datetime
) -> dict[str, Any]:
    """Everything that stands above the tabs; `clocks` are those that run, `None` where no law is watched yet."""
    incident, running = found.incident, clocks or ()
    counts = {**found.counts, "clocks": len(running), "clocks_late": sum(row.is_over for row in running)}
    return {
        "id": incident.id, "title": incident.title, "state": incident.state.value, "zone": incident.zone,
        "opened_at": to_z(incident.opened_at), "opened_by": found.opened_by or None,
        "severity": found.severity.value if found.severity is not None else None,
        "places": [_place(finding) for finding in found.findings], "has_facts": found.has_facts,
        "kinds": {name: category_json(name, vocabulary) for name in _kinds(found)},
        "what": _what(found.facts.get("data_categories"), vocabulary),
        "how_much": _span(found.facts.get("record_count")) | {"bytes": found.bytes},
        "people": _span(found.facts.get("subject_count")), "since": _since(found),
        "lead": {"name": found.lead.name, "why": found.lead.why} if found.lead is not None else None,
        "laws_known": clocks is not None,
        "next": board_row_json(running[0], now) if running else None,
        "counts": counts,
    }  # fmt: skip


def listed_json(found: Sequence[IncidentWithClocks], now: datetime, *, after: int, limit: int) -> dict[str, Any]:
    """One page of the list, and how many there are."""
    shown = found[after : after + limit]
    return {
        "now": to_z(now), "count": len(found), "late": sum(incident.late > 0 for incident in found),
        "incidents": [_listed(incident, now) for incident in shown],
        "next": after + limit if len(found) > after + limit else None,
    }  # fmt: skip


def _listed(incident: IncidentWithClocks, now: datetime) -> dict[str, Any]:
    line = incident.line
    return {
        "id": line.id, "title": line.title, "state": line.state.value, "opened_at": to_z(line.opened_at),
        "opened_by": line.opened_by.name or None, "findings": len(line.findings),
        "severity": line.severity.value if line.severity is not None else None,
        "lead": line.lead.name if line.lead is not None else None,
        "next": board_row_json(incident.next, now) if incident.next is not None else None, "late": incident.late,
    }  # fmt: skip


def _place(finding: Finding) -> dict[str, Any]:
    verdict = finding.verdict
    return {
        "finding": finding.id, "place": finding.place, "datastore": finding.datastore, "product": verdict.product,
        "version": verdict.version, "severity": verdict.severity.value, "outcome": verdict.outcome.value,
    }  # fmt: skip


def _kinds(found: Overview) -> list[str]:
    """The kinds of data that the findings name."""
    data_seen = [finding.verdict.data for finding in found.findings if finding.verdict.data is not None]
    return list(dict.fromkeys(category.category for data in data_seen for category in data.categories))


def _what(fact: Fact | None, vocabulary: Vocabulary) -> dict[str, Any]:
    value = fact.value if fact is not None and isinstance(fact.value, tuple) else ()
    names = [item for item in value if isinstance(item, str)]
    return _state(fact) | {"categories": [category_json(name, vocabulary) for name in names]}


def category_json(name: str, vocabulary: Vocabulary) -> dict[str, Any]:
    """One kind of data, and what it is called; an unknown one is called by its code."""
    is_known = vocabulary.is_category(name)
    words = {lang: vocabulary.category_words(name, lang) if is_known else name for lang in ("en", "zh")}
    return {"category": name, **words}


def _span(fact: Fact | None) -> dict[str, Any]:
    value = fact.value if fact is not None and isinstance(fact.value, Span) else None
    return _state(fact) | {"low": value.low if value else None, "high": value.high if value else None}


def _since(found: Overview) -> dict[str, Any]:
    fact, seen = found.facts.get("breach_date"), found.first_seen
    at = fact.value if fact is not None and isinstance(fact.value, Interval) else None
    document = _state(fact) | {"first_seen": to_z(seen) if seen is not None else None}
    return document | {"earliest": to_z(at.earliest) if at else None, "latest": to_z(at.latest) if at else None}


def _state(fact: Fact | None) -> dict[str, Any]:
    if fact is None:
        return {"state": UNSTATED, "reason": None}
    return {"state": fact.state.value, "reason": said_json(fact.reason)}


def said_json(localised: LocalisedText | None) -> Mapping[str, str] | None:
    """A text of a person in English and in Chinese; where one of them is missing, what there is."""
    if localised is None or not localised.texts:
        return None
    return {"en": localised.of("en") or localised.first, "zh": localised.of("zh") or localised.first}
