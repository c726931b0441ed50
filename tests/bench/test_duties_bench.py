"""How long it takes to assess every duty of the book for one incident in many places.

Nothing here fails because a machine is slow: a line is printed for a person to read.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from leakguard.notices.book import assess_facts
from support.notices import book, complete, facts_of

BUDGET = 1.0
"""Seconds, on one core."""
NOW = datetime(2026, 9, 20, 12, tzinfo=UTC)


def test_every_duty_is_assessed_for_an_incident_in_seven_places(capsys: pytest.CaptureFixture[str]) -> None:
    people = {"CN": 40_000, "DE": 120, "US-CA": 501, "US-MA": 3, "SG": 500, "KR": 900, "BR": 20}
    facts = facts_of(complete(subjects_by_jurisdiction={"value": people}), now=NOW)
    duties = book()

    began = time.process_time()
    assessed = assess_facts(duties, facts, NOW)
    seconds = time.process_time() - began

    assert len(assessed) == len(duties.duties)
    with capsys.disabled():
        print(f"\n{len(assessed)} duties assessed in {seconds:.3f} s of one core (goal: {BUDGET:g} s)")  # noqa: T201  (it is read)
