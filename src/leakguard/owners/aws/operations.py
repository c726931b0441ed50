"""Everything that is ever asked of AWS, with the permissions that each question needs: the door lets nothing else out.

The policy that an owner gives to the role is made of this table. All of them read settings; none reads data or secrets.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

ALLOWED: Mapping[str, Mapping[str, str]] = {
    "ec2": {
        "DescribeImages": "ec2:DescribeImages",
        "DescribeNetworkInterfaces": "ec2:DescribeNetworkInterfaces",
        "DescribeRegions": "ec2:DescribeRegions",
        "DescribeSecurityGroups": "ec2:DescribeSecurityGroups",
        "DescribeSnapshots": "ec2:DescribeSnapshots",
        "GetManagedPrefixListEntries": "ec2:GetManagedPrefixListEntries",
        "GetSnapshotBlockPublicAccessState": "ec2:GetSnapshotBlockPublicAccessState",
    },
    "ecr": {"DescribeRepositories": "ecr:DescribeRepositories", "GetRepositoryPolicy": "ecr:GetRepositoryPolicy"},
    "ecr-public": {"DescribeRepositories": "ecr-public:DescribeRepositories"},
    "efs": {
        "DescribeFileSystemPolicy": "elasticfilesystem:DescribeFileSystemPolicy",
        "DescribeFileSystems": "elasticfilesystem:DescribeFileSystems",
    },
    "glacier": {"GetVaultAccessPolicy": "glacier:GetVaultAccessPolicy", "ListVaults": "glacier:ListVaults"},
    "glue": {"GetResourcePolicy": "glue:GetResourcePolicy"},
    "kafka": {"GetBootstrapBrokers": "kafka:GetBootstrapBrokers", "ListClustersV2": "kafka:ListClustersV2"},
    "lightsail": {
        "GetBuckets": "lightsail:GetBuckets",
        "GetRelationalDatabases": "lightsail:GetRelationalDatabases",
    },
    "mq": {"DescribeBroker": "mq:DescribeBroker", "ListBrokers": "mq:ListBrokers"},
    "opensearch": {"DescribeDomains": "es:DescribeDomains", "ListDomainNames": "es:ListDomainNames"},
    "rds": {
        "DescribeDBClusterSnapshotAttributes": "rds:DescribeDBClusterSnapshotAttributes",
        "DescribeDBClusterSnapshots": "rds:DescribeDBClusterSnapshots",
        "DescribeDBClusters": "rds:DescribeDBClusters",
        "DescribeDBInstances": "rds:DescribeDBInstances",
        "DescribeDBSnapshotAttributes": "rds:DescribeDBSnapshotAttributes",
        "DescribeDBSnapshots": "rds:DescribeDBSnapshots",
    },
    "redshift": {
        "DescribeClusterSnapshots": "redshift:DescribeClusterSnapshots",
        "DescribeClusters": "redshift:DescribeClusters",
    },
    "redshift-serverless": {"ListWorkgroups": "redshift-serverless:ListWorkgroups"},
    "s3": {
        "GetBucketAcl": "s3:GetBucketAcl",
        "GetBucketLocation": "s3:GetBucketLocation",
        "GetBucketOwnershipControls": "s3:GetBucketOwnershipControls",
        "GetBucketPolicy": "s3:GetBucketPolicy",
        "GetBucketPolicyStatus": "s3:GetBucketPolicyStatus",
        "GetBucketWebsite": "s3:GetBucketWebsite",
        "GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
        "ListBuckets": "s3:ListAllMyBuckets",
    },
    "s3control": {
        "GetAccessPoint": "s3:GetAccessPoint",
        "GetAccessPointPolicy": "s3:GetAccessPointPolicy",
        "GetAccessPointPolicyStatus": "s3:GetAccessPointPolicyStatus",
        "GetMultiRegionAccessPointPolicyStatus": "s3:GetMultiRegionAccessPointPolicyStatus",
        "GetPublicAccessBlock": "s3:GetAccountPublicAccessBlock",
        "ListAccessPoints": "s3:ListAccessPoints",
        "ListMultiRegionAccessPoints": "s3:ListMultiRegionAccessPoints",
    },
    "secretsmanager": {
        "GetResourcePolicy": "secretsmanager:GetResourcePolicy",
        "ListSecrets": "secretsmanager:ListSecrets",
    },
    "sns": {"GetTopicAttributes": "sns:GetTopicAttributes", "ListTopics": "sns:ListTopics"},
    "sqs": {"GetQueueAttributes": "sqs:GetQueueAttributes", "ListQueues": "sqs:ListQueues"},
    "sts": {"GetCallerIdentity": "sts:GetCallerIdentity"},
}
"""By the library's name of the service, then by operation."""
LOGIN: Mapping[str, frozenset[str]] = {
    "sts": frozenset({"AssumeRole", "AssumeRoleWithWebIdentity"}),
    "sso": frozenset({"GetRoleCredentials"}),
    "sso-oidc": frozenset({"CreateToken"}),
    "signin": frozenset({"CreateOAuth2Token"}),
}
"""What a profile may need to become the role that it names. They change nothing in the account."""


def is_allowed(service: str, operation: str) -> bool:
    """Whether the door lets the question out."""
    return operation in ALLOWED.get(service, ()) or operation in LOGIN.get(service, ())


def permission_of(service: str, operation: str) -> str:
    """The permission that a question needs; raises `KeyError` for one that is never asked."""
    return ALLOWED[service][operation]


def least_policy() -> dict[str, Any]:
    """The policy document that gives a role all that is ever asked for, and nothing else."""
    actions = sorted({permission for operations in ALLOWED.values() for permission in operations.values()})
    statement = {"Sid": "LeakGuardReadsSettings", "Effect": "Allow", "Action": actions, "Resource": "*"}
    return {"Version": "2012-10-17", "Statement": [statement]}
