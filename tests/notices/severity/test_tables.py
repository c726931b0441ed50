"""The decision tables: both sides of every border, three-valued, each with its source."""

from __future__ import annotations

from typing import Any

import pytest

from leakguard.notices.severity.methods import DecisionTable
from leakguard.notices.severity.reports import table_json
from support.severity import bare, decided, known, methods

pytestmark = pytest.mark.untraced

TABLES = methods().tables
LOSS = {"amount": 0, "currency": "CNY"}
QUIET = {"subject_count": 0, "direct_loss": LOSS}
"""Enough to say that no figure of the Chinese grading is reached."""


def outcome(method: str, **values: Any) -> str | None:  # noqa: ANN401  (a facts file holds anything)
    return decided(method, known(**values)).outcome


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.method)
def test_every_method_names_its_source_and_that_a_person_decides(table: DecisionTable) -> None:
    shown = table_json(decided(table.method, bare()))

    assert shown["source"]["url"].startswith("http")
    assert shown["source"]["verified_on"].startswith("2026-")
    assert shown["source"]["confidence"] in {"sourced", "own-knowledge"}
    assert shown["source"]["kind"]
    assert shown["source"]["verify_fields"]
    assert "person" in shown["decided_by"]
    assert shown["advice"] == "Not legal advice."


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.method)
def test_every_outcome_can_be_reached_and_every_factor_is_used(table: DecisionTable) -> None:
    reached = {row.outcome for row in table.rows} | {table.otherwise.outcome}
    used = {name for row in table.rows for name in row.factors}
    told_only = {"exfiltration"} if table.method == "edpb-01-2021" else set()

    assert reached == set(table.outcomes)
    assert used | told_only == {factor.id for factor in table.factors}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.method)
def test_without_facts_no_table_guesses(table: DecisionTable) -> None:
    found = decided(table.method, bare())

    assert found.outcome is None
    assert len(found.possible) > 1
    assert found.missing


GRADES = {"relatively_major": 0, "major": 1, "particularly_major": 2}


@pytest.mark.parametrize(
    ("fact", "borders"),
    [
        ("subject_count", (1_000_000, 10_000_000, 100_000_000)),
        ("portal_outage_hours", (2, 6, None)),
        ("cii_outage_minutes", (30, 120, 360)),
        ("cii_main_outage_minutes", (120, 360, 1440)),
        ("prefecture_population_share", (10, 30, None)),
        ("province_population_share", (None, None, 50)),
        ("daily_life_affected", (100_000, 1_000_000, 10_000_000)),
        ("harmful_home_minutes", (30, 120, 360)),
        ("harmful_page_minutes", (120, 720, 1440)),
        ("harmful_shares", (1_000, 10_000, 100_000)),
        ("harmful_views", (10_000, 100_000, 1_000_000)),
    ],
)
def test_each_figure_of_the_chinese_grading_includes_the_number_itself(
    fact: str, borders: tuple[int | None, ...]
) -> None:
    below = "general"
    for grade, border in zip(GRADES, borders, strict=True):
        if border is None:
            continue
        assert outcome("cac", **{**QUIET, fact: border - 1}) == below
        assert outcome("cac", **{**QUIET, fact: border}) == grade
        below = grade


@pytest.mark.parametrize(
    ("amount", "grade"),
    [
        (4_999_999, "general"), (5_000_000, "relatively_major"), (19_999_999, "relatively_major"),
        (20_000_000, "major"), (99_999_999, "major"), (100_000_000, "particularly_major"),
    ],
)  # fmt: skip
def test_a_loss_is_graded(amount: int, grade: str) -> None:
    assert outcome("cac", subject_count=0, direct_loss={"amount": amount, "currency": "CNY"}) == grade


@pytest.mark.parametrize(
    ("values", "grade"),
    [
        ({"portal_level": "province", "portal_outage_hours": 24}, "particularly_major"),
        ({"portal_level": "province", "portal_outage_hours": 23}, "major"),
        ({"portal_level": "prefecture", "portal_outage_hours": 24}, "major"),
        ({"threat_grade": "particularly_serious"}, "particularly_major"),
        ({"threat_grade": "serious"}, "major"),
        ({"threat_grade": "relatively_serious"}, "relatively_major"),
        ({"serious_threat": True}, "relatively_major"),
        ({"threat_grade": "none"}, "general"),
        ({"system_damage_grade": "particularly_serious"}, "particularly_major"),
        ({"system_damage_grade": "serious"}, "major"),
        ({"system_damage_grade": "relatively_serious"}, "relatively_major"),
        ({"harmful_spread": "extra_large"}, "particularly_major"),
        ({"harmful_spread": "large"}, "major"),
        ({"harmful_spread": "fairly_large"}, "relatively_major"),
    ],
)
def test_any_one_limb_is_enough(values: dict[str, Any], grade: str) -> None:
    assert outcome("cac", **QUIET, **values) == grade


