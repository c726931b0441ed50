"""The sweep on real sockets: every open port is found, each spot is told of once, and nothing leaves unasked."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import resource
import time
from collections import Counter
from collections.abc import Callable
from itertools import islice
from socket import socket

import pytest

from leakguard.models.observations import Ending, Reply
from leakguard.models.scope import Limits
from leakguard.models.targets import Endpoint, SweepEndpoint
from leakguard.ports import Request
from leakguard.probes.sweep import flights as flights_module
from leakguard.probes.sweep import pulse
from leakguard.probes.sweep import sweep as sweep_module
from leakguard.probes.sweep.flight import Flight
from leakguard.probes.sweep.ways import ending_of
from leakguard.probes.timeouts import Timeouts
from leakguard.probes.wire.handles import Handles
from leakguard.probes.wire.interfaces import has_way_to, is_cut_off
from support.hostile import Host, http_answer, read_some, says, serving
from support.probing import Question, run
from support.sweeping import (
    Notes,
    Script,
    Sweeps,
    closed_ports,
    full_queues,
    listening,
    never_answering,
    spots_of,
    swept,
)

pytestmark = pytest.mark.enable_socket


@pytest.mark.usefixtures("each_loop")
def test_every_open_port_is_found_among_many_closed_ones() -> None:
    with listening(20) as opened, closed_ports(200) as closed:
        ports = sorted([*opened, *closed], key=lambda port: port * 7919 % 65_537)
        notes, spots = Notes(), spots_of(("127.0.0.1", port) for port in ports)

        run(swept(Sweeps().over(spots, notes)))

    assert {ports[position] for position, word in notes.told.items() if word == "open"} == set(opened)
    assert {ports[position] for position, word in notes.told.items() if word == "refused"} == set(closed)
    assert set(notes.times.values()) == {1}


@pytest.mark.usefixtures("each_loop")
def test_a_port_that_was_open_before_is_closed_only_when_it_refuses_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that opens again meanwhile is found open; those that were never open are told of at once."""
    monkeypatch.setattr(flights_module, "AGAIN_AFTER", 0.3)
    notes = Notes(known_open=frozenset({1, 2}))
    with contextlib.ExitStack() as stack:
        held = [stack.enter_context(socket()) for _ in range(4)]
        for one in held:
            one.bind(("127.0.0.1", 0))

        async def work() -> None:
            sweep = Sweeps().over(spots_of(one.getsockname() for one in held), notes)
            sweeping = asyncio.ensure_future(swept(sweep))
            while len(notes.told) < 2:  # noqa: ASYNC110  (the sweep tells, and sets no event)
                await asyncio.sleep(0.01)
            assert notes.told == {0: "refused", 3: "refused"}
            assert sorted(sweep.pending()) == [1, 2]
            held[1].listen()
            await sweeping

        run(work())

    assert notes.told == {0: "refused", 1: "open", 2: "refused", 3: "refused"}
    assert set(notes.times.values()) == {1}


def test_a_port_that_never_answers_is_filtered_and_holds_nobody_up() -> None:
    with never_answering() as silent, listening(1) as (opened,):
        notes = Notes()

        run(swept(Sweeps().over(spots_of([("127.0.0.1", silent), ("127.0.0.1", opened)]), notes)))

    assert notes.told == {0: "filtered", 1: "open"}
    assert list(notes.told) == [1, 0]


def test_in_a_network_that_answered_before_a_silence_is_asked_about_once_more() -> None:
    """A lost packet is no firewall."""
    with never_answering() as silent, listening(1) as (opened,):
        sweeps, notes = Sweeps(), Notes()
        spots = spots_of([("127.0.0.1", opened), ("127.0.0.1", silent)])

        async def work() -> None:
            sweep = sweeps.over(spots, notes)
            sweep._flights._neighbours.answered("127.0.0.1", 0.0)  # noqa: SLF001  (loopback answers too fast to be learnt from)
            await swept(sweep)

        run(work())

    assert notes.told[1] == "filtered"
    assert sum(sent.port == silent for sent in sweeps.sent) == 2


