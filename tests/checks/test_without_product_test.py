"""A check that knows the place asks for all that it can, and doubts no more what answers; else it is the same check."""

from __future__ import annotations

from leakguard.checks.definitions import CheckDefinition
from leakguard.checks.without_product_test import without_product_test
from leakguard.models.findings import Outcome
from support.each import for_each
from support.shipped import LIBRARY

HTTP = [check for check in LIBRARY if check.probe.kind == "http" and not check.fallback]


@for_each("check", HTTP, ids=lambda check: check.id)
def test_nothing_waits_for_the_front_page_and_nothing_is_another_product(check: CheckDefinition) -> None:
    bare = without_product_test(check)

    assert [(each.id, each.get, each.ask) for each in bare.probe.requests] == [
        (each.id, each.get, each.ask) for each in check.probe.requests
    ]
    assert not any(each.only_if.stated for each in bare.probe.requests)
    assert [rule for rule in check.rules if rule.then is not Outcome.NOT_APPLICABLE] == list(bare.rules)
    assert (bare.id, bare.version, bare.measure) == (check.id, check.version, check.measure)
