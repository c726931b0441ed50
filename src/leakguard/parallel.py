"""Parallel: the parts of a run, each in an event loop, several of them in processes of their own; tasks in their order.

May import `models` and below, and what the standard library has for processes.
Never knows what a part does: it starts them, hands their reports on, and ends them in good order.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import gc
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from leakguard.errors import LeakGuardError, ProcessLost
from leakguard.frozen import Frozen

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkContext, ForkProcess, SpawnProcess
    from types import FrameType

Told = TypeVar("Told")
Work = Callable[[Callable[[Told], None]], Awaitable[bool]]
NewLoop = Callable[[], asyncio.AbstractEventLoop]

_INTERRUPTIONS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_PIPE_BYTES = 1024 * 1024
"""The most that an unprivileged process of Linux may ask for; a report of 500 findings has a quarter of it."""


class _End(Frozen, kw_only=False):
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


@contextmanager
def _heeding(stop: Callable[[], None]) -> Iterator[None]:
    """An interruption calls `stop`, so that nothing is torn apart that is being read or kept; a further one is raised.

    What a signal means stays with whoever hears it outside: only what raises `KeyboardInterrupt` there is one.
    """
    is_asked = False
    heard: dict[int, Callable[[int, FrameType | None], Any]] = {}

    def hear(number: int, frame: FrameType | None) -> None:
        nonlocal is_asked
        try:
            heard[number](number, frame)
        except KeyboardInterrupt:
            if is_asked:
                raise
            is_asked = True
            stop()

    if threading.current_thread() is threading.main_thread():  # nobody else may change what hears a signal
        for number in _INTERRUPTIONS:
            if callable(before := signal.getsignal(number)):
                heard[number] = before
                signal.signal(number, hear)
    try:
        yield
    finally:
        for number, handler in heard.items():
            signal.signal(number, handler)


@_left_alone()
def run_here(work: Work[Told], take: Callable[[Told], None], *, new_loop: NewLoop) -> bool:
    """Run one part in this process; whether it finished. An interruption lets it end in good order."""

    async def main() -> bool:
        loop, task = asyncio.get_running_loop(), asyncio.ensure_future(work(take))
        with _heeding(lambda: _call_soon(loop, task.cancel)):
            try:
                return await task
            except asyncio.CancelledError:  # it had not even begun
                return False

    with asyncio.Runner(loop_factory=new_loop) as runner:
        return runner.run(main())


def _call_soon(loop: asyncio.AbstractEventLoop, call: Callable[[], object]) -> None:
    loop.call_soon_threadsafe(call)  # from a signal's handler too, which may interrupt the loop anywhere


@_left_alone()
def run_apart(works: Sequence[Work[Told]], take: Callable[[Told], None], *, new_loop: NewLoop) -> bool:
    """Run each part in a process of its own; whether all of them finished.

    A process that dies counts as not finished: what it reported before is kept.
    An interruption, or an error of `take`, ends all of them in good order; the error is raised after that.
    """
    import multiprocessing  # noqa: PLC0415  (what runs in one process must not load it)

    context = multiprocessing.get_context("fork")
    ends: dict[Connection, ForkProcess] = {}
    with _heeding(lambda: _stop(tuple(ends.values()))):
        try:
            for work in works:
                _start(work, context, ends, new_loop)
            return _gather(ends, take)
        finally:
            _stop(ends.values())
            _gather(ends, lambda _: None)
            for process in ends.values():
                process.join()


def _start(work: Work[Told], context: ForkContext, ends: dict[Connection, ForkProcess], new_loop: NewLoop) -> None:
    """Start one process, and remember its end of the pipe."""
    ours, theirs = context.Pipe(duplex=False)
    _widen(theirs)
    process = context.Process(target=_child, args=(work, theirs, new_loop, os.getpid()), daemon=True)
    process.start()
    theirs.close()
    ends[ours] = process


def _widen(end: Connection) -> None:
    """Let a few reports lie in the pipe: a part must not wait with its hosts while another one's report is stored."""
    with contextlib.suppress(OSError, AttributeError):  # only Linux has it, and a limit may be in the way
        fcntl.fcntl(end.fileno(), fcntl.F_SETPIPE_SZ, _PIPE_BYTES)