def test_an_estimate_across_a_border_leaves_both_grades_possible() -> None:
    count = {"estimate": {"low": 900_000, "high": 1_100_000}}
    found = decided("cac", bare(subject_count=count, direct_loss={"value": LOSS}))

    assert found.possible == ("relatively_major", "general")
    assert found.missing == ("subject_count",)


def test_limbs_that_nobody_stated_are_named_and_those_to_verify_are_marked() -> None:
    found = decided("cac", known(**QUIET))
    marked = [one.factor.text.endswith("*") for one in found.weighed]

    assert {"portal_outage_hours", "threat_grade", "harmful_views"} <= set(found.unstated)
    assert len(found.consider) >= len(found.unstated)
    assert sum(marked) == 24
    assert not any(marked[:14])


ICO = {"personal_data": True}


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ({"personal_data": False}, "not_personal_data"),
        ({**ICO, "risk": "unlikely"}, "record"),
        ({**ICO, "risk": "risk"}, "notify_authority"),
        ({**ICO, "risk": "high_risk"}, "tell_people"),
        ({"data_categories": ["contact"], "risk": "risk"}, "notify_authority"),
        (ICO, None),
    ],
)
def test_the_three_questions_of_the_ico(values: dict[str, Any], wanted: str | None) -> None:
    assert outcome("ico", **values) == wanted


SAFE = {"encrypted": True, "key_safe": True}
PLAIN = {"encrypted": False, "key_safe": None}
LOW = {
    "encryption": PLAIN, "phi_nature_harmless": True, "recipient_trusted": True, "access": False,
    "exfiltration": False, "data_recovered": True,
}  # fmt: skip


def test_four_factors_must_all_speak_against_the_presumption() -> None:
    assert outcome("hipaa", **LOW) == "low_probability"
    for name in ("phi_nature_harmless", "recipient_trusted", "data_recovered"):
        assert outcome("hipaa", **{**LOW, name: False}) == "breach"
    for name in ("access", "exfiltration"):
        assert outcome("hipaa", **{**LOW, name: True}) == "breach"
    assert outcome("hipaa", **{**LOW, "encryption": SAFE, "access": True}) == "secured"


def test_data_that_a_ransom_attack_encrypted_were_acquired_under_hipaa() -> None:
    """As the guidance of the Office for Civil Rights has it, though nobody is known to have read them."""
    assert outcome("hipaa", **{**LOW, "ransomware": True}) == "breach"
    assert outcome("hipaa", **{**LOW, "ransomware": False}) == "low_probability"
    assert outcome("hipaa", **{**LOW, "ransomware": True, "low_probability_of_compromise": True}) == "low_probability"


def test_a_person_may_show_a_low_probability_on_the_whole() -> None:
    assert outcome("hipaa", **{**LOW, "access": True, "low_probability_of_compromise": True}) == "low_probability"
    assert outcome("hipaa", **{**LOW, "access": True, "low_probability_of_compromise": False}) == "breach"


def test_while_a_factor_is_open_the_breach_is_presumed() -> None:
    found = decided("hipaa", known(**{name: value for name, value in LOW.items() if name != "recipient_trusted"}))

    assert found.outcome is None
    assert found.missing == ("recipient_trusted",)
    assert table_json(found)["presumed"] == "breach"


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ({"data_categories": ["health"], "misuse_probability": "low"}, "record"),
        ({"data_categories": ["health"], "misuse_probability": "medium"}, "report_and_tell"),
        ({"data_categories": ["contact"], "data_sensitivity": "low", "misuse_probability": "medium"}, "record"),
        ({"data_sensitivity": "high", "misuse_probability": "medium"}, "report_and_tell"),
        ({"data_categories": ["contact"], "misuse_probability": "high"}, "report_and_tell"),
        ({"serious_harm": "likely"}, "report_and_tell"),
        ({"serious_harm": "unlikely", "data_categories": ["health"], "misuse_probability": "high"}, "record"),
        ({"data_categories": ["contact"], "misuse_probability": "medium"}, None),
    ],
)  # fmt: skip
def test_sensitivity_and_misuse_make_a_real_risk(values: dict[str, Any], wanted: str | None) -> None:
    assert outcome("pipeda", **values) == wanted


