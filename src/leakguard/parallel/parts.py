"""The parts of a run: a single one in this process or, if there are several, each in a process of its own."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import gc
import os
import signal
import threading
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from leakguard.errors import ProcessLost
from leakguard.parallel.packing import Packing

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import ForkContext, ForkProcess
    from types import FrameType

Told = TypeVar("Told")
Work = Callable[[Callable[[Told], None]], Awaitable[bool]]
"""Does a part, tells what it found, and gives whether it finished; once cancelled, it ends and gives `False`."""
NewLoop = Callable[[], asyncio.AbstractEventLoop]

_INTERRUPTIONS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_PIPE_BYTES = 1024 * 1024
"""The most that an unprivileged process of Linux may ask for; 500 findings of a part take a quarter of it."""


_LAST_WORDS = {b"+": True, b"-": False}
"""The last word of a process says whether it finished; what is packed is longer."""


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
def _heeding(stop: Callable[[], None]) -> Iterator[Callable[[], bool]]:
    """On a signal, call the handler that was set before; `stop` is called where that raises `KeyboardInterrupt`.

    So nothing is torn apart that is being read or kept. The second `KeyboardInterrupt` is raised.
    """
    is_asked = False
    handlers: dict[int, Callable[[int, FrameType | None], Any]] = {}

    def hear(number: int, frame: FrameType | None) -> None:
        nonlocal is_asked
        try:
            handlers[number](number, frame)
        except KeyboardInterrupt:
            if is_asked:
                raise
            is_asked = True
            stop()

    if threading.current_thread() is threading.main_thread():  # nobody else may change what hears a signal
        for each in _INTERRUPTIONS:
            if callable(before := signal.getsignal(each)):
                handlers[each] = before
                signal.signal(each, hear)
    try:
        yield lambda: is_asked
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


@_left_alone()
def run_here(work: Work[Told], take: Callable[[Told], None], *, new_loop: NewLoop) -> bool:
    """Run one part in this process; whether it finished. An interruption lets it end in good order."""

    async def ended(task: Awaitable[bool]) -> bool:
        try:
            return await task
        except asyncio.CancelledError:  # before the work began; later, the work itself gives `False`
            return False

    with asyncio.Runner(loop_factory=new_loop) as runner:
        loop = runner.get_loop()
        task = asyncio.ensure_future(work(take), loop=loop)
        with _heeding(lambda: _call_soon(loop, task.cancel)):  # around `run`, which else hears Ctrl-C itself
            return runner.run(ended(task))


def _call_soon(loop: asyncio.AbstractEventLoop, call: Callable[[], object]) -> None:
    loop.call_soon_threadsafe(call)  # from a signal's handler too, which may interrupt the loop anywhere


@_left_alone()
def run_apart(
    works: Sequence[Work[Told]], take: Callable[[Told], None], *, new_loop: NewLoop, kind: type[Told]
) -> bool:
    """Run each part in a process of its own; whether all of them finished. What they tell is of one kind.

    A process that dies takes none of the others with it, and what it reported before is kept; `ProcessLost` is raised
    once all have ended. An interruption, or an error of `take`, ends all of them in good order; the error is raised
    after that.
    """
    import multiprocessing  # noqa: PLC0415  (what runs in one process must not load it)

    context, packing = multiprocessing.get_context("fork"), Packing(kind)
    ends: dict[Connection, ForkProcess] = {}
    with _heeding(lambda: _stop(tuple(ends.values()))) as is_asked:
        try:
            for work in works:
                if not is_asked():
                    _start(partial(_packed, work, packing), context, ends, new_loop)
            last_words = _gather(ends, lambda data: take(packing.unpack(data)))
        finally:
            _stop(ends.values())
            _gather(ends, lambda _: None)
            for process in ends.values():
                process.join()
    _refuse_lost([process for end, process in ends.items() if end not in last_words])
    return len(last_words) == len(works) and all(last_words.values())


def _refuse_lost(wordless: Sequence[ForkProcess]) -> None:
    """Raise `ProcessLost` for processes that ended without a last word.

    Those that our SIGTERM ended before they had a handler for it do not count.
    """
    codes = [process.exitcode for process in wordless if process.exitcode != -signal.SIGTERM]
    if not codes:
        return
    code = min(each or 0 for each in codes)
    how = "ended by itself" if code >= 0 else f"was killed ({signal.Signals(-code).name})"
    if code >= 0:
        why = "LEAKGUARD_TRACE=1 shows where."
    else:
        is_killed = code == -signal.SIGKILL
        why = "The machine may have had too little memory." if is_killed else "The system's log may say why."
    raise ProcessLost(f"a process that did a part of the work {how}", next_step=why)


def _packed(work: Work[Told], packing: Packing[Told], tell: Callable[[bytes], None]) -> Awaitable[bool]:
    """Do the part; what it tells is packed into bytes on the way."""
    return work(lambda message: tell(packing.pack(message)))


def _start(work: Work[bytes], context: ForkContext, ends: dict[Connection, ForkProcess], new_loop: NewLoop) -> None:
    """Start one process, and remember our end of its pipe."""
    ours, theirs = context.Pipe(duplex=False)
    _widen(theirs)
    process = context.Process(target=_child, args=(work, theirs, (*ends, ours), new_loop, os.getpid()), daemon=True)
    # Signals wait until the process is in `ends`, so that an interruption ends it too.
    unblocked = signal.pthread_sigmask(signal.SIG_BLOCK, _INTERRUPTIONS)
    try:
        process.start()
        ends[ours] = process
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, unblocked)
        theirs.close()


def _widen(end: Connection) -> None:
    """Let the pipe hold much of what a part tells: no part waits while the parent stores what another one told."""
    with contextlib.suppress(OSError, AttributeError):  # only Linux has it, and a limit may be in the way
        fcntl.fcntl(end.fileno(), fcntl.F_SETPIPE_SZ, _PIPE_BYTES)


def _gather(ends: Mapping[Connection, ForkProcess], take: Callable[[bytes], None]) -> Mapping[Connection, bool]:
    """Hand on what the processes tell until all have ended; give the last words of those that had any."""
    last_words: dict[Connection, bool] = {}
    waiting = {end for end in ends if not end.closed}
    while waiting:
        ready = with_news(waiting)
        for end in [each for each in waiting if each in ready]:
            message = _next_bytes(end)
            if message and message not in _LAST_WORDS:
                take(message)
                continue
            end.close()
            waiting.discard(end)
            if message:
                last_words[end] = _LAST_WORDS[message]
    return last_words


def with_news(ends: Iterable[Connection]) -> set[Any]:
    """Those of the ends that have something to tell, as soon as one has."""
    from multiprocessing.connection import wait  # noqa: PLC0415  (as above)

    return set(wait(list(ends)))


def _next_bytes(end: Connection) -> bytes:
    """What one of them tells next; nothing when it is gone."""
    try:
        return end.recv_bytes()
    except (EOFError, OSError):
        return b""


def _stop(processes: Iterable[ForkProcess]) -> None:
    for process in processes:
        if process.is_alive():
            process.terminate()


def _child(
    work: Work[bytes], end: Connection, of_parent: Iterable[Connection], new_loop: NewLoop, parent: int
) -> None:  # fmt: skip
    """What a process does: its part, until it is done, or until it is asked to end, or the parent is gone."""
    for each in of_parent:  # while a process holds them, writing to a parent that is gone waits for ever
        each.close()
    for number in _INTERRUPTIONS:  # a terminal tells them to all processes at once; the parent sees to ours
        signal.signal(number, signal.SIG_DFL if number is signal.SIGTERM else signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _INTERRUPTIONS)
    try:
        with asyncio.Runner(loop_factory=new_loop) as runner:
            is_finished = runner.run(_until_asked(work, end, parent))
    except Exception as error:  # noqa: BLE001  (a bug, or the machine has nothing left: to end in good order may hang)
        _tell_bug(error)
        os._exit(1)
    with contextlib.suppress(OSError):  # the parent is gone
        end.send_bytes(b"+" if is_finished else b"-")
    end.close()


def _tell_bug(error: Exception) -> None:
    """The trace of a bug may name targets, so it is shown only where it was asked for."""
    if os.environ.get("LEAKGUARD_TRACE"):
        import traceback  # noqa: PLC0415  (needed for a bug alone)

        traceback.print_exception(error)


async def _until_asked(work: Work[bytes], end: Connection, parent: int) -> bool:
    task = asyncio.ensure_future(work(end.send_bytes))
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    orphaned = asyncio.ensure_future(_until_orphaned(parent))
    done, _ = await asyncio.wait({task, orphaned}, return_when=asyncio.FIRST_COMPLETED)
    if task not in done:
        task.cancel()
    orphaned.cancel()
    try:
        return await task
    except asyncio.CancelledError:  # before the work began; later, the work itself gives `False`
        return False


async def _until_orphaned(parent: int) -> None:
    """A parent that was killed cannot say so, and its children must not go on asking hosts."""
    while os.getppid() == parent:  # noqa: ASYNC110  (nothing else tells it)
        await asyncio.sleep(1.0)
