"""Planning: names are resolved once, and nothing outside the scope passes before the first packet."""

from __future__ import annotations

from threading import Barrier

import pytest

from leakguard.errors import OutOfScope
from leakguard.models.scope import Scope
from leakguard.scanning.plan import Plan
from leakguard.scanning.targets import parse_target
from leakguard.use_cases.scans.plan_scan import RESOLVING_AT_ONCE, plan_scan
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
