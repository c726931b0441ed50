"""An order names the targets of its own part alone, and the worker makes the same part from them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.errors import UsageProblem
from leakguard.frozen import replace
from leakguard.scanning.part_targets import PartTargets
from leakguard.scanning.parts import part_of_plan
from leakguard.scanning.plan import Plan
from leakguard.scanning.targets import parse_target
from support.scans import gate_of

GATE = gate_of("10.0.0.0/8", "2001:db8::/64", "*.example.edu", exclude=("10.0.0.7", "old.example.edu"))
RESOLVED = {
    "mail.example.edu": ("10.0.0.3", "2001:db8::5"),
    "www.example.edu": ("10.0.0.4",),
    "gone.example.edu": (),
    "old.example.edu": ("10.0.0.9",),
}
TARGETS = (
    "10.0.0.0/28", "10.0.0.3:80", "mail.example.edu:9200", "www.example.edu", "https://www.example.edu:8443",
    "http://10.0.0.6:81", "2001:db8::1-2001:db8::9", "10.0.0.20-10.0.0.22:1-3", "10.0.0.3:81,80", "gone.example.edu",
)  # fmt: skip


def plan_of(*targets: str) -> Plan:
    return Plan(
        gate=GATE, targets=tuple(parse_target(text) for text in targets), resolved=RESOLVED, ports=(9200, 80)
    )  # fmt: skip


@given(st.permutations(TARGETS), st.integers(1, 40), st.data())
def test_the_part_of_its_own_targets_is_the_part_of_all(targets: list[str], of: int, data: st.DataObject) -> None:
    plan, number = plan_of(*targets), data.draw(st.integers(0, of - 1))
    known = PartTargets(plan, of)

    own = known.of_part(number)
    small = replace(plan, targets=own, resolved=known.resolved_of(own))

    assert own
    assert list(part_of_plan(small, number, of).endpoints()) == list(part_of_plan(plan, number, of).endpoints())


def test_a_part_names_no_target_of_another_one() -> None:
    targets = PartTargets(plan_of(*(f"10.0.{high}.{low}:80" for high in range(4) for low in range(100))), 100)

    assert [target.text for target in targets.of_part(5)] == [
        target.text for target in plan_of(*(f"10.0.{high}.{low}:80" for high in range(4) for low in range(100))).targets
        if int(target.first or 0) % 100 == 5
    ]  # fmt: skip


def test_where_names_lead_that_the_scope_excludes_is_told_with_every_part() -> None:
    targets = PartTargets(plan_of("www.example.edu", "mail.example.edu"), 7)

    for number in range(7):
        names = {*targets.resolved_of(targets.of_part(number))}
        assert "old.example.edu" in names
        assert names <= {"old.example.edu", "www.example.edu", "mail.example.edu", "gone.example.edu"}


def test_where_an_excluded_server_is_goes_with_every_part_although_another_port_of_it_is_a_target() -> None:
    gate = gate_of("10.0.0.0/8", "www.example.edu", exclude=("https://www.example.edu:8443/",))
    plan = Plan(
        gate=gate, targets=tuple(map(parse_target, ("10.0.0.0/28", "www.example.edu:80", "10.0.0.20"))),
        resolved=RESOLVED, ports=(9200, 80),
    )  # fmt: skip
    targets = PartTargets(plan, 7)

    assert all("www.example.edu" in targets.resolved_of(targets.of_part(number)) for number in range(7))


def test_more_targets_than_an_order_holds_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("leakguard.scanning.part_targets.MAX_TARGETS", 3)
    plan = plan_of(*(f"10.0.0.1:{port}" for port in range(1, 5)))

    with pytest.raises(UsageProblem, match="4 targets lead to the addresses of one shard, and an order holds 3"):
        PartTargets(plan, 2)


def test_a_target_that_no_order_holds_is_refused() -> None:
    with pytest.raises(UsageProblem, match="longer than 500 characters"):
        PartTargets(plan_of("http://10.0.0.1/" + "a" * 500), 2)
