"""How fast and when, as a scope file says it: every problem at once, and no limit below a stated one by accident."""

from __future__ import annotations

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.errors import BadFile
from leakguard.models.scope import WEEKDAYS, Limits, QuietHours, Scope
from leakguard.scanning.rates import MAX_RATE, parse_rate
from leakguard.scanning.scope.file import parse_scope
from support.scans import NOW, SCOPE_TEXT


def parsed(limits: str = "", quiet: str = "") -> Scope:
    lines = [line for line in SCOPE_TEXT.splitlines() if not line.startswith("limits")]
    return parse_scope("\n".join([*lines, limits, quiet]), name="scope.yaml", now=NOW)


@pytest.mark.parametrize(
    ("limits", "meant"),
    [
        ("", Limits(total=500, per_host=5, per_network=50, per_name=10)),
        ("limits: {per_network: 20/s, per_name: 2/s}", Limits(total=500, per_host=5, per_network=20, per_name=2)),
        ("limits: {per_host: 200/s}", Limits(total=500, per_host=200, per_network=200, per_name=200)),
        (
            "limits: {per_host: 200/s, per_network: 30/s, per_name: 1/s}",
            Limits(total=500, per_host=200, per_network=30, per_name=1),
        ),
        ("limits: {total: 10000000/s}", Limits(total=MAX_RATE)),
    ],
)
def test_a_limit_that_is_left_out_never_undercuts_one_that_is_stated(limits: str, meant: Limits) -> None:
    assert parsed(limits).limits == meant


def test_one_stretch_of_quiet_hours_or_several() -> None:
    one = "quiet_hours: {zone: Asia/Shanghai, from: 08:00, to: 18:00, days: [mon, tue]}"
    several = "quiet_hours: [{zone: UTC, from: '22:00', to: '06:00'}, {zone: UTC, from: '12:00', to: '24:00'}]"

    assert parsed(quiet=one).quiet_hours == (
        QuietHours(zone="Asia/Shanghai", start=time(8), end=time(18), days=("mon", "tue")),
    )
    assert parsed(quiet=several).quiet_hours == (
        QuietHours(zone="UTC", start=time(22), end=time(6), days=WEEKDAYS),
        QuietHours(zone="UTC", start=time(12), end=time(0)),
    )
    assert parsed().quiet_hours == ()


def test_all_problems_come_together_with_the_nearest_names() -> None:
    quiet = """\
quiet_hours:
  - {zone: Asia/Shangai, from: 25:00, to: noon, day: [mon]}
  - {zone: UTC, from: 08:00, to: 08:00}
  - {zone: UTC, from: 08:00, to: 09:00, days: []}
  - {zone: UTC, from: 24:00, to: 09:00, days: [monday]}
"""

    with pytest.raises(BadFile) as caught:
        parsed("limits: {per_hosts: 5/s, per_network: fast, per_name: 0/s}", quiet)

    found = [str(problem).partition(": ")[2] for problem in caught.value.problems]
    for start in (
        "limits.per_hosts: unknown field (did you mean `per_host`?)",
        "limits.per_network: must look like `500/s`",
        "limits.per_name: must look like `500/s`",
        "quiet_hours[0].zone: unknown time zone `Asia/Shangai` (did you mean `Asia/Shanghai`?)",
        "quiet_hours[0].from: write a time of day",
        "quiet_hours[0].to: write a time of day",
        "quiet_hours[0].day: unknown field (did you mean `days`?)",
        "quiet_hours[1]: `from` and `to` are the same",
        "quiet_hours[2]: `days` is empty",
        "quiet_hours[3].from: write a time of day",
        "quiet_hours[3].days[0]: Input should be 'mon', 'tue'",
    ):
        assert any(line.startswith(start) for line in found), (start, found)


def test_a_problem_of_a_single_stretch_has_its_own_place() -> None:
    with pytest.raises(BadFile, match=r"quiet_hours\.from: write a time of day"):
        parsed(quiet="quiet_hours: {zone: UTC, from: eight, to: 18:00}")
    with pytest.raises(BadFile, match=r"quiet_hours: "):
        parsed(quiet="quiet_hours: never")


@given(st.text(max_size=30))
def test_a_rate_is_a_rate_or_refused(text: str) -> None:
    try:
        rate = parse_rate(text)
    except ValueError:
        return
    assert 0 < rate <= MAX_RATE
