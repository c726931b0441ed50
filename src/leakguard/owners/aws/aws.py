"""AWS: which regions an account uses, and all its resources of the kinds that checks judge."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed

from leakguard.errors import CloudRefused
from leakguard.frozen import Frozen
from leakguard.models.clouds import ANYWHERE, EVERYWHERE, LISTING, CloudFact, CloudLook, Resource, Unit
from leakguard.owners.aws.asking import Asker, CallRefused, ServiceUnused
from leakguard.owners.aws.door import Door
from leakguard.owners.aws.kinds import buckets, databases, firewalls, services

AT_ONCE = 8
"""Regions that are asked side by side; each has interfaces and limits of its own."""
COMMERCIAL = "aws"
EVERY_REGION_HAS = "ec2"
"""A region without it is one that the library does not know yet, so that everything is asked for there."""


class Kind(Frozen):
    """One way to list resources."""

    name: str
    service: str
    """The library's name of the interface, by which it knows where there is one."""
    ask: Callable[[Asker], Iterator[CloudFact]]
    is_global: bool = False
    is_commercial: bool = False
    """Whether only the provider's largest partition, `aws`, has it."""
    is_of_all_regions: bool = False
    """Whether one list tells of the resources of every region."""


KINDS = (
    Kind(name="s3_account", service="s3", ask=buckets.account_blocks, is_global=True),
    Kind(name="s3_bucket", service="s3", ask=buckets.buckets, is_global=True, is_of_all_regions=True),
    Kind(name="s3_access_point", service="s3control", ask=buckets.access_points),
    Kind(
        name="s3_access_point", service="s3control", ask=buckets.access_points_of_many_regions, is_global=True,
        is_commercial=True,
    ),
    Kind(
        name="public_repository", service="ecr-public", ask=services.public_repositories, is_global=True,
        is_commercial=True,
    ),
    Kind(name="security_group", service="ec2", ask=firewalls.security_groups),
    Kind(name="ebs_snapshot", service="ec2", ask=firewalls.snapshots),
    Kind(name="machine_image", service="ec2", ask=firewalls.images),
    Kind(name="rds_instance", service="rds", ask=databases.rds_instances),
    Kind(name="rds_instance", service="rds", ask=databases.rds_clusters),
    Kind(name="redshift_cluster", service="redshift", ask=databases.redshift_clusters),
    Kind(name="redshift_cluster", service="redshift-serverless", ask=databases.redshift_workgroups),
    Kind(name="lightsail_database", service="lightsail", ask=databases.lightsail_databases),
    Kind(name="lightsail_bucket", service="lightsail", ask=databases.lightsail_buckets),
    Kind(name="database_snapshot", service="rds", ask=databases.rds_snapshots),
    Kind(name="database_snapshot", service="rds", ask=databases.rds_cluster_snapshots),
    Kind(name="database_snapshot", service="redshift", ask=databases.redshift_snapshots),
    Kind(name="search_domain", service="opensearch", ask=services.search_domains),
    Kind(name="kafka_cluster", service="kafka", ask=services.kafka_clusters),
    Kind(name="message_broker", service="mq", ask=services.message_brokers),
    Kind(name="file_system", service="efs", ask=services.file_systems),
    Kind(name="image_repository", service="ecr", ask=services.image_repositories),
    Kind(name="topic", service="sns", ask=services.topics),
    Kind(name="queue", service="sqs", ask=services.queues),
    Kind(name="secret", service="secretsmanager", ask=services.secrets),
    Kind(name="vault", service="glacier", ask=services.vaults),
    Kind(name="data_catalogue", service="glue", ask=services.catalogues),
)  # fmt: skip


