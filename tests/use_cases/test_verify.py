"""Closure is proved by probing again: a closed port or a login, never a silence, and only where it was open."""

from __future__ import annotations

import pytest

from leakguard.errors import NotAllowed, NotFound, OutOfScope
from leakguard.frozen import replace
from leakguard.models.event_records import event_of, is_event_record, record_of_event
from leakguard.models.events import exactly
from leakguard.models.findings import Finding, Outcome
from leakguard.models.observations import Ending, TlsSeen
from leakguard.models.records import Record
from leakguard.models.scope import Scope
from leakguard.scanning.targets import parse_target
from leakguard.use_cases.incidents.incident_closures import Closure
from leakguard.use_cases.incidents.incidents import open_incident
from leakguard.use_cases.scans.exposures import compare_runs
from leakguard.use_cases.scans.start_scan import ScanOptions, start_scan, target_of, verify_again
from leakguard.use_cases.scans.verify_findings import (
    VerifiedFinding,
    judge_closure,
    record_closure,
    with_known,
)
from support.bucket_hosts import bucket_host
from support.fake_prober import FakeProber, FakeServer, redis_server, store_server
from support.fake_tools import FakeTools, NotedProgress
from support.scans import NOW, finding_of, scope_of

SCOPE = scope_of("127.0.0.0/24", "mail.example.edu", "s3://campus", "s3://other")
SILENCE = FakeServer(otherwise=Ending.SILENT)
PUBLIC, MOVED = "93.184.216.34", "93.184.216.35"
Servers = dict[str, FakeServer | Ending]


def bucket_server(**buckets: bool) -> FakeServer:
    answers: dict[str, tuple[int, object] | Ending] = {
        f"list {name}": (200 if is_open else 403, {"listable": is_open}) for name, is_open in buckets.items()
    }
    return FakeServer(answers={"http": {"/": (404, "")}, "s3": answers})


def scanned(servers: Servers, *targets: str, scope: Scope = SCOPE, **names: tuple[str, ...]) -> FakeTools:
    """Tools with a stored run over `targets`."""
    tools = FakeTools(network=FakeProber(servers=servers), names={"mail.example.edu": names.get("mail", ())})
    tools.names[bucket_host("campus")] = names.get("campus", ())
    options = ScanOptions(targets=tuple(parse_target(target) for target in targets))
    start_scan(options, scope, tools, NotedProgress())
    return tools


def open_ids(tools: FakeTools) -> list[str]:
    """What the first run found open."""
    first = tools.store.findings(tools.store.records[0].subject)
    return [finding.id for finding in first if finding.verdict.outcome is Outcome.EXPOSED]


def verify(tools: FakeTools, servers: Servers, *ids: str, scope: Scope = SCOPE) -> tuple[list[Closure], list[str]]:
    tools.network = FakeProber(servers=servers)
    wanted = ids or tuple(open_ids(tools))
    verified, incidents = verify_again(wanted, scope, tools, NotedProgress(), vantage="local")
    return [item.closure for item in verified], list(incidents)


