"""Findings as Markdown for a ticket: the worst first, what is open, how big, what to do first, how it is proved."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from leakguard.models.findings import Finding, Outcome, Severity
from leakguard.models.moments import to_z
from leakguard.outputs.data_words import data_lines
from leakguard.outputs.markdown_text import safe
from leakguard.outputs.scan_view import ScanView
from leakguard.outputs.shipped_words import shipped_lines
from leakguard.outputs.words import LONGEST_REASON, byte_words, count_words, unseen_lines, unsettled_words

_RANK = {severity: -position for position, severity in enumerate(Severity)}
MOST = 200
"""Findings written out; a ticket with more is read by nobody."""
MOST_UNCLEAR = 20
"""Places that could not be judged and are named."""
_ALL_KINDS = 4000
"""Characters: more than all kinds of data and all standards that we know have together."""
_ALL_STEPS = 2000
"""Characters: more than what to do first has in any check; the last step is no less needed than the first."""


def markdown_parts(view: ScanView) -> Iterator[str]:
    """One ticket."""
    yield f"# {view.mark}Exposed datastores, run {safe(view.run)}\n\n"
    yield f"{_sum(view)}\n\n"
    shown = sorted(_open_ids(view))
    worst = view.findings.some([identifier for _, identifier in shown[:MOST]])
    for finding in sorted(worst, key=lambda finding: (_RANK[finding.verdict.severity], finding.id)):
        yield from _section(finding, view)
    if len(shown) > MOST:
        yield f"{len(shown) - MOST:,} more are in the run: `leakguard scan show {view.run}`\n\n"
    if view.muted:
        noun = "open finding is" if len(view.muted) == 1 else "open findings are"
        yield f"{len(view.muted):,} {noun} muted by the owner.\n\n"
    yield from _unclear(view)
    yield f"Written {to_z(view.made_at)} by LeakGuard. No record was kept.\n"


def _unclear(view: ScanView) -> Iterator[str]:
    """With the reasons, such as the permission that is missing; without it nobody knows what to do."""
    unseen = list(islice(unseen_lines(view.unresolved, view.left_out), MOST_UNCLEAR))
    yield from (f"- {safe(text)}\n" for text in unseen)
    more = len(view.unresolved) + len(view.left_out) - len(unseen)
    yield f"- and {more:,} more\n\n" if more else "\n" if unseen else ""
    unclear = view.findings.outcomes.get(Outcome.INCONCLUSIVE, 0)
    if not unclear:
        return
    yield f"{unclear:,} could not be judged; scan them again.\n\n"
    ids = (seen.id for seen in view.findings.glances() if seen.outcome is Outcome.INCONCLUSIVE)
    for finding in view.findings.some(list(islice(ids, MOST_UNCLEAR))):
        yield f"- {safe(finding.place)}: {safe(finding.verdict.reason, longest=LONGEST_REASON)}\n"
    yield f"- and {unclear - MOST_UNCLEAR:,} more\n\n" if unclear > MOST_UNCLEAR else "\n"


def _open_ids(view: ScanView) -> Iterator[tuple[int, str]]:
    for seen in view.findings.glances():
        if seen.is_open and seen.id not in view.muted:
            yield _RANK[seen.severity], seen.id


def _sum(view: ScanView) -> str:
    parts = [f"{count:,} {state.replace('_', ' ')}" for state, count in view.counts.items() if count]
    sentence = "Endpoints: " + (", ".join(parts) or "none") + "."
    return f"{sentence} Protected, {unsettled_words(view.unsettled)}." if view.unsettled else sentence


def _section(finding: Finding, view: ScanView) -> Iterator[str]:
    verdict = finding.verdict
    yield f"## {verdict.severity.value.upper()}: {safe(finding.place)}\n\n"
    yield f"{safe(view.title_of(finding.check_id))}.\n\n"
    yield from (f"- **{name}:** {text}\n" for name, text in _facts(finding) if text)
    yield f"\n**Do first:** {safe(finding.remediation, longest=_ALL_STEPS)}\n\n"
    requests = "; ".join(
        f"{safe(request.method)} {safe(request.what)}".strip()
        + ("" if request.status is None else f" ({request.status})")
        for request in finding.proof.requests
    )
    yield f"**Proof:** {requests or 'none'}; transcript SHA-256 {safe(finding.proof.transcript_sha256) or 'none'}\n\n"


def _facts(finding: Finding) -> Iterator[tuple[str, str]]:
    verdict, size = finding.verdict, finding.verdict.size
    about = "" if size is None or size.exact else "about "
    yield "Why", safe(verdict.reason, longest=LONGEST_REASON)
    yield "What", safe(" ".join(filter(None, (verdict.product or finding.datastore, verdict.version))))
    yield "Records", f"{about}{count_words(size.records)}" if size and size.records is not None else ""
    yield "Size", f"{about}{byte_words(size.bytes)}" if size and size.bytes is not None else ""
    yield "Data", safe("; ".join(data_lines(verdict.data, most_kinds=None)).removeprefix("data: "), longest=_ALL_KINDS)
    yield "Ships", safe("; ".join(shipped_lines(verdict.shipped, most=None)), longest=_ALL_KINDS)
    yield "Sample", safe(verdict.data.sampled) if verdict.data else ""
    yield "Access", verdict.access.value.replace("_", " ")
    yield "Seen", f"{to_z(finding.observed_at)} from {safe(finding.vantage)}"
    yield "Finding", safe(finding.id)
