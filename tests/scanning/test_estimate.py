"""The estimate: what a scan would do to whom, and between which bounds it would take."""

from __future__ import annotations

from datetime import time

import pytest

from leakguard.frozen import replace
from leakguard.models.scope import Limits, QuietHours
from leakguard.probes.timeouts import Timeouts
from leakguard.scanning.estimate import Estimate, Pace, estimate, most_connections
from leakguard.scanning.plan import Plan
from leakguard.scanning.targets import parse_target
from support.fake_prober import library
from support.scans import NOW, gate_of

NAMES = {"mail.example.edu": ("10.0.0.5", "10.0.1.9"), "gone.example.edu": ()}
LIMITS = Limits(total=100, per_host=5, per_network=50, per_name=10)
PACE = Pace(connect_seconds=3, endpoint_seconds=30, swept_at_once=100, examined_at_once=10)


def estimated(*targets: str, limits: Limits = LIMITS, done: int = 0, quiet: tuple[QuietHours, ...] = ()) -> Estimate:
    gate = gate_of("10.0.0.0/8", "*.example.edu", exclude=("10.0.0.6",))
    gate = replace(gate, scope=replace(gate.scope, quiet_hours=quiet))
    plan = Plan(gate=gate, targets=tuple(map(parse_target, targets)), resolved=NAMES, ports=(80, 9200))
    return estimate(plan, library(), limits, NOW, done=done, pace=PACE)


@pytest.mark.parametrize(
    ("targets", "limits", "binding", "least"),
    [
        (("10.0.0.5",), LIMITS, "per_host", 2 / 5),
        (("10.1.0.0/24",), LIMITS, "per_network", 512 / 50),
        (("10.1.0.0/16",), LIMITS, "total", 2 * 65536 / 100),
        (("mail.example.edu",), LIMITS, "per_host", 2 / 5),
        (("mail.example.edu",), replace(LIMITS, per_name=1), "per_name", 4.0),
        (("gone.example.edu",), LIMITS, "total", 0.0),
    ],
)
def test_the_limit_that_binds_says_how_long_it_takes_at_least(
    targets: tuple[str, ...], limits: Limits, binding: str, least: float
) -> None:
    found = estimated(*targets, limits=limits)

    assert (found.binding, found.spans.least) == (binding, least)


def test_silence_is_waited_for_and_the_worst_takes_longer() -> None:
    found = estimated("10.1.0.0/24", limits=replace(LIMITS, per_network=10_000, total=10_000, per_host=10_000))

    assert found.spans.silent == 6 * 3, "512 endpoints, 100 at once"
    assert found.spans.most > 52 * 30, "10 at once"
    assert found.spans.least < found.spans.silent < found.spans.most


def test_a_resumed_run_takes_the_share_that_is_left() -> None:
    whole, half = estimated("10.1.0.0/24"), estimated("10.1.0.0/24", done=256)

    assert (half.ground.endpoints, half.left) == (512, 256)
    assert half.spans.least == whole.spans.least / 2
    assert estimated("10.1.0.0/24", done=9999).left == 0


def test_an_open_endpoint_gets_no_more_connections_than_there_are_questions_and_ways_to_ask() -> None:
    """The library asks `/` and `/list` and a few paths more over five protocols."""
    every, one = library(), [item for item in library() if item.id == "redis_open"]

    assert most_connections(one) == 2 * (1 + 1 + 1)
    assert most_connections([*one, *one]) == most_connections(one), "an equal question is asked once"
    assert most_connections(every) > most_connections(one)
    assert estimated("10.0.0.5").connections_per_host == (2, 2 * most_connections(every))


def test_names_and_checks_are_told() -> None:
    found = estimated("mail.example.edu", "gone.example.edu")

    assert found.names == (("mail.example.edu", 2),)
    assert found.unresolved == ("gone.example.edu",)
    assert found.checks == tuple(item.id for item in library())


def test_quiet_hours_that_it_would_meet_are_told() -> None:
    """It is 16:00 in UTC, and the scan takes some minutes at most."""
    soon = QuietHours(zone="UTC", start=time(16, 3), end=time(18))
    late = QuietHours(zone="UTC", start=time(22), end=time(23))

    met = [quiet.since.hour for quiet in estimated("10.1.0.0/24", quiet=(soon, late)).quiet]

    assert met == [16]
    assert estimated("10.1.0.0/24").quiet == ()


def test_even_a_scan_of_a_thousand_years_has_an_estimate() -> None:
    found = estimated("10.0.0.0/8", limits=Limits(total=0.001, per_host=0.001, per_network=0.001, per_name=0.001))

    assert found.spans.most > 1000 * 365 * 86400


def test_the_pace_is_that_of_the_door() -> None:
    assert (Pace().connect_seconds, Pace().endpoint_seconds) == (Timeouts().connect, Timeouts().endpoint)
