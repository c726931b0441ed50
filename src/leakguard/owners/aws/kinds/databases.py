"""Databases: RDS with Aurora, DocumentDB and Neptune, Redshift, Lightsail; their snapshots; Lightsail's buckets.

DocumentDB and Neptune are managed by the interface of RDS, which lists their instances, clusters and snapshots as well.
ElastiCache, MemoryDB and DAX are not asked for: they cannot have a public endpoint. Whoever reaches them is inside.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from leakguard.models.clouds import CloudFact
from leakguard.models.targets import join_host_port
from leakguard.owners.aws.asking import Asker, Draft
from leakguard.owners.aws.kinds.firewalls import learn_inbound

MANUAL = {"SnapshotType": "manual"}


def rds_instances(asker: Asker) -> Iterator[CloudFact]:
    """Every instance, those of clusters as well."""
    for each in asker.listing("rds", "DescribeDBInstances", "DBInstances"):
        end = each.get("Endpoint") or {}
        groups = [str(group["VpcSecurityGroupId"]) for group in each.get("VpcSecurityGroups", ())]
        yield _database(
            asker, "rds_instance", "rds", str(each["DBInstanceIdentifier"]), each,
            host=end.get("Address"), port=end.get("Port"), groups=groups,
        )  # fmt: skip


def rds_clusters(asker: Asker) -> Iterator[CloudFact]:
    """Clusters, whose own switch counts where they have one; that of Aurora stands at its instances."""
    for each in asker.listing("rds", "DescribeDBClusters", "DBClusters"):
        groups = [str(group["VpcSecurityGroupId"]) for group in each.get("VpcSecurityGroups", ())]
        yield _database(
            asker, "rds_instance", "rds", f"cluster/{each['DBClusterIdentifier']}", each,
            host=each.get("Endpoint"), port=each.get("Port"), groups=groups,
        )  # fmt: skip


def redshift_clusters(asker: Asker) -> Iterator[CloudFact]:
    """Clusters that are paid by the hour."""
    for each in asker.listing("redshift", "DescribeClusters", "Clusters"):
        end = each.get("Endpoint") or {}
        groups = [str(group["VpcSecurityGroupId"]) for group in each.get("VpcSecurityGroups", ())]
        yield _database(
            asker, "redshift_cluster", "redshift", str(each["ClusterIdentifier"]), {"Engine": "redshift", **each},
            host=end.get("Address"), port=end.get("Port"), groups=groups,
        )  # fmt: skip


def redshift_workgroups(asker: Asker) -> Iterator[CloudFact]:
    """Those without servers of their own."""
    for each in asker.listing("redshift-serverless", "ListWorkgroups", "workgroups"):
        end = each.get("endpoint") or {}
        stated = {"Engine": "redshift", "PubliclyAccessible": each.get("publiclyAccessible")}
        yield _database(
            asker, "redshift_cluster", "redshift-serverless", str(each["workgroupName"]), stated,
            host=end.get("address"), port=end.get("port"), groups=list(each.get("securityGroupIds", ())),
        )  # fmt: skip


def lightsail_databases(asker: Asker) -> Iterator[CloudFact]:
    """Lightsail has no firewall before its databases: public means public."""
    for each in asker.listing("lightsail", "GetRelationalDatabases", "relationalDatabases"):
        end = each.get("masterEndpoint") or {}
        draft = Draft(asker, "lightsail_database", "lightsail", str(each["name"]))
        draft.values["public"] = bool(each.get("publiclyAccessible"))
        yield draft.fact(
            endpoints=_endpoint(end.get("address"), end.get("port")), product=each.get("engine"),
            version=each.get("engineVersion"),
        )  # fmt: skip


def lightsail_buckets(asker: Asker) -> Iterator[CloudFact]:
    """Buckets of Lightsail, which `s3:ListAllMyBuckets` does not list."""
    for each in asker.listing("lightsail", "GetBuckets", "buckets"):
        rules = each.get("accessRules") or {}
        draft = Draft(asker, "lightsail_bucket", "lightsail", f"bucket/{each['name']}")
        draft.values["public"] = rules.get("getObject") == "public"
        draft.values["single_objects"] = bool(rules.get("allowPublicOverrides"))
        yield draft.fact(endpoints=(f"s3://{each['name']}",), product="amazon-lightsail")


def rds_snapshots(asker: Asker) -> Iterator[CloudFact]:
    """Snapshots that somebody made by hand: only these can be shared."""
    for each in asker.listing("rds", "DescribeDBSnapshots", "DBSnapshots", MANUAL):
        name = str(each["DBSnapshotIdentifier"])
        yield _snapshot(asker, each, name, "DescribeDBSnapshotAttributes", {"DBSnapshotIdentifier": name})


def rds_cluster_snapshots(asker: Asker) -> Iterator[CloudFact]:
    """Those of clusters: Aurora, DocumentDB, Neptune."""
    for each in asker.listing("rds", "DescribeDBClusterSnapshots", "DBClusterSnapshots", MANUAL):
        name = str(each["DBClusterSnapshotIdentifier"])
        words = {"DBClusterSnapshotIdentifier": name}
        yield _snapshot(asker, each, f"cluster/{name}", "DescribeDBClusterSnapshotAttributes", words)


def redshift_snapshots(asker: Asker) -> Iterator[CloudFact]:
    """Redshift can share with single accounts only."""
    for each in asker.listing("redshift", "DescribeClusterSnapshots", "Snapshots", MANUAL):
        draft = Draft(asker, "database_snapshot", "redshift", f"snapshot/{each['SnapshotIdentifier']}")
        accounts = each.get("AccountsWithRestoreAccess") or ()
        draft.values["shared_with"] = [str(account.get("AccountId")) for account in accounts]
        yield draft.fact(product="redshift")


def _database(
    asker: Asker, kind: str, service: str, name: str, stated: Mapping[str, Any], *, host: str | None,
    port: int | None, groups: list[str],
) -> CloudFact:  # fmt: skip
    draft = Draft(asker, kind, service, name)
    is_public = bool(stated.get("PubliclyAccessible"))
    draft.values |= {"public": is_public, "ports": [port] if port else []}
    if is_public:
        learn_inbound(asker, draft, groups)
    return draft.fact(
        endpoints=_endpoint(host, port) if is_public else (), product=stated.get("Engine"),
        version=stated.get("EngineVersion"),
    )  # fmt: skip


def _snapshot(
    asker: Asker, stated: Mapping[str, Any], name: str, operation: str, words: Mapping[str, str]
) -> CloudFact:
    draft = Draft(asker, "database_snapshot", "rds", f"snapshot/{name}")
    draft.learn("shared_with", lambda: _restorers(asker.one("rds", operation, words) or {}))
    return draft.fact(product=stated.get("Engine"), version=stated.get("EngineVersion"))


def _restorers(answer: Mapping[str, Any]) -> list[str]:
    """Who may restore it: numbers of accounts, and `all`."""
    result = answer.get("DBSnapshotAttributesResult") or answer.get("DBClusterSnapshotAttributesResult") or {}
    lists = result.get("DBSnapshotAttributes") or result.get("DBClusterSnapshotAttributes") or ()
    return [str(value) for item in lists if item.get("AttributeName") == "restore" for value in item["AttributeValues"]]


def _endpoint(host: str | None, port: int | None) -> tuple[str, ...]:
    return (join_host_port(host, port),) if host and port else ()