def test_a_silence_is_told_of_nobody_once_those_who_answered_are_silent_too() -> None:
    """The queue of either host takes one connection, then the kernel answers no other, as if it were gone."""
    with listening(1, backlog=0) as (port,), listening(1, "127.0.0.2", backlog=0) as (other,):
        sweeps, notes = Sweeps(), Notes()

        async def work() -> list[int]:
            sweep = sweeps.over(spots_of([("127.0.0.1", port), ("127.0.0.2", other)] * 6), notes)
            running = asyncio.ensure_future(sweep.run())
            while not notes.lost_times:  # noqa: ASYNC110  (the sweep tells, and sets no event)
                await asyncio.sleep(0.01)
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await running
            return sorted(sweep.pending())

        pending = run(asyncio.wait_for(work(), 20))

    assert set(notes.told.values()) == {"open"}
    assert sorted([*notes.told, *pending]) == list(range(12))
    assert len(pending) > 5


def test_one_host_that_shuts_us_out_is_silent_and_stops_nobody() -> None:
    with listening(1, backlog=0) as (port,), closed_ports(1) as (closed,):
        sweeps, notes = Sweeps(), Notes()

        run(swept(sweeps.over(spots_of([("127.0.0.1", closed), *[("127.0.0.1", port)] * 8]), notes)))

    assert notes.lost_times == 0
    assert set(notes.told.values()) == {"refused", "open", "filtered"}


def test_many_silent_spots_behind_one_that_answers_are_silent_and_never_pile_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pulse, "MOST_HELD", 8)
    monkeypatch.setattr(sweep_module, "MOST_HELD", 8)
    with never_answering() as silent, closed_ports(1) as (closed,):
        sweeps, notes = Sweeps(handles=Handles(40)), Notes()
        places = [("127.0.0.1", closed), *[("127.0.0.1", silent)] * 120]

        run(swept(sweeps.over(spots_of(places), notes)))

    assert Counter(notes.told.values()) == {"refused": 1, "filtered": 120}
    assert notes.lost_times == 0
    assert set(notes.times.values()) == {1}


def accept_and_close(sock: socket) -> None:
    sock.accept()[0].close()


@pytest.mark.parametrize("is_heard_elsewhere", [False, True])
def test_who_was_silent_while_a_short_outage_lasted_is_asked_once_more(*, is_heard_elsewhere: bool) -> None:
    """The queues of both hosts are full, as if the network were gone; it comes back while they are asked for a sign.

    Another host may be heard before they are, whose packets are sent again a second later.
    """
    with full_queues("127.0.0.1", "127.0.0.2") as hosts:
        sweeps, notes = Sweeps(timeouts=Timeouts(connect=2.5, request=0.5)), Notes()
        places = [sock.getsockname() for sock in hosts] * 4

        async def work() -> None:
            loop = asyncio.get_running_loop()
            sweep = sweeps.over(spots_of(places), notes)
            running = asyncio.ensure_future(sweep.run())
            while sweep._pulse._knocked is None:  # noqa: ASYNC110, SLF001  (nobody else tells that they are asked)
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.5)
            if is_heard_elsewhere:
                sweep._flights.lives(SweepEndpoint(0, 0, *places[0]), time.monotonic())  # noqa: SLF001  (as a fresh spot would)
            for sock in hosts:
                loop.add_reader(sock, accept_and_close, sock)
            await running

        run(asyncio.wait_for(work(), 20), new_loop=asyncio.new_event_loop)

    assert notes.told == dict.fromkeys(range(8), "open")
    assert notes.lost_times == 0


@pytest.mark.parametrize(("silences_before", "may_be_unasked"), [(0, True), (1, True), (50, False)])
def test_who_is_silent_while_nobody_is_heard_where_many_were_is_asked_once_more(
    silences_before: int, *, may_be_unasked: bool
) -> None:
    """An outage may be over before anybody is asked for a sign of life; where few ever answer, a silence is usual."""
    sweep, spot = Sweeps().over([], Notes()), SweepEndpoint(7, 7, "127.0.0.9", 9)
    watched, moment = sweep._pulse, 0.0  # noqa: SLF001  (an outage of a network cannot be had on loopback)
    for number in range(200):
        moment += 1.0
        for _ in range(silences_before):
            watched.missed(moment - 0.5)
        watched.answered(SweepEndpoint(number, number, "127.0.0.1", 9), None, moment)
    for _ in range(30):
        watched.missed(moment + 1.0)
    watched.hold(spot, moment + 1.0)
    watched.answered(SweepEndpoint(0, 0, "127.0.0.1", 9), None, moment + 2.0)

    assert watched.release(moment + 2.0) == (([], [spot]) if may_be_unasked else ([spot], []))