@pytest.mark.parametrize(
    ("now", "closure"),
    [
        (Ending.REFUSED, Closure.CLOSED),
        (store_server(locked=True), Closure.CLOSED),
        (FakeServer(answers={"http": {"/": (401, {})}}), Closure.CLOSED),
        (FakeServer(answers={"http": {"/": (401, {}), "/list": (401, {})}}), Closure.CLOSED),
        (FakeServer(answers={"http": {"/": (401, {}), "/list": (404, "")}}), Closure.CLOSED),
        (FakeServer(answers={"http": {"/": (401, {}), "/list": (503, "busy")}}), Closure.UNKNOWN),
        (FakeServer(answers={"http": {"/": (401, {}), "/list": (429, "")}}), Closure.UNKNOWN),
        (FakeServer(answers={"http": {"/": (401, {}), "/list": Ending.RESET}}), Closure.UNKNOWN),
        (FakeServer(answers={"http": {"/": (401, {}), "/list": Ending.SILENT}}), Closure.UNKNOWN),
        (FakeServer(answers={"http": {"/": (401, {}), "/list": (200, {"records": 7})}}), Closure.STILL_OPEN),
        (FakeServer(answers={"http": {"/": (302, ""), "/list": (200, {"records": 7})}}), Closure.STILL_OPEN),
        (store_server(), Closure.STILL_OPEN),
        (redis_server({"reply": "PONG"}), Closure.STILL_OPEN),
        (SILENCE, Closure.UNKNOWN),
        (Ending.FILTERED, Closure.UNKNOWN),
        (Ending.UNREACHABLE, Closure.UNKNOWN),
        (Ending.BLOCKED, Closure.UNKNOWN),
        (FakeServer(answers={"http": {"/": (200, "hello")}}), Closure.UNKNOWN),
        (FakeServer(answers={"http": {"/": (200, {"name": "store"}), "/list": (500, "")}}), Closure.UNKNOWN),
        (FakeServer(answers={"http": {"/": (200, "hello")}}, otherwise=Ending.REFUSED), Closure.UNKNOWN),
        (FakeServer(answers={"http": Ending.GARBLED}, otherwise=Ending.REFUSED), Closure.UNKNOWN),
        (FakeServer(answers={"http": Ending.SILENT}, otherwise=Ending.REFUSED), Closure.UNKNOWN),
        (FakeServer(answers={"http": Ending.GARBLED}, otherwise=Ending.CERTIFICATE), Closure.UNKNOWN),
        (Ending.CERTIFICATE, Closure.CLOSED),
    ],
)
def test_the_second_look_decides_and_a_silence_decides_nothing(now: FakeServer | Ending, closure: Closure) -> None:
    tools = scanned({"127.0.0.1:9200": store_server()}, "127.0.0.1:9200")

    assert verify(tools, {"127.0.0.1:9200": now}) == ([closure], [])


def test_only_the_endpoint_of_the_finding_is_asked() -> None:
    tools = scanned({"127.0.0.1:9200": store_server()}, "127.0.0.1", "127.0.0.2")

    verify(tools, {"127.0.0.1:9200": store_server()})

    assert {place for place, *_ in tools.network.asked} == {"127.0.0.1:9200"}


def test_unknown_findings_are_all_named() -> None:
    tools = scanned({}, "127.0.0.1:9200")

    with pytest.raises(NotFound, match=r"`F-1`, `F-2`") as caught:
        verify(tools, {}, "F-1", "F-2")

    assert caught.value.next_step


def test_a_finding_that_left_the_scope_is_not_probed() -> None:
    tools = scanned({"127.0.0.1:9200": store_server()}, "127.0.0.1:9200")

    with pytest.raises(OutOfScope):
        verify(tools, {}, scope=scope_of("127.0.0.2"))

    assert tools.network.asked == []


def test_a_name_that_leads_elsewhere_is_no_closure() -> None:
    """The new address asks for a login; the old one may be as open as before, but it is not ours to ask any more."""
    tools = scanned({f"{PUBLIC}:9200": store_server()}, "mail.example.edu:9200", mail=(PUBLIC,))
    tools.names["mail.example.edu"] = (MOVED,)

    closures, _ = verify(tools, {f"{MOVED}:9200": store_server(locked=True), f"{PUBLIC}:9200": store_server()})

    assert closures == [Closure.UNKNOWN]
    assert {place for place, *_ in tools.network.asked} == {f"{MOVED}:9200"}


def store_below_a_path(*, locked: bool = False) -> FakeServer:
    """A store below a path of a server, whose root says nothing that a check knows."""
    listing = (401, {}) if locked else (200, {"records": 7})
    page = (200, {"name": "store", "version": "1.2"})
    return FakeServer(answers={"http": {"/": (200, "hello"), "/app/": page, "/app/list": listing}})


