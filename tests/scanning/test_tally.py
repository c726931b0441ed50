"""The tally: parts that add up, and a rate of the last seconds."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from leakguard.models.findings import Outcome, Severity
from leakguard.models.glances import glance_of
from leakguard.scanning.tally import RATE_WINDOW_SECONDS, Tally
from support.scans import finding_of


def tally_of(planned: int = 100) -> Tally:
    return Tally(run="R-20261124-000000", planned=planned, began=1000.0)


def test_what_ended_is_counted_by_standing_outcome_and_severity() -> None:
    tally = tally_of()
    critical = finding_of(severity=Severity.CRITICAL)
    tally.counts.update({"exposed": 1, "protected": 1, "closed": 40})
    tally.found([critical, finding_of(Outcome.PARTIALLY_EXPOSED, severity=Severity.LOW)])
    tally.found([finding_of(Outcome.NOT_EXPOSED)])

    state = tally.state(1002.0, waiting=3, connections=55)

    assert (state.run, state.planned, state.done) == ("R-20261124-000000", 100, 42)
    assert state.counts == {"exposed": 1, "protected": 1, "closed": 40}
    assert state.outcomes == {"exposed": 1, "partially_exposed": 1, "not_exposed": 1}
    assert (state.open_found, state.by_severity) == (2, {"critical": 1, "low": 1})
    assert (state.waiting, state.connections, state.elapsed_seconds) == (3, 55, 2.0)
    assert state.rate_per_second == 21.0
    assert state.seconds_left == 58 / 21.0


def test_a_resumed_run_is_no_faster_for_what_was_done_before() -> None:
    tally = Tally(run="R", planned=100, began=0.0, counts=Counter({"closed": 50}))
    tally.counts["closed"] += 1

    state = tally.state(1.0)

    assert (state.done, state.rate_per_second) == (51, 1.0)


def test_what_an_earlier_part_of_the_run_found_counts_as_if_it_were_found_now() -> None:
    found = [finding_of(severity=Severity.CRITICAL), finding_of(Outcome.NOT_EXPOSED), finding_of(Outcome.INCONCLUSIVE)]
    now, before = tally_of(), tally_of()
    now.found(found)
    before.found_before(map(glance_of, found))

    assert before.state(1001.0) == now.state(1001.0)


def test_before_anything_has_ended_the_time_left_is_unknown() -> None:
    state = tally_of().state(1000.0)

    assert (state.rate_per_second, state.seconds_left, state.in_flight) == (0.0, None, 0)


def test_the_rate_is_that_of_the_last_seconds() -> None:
    tally = tally_of(planned=10_000)
    tally.counts["closed"] += 5000
    for second in range(1, 40):
        tally.counts["silent"] += 1
        state = tally.state(1000.0 + second)

    assert state.rate_per_second <= (1 + RATE_WINDOW_SECONDS) / RATE_WINDOW_SECONDS
    assert len(tally._samples) <= RATE_WINDOW_SECONDS + 2, "no more is remembered than the window needs"  # noqa: SLF001  (the promise is about memory)


@given(st.lists(st.tuples(st.floats(0, 5), st.integers(0, 50)), max_size=40))
def test_numbers_stay_sane_whatever_the_pace(steps: list[tuple[float, int]]) -> None:
    tally, now = tally_of(planned=1000), 1000.0
    for pause, endpoints in steps:
        now += pause
        tally.counts["closed"] += endpoints
        state = tally.state(now)

        assert state.done == sum(state.counts.values())
        assert state.rate_per_second >= 0
        assert state.seconds_left is None or state.seconds_left >= 0
