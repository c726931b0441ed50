"""How grave a breach is, for a person at 80 columns and as plain values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from leakguard.notices.judging import Answer
from leakguard.notices.severity.enisa import Input, ScoreChange
from leakguard.notices.severity.methods import Band, DecisionTable, EnisaMethod
from leakguard.notices.severity.reports import ADVICE, EnisaReport, enisa_json, table_json
from leakguard.notices.severity.tables import Decision, WeighedFactor
from leakguard.outputs.notice import set_in

_MANY = 8
"""Lines beyond which a list is told shorter; only the Chinese grading with its three times fourteen limbs is longer."""
_ANSWERS = {Answer.YES: "yes", Answer.NO: "no", Answer.NEEDS_FACT: "not known"}


def score_lines(report: EnisaReport) -> Iterator[str]:
    """The score, where it comes from, and what would change its band."""
    rating = report.rating
    bands = " or ".join(band.band for band in rating.bands)
    yield report.method.title
    yield set_in(f"score {_span(rating.scores)}, band {bands}", 2)
    if rating.band:
        yield from _band(rating.band)
    for part in report.inputs.all():
        yield set_in(f"{part.name} {_span(part.possible)}: {part.because}", 2)
    yield from _changes(report.changes, report.inputs.all())
    yield from _flags(report.flags)
    yield from _lacks(report.missing, report.consider)
    yield from _footer(report.method)


def decision_lines(decision: Decision) -> Iterator[str]:
    """The outcome, its reasons, and how each factor stands."""
    table = decision.table
    yield table.title
    for name in decision.possible:
        lead = "outcome" if decision.outcome else "possible"
        yield set_in(f"{lead}: {table.outcomes[name]}", 2)
    if table.presumed and not decision.outcome:
        yield set_in(f"presumed meanwhile: {table.outcomes[table.presumed]}", 2)
    for text in dict.fromkeys(decision.because):  # grades have limbs of the same words
        yield set_in(f"because {text}", 2)
    yield from _factors(decision.weighed)
    consider = decision.consider
    if len(consider) > _MANY:
        consider = (f"a graver outcome holds if one of these says so; state them: {', '.join(decision.unstated)}",)
    yield from _lacks(decision.missing, consider)
    yield from _footer(table)


def _band(band: Band) -> Iterator[str]:
    yield set_in(f"means: {band.means}", 2)
    yield set_in(f"points to: {band.points_to}", 2)
    yield set_in(f"CNIL: {band.cnil}; EDPB common template: {band.edpb_template}", 2)


def _changes(changes: Sequence[ScoreChange], parts: Sequence[Input]) -> Iterator[str]:
    """What moves the band, by input; silence would not say that an input does not matter."""
    yield "  how the band answers to each input:"
    for part in parts:
        moving = [change for change in changes if change.input == part.name and change.changes_band]
        if not moving:
            yield f"    {part.name}: no single step changes the band"
        for change in moving:
            bands = " or ".join(band.band for band in change.rating.bands)
            before = "" if change.before is None else f"{change.before:g} -> "
            yield f"    {part.name} {before}{change.after:g}: {_span(change.rating.scores)}, {bands}"


def _factors(weighed: Sequence[WeighedFactor]) -> Iterator[str]:
    """How each factor stands; the refused ones of a long table only as a number, JSON lists them all."""
    is_long = len(weighed) > 2 * _MANY
    shown = [factor for factor in weighed if not is_long or factor.judgement.answer is not Answer.NO]
    yield from _flags(shown)
    if len(shown) < len(weighed):
        yield f"    {len(weighed) - len(shown)} further factors: no"


def _flags(weighed: Sequence[WeighedFactor]) -> Iterator[str]:
    for factor in weighed:
        yield set_in(f"{factor.factor.text}: {_ANSWERS[factor.judgement.answer]}", 4)


def _lacks(missing: Sequence[str], consider: Sequence[str]) -> Iterator[str]:
    if missing:
        yield set_in(f"missing: {', '.join(missing)}", 2)
    for text in consider:
        yield set_in(f"consider: {text}", 2)


def _footer(method: DecisionTable | EnisaMethod) -> Iterator[str]:
    source = method.source
    yield set_in(f"source: {source.name} ({source.kind})", 2)
    yield f"    {source.url}"
    unverified = f"; to be verified: {'; '.join(source.verify_fields)}" if source.verify_fields else ""
    yield set_in(f"checked on {source.verified_on}, {source.confidence}{unverified}", 2)
    yield set_in(f"{method.decided_by} {ADVICE}", 2)
    yield ""


def _span(values: Sequence[float]) -> str:
    return f"{values[0]:g}" if values[0] == values[-1] else f"{values[0]:g} to {values[-1]:g}"


def severity_lines(found: EnisaReport | Decision) -> Iterator[str]:
    """The result of one method."""
    return score_lines(found) if isinstance(found, EnisaReport) else decision_lines(found)


def severity_json(found: EnisaReport | Decision) -> dict[str, Any]:
    """The result of one method as plain values."""
    return enisa_json(found) if isinstance(found, EnisaReport) else table_json(found)