@pytest.mark.parametrize("root", [(200, "hello"), (401, "")])
@pytest.mark.parametrize(
    ("page", "listing", "closure"),
    [
        ((401, ""), (401, ""), Closure.CLOSED),
        ((403, ""), (401, ""), Closure.CLOSED),
        ((401, ""), (404, ""), Closure.UNKNOWN),
        ((401, ""), (503, "busy"), Closure.UNKNOWN),
        ((401, ""), Ending.SILENT, Closure.UNKNOWN),
        ((401, ""), (302, ""), Closure.UNKNOWN),
        ((404, ""), (404, ""), Closure.UNKNOWN),
        ((404, ""), (401, ""), Closure.UNKNOWN),
        ((401, ""), (200, {"records": 7}), Closure.STILL_OPEN),
        ((404, ""), (200, {"records": 7}), Closure.STILL_OPEN),
    ],
)
def test_a_login_below_a_path_proves_closure_where_it_guards_all_that_was_open(
    root: tuple[int, str], page: tuple[int, str], listing: tuple[int, object] | Ending, closure: Closure
) -> None:
    """As a reverse proxy is told to ask for a login in front of one of its locations, or in front of all."""
    tools = scanned({"127.0.0.1:9200": store_below_a_path()}, "http://127.0.0.1:9200/app")
    (finding,) = tools.store.findings(ids=open_ids(tools))
    incident = incident_about(tools, finding)
    now = FakeServer(answers={"http": {"/": root, "/app/": page, "/app/list": listing}})

    closed = [incident] if closure is Closure.CLOSED else []
    assert verify(tools, {"127.0.0.1:9200": now}, finding.id) == ([closure], closed)


def test_a_path_of_a_name_that_leads_elsewhere_is_no_closure() -> None:
    """What lies below a path of a server of ours is that server's, unlike a bucket at its provider."""
    tools = scanned({f"{PUBLIC}:9200": store_below_a_path()}, "http://mail.example.edu:9200/app", mail=(PUBLIC,))
    (finding,) = tools.store.findings(ids=open_ids(tools))
    incident_about(tools, finding)
    tools.names["mail.example.edu"] = (MOVED,)
    servers: Servers = {f"{MOVED}:9200": store_below_a_path(locked=True), f"{PUBLIC}:9200": store_below_a_path()}

    assert verify(tools, servers, finding.id) == ([Closure.UNKNOWN], [])
    assert {place for place, *_ in tools.network.asked} == {f"{MOVED}:9200"}


def test_a_path_is_asked_at_every_address_at_which_it_was_seen_open() -> None:
    addresses = ("127.0.0.5", "127.0.0.6")
    both: Servers = {f"{address}:9200": store_below_a_path() for address in addresses}
    tools = scanned(both, "http://mail.example.edu:9200/app", mail=addresses)
    first = next(item for item in tools.store.findings(ids=open_ids(tools)) if item.address == addresses[0])
    tools.names["mail.example.edu"] = ("127.0.0.7",)
    locked = store_below_a_path(locked=True)

    assert verify(tools, {**both, "127.0.0.5:9200": locked}, first.id)[0] == [Closure.STILL_OPEN]
    assert verify(tools, dict.fromkeys(both, locked), first.id)[0] == [Closure.CLOSED]


def test_an_open_server_at_the_new_address_is_still_open() -> None:
    tools = scanned({f"{PUBLIC}:9200": store_server()}, "mail.example.edu:9200", mail=(PUBLIC,))
    tools.names["mail.example.edu"] = (MOVED,)

    assert verify(tools, {f"{MOVED}:9200": store_server()})[0] == [Closure.STILL_OPEN]


def test_the_old_address_is_asked_too_while_it_stands_in_the_scope() -> None:
    tools = scanned({"127.0.0.5:9200": store_server()}, "mail.example.edu:9200", mail=("127.0.0.5",))
    tools.names["mail.example.edu"] = ("127.0.0.6",)
    still: Servers = {"127.0.0.5:9200": store_server(), "127.0.0.6:9200": store_server(locked=True)}

    assert verify(tools, still)[0] == [Closure.STILL_OPEN]
    assert verify(tools, {})[0] == [Closure.CLOSED]


@pytest.mark.parametrize("port", [9200, 8123])
@pytest.mark.parametrize(
    "now", [FakeServer(answers={"http": {"/": (200, "hello")}}), SILENCE, Ending.FILTERED, Ending.BLOCKED]
)
def test_a_login_at_another_address_of_the_name_closes_nothing(now: FakeServer | Ending, port: int) -> None:
    """Closure is claimed for the address that was open, and nothing is proved there."""
    tools = scanned({f"127.0.0.5:{port}": store_server()}, f"mail.example.edu:{port}", mail=("127.0.0.5",))
    (finding,) = tools.store.findings()
    incident_about(tools, finding)
    tools.names["mail.example.edu"] = ("127.0.0.6", "127.0.0.5")
    servers: Servers = {f"127.0.0.5:{port}": now, f"127.0.0.6:{port}": store_server(locked=True)}

    assert verify(tools, servers, finding.id) == ([Closure.UNKNOWN], [])


