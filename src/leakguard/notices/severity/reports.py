"""Results as plain JSON values, as the contract with users has them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from leakguard.frozen import Frozen
from leakguard.notices.facts import Facts
from leakguard.notices.severity.enisa import Input, Inputs, Rating, ScoreChange, rate, sensitivity
from leakguard.notices.severity.enisa_facts import read_inputs, remarks
from leakguard.notices.severity.methods import DecisionTable, EnisaMethod
from leakguard.notices.severity.tables import Decision, WeighedFactor, weigh
from leakguard.notices.vocabulary import Vocabulary

ADVICE = "Not legal advice."
_OTHER_WORDS = ("cnil", "edpb_template")
"""Methods that grade with words of their own for the same gravity."""


class EnisaReport(Frozen):
    """ENISA's score of an incident, with everything behind it."""

    method: EnisaMethod
    inputs: Inputs
    rating: Rating
    changes: tuple[ScoreChange, ...]
    flags: tuple[WeighedFactor, ...]
    consider: tuple[str, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """The facts without which the score is a range."""
        return tuple(dict.fromkeys(name for part in self.inputs.all() for name in part.missing))

    @property
    def cb(self) -> tuple[float, float]:
        """The lowest and the highest possible sum of the circumstances."""
        parts = self.inputs.circumstances()
        return sum(part.possible[0] for part in parts), sum(part.possible[-1] for part in parts)


def score_facts(method: EnisaMethod, facts: Facts, vocabulary: Vocabulary) -> EnisaReport:
    """Score an incident by ENISA's method."""
    inputs = read_inputs(facts, method)
    return EnisaReport(
        method=method,
        inputs=inputs,
        rating=rate(inputs, method),
        changes=sensitivity(inputs, method),
        flags=weigh(method.flags, facts, vocabulary),
        consider=remarks(facts, method),
    )


def enisa_json(report: EnisaReport) -> dict[str, Any]:
    """`dpc`, `ei`, `cb`, `score` and `band` are null while facts are missing; the ranges and `bands` always stand."""
    rating, inputs = report.rating, report.inputs
    low, high = report.cb
    band = rating.band
    return {
        "method": report.method.method,
        "dpc": _plain_or_none(inputs.dpc.settled),
        "ei": _plain_or_none(inputs.ei.settled),
        "cb": _plain(low) if low == high else None,
        "score": _plain_or_none(rating.score),
        "band": band.band if band else None,
        "sensitivity": [_change(change) for change in report.changes],
        "dpc_range": _ends(inputs.dpc.possible),
        "ei_range": _ends(inputs.ei.possible),
        "cb_range": _ends((low, high)),
        "score_range": _ends(rating.scores),
        "bands": [rated.band for rated in rating.bands],
        "means": band.means if band else None,
        "points_to": band.points_to if band else None,
        "same_in": {name: getattr(band, name) if band else None for name in _OTHER_WORDS},
        "inputs": [_input(part) for part in inputs.all()],
        "missing_facts": list(report.missing),
        "consider": list(report.consider),
        "flags": [_weighed(flag) for flag in report.flags],
        **_marks(report.method),
    }


def table_json(decision: Decision) -> dict[str, Any]:
    """`outcome` is null while facts are missing; `possible` always names what the facts leave open."""
    table = decision.table
    return {
        "method": table.method,
        "outcome": decision.outcome,
        "outcome_text": table.outcomes[decision.outcome] if decision.outcome else None,
        "possible": list(decision.possible),
        "presumed": table.presumed,
        "because": list(decision.because),
        "missing_facts": list(decision.missing),
        "consider": list(decision.consider),
        "unstated": list(decision.unstated),
        "factors": [_weighed(factor) for factor in decision.weighed],
        **_marks(table),
    }


def _marks(method: DecisionTable | EnisaMethod) -> dict[str, Any]:
    """What every output says about a method."""
    source = method.source
    return {
        "title": method.title,
        "source": {
            "name": source.name,
            "url": source.url,
            "kind": source.kind,
            "verified_on": source.verified_on.isoformat(),
            "confidence": source.confidence,
            "verify_fields": list(source.verify_fields),
        },
        "decided_by": method.decided_by,
        "advice": ADVICE,
    }


def _weighed(factor: WeighedFactor) -> dict[str, Any]:
    found = factor.judgement
    return {
        "id": factor.factor.id,
        "text": factor.factor.text,
        "answer": found.answer.value,
        "because": list(found.because),
        "missing_facts": list(found.missing),
    }


def _input(part: Input) -> dict[str, Any]:
    return {
        "input": part.name,
        "value": _plain_or_none(part.settled),
        "range": _ends(part.possible),
        "because": part.because,
        "missing_facts": list(part.missing),
    }


def _change(change: ScoreChange) -> dict[str, Any]:
    rating = change.rating
    band = rating.band
    return {
        "input": change.input,
        "from": _plain_or_none(change.before),
        "to": _plain(change.after),
        "score": _plain_or_none(rating.score),
        "score_range": _ends(rating.scores),
        "band": band.band if band else None,
        "bands": [rated.band for rated in rating.bands],
        "changes_band": change.changes_band,
    }


def _ends(values: Sequence[float]) -> list[float]:
    return [_plain(values[0]), _plain(values[-1])]


def _plain(value: float) -> float:
    """Whole numbers without a point, as a person writes them."""
    return int(value) if value == int(value) else value


def _plain_or_none(value: float | None) -> float | None:
    return None if value is None else _plain(value)