@pytest.mark.parametrize("is_heard_elsewhere", [False, True])
def test_the_network_is_not_lost_where_another_is_heard_while_witnesses_are_silent(*, is_heard_elsewhere: bool) -> None:
    with never_answering() as silent:
        sweeps = Sweeps(allowed="127.0.0.0/29")

        async def work() -> bool:
            sweep = sweeps.over([], Notes())
            for address in ("127.0.0.1", "127.0.1.1"):
                sweep._pulse.answered(SweepEndpoint(0, 0, address, silent), None, 0.0)  # noqa: SLF001  (as if they had answered)
            asking = asyncio.ensure_future(sweep.is_network_lost())
            await asyncio.sleep(0.1)
            if is_heard_elsewhere:
                sweep._flights.lives(SweepEndpoint(0, 0, "127.0.0.3", silent), time.monotonic())  # noqa: SLF001  (as in a sweep)
            return await asking

        assert run(work()) is not is_heard_elsewhere


def test_a_witness_that_has_left_the_scope_is_not_asked() -> None:
    with listening(1) as (port,):
        sweeps = Sweeps(allowed="127.0.0.0/29")

        async def work() -> bool:
            sweep = sweeps.over([], Notes())
            for address in ("127.0.1.1", "127.0.1.2"):
                sweep._pulse.answered(SweepEndpoint(0, 0, address, port), None, 0.0)  # noqa: SLF001  (as if they had been inside)
            return await sweep.is_network_lost()

        assert run(work())

    assert sweeps.sent == []


@pytest.mark.parametrize(
    ("address", "interfaces", "is_down"),
    [
        ("127.0.0.1", {"lo": 0x8, "eth0": 0x1043}, True),
        ("127.0.0.1", {"lo": 0x49, "eth0": 0x1002}, False),
        ("192.0.2.1", {"lo": 0x49, "eth0": 0x1002}, True),
        ("192.0.2.1", {"lo": 0x49, "eth0": 0x1002, "wlan0": 0x1043}, False),
        ("::1", {"lo": 0x8}, True),
        ("192.0.2.1", {}, False),
    ],
)
def test_an_interface_that_is_down_is_known_where_the_system_tells(
    address: str, interfaces: dict[str, int], *, is_down: bool
) -> None:
    assert is_cut_off(address, lambda: interfaces) == is_down


def test_an_address_outside_is_never_connected_to() -> None:
    """The question is asked about the very text that the socket would get."""
    sweeps, notes = Sweeps(allowed="127.0.0.0/30"), Notes()
    places = [("127.0.0.9", 9), ("::1", 9), ("::ffff:127.0.0.9", 9), ("127.0.0.1", 1)]

    run(swept(sweeps.over(spots_of(places), notes)))

    assert notes.told == {0: "blocked", 1: "blocked", 2: "blocked", 3: "refused"}
    assert [(sent.kind, sent.address) for sent in sweeps.sent] == [("connect", "127.0.0.1")]


def test_a_named_endpoint_without_anybody_to_ask_is_left_to_a_session() -> None:
    """One connection less for the host."""
    sweeps = Sweeps()
    notes = Notes(endpoints={0: Endpoint(address="127.0.0.1", port=1, host="mail.example.edu")})

    run(swept(sweeps.over(spots_of([("127.0.0.1", 1)]), notes)))

    assert notes.told == {0: "open"}
    assert sweeps.sent == []


