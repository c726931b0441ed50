"""The budget of sockets: never more than the system allows, nobody left out, nobody waiting for ever."""

from __future__ import annotations

import asyncio
import errno
import json
import sys
from asyncio import StreamReader, StreamWriter
from contextlib import nullcontext
from pathlib import Path

import pytest

from leakguard.errors import TooFewFiles
from leakguard.models.observations import Ending, Reply
from leakguard.models.targets import Endpoint
from leakguard.probes import loops
from leakguard.probes.timeouts import Timeouts
from leakguard.probes.wire import door, handles
from leakguard.probes.wire.handles import LEAST, SPARE, Handles
from support.hostile import answers, http_answer, serving, silence
from support.probing import Probing, Question, run

TESTS = Path(__file__).parents[1]
GET = Question("GET", "/")
PING = Question("PING")


def test_handles_are_taken_all_at_once_or_not_at_all() -> None:
    budget = Handles(32)

    assert budget.try_take(31)
    assert not budget.try_take()
    budget.give(2)
    assert not budget.try_take(3)
    assert budget.try_take(2)


@pytest.mark.parametrize(
    ("limit", "workers", "is_enough"), [(19, 1, True), (18, 1, False), (35, 2, True), (34, 2, False)]
)
def test_a_scan_that_could_not_open_what_it_needs_is_refused_with_a_next_step(
    limit: int, workers: int, *, is_enough: bool
) -> None:
    with nullcontext() if is_enough else pytest.raises(TooFewFiles, match=f"may open {limit} files") as caught:
        handles.refuse_few_files(workers, lambda: limit, lambda: 9)

    assert caught is None or "ulimit -n 256" in caught.value.next_step
    assert caught is None or ("--workers 1" in caught.value.next_step) == (workers > 1)


def test_those_that_wait_are_served_in_their_order() -> None:
    async def work() -> list[int]:
        budget, served = Handles(LEAST), list[int]()
        assert budget.try_take(LEAST - 1)

        async def wait(number: int) -> None:
            await budget.take()
            served.append(number)

        waiting = [asyncio.create_task(wait(number)) for number in range(3)]
        await asyncio.sleep(0)
        assert not budget.try_take(), "nobody jumps the queue"
        for _ in waiting:
            budget.give()
        await asyncio.gather(*waiting)
        return served

    assert run(work()) == [0, 1, 2]


def test_one_that_gives_up_waiting_takes_no_handle() -> None:
    async def work() -> int:
        budget = Handles(LEAST)
        assert budget.try_take(LEAST - 1)
        waiting = asyncio.create_task(budget.take())
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        budget.give(LEAST - 1)
        return budget.taken

    assert run(work()) == 0


def test_one_that_is_cancelled_at_its_turn_gives_the_handle_back() -> None:
    async def work() -> int:
        budget = Handles(LEAST)
        assert budget.try_take(LEAST - 1)
        waiting = asyncio.create_task(budget.take())
        await asyncio.sleep(0)
        budget.give()
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        return budget.taken

    assert run(work()) == LEAST - 2


def test_whoever_holds_a_handle_and_needs_a_further_one_does_not_wait_for_others_of_its_kind() -> None:
    """All handles are held by talks that need a second line: a share is kept, so that one after the other gets it."""

    async def work() -> int:
        budget, done = Handles(LEAST), list[int]()

        async def talk(number: int) -> None:
            await budget.take()
            await asyncio.sleep(0)
            await budget.take(further=True)
            await asyncio.sleep(0)
            done.append(number)
            budget.give(2)

        await asyncio.wait_for(asyncio.gather(*[talk(number) for number in range(50)]), 5)
        assert budget.taken == 0
        return len(done)

    assert run(work()) == 50


def test_a_budget_shrinks_to_what_the_machine_really_gives() -> None:
    budget = Handles(1000)
    budget.try_take(40)
    budget.shrink()

    assert budget.limit == 40
    budget.give(40)
    budget.shrink()
    assert budget.limit == LEAST


def test_the_budget_leaves_room_for_what_is_open_and_some_to_spare() -> None:
    assert handles.of_process(lambda: 1024, lambda: 100).limit == 1024 - 100 - SPARE
    assert handles.of_process(lambda: 10, lambda: 100).limit == LEAST
    assert handles.of_process().limit >= LEAST


def test_a_system_that_does_not_tell_what_is_open_is_guessed_at(tmp_path: Path) -> None:
    (tmp_path / "0").touch()

    assert handles._open_files(str(tmp_path)) == 1  # noqa: SLF001  (what only another system does)
    assert handles._open_files(str(tmp_path / "none")) > 8  # noqa: SLF001  (as above)


