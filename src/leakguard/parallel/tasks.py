"""Many small tasks, done by a few processes, with the results in the order of the tasks."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from leakguard.errors import LeakGuardError, ProcessLost
from leakguard.frozen import Frozen
from leakguard.parallel.parts import with_news

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import SpawnProcess

Task = TypeVar("Task")
Done = TypeVar("Done")
Doer = Callable[[Task], Done]
_IN_HAND = 2
"""Tasks that a process has at once: it never waits for the next one."""
_AHEAD = 8
"""Tasks per process that may be on their way or wait for an earlier result, so that memory stays flat."""


class _Refused(Frozen, kw_only=False):
    """Why a task could not be done."""

    error: LeakGuardError


def in_order(make: Callable[[], Doer[Task, Done]], tasks: Iterable[Task], *, workers: int) -> Generator[Done]:
    """What becomes of each task, in the order of the tasks; with more than one worker, in so many processes.

    `make` is called in each process before its first task, and gives what does the tasks. `make`, the tasks and the
    results must be picklable; a result must be small (below 30 KiB), so that it fits into the pipe while the next task
    is on its way.
    Processes are spawned, not forked: what this process loaded may keep threads, which a fork would tear apart.
    Raises what a task was refused with, and `ProcessLost`; the processes end with this iterator.
    """
    if workers == 1:
        yield from map(make(), tasks)
        return
    import multiprocessing  # noqa: PLC0415  (what runs in one process must not load it)

    context = multiprocessing.get_context("spawn")
    crew: dict[Connection, SpawnProcess] = {}
    try:
        for _ in range(workers):
            ours, theirs = context.Pipe()
            process = context.Process(target=_do_tasks, args=(make, theirs), daemon=True)
            with _deaf_to_the_keyboard():
                process.start()
            theirs.close()
            crew[ours] = process
        yield from _ordered(list(crew), enumerate(tasks))
    finally:
        for end, process in crew.items():
            end.close()
            process.terminate()
            process.join()


@contextmanager
def _deaf_to_the_keyboard() -> Iterator[None]:
    """A process that the main thread starts in this block ignores Ctrl-C, even while it loads; its parent ends it."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may change it
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _ordered(ends: Sequence[Connection], tasks: Iterator[tuple[int, Any]]) -> Iterator[Any]:
    """Hand tasks out and give back what they became; a task far ahead of the first open one waits."""
    ready: dict[int, Any] = {}
    in_hand: dict[Connection, list[int]] = {end: [] for end in ends}
    sent = yielded = 0
    while True:
        has_more = True
        while has_more and sent - yielded < _AHEAD * len(ends) and (free := _free(in_hand)) is not None:
            number, task = next(tasks, (None, None))
            has_more = number is not None
            if number is not None:
                in_hand[free].append(number)
                sent += 1
                _send(free, task)
        busy = [end for end, numbers in in_hand.items() if numbers]
        if not busy:
            return
        readable = with_news(busy)
        for end in [each for each in busy if each in readable]:
            ready[in_hand[end].pop(0)] = _receive(end)
        while yielded in ready:
            done = ready.pop(yielded)
            if isinstance(done, _Refused):
                raise done.error
            yield done
            yielded += 1


def _free(in_hand: Mapping[Connection, Sequence[int]]) -> Connection | None:
    """The process with the least in hand, when it can take more."""
    end = min(in_hand, key=lambda one: len(in_hand[one]))
    return end if len(in_hand[end]) < _IN_HAND else None


def _send(end: Connection, task: object) -> None:
    try:
        end.send(task)
    except OSError as error:
        raise _lost() from error


def _receive(end: Any) -> Any:  # noqa: ANN401  (what a task became)
    try:
        return end.recv()
    except (EOFError, OSError) as error:
        raise _lost() from error


def _lost() -> ProcessLost:
    return ProcessLost(
        "a process that did a part of the work has ended",
        next_step="Run the same command again. If that does not help, LEAKGUARD_TRACE=1 shows why.",
    )


def _do_tasks(make: Callable[[], Doer[Any, Any]], end: Connection) -> None:
    """What a process does: one task after the other until nobody asks any more.

    A bug ends it without a word: its trace could show what the tasks hold.
    """
    if not os.environ.get("LEAKGUARD_TRACE"):
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115  (until the process ends)
    do: Doer[Any, Any] | None = None
    for task in _until_gone(end):
        try:
            do = do or make()
            done = do(task)
        except LeakGuardError as error:
            done = _Refused(error)
        with contextlib.suppress(OSError):  # the parent is gone, which the next read shows
            end.send(done)


def _until_gone(end: Connection) -> Iterator[Any]:
    """The tasks that the parent sends, until it is gone."""
    while True:
        try:
            task = end.recv()
        except (EOFError, OSError):
            return
        yield task
