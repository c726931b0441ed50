"""The scenarios that ship: one for every incident of the collection, with sources, unknowns and the law of its day."""

from __future__ import annotations

from datetime import timedelta

import pytest

from leakguard.drills.shapes import Scenario
from leakguard.drills.times import begins_at, most_earlier
from leakguard.use_cases.drills.drill_scenarios import list_scenarios
from support.drills import materials
from support.each import for_each

pytestmark = pytest.mark.untraced

COLLECTION = {
    "university-2019", "microsoft-support-2019", "ufo-vpn-2020", "polecat-2020", "shanghai-police-2022",
    "verifications-io-2019", "exactis-2018", "keepnet-2020", "mongo-wave-2017", "gdpr-blackmail-2020",
    "ctu-campaign-2022", "meow-2020", "decoy-study-2020", "bulletin-2019", "chat-app",
}  # fmt: skip


def scenarios() -> tuple[Scenario, ...]:
    return list_scenarios(materials().folders, materials().known)


def test_every_incident_of_the_collection_has_a_scenario() -> None:
    assert {one.scenario for one in scenarios()} >= COLLECTION


@for_each("one", scenarios, ids=lambda one: one.scenario)
def test_a_scenario_says_whence_it_knows_what_it_knows_and_what_nobody_knows(one: Scenario) -> None:
    assert any(source.read != "not" for source in one.sources.values())
    assert [fact.what for fact in one.facts if fact.unknown is not None] != []
    assert [name for name, source in one.sources.items() if source.read == "whole" and source.url is None] == []
    named = f"{one.scenario} {one.title}"
    assert str(begins_at(one).year) in named or str(begins_at(one).year + 1) in named


@for_each("one", scenarios, ids=lambda one: one.scenario)
def test_no_real_person_plays_a_role(one: Scenario) -> None:
    """Finders are named where sources name them; whoever answers for an organisation here is made up."""
    told = " ".join([*one.about, *(fact.what for fact in one.facts)])

    assert [name for name in one.cast.values() if name in told] == []


def test_the_university_could_have_known_six_hours_earlier() -> None:
    university = next(one for one in scenarios() if one.scenario == "university-2019")

    assert most_earlier(university) >= timedelta(hours=6)