@pytest.mark.parametrize("now", [Ending.REFUSED, store_server(locked=True)])
def test_whoever_asks_for_a_login_at_another_address_of_the_name_keeps_no_closure_away(
    now: FakeServer | Ending,
) -> None:
    tools = scanned({"127.0.0.5:9200": store_server()}, "mail.example.edu:9200", mail=("127.0.0.5",))
    tools.names["mail.example.edu"] = ("127.0.0.6", "127.0.0.5")
    servers: Servers = {"127.0.0.5:9200": now, "127.0.0.6:9200": store_server(locked=True)}

    assert verify(tools, servers)[0] == [Closure.CLOSED]


def test_what_the_store_knows_to_be_open_at_the_very_address_is_not_proved_closed() -> None:
    tools = scanned({"127.0.0.1:9200": store_server()}, "127.0.0.1:9200")
    (finding,) = tools.store.findings()
    told = VerifiedFinding(finding=finding, closure=Closure.CLOSED, run="R-2", now=None)

    (verified,) = with_known(tools.store, [told], vantage="local")

    assert (verified.closure, verified.is_proved) == (Closure.UNKNOWN, False)


def test_a_name_without_an_address_proves_nothing() -> None:
    tools = scanned({f"{PUBLIC}:9200": store_server()}, "mail.example.edu:9200", mail=(PUBLIC,))
    tools.names["mail.example.edu"] = ()

    assert verify(tools, {})[0] == [Closure.UNKNOWN]


def test_each_bucket_is_judged_by_itself() -> None:
    place = "127.0.0.1:9000"
    tools = scanned({place: bucket_server(campus=True, other=True)}, place)
    assert [finding.target for finding in tools.store.findings()] == [f"{place}/campus", f"{place}/other"]

    assert verify(tools, {place: bucket_server(campus=False, other=True)})[0] == [Closure.CLOSED, Closure.STILL_OPEN]
    assert verify(tools, {})[0] == [Closure.CLOSED, Closure.CLOSED]
    assert verify(tools, {place: bucket_server(other=True)})[0] == [Closure.UNKNOWN, Closure.STILL_OPEN]


def test_a_bucket_at_its_provider_may_have_moved_to_another_address() -> None:
    tools = scanned({f"{PUBLIC}:443": bucket_server(campus=True)}, "s3://campus", campus=(PUBLIC,))
    tools.names[bucket_host("campus")] = (MOVED,)

    assert verify(tools, {f"{MOVED}:443": bucket_server(campus=False)})[0] == [Closure.CLOSED]


@pytest.mark.parametrize("now", [bucket_server(campus=False), Ending.REFUSED])
def test_a_bucket_of_our_own_store_that_moves_is_no_closure(now: FakeServer | Ending) -> None:
    """The name leads to another server; the one that was open is as open as before."""
    still = bucket_server(campus=True)
    tools = scanned({f"{PUBLIC}:9000": still}, "http://mail.example.edu:9000/campus", mail=(PUBLIC,))
    tools.names["mail.example.edu"] = (MOVED,)
    scope = scope_of("mail.example.edu", PUBLIC, "s3://campus")

    assert verify(tools, {f"{MOVED}:9000": now, f"{PUBLIC}:9000": still})[0] == [Closure.UNKNOWN]
    assert verify(tools, {f"{MOVED}:9000": now, f"{PUBLIC}:9000": still}, scope=scope)[0] == [Closure.STILL_OPEN]


def test_a_finding_named_twice_is_probed_once() -> None:
    tools = scanned({"127.0.0.1:9200": store_server()}, "127.0.0.1:9200")
    (identifier,) = open_ids(tools)

    assert verify(tools, {}, identifier, identifier)[0] == [Closure.CLOSED]


class Subjects:
    """The one thing more that opening an incident needs of a store."""

    def __init__(self, tools: FakeTools) -> None:
        self.append, self.read, self._store = tools.store.append, tools.store.read, tools.store
        self.of_kinds, self.last = tools.store.of_kinds, tools.store.last
        self.record, self.corrections, self.recorder = tools.store.record, tools.store.corrections, tools.store.recorder

    def subjects(self, prefix: str = "") -> tuple[str, ...]:
        """See `ports.IncidentStore.subjects`."""
        return tuple({record.subject: None for record in self._store.records if record.subject.startswith(prefix)})


