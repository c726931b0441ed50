"""Asking: what is made of little is made at once, what is made of much beside the loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Generator
from typing import Any

import pytest

from leakguard.checks.requests import Request
from leakguard.engine.asking import ask
from leakguard.engine.turns import MUCH_BYTES, Turns
from leakguard.models.observations import Ending, Reply


class Line:
    """Answers every question with so many bytes, as far as anybody counts them."""

    def __init__(self, *sizes: int) -> None:
        self.sizes = list(sizes)

    async def ask(self, request: Request) -> Reply:
        return Reply(
            request=request.id, method="GET", what="/", ended=Ending.COMPLETE, size_bytes=self.sizes.pop(0)
        )  # fmt: skip


def talk(count: int, *, fails: bool = False) -> Generator[Request, Reply, list[tuple[int, bool]]]:
    """Asks so many questions; of each answer its size, and whether it was heard in the loop's own thread."""
    heard: list[tuple[int, bool]] = []
    for number in range(count):
        reply = yield Request(id=f"q{number}", method="GET", what="/")
        heard.append((reply.size_bytes, threading.current_thread() is threading.main_thread()))
    if fails:
        raise ZeroDivisionError
    return heard


def asked(*sizes: int, turns: bool = True, fails: bool = False) -> list[tuple[int, bool]]:
    async def main() -> list[tuple[int, bool]]:
        line: Any = Line(*sizes)
        return await ask(line, talk(len(sizes), fails=fails), Turns() if turns else None)

    return asyncio.run(main())


def test_little_answers_are_heard_in_the_loop() -> None:
    assert asked(10, 20) == [(10, True), (20, True)]


def test_much_is_heard_beside_the_loop_and_so_is_what_comes_behind_it() -> None:
    """The last answer is judged together with all that came before, however short it is."""
    assert asked(10, MUCH_BYTES, MUCH_BYTES + 1, 5) == [
        (10, True), (MUCH_BYTES, True), (MUCH_BYTES + 1, False), (5, False),
    ]  # fmt: skip


def test_who_shares_the_loop_with_nobody_needs_no_turns() -> None:
    assert asked(MUCH_BYTES + 1, turns=False) == [(MUCH_BYTES + 1, True)]


def test_a_talk_without_a_question_is_over() -> None:
    assert asked() == []


@pytest.mark.parametrize("size", [10, MUCH_BYTES + 1])
def test_a_bug_in_the_talk_is_told_wherever_it_came_to_light(size: int) -> None:
    with pytest.raises(ZeroDivisionError):
        asked(size, fails=True)
