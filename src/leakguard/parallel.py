"""Parallel: the parts of a run, each in an event loop, several of them in processes of their own.

May import `models` and below, and what the standard library has for processes.
Never knows what a part does: it starts them, hands their reports on, and ends them in good order.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import gc
import multiprocessing
import os
import signal
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkProcess
from typing import Any, TypeVar

Told = TypeVar("Told")
Work = Callable[[Callable[[Told], None]], Awaitable[bool]]
NewLoop = Callable[[], asyncio.AbstractEventLoop]

_PIPE_BYTES = 1024 * 1024
"""The most that an unprivileged process of Linux may ask for; a report of 500 findings has a quarter of it."""


@dataclass(frozen=True, slots=True)
class _End:
    """The last word of a process."""

    is_finished: bool


@contextmanager
def _left_alone() -> Iterator[None]:
    """What is in memory by now stays, so the collector need not look at it again and again.

    To look at it is to write to it, which would also give every process a copy of pages that it shares.
    """
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


@_left_alone()
def run_here(work: Work[Told], take: Callable[[Told], None], *, new_loop: NewLoop) -> bool:
    """Run one part in this process; whether it finished. An interruption by the keyboard lets it end in good order."""

    async def main() -> bool:
        return await work(take)

    with asyncio.Runner(loop_factory=new_loop) as runner:
        return runner.run(main())


@_left_alone()
def run_apart(works: Sequence[Work[Told]], take: Callable[[Told], None], *, new_loop: NewLoop) -> bool:
    """Run each part in a process of its own; whether all of them finished.

    A process that dies counts as not finished: what it reported before is kept.
    An interruption, or an error of `take`, ends all of them in good order; the error is raised after that.
    """
    context = multiprocessing.get_context("fork")
    ends: dict[Connection, ForkProcess] = {}
    for work in works:
        ours, theirs = context.Pipe(duplex=False)
        _widen(theirs)
        process = context.Process(target=_child, args=(work, theirs, new_loop, os.getpid()), daemon=True)
        process.start()
        theirs.close()
        ends[ours] = process
    try:
        return _gather(ends, take)
    finally:
        _stop(ends.values())
        _gather(ends, lambda _: None)
        for process in ends.values():
            process.join()


def _widen(end: Connection) -> None:
    """Let a few reports lie in the pipe: a part must not wait with its hosts while another one's report is stored."""
    with contextlib.suppress(OSError, AttributeError):  # only Linux has it, and a limit may be in the way
        fcntl.fcntl(end.fileno(), fcntl.F_SETPIPE_SZ, _PIPE_BYTES)


def _gather(ends: Mapping[Connection, ForkProcess], take: Callable[[Told], None]) -> bool:
    """Hand on what the processes tell until all have ended; whether all finished."""
    finished = 0
    waiting = {end for end in ends if not end.closed}
    while waiting:
        try:
            ready = set(wait(list(waiting)))
            for end in [each for each in waiting if each in ready]:
                told = _next(end)
                if told is None or isinstance(told, _End):
                    end.close()
                    waiting.discard(end)
                    finished += told is not None and told.is_finished
                else:
                    take(told)
        except KeyboardInterrupt:
            _stop(ends.values())
    return finished == len(ends)


def _next(end: Connection) -> Any:  # noqa: ANN401  (what the part told, or its end, or nothing)
    try:
        return end.recv()
    except (EOFError, OSError):
        return None


def _stop(processes: Iterable[ForkProcess]) -> None:
    for process in processes:
        if process.is_alive():
            process.terminate()


def _child(work: Work[Told], end: Connection, new_loop: NewLoop, parent: int) -> None:
    """What a process does: its part, until it is done, or until it is asked to end, or the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with asyncio.Runner(loop_factory=new_loop) as runner:
        is_finished = runner.run(_until_asked(work, end, parent))
    end.send(_End(is_finished))
    end.close()


async def _until_asked(work: Work[Told], end: Connection, parent: int) -> bool:
    task = asyncio.ensure_future(work(end.send))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    orphaned = asyncio.ensure_future(_until_orphaned(parent))
    done, _ = await asyncio.wait({task, orphaned}, return_when=asyncio.FIRST_COMPLETED)
    if task not in done:
        task.cancel()
    orphaned.cancel()
    return await task


async def _until_orphaned(parent: int) -> None:
    """A parent that was killed cannot say so, and its children must not go on asking hosts."""
    while os.getppid() == parent:  # noqa: ASYNC110  (nothing else tells it)
        await asyncio.sleep(1.0)
