"""Severity methods and facts for tests."""

from __future__ import annotations

import functools
from typing import Any

from leakguard.bundled import BundledFiles
from leakguard.notices.book import load_vocabulary
from leakguard.notices.facts import Facts
from leakguard.notices.facts_file import parse_facts
from leakguard.notices.severity.reports import EnisaReport
from leakguard.notices.severity.tables import Decision
from leakguard.use_cases.letters.rate_severity import ENISA, Methods, load_methods, rate_facts
from support.notices import NOW, complete, to_text

UNIVERSITY: dict[str, Any] = {
    "data_categories": {"value": ["contact.email", "profile.communication_metadata"]},
    "dpc_adjustments": {"value": {"volume": 1}, "why": "years of mail headers for each person"},
    "identification_ease": {"value": "maximum"},
    "confidentiality_loss": {"value": "unknown_recipients"},
    "integrity_loss": {"value": "none"},
    "availability_loss": {"value": "none"},
    "malicious": {"value": False},
}
"""The worked case: metadata of mail on an open search server, over a long period."""


@functools.cache
def methods() -> Methods:
    """The methods that ship."""
    return load_methods(BundledFiles(), load_vocabulary(BundledFiles()))


def bare(**facts: Any) -> Facts:  # noqa: ANN401  (a facts file holds anything)
    """Facts that state nothing but `facts`."""
    values = complete()
    values["facts"] = {name: fact for name, fact in facts.items() if fact is not None}
    text = to_text(values)
    return parse_facts(text, name="facts.yaml", vocabulary=methods().vocabulary, now=NOW)


def known(**values: Any) -> Facts:  # noqa: ANN401  (a facts file holds anything)
    """Facts that state nothing but these values, each known."""
    return bare(**{name: {"value": value} for name, value in values.items()})


def university(**facts: Any) -> EnisaReport:  # noqa: ANN401  (a facts file holds anything)
    """ENISA's report of the worked case; `facts` replace or, with `None`, remove single facts."""
    report = rate_facts(methods(), bare(**{**UNIVERSITY, **facts}), ENISA)
    assert isinstance(report, EnisaReport)
    return report


def decided(method: str, facts: Facts) -> Decision:
    """What a table says about the facts."""
    decision = rate_facts(methods(), facts, method)
    assert isinstance(decision, Decision)
    return decision
