"""Which shard is sent when: each ends once, and never more are in flight than the limits were divided by."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from leakguard.fleet.dispatch import OVERDUE, SKEW, Flight, Lane
from support.scans import NOW

LEASE = timedelta(seconds=60)


def lane(shards: int = 5, *, workers: int = 2, attempts: int = 2, flying: tuple[Flight, ...] = ()) -> Lane:
    """With more workers than are needed, who never fall silent."""
    one = Lane.of(range(shards), workers=workers, lease=LEASE, attempts=attempts, flying=flying)
    one.hear("many", 9, NOW + timedelta(days=1))
    return one


def sent(of: Lane, seconds: float = 0) -> list[tuple[int, int]]:
    return [(flight.number, flight.attempt) for flight in of.to_send(NOW + timedelta(seconds=seconds))]


def test_as_many_are_sent_as_may_be_in_flight() -> None:
    one = lane()

    assert sent(one) == [(0, 1), (1, 1)]
    assert sent(one) == []
    assert one.next_change() == NOW + LEASE + SKEW


def test_a_result_makes_room_for_the_next() -> None:
    one = lane()
    sent(one)

    one.succeeded(1, 1)

    assert sent(one) == [(2, 1)]


def test_a_slot_stays_taken_until_the_worker_must_have_stopped() -> None:
    """Else two workers would look at one address at once, each with the whole of its limit."""
    one = lane()
    sent(one)

    assert sent(one, 64) == []
    assert sent(one, 65) == [(1, 2), (0, 2)]


def test_a_late_result_counts_and_frees_no_slot_of_a_later_attempt() -> None:
    one = lane(shards=3, workers=1)
    sent(one)
    sent(one, 65)

    one.succeeded(0, 1)

    assert sent(one, 66) == []
    assert sent(one, 131) == [(1, 1)]


def test_a_shard_that_was_done_while_it_waited_is_not_sent() -> None:
    one = lane(shards=3, workers=1)
    sent(one)
    one.failed(0, 1, "refused")

    one.succeeded(0, 1)

    assert sent(one) == [(1, 1)]


def test_a_failure_of_an_attempt_that_is_over_says_nothing() -> None:
    one = lane(workers=1)
    sent(one)

    one.failed(0, 7, "refused")
    one.failed(3, 1, "refused")

    assert sent(one) == []


def test_a_shard_that_failed_is_sent_again_and_then_given_up() -> None:
    one = lane(shards=1)
    sent(one)
    one.failed(0, 1, "refused")
    assert sent(one) == [(0, 2)]

    one.failed(0, 2, "refused again")

    assert one.is_over
    assert one.given_up == {0: "refused again"}


def test_a_result_after_all_is_taken() -> None:
    one = lane(shards=1, attempts=1)
    sent(one)
    one.failed(0, 1, "refused")

    one.succeeded(0, 1)

    assert one.given_up == {}
    assert one.done == {0}


def test_a_vantage_where_nobody_answers_is_given_up_as_a_whole() -> None:
    one = lane(attempts=1)
    sent(one)

    assert sent(one, 65) == []
    assert one.is_over
    assert one.given_up == dict.fromkeys(range(5), OVERDUE)


def test_a_vantage_where_somebody_answered_goes_on() -> None:
    one = lane(attempts=1)
    sent(one)
    one.succeeded(0, 1)

    assert sent(one, 65) == [(2, 1), (3, 1)]
    assert one.given_up == {1: OVERDUE}


def test_what_another_coordinator_sent_keeps_its_slot() -> None:
    one = lane(flying=(Flight(number=3, attempt=2, until=NOW + LEASE),), attempts=3)

    assert sent(one) == [(0, 1)]
    assert sent(one, 65) == [(0, 2), (3, 3)]


def test_an_overdue_attempt_at_a_finished_shard_is_not_made_again() -> None:
    one = lane(shards=1, workers=1)
    sent(one)
    sent(one, 65)
    one.succeeded(0, 1)

    assert one.is_over
    assert sent(one, 200) == []
    assert one.next_change() is None


def test_no_order_waits_for_a_worker_that_nobody_has_heard_of() -> None:
    """Four may be in flight, and one worker is there: three would use up their time in the queue."""
    one = Lane.of(range(6), workers=4, lease=LEASE, attempts=2)
    assert sent(one) == [(0, 1)]

    assert one.hear("campus-1", 1, NOW)
    assert sent(one) == []
    assert one.hear("campus-2", 2, NOW)
    assert not one.hear("campus-2", 2, NOW)

    assert sent(one) == [(1, 1), (2, 1)]
    assert one.present(NOW) == ("campus-1", "campus-2")


def test_a_worker_that_falls_silent_for_a_lease_is_not_counted_on() -> None:
    one = Lane.of(range(6), workers=4, lease=LEASE, attempts=2)
    one.hear("campus-1", 1, NOW)
    one.hear("campus-2", 1, NOW)
    assert one.seats(NOW) == 2

    one.touch("campus-1", NOW + LEASE)

    assert one.seats(NOW + LEASE + LEASE) == 1


@given(
    st.integers(1, 12), st.integers(1, 4), st.integers(1, 4),
    st.lists(st.tuples(st.sampled_from(["done", "fail", "wait"]), st.integers(0, 11), st.integers(1, 3)), max_size=60),
)  # fmt: skip
def test_every_shard_ends_and_never_are_too_many_in_flight(
    shards: int, workers: int, attempts: int, events: list[tuple[str, int, int]]
) -> None:
    one, seconds = lane(shards, workers=workers, attempts=attempts), 0
    for what, number, attempt in [*events, *[("wait", 0, 0)] * (shards * attempts + 1)]:
        for flight in one.to_send(NOW + timedelta(seconds=seconds)):
            assert flight.number not in one.done
        assert len(one.flying) <= workers
        seconds += 66 if what == "wait" else 0
        if what == "done" and number < shards:
            one.succeeded(number, attempt)
        if what == "fail":
            one.failed(number, attempt, "refused")

    assert one.is_over
    assert one.done | set(one.given_up) == set(range(shards))
    assert not one.done & set(one.given_up)
