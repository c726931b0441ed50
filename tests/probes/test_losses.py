"""Networks that lose what they are asked too fast: what is asked again, how often, and how slowly."""

from __future__ import annotations

from leakguard.models.scope import Limits
from leakguard.models.targets import SweepEndpoint
from leakguard.probes.sweep.losses import Losses
from leakguard.probes.wire.rate import Rate

LIMITS = Limits(total=500, per_host=500, per_network=500, per_name=500)


def spot(position: int) -> SweepEndpoint:
    """One port each of 200 addresses."""
    return SweepEndpoint(position, position, f"10.0.0.{position % 200}", 9200)


def pace(rate: Rate) -> float:
    """Seconds between two connections to different hosts of the network."""
    assert rate.try_host("10.0.0.201", None, 1e6) is None
    held_up = rate.try_host("10.0.0.202", None, 1e6)
    return held_up.gap if held_up is not None else 0.0


def lose(losses: Losses, positions: range, *, at: float) -> None:
    """These are silent, and answer when they are asked again."""
    for position in positions:
        assert losses.ask_again(spot(position), at)
    for position in positions:
        losses.heard(spot(position), at + 2)


def test_a_silence_is_asked_about_once_more_where_nothing_is_lost() -> None:
    losses = Losses(Rate(LIMITS))

    assert [losses.ask_again(spot(1), at) for at in (0.0, 1.0)] == [True, False]


def test_a_network_that_answers_who_was_silent_is_asked_more_slowly_and_more_often() -> None:
    """A firewall lets so many connections a second pass: half of the stores behind it were told as silent."""
    rate = Rate(LIMITS)
    losses = Losses(rate)
    for position in range(10):
        losses.heard(spot(position), 0.0)
    assert losses.ask_again(spot(99), 0.0)

    lose(losses, range(10, 14), at=0.0)

    assert pace(rate) == 4 / 500
    assert [losses.ask_again(spot(99), at) for at in (1.0, 3.0, 4.0, 5.0, 6.0)] == [True] * 5, "the first was too fast"
    assert not losses.ask_again(spot(99), 7.0)


def test_a_network_is_never_slower_than_a_64th_and_then_its_silence_says_nothing() -> None:
    rate = Rate(LIMITS)
    losses = Losses(rate)
    for turn in range(3):
        assert not losses.is_in_doubt("10.0.0.1")
        lose(losses, range(10, 14), at=10.0 * turn)
    assert not losses.is_in_doubt("10.0.0.1")

    lose(losses, range(10, 20), at=100.0)

    assert pace(rate) == 64 / 500
    assert (losses.is_in_doubt("10.0.0.1"), losses.is_in_doubt("10.0.1.1")) == (True, False)


def test_a_line_that_loses_few_is_no_reason_to_be_slow_and_neither_is_one_host_alone() -> None:
    rate = Rate(LIMITS)
    losses = Losses(rate)
    losses.ask_again(spot(150), 0.0)
    for position in range(100):
        losses.heard(spot(position), 0.0)
    lose(losses, range(100, 104), at=0.0)
    assert pace(rate) == 0.0

    rate = Rate(LIMITS)
    losses = Losses(rate)
    for port in range(20):
        one = SweepEndpoint(port, port, "10.0.0.7", port)
        assert losses.ask_again(one, 0.0)
        losses.heard(one, 2.0)
    assert pace(rate) == 0.0


def test_a_network_that_was_slowed_down_stays_so_where_its_limit_was_kept_and_forgotten() -> None:
    rate = Rate(Limits(total=500, per_host=500, per_network=50, per_name=500))
    rate.try_host("10.0.0.1", None, 0.0)
    rate.slow_network("10.0.0.1", 4.0)
    for number in range(10_000):
        rate.try_host(f"10.{number // 250}.{number % 250}.1", None, 10.0 + number)

    assert pace(rate) == 4 / 50