class Aws:
    """The accounts that profiles of this machine lead to; implements `ports.clouds.Cloud`."""

    def __init__(self, door: Door) -> None:
        """All questions go through `door`."""
        self._door = door
        self._stop = threading.Event()

    def account(self, profile: str) -> str:
        """See `ports.Cloud`."""
        asker = self._asker(Unit(profile=profile, account="", region=self.home(profile)))
        try:
            answer = asker.one("sts", "GetCallerIdentity") or {}
        except CallRefused as refused:
            raise CloudRefused(
                f"the profile `{profile[:60]}` leads to no account ({refused.gap.code})",
                next_step=f"Log in with it first, and try: aws sts get-caller-identity --profile {profile[:60]}",
            ) from refused
        return str(answer["Account"])

    def regions(self, profile: str) -> tuple[str, ...] | None:
        """See `ports.Cloud`; those that are switched on."""
        asker = self._asker(Unit(profile=profile, account="", region=self.home(profile)))
        try:
            return tuple(sorted(each["RegionName"] for each in asker.listing("ec2", "DescribeRegions", "Regions")))
        except CallRefused:
            return None

    def home(self, profile: str) -> str:
        """See `ports.Cloud`."""
        return self._door.session(profile).region_name or buckets.FIRST

    def looks(self, units: Sequence[Unit], kinds: Collection[str]) -> Iterator[CloudLook]:
        """See `ports.Cloud`. Whoever stops reading stops the asking."""
        pool = ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="aws")
        try:
            waiting = [pool.submit(self._look, unit, kinds) for unit in units]
            for done in as_completed(waiting):
                yield done.result()
        finally:
            self._stop.set()
            pool.shutdown(wait=True, cancel_futures=True)
            self._stop.clear()

    def _look(self, unit: Unit, kinds: Collection[str]) -> CloudLook:
        asker = self._asker(unit)
        wanted = [kind for kind in KINDS if kind.name in kinds and kind.is_global == (unit.region == EVERYWHERE)]
        there = [kind for kind in wanted if self._is_there(unit, kind)]
        told = [_facts(asker, kind) for kind in there]
        partly = {kind.name for kind, (_, is_whole) in zip(there, told, strict=True) if not is_whole}
        return CloudLook(
            facts=tuple(fact for facts, _ in told for fact in facts),
            whole=frozenset(
                (unit.account, ANYWHERE if kind.is_of_all_regions else unit.region, kind.name)
                for kind in there
                if kind.name not in partly
            ),
        )

    def _is_there(self, unit: Unit, kind: Kind) -> bool:
        """Whether the service has an interface there, as far as the library knows; it may be behind."""
        partition = self._partition(unit.profile)
        if kind.is_global:
            return partition == COMMERCIAL or not kind.is_commercial
        session = self._door.session(unit.profile)
        known, of_all = (
            session.get_available_regions(each, partition_name=partition) for each in (kind.service, EVERY_REGION_HAS)
        )
        return not known or unit.region in known or unit.region not in of_all

    def _partition(self, profile: str) -> str:
        from botocore.exceptions import BotoCoreError  # noqa: PLC0415  (as in `door`)

        try:
            return str(self._door.session(profile).get_partition_for_region(self.home(profile)))
        except BotoCoreError as error:
            raise CloudRefused(
                f"the profile `{profile[:60]}` names a region that the library does not know ({type(error).__name__})",
                next_step=f"Write it as AWS does: aws configure set region eu-central-1 --profile {profile[:60]}",
            ) from error

    def _asker(self, unit: Unit) -> Asker:
        first = buckets.FIRST if self._partition(unit.profile) == COMMERCIAL else self.home(unit.profile)

        def client(service: str, region: str) -> object:
            return self._door.client(unit.profile, service, first if region == EVERYWHERE else region)

        return Asker(unit=unit, client=client, stop=self._stop, first=first)


def _facts(asker: Asker, kind: Kind) -> tuple[list[CloudFact], bool]:
    """The resources of a kind, and whether these are all.

    A listing that is refused leaves a fact of its own, so that nobody takes it for none.
    """
    found: list[CloudFact] = []
    try:
        found.extend(kind.ask(asker))
    except ServiceUnused:
        return found, False
    except CallRefused as refused:
        unit = asker.unit
        question = refused.gap.permission.rpartition(":")[2]
        where = Resource(account=unit.account, region=unit.region, service=kind.service, name=question)
        asked = tuple(asker.asked[-1:])
        return [*found, CloudFact(kind=kind.name, resource=where, gaps={LISTING: refused.gap}, asked=asked)], False
    return found, True
