"""Roles that the sector of an organisation suggests: without them the duties that they bring would stay unseen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from leakguard.errors import BadFile
from leakguard.frozen import replace
from leakguard.notices.book import assess_facts
from leakguard.notices.judging import Answer
from leakguard.notices.questions import Question, next_questions, to_json_object
from leakguard.notices.role_questions import role_questions
from leakguard.notices.sectors import sectors_told
from leakguard.notices.vocabulary import Vocabulary
from support.notices import NOW, book, complete, facts_of

NIS2 = "obligated_as.essential_entity"
HOSPITAL = {"name": "Klinikum", "role": "controller", "country": "DE", "sector": "Hospital group"}


def values_of(who: Mapping[str, Any], *roles: str, **more: object) -> dict[str, Any]:
    values = complete(operates_in=None)
    values["organisation"] = dict(who)
    values["obligated_as"] = list(roles or ("controller",))
    return {**values, **more}


def asked(who: Mapping[str, Any], *roles: str, **more: object) -> dict[str, Question]:
    facts = facts_of(values_of(who, *roles, **more))
    found = assess_facts(book(), facts, NOW)
    return {one.fact: one for one in role_questions(book(), facts, NOW, found)}


def test_a_hospital_that_is_only_a_controller_is_asked_for_its_role_under_nis2() -> None:
    found = asked(HOSPITAL)[NIS2]

    assert found.asks.startswith("Is the organisation an essential or important entity under NIS2")
    assert found.options == ("essential_entity", "important_entity")
    assert "de-bsig-32-bsi" in found.duties
    assert found.deadline is not None
    assert to_json_object(found)["answer"].startswith("Add the role to `obligated_as`")


def test_the_question_names_the_very_duties_that_the_role_brings() -> None:
    """Both sides: what it names arises with the role, and none of it does without."""
    named = set(asked(HOSPITAL)[NIS2].duties)
    before, after = (
        {
            one.duty.id
            for one in assess_facts(book(), facts_of(values_of(HOSPITAL, *roles)), NOW)
            if one.applies is not Answer.NO
        }
        for roles in (("controller",), ("controller", "essential_entity", "important_entity"))
    )

    assert named
    assert named.isdisjoint(before)
    assert named <= after


@pytest.mark.parametrize(
    "organisation",
    [
        {**HOSPITAL, "country": "KE"},
        {**HOSPITAL, "sector": "opera house"},
        {key: value for key, value in HOSPITAL.items() if key != "sector"},
        {key: value for key, value in HOSPITAL.items() if key != "country"},
        {**HOSPITAL, "not_obligated_as": ["essential_entity", "important_entity"]},
    ],
    ids=["another place", "another sector", "no sector", "no place", "found not to be one"],
)
def test_nobody_is_asked_whom_the_question_does_not_concern(organisation: dict[str, Any]) -> None:
    assert NIS2 not in asked(organisation)


def test_one_of_the_roles_answers_the_question_and_one_denied_does_not() -> None:
    assert NIS2 not in asked(HOSPITAL, "controller", "important_entity")
    assert NIS2 in asked({**HOSPITAL, "not_obligated_as": ["essential_entity"]})
    assert NIS2 not in asked(HOSPITAL, not_obligated_as=["essential_entity", "important_entity"])


@pytest.mark.parametrize("sector", ["health", "公立医院", {"de": "Krankenhaus"}, {"en": "a (City) HOSPITAL"}])
def test_the_sector_is_known_by_its_name_or_by_words_of_several_languages(sector: object) -> None:
    assert NIS2 in asked({**HOSPITAL, "sector": sector})


def test_a_word_is_found_at_the_beginning_of_a_word_alone() -> None:
    sectors = book().vocabulary.sectors

    assert "post" not in sectors_told(sectors, ["a compost plant"])
    assert "banking" in sectors_told(sectors, ["private banking"])
    assert "medical_devices" in sectors_told(sectors, ["medical_devices"])


def test_of_several_organisations_the_question_names_those_that_it_is_about() -> None:
    values = values_of(HOSPITAL)
    del values["organisation"], values["obligated_as"]
    values["organisations"] = [
        {"name": "Holding", "role": "controller", "country": "DE", "obligated_as": ["controller"]},
        {**HOSPITAL, "obligated_as": ["controller"]},
    ]
    facts = facts_of(values)
    (found,) = [one for one in role_questions(book(), facts, NOW, ()) if one.fact == NIS2]

    assert found.asks.endswith("(Klinikum)")
    assert found.asks_zh.endswith("（Klinikum）")


def test_a_role_stands_among_the_facts_by_its_deadline() -> None:
    facts = facts_of(values_of(HOSPITAL, facts={**complete()["facts"], "risk": {"unknown": "we are looking into it"}}))
    found = assess_facts(book(), facts, NOW)
    questions = next_questions(found, book().vocabulary, role_questions(book(), facts, NOW, found))
    limits = [one.deadline for one in questions if one.deadline is not None]

    assert {NIS2, "risk"} <= {one.fact for one in questions}
    assert limits == sorted(limits)


@pytest.mark.parametrize(
    ("more", "where"),
    [
        ({"not_obligated_as": ["esential_entity"]}, "not_obligated_as[0]"),
        ({"not_obligated_as": ["controller"]}, "not_obligated_as[0]"),
        ({"organisation": {**HOSPITAL, "not_obligated_as": ["controller"]}}, "organisation.not_obligated_as[0]"),
        ({"organisation": {**HOSPITAL, "not_obligated_as": ["bnak"]}}, "organisation.not_obligated_as[0]"),
    ],
)
def test_a_role_that_nobody_knows_or_that_is_stated_both_ways_is_refused(more: dict[str, Any], where: str) -> None:
    with pytest.raises(BadFile) as refused:
        facts_of(values_of(HOSPITAL, **more))

    assert [problem.where for problem in refused.value.problems] == [where]


def test_every_role_that_a_law_defines_is_asked_for_or_needs_no_sector() -> None:
    """A role without a question is one that no sector tells; a new role stands in one of the two lists."""
    untold = {
        "controller", "processor", "employer", "public_company", "eu_institution",
    }  # fmt: skip
    vocabulary = book().vocabulary
    questioned = {role for one in vocabulary.role_questions for role in one.roles}

    assert questioned | untold == set(vocabulary.obligated)
    assert questioned.isdisjoint(untold)
    assert {sector for one in vocabulary.role_questions for sector in one.sectors} <= set(vocabulary.sectors)


@pytest.mark.parametrize("change", [{"roles": ("bnak",)}, {"sectors": ("helth",)}])
def test_a_question_about_an_unknown_role_or_sector_is_refused(change: dict[str, Any]) -> None:
    vocabulary = book().vocabulary
    wrong = replace(vocabulary.role_questions[0].model_copy(update=change))
    values = {**vocabulary.model_dump(), "role_questions": (wrong.model_dump(),)}

    with pytest.raises(ValueError, match=next(iter(change.values()))[0]):
        Vocabulary.model_validate(values)
