"""Puts a report into words, section by section; what is empty says so, so that nobody looks for it."""

from __future__ import annotations

from leakguard.clocks.times import rfc3339, zone_of
from leakguard.reports.compose_clocks import clocks_section, duties_section, sources_section
from leakguard.reports.compose_glance import glance_section
from leakguard.reports.compose_proof import about_section, evidence_section, ledger_section
from leakguard.reports.compose_response import alarms_section, decisions_section, measures_section, playbook_section
from leakguard.reports.compose_story import findings_section, timeline_section
from leakguard.reports.paper import Paper
from leakguard.reports.phrases import Phrases
from leakguard.reports.values import Report
from leakguard.reports.words import Words

_SECTIONS = (
    glance_section, timeline_section, clocks_section, duties_section, decisions_section, playbook_section,
    findings_section, evidence_section, measures_section, alarms_section, sources_section, ledger_section,
    about_section,
)  # fmt: skip


def compose(report: Report, words: Words) -> Paper:
    """The report in the language of `words`."""
    say = Phrases(words, zone_of(report.zone))
    heading = words("title", incident=report.incident, title=report.title)
    under = words("under", time=say.text(report.known_at), zone=report.zone, version=report.version)
    drill = words("drill") if report.is_drill else ""
    return Paper(
        language=words.language,
        title=words("drill.title", drill=drill, title=heading) if drill else heading,
        heading=heading,
        under=(under, *((words("drill.means"),) if drill else ())),
        drill=drill,
        contents=words("contents"),
        known_at=rfc3339(report.known_at),
        sections=tuple(section(report, say) for section in _SECTIONS),
        footer=words("footer", incident=report.incident, head=report.ledger.short),
    )
