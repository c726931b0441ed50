"""Large answers take turns: none is lost, and those that wait hold nothing but a line."""

from __future__ import annotations

import asyncio
import struct
from asyncio import StreamReader, StreamWriter

import pytest

from leakguard.engine.examination import EndpointStatus, Examination
from leakguard.models.observations import Ending, Reply
from leakguard.probes import loops
from leakguard.probes.timeouts import Timeouts
from leakguard.probes.wire import line as line_module
from leakguard.probes.wire.large import LARGE_FROM, MOST_LARGE, MOST_VAST, VAST_FROM, Lanes, LargeAnswers
from support.examining import examiner_with
from support.heavy import bson, databases, mongodb
from support.hostile import Host, Script, http_answer, pours, read_some, serving
from support.matrix_scan import shipped
from support.probing import Probing, Question, run, waited
from support.steady_loop import SteadyLoop
from support.zoo import ROOT, elastic, index, rows

pytestmark = pytest.mark.long


def no_time() -> float:
    return 0.0


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
    turns = [lanes.turn(no_time) for _ in range(MOST_LARGE)]
    late = lanes.turn(no_time)

    assert all(turn.admits(LARGE_FROM + 1, lambda: None) for turn in turns)
    turns[0].add(LARGE_FROM + 1)
    assert late.admits(LARGE_FROM, lambda: served.append("small"))
    assert not late.admits(LARGE_FROM + 1, lambda: served.append("late"))
    assert served == []
    turns[0].leave()
    assert served == ["late"]


def test_a_turn_that_had_its_time_is_over_as_soon_as_another_waits_and_for_each_that_waits_one_goes() -> None:
    now = [0.0]
    lanes, served = Lanes(), list[str]()
    turns = [lanes.turn(lambda: now[0]) for _ in range(MOST_LARGE)]
    assert all(turn.admits(LARGE_FROM + 1, lambda: None) for turn in turns)

    now[0] = 60.0
    assert not any(turn.is_over for turn in turns)
    late = lanes.turn(lambda: now[0])
    assert not late.admits(LARGE_FROM + 1, lambda: served.append("late"))
    assert [turn.is_over for turn in turns] == [True] + [False] * (MOST_LARGE - 1)
    turns[0].leave()
    assert served == ["late"]
    assert not any(turn.is_over for turn in (late, *turns[1:]))


def test_a_turn_is_sure_for_longer_the_more_was_told_but_not_for_long() -> None:
    now = [0.0]

    def lasts(size: int) -> float:
        """Seconds until a session that was told so much has to go."""
        lanes, start = Lanes(), now[0]
        turns = [lanes.turn(lambda: now[0]) for _ in range(MOST_VAST + 1)]
        for turn in turns[:MOST_VAST]:
            turn.admits(VAST_FROM + 1, lambda: None)
            turn.admits(size, lambda: None)
        turns[-1].admits(VAST_FROM + 1, lambda: None)
        while not turns[0].is_over:
            now[0] += 0.5
        return now[0] - start

    assert lasts(VAST_FROM + 1) <= 4.5
    assert lasts(3 * VAST_FROM) == 6.0
    assert lasts(8 * VAST_FROM) == lasts(100 * VAST_FROM) == 8.0


def test_one_that_waits_for_its_turn_is_not_asked_to_go_and_its_time_begins_when_it_comes() -> None:
    now = [0.0]
    lanes = Lanes()
    first, second, third, last = (lanes.turn(lambda: now[0]) for _ in range(4))
    for turn in (first, second, third, last):
        turn.admits(VAST_FROM + 1, lambda: None)

    seen = []
    for now[0], leaves in ((60.0, first), (62.0, None), (70.0, None)):
        seen.append(third.is_over)
        if leaves is not None:
            leaves.leave()

    assert seen == [False, False, True]
    assert not second.is_over


def test_answers_of_a_session_that_are_nearly_large_add_up() -> None:
    lanes = Lanes()
    for turn in [lanes.turn(no_time) for _ in range(MOST_LARGE)]:
        turn.add(LARGE_FROM)
        assert turn.admits(1, lambda: None)

    late = lanes.turn(no_time)
    late.add(LARGE_FROM)
    assert not late.admits(1, lambda: None)


def test_an_answer_that_ends_while_it_waits_takes_no_turn() -> None:
    lanes = Lanes()
    turns = [lanes.turn(no_time) for _ in range(MOST_LARGE + 2)]
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


HONEST, DAWDLERS, DRIPPERS = 6, 12, 4
LIST = rows(index(1).encode(), 2 * VAST_FROM)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 8000000\r\n\r\n"


def dawdles() -> Script:
    """A MongoDB with a vast list of databases, and behind it every answer comes at the last moment."""
    padding = b"\x02pad\0" + struct.pack("<i", 60_001) + b"x" * 60_000 + b"\0"
    listing = databases(25, b"\x030\0" + bson(b"\x02name\0" + struct.pack("<i", 5) + b"name\0" + padding))
    return mongodb(listing, stalls=False, pause=0.9 * Timeouts().request)


async def drips_large(reader: StreamReader, writer: StreamWriter, host: Host) -> None:
    """An Elasticsearch whose list becomes vast and then goes on by a byte a second."""
    while (await read_some(reader, host)).startswith(b"GET / "):
        writer.write(http_answer(ROOT, headers="Content-Type: application/json\r\n"))
    writer.write(HEAD + LIST[: VAST_FROM + 1])
    while True:
        await writer.drain()
        await asyncio.sleep(1)
        writer.write(b"1")


@pytest.mark.enable_socket
def test_a_dozen_hosts_that_dawdle_with_a_large_answer_keep_no_honest_one_from_its_turn() -> None:
    """Each of the dozen would keep its turn for its thirty seconds: two at once, and the others wait for two minutes.

    They are as open as they look; one that drips told nothing, and is not checked.
    """
    checks = [check for check in shipped() if check.probe.kind in {"http", "mongodb"}]

    async def work() -> tuple[list[Examination], list[Examination], float]:
        examiner = examiner_with(Probing(timeouts=Timeouts()), checks)

        async def scan(host: Host, scheme: str, count: int) -> list[Examination]:
            endpoint = host.endpoint(named=True, scheme=scheme)
            return await asyncio.gather(*[examiner.examine(endpoint) for _ in range(count)])

        async with (
            serving(dawdles()) as dawdling, serving(drips_large) as dripping, serving(elastic(LIST)) as honest
        ):  # fmt: skip
            hostile = asyncio.gather(scan(dawdling, "mongodb", DAWDLERS), scan(dripping, "http", DRIPPERS))
            await asyncio.sleep(1)
            began = waited()
            found = await scan(honest, "http", HONEST)
            seconds = waited() - began
            dawdled, dripped = await hostile
            return found, [*dawdled, *dripped], seconds

    found, hostile, seconds = loops.run(work(), new_loop=SteadyLoop)

    assert [each.status for each in found] == [EndpointStatus.EXPOSED] * HONEST
    assert all(each.findings[0].verdict.size is not None for each in found)
    expected = [EndpointStatus.EXPOSED] * DAWDLERS + [EndpointStatus.NOT_CHECKED] * DRIPPERS
    assert [each.status for each in hostile] == expected
    assert seconds < 60
