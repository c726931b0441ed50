"""One time for a whole endpoint, over all its sessions and protocols; our own queues do not count."""

from __future__ import annotations

import asyncio

import pytest

from leakguard.engine.examination import EndpointStatus
from leakguard.models.observations import Ending
from leakguard.models.scope import Limits
from leakguard.models.targets import Endpoint
from leakguard.probes.timeouts import Patience, Timeouts, Visit
from support.examining import examined
from support.hostile import answers, http_answer, serving, silence
from support.probing import Probing, Question, run, waited

SLACK = 0.1
"""Seconds that may be waited beyond the deadline: timers are rounded, and a line that is closed takes a moment."""


def test_the_time_starts_with_the_first_question_of_any_session() -> None:
    clock = [100.0]
    visit = Visit(30)
    first, second = (Patience(Timeouts(), lambda: clock[0], visit) for _ in range(2))

    assert first.begin()
    clock[0] += 29
    assert second.begin()
    assert second.deadline == 130
    clock[0] += 1
    assert not second.begin()
    assert not first.begin_listening()


def test_two_sessions_that_wait_at_once_are_forgiven_once() -> None:
    clock = [0.0]
    visit = Visit(30)
    first, second = (Patience(Timeouts(), lambda: clock[0], visit) for _ in range(2))
    assert first.begin()
    assert second.begin()
    clock[0] = 4.0
    first.forgive(4)
    clock[0] = 6.0
    second.forgive(6)
    second.forgive(0)

    assert visit.ends == 36


def test_what_was_waited_before_the_first_question_changes_nothing() -> None:
    visit = Visit(30)
    visit.forgive(5, 10.0)

    assert visit.begin(10.0) == 40


@pytest.mark.enable_socket
def test_a_host_that_says_nothing_in_any_protocol_is_given_up_when_its_time_is_spent() -> None:
    async def work() -> None:
        probing = Probing(timeouts=Timeouts(request=0.6, target=5, guess=0.6, endpoint=1.0))
        began = waited()
        found = await examined(silence(), probing)

        assert waited() - began < 1.0 + SLACK
        assert found.status is EndpointStatus.NOT_CHECKED
        assert [item.verdict.reason for item in found.findings] == ["not asked: the time for this endpoint was spent"]

    run(work())


@pytest.mark.enable_socket
def test_all_sessions_of_a_visit_share_one_time_and_another_visit_has_its_own() -> None:
    async def work() -> list[Ending]:
        probing = Probing(timeouts=Timeouts(request=1, endpoint=0.2))
        async with serving(answers({b"GET": http_answer(b"a")})) as host:
            prober = probing.prober()
            visits = [prober.for_endpoint(), prober.for_endpoint()]
            endings = [await once(visits[0], host.endpoint())]
            await asyncio.sleep(0.25)
            return [*endings, *[await once(visit, host.endpoint()) for visit in visits]]

    assert run(work()) == [Ending.COMPLETE, Ending.SPENT, Ending.COMPLETE]


@pytest.mark.enable_socket
def test_a_slow_rate_does_not_spend_the_time_of_an_endpoint() -> None:
    async def work() -> list[Ending]:
        probing = Probing(timeouts=Timeouts(request=1, endpoint=0.4), limits=Limits(total=1000, per_host=5))
        async with serving(answers({b"GET": http_answer(b"a")})) as host:
            visit = probing.prober().for_endpoint()
            return [await once(visit, host.endpoint()) for _ in range(5)]

    assert run(work()) == [Ending.COMPLETE] * 5


async def once(visit: object, endpoint: Endpoint) -> Ending:
    session = visit.open(endpoint, "http")  # type: ignore[attr-defined]  # a prober
    try:
        ended: Ending = (await session.ask(Question("GET", "/a"))).ended
        return ended
    finally:
        await session.close()
