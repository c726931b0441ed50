"""Who outside may: principals, conditions and denials of policies, hostile texts among them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.owners.cloud_checks.policies import MOST_CHARACTERS, Judgement, Openness, judge_policy

OWN, STRANGER = "123456789012", "999988887777"
CLOSED, LIMITED, ACCOUNTS, UNCLEAR, PUBLIC = Openness


def statement(principal: object = "*", **more: object) -> dict[str, object]:
    return {"Effect": "Allow", "Action": "s3:GetObject", "Principal": principal, **more}


def judged(*statements: object) -> Judgement:
    return judge_policy(json.dumps({"Statement": list(statements)}), own=frozenset({OWN}))


@pytest.mark.parametrize("policy", [None, "", {}])
def test_without_a_policy_nobody_is_let_in(policy: object) -> None:
    assert judge_policy(policy, own=frozenset()).standing is CLOSED


@pytest.mark.parametrize(
    ("principal", "standing"),
    [
        ("*", PUBLIC),
        ({"AWS": "*"}, PUBLIC),
        ({"AWS": [f"arn:aws:iam::{OWN}:root", "*"]}, PUBLIC),
        ({"Federated": "*"}, PUBLIC),
        ({"AWS": OWN}, CLOSED),
        ({"AWS": f"arn:aws:iam::{OWN}:role/reader"}, CLOSED),
        ({"AWS": f"arn:aws-cn:sts::{OWN}:assumed-role/reader/x"}, CLOSED),
        ({"AWS": STRANGER}, ACCOUNTS),
        ({"AWS": f"arn:aws:iam::{STRANGER}:root"}, ACCOUNTS),
        ({"Service": "cloudtrail.amazonaws.com"}, CLOSED),
        ({"Service": "*"}, UNCLEAR),
        ({"AWS": "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"}, UNCLEAR),
        ({"AWS": "AIDAEXAMPLEOFADELETEDUSER"}, UNCLEAR),
        ({"CanonicalUser": "7" * 64}, UNCLEAR),
        ({"Federated": "cognito-identity.amazonaws.com"}, UNCLEAR),
        ({}, CLOSED),
        ("everybody", UNCLEAR),
        (None, UNCLEAR),
        (["*"], UNCLEAR),
    ],
)
def test_a_principal_says_who_is_let_in(principal: object, standing: Openness) -> None:
    assert judged(statement(principal)).standing is standing


def test_everybody_but_a_few_is_everybody() -> None:
    rest = {"Effect": "Allow", "Action": "s3:*", "NotPrincipal": {"AWS": OWN}}

    assert judged(rest).standing is PUBLIC


def test_other_accounts_are_named_and_our_own_are_not() -> None:
    found = judged(statement({"AWS": [STRANGER, OWN, f"arn:aws:iam::{STRANGER}:user/x"]}))

    assert found.accounts == (STRANGER,)
    assert found.as_values()["accounts"] == STRANGER


@pytest.mark.parametrize(
    ("condition", "standing"),
    [
        ({"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}, PUBLIC),
        ({"IpAddress": {"aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"]}}, PUBLIC),
        ({"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "::/0"]}}, PUBLIC),
        ({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, LIMITED),
        ({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, LIMITED),
        ({"IpAddress": {"AWS:SourceIp": "2001:db8::/48"}}, LIMITED),
        ({"IpAddress": {"aws:SourceIp": "our office"}}, UNCLEAR),
        ({"IpAddress": {"aws:VpcSourceIp": "10.0.0.0/8"}}, UNCLEAR),
        ({"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}, PUBLIC),
        ({"StringEquals": {"aws:SourceVpce": "vpce-1"}}, LIMITED),
        ({"StringLike": {"aws:SourceVpce": "*"}}, PUBLIC),
        ({"StringEquals": {"aws:PrincipalOrgID": "o-abc"}}, LIMITED),
        ({"StringLike": {"aws:PrincipalOrgID": "o-*"}}, PUBLIC),
        ({"StringEquals": {"aws:SourceAccount": OWN}}, LIMITED),
        ({"StringEquals": {"aws:SourceAccount": [OWN, STRANGER]}}, ACCOUNTS),
        ({"StringLike": {"aws:PrincipalAccount": "*"}}, PUBLIC),
        ({"ArnLike": {"aws:SourceArn": f"arn:aws:sns:eu-west-1:{OWN}:*"}}, LIMITED),
        ({"ArnLike": {"aws:SourceArn": f"arn:aws:sns:eu-west-1:{STRANGER}:topic"}}, ACCOUNTS),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:*"}}, PUBLIC),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::our-bucket"}}, LIMITED),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::*"}}, PUBLIC),
        ({"StringEquals": {"aws:Referer": "https://example.edu/"}}, PUBLIC),
        ({"Bool": {"aws:SecureTransport": "true"}}, PUBLIC),
        ({"Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"}}, LIMITED),
        ({"Bool": {"elasticfilesystem:AccessedViaMountTarget": "false"}}, PUBLIC),
        ({"StringLike": {"s3:x-amz-acl": "private"}}, PUBLIC),
        ({"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-abc"}}, UNCLEAR),
        ({"ForAllValues:StringEquals": {"aws:PrincipalOrgPaths": "o-abc/r/"}}, UNCLEAR),
        ({"Null": {"aws:PrincipalOrgID": "false"}}, UNCLEAR),
        ({"StringLike": {"sns:Endpoint": "*@example.edu"}}, UNCLEAR),
        ({"StringEquals": {"aws:SourceVpce": []}}, UNCLEAR),
        ({"StringEquals": "aws:SourceVpce"}, UNCLEAR),
        ("none", UNCLEAR),
        ({}, PUBLIC),
        ({"Bool": {"aws:SecureTransport": "true"}, "StringEquals": {"aws:SourceVpce": "vpce-1"}}, LIMITED),
    ],
)
def test_a_condition_may_keep_everybody_out(condition: object, standing: Openness) -> None:
    assert judged(statement(Condition=condition)).standing is standing


def test_a_condition_keeps_named_accounts_out_too() -> None:
    inside = {"StringEquals": {"aws:SourceVpce": "vpce-1"}}

    assert judged(statement({"AWS": STRANGER}, Condition=inside)).standing is LIMITED
    assert judged(statement({"AWS": STRANGER}, Condition={"Bool": {"aws:SecureTransport": True}})).standing is ACCOUNTS


def test_what_limits_is_told_and_cut_short() -> None:
    values = [f"203.0.113.{number}/32" for number in range(9)]

    why = judged(statement(Condition={"IpAddress": {"aws:SourceIp": values}})).why

    assert why == "aws:SourceIp 203.0.113.0/32, 203.0.113.1/32, 203.0.113.2/32 ..."


def denial(condition: object = None, **more: object) -> dict[str, object]:
    made = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", **more}
    return made if condition is None else {**made, "Condition": condition}


@pytest.mark.parametrize(
    ("denied", "standing"),
    [
        (denial(), CLOSED),
        (denial(Principal={"AWS": "*"}), CLOSED),
        (denial(Principal={"AWS": STRANGER}), PUBLIC),
        (denial(Action="s3:PutObject"), PUBLIC),
        (denial(Action="s3:Get*"), CLOSED),
        (denial(Action="s3:*Object"), PUBLIC),
        (denial(Action="s3:Get?*"), PUBLIC),
        (denial(Resource="arn:aws:s3:::bucket/*"), CLOSED),
        (denial(Resource="arn:aws:s3:::bucket/private/*"), PUBLIC),
        (denial(NotResource="arn:aws:s3:::bucket/public/*"), PUBLIC),
        (denial({"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}), LIMITED),
        (denial({"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}), LIMITED),
        (denial({"NotIpAddress": {"aws:SourceIp": "0.0.0.0/0"}}), PUBLIC),
        (denial({"StringNotEquals": {"aws:PrincipalAccount": STRANGER}}), ACCOUNTS),
        (denial({"Bool": {"aws:SecureTransport": "false"}}), PUBLIC),
        (denial({"Bool": {"aws:SecureTransport": ["false"]}}), PUBLIC),
        (denial({"StringNotEquals": {"aws:SourceVpce": "vpce-1", "aws:SourceVpc": "vpc-1"}}), UNCLEAR),
        (denial({"StringEquals": {"aws:PrincipalTag/x": "y"}}), UNCLEAR),
        (denial("none"), UNCLEAR),
    ],
)
def test_a_deny_closes_only_where_that_is_plain(denied: object, standing: Openness) -> None:
    assert judged(statement(Resource="arn:aws:s3:::bucket/*"), denied).standing is standing


def test_a_deny_leaves_alone_what_no_stranger_gets_anyway() -> None:
    assert judged(statement({"AWS": STRANGER}), denial()).standing is ACCOUNTS


def test_the_worst_statement_counts() -> None:
    found = judged(
        statement({"AWS": STRANGER}, Action="s3:PutObject"), statement(Action=["s3:GetObject", "s3:ListBucket"])
    )

    assert found.standing is PUBLIC
    assert found.actions == ("s3:GetObject", "s3:ListBucket")


@pytest.mark.parametrize(
    ("action", "reads", "writes"),
    [
        ("s3:GetObject", True, False),
        ("s3:PutObject", False, True),
        ("s3:*", True, True),
        ("*", True, True),
        ("sqs:ReceiveMessage", True, False),
        ("sqs:SendMessage", False, True),
        ("SNS:Subscribe", True, False),
        ("es:ESHttpPost", True, False),
        ("es:ESHttpDelete", False, True),
        ("elasticfilesystem:ClientMount", True, False),
        ("elasticfilesystem:ClientWrite", False, True),
    ],
)
def test_an_action_reads_or_writes(action: str, *, reads: bool, writes: bool) -> None:
    found = judged(statement(Action=action))

    assert (found.reads, found.writes) == (reads, writes)


def test_all_actions_but_some_are_all() -> None:
    found = judged({"Effect": "Allow", "NotAction": "s3:DeleteBucket", "Principal": "*"})

    assert found.reads
    assert found.writes


def test_many_actions_are_cut_short() -> None:
    found = judged(statement(Action=[f"s3:Get{number}" for number in range(9)]))

    assert found.as_values()["may"] == "s3:Get0, s3:Get1, s3:Get2, s3:Get3, s3:Get4 ..."


@pytest.mark.parametrize(
    "policy",
    [
        "{", "[]", "null", 7, {"Statement": None}, {"Statement": ["x"]}, {"Statement": {"Effect": "Maybe"}},
        "[" * 99_999, '{"Statement": [' + " " * MOST_CHARACTERS + "]}", {"Statement": {"Effect": []}},
    ],
)  # fmt: skip
def test_what_is_no_policy_has_to_be_read_by_a_person(policy: object) -> None:
    assert judge_policy(policy, own=frozenset()).standing is UNCLEAR


def test_one_statement_may_stand_without_a_list() -> None:
    assert judge_policy({"Statement": statement()}, own=frozenset()).standing is PUBLIC


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12) | st.sampled_from(["*", "Allow", "Deny", "AWS"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
STATEMENTS = st.fixed_dictionaries(
    {"Effect": st.sampled_from(["Allow", "Deny"])},
    optional=dict.fromkeys(("Principal", "NotPrincipal", "Action", "NotAction", "Condition", "Sid", "Resource"), JSON),
)


@given(JSON | st.text())
def test_nothing_makes_it_fail(policy: object) -> None:
    assert judge_policy(policy, own=frozenset({OWN})).as_values()["standing"]


@given(st.lists(STATEMENTS, max_size=3), st.sampled_from([json.dumps, dict]))
def test_no_statement_makes_it_fail_and_no_other_one_hides_a_public_one(
    statements: list[dict[str, Any]], written: Callable[[dict[str, object]], object]
) -> None:
    allowed = [each for each in statements if each["Effect"] == "Allow"]

    found = judge_policy(written({"Statement": [*allowed, statement()]}), own=frozenset({OWN}))

    assert found.standing is PUBLIC


@given(STATEMENTS)
def test_a_statement_by_itself_is_judged_whatever_it_holds(one: dict[str, Any]) -> None:
    policy = {"Statement": [one, denial({"StringNotEquals": {"aws:SourceVpce": "x"}})]}

    assert judge_policy(policy, own=frozenset()).standing in Openness
