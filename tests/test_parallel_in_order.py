"""Tasks in processes of their own: in their order, a few at a time, and never a word of what they hold."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import closing
from itertools import count

import pytest

from leakguard.errors import NotFound, ProcessLost, StoreUnusable
from leakguard.parallel.tasks import in_order
from support import tasks


@pytest.mark.parametrize("workers", [1, 2])
def test_what_tasks_become_comes_in_the_order_of_the_tasks(workers: int) -> None:
    done = list(in_order(tasks.squares, range(30), workers=workers))

    assert [square for _, square in done] == [number * number for number in range(30)]
    assert len({process for process, _ in done}) == workers
    assert (os.getpid() in {process for process, _ in done}) == (workers == 1)


def test_no_tasks_need_no_work() -> None:
    assert list(in_order(tasks.squares, [], workers=2)) == []


def test_a_few_tasks_are_taken_ahead_and_no_more_however_many_there_are() -> None:
    taken: list[int] = []

    def endless() -> Iterator[int]:
        for number in count():
            taken.append(number)
            yield number

    with closing(in_order(tasks.squares, endless(), workers=2)) as done:
        first = [next(done)[1] for _ in range(5)]

    assert first == [0, 1, 4, 9, 16]
    assert len(taken) <= 5 + 16


def test_a_refusal_is_raised_as_it_was() -> None:
    done = in_order(tasks.refusing, range(30), workers=2)

    with pytest.raises(StoreUnusable, match="the disk is full") as caught:
        list(done)
    assert caught.value.next_step == "Free some space."


def test_what_cannot_be_made_is_refused_with_the_first_task() -> None:
    with pytest.raises(NotFound, match="no such maker"):
        list(in_order(tasks.unwilling, [1], workers=2))


def test_a_process_that_was_killed_is_noticed() -> None:
    with pytest.raises(ProcessLost) as caught:
        list(in_order(tasks.dying, range(100), workers=2))
    assert caught.value.next_step.startswith("Run the same command again.")


def test_a_bug_in_a_process_shows_nothing_of_its_tasks(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ProcessLost):
        list(in_order(tasks.faulty, ["canary-4711"] * 4, workers=2))

    said = capfd.readouterr()
    assert "canary" not in said.out + said.err


def test_whoever_looks_for_a_bug_sees_its_trace(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEAKGUARD_TRACE", "1")

    with pytest.raises(ProcessLost):
        list(in_order(tasks.faulty, ["a test's own words"] * 4, workers=2))

    assert "ValueError" in capfd.readouterr().err


def test_tasks_can_be_handed_out_by_any_thread() -> None:
    done: list[int] = []
    thread = threading.Thread(target=lambda: done.extend(in_order(tasks.refusing, range(3), workers=2)))

    thread.start()
    thread.join()

    assert done == [0, 1, 2]


def test_a_refusal_comes_in_its_turn_behind_what_was_done_before() -> None:
    done = in_order(tasks.refusing_at_once, range(30), workers=2)

    assert next(done) == 0
    with pytest.raises(StoreUnusable):
        next(done)


def test_an_error_of_the_system_in_a_task_is_a_lost_process_whose_trace_can_be_seen(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEAKGUARD_TRACE", "1")

    with pytest.raises(ProcessLost) as caught:
        list(in_order(tasks.failing, ["a"], workers=2))

    assert "LEAKGUARD_TRACE=1" in caught.value.next_step
    assert "Input/output error" in capfd.readouterr().err
