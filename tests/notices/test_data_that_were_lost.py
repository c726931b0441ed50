"""Data that nobody read and that were altered, lost or locked: a breach where the definition of the law says so."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from leakguard.files.yaml_text import read_yaml
from leakguard.frozen import replace
from leakguard.notices.book import assess_facts
from leakguard.notices.duties import Duty
from leakguard.notices.judging import Answer
from support.each import for_each
from support.notices import book, facts_of

pytestmark = pytest.mark.untraced

FILE = Path(__file__).with_name("data_that_were_lost.yaml")
TABLE: dict[str, Any] = read_yaml(FILE.read_text(encoding="utf-8"), name=FILE.name).value
ALTERED = {"integrity_loss": "recoverable"}
DESTROYED = {"availability_loss": "full"}
LOCKED = {"availability_loss": "temporary"}
COUNTS = {
    "altered_or_lost": (ALTERED, DESTROYED),
    "altered_lost_or_out_of_reach": (ALTERED, DESTROYED, LOCKED),
    "lost": (DESTROYED,),
    "somebody_reached_them": (),
}
TAKEN, LOSSES = {"exfiltration", "acquisition"}, {"integrity_loss", "availability_loss"}
NOW = datetime(2027, 6, 1, 4, tzinfo=UTC)
"""The Indian Act is in force by then."""
_ASKED = ("protection_needed", "public_services_disturbed", "many_people_endangered", "adgm_body", "malicious")


def answer(duty: Duty, **loss: str) -> Answer:
    """What is said of one duty, at its own place, of a grave incident in which nobody reached or read the data."""
    (place, *_) = sorted(duty.places) or ["GL"]
    facts: dict[str, object] = {
        **dict.fromkeys(("exposure", "access", "exfiltration", "acquisition", "misuse"), False),
        **dict.fromkeys(_ASKED, True),
        "risk": "high_risk", "serious_harm": "likely", "subject_count": 5000, "discovery_date": "2027-05-20",
        "encryption": {"encrypted": False, "key_safe": None},
        "data_categories": ["basic.name", "health", "payment", "identification_number"], **loss,
    }  # fmt: skip
    country, is_part, _ = place.partition("-")
    values = {
        "incident": "IR-1",
        "zone": "UTC",
        "organisation": {"name": "Example", "country": country, **({"region": place} if is_part else {})},
        "obligated_as": list(duty.obligated),
        "facts": {name: {"value": value} for name, value in facts.items()}
        | {"subjects_by_jurisdiction": {"value": {place: 5000}}},
    }
    (found,) = assess_facts(replace(book(), duties=(duty,)), facts_of(values, now=NOW), NOW)
    return found.applies


@for_each("name", [name for kind in COUNTS for name in TABLE[kind]])
def test_data_that_nobody_read_are_a_breach_under_each_law_whose_definition_says_so(name: str) -> None:
    counts = next(losses for kind, losses in COUNTS.items() if name in TABLE[kind])
    duty = book().duty(name)

    for loss in (ALTERED, DESTROYED, LOCKED):
        assert (answer(duty, **loss) is not Answer.NO) is (loss in counts), loss


def test_every_duty_that_asks_who_read_the_data_stands_in_a_list() -> None:
    """A law that is added says what it makes of a ransom attack without a leak, or that nobody has read it."""
    listed = {name for kind in (*COUNTS, "not_read") for name in TABLE[kind]}
    asks = set()
    for duty in book().duties:
        facts = {leaf.fact for leaf in duty.trigger.rule.leaves()}
        if "access" in facts and facts & TAKEN and not facts & LOSSES:
            asks.add(duty.id)
    states = {name for name in asks if name.startswith(TABLE["of_the_united_states"])}

    assert asks - states - listed == set()
    assert listed - {duty.id for duty in book().duties} == set()
    assert [name for name in TABLE["not_read"] if name not in asks] == []