def test_a_limit_that_is_none_is_still_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    import resource  # noqa: PLC0415  (Unix alone has it)

    monkeypatch.setattr(resource, "getrlimit", lambda _: (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

    assert handles.of_process(open_files=lambda: 0).limit == 65_536 - SPARE


@pytest.mark.enable_socket
@pytest.mark.usefixtures("each_loop")
def test_every_line_gives_its_handle_back_however_it_ends() -> None:
    async def work() -> int:
        budget = Handles(64)
        probing = Probing(handles=budget, timeouts=Timeouts(request=0.2, connect=0.2, handshake=0.2))
        async with serving(answers({b"GET": http_answer(b"a")})) as good, serving(silence()) as mute:
            for endpoint in (good.endpoint(), mute.endpoint(), mute.endpoint(scheme="https")):
                await probing.ask(endpoint, "http", GET, Question("GET", "/2"))
        await probing.ask(Endpoint(address="127.0.0.1", port=good.port), "http", GET)
        return budget.taken

    assert run(work()) == 0


@pytest.mark.enable_socket
def test_waiting_for_a_handle_is_not_the_hosts_delay() -> None:
    """Twelve slow answers, three at a time: the last one waits longer than a request may take."""

    async def slow(reader: StreamReader, writer: StreamWriter, _host: object) -> None:
        await reader.read(1000)
        await asyncio.sleep(0.2)
        writer.write(b"+PONG\r\n")
        await writer.drain()

    async def work() -> set[Ending]:
        probing = Probing(handles=Handles(LEAST), timeouts=Timeouts(request=0.7, connect=0.5, target=0.7, endpoint=0.7))
        async with serving(slow) as host:
            prober = probing.prober()

            async def one() -> Reply:
                session = prober.open(host.endpoint(), "redis")
                try:
                    return await session.ask(PING)
                finally:
                    await session.close()

            return {reply.ended for reply in await asyncio.gather(*[one() for _ in range(12)])}

    assert run(work()) == {Ending.COMPLETE}


@pytest.mark.enable_socket
@pytest.mark.parametrize(("scarce", "ended"), [(1, Ending.COMPLETE), (99, Ending.BLOCKED)])
@pytest.mark.parametrize("code", [errno.EMFILE, errno.ENFILE, errno.EADDRNOTAVAIL])
def test_a_machine_without_a_socket_to_spare_is_asked_again_and_never_a_verdict_on_the_host(
    code: int, scarce: int, ended: Ending, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "_PAUSES", (0.01, 0.01))

    async def work() -> Ending:
        budget, loop, failures = Handles(64), asyncio.get_running_loop(), list[int]()
        connect = loop.create_connection

        async def fail(*args: object, **more: object) -> object:
            if len(failures) < scarce:
                failures.append(code)
                raise OSError(code, "none left")
            return await connect(*args, **more)  # type: ignore[call-overload]  # as it came

        monkeypatch.setattr(loop, "create_connection", fail)
        async with serving(answers({b"PING": b"+PONG\r\n"})) as host:
            [reply] = await Probing(handles=budget).ask(host.endpoint(), "redis", PING)
        assert budget.taken == 0
        return reply.ended

    assert run(work()) is ended


@pytest.mark.enable_socket
def test_a_handle_that_never_comes_leaves_the_host_unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "_LONGEST_WAIT", 0.05)

    async def work() -> tuple[Ending, int]:
        budget = Handles(LEAST)
        budget.try_take(LEAST - 1)
        probing = Probing(handles=budget)
        [reply] = await probing.ask(Endpoint(address="127.0.0.1", port=9), "redis", PING)
        return reply.ended, probing.connects

    assert run(work()) == (Ending.BLOCKED, 0)


@pytest.mark.enable_socket
def test_three_hundred_hosts_are_all_found_with_sixty_four_file_handles() -> None:
    """In a process of its own, which the system holds to that limit; peers lose what they have no handle for."""

    async def work() -> dict[str, int]:
        server = await asyncio.start_server(redis_like, "0.0.0.0", 0, backlog=512)
        port = server.sockets[0].getsockname()[1]
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "support.few_handles",
            str(port),
            "300",
            "64",
            cwd=TESTS,
            stdout=asyncio.subprocess.PIPE,
        )
        said, _ = await child.communicate()
        server.close()
        found: dict[str, int] = json.loads(said)
        return found

    assert run(work(), new_loop=loops.loop_factory()) == {"exposed": 300}


async def redis_like(reader: StreamReader, writer: StreamWriter) -> None:
    """Answers `PING`, and complains about anything else, as Redis does."""
    while asked := await reader.read(1000):
        writer.write(b"+PONG\r\n" if b"PING" in asked else b"-ERR unknown command\r\n")
    writer.close()
