"""One retry where a verdict hangs on it: a line that is lost once is not a host that says nothing."""

from __future__ import annotations

import asyncio
from asyncio import StreamReader, StreamWriter

import pytest

from leakguard.engine.examination import EndpointStatus
from leakguard.models.observations import Ending, Reply
from leakguard.models.targets import Approach
from leakguard.probes import caller
from leakguard.probes.timeouts import Timeouts
from support.examining import examined
from support.hostile import Host, Script, answers, reset, serving
from support.probing import Probing, Question, run
from support.steady_loop import SteadyLoop
from support.talks import recorded, talks

pytestmark = [pytest.mark.enable_socket, pytest.mark.usefixtures("each_loop")]

PATIENT = Timeouts(connect=1, handshake=0.3, request=2, target=8, guess=0.5)
NATS = recorded("nats-2.9.10-open")
FIRST = {"redis": Question("PING"), "nats": Question("connect")}
GOOD = {
    "redis": answers({b"PING": b"+PONG\r\n"}, otherwise=b"-ERR unknown command\r\n"),
    "nats": talks({b"CONNECT": NATS["connect"]}, greeting=NATS["greeting"]),
}


def losing(script: Script, *, lost: int, by_reset: bool = True) -> Script:
    """Hangs up on the first `lost` connections without a word, as an overrun server does; then it is `script`."""

    async def talk(reader: StreamReader, writer: StreamWriter, host: Host) -> None:
        if host.connections > lost:
            await script(reader, writer, host)
        elif by_reset:
            reset(writer)

    return talk


def first_reply(
    kind: str, *, lost: int, approach: Approach = Approach.SUGGESTED, by_reset: bool = True
) -> tuple[Reply, int]:
    """The reply to the first question of `kind`, and the connections that it took."""

    async def work() -> tuple[Reply, int]:
        probing = Probing(timeouts=PATIENT)
        async with serving(losing(GOOD[kind], lost=lost, by_reset=by_reset)) as host:
            session = probing.prober().open(host.endpoint(), kind, approach)
            reply = await session.ask(FIRST[kind])
            await session.close()
            return reply, probing.connects

    return run(work())


@pytest.mark.parametrize("by_reset", [True, False])
@pytest.mark.parametrize(("kind", "lost"), [("redis", 2), ("nats", 1)])
def test_a_host_that_hung_up_on_the_first_question_is_asked_once_more(kind: str, lost: int, *, by_reset: bool) -> None:
    """Redis is tried in TLS in between, since a TLS port hangs up as well."""
    reply, connects = first_reply(kind, lost=lost, by_reset=by_reset)

    assert (reply.ended, connects) == (Ending.COMPLETE, lost + 1)


@pytest.mark.parametrize(("kind", "connects"), [("redis", 3), ("nats", 2)])
def test_a_host_that_hangs_up_every_time_is_not_asked_a_third_time(kind: str, connects: int) -> None:
    reply, taken = first_reply(kind, lost=99)

    assert reply.ended in (Ending.CLOSED, Ending.RESET)
    assert taken == connects


@pytest.mark.parametrize("kind", sorted(GOOD))
def test_a_mere_guess_is_not_made_twice(kind: str) -> None:
    reply, connects = first_reply(kind, lost=99, approach=Approach.GUESSED)

    assert reply.ended in (Ending.CLOSED, Ending.RESET)
    assert connects == 1


def test_a_later_question_that_is_hung_up_on_is_an_answer() -> None:
    async def work() -> int:
        probing = Probing(timeouts=PATIENT)
        async with serving(answers({b"PING": b"+PONG\r\n"})) as host:
            await probing.ask(host.endpoint(), "redis", Question("PING"), Question("DBSIZE"))
        return probing.connects

    assert run(work()) == 2, "the kept line, and a new one since a host may close a line that is kept"


def test_there_is_no_second_try_without_the_time_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(caller, "_SECOND_TRY_AFTER", 60)

    assert first_reply("redis", lost=2)[1] == 2


@pytest.mark.parametrize("lost", [1, 2, 3])
def test_a_datastore_that_lost_its_first_lines_is_found_all_the_same(lost: int) -> None:
    """On a port that suggests nothing: HTTP is guessed, guessed in TLS, and in the end asked with patience."""

    async def work() -> EndpointStatus:
        script = losing(GOOD["redis"], lost=lost)
        return (await examined(script, Probing(timeouts=PATIENT))).status

    assert run(work()) is EndpointStatus.EXPOSED


def test_a_host_that_is_silent_once_is_asked_again_at_the_end() -> None:
    """The port suggests Redis; its first question is lost on the way, and no other language gets a word either."""

    async def script(reader: StreamReader, writer: StreamWriter, host: Host) -> None:
        asked = await reader.read(1000)
        host.received.append(asked)
        if asked.count(b"PING") and sum(b"PING" in each for each in host.received) > 1:
            writer.write(b"+PONG\r\n")
            await writer.drain()
        await asyncio.sleep(10)

    async def work() -> EndpointStatus:
        probing = Probing(timeouts=Timeouts(connect=1, handshake=0.2, request=0.4, guess=0.2, greeting=0.05))
        return (await examined(script, probing, scheme="redis")).status

    assert run(work(), new_loop=SteadyLoop) is EndpointStatus.EXPOSED


@pytest.mark.parametrize(("lost", "is_hung_up_on"), [(9, True), (1, False), (0, False)])
@pytest.mark.parametrize("by_reset", [True, False])
def test_a_host_that_hangs_up_on_lines_without_a_word_is_told_from_one_that_listens(
    lost: int, *, by_reset: bool, is_hung_up_on: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twice, as one that is overrun for a moment lets us in a second later."""
    monkeypatch.setattr(caller, "_HUNG_UP_AGAIN_AFTER", 0.01)

    async def work() -> bool:
        async with serving(losing(GOOD["redis"], lost=lost, by_reset=by_reset)) as host:
            session = Probing(timeouts=PATIENT).prober().open(host.endpoint(), "redis")
            try:
                return await session.closes_at_once()
            finally:
                await session.close()

    assert run(work()) is is_hung_up_on
