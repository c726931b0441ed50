"""Search engines, brokers, and everything that a policy of its own opens: queues, topics, secrets, images, vaults."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from leakguard.models.clouds import CloudFact
from leakguard.models.targets import join_host_port
from leakguard.owners.aws.asking import BY_THOUSANDS, Asker, Draft
from leakguard.owners.aws.kinds.firewalls import learn_inbound

DOMAINS_AT_ONCE = 5
"""As many as the interface describes in one answer."""


def search_domains(asker: Asker) -> Iterator[CloudFact]:
    """OpenSearch and Elasticsearch: the newer interface lists the domains of both."""
    names = [str(each["DomainName"]) for each in asker.listing("opensearch", "ListDomainNames", "DomainNames")]
    for start in range(0, len(names), DOMAINS_AT_ONCE):
        chunk = names[start : start + DOMAINS_AT_ONCE]
        answer = asker.one("opensearch", "DescribeDomains", {"DomainNames": chunk}) or {}
        for each in answer.get("DomainStatusList", ()):
            yield _domain(asker, each)


def kafka_clusters(asker: Asker) -> Iterator[CloudFact]:
    """MSK: whether the brokers have public addresses, and whether clients must log in."""
    for each in asker.listing("kafka", "ListClustersV2", "ClusterInfoList"):
        made = each.get("Provisioned") or {}
        group = made.get("BrokerNodeGroupInfo") or {}
        access = (group.get("ConnectivityInfo") or {}).get("PublicAccess") or {}
        clients = made.get("ClientAuthentication") or {}
        draft = Draft(asker, "kafka_cluster", "kafka", str(each["ClusterName"]))
        is_public = access.get("Type", "DISABLED") != "DISABLED"
        is_anonymous = bool((clients.get("Unauthenticated") or {}).get("Enabled"))
        draft.values |= {"public": is_public, "anonymous": is_anonymous, "ports": []}
        if is_public:
            draft.learn("brokers", _brokers, asker, str(each["ClusterArn"]))
            draft.values["ports"] = sorted({_port(broker) for broker in draft.values.get("brokers", ())})
            learn_inbound(asker, draft, group.get("SecurityGroups", ()))
        yield draft.fact(endpoints=draft.values.get("brokers", ()), product="kafka")


def message_brokers(asker: Asker) -> Iterator[CloudFact]:
    """MQ: ActiveMQ and RabbitMQ, which always ask for a password."""
    for each in asker.listing("mq", "ListBrokers", "BrokerSummaries"):
        draft = Draft(asker, "message_broker", "mq", str(each.get("BrokerName") or each["BrokerId"]))
        draft.learn("told", asker.one, "mq", "DescribeBroker", {"BrokerId": each["BrokerId"]})
        broker: Mapping[str, Any] = draft.values.pop("told", None) or {}
        urls = [str(url) for instance in broker.get("BrokerInstances", ()) for url in instance.get("Endpoints", ())]
        parts = [each for each in map(urlsplit, urls) if each.hostname and each.port]
        places = [join_host_port(str(part.hostname), int(part.port or 0)) for part in parts]
        is_public = bool(broker.get("PubliclyAccessible"))
        draft.values |= {"public": is_public, "ports": sorted({_port(place) for place in places})}
        if is_public and broker.get("SecurityGroups"):
            learn_inbound(asker, draft, broker["SecurityGroups"])
        yield draft.fact(
            endpoints=places if is_public else (), product=str(each.get("EngineType", "mq")).lower(),
            version=broker.get("EngineVersion"),
        )  # fmt: skip


def file_systems(asker: Asker) -> Iterator[CloudFact]:
    """EFS: its mount targets have no public address, but its policy may let other accounts in."""
    for each in asker.listing("efs", "DescribeFileSystems", "FileSystems"):
        name = str(each["FileSystemId"])
        ask = _asking(asker, "efs", "DescribeFileSystemPolicy", ("PolicyNotFound",), {"FileSystemId": name}, "Policy")
        yield _with_policy(asker, "file_system", "efs", name, ask)


def image_repositories(asker: Asker) -> Iterator[CloudFact]:
    """ECR: repositories of container images."""
    absent = ("RepositoryPolicyNotFoundException",)
    for each in asker.listing("ecr", "DescribeRepositories", "repositories"):
        name = str(each["repositoryName"])
        ask = _asking(asker, "ecr", "GetRepositoryPolicy", absent, {"repositoryName": name}, "policyText")
        yield _with_policy(asker, "image_repository", "ecr", name, ask)


def public_repositories(asker: Asker) -> Iterator[CloudFact]:
    """Whatever stands in the public gallery is public by what it is."""
    for each in asker.listing("ecr-public", "DescribeRepositories", "repositories", region=asker.first):
        yield Draft(asker, "public_repository", "ecr-public", str(each["repositoryName"])).fact()


def topics(asker: Asker) -> Iterator[CloudFact]:
    """SNS."""
    for each in asker.listing("sns", "ListTopics", "Topics"):
        arn = str(each["TopicArn"])
        ask = _asking(asker, "sns", "GetTopicAttributes", (), {"TopicArn": arn}, "Attributes", "Policy")
        yield _with_policy(asker, "topic", "sns", arn.rpartition(":")[2], ask)


def queues(asker: Asker) -> Iterator[CloudFact]:
    """SQS; `QueueUrls` of one question, or of all its pages."""
    for url in asker.listing("sqs", "ListQueues", "QueueUrls", BY_THOUSANDS):
        words = {"QueueUrl": str(url), "AttributeNames": ["Policy"]}
        ask = _asking(asker, "sqs", "GetQueueAttributes", (), words, "Attributes", "Policy")
        yield _with_policy(asker, "queue", "sqs", str(url).rpartition("/")[2], ask)


def secrets(asker: Asker) -> Iterator[CloudFact]:
    """Secrets Manager: names and policies; no question that is ever asked returns a secret."""
    for each in asker.listing("secretsmanager", "ListSecrets", "SecretList"):
        words = {"SecretId": str(each["ARN"])}
        ask = _asking(asker, "secretsmanager", "GetResourcePolicy", (), words, "ResourcePolicy")
        yield _with_policy(asker, "secret", "secretsmanager", str(each["Name"]), ask)


def vaults(asker: Asker) -> Iterator[CloudFact]:
    """Glacier."""
    absent = ("ResourceNotFoundException",)
    for each in asker.listing("glacier", "ListVaults", "VaultList", {"accountId": "-"}):
        name = str(each["VaultName"])
        words = {"accountId": "-", "vaultName": name}
        ask = _asking(asker, "glacier", "GetVaultAccessPolicy", absent, words, "policy", "Policy")
        yield _with_policy(asker, "vault", "glacier", name, ask)


def catalogues(asker: Asker) -> Iterator[CloudFact]:
    """Glue: one policy for the whole data catalogue of a region."""
    ask = _asking(asker, "glue", "GetResourcePolicy", ("EntityNotFoundException",), {}, "PolicyInJson")
    yield _with_policy(asker, "data_catalogue", "glue", "catalog", ask)


def _domain(asker: Asker, domain: Mapping[str, Any]) -> CloudFact:
    security = domain.get("AdvancedSecurityOptions") or {}
    draft = Draft(asker, "search_domain", "es", str(domain["DomainName"]))
    draft.values |= {
        "inside": bool((domain.get("VPCOptions") or {}).get("VPCId")), "policy": domain.get("AccessPolicies"),
        "login": bool(security.get("Enabled")), "anonymous": bool(security.get("AnonymousAuthEnabled")),
    }  # fmt: skip
    engine, _, version = str(domain.get("EngineVersion") or "").partition("_")
    host = domain.get("Endpoint")
    return draft.fact(
        endpoints=(f"https://{host}",) if host else (), product=engine.lower() or "opensearch", version=version or None
    )


def _asking(
    asker: Asker, service: str, operation: str, absent: Sequence[str], words: Mapping[str, object], *path: str
) -> Any:  # noqa: ANN401  (a function that gives a policy)
    def ask() -> Any:  # noqa: ANN401  (a text, or nothing)
        found: Any = asker.one(service, operation, words, absent=absent)
        for name in path:
            found = (found or {}).get(name)
        return found

    return ask


def _with_policy(asker: Asker, kind: str, service: str, name: str, ask: Any) -> CloudFact:  # noqa: ANN401  (see `_asking`)
    draft = Draft(asker, kind, service, name)
    draft.learn("policy", ask)
    return draft.fact()


def _brokers(asker: Asker, arn: str) -> list[str]:
    answer = asker.one("kafka", "GetBootstrapBrokers", {"ClusterArn": arn}) or {}
    lists = [str(text) for key, text in answer.items() if key.startswith("BootstrapBrokerStringPublic")]
    return sorted({place for text in lists for place in text.split(",") if place})


def _port(place: str) -> int:
    return int(place.rpartition(":")[2])
