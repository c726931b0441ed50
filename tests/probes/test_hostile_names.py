"""Names that lie: whatever a name leads to, the socket connects only where the scope allows, to the very address."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from leakguard.errors import OutOfScope
from leakguard.models.observations import Ending
from leakguard.models.targets import Endpoint
from leakguard.scanning.gate import Gate
from leakguard.scanning.left_out import LeftOut
from leakguard.scanning.targets import parse_target
from leakguard.use_cases.scans.plan_scan import plan_scan
from support.hostile import answers, http_answer, serving
from support.probing import Probing, Question, run
from support.scans import scope_of

NAME = "mail.example.edu"
PUBLIC = "93.184.215.14"
INSIDE = {
    "loopback": "127.0.0.1",
    "loopback over IPv6": "::1",
    "private": "10.0.0.5",
    "private over IPv6": "fd00::5",
    "link-local, where clouds keep their metadata": "169.254.169.254",
    "metadata over IPv6": "fd00:ec2::254",
    "link-local over IPv6": "fe80::1",
    "an IPv4 address in an IPv6 one": "::ffff:127.0.0.1",
    "shared by a provider": "100.64.0.1",
    "nobody": "0.0.0.0",
}
GET = Question("GET", "/")


def gate() -> Gate:
    """The name is in the scope, and nothing else."""
    return Gate(scope=scope_of(NAME))


async def asked(endpoint: Endpoint) -> tuple[Ending, int]:
    """How the question ended behind the scope's gate, and how many connections were tried."""
    probing = Probing(gate=gate().check)
    [reply] = await probing.ask(endpoint, "http", GET)
    return reply.ended, probing.connects


@pytest.mark.parametrize("address", INSIDE.values(), ids=INSIDE.keys())
@pytest.mark.enable_socket
def test_a_name_that_leads_inside_is_refused_at_the_door(address: str) -> None:
    """The plan would refuse it as well; this is the second look, at the moment of connecting."""
    assert run(asked(Endpoint(address=address, port=80, host=NAME))) == (Ending.BLOCKED, 0)


@pytest.mark.parametrize("host", [None, "other.example.edu", "mail.example.edu.evil.example"])
@pytest.mark.enable_socket
def test_an_address_outside_is_refused_under_any_name_that_is_not_ours(host: str | None) -> None:
    assert run(asked(Endpoint(address=PUBLIC, port=80, host=host))) == (Ending.BLOCKED, 0)


def resolver(*lists: Sequence[str]) -> tuple[list[str], object]:
    """A resolver that answers with each of `lists` in turn, and the names that it was asked for."""
    left, asked_for = [tuple(each) for each in lists], list[str]()

    def look_up(name: str) -> tuple[str, ...]:
        asked_for.append(name)
        return left.pop(0) if len(left) > 1 else left[0]

    return asked_for, look_up


def test_a_name_is_looked_up_once_so_a_second_answer_changes_nothing() -> None:
    asked_for, look_up = resolver([PUBLIC], ["127.0.0.1"])
    plan = plan_scan([parse_target(f"{NAME}:9200")], scope_of(NAME), ports=(9200,), resolve=look_up)  # type: ignore[arg-type]  # a fake

    assert {(endpoint.address, endpoint.host) for endpoint in plan.endpoints()} == {(PUBLIC, NAME)}
    assert asked_for == [NAME]


@pytest.mark.enable_socket
@pytest.mark.usefixtures("each_loop")
def test_the_socket_connects_to_the_literal_address_and_asks_no_resolver(monkeypatch: pytest.MonkeyPatch) -> None:
    async def work() -> Ending:
        async def getaddrinfo(*_args: object, **_more: object) -> list[object]:
            raise AssertionError("nobody looks a name up while connecting")

        async with serving(answers({b"GET": http_answer(b"a")})) as host:
            monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", getaddrinfo)
            [reply] = await Probing().ask(host.endpoint(host=NAME), "http", GET)
            return reply.ended

    assert run(work()) is Ending.COMPLETE


def test_a_name_whose_addresses_all_lead_inside_is_refused_before_the_first_packet() -> None:
    _, look_up = resolver(["127.0.0.1", "10.0.0.1"])

    with pytest.raises(OutOfScope):
        plan_scan([parse_target(NAME)], scope_of(NAME), ports=(80,), resolve=look_up)  # type: ignore[arg-type]  # a fake


def test_of_a_name_with_a_thousand_addresses_only_those_that_are_ours_are_planned() -> None:
    addresses = [f"10.0.{number // 250}.{number % 250 + 1}" for number in range(1000)]
    _, look_up = resolver([PUBLIC, *addresses])
    scope = scope_of(NAME, "10.0.0.0/28")
    plan = plan_scan([parse_target(f"{NAME}:80")], scope, ports=(80,), resolve=look_up)  # type: ignore[arg-type]  # a fake

    passed = {each.address for each in plan.endpoints() if plan.gate.endpoint_refusal(each) is None}
    assert passed <= {PUBLIC, *addresses[:15]}
    assert PUBLIC in passed


def test_a_thousand_addresses_of_one_name_are_cut_to_sixty_four_of_ours() -> None:
    addresses = [f"10.0.{number // 250}.{number % 250 + 1}" for number in range(1000)]
    _, look_up = resolver(addresses)
    scope = scope_of(NAME, "10.0.2.0/24")
    plan = plan_scan([parse_target(f"{NAME}:80")], scope, ports=(80,), resolve=look_up)  # type: ignore[arg-type]  # a fake

    assert [each.address for each in plan.endpoints()] == addresses[500:564]
    assert plan.left_out == (LeftOut(name=NAME, addresses=1000, out_of_scope=750, too_many=186),)