def incident_about(tools: FakeTools, *findings: Finding) -> str:
    return open_incident(Subjects(tools), findings, now=NOW).id


def test_an_incident_is_told_and_closes_once_all_its_findings_are_closed() -> None:
    both: Servers = {"127.0.0.1:9200": store_server(), "127.0.0.2:9200": store_server()}
    tools = scanned(both, "127.0.0.1:9200", "127.0.0.2:9200")
    first, second = tools.store.findings()
    incident = incident_about(tools, first, second)

    assert verify(tools, both, first.id, second.id) == ([Closure.STILL_OPEN, Closure.STILL_OPEN], [])
    assert verify(tools, {"127.0.0.2:9200": store_server()}, first.id) == ([Closure.CLOSED], [])
    assert verify(tools, {}, second.id) == ([Closure.CLOSED], [incident])

    told = [record for record in tools.store.read(incident) if record.kind == "finding_verified"]
    assert [record.content["closure"] for record in told] == ["still_open", "still_open", "closed", "closed"]
    assert {record.content["vantage"] for record in told} == {"local"}
    last = list(tools.store.read(incident))[-1]
    assert last.kind == "remediation_verified"
    assert is_event_record(last)
    assert event_of(last).fields["vantage"] == "local"


def test_a_finding_that_opened_again_keeps_its_incident_open() -> None:
    both: Servers = {"127.0.0.1:9200": store_server(), "127.0.0.2:9200": store_server()}
    tools = scanned(both, "127.0.0.1:9200", "127.0.0.2:9200")
    first, second = tools.store.findings()
    incident_about(tools, first, second)
    verify(tools, {}, first.id)
    verify(tools, both, first.id)

    assert verify(tools, {}, second.id) == ([Closure.CLOSED], [])


def test_what_was_proved_closed_and_is_open_again_opens_its_incident_again() -> None:
    """As a watch does it, so that the 24 hours begin anew; what is still open begins nothing."""
    servers: Servers = {"127.0.0.1:9200": store_server()}
    tools = scanned(servers, "127.0.0.1:9200")
    (finding,) = tools.store.findings()
    incident = incident_about(tools, finding)
    for seen in ({}, servers, servers):
        verify(tools, seen, finding.id)

    assert [record.kind for record in tools.store.read(incident)][2:] == [
        "finding_verified", "remediation_verified",
        "reopened", "exposure_seen_again", "finding_verified",
        "finding_verified",
    ]  # fmt: skip


def test_the_24_hours_of_an_incident_that_was_opened_again_by_hand_begin_once_it_is_seen_open() -> None:
    servers: Servers = {"127.0.0.1:9200": store_server()}
    tools = scanned(servers, "127.0.0.1:9200")
    (finding,) = tools.store.findings()
    incident = incident_about(tools, finding)
    verify(tools, {}, finding.id)
    reopened = record_of_event(kind="reopened", occurred_at=exactly(NOW), reason="the proof is in doubt")
    tools.store.append(incident, [reopened])
    before = len(tools.store.kinds(incident))
    silent: Servers = {"127.0.0.1:9200": SILENCE}
    for seen in (silent, servers, servers):
        verify(tools, seen, finding.id)

    assert tools.store.kinds(incident)[before:] == [
        "finding_verified",
        "exposure_seen_again", "finding_verified",
        "finding_verified",
    ]  # fmt: skip


def test_an_incident_is_told_by_whatever_finding_of_its_place_is_named() -> None:
    """A scan or a watch names its own latest finding, and that is what a person verifies."""
    servers: Servers = {"127.0.0.1:9200": store_server(), "127.0.0.2:9200": store_server()}
    tools = scanned(servers, "127.0.0.1:9200")
    (first,) = tools.store.findings()
    incident = incident_about(tools, first)
    options = ScanOptions(targets=(parse_target("127.0.0.1:9200"), parse_target("127.0.0.2:9200")), vantage="outside")
    run = start_scan(options, SCOPE, tools, NotedProgress()).run
    again, elsewhere = sorted(tools.store.findings(run), key=lambda one: one.place)
    before = tools.store.kinds(incident)

    verify(tools, servers, elsewhere.id)
    assert tools.store.kinds(incident) == before
    assert verify(tools, {}, again.id) == ([Closure.CLOSED], [])
    verified, closed = verify_again([again.id], SCOPE, tools, NotedProgress(), vantage="outside")

    assert (verified[0].finding.id, verified[0].is_proved, closed) == (again.id, True, (incident,))
    looks = [record.content for record in tools.store.read(incident) if record.kind == "finding_verified"]
    assert [(look["finding"], look.get("missing")) for look in looks] == [(first.id, ["outside"]), (first.id, None)]