def test_positions_and_what_is_pending_tell_where_to_go_on() -> None:
    with never_answering() as silent:
        notes = Notes()
        spots = spots_of([("127.0.0.1", silent)] * 5, first=70)

        async def work() -> tuple[int, set[int]]:
            sweep = Sweeps(timeouts=Timeouts(connect=9)).over(spots, notes, first=70)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(sweep.run(), 0.1)
            return sweep.next_position, set(sweep.pending())

        assert run(work()) == (75, {70, 71, 72, 73, 74})
    assert notes.told == {}


def test_a_paused_sweep_opens_nothing_until_it_may_go_on() -> None:
    with listening(1, backlog=1024) as (port,):
        sweeps = Sweeps()

        async def work() -> tuple[int, int]:
            notes = Notes()
            sweep = sweeps.over(spots_of([("127.0.0.1", port)] * 600), notes)
            notes.after = sweep.pause
            running = asyncio.ensure_future(sweep.run())
            while not notes.told:  # noqa: ASYNC110  (the sweep tells, and sets no event)
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.15)
            paused_at, notes.after = len(sweeps.sent), lambda: None
            sweep.resume()
            await running
            return paused_at, len(notes.told)

        paused_at, told = run(work())

    assert paused_at <= 256
    assert told == 600


def test_a_sweep_opens_nothing_while_the_one_who_is_told_may_not_go_on() -> None:
    """Quiet hours begin, or the time of an order is over, between two looks at the clock of who ends the sweep."""
    with listening(1, backlog=64) as (port,):
        sweeps, allowed = Sweeps(), [True]

        async def work() -> tuple[int, int]:
            notes = Notes(may=lambda: bool(allowed))
            sweep = sweeps.over(spots_of([("127.0.0.1", port)] * 20), notes)
            allowed.clear()
            running = asyncio.ensure_future(sweep.run())
            await asyncio.sleep(0.1)
            before = len(sweeps.sent)
            allowed.append(True)
            await running
            return before, len(notes.told)

        assert run(work()) == (0, 20)


def test_few_handles_slow_it_down_and_lose_nothing() -> None:
    with listening(1) as (port,), never_answering() as silent:
        handles, notes = Handles(8), Notes()
        spots = spots_of([("127.0.0.1", port if number % 5 else silent) for number in range(60)])

        run(swept(Sweeps(handles=handles, timeouts=Timeouts(connect=0.1)).over(spots, notes)))

    assert sorted(set(notes.told.values())) == ["filtered", "open"]
    assert len(notes.told) == 60
    assert handles.taken == 1, "one connection waits for its session"


def test_a_machine_without_sockets_is_no_verdict_about_a_host() -> None:
    """The soft limit is lowered so far that the kernel refuses sockets; every port is still found open."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with listening(30) as ports:
        notes = Notes(contacts=lambda _: Script())
        sweep_all = Sweeps(handles=Handles(1000), timeouts=Timeouts(connect=2, request=0.2))

        async def work() -> None:
            spare = open_files() + 6
            resource.setrlimit(resource.RLIMIT_NOFILE, (spare, hard))
            await swept(sweep_all.over(spots_of(("127.0.0.1", port) for port in ports), notes))

        try:
            run(work())
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

    assert set(notes.told.values()) == {"undecided"}
    assert len(notes.told) == 30


@pytest.mark.parametrize("code", [errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT])
def test_a_machine_without_an_address_for_a_host_says_so_and_goes_on(
    code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where IPv6 is switched off and a name has an address of it; ports that are all taken come free again."""
    sock, notes = FakeSocket(code), Notes()
    monkeypatch.setattr(sweep_module, "new_socket", lambda _: sock)
    monkeypatch.setattr(sweep_module, "has_way_to", lambda _: False)

    run(swept(Sweeps().over(spots_of([("127.0.0.1", 9)] * 3), notes)))

    assert set(notes.told.values()) == {"blocked"}
    assert len(notes.told) == 3


def test_an_address_of_this_machine_is_one_to_ask_from_and_one_that_leads_nowhere_is_not() -> None:
    assert has_way_to("127.0.0.1")
    assert not has_way_to("fe80::1")  # of which link it does not say


def test_a_machine_without_a_file_to_spare_does_not_take_a_router_for_its_own_fault() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (open_files(), hard))
    try:
        has_way = has_way_to("127.0.0.1")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

    assert has_way


