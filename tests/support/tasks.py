"""Tasks for processes of their own: a process finds them by the name of this module."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable

from leakguard.errors import NotFound, StoreUnusable


def squares() -> Callable[[int], tuple[int, int]]:
    """The process and the square; the first tasks take longest, so that later ones are done before them."""

    def do(number: int) -> tuple[int, int]:
        time.sleep(0.02 if number % 2 == 0 else 0)
        return os.getpid(), number * number

    return do


def refusing() -> Callable[[int], int]:
    """Refuses the fourth task."""

    def do(number: int) -> int:
        if number == 3:
            raise StoreUnusable("the disk is full", next_step="Free some space.")
        return number

    return do


def unwilling() -> Callable[[int], int]:
    """Cannot be made at all."""
    raise NotFound("there is no such maker", next_step="Name another one.")


def dying() -> Callable[[int], int]:
    """Is killed at the third task."""

    def do(number: int) -> int:
        if number == 2:
            os.kill(os.getpid(), signal.SIGKILL)
        return number

    return do


def faulty() -> Callable[[str], str]:
    """Has a bug whose trace would show what it was given."""

    def do(secret: str) -> str:
        sys.stderr.write(secret)
        raise ValueError(secret)

    return do


def refusing_at_once() -> Callable[[int], int]:
    """Takes its time for all tasks but the second, which it refuses at once."""

    def do(number: int) -> int:
        if number == 1:
            raise StoreUnusable("the disk is full", next_step="Free some space.")
        time.sleep(0.05)
        return number

    return do


def failing() -> Callable[[str], str]:
    """Cannot read what it needs."""

    def do(_: str) -> str:
        raise OSError(5, "Input/output error")

    return do
