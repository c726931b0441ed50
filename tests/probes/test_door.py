"""The door: the gate at each connection, the rate, the recorder, and the ways in which a connection fails."""

from __future__ import annotations

import asyncio
import errno
import socket
import time

import pytest

from leakguard.errors import OutOfScope, UsageProblem
from leakguard.models.observations import Ending, Reply
from leakguard.models.scope import Limits
from leakguard.models.targets import Endpoint
from leakguard.probes.prober import SESSIONS
from leakguard.probes.timeouts import Timeouts
from leakguard.probes.wire import door, endings
from leakguard.probes.wire.handles import Handles
from leakguard.probes.wire.rate import Rate, TokenBucket
from leakguard.probes.wire.verbs import SentBytes
from support.hostile import answers, http_answer, says, serving, silence
from support.probing import Probing, Question, run
from support.steady_loop import SteadyLoop

pytestmark = [pytest.mark.enable_socket, pytest.mark.usefixtures("each_loop")]

GET = Question("GET", "/")


def shut(_endpoint: Endpoint) -> None:
    raise OutOfScope("not ours")


@pytest.mark.parametrize("kind", sorted(SESSIONS))
def test_a_shut_gate_lets_no_packet_out(kind: str) -> None:
    first = {"http": "GET", "postgres": "startup", "rsync": "list", "s3": "service"}
    question = Question(first.get(kind, min(SESSIONS[kind].questions)), "")

    async def work() -> None:
        probing = Probing(gate=shut)
        async with serving(silence()) as host:
            [reply, again] = await probing.ask(host.endpoint(), kind, question, question)

            assert (reply.ended, again.ended) == (Ending.BLOCKED, Ending.BLOCKED)
            assert (host.connections, probing.sent) == (0, [])

    run(work())


def test_the_gate_is_asked_about_the_literal_address_at_every_connection() -> None:
    seen: list[str] = []

    async def work() -> None:
        probing = Probing(gate=lambda endpoint: seen.append(endpoint.address))
        async with serving(says(http_answer(b"a"))) as host:
            endpoint = Endpoint(address="127.0.0.1", port=host.port, host="mail.example.org")
            await probing.ask(endpoint, "http", Question("GET", "/1"), Question("GET", "/2"))

            assert host.connections == 2

    run(work())

    assert seen == ["127.0.0.1", "127.0.0.1"]


def test_a_gate_that_shuts_between_two_connections_stops_the_second() -> None:
    passed: list[Endpoint] = []

    def once(endpoint: Endpoint) -> None:
        if passed:
            raise OutOfScope("expired")
        passed.append(endpoint)

    async def work() -> None:
        probing = Probing(gate=once)
        async with serving(says(http_answer(b"a"))) as host:
            replies = await probing.ask(host.endpoint(), "http", Question("GET", "/1"), Question("GET", "/2"))

            assert [reply.ended for reply in replies] == [Ending.COMPLETE, Ending.BLOCKED]
            assert host.connections == 1

    run(work())


def test_a_gate_that_shuts_while_a_connection_waits_stops_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "_ASK_AGAIN_AFTER", 0.05)
    asked: list[Endpoint] = []

    def once(endpoint: Endpoint) -> None:
        asked.append(endpoint)
        if len(asked) > 2:
            raise OutOfScope("expired")

    async def work() -> None:
        handles = Handles(64)
        probing = Probing(gate=once, limits=Limits(total=1000, per_host=5), handles=handles)
        async with serving(says(http_answer(b"a"))) as host:
            replies = await probing.ask(host.endpoint(), "http", Question("GET", "/1"), Question("GET", "/2"))

            assert [reply.ended for reply in replies] == [Ending.COMPLETE, Ending.BLOCKED]
            assert (host.connections, probing.connects, handles.taken) == (1, 1, 0)

    run(work())


def test_the_retry_in_tls_passes_the_gate_again() -> None:
    asked: list[int] = []

    async def work() -> None:
        probing = Probing(gate=lambda endpoint: asked.append(endpoint.port))
        async with serving(says(b"")) as host:
            [reply] = await probing.ask(host.endpoint(), "http", GET)

            assert reply.ended is Ending.CLOSED
            assert len(asked) == host.connections == probing.connects > 1

    run(work())


