"""The progress of a run: all parts together, a few times a second at most."""

from __future__ import annotations

from leakguard.engine.part_report import PartReport
from leakguard.engine.progress import STATE_EVERY_SECONDS, RunProgress
from leakguard.models.runs import RunState
from leakguard.scanning.tally import Tally


class Clock:
    """Stands still until it is set."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def progress_on(clock: Clock) -> RunProgress:
    return RunProgress(tally=Tally(run="R", planned=10, began=clock.now), monotonic=clock)


def report(part: int, *, slow: float = 2.0, connections: int = 5) -> PartReport:
    return PartReport(
        part=part, state=RunState(), in_flight=3, waiting=1, connections=connections,
        slowest=((f"192.0.2.{part}:80", slow),),
    )  # fmt: skip


def test_what_the_parts_told_last_is_added_up() -> None:
    clock = Clock()
    progress = progress_on(clock)
    progress.take(report(0))
    clock.now += STATE_EVERY_SECONDS
    progress.take(report(1, slow=9.0))
    clock.now += STATE_EVERY_SECONDS

    state = progress.take(report(0, connections=8))

    assert state is not None
    assert (state.in_flight, state.waiting, state.connections) == (6, 2, 13)
    assert state.slowest == (("192.0.2.1:80", 9.0), ("192.0.2.0:80", 2.0))


def test_those_who_watch_are_not_told_of_every_report() -> None:
    clock = Clock()
    progress, told = progress_on(clock), 0
    for _ in range(1000):
        told += progress.take(report(0)) is not None
        clock.now += 1 / 1000

    assert told == 1 / STATE_EVERY_SECONDS


def test_in_the_end_nothing_is_in_flight() -> None:
    progress = progress_on(Clock())
    progress.take(report(0))

    assert (progress.last().in_flight, progress.last().connections) == (0, 5)
