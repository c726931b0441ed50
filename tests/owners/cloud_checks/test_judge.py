"""Judging facts: what is missing is never clean, and what is shown is short and holds no policy."""

from __future__ import annotations

import pytest

from leakguard.models.clouds import CloudFact, Gap, Resource
from leakguard.models.findings import Outcome
from leakguard.owners.cloud_checks.definitions import CloudCheck, Rule
from leakguard.owners.cloud_checks.judge import MOST_ADDRESSES, ResourceContext, endpoints_of, judge_fact

GROUND = ResourceContext(own=frozenset({"123456789012"}), ports=frozenset({443, 5432, 9200}))
WORLD = [{"IpProtocol": "tcp", "FromPort": 1000, "ToPort": 9300, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]


def fact(*, endpoints: tuple[str, ...] = (), gaps: dict[str, Gap] | None = None, **values: object) -> CloudFact:
    where = Resource(account="123456789012", region="eu-west-1", service="ec2", name="sg-1")
    return CloudFact(kind="security_group", resource=where, values=values, gaps=gaps or {}, endpoints=endpoints)


def check(*rules: Rule) -> CloudCheck:
    return CloudCheck(
        id="aws_x", version=1, title="t", datastore="ec2", resource="security_group", why="w", rules=rules,
        remediation="r", references=("https://example.org/",),
    )  # fmt: skip


def rule(when: str = "`true`", then: Outcome = Outcome.NOT_EXPOSED, reason: str = "x") -> Rule:
    return Rule(when=when, then=then, reason=reason)


def test_a_fact_that_no_rule_knows_is_unclear() -> None:
    verdict = judge_fact(check(rule("public")), fact(public=False), GROUND)

    assert (verdict.outcome, verdict.reason) == (Outcome.INCONCLUSIVE, "what the account told matched no rule")


def test_a_failure_that_is_no_refusal_is_told_as_one() -> None:
    gaps = {"a": Gap(permission="rds:X", is_denied=False, code="ThrottlingException")}

    verdict = judge_fact(check(rule()), fact(gaps=gaps), GROUND)

    assert verdict.reason == "not all is known: rds:X got no answer (ThrottlingException)"


def test_the_same_gap_is_told_once() -> None:
    gap = Gap(permission="ec2:X")

    assert judge_fact(check(rule()), fact(gaps={"a": gap, "b": gap}), GROUND).reason.count("ec2:X") == 1


def test_an_exposure_counts_whatever_else_is_missing() -> None:
    verdict = judge_fact(check(rule(then=Outcome.EXPOSED)), fact(gaps={"a": Gap(permission="x:Y")}), GROUND)

    assert verdict.outcome is Outcome.EXPOSED


@pytest.mark.parametrize(
    ("value", "shown"),
    [("text", "text"), (["a", "b"], "a, b"), (list(range(20)), "0, 1, 2, 3, 4, 5, 6, 7"), (None, "?")],
)
def test_values_are_filled_in_and_cut_short(value: object, shown: str) -> None:
    assert judge_fact(check(rule(reason="see {name}")), fact(name=value), GROUND).reason == f"see {shown}"


def test_many_accounts_are_cut_short() -> None:
    accounts = [f"{number:012}" for number in range(12)]

    reason = judge_fact(check(rule(reason="{shared_with.accounts}")), fact(shared_with=accounts), GROUND).reason

    assert reason.endswith("000000000007 and 4 more")


def test_what_the_account_tells_to_be_an_endpoint_is_one() -> None:
    assert endpoints_of(fact(endpoints=("db.example.edu:5432",)), GROUND) == ("db.example.edu:5432",)


def test_behind_a_firewall_each_open_port_of_each_address_is_an_endpoint() -> None:
    found = endpoints_of(fact(inbound=WORLD, addresses=["198.51.100.7", "2001:db8::7"]), GROUND)

    assert found == ("198.51.100.7:5432", "198.51.100.7:9200", "[2001:db8::7]:5432", "[2001:db8::7]:9200")


def test_behind_no_firewall_the_address_is_looked_at_as_a_whole() -> None:
    inbound = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]

    assert endpoints_of(fact(inbound=inbound, addresses=["198.51.100.7"]), GROUND) == ("198.51.100.7",)


def test_of_very_many_addresses_some_are_looked_at() -> None:
    addresses = [f"198.51.100.{number}" for number in range(MOST_ADDRESSES + 5)]

    assert len(endpoints_of(fact(inbound=WORLD, addresses=addresses), GROUND)) == 2 * MOST_ADDRESSES


def test_no_policy_stands_in_the_text_of_a_fact() -> None:
    assert "canary" not in repr(fact(policy={"Sid": "canary"}))
