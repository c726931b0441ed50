"""Inputs of ENISA's score from the facts: stated ones count, unstated ones leave a range and are named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from leakguard.errors import BadFile
from leakguard.notices.severity.enisa import Input
from leakguard.notices.severity.reports import EnisaReport, enisa_json
from leakguard.use_cases.letters.rate_severity import ENISA, rate_facts
from support.severity import bare, known, methods, university

GOLDEN = Path(__file__).parent / "golden" / "university.json"
EVERY: tuple[float, ...] = (1, 2, 3, 4)
HIGHER: tuple[float, ...] = (2, 3, 4)
NONE: dict[str, Any] = {"value": {}}


def of(**facts: Any) -> EnisaReport:  # noqa: ANN401  (a facts file holds anything)
    report = rate_facts(methods(), known(**facts), ENISA)
    assert isinstance(report, EnisaReport)
    return report


def dpc(**facts: Any) -> Input:  # noqa: ANN401  (a facts file holds anything)
    return of(**facts).inputs.dpc


def test_the_worked_case_of_the_university_is_high_for_a_long_period_and_medium_for_a_short_one() -> None:
    long, short = enisa_json(university()), enisa_json(university(dpc_adjustments=NONE))

    assert (long["dpc"], long["ei"], long["cb"], long["score"], long["band"]) == (3, 1, 0.5, 3.5, "high")
    assert (short["dpc"], short["score"], short["band"]) == (2, 2.5, "medium")
    assert {"input": "dpc", "to": 2, "band": "medium", "changes_band": True}.items() <= long["sensitivity"][0].items()


def test_the_json_is_the_golden_one() -> None:
    found = enisa_json(university(subject_count={"value": 100}))

    assert list(found)[:7] == ["method", "dpc", "ei", "cb", "score", "band", "sensitivity"]
    assert found == json.loads(GOLDEN.read_text(encoding="utf-8"))


def test_nothing_stated_gives_the_whole_range_and_names_every_input() -> None:
    found = enisa_json(of())

    assert (found["dpc"], found["ei"], found["cb"], found["score"], found["band"]) == (None, None, None, None, None)
    assert found["score_range"] == [0.25, 6]
    assert found["bands"] == ["low", "medium", "high", "very high"]
    assert found["missing_facts"] == [
        "data_categories", "dpc_adjustments", "identification_ease", "confidentiality_loss", "integrity_loss",
        "availability_loss", "malicious",
    ]  # fmt: skip
    assert found["means"] is None
    assert found["same_in"] == {"cnil": None, "edpb_template": None}


@pytest.mark.parametrize("name", ["identification_ease", "confidentiality_loss", "integrity_loss", "availability_loss"])
def test_a_missing_input_gives_a_range_that_holds_the_true_score(name: str) -> None:
    found = enisa_json(university(**{name: {"unknown": "the logs reach back 7 days only"}}))
    low, high = found["score_range"]

    assert found["score"] is None
    assert low <= 3.5 <= high
    assert low < high
    assert found["missing_facts"] == [name]
    assert any("the logs reach back 7 days only" in part["because"] for part in found["inputs"])


@pytest.mark.parametrize(
    ("category", "base"),
    [
        ("basic.name", 1), ("contact.email", 1), ("identification_number.us_ssn", 1), ("location.ip_address", 2),
        ("profile", 2), ("economic", 3), ("payment", 3), ("health", 4), ("sexual", 4), ("criminal", 4),
    ],
)  # fmt: skip
def test_each_kind_of_data_has_the_base_of_its_class(category: str, base: int) -> None:
    assert dpc(data_categories=[category], dpc_adjustments={}).settled == base


def test_the_highest_class_counts() -> None:
    assert dpc(data_categories=["contact", "health", "profile"], dpc_adjustments={}).settled == 4


@pytest.mark.parametrize(
    ("base", "steps", "result"),
    [
        ("contact", {"volume": 1}, 2), ("contact", {"vulnerable_people": 3}, 4), ("contact", {"already_public": -1}, 1),
        ("health", {"profiling": 1}, 4), ("health", {"reveals_little": -2}, 2), ("health", {"invalid_or_old": -3}, 1),
        ("profile", {"volume": 1, "already_public": -1}, 2), ("payment", {"volume": 1, "profiling": 1}, 4),
        ("payment", {"reveals_little": -3, "invalid_or_old": -1}, 1),
    ],
)  # fmt: skip
def test_steps_are_whole_and_kept_within_one_and_four(base: str, steps: dict[str, int], result: int) -> None:
    assert dpc(data_categories=[base], dpc_adjustments=steps).settled == result


def test_without_stated_steps_every_class_stays_possible() -> None:
    found = dpc(data_categories=["contact"])

    assert found.possible == EVERY
    assert found.missing == ("dpc_adjustments",)


@pytest.mark.parametrize("fact", [{"not_applicable": "looked at, nothing moves it"}, NONE])
def test_stated_as_nothing_means_no_step(fact: dict[str, Any]) -> None:
    assert university(dpc_adjustments=fact).inputs.dpc.settled == 2


def test_unknown_steps_are_not_no_steps() -> None:
    assert university(dpc_adjustments={"unknown": "nobody looked"}).inputs.dpc.possible == EVERY


def test_credentials_count_as_what_they_open() -> None:
    opened = {"data_categories": ["contact", "credentials"], "dpc_adjustments": {}}

    assert dpc(**opened, credentials_open="financial").settled == 3
    assert dpc(**opened).possible == EVERY
    assert dpc(**opened).missing == ("credentials_open",)
    assert dpc(data_categories=["credentials", "health"], dpc_adjustments={}).settled == 4


@pytest.mark.parametrize("category", ["unknown", "other"])
def test_a_kind_that_nobody_classed_leaves_the_higher_classes_possible(category: str) -> None:
    found = dpc(data_categories=["profile", category], dpc_adjustments={})

    assert found.possible == HIGHER
    assert found.missing == ("data_categories",)
    assert dpc(data_categories=[category], dpc_adjustments={"profiling": 3}).settled == 4


def test_categories_that_nobody_knows_leave_every_class() -> None:
    report = university(data_categories={"unknown": "the index is not read yet"}, dpc_adjustments=NONE)

    assert report.inputs.dpc.possible == EVERY
    assert report.missing == ("data_categories",)
    assert "the index is not read yet" in report.inputs.dpc.because


@pytest.mark.parametrize(
    ("seen", "possible", "is_missing"),
    [
        ((False, False, False), (0,), False),
        ((True, True, False), (0.25, 0.5), True),
        ((True, False, True), (0.25, 0.5), True),
        ((True, False, False), (0, 0.25, 0.5), True),
        ((False, False, None), (0, 0.25, 0.5), True),
    ],
)
def test_confidentiality_follows_what_was_seen_where_nobody_stated_it(
    seen: tuple[bool | None, ...], possible: tuple[float, ...], *, is_missing: bool
) -> None:
    names = ("exposure", "access", "exfiltration")
    stated = {name: value for name, value in zip(names, seen, strict=True) if value is not None}
    found = of(**stated).inputs.confidentiality

    assert found.possible == possible
    assert bool(found.missing) is is_missing


def test_what_does_not_apply_counts_as_none_but_never_for_identification() -> None:
    report = university(
        integrity_loss={"not_applicable": "the data were only read"}, identification_ease={"not_applicable": "no names"}
    )

    assert report.inputs.integrity.settled == 0
    assert report.inputs.ei.settled is None


@pytest.mark.parametrize(("count", "answer"), [(100, "no"), (101, "yes")])
def test_more_than_a_hundred_people_is_a_flag_beside_the_score(count: int, answer: str) -> None:
    found = enisa_json(university(subject_count={"value": count}))

    assert (found["flags"][0]["id"], found["flags"][0]["answer"]) == ("more_than_100_individuals", answer)
    assert found["score"] == 3.5


def test_unintelligible_data_are_a_flag_beside_the_score() -> None:
    found = enisa_json(university(encryption={"value": {"encrypted": True, "key_safe": True}}))

    assert (found["flags"][1]["id"], found["flags"][1]["answer"]) == ("unintelligible", "yes")
    assert found["score"] == 3.5
    assert enisa_json(university())["flags"][1]["answer"] == "needs_fact"


def test_steps_without_a_reason_or_against_their_direction_are_remarked() -> None:
    report = university(dpc_adjustments={"value": {"volume": -1, "already_public": 1}})

    assert any("say in `why`" in text for text in report.consider)
    assert any("`volume` moves" in text for text in report.consider)
    assert any("`already_public` moves" in text for text in report.consider)
    assert university().consider == ()


def test_vulnerable_people_are_brought_to_mind() -> None:
    assert "vulnerable people" in university(vulnerable_people={"value": True}).consider[0]
    assert university(
        vulnerable_people={"value": True}, dpc_adjustments={"value": {"vulnerable_people": 1}, "why": "pupils"}
    ).consider == ()  # fmt: skip


@pytest.mark.parametrize(
    "steps", [{"volume": 0}, {"volume": 4}, {"volume": True}, {"volume": 0.5}, {"weather": 1}, ["volume"], "volume"]
)
def test_a_step_that_is_none_is_refused(steps: object) -> None:
    with pytest.raises(BadFile):
        bare(dpc_adjustments={"value": steps})


@pytest.mark.parametrize(
    ("told", "categories", "steps", "score"),
    [
        ("customers of a supermarket", ["basic", "contact"], {}, 1),
        ("customers of a seller of luxury", ["basic", "contact"], {"profiling": 1}, 2),
        ("addresses of an adult shop", ["basic", "contact"], {"controller_field": 2}, 3),
        ("names of undercover officers", ["basic"], {"controller_field": 3}, 4),
        ("call records of one week", ["profile"], {}, 2),
        ("call records of one year", ["profile"], {"volume": 1}, 3),
        ("calls to a psychology line", ["profile"], {"controller_field": 2}, 4),
        ("health data that reveal little", ["health"], {"reveals_little": -1}, 3),
        ("more steps than there are classes", ["health"], {"volume": 1}, 4),
        ("less than the lowest class", ["basic"], {"already_public": -1}, 1),
    ],
)
def test_illustrations_of_the_class_of_data_come_out(
    told: str, categories: list[str], steps: dict[str, int], score: int
) -> None:
    """The first seven lists and their classes are ENISA's, taken from secondary sources; the steps are our reading.

    So this shows that the classes can be reached by such steps, not that ENISA counts the steps in this way.
    """
    found = dpc(data_categories=categories, dpc_adjustments=steps)

    assert found.possible == (score,), told
