"""A look at accounts as a use case: what is kept when it is stopped, quiet hours, firewalls, and the progress."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

import pytest

from leakguard.bundled import BundledFiles
from leakguard.errors import InQuietHours, NotFound, OutOfScope, ScopeRefused
from leakguard.frozen import replace
from leakguard.models.clouds import CloudFact, CloudLook, Resource, Unit
from leakguard.models.events import exactly
from leakguard.models.findings import Finding, Reach, ReachVerdict
from leakguard.models.records import Record
from leakguard.models.scope import QuietHours, Scope
from leakguard.owners.cloud_checks.definitions import CloudCheck, load_cloud_checks
from leakguard.use_cases.incidents.incident_closures import Closure
from leakguard.use_cases.owners.scan_cloud import CloudOptions, CloudSummary, scan_cloud
from leakguard.use_cases.owners.verify_cloud import verify_cloud
from leakguard.use_cases.scans.start_scan import ScanOptions
from support.fake_prober import FakeProber, store_server
from support.fake_tools import FakeTools, NotedProgress
from support.scans import NOW, scope_of

ACCOUNT = "123456789012"
SCOPE = scope_of("127.0.0.0/24", f"aws://{ACCOUNT}")
LIBRARY = load_cloud_checks(BundledFiles().texts("cloud_checks"))
WORLD = [{"IpProtocol": "tcp", "FromPort": 9000, "ToPort": 9250, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]


@dataclass(slots=True)
class FakeCloud:
    """An account that is written down; fits `ports.clouds.Cloud`."""

    facts: Mapping[str, Sequence[CloudFact]] = field(default_factory=dict)
    """By region."""
    stopped_at: str | None = None
    """Where somebody stops the look."""
    unlisted: str = ""
    """The kind of resource whose list does not end."""

    def account(self, profile: str) -> str:
        """One for all."""
        assert profile
        return ACCOUNT

    def regions(self, profile: str) -> tuple[str, ...] | None:
        """Those that are written down."""
        assert profile
        return tuple(self.facts)

    def home(self, profile: str) -> str:
        """Somewhere."""
        assert profile
        return "eu-west-1"

    def looks(self, units: Sequence[Unit], kinds: Any) -> Iterator[CloudLook]:  # noqa: ANN401  (a collection of words)
        """In the order of the units."""
        for unit in units:
            if unit.region == self.stopped_at:
                raise KeyboardInterrupt
            facts = tuple(fact for fact in self.facts.get(unit.region, ()) if fact.kind in kinds)
            listed = set(kinds) - {self.unlisted}
            yield CloudLook(facts=facts, whole=frozenset((ACCOUNT, unit.region, kind) for kind in listed))


def group(region: str, *addresses: str, name: str = "sg-1") -> CloudFact:
    where = Resource(account=ACCOUNT, region=region, service="ec2", name=name)
    values = {"inbound": WORLD, "lists": {}, "attached": 1, "addresses": list(addresses)}
    return CloudFact(kind="security_group", resource=where, values=values)


def tools_of(cloud: FakeCloud, checks: tuple[CloudCheck, ...] = LIBRARY) -> FakeTools:
    return FakeTools(aws=cloud, cloud_checks=checks, network=FakeProber(servers={"127.0.0.5:9200": store_server()}))


def look(
    tools: FakeTools, scope: Scope = SCOPE, outside: ScanOptions | None = None
) -> tuple[CloudSummary, list[NotedProgress]]:
    progress: list[NotedProgress] = []

    def new_progress() -> NotedProgress:
        progress.append(NotedProgress())
        return progress[-1]

    options = CloudOptions(profiles=("prod",), outside=outside or ScanOptions())
    return scan_cloud(options, scope, tools, new_progress), progress


def found(tools: FakeTools, run: str) -> dict[str, Finding]:
    return {finding.target: finding for finding in tools.store.findings(run)}


SG = f"aws://{ACCOUNT}/eu-west-1/ec2/sg-1"


def test_each_open_port_behind_a_firewall_is_looked_at_where_the_scope_has_the_address() -> None:
    tools = tools_of(FakeCloud({"eu-west-1": [group("eu-west-1", "127.0.0.5", "198.51.100.7")]}))

    summary, progress = look(tools)

    reach = {each.target: each.verdict for each in found(tools, summary.owner.run)[SG].reach}
    met = {9000: ReachVerdict.NOT_REACHED, 9160: ReachVerdict.NOT_REACHED, 9200: ReachVerdict.OPEN}
    inside = {f"127.0.0.5:{port}": verdict for port, verdict in met.items()}
    assert reach == inside | {f"198.51.100.7:{port}": ReachVerdict.OUT_OF_SCOPE for port in met}
    assert summary.outside is not None
    assert {(finding.vantage, finding.port) for finding in summary.both.findings} == {("owner", 0), ("local", 9200)}
    assert summary.both.is_exposed
    assert len(progress) == 2


def test_the_progress_counts_regions_and_ends() -> None:
    tools = tools_of(FakeCloud({"eu-west-1": [group("eu-west-1")], "us-east-1": []}))

    summary, (progress,) = look(tools)

    assert progress.total == 3  # the regions, and what belongs to none
    assert [state.done for state in progress.states] == [1, 2, 3]
    assert [finding.target for finding in progress.seen] == [SG]
    assert progress.finished_count == 1
    assert summary.owner.counts == {"protected": 1}


@pytest.mark.parametrize("region", ["us-east-1", "global"])
def test_a_stopped_look_keeps_what_it_had_and_says_so(region: str) -> None:
    facts = {"eu-west-1": [group("eu-west-1", "127.0.0.5"), group("eu-west-1", name="sg-2")], "us-east-1": []}
    tools = tools_of(FakeCloud(facts, stopped_at=region))

    summary, (progress,) = look(tools)

    kept = found(tools, summary.owner.run)
    assert len(kept) == (2 if region == "us-east-1" else 0)
    assert all(each.verdict is ReachVerdict.NOT_PROBED for one in kept.values() for each in one.reach)
    assert [record.kind for record in tools.store.read(summary.owner.run)][-1] == "run_interrupted"
    assert summary.owner.is_interrupted
    assert progress.finished_count == 1
    assert tools.store.held == set()


def test_nobody_is_asked_anything_in_quiet_hours() -> None:
    quiet = replace(SCOPE, quiet_hours=(QuietHours(zone="UTC", start=time(0), end=time(0)),))

    with pytest.raises(InQuietHours):
        look(tools_of(FakeCloud()), quiet)


def test_quiet_hours_that_begin_meanwhile_leave_the_outside_unprobed() -> None:
    """The clock of these tools is a second later at every look; the hours begin while the account is asked."""
    begin = time(NOW.hour, NOW.minute, 4)
    quiet = replace(SCOPE, quiet_hours=(QuietHours(zone="UTC", start=begin, end=time(23)),))
    tools = tools_of(FakeCloud({"eu-west-1": [group("eu-west-1", "127.0.0.5")]}))

    summary, _ = look(tools, quiet)

    assert summary.outside is None
    assert found(tools, summary.owner.run)[SG].reach[0] == Reach(
        target="127.0.0.5:9000", verdict=ReachVerdict.NOT_PROBED, vantage="local"
    )


def test_the_outside_is_looked_at_with_the_checks_and_from_the_place_that_were_named() -> None:
    tools = tools_of(FakeCloud({"eu-west-1": [group("eu-west-1", "127.0.0.5")]}))

    summary, _ = look(tools, outside=ScanOptions(vantage="office", checks=("aws_security_group_open", "redis_open")))

    opening = next(iter(tools.store.read(summary.outside.run if summary.outside else "")))
    assert (opening.content["checks"], opening.content["vantage"]) == (["redis_open@1"], "office")
    assert {each.vantage for each in found(tools, summary.owner.run)[SG].reach} == {"office"}


def test_a_finding_whose_run_names_no_profile_needs_one() -> None:
    tools = tools_of(FakeCloud({"eu-west-1": [group("eu-west-1", "127.0.0.5")]}))
    summary, _ = look(tools)
    old = replace(found(tools, summary.owner.run)[SG], id="F-old", run="R-old")
    tools.store.append("R-old", [Record(kind="run_started", occurred_at=exactly(NOW), content={"targets": []})])
    tools.store.save_findings("R-old", [old], {}, {})

    with pytest.raises(NotFound, match="by which profile"):
        verify_cloud(["F-old"], SCOPE, tools)


def public_group() -> tuple[FakeTools, str]:
    """A look that found a firewall open, and the finding."""
    tools = tools_of(FakeCloud({"eu-west-1": [group("eu-west-1", "127.0.0.5")]}))
    summary, _ = look(tools)
    return tools, found(tools, summary.owner.run)[SG].id


def verified(tools: FakeTools, identifier: str, scope: Scope = SCOPE) -> tuple[Closure, bool]:
    ((one,), _) = verify_cloud([identifier], scope, tools)
    return one.closure, one.is_proved


def test_a_resource_that_a_whole_list_has_no_more_is_closed() -> None:
    tools, identifier = public_group()
    tools.aws = FakeCloud({"eu-west-1": []})

    assert verified(tools, identifier) == (Closure.CLOSED, True)


def test_a_list_that_does_not_end_closes_nothing() -> None:
    """As in a region that was switched off: its services are not used, and no list is refused."""
    tools, identifier = public_group()
    tools.aws = FakeCloud({"eu-west-1": []}, unlisted="security_group")

    assert verified(tools, identifier) == (Closure.UNKNOWN, False)


def test_a_check_that_is_gone_closes_nothing() -> None:
    tools, identifier = public_group()
    tools.cloud_checks = tuple(check for check in LIBRARY if check.id != "aws_security_group_open")

    assert verified(tools, identifier) == (Closure.UNKNOWN, False)


@pytest.mark.parametrize(
    ("kind", "service", "name"), [("s3_bucket", "s3", "backups"), ("lightsail_bucket", "lightsail", "bucket/backups")]
)
def test_an_excluded_bucket_is_not_called_closed(kind: str, service: str, name: str) -> None:
    where = Resource(account=ACCOUNT, region="eu-west-1", service=service, name=name)
    fact = CloudFact(kind=kind, resource=where, endpoints=("s3://backups",))
    tools = tools_of(FakeCloud({"eu-west-1": [fact]}))
    summary, _ = look(tools)
    excluding = scope_of("127.0.0.0/24", f"aws://{ACCOUNT}", exclude=("s3://backups",))

    with pytest.raises(OutOfScope, match="backups"):
        verify_cloud([found(tools, summary.owner.run)[where.target].id], excluding, tools)


def test_quiet_hours_and_the_end_of_the_scope_hold_for_verify_too() -> None:
    tools, identifier = public_group()
    quiet = replace(SCOPE, quiet_hours=(QuietHours(zone="UTC", start=time(0), end=time(0)),))
    runs = len(tools.store.records)

    with pytest.raises(InQuietHours):
        verify_cloud([identifier], quiet, tools)
    with pytest.raises(ScopeRefused, match="expired"):
        verify_cloud([identifier], replace(SCOPE, valid_until=date(2026, 11, 2)), tools)

    assert len(tools.store.records) == runs
