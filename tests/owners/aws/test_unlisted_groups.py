"""Security groups that the account does not list: what they let in is not known, so nothing is called closed."""

from __future__ import annotations

from leakguard.bundled import BundledFiles
from leakguard.models.findings import Outcome
from leakguard.owners.cloud_checks.definitions import load_cloud_checks
from leakguard.owners.cloud_checks.judge import ResourceContext, judge_fact
from owners.aws.test_kinds import GROUPS, facts, instance


def test_a_group_that_is_not_listed_is_a_gap() -> None:
    """As of a network that another account shares: it may let everybody in."""
    shared, mixed = instance("shared", public=True, group="sg-9"), instance("mixed", public=True, group="sg-9")
    mixed["VpcSecurityGroups"].append({"VpcSecurityGroupId": "sg-1"})
    listed = {"DBInstances": [shared, mixed, instance("known", public=True)]}
    found = facts("rds_instance", {"rds DescribeDBInstances": listed, "ec2 DescribeSecurityGroups": GROUPS})
    check = next(
        each for each in load_cloud_checks(BundledFiles().texts("cloud_checks")) if each.id == "aws_rds_public"
    )
    verdicts = {name: judge_fact(check, fact, ResourceContext()) for name, fact in found.items()}

    assert {name: verdict.outcome for name, verdict in verdicts.items()} == {
        "shared": Outcome.INCONCLUSIVE, "mixed": Outcome.EXPOSED, "known": Outcome.EXPOSED,
    }  # fmt: skip
    assert verdicts["shared"].reason == (
        "not all is known: ec2:DescribeSecurityGroups got no answer (not listed: sg-9)"
    )
    assert not found["known"].gaps
