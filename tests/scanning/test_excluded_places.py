"""Exclusions of one port of a host, by a URL or a backend: nothing there is planned, and nothing is connected to."""

from __future__ import annotations

import ipaddress
from datetime import date

import pytest

from leakguard.errors import OutOfScope
from leakguard.models.targets import Endpoint
from leakguard.scanning.gate import Gate
from leakguard.scanning.plan import Plan
from leakguard.scanning.targets import parse_target
from leakguard.use_cases.scans.plan_scan import gate_of, plan_scan
from support.scans import scope_of

PUBLIC, OTHER, HOST = "93.184.216.34", "93.184.216.35", "app.example.edu"
DAY = date(2026, 11, 24)
RESOLVED = {HOST: (PUBLIC,), "mail.example.edu": (PUBLIC, OTHER)}


def gate(*include: str, exclude: tuple[str, ...] = (), decoys: tuple[str, ...] = ()) -> Gate:
    """The gate of a run, which knows where the excluded names led."""
    return gate_of(scope_of(*include, exclude=exclude, decoys=decoys), lambda name: RESOLVED.get(name, ()))


def plan_of(*targets: str, include: tuple[str, ...], exclude: tuple[str, ...], ports: tuple[int, ...] = (80,)) -> Plan:
    wanted = [parse_target(text) for text in targets]
    scope = scope_of(*include, exclude=exclude)
    return plan_scan(wanted, scope, ports=ports, resolve=lambda name: RESOLVED.get(name, ()))


def opens_plain(asked: Gate, address: str, port: int) -> bool:
    """As the sweep asks at the moment of connecting."""
    literal = ipaddress.ip_address(address)
    return asked.plain_at(lambda: DAY)(int(literal), literal.version, port)


@pytest.mark.parametrize("excluded", [f"https://{PUBLIC}:8443/", f"https://[::ffff:{PUBLIC}]:8443/app"])
def test_an_excluded_url_is_not_asked_on_its_port(excluded: str) -> None:
    asked = gate(f"{PUBLIC}/32", exclude=(excluded,))

    for target in (
        f"{PUBLIC}:8443",
        f"https://{PUBLIC}:8443/",
        f"http://{PUBLIC}:8443/other",
        f"redis://{PUBLIC}:8443",
    ):
        with pytest.raises(OutOfScope, match="excluded by the scope"):
            plan_of(target, include=(PUBLIC,), exclude=(excluded,))
    with pytest.raises(OutOfScope, match="excluded by the scope"):
        asked.check_on(DAY, Endpoint(address=PUBLIC, port=8443))
    assert not opens_plain(asked, PUBLIC, 8443)
    assert not opens_plain(gate("::/0", "0.0.0.0/0", exclude=(excluded,)), f"64:ff9b::{PUBLIC}", 8443)
    assert not opens_plain(gate("::/0", "0.0.0.0/0", exclude=(excluded,)), f"2002:5db8:d822::{PUBLIC}", 8443)
    asked.check_on(DAY, Endpoint(address=PUBLIC, port=8444))
    assert opens_plain(asked, PUBLIC, 8444)


@pytest.mark.parametrize("excluded", [f"https://{HOST}:8443/", "https://APP.example.edu.:8443"])
def test_an_excluded_url_of_a_name_is_not_asked_on_its_port(excluded: str) -> None:
    include = (HOST, f"https://{HOST}:8443/")

    for target in (f"https://{HOST}:8443/", f"{HOST}:8443"):
        with pytest.raises(OutOfScope, match="excluded by the scope"):
            plan_of(target, include=include, exclude=(excluded,))
    asked = gate(*include, exclude=(excluded,))
    with pytest.raises(OutOfScope, match="excluded by the scope"):
        asked.check_on(DAY, Endpoint(address=OTHER, port=8443, host=HOST))
    asked.check_on(DAY, Endpoint(address=PUBLIC, port=443, host=HOST))


def test_an_excluded_url_is_not_asked_at_the_address_that_its_name_leads_to() -> None:
    """As an excluded name is not; the other ports of the address stay open."""
    plan = plan_of(
        "93.184.216.32/29", include=("93.184.216.0/24",), exclude=(f"https://{HOST}:8443/",), ports=(80, 8443)
    )

    planned = {endpoint.target for endpoint in plan.endpoints()}

    assert plan.count == len(planned) == 15
    assert f"{PUBLIC}:8443" not in planned
    assert {f"{PUBLIC}:80", f"{OTHER}:8443"} <= planned
    assert all(opens_plain(plan.gate, each.address, each.port) for each in plan.endpoints())
    assert not opens_plain(plan.gate, PUBLIC, 8443)


