"""Turns: busy work is spread over the loop's turns, in order, and nobody who gave up is waited for."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from functools import partial
from typing import Any, TypeVar

import pytest

from leakguard.engine.turns import SECONDS_A_TURN, Turns

Done = TypeVar("Done")
LONG = 2 * SECONDS_A_TURN
PATIENCE = 120.0
"""Real seconds until a thread gives up that waits for the loop; it is told within a few turns."""


class HandLoop(asyncio.SelectorEventLoop):
    """A loop whose clock only work moves."""

    now = 0.0

    def time(self) -> float:
        return self.now


def run(work: Coroutine[Any, Any, Done]) -> Done:
    with asyncio.Runner(loop_factory=HandLoop) as runner:
        return runner.run(work)


class Counter:
    """Counts the loop's turns."""

    def __init__(self) -> None:
        self.turns = 0
        self.has_turned = threading.Event()
        """Set while the loop turns; whoever wants to know clears it."""
        self._tick()

    def _tick(self) -> None:
        self.turns += 1
        self.has_turned.set()
        asyncio.get_running_loop().call_soon(self._tick)


def worked(seconds: float, pieces: int) -> list[tuple[int, int]]:
    """Pieces of work that all could begin at once: the number of each, and the turn in which it was done."""

    async def main() -> list[tuple[int, int]]:
        turns, counter, done = Turns(), Counter(), []

        async def piece(number: int) -> None:
            await turns.wait_for_turn()
            _keep_busy(seconds)
            done.append((number, counter.turns))

        await asyncio.gather(*[piece(number) for number in range(pieces)])
        return done

    return run(main())


def _keep_busy(seconds: float) -> None:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, HandLoop)
    loop.now += seconds


def test_short_pieces_are_all_done_in_one_turn() -> None:
    done = worked(0.0, 5)

    assert [number for number, _ in done] == [0, 1, 2, 3, 4]
    assert len({turn for _, turn in done}) == 1


def test_long_pieces_are_done_in_a_turn_each_and_in_the_order_of_asking() -> None:
    done = worked(LONG, 5)

    assert [number for number, _ in done] == [0, 1, 2, 3, 4]
    assert len({turn for _, turn in done}) == 5


def test_a_piece_that_was_given_up_keeps_no_other_from_its_turn() -> None:
    async def main() -> list[str]:
        turns, done = Turns(), list[str]()

        async def piece(name: str) -> None:
            await turns.wait_for_turn()
            _keep_busy(LONG)
            done.append(name)

        tasks = [asyncio.ensure_future(piece(name)) for name in ("first", "given up", "last")]
        asyncio.get_running_loop().call_soon(tasks[1].cancel)
        told = await asyncio.gather(*tasks, return_exceptions=True)
        assert [type(item) for item in told] == [type(None), asyncio.CancelledError, type(None)]
        return done

    assert run(main()) == ["first", "last"]


def test_what_takes_many_turns_is_done_beside_them_one_after_the_other() -> None:
    running, most = 0, 0

    def piece(number: int, counter: Counter) -> int:
        nonlocal running, most
        running += 1
        most = max(most, running)
        for _ in range(10):
            counter.has_turned.clear()
            assert counter.has_turned.wait(PATIENCE), "the loop stands still meanwhile"
        running -= 1
        return number

    async def main() -> list[int]:
        turns, counter = Turns(), Counter()
        return await asyncio.gather(*[turns.in_thread(partial(piece, number, counter)) for number in range(3)])

    assert run(main()) == [0, 1, 2]
    assert most == 1


def test_a_bug_in_what_is_done_beside_the_turns_is_told_to_whoever_asked() -> None:
    async def main() -> None:
        turns = Turns()
        with pytest.raises(ZeroDivisionError):
            await turns.in_thread(lambda: 1 // 0)
        assert await turns.in_thread(lambda: 7) == 7

    run(main())
