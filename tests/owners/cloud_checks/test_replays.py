"""Every cloud check, judged over resources that are written down beside this file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from leakguard.bundled import BundledFiles
from leakguard.checks.expressions import evaluate
from leakguard.models.clouds import LISTING, CloudFact, Gap, Resource
from leakguard.owners.cloud_checks.definitions import CloudCheck, load_cloud_checks
from leakguard.owners.cloud_checks.judge import ResourceContext, document_of, judge_fact
from support.each import for_each

LIBRARY = {check.id: check for check in load_cloud_checks(BundledFiles().texts("cloud_checks"))}
REPLAYS: dict[str, list[dict[str, Any]]] = yaml.safe_load(
    Path(__file__).with_name("replays.yaml").read_text(encoding="utf-8")
)
CASES = [(name, case) for name, cases in REPLAYS.items() for case in cases]
GROUND = ResourceContext(own=frozenset({"123456789012"}), ports=frozenset({443, 5432, 9200}))
KEYS = {"is", "values", "gaps", "outcome", "severity", "reason"}


def fact_of(case: dict[str, Any], kind: str) -> CloudFact:
    where = Resource(account="123456789012", region="eu-west-1", service="x", name="y")
    gaps = {name: Gap(permission=permission) for name, permission in case.get("gaps", {}).items()}
    return CloudFact(kind=kind, resource=where, values=case.get("values", {}), gaps=gaps)


@for_each(("name", "case"), CASES, ids=[f"{name}-{case['is']}" for name, case in CASES])
def test_a_check_says_what_is_written_down(name: str, case: dict[str, Any]) -> None:
    verdict = judge_fact(LIBRARY[name], fact_of(case, LIBRARY[name].resource), GROUND)

    assert set(case) <= KEYS
    assert verdict.outcome.value == case["outcome"], verdict.reason
    assert verdict.severity.value == case.get("severity", "none")
    assert case.get("reason", "") in verdict.reason
    assert "?" not in verdict.reason
    assert "{" not in verdict.reason


@for_each("name", LIBRARY)
def test_every_rule_decides_something(name: str) -> None:
    check = LIBRARY[name]
    decided = {_rule(check, case) for case in REPLAYS[name] if LISTING not in case.get("gaps", {})}

    assert decided == set(range(len(check.rules)))


def _rule(check: CloudCheck, case: dict[str, Any]) -> int:
    known = document_of(fact_of(case, check.resource), GROUND)
    return next(number for number, rule in enumerate(check.rules) if evaluate(rule.when, known))


def test_every_check_is_replayed() -> None:
    assert set(REPLAYS) == set(LIBRARY)
