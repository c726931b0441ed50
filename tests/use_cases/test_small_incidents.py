"""Small incidents: what nobody said is no fact, and what somebody said is not lost."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from leakguard.errors import BadFile
from leakguard.notices.book import assess_facts, read_facts
from leakguard.notices.judging import Answer
from leakguard.use_cases.incidents.kept_facts import kept_facts
from leakguard.use_cases.letters.small_incidents import SmallIncident, record_small
from support.memory_store import MemoryStore
from support.notices import GDPR_33, NOW, book

ORGANISATION = {"name": "Example University", "role": "controller", "country": "DE"}


def now() -> datetime:
    return NOW


def recorded(store: MemoryStore, **said: Any) -> Any:  # noqa: ANN401  (a file holds anything)
    """The facts that are kept of one small incident, as a document."""
    small = SmallIncident(title="a letter to a wrong address", noticed="2026-06-10", **said)
    (incident,) = record_small(
        store, book(), [small], organisation=ORGANISATION, roles=("controller",), zone="Europe/Berlin", now=now
    )
    return kept_facts(store, incident.id)


def test_a_risk_that_nobody_judged_is_no_fact() -> None:
    """An unsaid risk is not a person's decision that none is likely."""
    kept = recorded(MemoryStore(now))
    found = {
        one.duty.id: one for one in assess_facts(book(), read_facts(kept.text, name="x", book=book(), now=NOW), NOW)
    }

    assert "risk" not in kept.document["facts"]
    assert found[GDPR_33].applies is Answer.NEEDS_FACT
    assert "risk" in found[GDPR_33].missing_facts


@pytest.mark.parametrize("risk", ["unlikely", "risk", "high_risk"])
def test_a_risk_that_somebody_judged_is_kept_with_its_reason(risk: str) -> None:
    assert recorded(MemoryStore(now), risk=risk, why="it came back unread").document["facts"]["risk"] == {
        "value": risk, "why": "it came back unread",
    }  # fmt: skip


def test_a_place_with_its_people_is_kept() -> None:
    facts = recorded(MemoryStore(now), place="US-CA", people=3).document["facts"]

    assert facts["subjects_by_jurisdiction"] == {"value": {"US-CA": 3}}


@pytest.mark.parametrize(
    ("said", "where"),
    [
        ({"place": "US-CA"}, "incidents[1].people"),
        ({"place": "US-CA", "people": 0}, "incidents[1].people"),
        ({"why": "it came back unread"}, "incidents[1].why"),
    ],
)
def test_a_place_without_a_number_is_not_lost(said: dict[str, Any], where: str) -> None:
    """Nor is a reason without its risk: the line is refused, and nothing is opened."""
    store = MemoryStore(now)
    with pytest.raises(BadFile) as refused:
        recorded(store, **said)

    assert [problem.where for problem in refused.value.problems] == [where]
    assert list(store.read()) == []
