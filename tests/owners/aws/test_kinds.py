"""What is learnt of each kind of resource, from answers that are held to the library's own shapes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from leakguard.models.clouds import EVERYWHERE, LISTING, CloudFact
from leakguard.owners.aws.aws import KINDS
from leakguard.owners.aws.operations import ALLOWED
from support.aws import ACCOUNT, REGION, STRANGER, Answer, ScriptedAws, unit

WORLD = [{"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
GROUPS = {
    "SecurityGroups": [
        {"GroupId": "sg-1", "IpPermissions": WORLD},
        {"GroupId": "sg-2", "IpPermissions": [{"IpProtocol": "-1", "PrefixListIds": [{"PrefixListId": "pl-1"}]}]},
    ]
}
POLICY = json.dumps({"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*"}]})
ANYBODY = "http://acs.amazonaws.com/groups/global/AllUsers"


def facts(kind: str, answers: Mapping[str, Answer], region: str = REGION) -> dict[str, CloudFact]:
    """By the name of the resource."""
    aws = ScriptedAws(answers=dict(answers))
    (look,) = aws.cloud().looks([unit(region)], [kind])
    return {fact.resource.name: fact for fact in look.facts}


def test_a_bucket_is_asked_in_its_own_region_for_all_that_may_open_it() -> None:
    grants = [
        {"Grantee": {"Type": "Group", "URI": ANYBODY}, "Permission": "READ"},
        {"Grantee": {"Type": "CanonicalUser", "ID": "x"}, "Permission": "FULL_CONTROL"},
    ]
    answers: dict[str, Answer] = {
        "s3 ListBuckets": {"Buckets": [{"Name": "campus"}]},
        "s3 GetBucketLocation": {"LocationConstraint": "EU"},
        "s3 GetBucketAcl": {"Grants": grants},
        "s3 GetPublicAccessBlock": {"PublicAccessBlockConfiguration": {"IgnorePublicAcls": True}},
        "s3 GetBucketPolicyStatus": {"PolicyStatus": {"IsPublic": True}},
        "s3 GetBucketPolicy": {"Policy": POLICY},
        "s3 GetBucketWebsite": {"IndexDocument": {"Suffix": "index.html"}},
        "s3 GetBucketOwnershipControls": {"OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}},
    }
    fact = facts("s3_bucket", answers, EVERYWHERE)["campus"]

    assert fact.resource.target == f"aws://{ACCOUNT}/eu-west-1/s3/campus"
    assert fact.values["acl"] == {"everyone": ["READ"], "any_authenticated": []}
    assert fact.values["block"] == {"new_acls": False, "acls": True, "new_policies": False, "policies": False}
    assert fact.values["account_block"]["acls"] is False
    assert (fact.values["status_public"], fact.values["website"], fact.values["owner_enforced"]) == (True, True, True)
    assert fact.values["policy"] == POLICY
    assert fact.endpoints == ("s3://campus",)
    assert not fact.gaps


def test_a_bucket_of_which_nothing_is_set_is_closed_by_nothing() -> None:
    fact = facts("s3_bucket", {"s3 ListBuckets": {"Buckets": [{"Name": "campus"}]}}, EVERYWHERE)["campus"]

    assert fact.resource.region == "us-east-1"
    assert (fact.values["policy"], fact.values["website"], fact.values["status_public"]) == (None, False, False)
    assert not any(fact.values["block"].values())


def test_a_bucket_that_comes_with_its_region_is_not_asked_for_it() -> None:
    aws = ScriptedAws(answers={"s3 ListBuckets": {"Buckets": [{"Name": "campus", "BucketRegion": "eu-north-1"}]}})
    (look,) = aws.cloud().looks([unit(EVERYWHERE)], ["s3_bucket"])

    assert look.facts[0].resource.region == "eu-north-1"
    assert f"{ACCOUNT} eu-north-1 s3 GetBucketAcl" in aws.asked
    assert not any("GetBucketLocation" in asked for asked in aws.asked)


def test_a_bucket_whose_region_nobody_may_know_is_a_gap() -> None:
    answers: dict[str, Answer] = {
        "s3 ListBuckets": {"Buckets": [{"Name": "campus"}]}, "s3 GetBucketLocation": "AccessDenied"
    }  # fmt: skip

    assert facts("s3_bucket", answers, EVERYWHERE)["campus"].gaps[LISTING].permission == "s3:GetBucketLocation"


def test_each_refusal_about_a_bucket_is_a_gap_of_its_own() -> None:
    refused: dict[str, Answer] = {
        f"s3 {name}": "AccessDenied"
        for name in (
            "GetBucketAcl", "GetPublicAccessBlock", "GetBucketPolicyStatus", "GetBucketPolicy", "GetBucketWebsite",
            "GetBucketOwnershipControls",
        )
    }  # fmt: skip
    answers: dict[str, Answer] = {
        "s3 ListBuckets": {"Buckets": [{"Name": "campus"}]}, "s3control GetPublicAccessBlock": "AccessDenied"
    }  # fmt: skip
    gaps = facts("s3_bucket", {**answers, **refused}, EVERYWHERE)["campus"].gaps

    assert {name: gap.permission for name, gap in gaps.items()} == {
        "block": "s3:GetBucketPublicAccessBlock", "account_block": "s3:GetAccountPublicAccessBlock",
        "acl": "s3:GetBucketAcl", "owner_enforced": "s3:GetBucketOwnershipControls",
        "status_public": "s3:GetBucketPolicyStatus", "policy": "s3:GetBucketPolicy", "website": "s3:GetBucketWebsite",
    }  # fmt: skip


def test_the_block_of_an_account_is_a_resource_of_its_own() -> None:
    block = {"PublicAccessBlockConfiguration": {"BlockPublicAcls": True, "RestrictPublicBuckets": True}}

    (fact,) = facts("s3_account", {"s3control GetPublicAccessBlock": block}, EVERYWHERE).values()

    assert fact.values["block"] == {"new_acls": True, "acls": False, "new_policies": False, "policies": True}


def test_access_points_of_a_region_have_blocks_and_policies_of_their_own() -> None:
    answers: dict[str, Answer] = {
        "s3control ListAccessPoints": {
            "AccessPointList": [
                {"Name": "open", "NetworkOrigin": "Internet", "Bucket": "campus"},
                {"Name": "inside", "NetworkOrigin": "VPC", "Bucket": "campus"},
            ]
        },
        "s3control GetAccessPoint": {"PublicAccessBlockConfiguration": {"RestrictPublicBuckets": True}},
        "s3control GetAccessPointPolicyStatus": {"PolicyStatus": {"IsPublic": True}},
        "s3control GetAccessPointPolicy": {"Policy": POLICY},
    }
    found = facts("s3_access_point", answers)

    assert [fact.values["from_internet"] for fact in found.values()] == [True, False]
    assert found["accesspoint/open"].values["block"]["policies"]
    assert found["accesspoint/open"].values["status_public"]


def test_access_points_of_many_regions_are_asked_where_they_are_known() -> None:
    listed = {
        "AccessPoints": [{"Name": "all", "Alias": "x.mrap", "PublicAccessBlock": {"RestrictPublicBuckets": True}}]
    }
    aws = ScriptedAws(answers={
        "s3control ListMultiRegionAccessPoints": listed,
        "s3control GetMultiRegionAccessPointPolicyStatus": {"Established": {"IsPublic": True}},
    })  # fmt: skip
    (look,) = aws.cloud().looks([unit(EVERYWHERE)], ["s3_access_point"])

    assert look.facts[0].values["status_public"]
    assert look.facts[0].values["block"]["policies"]
    assert f"{ACCOUNT} us-west-2 s3control ListMultiRegionAccessPoints" in aws.asked


def instance(name: str, *, public: bool, group: str = "sg-1") -> dict[str, Any]:
    return {
        "DBInstanceIdentifier": name, "PubliclyAccessible": public, "Engine": "postgres", "EngineVersion": "16.3",
        "Endpoint": {"Address": f"{name}.example.rds.amazonaws.com", "Port": 5432},
        "VpcSecurityGroups": [{"VpcSecurityGroupId": group}],
    }  # fmt: skip


def test_a_public_database_comes_with_what_its_groups_let_in() -> None:
    listed = {
        "DBInstances": [
            instance("a", public=True),
            instance("b", public=False),
            instance("c", public=True, group="sg-2"),
        ]
    }
    answers: dict[str, Answer] = {
        "rds DescribeDBInstances": listed, "ec2 DescribeSecurityGroups": GROUPS,
        "ec2 GetManagedPrefixListEntries": {"Entries": [{"Cidr": "203.0.113.0/24"}]},
    }  # fmt: skip
    found = facts("rds_instance", answers)

    assert found["a"].values["inbound"] == WORLD
    assert found["a"].endpoints == ("a.example.rds.amazonaws.com:5432",)
    assert (found["a"].product, found["a"].version) == ("postgres", "16.3")
    assert found["b"].endpoints == ()
    assert "inbound" not in found["b"].values
    assert found["c"].values["lists"] == {"pl-1": ["203.0.113.0/24"]}


def test_groups_that_nobody_may_list_are_a_gap_of_every_public_database() -> None:
    listed = {"DBInstances": [instance("a", public=True), instance("b", public=True)]}
    found = facts(
        "rds_instance", {"rds DescribeDBInstances": listed, "ec2 DescribeSecurityGroups": "UnauthorizedOperation"}
    )

    assert [fact.gaps["inbound"].permission for fact in found.values()] == ["ec2:DescribeSecurityGroups"] * 2
    assert all(fact.asked[-1].what == "DescribeSecurityGroups" for fact in found.values())


def test_a_cluster_has_a_switch_of_its_own() -> None:
    cluster = {
        "DBClusterIdentifier": "c", "PubliclyAccessible": True, "Engine": "docdb", "Endpoint": "c.example.edu",
        "Port": 27017, "VpcSecurityGroups": [],
    }  # fmt: skip
    fact = facts("rds_instance", {"rds DescribeDBClusters": {"DBClusters": [cluster]}})["cluster/c"]

    assert (fact.values["public"], fact.values["ports"], fact.product) == (True, [27017], "docdb")


def test_instances_and_clusters_that_may_not_be_listed_are_two_gaps() -> None:
    found = facts("rds_instance", {"rds DescribeDBInstances": "AccessDenied", "rds DescribeDBClusters": "AccessDenied"})

    assert {name: fact.gaps[LISTING].permission for name, fact in found.items()} == {
        "DescribeDBInstances": "rds:DescribeDBInstances", "DescribeDBClusters": "rds:DescribeDBClusters"
    }  # fmt: skip


def test_redshift_has_clusters_and_workgroups() -> None:
    answers: dict[str, Answer] = {
        "redshift DescribeClusters": {
            "Clusters": [{
                "ClusterIdentifier": "dw", "PubliclyAccessible": True,
                "Endpoint": {"Address": "dw.example", "Port": 5439},
                "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-1"}],
            }]
        },
        "redshift-serverless ListWorkgroups": {
            "workgroups": [{
                "workgroupName": "dw2", "publiclyAccessible": True, "endpoint": {"address": "wg.example", "port": 5439},
                "securityGroupIds": ["sg-1"],
            }]
        },
        "ec2 DescribeSecurityGroups": GROUPS,
    }  # fmt: skip
    found = facts("redshift_cluster", answers)

    assert [fact.endpoints for fact in found.values()] == [("dw.example:5439",), ("wg.example:5439",)]
    assert all(fact.values["inbound"] == WORLD and fact.product == "redshift" for fact in found.values())


def test_lightsail_has_databases_and_buckets() -> None:
    databases = {
        "relationalDatabases": [{
            "name": "shop", "publiclyAccessible": True, "engine": "mysql", "engineVersion": "8.0",
            "masterEndpoint": {"address": "shop.example", "port": 3306},
        }]
    }  # fmt: skip
    buckets = {"buckets": [{"name": "web", "accessRules": {"getObject": "public", "allowPublicOverrides": True}}]}

    database = facts("lightsail_database", {"lightsail GetRelationalDatabases": databases})["shop"]
    bucket = facts("lightsail_bucket", {"lightsail GetBuckets": buckets})["bucket/web"]

    assert (database.values["public"], database.endpoints) == (True, ("shop.example:3306",))
    assert (bucket.values, bucket.endpoints) == ({"public": True, "single_objects": True}, ("s3://web",))


def test_snapshots_of_databases_tell_who_may_restore_them() -> None:
    restore = [
        {"AttributeName": "restore", "AttributeValues": ["all", STRANGER]},
        {"AttributeName": "x", "AttributeValues": ["y"]},
    ]
    answers: dict[str, Answer] = {
        "rds DescribeDBSnapshots": {"DBSnapshots": [{"DBSnapshotIdentifier": "s", "Engine": "mysql"}]},
        "rds DescribeDBSnapshotAttributes": {"DBSnapshotAttributesResult": {"DBSnapshotAttributes": restore}},
        "rds DescribeDBClusterSnapshots": {"DBClusterSnapshots": [{"DBClusterSnapshotIdentifier": "c"}]},
        "rds DescribeDBClusterSnapshotAttributes": {
            "DBClusterSnapshotAttributesResult": {"DBClusterSnapshotAttributes": restore}
        },
        "redshift DescribeClusterSnapshots": {
            "Snapshots": [{"SnapshotIdentifier": "r", "AccountsWithRestoreAccess": [{"AccountId": STRANGER}]}]
        },
    }
    found = {name: fact.values["shared_with"] for name, fact in facts("database_snapshot", answers).items()}

    assert found == {"snapshot/s": ["all", STRANGER], "snapshot/cluster/c": ["all", STRANGER], "snapshot/r": [STRANGER]}


@pytest.mark.parametrize(("state", "is_blocked"), [("block-all-sharing", True), ("block-new-sharing", False)])
def test_public_snapshots_of_disks_are_asked_for_alone(state: str, *, is_blocked: bool) -> None:
    answers: dict[str, Answer] = {
        "ec2 DescribeSnapshots": lambda asked: {
            "Snapshots": [{"SnapshotId": "snap-1"}] if asked["RestorableByUserIds"] == ["all"] else []
        },
        "ec2 GetSnapshotBlockPublicAccessState": {"State": state},
    }
    assert facts("ebs_snapshot", answers)["snap-1"].values == {"shared_with": ["all"], "blocked": is_blocked}


def test_where_no_snapshot_and_no_image_is_public_the_region_stands_for_all() -> None:
    assert facts("ebs_snapshot", {})["snapshots"].values["shared_with"] == []
    assert facts("machine_image", {})["images"].values["shared_with"] == []
    assert facts("machine_image", {"ec2 DescribeImages": {"Images": [{"ImageId": "ami-1"}]}})["ami-1"].values == {
        "shared_with": ["all"]
    }


def test_a_security_group_comes_with_the_addresses_behind_it() -> None:
    interfaces = [
        {"Groups": [{"GroupId": "sg-1"}], "Association": {"PublicIp": "198.51.100.7"}},
        {"Groups": [{"GroupId": "sg-1"}], "Ipv6Addresses": [{"Ipv6Address": "2001:db8::7"}]},
        {"Groups": [{"GroupId": "sg-3"}]},
    ]
    answers: dict[str, Answer] = {
        "ec2 DescribeSecurityGroups": GROUPS,
        "ec2 DescribeNetworkInterfaces": {"NetworkInterfaces": interfaces},
        "ec2 GetManagedPrefixListEntries": {"Entries": [{"Cidr": "0.0.0.0/0"}]},
    }
    found = facts("security_group", answers)

    assert found["sg-1"].values["addresses"] == ["198.51.100.7", "2001:db8::7"]
    assert found["sg-1"].values["attached"] == 2
    assert found["sg-2"].values["lists"] == {"pl-1": ["0.0.0.0/0"]}
    assert found["sg-2"].values["addresses"] == []


def test_search_domains_are_described_five_at_a_time() -> None:
    def described(asked: Mapping[str, Any]) -> Mapping[str, Any]:
        assert len(asked["DomainNames"]) <= 5
        return {"DomainStatusList": [_domain(name) for name in asked["DomainNames"]]}

    names = {"DomainNames": [{"DomainName": f"logs{number}"} for number in range(7)]}
    found = facts("search_domain", {"opensearch ListDomainNames": names, "opensearch DescribeDomains": described})

    assert len(found) == 7
    assert found["logs0"].values == {"inside": False, "policy": POLICY, "login": True, "anonymous": False}
    assert (found["logs0"].product, found["logs0"].version) == ("opensearch", "2.11")
    assert found["logs0"].endpoints == ("https://search-logs0.example",)


def _domain(name: str) -> dict[str, Any]:
    return {
        "DomainId": f"x/{name}", "DomainName": name, "ARN": "a" * 20, "AccessPolicies": POLICY,
        "Endpoint": f"search-{name}.example", "EngineVersion": "OpenSearch_2.11", "ClusterConfig": {},
        "AdvancedSecurityOptions": {"Enabled": True},
    }  # fmt: skip


def test_a_search_domain_inside_has_no_endpoint_to_knock_at() -> None:
    inside = {key: value for key, value in _domain("inside").items() if key != "Endpoint"}
    inside["VPCOptions"] = {"VPCId": "vpc-1"}
    answers: dict[str, Answer] = {
        "opensearch ListDomainNames": {"DomainNames": [{"DomainName": "inside"}]},
        "opensearch DescribeDomains": {"DomainStatusList": [inside]},
    }
    fact = facts("search_domain", answers)["inside"]

    assert fact.values["inside"]
    assert fact.endpoints == ()


def cluster(access: str) -> dict[str, Any]:
    group = {
        "ClientSubnets": [], "InstanceType": "kafka.m5", "SecurityGroups": ["sg-1"],
        "ConnectivityInfo": {"PublicAccess": {"Type": access}},
    }  # fmt: skip
    made = {
        "BrokerNodeGroupInfo": group, "NumberOfBrokerNodes": 3,
        "ClientAuthentication": {"Unauthenticated": {"Enabled": True}},
    }  # fmt: skip
    return {"ClusterName": "events", "ClusterArn": "arn:x", "Provisioned": made}


def test_public_brokers_of_kafka_are_named() -> None:
    answers: dict[str, Answer] = {
        "kafka ListClustersV2": {"ClusterInfoList": [cluster("SERVICE_PROVIDED_EIPS")]},
        "kafka GetBootstrapBrokers": {
            "BootstrapBrokerStringPublicTls": "b-1.example:9194,b-2.example:9194",
            "BootstrapBrokerString": "in.side:9092",
        },
        "ec2 DescribeSecurityGroups": GROUPS,
    }  # fmt: skip
    fact = facts("kafka_cluster", answers)["events"]

    assert fact.endpoints == ("b-1.example:9194", "b-2.example:9194")
    assert (fact.values["public"], fact.values["anonymous"], fact.values["ports"]) == (True, True, [9194])
    assert fact.values["inbound"] == WORLD


def test_brokers_inside_are_not_asked_for() -> None:
    fact = facts("kafka_cluster", {"kafka ListClustersV2": {"ClusterInfoList": [cluster("DISABLED")]}})["events"]

    assert (fact.values["public"], fact.endpoints) == (False, ())


def broker(*, public: bool, groups: list[str]) -> dict[str, Answer]:
    return {
        "mq ListBrokers": {
            "BrokerSummaries": [{
                "BrokerId": "b-1", "BrokerName": "jobs", "DeploymentMode": "SINGLE_INSTANCE", "EngineType": "RABBITMQ",
            }]
        },
        "mq DescribeBroker": {
            "PubliclyAccessible": public, "SecurityGroups": groups, "EngineVersion": "3.13",
            "BrokerInstances": [{"Endpoints": ["amqps://b-1.example:5671", "no url"]}],
        },
        "ec2 DescribeSecurityGroups": GROUPS,
    }  # fmt: skip


def test_a_public_message_broker_is_named_with_its_port() -> None:
    fact = facts("message_broker", broker(public=True, groups=["sg-1"]))["jobs"]

    assert (fact.endpoints, fact.values["ports"], fact.product) == (("b-1.example:5671",), [5671], "rabbitmq")
    assert fact.values["inbound"] == WORLD


def test_a_message_broker_without_groups_or_inside_asks_for_none() -> None:
    assert "inbound" not in facts("message_broker", broker(public=True, groups=[]))["jobs"].values
    assert facts("message_broker", broker(public=False, groups=["sg-1"]))["jobs"].endpoints == ()


def test_a_message_broker_that_may_not_be_described_is_a_gap() -> None:
    answers = {**broker(public=True, groups=[]), "mq DescribeBroker": "AccessDeniedException"}

    assert facts("message_broker", answers)["jobs"].gaps["told"].permission == "mq:DescribeBroker"


WITH_POLICIES: dict[str, tuple[dict[str, Answer], str]] = {
    "file_system": (
        {
            "efs DescribeFileSystems": {"FileSystems": [{
                "OwnerId": ACCOUNT, "CreationToken": "x", "FileSystemId": "fs-1", "CreationTime": 0,
                "LifeCycleState": "available", "NumberOfMountTargets": 0, "SizeInBytes": {"Value": 0},
                "PerformanceMode": "generalPurpose", "Tags": [],
            }]},
            "efs DescribeFileSystemPolicy": {"Policy": POLICY},
        },
        "fs-1",
    ),
    "image_repository": (
        {
            "ecr DescribeRepositories": {"repositories": [{"repositoryName": "api/web"}]},
            "ecr GetRepositoryPolicy": {"policyText": POLICY},
        },
        "api/web",
    ),
    "topic": (
        {
            "sns ListTopics": {"Topics": [{"TopicArn": f"arn:aws:sns:eu-west-1:{ACCOUNT}:alerts"}]},
            "sns GetTopicAttributes": {"Attributes": {"Policy": POLICY}},
        },
        "alerts",
    ),
    "queue": (
        {
            "sqs ListQueues": {"QueueUrls": [f"https://sqs.eu-west-1.amazonaws.com/{ACCOUNT}/jobs"]},
            "sqs GetQueueAttributes": {"Attributes": {"Policy": POLICY}},
        },
        "jobs",
    ),
    "secret": (
        {
            "secretsmanager ListSecrets": {"SecretList": [{"ARN": "arn:aws:secretsmanager:x", "Name": "db/password"}]},
            "secretsmanager GetResourcePolicy": {"ResourcePolicy": POLICY},
        },
        "db/password",
    ),
    "vault": (
        {
            "glacier ListVaults": {"VaultList": [{"VaultName": "old"}]},
            "glacier GetVaultAccessPolicy": {"policy": {"Policy": POLICY}},
        },
        "old",
    ),
    "data_catalogue": ({"glue GetResourcePolicy": {"PolicyInJson": POLICY}}, "catalog"),
}  # fmt: skip


@pytest.mark.parametrize("kind", WITH_POLICIES)
def test_what_has_a_policy_comes_with_it(kind: str) -> None:
    answers, name = WITH_POLICIES[kind]

    assert facts(kind, answers)[name].values == {"policy": POLICY}


@pytest.mark.parametrize("kind", WITH_POLICIES)
def test_what_has_no_policy_says_so(kind: str) -> None:
    answers, name = WITH_POLICIES[kind]
    listing = next(iter(answers)) if kind != "data_catalogue" else ""

    assert facts(kind, {key: value for key, value in answers.items() if key == listing})[name].values["policy"] is None


def test_a_catalogue_that_has_no_policy_may_say_so_by_an_error() -> None:
    found = facts("data_catalogue", {"glue GetResourcePolicy": "EntityNotFoundException"})

    assert found["catalog"].values == {"policy": None}


def test_the_public_gallery_is_asked_where_it_is() -> None:
    answers: dict[str, Answer] = {"ecr-public DescribeRepositories": {"repositories": [{"repositoryName": "tools"}]}}

    assert list(facts("public_repository", answers, EVERYWHERE)) == ["tools"]


def test_a_service_that_is_not_used_has_nothing() -> None:
    assert facts("vault", {"glacier ListVaults": "SubscriptionRequiredException"}) == {}


@pytest.mark.parametrize(
    ("kind", "answers", "region", "is_whole"),
    [
        ("vault", {}, REGION, True),
        ("vault", {"glacier ListVaults": "SubscriptionRequiredException"}, REGION, False),
        ("vault", {"glacier ListVaults": "AccessDenied"}, REGION, False),
        ("redshift_cluster", {}, REGION, True),
        ("redshift_cluster", {"redshift DescribeClusters": "OptInRequired"}, REGION, False),
        ("lightsail_database", {}, "ap-southeast-7", False),
        ("s3_bucket", {}, EVERYWHERE, True),
        ("s3_bucket", {"s3 ListBuckets": "AccessDenied"}, EVERYWHERE, False),
    ],
)
def test_only_lists_that_ended_tell_of_all_there_is(
    kind: str, answers: dict[str, Answer], region: str, *, is_whole: bool
) -> None:
    (look,) = ScriptedAws(answers=answers).cloud().looks([unit(region)], [kind])

    where = REGION if region == EVERYWHERE else region
    assert look.tells_of_all(ACCOUNT, where, kind) is is_whole
    assert not look.tells_of_all("210987654321", where, kind)
    assert look.tells_of_all(ACCOUNT, "eu-moon-1", kind) is (is_whole and kind == "s3_bucket")


def test_a_service_that_is_not_in_the_region_is_not_asked() -> None:
    aws = ScriptedAws()
    list(aws.cloud().looks([unit("ap-southeast-7")], ["lightsail_database", "rds_instance"]))

    assert not any("lightsail" in asked for asked in aws.asked)
    assert any("rds" in asked for asked in aws.asked)


def test_a_region_that_the_library_does_not_know_yet_is_asked_for_everything() -> None:
    aws = ScriptedAws()
    list(aws.cloud().looks([unit("eu-moon-1")], ["lightsail_database"]))

    assert aws.asked == [f"{ACCOUNT} eu-moon-1 lightsail GetRelationalDatabases"]


def test_every_question_of_the_list_belongs_to_a_kind_or_to_the_account() -> None:
    services = {kind.service for kind in KINDS}

    assert set(ALLOWED) - services == {"sts"}
