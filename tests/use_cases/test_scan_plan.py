"""Planning: names are resolved once, and nothing outside the scope passes before the first packet."""

from __future__ import annotations

from threading import Barrier

import pytest

from leakguard.errors import OutOfScope
from leakguard.models.scope import Scope
from leakguard.scanning.left_out import LeftOut
from leakguard.scanning.plan import Plan
from leakguard.scanning.targets import parse_target
from leakguard.use_cases.scans.plan_scan import RESOLVING_AT_ONCE, plan_scan, with_dropped
from support.bucket_hosts import bucket_host
from support.scans import scope_of

PUBLIC = "93.184.216.34"
NAMES = {
    "mail.example.edu": (PUBLIC,),
    "hr.example.edu": ("10.0.0.8", "::ffff:10.0.0.9", "FE80:0::7%eth0"),
    "inside.example.edu": ("10.9.9.9",),
    bucket_host("campus"): (PUBLIC,),
}


def plan(scope: Scope, *targets: str) -> tuple[Plan, list[str]]:
    asked: list[str] = []

    def resolve(name: str) -> tuple[str, ...]:
        asked.append(name)
        return NAMES.get(name, ())

    return plan_scan([parse_target(target) for target in targets], scope, ports=(80,), resolve=resolve), asked


def shown(scope: Scope, *targets: str) -> list[str]:
    return [endpoint.target for endpoint in plan(scope, *targets)[0].endpoints()]


def test_a_scan_without_targets_takes_the_whole_scope() -> None:
    scope = scope_of("10.0.0.0/31", "mail.example.edu", "s3://campus", exclude=("10.0.0.1",))

    assert shown(scope) == [f"{PUBLIC}:80", f"{PUBLIC}:443", "10.0.0.0:80"]


def test_the_addresses_of_an_excluded_name_are_excluded_in_every_spelling() -> None:
    scope = scope_of("10.0.0.8/30", "fe80::7", exclude=("hr.example.edu",))

    assert shown(scope) == ["10.0.0.10:80", "10.0.0.11:80"]


def test_what_the_scope_excludes_itself_does_not_stop_a_scan_of_the_rest() -> None:
    scope = scope_of("10.0.0.1", "10.0.0.7", "inside.example.edu", exclude=("10.0.0.7",))

    assert shown(scope) == ["10.0.0.1:80"]


@pytest.mark.parametrize("site", ["https://inside.example.edu/", "pocketbase://inside.example.edu:8090"])
def test_a_site_of_the_scope_that_leads_inside_is_told(site: str) -> None:
    """As a name is: whoever listed it would take a scan without findings for an answer."""
    scope = scope_of("10.0.0.0/30", site, "https://hr.example.edu/", exclude=("hr.example.edu",))
    told = (LeftOut(name="inside.example.edu", addresses=1, out_of_scope=1),)

    planned, _ = plan(scope)

    assert planned.left_out == told
    assert planned.left_out == plan(scope_of("10.0.0.0/30", "inside.example.edu"))[0].left_out
    assert planned.count == 4
    with pytest.raises(OutOfScope, match=r"10\.9\.9\.9 is not in the scope"):
        plan(scope, site)
    again, _ = plan(scope, "10.0.0.0/30")
    assert again.left_out == ()
    resumed = with_dropped(again, [target.text for target in planned.dropped], planned.resolved)
    assert resumed.left_out == told
    assert list(resumed.endpoints()) == list(planned.endpoints())


def test_an_address_of_the_scope_that_no_scan_may_ask_is_told() -> None:
    """A web server on the port of an industrial device, and an address that a translator leads elsewhere."""
    listed = ("https://10.0.0.9:502/", "64:ff9b::a09:7", "https://[64:ff9b::a09:8]/")

    planned, _ = plan(scope_of("10.0.0.0/30", *listed))

    assert planned.left_out == tuple(LeftOut(name=text, addresses=1, out_of_scope=1) for text in listed)
    assert planned.ports_left_out == (502,)
    assert planned.count == 4


def test_what_the_scope_excludes_of_its_own_servers_is_not_told() -> None:
    listed = ("https://10.0.0.9/", "pocketbase://10.0.0.9:8090", "https://mail.example.edu/", "s3://campus")

    planned, _ = plan(scope_of("10.0.0.0/30", *listed, exclude=listed))

    assert planned.left_out == ()
    assert planned.count == 4


def test_a_scope_with_nothing_left_is_refused() -> None:
    with pytest.raises(OutOfScope, match="excluded"):
        plan(scope_of("10.0.0.7", exclude=("10.0.0.7",)))


def test_a_target_that_the_user_named_is_refused_and_not_left_out() -> None:
    with pytest.raises(OutOfScope, match=r"1 of 2 targets"):
        plan(scope_of("10.0.0.1", "10.0.0.7", exclude=("10.0.0.7",)), "10.0.0.1", "10.0.0.7")


def test_each_name_is_resolved_once() -> None:
    _, asked = plan(
        scope_of("mail.example.edu", exclude=("hr.example.edu",)), "mail.example.edu", "mail.example.edu:81"
    )

    assert sorted(asked) == ["hr.example.edu", "mail.example.edu"]


def test_names_are_resolved_at_once_so_that_dead_ones_wait_together() -> None:
    """Each is kept until all have been asked for."""
    names = [f"n{number}.example.edu" for number in range(RESOLVING_AT_ONCE)]
    all_asked = Barrier(len(names), timeout=20)

    def resolve(name: str) -> tuple[str, ...]:
        all_asked.wait()
        return (f"10.0.0.{names.index(name)}",)

    found = plan_scan([parse_target(name) for name in names], scope_of("10.0.0.0/24"), ports=(80,), resolve=resolve)

    assert list(found.resolved) == names
    assert found.resolved[names[-1]] == (f"10.0.0.{len(names) - 1}",)
