"""What is asked of whom about a report: by place and role, and an unknown fact is named."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from leakguard.intake.legal_rules import load_legal_rules, rules_for
from support.each import for_each

ROOT = Path(__file__).parents[2]
RULES = load_legal_rules({"vulnerability_rules.yaml": (ROOT / "intake/vulnerability_rules.yaml").read_text("utf-8")})
ARRIVED = datetime(2026, 6, 1, 2, tzinfo=UTC)


def asked(countries: set[str], roles: set[str]) -> dict[str, str]:
    found = rules_for(RULES, countries=countries, roles=roles, arrived_at=ARRIVED, zone="Asia/Shanghai")
    return {one.rule.id: one.standing for one in found}


@for_each(
    "countries, roles, ids",
    [
        ({"CN"}, {"network_operator"}, {"cn-rmsv-5", "cn-rmsv-8", "cn-rmsv-9"}),
        ({"CN"}, {"network_product_provider"}, {"cn-rmsv-5", "cn-rmsv-7-report", "cn-rmsv-7-fix", "cn-rmsv-9"}),
        ({"CN"}, {"controller"}, set()),
        ({"DE"}, {"manufacturer"}, {"eu-cra-14-vulnerability", "eu-cra-14-incident"}),
        ({"DE"}, {"network_operator"}, set()), ({"US-CA"}, {"manufacturer"}, set()),
    ],
)  # fmt: skip
def test_a_provider_an_operator_and_a_manufacturer_have_rules_of_their_own(
    countries: set[str], roles: set[str], ids: set[str]
) -> None:
    assert asked(countries, roles) == dict.fromkeys({*ids, "iso-29147"}, "applies")


def test_an_unknown_country_or_role_is_named_and_nothing_is_guessed() -> None:
    found = rules_for(RULES, countries=(), roles={"manufacturer"}, arrived_at=ARRIVED, zone="UTC")

    assert {one.rule.id: one.missing for one in found if one.missing} == {
        "eu-cra-14-vulnerability": ("country",), "eu-cra-14-incident": ("country",),
    }  # fmt: skip
    assert {standing for name, standing in asked({"CN"}, set()).items() if name != "iso-29147"} == {"needs_fact"}


def test_days_end_with_the_local_day_and_hours_to_the_second() -> None:
    found = rules_for(
        RULES, countries={"CN", "DE"}, roles={"manufacturer", "network_product_provider"}, arrived_at=ARRIVED,
        zone="Asia/Shanghai",
    )  # fmt: skip
    ends = {one.rule.id: one.at_the_latest for one in found}

    assert ends["cn-rmsv-7-report"] == datetime(2026, 6, 3, 15, 59, 59, 999_999, tzinfo=UTC)
    assert ends["eu-cra-14-vulnerability"] == datetime(2026, 6, 2, 2, tzinfo=UTC)
    assert ends["cn-rmsv-7-fix"] is None


def test_each_duty_that_a_rule_names_ships() -> None:
    shipped = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "duties").glob("*.yaml"))

    named = [duty for rule in RULES.rules for duty in rule.duties]
    assert named
    assert [duty for duty in named if f"- id: {duty}\n" not in shipped] == []


def test_each_rule_states_its_source_and_a_figure_read_from_memory_says_so() -> None:
    assert all(rule.source and rule.checked and rule.article_zh and rule.text_zh for rule in RULES.rules)
    assert {rule.id for rule in RULES.rules if rule.confidence == "from_memory"} >= {"cn-rmsv-7-report", "cn-rmsv-8"}