def test_an_earlier_incident_of_the_place_is_told_of_what_is_open_again_alone() -> None:
    """It is over: that something was closed once more is no news to it."""
    servers: Servers = {"127.0.0.1:9200": store_server()}
    tools = scanned(servers, "127.0.0.1:9200")
    (first,) = tools.store.findings()
    earlier = incident_about(tools, first)
    verify(tools, {}, first.id)
    tools.network = FakeProber(servers=servers)
    run = start_scan(ScanOptions(targets=(parse_target("127.0.0.1:9200"),)), SCOPE, tools, NotedProgress()).run
    (again,) = tools.store.findings(run)
    later = incident_about(tools, again)
    before = tools.store.kinds(earlier)

    assert verify(tools, {}, again.id) == ([Closure.CLOSED], [later])
    assert tools.store.kinds(earlier) == before
    assert verify(tools, servers, again.id) == ([Closure.STILL_OPEN], [])
    assert tools.store.kinds(earlier)[len(before) :] == ["reopened", "exposure_seen_again", "finding_verified"]


def looked_at_two_addresses(first: str, then: str) -> tuple[FakeTools, Finding, str]:
    """A name that was seen open at one address after the other, its first finding, and the incident about it."""
    tools = scanned({f"{first}:9200": store_server()}, "mail.example.edu:9200", mail=(first,))
    (finding,) = tools.store.findings()
    incident = incident_about(tools, finding)
    tools.names["mail.example.edu"] = (then,)
    tools.network = FakeProber(servers={f"{then}:9200": store_server()})
    start_scan(ScanOptions(targets=(parse_target("mail.example.edu:9200"),)), SCOPE, tools, NotedProgress())
    tools.names["mail.example.edu"] = ("127.0.0.7",)
    return tools, finding, incident


def test_every_address_at_which_a_name_was_seen_open_is_asked_again() -> None:
    """The name leads elsewhere by now; the second address is still open, and nothing is proved before that is not."""
    tools, first, incident = looked_at_two_addresses("127.0.0.5", "127.0.0.6")

    assert verify(tools, {"127.0.0.6:9200": store_server()}, first.id) == ([Closure.STILL_OPEN], [])
    assert verify(tools, {"127.0.0.6:9200": store_server(locked=True)}, first.id) == ([Closure.CLOSED], [incident])


def test_an_address_of_a_name_that_may_not_be_asked_any_more_keeps_the_closure_from_being_proved() -> None:
    tools, first, incident = looked_at_two_addresses("127.0.0.5", PUBLIC)
    tools.network = FakeProber(servers={})

    (verified,), closed = verify_again([first.id], SCOPE, tools, NotedProgress(), vantage="local")

    assert (verified.closure, verified.is_proved, closed) == (Closure.CLOSED, False, ())
    assert (verified.missing, verified.elsewhere) == ((), (f"{PUBLIC}:9200 (mail.example.edu)",))
    assert "remediation_verified" not in tools.store.kinds(incident)


def test_an_incident_about_one_address_of_a_name_is_not_told_of_another() -> None:
    """That the new address is closed says nothing about the old one."""
    tools = scanned({f"{PUBLIC}:9200": store_server()}, "mail.example.edu:9200", mail=(PUBLIC,))
    (first,) = tools.store.findings()
    incident = incident_about(tools, first)
    tools.names["mail.example.edu"] = (MOVED,)
    tools.network = FakeProber(servers={f"{MOVED}:9200": store_server()})
    run = start_scan(ScanOptions(targets=(parse_target("mail.example.edu:9200"),)), SCOPE, tools, NotedProgress()).run
    (moved,) = tools.store.findings(run)
    before = tools.store.kinds(incident)

    assert verify(tools, {}, moved.id)[0] == [Closure.CLOSED]
    assert tools.store.kinds(incident) == before


