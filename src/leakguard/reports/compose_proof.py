"""What proves it: evidence with hashes, the end of the ledger and how to verify it, and what this report is."""

from __future__ import annotations

from leakguard.reports.paper import Block, Cell, Facts, Listed, Paragraph, Section, Table, code, line
from leakguard.reports.phrases import Phrases
from leakguard.reports.values import Evidence, Report, ReportFinding

_TONES = {"match": "good", "mismatch": "bad", "not_verifiable": "risk"}


def evidence_section(report: Report, say: Phrases) -> Section:
    """Each piece with its hash, or with the hash of the entry that names it."""
    words = say.words
    rows = [*(_row(evidence, say) for evidence in report.evidence)]
    rows += [_transcript(finding, say) for finding in report.findings if finding.transcript_sha256]
    if not rows:
        return Section(name="evidence", title=words("evidence"), blocks=(Paragraph(text=words("evidence.none")),))
    table = Table(
        caption=words("evidence.caption"),
        columns=tuple(words(f"evidence.{name}") for name in ("what", "since", "by", "hash")),
        widths=(28, 20, 17, 35),
        rows=tuple(rows),
    )
    return Section(name="evidence", title=words("evidence"), blocks=(Paragraph(text=words("evidence.means")), table))


def _row(evidence: Evidence, say: Phrases) -> tuple[Cell, ...]:
    words = say.words
    size = (words("evidence.size", count=say.count(evidence.size)),) if evidence.size is not None else ()
    entry = words("evidence.entry", sequence=evidence.entry, hash=evidence.entry_hash)
    shown = (words("evidence.sha256", hash=evidence.sha256), entry) if evidence.sha256 else (entry,)
    return (
        Cell((evidence.what, evidence.id, *size, *evidence.custody)),
        say.at(evidence.at),
        line(evidence.by or "–"),
        Cell(shown, is_code=True),
    )


def _transcript(finding: ReportFinding, say: Phrases) -> tuple[Cell, ...]:
    words = say.words
    what = Cell((words("evidence.transcript", place=finding.place), finding.id))
    return (
        what,
        say.at(finding.observed_at),
        line(words("evidence.scan")),
        code(words("evidence.sha256", hash=finding.transcript_sha256)),
    )


def ledger_section(report: Report, say: Phrases) -> Section:
    """The end of the ledger, short and whole, and three steps by which anybody can check it."""
    words, ledger = say.words, report.ledger
    answer = words(f"ledger.answer.{ledger.answer or 'none'}")
    rows = (
        (words("ledger.head"), Cell((ledger.short,), is_code=True)),
        (words("ledger.hash"), code(ledger.hash)),
        (words("ledger.sequence"), line(say.count(ledger.sequence))),
        (words("ledger.recorded"), say.at(ledger.recorded_at)),
        (words("ledger.own"), line(say.count(ledger.own_entries))),
        (words("ledger.verified"), line(answer, _TONES.get(ledger.answer, "soft"))),
    )
    steps = tuple(words(f"ledger.how.{number}", head=ledger.short) for number in (1, 2, 3))
    blocks: tuple[Block, ...] = (
        Facts(caption=words("ledger.caption"), rows=rows),
        Paragraph(text=words("ledger.how")),
        Listed(entries=steps),
        Paragraph(text=words("ledger.honest"), tone="soft"),
    )
    return Section(name="ledger", title=words("ledger"), blocks=blocks)


def about_section(report: Report, say: Phrases) -> Section:
    """What this report holds of persons, how it came about, and what it is not."""
    words = say.words
    texts = [words("about.known", time=say.text(report.known_at)), words("about.persons"), words("about.never")]
    texts += [words("about.times", zone=report.zone), words("about.law")]
    return Section(name="about", title=words("about"), blocks=tuple(Paragraph(text=text) for text in texts))