SG = {"data_categories": ["contact"], "encryption": PLAIN}


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ({**SG, "subject_count": 499}, "record"),
        ({**SG, "subject_count": 500}, "notify_authority"),
        ({**SG, "subject_count": 1, "data_categories": ["basic.name", "payment"]}, "tell_people"),
        ({**SG, "subject_count": 1, "data_categories": ["payment"]}, "record"),
        ({**SG, "subject_count": 1, "data_categories": ["credentials"]}, "tell_people"),
        ({**SG, "subject_count": 1, "serious_harm": "likely"}, "tell_people"),
        ({"subject_count": 1, "data_categories": ["credentials"], "encryption": SAFE}, "notify_authority"),
        ({**SG, "subject_count": 1, "data_categories": ["credentials"], "harm_avoided": True}, "notify_authority"),
        ({**SG, "subject_count": 1, "data_categories": ["credentials"], "notice_prohibited": True}, "notify_authority"),
        ({**SG, "subject_count": 500, "internal_only": True}, "record"),
        ({**SG, "subject_count": 500, "serious_harm": "likely", "internal_only": True}, "record"),
        ({**SG, "subject_count": 500, "internal_only": True, "availability_loss": "full"}, "notify_authority"),
        ({"subject_count": 1, "data_categories": ["credentials"]}, None),
    ],
)  # fmt: skip
def test_harm_is_deemed_or_the_scale_is_reached_in_singapore(values: dict[str, Any], wanted: str | None) -> None:
    assert outcome("singapore", **values) == wanted


KR = {"access": True, "malicious": False, "data_categories": ["contact"]}
NO_LEAK = {"access": False, "exfiltration": False, "integrity_loss": "none"}


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ({**KR, "subject_count": 999}, "tell_people"),
        ({**KR, "subject_count": 1000}, "report_and_tell"),
        ({**KR, "subject_count": 1, "data_categories": ["health"]}, "report_and_tell"),
        ({**KR, "subject_count": 1, "data_categories": ["identification_number"]}, "report_and_tell"),
        ({**KR, "subject_count": 1, "malicious": True}, "report_and_tell"),
        ({**KR, "subject_count": 1000, "data_recovered": True, "harm_avoided": True}, "tell_people"),
        ({**KR, "subject_count": 1000, "data_recovered": True, "harm_avoided": False}, "report_and_tell"),
        (NO_LEAK, "no_leak"),
        ({**NO_LEAK, "availability_loss": "temporary"}, "no_leak"),
        ({**KR, **NO_LEAK, "availability_loss": "full", "subject_count": 1000}, "report_and_tell"),
        ({"access": False, "exfiltration": False, "integrity_loss": "recoverable", "malicious": False,
          "data_categories": ["contact"], "subject_count": 1}, "tell_people"),
    ],
)  # fmt: skip
def test_korea_counts_to_a_thousand_or_looks_at_the_data(values: dict[str, Any], wanted: str) -> None:
    assert outcome("korea", **values) == wanted


NIS2 = {
    "significant_incident": False, "nis2_digital_provider": True, "direct_loss": {"amount": 0, "currency": "EUR"},
    "loss_above_turnover_share": False, "trade_secrets_exfiltrated": False, "death_or_health_damage": False,
    "severe_malicious_access": False,
}  # fmt: skip


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ({}, "not_significant"),
        ({"direct_loss": {"amount": 500_000, "currency": "EUR"}}, "not_significant"),
        ({"direct_loss": {"amount": 500_001, "currency": "EUR"}}, "significant"),
        ({"direct_loss": {"amount": 500_001, "currency": "EUR"}, "nis2_digital_provider": False}, "not_significant"),
        ({"loss_above_turnover_share": True}, "significant"),
        ({"trade_secrets_exfiltrated": True}, "significant"),
        ({"death_or_health_damage": True}, "significant"),
        ({"severe_malicious_access": True}, "significant"),
        ({"significant_incident": True, "nis2_digital_provider": False}, "significant"),
        ({"direct_loss": {"amount": 9_000_000, "currency": "CNY"}}, None),
    ],
)
def test_the_figures_of_nis2_bind_digital_providers(values: dict[str, Any], wanted: str | None) -> None:
    assert outcome("nis2-2024-2690", **{**NIS2, **values}) == wanted


def test_an_open_row_with_the_same_outcome_leaves_nothing_open() -> None:
    """Misuse is probable, so whether the data are sensitive changes nothing."""
    found = decided("pipeda", known(data_categories=["contact"], misuse_probability="high"))

    assert found.outcome == "report_and_tell"
    assert found.missing == ()
    assert "misuse is probable" in found.because