def test_incidents_about_other_findings_are_left_alone() -> None:
    servers: Servers = {"127.0.0.1:9200": store_server(), "127.0.0.2:9200": store_server()}
    tools = scanned(servers, "127.0.0.1:9200", "127.0.0.2:9200")
    first, second = tools.store.findings()
    other = incident_about(tools, second)
    before = tools.store.kinds(other)

    assert verify(tools, {}, first.id) == ([Closure.CLOSED], [])
    assert tools.store.kinds(other) == before


def opened_at_the_root_and_below() -> tuple[FakeTools, Finding, Finding]:
    """Tools with a store that was open at the root of a server, and another one below a path of it."""
    page, listing = (200, {"name": "store", "version": "1.2"}), (200, {"records": 7})
    both = FakeServer(answers={"http": {"/": page, "/list": listing, "/app/": page, "/app/list": listing}})
    tools = scanned({"127.0.0.1:9200": both}, "127.0.0.1:9200", "http://127.0.0.1:9200/app")
    root, below = sorted(
        (item for item in tools.store.findings() if item.id in open_ids(tools)), key=lambda item: item.target
    )
    assert (root.target, below.target) == ("127.0.0.1:9200", "127.0.0.1:9200/app")
    return tools, root, below


def test_a_login_below_a_path_closes_nothing_at_the_root() -> None:
    """Whichever findings are named together, and in whichever order."""
    tools, root, below = opened_at_the_root_and_below()
    page = (200, {"name": "store", "version": "1.2"})
    login = FakeServer(answers={"http": {"/": (200, "hello"), "/app/": page, "/app/list": (401, {})}})
    servers: Servers = {"127.0.0.1:9200": login}

    assert verify(tools, servers, root.id)[0] == [Closure.UNKNOWN]
    assert verify(tools, servers, root.id, below.id)[0] == [Closure.UNKNOWN, Closure.CLOSED]
    assert verify(tools, servers, below.id, root.id)[0] == [Closure.CLOSED, Closure.UNKNOWN]


def test_what_is_open_below_a_path_is_neither_open_nor_closed_at_the_root() -> None:
    tools, root, below = opened_at_the_root_and_below()
    page, listing = (200, {"name": "store", "version": "1.2"}), (200, {"records": 7})
    guarded = FakeServer(answers={"http": {"/": (200, "hello"), "/app/": page, "/app/list": listing}})

    closures, _ = verify(tools, {"127.0.0.1:9200": guarded}, root.id, below.id)

    assert closures == [Closure.UNKNOWN, Closure.STILL_OPEN]


def test_two_scans_compared_close_nothing_at_the_root_by_a_login_below_a_path() -> None:
    tools, _, _ = opened_at_the_root_and_below()
    before = tools.store.records[0].subject
    page = (200, {"name": "store", "version": "1.2"})
    login = FakeServer(answers={"http": {"/": (200, "hello"), "/app/": page, "/app/list": (401, {})}})
    tools.network = FakeProber(servers={"127.0.0.1:9200": login})
    targets = (parse_target("127.0.0.1:9200"), parse_target("http://127.0.0.1:9200/app"))
    after = start_scan(ScanOptions(targets=targets), SCOPE, tools, NotedProgress()).run

    changes = compare_runs(tools.store, before, after)

    assert [(change.kind.value, change.target) for change in changes] == [
        ("unknown", "127.0.0.1:9200"), ("closed", "127.0.0.1:9200/app"),
    ]  # fmt: skip


def test_an_incident_waits_for_every_vantage_that_saw_its_finding_open() -> None:
    servers: Servers = {"127.0.0.1:9200": store_server()}
    tools = scanned(servers, "127.0.0.1:9200")
    options = ScanOptions(targets=(parse_target("127.0.0.1:9200"),), vantage="outside")
    start_scan(options, SCOPE, tools, NotedProgress())
    (finding,) = open_ids(tools)
    (incident,) = (incident_about(tools, item) for item in tools.store.findings(ids=[finding]))

    assert verify(tools, {}, finding) == ([Closure.CLOSED], [])
    (look,) = (record for record in tools.store.read(incident) if record.kind == "finding_verified")
    assert look.content["missing"] == ["outside"]
    verified, closed = verify_again([finding], SCOPE, tools, NotedProgress(), vantage="outside")
    assert (verified[0].is_proved, closed) == (True, (incident,))


