"""Parts in processes of their own: reports arrive, deaths and interruptions end in good order."""

from __future__ import annotations

import asyncio
import errno
import gc
import os
import signal
import threading
import time
from collections.abc import Callable
from multiprocessing.context import ForkProcess

import pytest

from leakguard.errors import ProcessLost
from leakguard.parallel.parts import run_apart, run_here

Tell = Callable[[str], None]


def counting(name: str, count: int) -> Callable[[Tell], object]:
    async def work(tell: Tell) -> bool:
        for number in range(count):
            tell(f"{name}{number}")
            await asyncio.sleep(0)
        return True

    return work


async def endless(tell: Tell) -> bool:
    """Ends in good order when it is asked to, and says so."""
    tell("begun")
    try:
        await asyncio.sleep(60)
    except asyncio.CancelledError:
        tell("ended")
        return False
    return True


def dying(number: signal.Signals) -> Callable[[Tell], object]:
    async def work(tell: Tell) -> bool:
        tell("last words")
        os.kill(os.getpid(), number)
        return True

    return work


def apart(*works: object) -> tuple[bool, list[str]]:
    told: list[str] = []
    return run_apart(works, told.append, new_loop=asyncio.new_event_loop, kind=str), told  # type: ignore[arg-type]  # works of tests


def test_one_part_runs_in_this_process() -> None:
    told: list[str] = []

    assert run_here(counting("a", 2), told.append, new_loop=asyncio.new_event_loop)  # type: ignore[arg-type]  # as above
    assert told == ["a0", "a1"]


def test_what_every_process_tells_arrives_in_its_order() -> None:
    is_finished, told = apart(counting("a", 300), counting("b", 300))

    assert is_finished
    assert [word for word in told if word[0] == "a"] == [f"a{number}" for number in range(300)]
    assert len(told) == 600


@pytest.mark.parametrize(("number", "advice"), [(signal.SIGKILL, "too little memory"), (signal.SIGUSR1, "log may say")])
def test_a_process_that_is_killed_is_told_once_the_others_have_done_their_work(
    number: signal.Signals, advice: str
) -> None:
    told: list[str] = []

    with pytest.raises(ProcessLost, match=rf"was killed \({number.name}\)") as lost:
        run_apart((dying(number), counting("b", 5)), told.append, new_loop=asyncio.new_event_loop, kind=str)  # type: ignore[arg-type]  # as above

    assert "last words" in told
    assert "b4" in told
    assert advice in lost.value.next_step


def test_a_part_that_stops_by_itself_is_not_finished() -> None:
    async def stopping(_: Tell) -> bool:
        return False

    assert apart(stopping, counting("a", 1)) == (False, ["a0"])


def test_an_interruption_lets_every_part_end_in_good_order() -> None:
    """Ctrl-C is pressed once both have begun."""
    told: list[str] = []

    def take(word: str) -> None:
        told.append(word)
        if told == ["begun", "begun"]:
            threading.Timer(0.05, os.kill, [os.getpid(), signal.SIGINT]).start()

    assert not run_apart((endless, endless), take, new_loop=asyncio.new_event_loop, kind=str)
    assert sorted(told) == ["begun", "begun", "ended", "ended"]


def test_an_error_of_the_taker_is_raised_once_no_process_is_left() -> None:
    def take(_: str) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run_apart((endless, endless), take, new_loop=asyncio.new_event_loop, kind=str)


def killed_with_two_parts(parent: int, ours: int) -> list[int]:
    """Kill a process once both of its parts have written who they are; returns the parts."""
    words = b""
    while words.count(b"\n") < 2:
        words += os.read(ours, 100)
    os.kill(parent, signal.SIGKILL)
    os.waitpid(parent, 0)
    return [int(word) for word in words.split()]


def test_a_part_ends_when_its_parent_was_killed() -> None:
    """Nobody is left to hear it, and hosts must not be asked for nobody."""
    ours, theirs = os.pipe()
    parent = os.fork()
    if parent == 0:  # pragma: no cover  (it is killed)

        async def work(tell: Tell) -> bool:
            os.write(theirs, b"%d\n" % os.getpid())
            return await endless(tell)

        run_apart((work, work), lambda _: None, new_loop=asyncio.new_event_loop, kind=str)
        os._exit(0)
    os.close(theirs)
    parts = killed_with_two_parts(parent, ours)

    assert os.read(ours, 1) == b""
    assert all(map(is_gone, parts))