def _gather(ends: Mapping[Connection, ForkProcess], take: Callable[[Told], None]) -> bool:
    """Hand on what the processes tell until all have ended; whether all finished."""
    finished = 0
    waiting = {end for end in ends if not end.closed}
    while waiting:
        ready = _ready(waiting)
        for end in [each for each in waiting if each in ready]:
            told = _next(end)
            if told is None or isinstance(told, _End):
                end.close()
                waiting.discard(end)
                finished += told is not None and told.is_finished
            else:
                take(told)
    return finished == len(ends)


def _ready(ends: Iterable[Connection]) -> set[Any]:
    """Those of the ends that have something to tell, as soon as one has."""
    from multiprocessing.connection import wait  # noqa: PLC0415  (as above)

    return set(wait(list(ends)))


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
    for number in _INTERRUPTIONS:  # a terminal tells them to all processes at once; the parent sees to ours
        signal.signal(number, signal.SIG_DFL if number is signal.SIGTERM else signal.SIG_IGN)
    try:
        with asyncio.Runner(loop_factory=new_loop) as runner:
            is_finished = runner.run(_until_asked(work, end, parent))
    except Exception:  # noqa: BLE001  (whatever it is: to end in good order may hang where nothing can be opened)
        _tell_bug()
        os._exit(1)
    end.send(_End(is_finished))
    end.close()


def _tell_bug() -> None:
    """The trace of a bug may name targets, so it is shown only where it was asked for."""
    if os.environ.get("LEAKGUARD_TRACE"):
        import traceback  # noqa: PLC0415  (needed for a bug alone)

        traceback.print_exc()


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


Task = TypeVar("Task")
Done = TypeVar("Done")
Doer = Callable[[Task], Done]
_IN_HAND = 2
"""Tasks that a process has at once: it never waits for the next one."""
_AHEAD = 8
"""Tasks a process that may be done before the first of them is; the rest waits, so that memory stays flat."""


class _Refused(Frozen, kw_only=False):
    """Why a task could not be done."""

    error: LeakGuardError


def in_order(make: Callable[[], Doer[Task, Done]], tasks: Iterable[Task], *, workers: int) -> Generator[Done]:
    """What becomes of each task, in the order of the tasks; with more than one worker, in processes of their own.

    `make` is called once in each process and gives what does the tasks; it and they must be picklable, and what a task
    becomes must be small (below 30 KiB), so that it fits into the pipe while the next task is on its way.
    Processes are started afresh, as what they load may keep threads, which a fork would tear apart.
    Raises what a task was refused with, and `ProcessLost`; the processes end with this iterator.
    """
    if workers == 1:
        yield from map(make(), tasks)
        return
    import multiprocessing  # noqa: PLC0415  (as above)

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
    """A process that is started now never hears of an interruption, not even while it loads; its parent ends it."""
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
    given = handed = 0
    while True:
        has_more = True
        while has_more and given - handed < _AHEAD * len(ends) and (free := _free(in_hand)) is not None:
            number, task = next(tasks, (None, None))
            has_more = number is not None
            if number is not None:
                in_hand[free].append(number)
                given += 1
                _send(free, task)
        busy = [end for end, numbers in in_hand.items() if numbers]
        if not busy:
            return
        told = _ready(busy)
        for end in [each for each in busy if each in told]:
            ready[in_hand[end].pop(0)] = _receive(end)
        while handed in ready:
            yield ready.pop(handed)
            handed += 1


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
    told = _next(end)
    if told is None:
        raise _lost()
    if isinstance(told, _Refused):
        raise told.error
    return told


def _lost() -> ProcessLost:
    return ProcessLost("a process that did a part of the work has ended", next_step="Run the same command again.")


def _do_tasks(make: Callable[[], Doer[Any, Any]], end: Connection) -> None:
    """What a process does: one task after the other until nobody asks any more.

    A bug ends it without a word: its trace could show what the tasks hold.
    """
    if not os.environ.get("LEAKGUARD_TRACE"):
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115  (until the process ends)
    do: Doer[Any, Any] | None = None
    with contextlib.suppress(EOFError, OSError):
        while True:
            task = end.recv()
            try:
                do = do or make()
                done = do(task)
            except LeakGuardError as error:
                done = _Refused(error)
            end.send(done)