def test_what_a_killed_scan_saw_from_elsewhere_counts_too() -> None:
    tools = scanned({"127.0.0.1:9200": store_server()}, "127.0.0.1:9200")
    (finding,) = tools.store.findings(ids=open_ids(tools))
    opening = next(record for record in tools.store.records if record.kind == "run_started")
    killed = [Record(kind="run_started", occurred_at=exactly(NOW), content={**opening.content, "vantage": "outside"})]
    tools.store.append("R-killed", killed)
    seen = replace(finding, id="F-elsewhere", run="R-killed", vantage="outside")
    tools.store.save_findings("R-killed", [seen], {"127.0.0.1:9200": "exposed"})
    tools.network = FakeProber()

    ((verified,), _) = verify_again([finding.id], SCOPE, tools, NotedProgress(), vantage="local")

    assert verified.missing == ("outside",)


def test_a_proof_of_closure_is_kept_although_somebody_wrote_meanwhile() -> None:
    """The probe is paid for: after a lost race the incident is read again."""
    tools = scanned({"127.0.0.1:9200": store_server()}, "127.0.0.1:9200")
    (finding,) = tools.store.findings()
    incident = incident_about(tools, finding)
    verified = [VerifiedFinding(finding=finding, closure=Closure.CLOSED, run="R-2", now=None)]
    meddling = [True]

    def meddle_once() -> object:
        if meddling.pop() if meddling else False:
            tools.store.append(incident, [record_of_event(kind="note", occurred_at=exactly(NOW))])
        return NOW

    closed = record_closure(tools.store, verified, vantage="local", now=meddle_once)  # type: ignore[arg-type]  # a clock that meddles

    assert closed == (incident,)
    assert tools.store.kinds(incident)[-1] == "remediation_verified"


def test_a_race_that_is_lost_again_and_again_is_said() -> None:
    tools = scanned({"127.0.0.1:9200": store_server()}, "127.0.0.1:9200")
    (finding,) = tools.store.findings()
    incident = incident_about(tools, finding)
    verified = [VerifiedFinding(finding=finding, closure=Closure.CLOSED, run="R-2", now=None)]

    def meddle() -> object:
        tools.store.append(incident, [record_of_event(kind="note", occurred_at=exactly(NOW))])
        return NOW

    with pytest.raises(NotAllowed):
        record_closure(tools.store, verified, vantage="local", now=meddle)  # type: ignore[arg-type]  # a clock that meddles


def test_one_open_address_outweighs_a_closed_one() -> None:
    old = finding_of(address="127.0.0.1", host="mail.example.edu", target="mail.example.edu:9200")
    closed = finding_of(Outcome.NOT_EXPOSED, address="127.0.0.1", host=old.host, target=old.target)
    opened = finding_of(address="127.0.0.2", host=old.host, target=old.target)
    standings = {"127.0.0.1:9200 (mail.example.edu)": "protected", "127.0.0.2:9200 (mail.example.edu)": "exposed"}

    (verified,) = judge_closure([old], run="R-2", standings=standings, again=[closed, opened])

    assert verified.closure is Closure.STILL_OPEN
    assert verified.now == opened


def test_a_decoy_declared_meanwhile_proves_nothing() -> None:
    old = finding_of()
    decoy = finding_of(Outcome.NOT_APPLICABLE)

    (verified,) = judge_closure([old], run="R-2", standings={"127.0.0.1:9200": "other"}, again=[decoy])

    assert verified.closure is Closure.UNKNOWN


@pytest.mark.parametrize(
    ("kind", "is_in_tls", "scheme"),
    [
        ("webroot", False, "http"), ("webroot", True, "https"), ("http", True, "https"), ("svn", False, "svn"),
        ("git", False, "git"), ("rtsp", False, "rtsp"), ("rtsp", True, "rtsps"),
    ],
)  # fmt: skip
def test_what_was_open_in_a_folder_is_looked_at_in_that_folder_again(
    kind: str, *, is_in_tls: bool, scheme: str
) -> None:
    """It was taken for a bucket that the scope does not name, so no list of files in a folder could be verified."""
    found = finding_of(target="127.0.0.1:9200/d", tls=TlsSeen(version="TLSv1.3") if is_in_tls else None)

    assert target_of(found, kind, SCOPE) == parse_target(f"{scheme}://127.0.0.1:9200/d")
