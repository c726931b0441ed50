"""Names become all of their addresses, and nothing when there are none."""

from __future__ import annotations

import asyncio
import socket

import pytest

from leakguard.probes.resolve import resolve
from support.probing import run

Found = list[tuple[int, int, int, str, tuple[str, int]]]


def answer(monkeypatch: pytest.MonkeyPatch, found: Found | OSError | None) -> tuple[str, ...]:
    """What `resolve` makes of the resolver's answer; `None` for a resolver that hangs."""

    async def work() -> tuple[str, ...]:
        async def getaddrinfo(*_args: object, **_more: object) -> Found:
            if found is None:
                await asyncio.sleep(30)
            if isinstance(found, OSError):
                raise found
            return found or []

        monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", getaddrinfo)
        return await resolve("mail.example.edu", timeout=0.1)

    return run(work())


def test_every_address_is_told_once_in_the_resolvers_order(monkeypatch: pytest.MonkeyPatch) -> None:
    addresses = ["::1", "127.0.0.1", "::1", "127.0.0.2"]
    found: Found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0)) for address in addresses]

    assert answer(monkeypatch, found) == ("::1", "127.0.0.1", "127.0.0.2")


def test_no_more_addresses_are_kept_than_the_dns_can_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    found: Found = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", (f"10.0.{number // 250}.{number % 250}", 0))
        for number in range(9000)
    ]

    assert len(answer(monkeypatch, found)) == 8192


@pytest.mark.parametrize("failure", [socket.gaierror(-2, "unknown"), None])
def test_a_name_without_an_address_gives_none(failure: OSError | None, monkeypatch: pytest.MonkeyPatch) -> None:
    assert answer(monkeypatch, failure) == ()


@pytest.mark.enable_socket
def test_a_literal_address_and_an_impossible_name_need_no_resolver() -> None:
    assert run(resolve("127.0.0.1")) == ("127.0.0.1",)
    assert run(resolve("a" * 70 + ".example.org")) == ()
