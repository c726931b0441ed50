"""The whole look on moto: two accounts in two regions, made by the library's own calls, with real pages and answers.

Moto does not model exposure: it tells what was set, and our own checks say what that means.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from leakguard.bundled import BundledFiles
from leakguard.models.clouds import EVERYWHERE, CloudFact, Unit
from leakguard.models.findings import Outcome
from leakguard.owners.aws import aws as aws_module
from leakguard.owners.cloud_checks.definitions import load_cloud_checks
from leakguard.owners.cloud_checks.judge import ResourceContext, judge_fact
from support.aws import ACCOUNT, OTHER, ScriptedAws

pytestmark = pytest.mark.untraced

REGIONS = ("eu-west-1", "us-east-1")
ANYBODY = json.dumps({"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sqs:*", "Resource": "*"}]})
KINDS = ("s3_bucket", "s3_account", "rds_instance", "database_snapshot", "security_group", "queue")


@pytest.fixture(scope="module")
def facts() -> Iterator[tuple[CloudFact, ...]]:
    """Everything that both accounts tell."""
    aws = ScriptedAws(accounts={"prod": ACCOUNT, "backup": OTHER}, has_moto=True)
    with pytest.MonkeyPatch.context() as environment, mock_aws():
        environment.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")  # thousands of images that nobody asks for
        # The imitation makes its routes with `ast` when it is first asked, which this Python cannot do in two threads.
        environment.setattr(aws_module, "AT_ONCE", 1)
        build(aws.session("prod"))
        build_backup(aws.session("backup"))
        units = [
            Unit(profile=profile, account=account, region=region)
            for profile, account in aws.accounts.items() for region in (EVERYWHERE, *REGIONS)
        ]  # fmt: skip
        yield tuple(fact for told in aws.cloud().looks(units, KINDS) for fact in told.facts)


def build(session: boto3.Session) -> None:
    """An account in which one of each is open."""
    s3 = session.client("s3", region_name="us-east-1")
    s3.create_bucket(Bucket="open-list", ACL="public-read", ObjectOwnership="ObjectWriter")
    s3.create_bucket(Bucket="closed")
    block = {
        "BlockPublicAcls": True,
        "IgnorePublicAcls": True,
        "BlockPublicPolicy": True,
        "RestrictPublicBuckets": True,
    }
    s3.put_public_access_block(Bucket="closed", PublicAccessBlockConfiguration=block)
    ec2 = session.client("ec2", region_name="eu-west-1")
    group = ec2.create_security_group(GroupName="db", Description="x")["GroupId"]
    world = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[world])
    rds = session.client("rds", region_name="eu-west-1")
    for number in range(3):
        rds.create_db_instance(
            DBInstanceIdentifier=f"db-{number}", DBInstanceClass="db.t3.micro", Engine="postgres", AllocatedStorage=5,
            MasterUsername="admin1", MasterUserPassword="canary-password", PubliclyAccessible=number == 0,
            VpcSecurityGroupIds=[group],
        )  # fmt: skip
    rds.create_db_snapshot(DBSnapshotIdentifier="given", DBInstanceIdentifier="db-0")
    rds.modify_db_snapshot_attribute(DBSnapshotIdentifier="given", AttributeName="restore", ValuesToAdd=["all"])
    rds.create_db_snapshot(DBSnapshotIdentifier="lent", DBInstanceIdentifier="db-0")
    rds.modify_db_snapshot_attribute(DBSnapshotIdentifier="lent", AttributeName="restore", ValuesToAdd=[OTHER])


def build_backup(session: boto3.Session) -> None:
    """Another account, in another region."""
    sqs = session.client("sqs", region_name="us-east-1")
    sqs.create_queue(QueueName="open", Attributes={"Policy": ANYBODY})
    sqs.create_queue(QueueName="closed")


def opened(facts: tuple[CloudFact, ...], *own: str) -> dict[str, Outcome]:
    ground = ResourceContext(own=frozenset(own), ports=frozenset({5432, 9200}))
    checks = load_cloud_checks(BundledFiles().texts("cloud_checks"))
    verdicts = {
        f"{check.id} {fact.resource.target}": judge_fact(check, fact, ground).outcome
        for fact in facts for check in checks if check.resource == fact.kind
    }  # fmt: skip
    return {key: outcome for key, outcome in verdicts.items() if outcome is not Outcome.NOT_EXPOSED}


def test_what_is_open_is_found_in_each_account_and_region_and_nothing_else(facts: tuple[CloudFact, ...]) -> None:
    assert opened(facts, ACCOUNT, OTHER) == dict.fromkeys(
        [
            f"aws_s3_bucket_public aws://{ACCOUNT}/us-east-1/s3/open-list",
            f"aws_rds_public aws://{ACCOUNT}/eu-west-1/rds/db-0",
            f"aws_database_snapshot_public aws://{ACCOUNT}/eu-west-1/rds/snapshot/given",
            f"aws_sqs_queue_open aws://{OTHER}/us-east-1/sqs/open",
        ],
        Outcome.EXPOSED,
    )


def test_an_account_that_is_not_ours_is_a_stranger(facts: tuple[CloudFact, ...]) -> None:
    lent = f"aws_database_snapshot_public aws://{ACCOUNT}/eu-west-1/rds/snapshot/lent"

    assert set(opened(facts, ACCOUNT)) - set(opened(facts, ACCOUNT, OTHER)) == {lent}


def test_every_region_of_every_account_was_asked(facts: tuple[CloudFact, ...]) -> None:
    groups = {(fact.resource.account, fact.resource.region) for fact in facts if fact.kind == "security_group"}

    assert groups == {(account, region) for account in (ACCOUNT, OTHER) for region in REGIONS}
    assert not any(fact.gaps for fact in facts)


def test_the_password_that_a_database_was_made_with_is_told_by_nobody(facts: tuple[CloudFact, ...]) -> None:
    assert "canary-password" not in "".join(f"{fact} {dict(fact.values)}" for fact in facts)