def test_a_kept_connection_carries_the_next_question() -> None:
    async def work() -> None:
        probing = Probing()
        async with serving(
            answers({b"GET": http_answer(b"a"), b"HEAD": b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"})
        ) as host:
            questions = [Question("GET", "/1"), Question("HEAD", "/2"), Question("GET", "/3")]
            replies = await probing.ask(host.endpoint(), "http", *questions)

            assert [reply.ended for reply in replies] == [Ending.COMPLETE] * 3
            assert host.connections == 1

    run(work())


def test_a_kept_connection_that_the_host_closed_is_opened_again() -> None:
    async def script(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _host: object) -> None:
        await reader.read(1000)
        writer.write(http_answer(b"a"))
        await writer.drain()
        await asyncio.sleep(0.05)
        if len(seen) == 1:
            await reader.read(1000)

    seen: list[int] = []

    async def work() -> None:
        probing = Probing()
        async with serving(script) as host:
            session = probing.open(host.endpoint(), "http")
            seen.append(1)
            first = await session.ask(Question("GET", "/1"))
            second = await session.ask(Question("GET", "/2"))
            await session.close()

            assert [first.ended, second.ended] == [Ending.COMPLETE] * 2
            assert host.connections == 2

    run(work())


def test_equal_questions_are_asked_once() -> None:
    async def work() -> list[Reply]:
        probing = Probing()
        async with serving(answers({b"GET": http_answer(b"a")})) as host:
            replies = await probing.ask(
                host.endpoint(),
                "http",
                Question("GET", "/1", id="first"),
                Question("GET", "/1", id="second"),
                Question("GET", "/1", headers={"Range": "bytes=0-1"}, id="third"),
            )

            assert len(probing.said) == 2
            return replies

    assert [reply.request for reply in run(work())] == ["first", "second", "third"]


def test_a_cut_answer_is_asked_again_when_more_may_be_read() -> None:
    async def work() -> None:
        probing = Probing()
        async with serving(answers({b"GET": http_answer(b"x" * 3000)})) as host:
            small, again, large = await probing.ask(
                host.endpoint(),
                "http",
                Question("GET", "/1", cap_bytes=1000),
                Question("GET", "/1", cap_bytes=1000),
                Question("GET", "/1", cap_bytes=9000),
            )

        assert (small.ended, again.ended, large.ended) == (Ending.CAPPED, Ending.CAPPED, Ending.COMPLETE)
        assert (small.size_bytes, len(large.body), len(probing.said)) == (1000, 3000, 2)

    run(work())


def test_no_cap_is_above_eight_mebibytes() -> None:
    async def work() -> Reply:
        probing = Probing(timeouts=Timeouts(request=5))
        async with serving(says(http_answer(b"x" * (9 * 1024 * 1024)), then="stay")) as host:
            [reply] = await probing.ask(host.endpoint(), "http", Question("GET", "/", cap_bytes=10**12))
            return reply

    reply = run(work())

    assert (reply.ended, reply.size_bytes) == (Ending.CAPPED, 8 * 1024 * 1024)


def test_a_closed_port_refuses_and_is_not_knocked_at_twice() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    async def work() -> None:
        probing = Probing()
        endpoint = Endpoint(address="127.0.0.1", port=port)
        replies = await probing.ask(endpoint, "http", Question("GET", "/1"), Question("GET", "/2"))

        assert [reply.ended for reply in replies] == [Ending.REFUSED] * 2
        assert probing.connects == 1

    run(work())


@pytest.mark.parametrize(
    ("error", "ended"),
    [
        (OSError(errno.EHOSTUNREACH, "no route"), Ending.UNREACHABLE),
        (OSError(errno.ENETUNREACH, "no network"), Ending.UNREACHABLE),
        (OSError(errno.EMFILE, "too many files"), Ending.BLOCKED),
        (OSError(errno.EACCES, "a router's firewall, by ICMPv6"), Ending.UNREACHABLE),
        (OSError(errno.EPERM, "firewall"), Ending.BLOCKED),
        (OSError(errno.EINVAL, "a route into nothing"), Ending.BLOCKED),
        (OSError(errno.ENETDOWN, "network down"), Ending.BLOCKED),
        (ConnectionRefusedError(errno.ECONNREFUSED, "no"), Ending.REFUSED),
        (ConnectionResetError(errno.ECONNRESET, "accepted, and reset at once"), Ending.RESET),
        (TimeoutError(errno.ETIMEDOUT, "late"), Ending.FILTERED),
    ],
)
def test_each_failure_to_connect_has_its_word(error: OSError, ended: Ending, monkeypatch: pytest.MonkeyPatch) -> None:
    async def work() -> Ending:
        async def fail(*_args: object, **_more: object) -> None:
            raise error

        monkeypatch.setattr(asyncio.get_running_loop(), "create_connection", fail)
        [reply] = await Probing().ask(Endpoint(address="127.0.0.1", port=9), "redis", Question("PING"))
        return reply.ended

    assert run(work()) is ended


def test_an_address_without_a_way_out_of_this_machine_was_not_asked() -> None:
    async def work() -> Ending:
        async def fail(*_args: object, **_more: object) -> None:
            raise OSError(errno.ENETUNREACH, "no network")

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(asyncio.get_running_loop(), "create_connection", fail)
            [reply] = await Probing().ask(Endpoint(address="fe80::1", port=9), "redis", Question("PING"))
        return reply.ended

    assert run(work()) is Ending.BLOCKED


@pytest.mark.parametrize(("is_down", "expected"), [(False, Ending.FILTERED), (True, Ending.BLOCKED)])
def test_a_connection_attempt_without_an_answer_is_filtered_unless_our_own_interface_swallowed_it(
    expected: Ending, monkeypatch: pytest.MonkeyPatch, *, is_down: bool
) -> None:
    monkeypatch.setattr(endings, "is_cut_off", lambda _: is_down)

    async def work() -> Ending:
        async def hang(*_args: object, **_more: object) -> None:
            await asyncio.Event().wait()

        monkeypatch.setattr(asyncio.get_running_loop(), "create_connection", hang)
        probing = Probing(timeouts=Timeouts(connect=0.2, request=1000, target=1000, endpoint=1000))
        [reply] = await probing.ask(Endpoint(address="127.0.0.1", port=9), "http", GET)
        return reply.ended

    assert run(work()) is expected, "and no other deadline than that of the attempt ended it"


def test_a_cancelled_question_leaves_no_open_connection() -> None:
    async def work() -> None:
        gone = asyncio.Event()

        async def script(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter, _host: object) -> None:
            while await reader.read(1000):
                pass
            gone.set()

        probing = Probing(timeouts=Timeouts(request=30))
        async with serving(script) as host:
            session = probing.open(host.endpoint(), "http")
            asking = asyncio.create_task(session.ask(GET))
            await asyncio.sleep(0.1)
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking
            await session.close()
            await asyncio.wait_for(gone.wait(), 2)

            assert host.connections == 1

    run(work())


def test_the_recorder_hears_every_connection_and_every_byte() -> None:
    async def work() -> None:
        probing = Probing()
        async with serving(answers({b"PING": b"+PONG\r\n", b"DBSIZE": b":1\r\n"})) as host:
            await probing.ask(host.endpoint(), "redis", Question("PING"), Question("DBSIZE"))

            assert b"".join(probing.said) == b"".join(host.received)
            assert probing.sent[0] == SentBytes(address="127.0.0.1", port=host.port, kind="connect")

    run(work())


def test_the_user_agent_names_the_run_and_nothing_asks_for_compression() -> None:
    async def work() -> None:
        probing = Probing()
        async with serving(says(http_answer(b"a"))) as host:
            await probing.ask(host.endpoint(host="mail.example.org"), "http", GET)

        [asked] = probing.said
        assert asked.decode() == (
            f"GET / HTTP/1.1\r\nhost: mail.example.org:{host.port}\r\n"
            "user-agent: leakguard/test (owner@example.org)\r\naccept: application/json\r\n\r\n"
        )

    run(work())


def test_an_unknown_protocol_is_a_mistake_of_the_caller() -> None:
    async def work() -> None:
        Probing().open(Endpoint(address="127.0.0.1", port=1), "no-such-protocol")

    with pytest.raises(UsageProblem) as refused:
        run(work())

    assert "redis" in refused.value.next_step


def test_a_bucket_of_tokens_spaces_its_callers() -> None:
    async def work() -> float:
        bucket = TokenBucket(50.0)
        began = time.monotonic()
        await asyncio.gather(*[bucket.take() for _ in range(4)])
        return time.monotonic() - began

    assert run(work()) >= 0.05


def test_a_caller_that_gives_up_takes_no_token() -> None:
    """Protocols that are not needed any more must not slow down the next endpoint of the same address."""

    async def work() -> float:
        bucket = TokenBucket(2.0)
        await bucket.take()
        waiting = [asyncio.create_task(bucket.take()) for _ in range(20)]
        await asyncio.sleep(0.01)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        return bucket.free_in(time.monotonic())

    assert run(work()) < 0.5


@pytest.mark.parametrize("limits", [Limits(total=20, per_host=1000), Limits(total=1000, per_host=20)])
def test_connections_are_spaced_in_total_and_by_address(limits: Limits) -> None:
    async def work() -> float:
        probing = Probing(limits=limits)
        async with serving(says(b"+PONG\r\n")) as host:
            prober = probing.prober()
            sessions = [prober.open(host.endpoint(), "redis") for _ in range(6)]
            began = time.monotonic()
            replies = await asyncio.gather(*[session.ask(Question("PING")) for session in sessions])
            for session in sessions:
                await session.close()

            assert all(reply.ended is Ending.COMPLETE for reply in replies)
            return time.monotonic() - began

    assert run(work()) >= 5 / 20


def test_waiting_for_the_rate_is_not_the_hosts_delay() -> None:
    """Two connections a second and a request time of 0.3 seconds: all four are still answered."""

    async def work() -> list[Ending]:
        probing = Probing(limits=Limits(total=1000, per_host=3), timeouts=Timeouts(request=0.3, target=0.5))
        async with serving(says(http_answer(b"a"))) as host:
            questions = [Question("GET", f"/{number}") for number in range(4)]
            return [reply.ended for reply in await probing.ask(host.endpoint(), "http", *questions)]

    assert run(work(), new_loop=SteadyLoop) == [Ending.COMPLETE] * 4


def test_the_rate_forgets_addresses_that_are_free_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async def work() -> int:
        monkeypatch.setattr("leakguard.probes.wire.rate._PRUNE_ABOVE", 8)
        rate = Rate(Limits(total=1e9, per_host=1e6))
        for number in range(50):
            await rate.wait(f"127.0.0.{number}")
            await asyncio.sleep(0.002)
        return len(rate._buckets)  # noqa: SLF001 (memory use is the point)

    assert run(work()) < 20
