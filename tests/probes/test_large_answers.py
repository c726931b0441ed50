"""Large answers take turns: none is lost, and those that wait hold nothing but a line."""

from __future__ import annotations

import asyncio
from asyncio import StreamReader, StreamWriter

import pytest

from leakguard.models.observations import Ending, Reply
from leakguard.probes.timeouts import Timeouts
from leakguard.probes.wire import line as line_module
from leakguard.probes.wire.large import LARGE_FROM, MOST_LARGE, VAST_FROM, Lanes, LargeAnswers
from support.hostile import Host, http_answer, pours, read_some, serving
from support.probing import Probing, Question, run

LARGE = Question("GET", "/", cap_bytes=8 * VAST_FROM)


def test_a_turn_that_ends_is_the_next_ones() -> None:
    turns, served = LargeAnswers(1), list[str]()

    def first() -> None:
        served.append("first")

    def second() -> None:
        served.append("second")

    assert turns.enter(first)
    assert not turns.enter(second)
    turns.leave(first)
    assert served == ["second"]
    turns.leave(second)
    assert turns.enter(first)


def test_one_that_leaves_while_it_waits_takes_nobodys_turn() -> None:
    turns, served = LargeAnswers(1), list[str]()

    def first() -> None:
        served.append("first")

    def second() -> None:
        served.append("second")

    assert turns.enter(first)
    assert not turns.enter(second)
    turns.leave(second)
    turns.leave(first)
    assert served == []
    assert turns.enter(second)


def whole(size: int, pause: float = 0.0) -> object:
    """A whole answer of `size` bytes, of which the last comes after a pause."""
    answer = http_answer(b"x" * size)

    async def script(reader: StreamReader, writer: StreamWriter, host: Host) -> None:
        await read_some(reader, host)
        writer.write(answer[:-1])
        await writer.drain()
        await asyncio.sleep(pause)
        writer.write(answer[-1:])
        await writer.drain()
        await asyncio.sleep(10)

    return script


def test_a_session_keeps_its_turn_until_it_is_over_since_it_holds_what_it_was_told() -> None:
    lanes, served = Lanes(), list[str]()
    turns = [lanes.turn() for _ in range(MOST_LARGE)]
    late = lanes.turn()

    assert all(turn.admits(LARGE_FROM + 1, lambda: None) for turn in turns)
    turns[0].add(LARGE_FROM + 1)
    assert late.admits(LARGE_FROM, lambda: served.append("small"))
    assert not late.admits(LARGE_FROM + 1, lambda: served.append("late"))
    assert served == []
    turns[0].leave()
    assert served == ["late"]


def test_answers_of_a_session_that_are_nearly_large_add_up() -> None:
    lanes = Lanes()
    for turn in [lanes.turn() for _ in range(MOST_LARGE)]:
        turn.add(LARGE_FROM)
        assert turn.admits(1, lambda: None)

    late = lanes.turn()
    late.add(LARGE_FROM)
    assert not late.admits(1, lambda: None)


def test_an_answer_that_ends_while_it_waits_takes_no_turn() -> None:
    lanes = Lanes()
    turns = [lanes.turn() for _ in range(MOST_LARGE + 2)]
    *first, gone, last = turns
    for turn in first:
        turn.admits(LARGE_FROM + 1, lambda: None)
    served = list[str]()
    assert not gone.admits(LARGE_FROM + 1, lambda: served.append("gone"))
    assert not last.admits(LARGE_FROM + 1, lambda: served.append("last"))

    gone.add(LARGE_FROM + 1)
    first[0].leave()

    assert served == ["last"]


async def ask_all(probing: Probing, port_of: Host, count: int) -> list[Reply]:
    prober = probing.prober()

    async def one() -> Reply:
        session = prober.open(port_of.endpoint(), "http")
        try:
            return await session.ask(LARGE)
        finally:
            await session.close()

    return await asyncio.gather(*[one() for _ in range(count)])


@pytest.mark.enable_socket
@pytest.mark.usefixtures("each_loop")
def test_many_large_answers_are_all_taken_in_and_waiting_costs_them_no_time() -> None:
    """Eight of them, two at a time, each of which takes a quarter of a second: a request's time is half a second."""

    async def work() -> None:
        probing = Probing(timeouts=Timeouts(connect=2, request=0.9, target=0.9, endpoint=0.9))
        async with serving(whole(2 * VAST_FROM, pause=0.3)) as host:  # type: ignore[arg-type]  # a script
            replies = await ask_all(probing, host, 8)

        assert [reply.ended for reply in replies] == [Ending.COMPLETE] * 8
        assert {len(reply.body) for reply in replies} == {2 * VAST_FROM}

    run(work())


@pytest.mark.enable_socket
@pytest.mark.usefixtures("each_loop")
def test_hosts_that_say_much_for_ever_end_by_their_deadlines_and_let_the_others_have_their_turn() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n"

    async def stops(reader: StreamReader, writer: StreamWriter, host: Host) -> None:
        await read_some(reader, host)
        writer.write(head + b"x" * 2 * VAST_FROM)
        await writer.drain()
        await asyncio.sleep(10)

    async def work() -> None:
        probing = Probing(timeouts=Timeouts(connect=2, request=0.5))
        async with serving(stops) as mute, serving(pours(head, b"x" * 65536)) as loud:
            ended = await asyncio.gather(ask_all(probing, mute, 4), ask_all(probing, loud, 2))

        assert [reply.ended for reply in ended[0]] == [Ending.SILENT] * 4
        assert {reply.ended for reply in ended[1]} <= {Ending.CAPPED, Ending.SILENT}

    run(work())


@pytest.mark.enable_socket
def test_a_turn_that_never_comes_is_no_verdict_on_the_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_module, "_LONGEST_WAIT", 0.05)

    async def work() -> set[Ending]:
        probing = Probing(timeouts=Timeouts(connect=2, request=2))
        async with serving(whole(2 * VAST_FROM, pause=0.5)) as host:  # type: ignore[arg-type]  # a script
            return {reply.ended for reply in await ask_all(probing, host, 3)}

    assert run(work()) == {Ending.COMPLETE, Ending.SPENT}