def test_no_further_part_begins_after_an_interruption(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C is pressed as soon as the second of four has been started."""
    told: list[str] = []
    start, started = ForkProcess.start, list[ForkProcess]()

    def start_and_interrupt(process: ForkProcess) -> None:
        start(process)
        started.append(process)
        if len(started) == 2:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(ForkProcess, "start", start_and_interrupt)
    works = (endless, endless, counting("c", 1), counting("d", 1))

    assert not run_apart(works, told.append, new_loop=asyncio.new_event_loop, kind=str)  # type: ignore[arg-type]  # as above
    assert len(started) == 2
    assert not any(word[0] in "cd" for word in told)


def test_a_part_that_waits_for_a_full_pipe_ends_when_its_parent_was_killed() -> None:
    ours, theirs = os.pipe()
    parent = os.fork()
    if parent == 0:  # pragma: no cover  (it is killed)

        async def work(tell: Tell) -> bool:
            os.write(theirs, b"%d\n" % os.getpid())
            while True:
                tell("x" * 4 * 1024 * 1024)

        run_apart((work, work), lambda _: time.sleep(600), new_loop=asyncio.new_event_loop, kind=str)
        os._exit(0)
    os.close(theirs)
    parts = killed_with_two_parts(parent, ours)
    left = [part for part in parts if not is_gone(part)]
    for part in left:
        os.kill(part, signal.SIGKILL)

    assert left == []


def test_the_second_ctrl_c_is_raised_also_where_nobody_but_python_hears_the_first() -> None:
    async def hesitant(_: Tell) -> bool:
        signal.raise_signal(signal.SIGINT)
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            signal.raise_signal(signal.SIGINT)
            return False
        return True

    with pytest.raises(KeyboardInterrupt):
        run_here(hesitant, lambda _: None, new_loop=asyncio.new_event_loop)


def is_gone(process: int) -> bool:
    """Whether the process ends within the time that a busy machine may need."""
    for _ in range(200):
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("parts", [1, 2])
def test_the_garbage_collector_has_everything_back_afterwards(parts: int) -> None:
    """A watch scans in one process again and again, and would never be rid of the garbage of its first scan."""
    if parts == 1:
        run_here(counting("a", 1), lambda _: None, new_loop=asyncio.new_event_loop)  # type: ignore[arg-type]  # as above
    else:
        apart(counting("a", 1), counting("b", 1))

    assert gc.get_freeze_count() == 0


def nothing_left() -> asyncio.AbstractEventLoop:
    raise OSError(errno.EMFILE, "Too many open files")


def a_bug() -> asyncio.AbstractEventLoop:
    raise ZeroDivisionError("canary: the trace of a bug may name targets")


@pytest.mark.parametrize("new_loop", [nothing_left, a_bug])
def test_a_process_that_ends_by_itself_is_told_without_a_trace(
    capfd: pytest.CaptureFixture[str], new_loop: Callable[[], asyncio.AbstractEventLoop]
) -> None:
    with pytest.raises(ProcessLost, match="ended by itself"):
        run_apart((endless, endless), lambda _: None, new_loop=new_loop, kind=str)

    assert capfd.readouterr().err == ""


def test_no_report_is_lost_when_an_interruption_comes_while_one_is_kept() -> None:
    """The later reports of a part say that it has come further, so none may be kept without those before it."""
    told: list[str] = []

    def take(word: str) -> None:
        if word == "a5":
            signal.raise_signal(signal.SIGINT)
        told.append(word)

    run_apart((counting("a", 50), endless), take, new_loop=asyncio.new_event_loop, kind=str)  # type: ignore[arg-type]  # as above

    words = [word for word in told if word[0] == "a"]
    assert words == [f"a{number}" for number in range(len(words))]
    assert len(words) > 5