def test_another_name_of_an_excluded_server_leads_to_its_other_addresses_alone() -> None:
    plan = plan_of("mail.example.edu:8443", include=("mail.example.edu",), exclude=(f"https://{HOST}:8443/",))

    assert [endpoint.target for endpoint in plan.endpoints()] == [f"{OTHER}:8443"]
    assert [(each.excluded, each.out_of_scope) for each in plan.left_out] == [(1, 0)]


def test_an_excluded_url_whose_name_leads_nowhere_is_told() -> None:
    plan = plan_of(f"{PUBLIC}:80", include=(PUBLIC,), exclude=("https://gone.example.edu/", f"https://{HOST}/"))

    assert plan.unheeded == ("gone.example.edu",)


@pytest.mark.parametrize(
    "excluded", [f"pocketbase://{PUBLIC}:8090", f"pocketbase://{HOST}:8090", f"strapi://{HOST}:8090"]
)
@pytest.mark.parametrize("target", [f"pocketbase://{PUBLIC}:8090", f"{PUBLIC}:8090", f"http://{PUBLIC}:8090/"])
def test_an_excluded_server_is_not_asked_as_a_web_server_either(excluded: str, target: str) -> None:
    with pytest.raises(OutOfScope, match="exclude"):
        plan_of(target, include=(f"{PUBLIC}/32",), exclude=(excluded,))
    assert not opens_plain(gate(PUBLIC, exclude=(excluded,)), PUBLIC, 8090)
    assert opens_plain(gate(PUBLIC, exclude=(excluded,)), PUBLIC, 8091)


def test_an_excluded_backend_takes_out_neither_its_neighbours_nor_their_provider() -> None:
    one, other = (f"supabase://abcdefghijklmnopqrs{letter}" for letter in "tu")
    hosts = dict.fromkeys((f"abcdefghijklmnopqrs{letter}.supabase.co" for letter in "tu"), (PUBLIC,))

    plan = plan_scan(
        [parse_target(other)], scope_of(other, exclude=(one,)), ports=(80,), resolve=lambda name: hosts.get(name, ())
    )

    assert plan.count == 1
    plan = plan_of(
        "firestore://93.184.216.34:8080/campus", include=("firestore://93.184.216.34:8080/campus",),
        exclude=("firestore://93.184.216.34:8080/strange", "firestore://firestore.example.edu:8080/strange"),
    )  # fmt: skip
    assert plan.count == 1


SPELLINGS = ("2001:4860:4860:0::8888", "2001:4860:4860::8888", "2001:4860:4860:0:0:0:0:8888")


@pytest.mark.parametrize("written", SPELLINGS)
@pytest.mark.parametrize("targeted", SPELLINGS)
@pytest.mark.parametrize("form", ["https://[{}]/", "pocketbase://[{}]:8090"])
def test_a_site_by_an_address_in_another_spelling(written: str, targeted: str, form: str) -> None:
    include = (form.format(written),)

    for targets in ((form.format(targeted),), ()):
        plan = plan_of(*targets, include=include, exclude=())
        assert [endpoint.address for endpoint in plan.endpoints()] == ["2001:4860:4860::8888"]
        for each in plan.endpoints():
            plan.gate.check_on(DAY, each)
    with pytest.raises(OutOfScope, match="exclude"):
        plan_of(form.format(targeted), include=("2001:4860::/32", *include), exclude=(form.format(written),))
    with pytest.raises(OutOfScope):
        plan_of(form.format("2001:4860:4860::8889"), include=include, exclude=())


def test_a_site_by_an_address_of_ipv4_in_ipv6_is_that_address_alone() -> None:
    plan = plan_of(f"http://{PUBLIC}/", include=(f"http://[::ffff:{PUBLIC}]/",), exclude=())

    assert [endpoint.target for endpoint in plan.endpoints()] == [f"{PUBLIC}:80"]


@pytest.mark.parametrize(
    ("decoy", "endpoint"),
    [
        (f"https://{HOST}:8443/", Endpoint(address=OTHER, port=8443, host=HOST)),
        (f"https://{PUBLIC}:8443/", Endpoint(address=PUBLIC, port=8443)),
        (f"pocketbase://{PUBLIC}:8443", Endpoint(address=PUBLIC, port=8443, host=HOST)),
    ],
)
def test_a_decoy_by_its_url(decoy: str, endpoint: Endpoint) -> None:
    asked = gate(HOST, PUBLIC, decoys=(decoy,))

    assert asked.is_decoy(endpoint.address, endpoint.host, port=endpoint.port)
    assert not asked.is_decoy(endpoint.address, endpoint.host, port=8444)
    assert not asked.is_decoy("93.184.216.36", "www.example.edu", port=endpoint.port)