@pytest.mark.parametrize("code", [errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EACCES])
def test_what_a_router_says_of_a_host_is_no_fault_of_this_machine(code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """ICMP causes the errors of our own routes; a thousand of these in a row would end a run, and each resumed one."""
    notes = Notes()
    monkeypatch.setattr(sweep_module, "new_socket", lambda _: FakeSocket(code))

    run(swept(Sweeps().over(spots_of([("127.0.0.1", 9)] * 3), notes)))

    assert set(notes.told.values()) == {"filtered"}
    assert ending_of(code, "fe80::1") is Ending.BLOCKED  # there our own machine has no way out


class FakeSocket:
    """One whose connections all fail in one way."""

    def __init__(self, code: int) -> None:
        self._code = code

    def connect_ex(self, _: object) -> int:
        return self._code

    def close(self) -> None:
        """There is nothing to close."""


def open_files() -> int:
    """The highest file descriptor, which is what the limit is about."""
    with open("/dev/null", encoding="utf-8") as lowest_free:  # noqa: PTH123  (its number is the point)
        return lowest_free.fileno()


@pytest.mark.usefixtures("each_loop")
def test_a_question_is_asked_on_the_very_line_that_was_opened() -> None:
    async def work() -> tuple[Notes, Sweeps, Script]:
        script, sweeps = Script(questions=(Question("GET", "/"), Question("HEAD", "/a"))), Sweeps()
        async with serving(says(http_answer(b"one"), http_answer(b""))) as host:
            notes = Notes(contacts=lambda _: script)
            await swept(sweeps.over(spots_of([("127.0.0.1", host.port)]), notes))
        return notes, sweeps, script

    notes, sweeps, script = run(work())

    assert notes.told == {0: "whole"}
    assert [(reply.what, reply.status, reply.body) for reply in script.replies] == [
        ("/", 200, b"one"),
        ("/a", 200, b""),
    ]
    assert [sent.kind for sent in sweeps.sent] == ["connect", "http", "http"]
    assert b"leakguard/test (owner@example.org)" in sweeps.sent[1].data


@pytest.mark.parametrize("answer", [http_answer(b"one"), b"HTTP/1.1 200 OK\r\n\r\none"])
def test_a_bug_in_one_talk_ends_no_other(answer: bytes) -> None:
    """The second answer ends with its line, so that the bug comes only then."""

    class Broken(Script):
        def answered(self, _reply: Reply) -> Request | None:
            raise ZeroDivisionError

    async def work() -> Notes:
        async with serving(says(answer)) as host:
            notes = Notes(contacts=lambda spot: Broken() if spot.position == 1 else Script())
            await swept(Sweeps().over(spots_of([("127.0.0.1", host.port)] * 3), notes))
        return notes

    notes = run(work())

    assert notes.told == {0: "whole", 1: "a bug: ZeroDivisionError", 2: "whole"}
    assert {*notes.times.values()} == {1}


def test_a_tls_port_is_left_to_a_session() -> None:
    notes = Notes(contacts=lambda _: pytest.fail("nobody speaks plain HTTP to a port of TLS"))
    notes.endpoints[0] = Endpoint(address="127.0.0.1", port=443)

    run(swept(Sweeps().over(spots_of([("127.0.0.1", 443)]), notes)))

    assert notes.told == {0: "open"}


def test_a_connection_that_opened_while_we_were_busy_is_not_late() -> None:
    """The process was held up for longer than the host had time; the host had answered at once."""
    with listening(1) as (port,):
        notes = Notes()

        async def work() -> None:
            sweep = Sweeps(timeouts=Timeouts(connect=0.1)).over(spots_of([("127.0.0.1", port)] * 3), notes)
            sweep._is_near = False  # noqa: SLF001  (as towards a host that is farther away)
            running = asyncio.ensure_future(sweep.run())
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            time.sleep(0.3)  # noqa: ASYNC251  (holding the loop up is the point)
            await running

        run(work())

    assert set(notes.told.values()) == {"open"}


def test_a_host_that_drips_is_late_even_if_a_byte_comes_at_the_very_end_of_its_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lines: list[asyncio.StreamWriter] = []
    has_news = Flight.has_news

    def with_a_byte(flight: Flight) -> bool:
        while lines:
            lines.pop().write(b"H")
        return has_news(flight)

    async def wait(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: Host) -> None:
        await read_some(reader, host)
        lines.append(writer)
        await asyncio.sleep(5)

    async def work() -> Notes:
        async with serving(wait) as host:
            notes = Notes(contacts=lambda _: Script())
            await asyncio.wait_for(swept(Sweeps().over(spots_of([("127.0.0.1", host.port)]), notes)), 4)
        return notes

    monkeypatch.setattr(Flight, "has_news", with_a_byte)
    notes = run(work())

    assert lines == []
    assert notes.told == {0: "undecided"}


def test_what_was_in_flight_while_this_process_was_stopped_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-Z stops a process and no clock: nobody could be heard, and no host had the time that is over."""
    monkeypatch.setattr(sweep_module, "STOOD_STILL", 0.3)
    asked: list[bytes] = []

    async def stop_then_answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: Host) -> None:
        asked.append(await read_some(reader, host))
        time.sleep(0.8 if len(asked) == 1 else 0.0)  # noqa: ASYNC251  (nothing of the process turns)
        writer.write(http_answer(b"one"))
        await writer.drain()

    async def work() -> Notes:
        async with serving(stop_then_answer) as host:
            notes = Notes(contacts=lambda _: Script())
            await swept(Sweeps().over(spots_of([("127.0.0.1", host.port)]), notes))
        return notes

    notes = run(work())

    assert len(asked) == 2
    assert notes.told == {0: "whole"}
    assert {*notes.times.values()} == {1}


def test_no_more_talks_are_begun_than_can_be_kept_up() -> None:
    async def work() -> tuple[int, int]:
        most = 0

        def note(contact: Script) -> Script:
            nonlocal most
            most = max(most, sweep._flights._talking)  # noqa: SLF001  (how many there are is the point)
            return contact

        async with serving(says(http_answer(b"one"))) as host:
            notes = Notes(contacts=lambda _: note(Script()))
            sweep = Sweeps(timeouts=Timeouts(connect=20, request=20)).over(
                spots_of([("127.0.0.1", host.port)] * 1500), notes
            )
            await swept(sweep)
        return most, Counter(notes.told.values())["whole"]

    most, whole = run(work())

    assert most <= 512 + 256
    assert whole == 1500


@pytest.mark.parametrize(
    "limits", [Limits(total=400, per_host=1e6, per_network=1e6), Limits(total=1e6, per_host=400, per_network=1e6)]
)
def test_the_rate_is_kept(limits: Limits) -> None:
    """Sixty connections at 400 a second take at least an eighth of one, however fast the machine is."""
    with closed_ports(60) as ports:
        notes = Notes()

        async def work() -> float:
            loop = asyncio.get_running_loop()
            began = loop.time()
            await swept(Sweeps(limits=limits).over(spots_of(("127.0.0.1", port) for port in ports), notes))
            return loop.time() - began

        assert run(work()) >= 50 / 400
    assert len(notes.told) == 60


def test_a_huge_space_is_drawn_only_as_far_as_it_is_swept() -> None:
    drawn: list[int] = []

    def endless() -> Callable[[], SweepEndpoint]:
        def one() -> SweepEndpoint:
            drawn.append(1)
            return SweepEndpoint(len(drawn), 0, "127.0.0.1", 1)

        return one

    async def work() -> int:
        sweeps = Sweeps(limits=Limits(total=200, per_host=1e6, per_network=1e6))
        sweep = sweeps.over(islice(iter(endless(), None), 10**9), Notes())
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(sweep.run(), 0.2)
        return len(sweeps.sent)

    asked = run(work())

    assert 0 < len(drawn) <= asked + 16, "as many as could be asked meanwhile, and hardly more"


def test_a_bug_of_the_watcher_ends_the_sweep() -> None:
    """It must not hang, and the bug must be seen."""

    def broken() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run(swept(Sweeps().over(spots_of([("127.0.0.1", 1)]), Notes(after=broken))))
