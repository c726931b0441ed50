"""Names become all of their addresses, and nothing when there are none."""

from __future__ import annotations

import socket
from threading import Event

import pytest

from leakguard.probes.resolve import resolve

Found = list[tuple[int, int, int, str, tuple[str, int]]]


def answer(monkeypatch: pytest.MonkeyPatch, found: Found | Exception) -> tuple[str, ...]:
    """What `resolve` makes of the resolver's answer."""

    def getaddrinfo(*_args: object, **_more: object) -> Found:
        if isinstance(found, Exception):
            raise found
        return found

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return resolve("mail.example.edu", timeout=10)


def told(*addresses: str) -> Found:
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0)) for address in addresses]


def test_every_address_is_told_once_in_the_resolvers_order(monkeypatch: pytest.MonkeyPatch) -> None:
    assert answer(monkeypatch, told("::1", "127.0.0.1", "::1", "127.0.0.2")) == ("::1", "127.0.0.1", "127.0.0.2")


def test_an_address_that_is_written_in_both_ways_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else a store behind it would be told twice; a translator's address is another way to it, and stays."""
    found = told("10.0.0.1", "::ffff:10.0.0.1", "::FFFF:10.0.0.2", "64:ff9b::a00:1", "::ffff:0:10.0.0.3")

    assert answer(monkeypatch, found) == ("10.0.0.1", "10.0.0.2", "64:ff9b::a00:1", "::ffff:0:10.0.0.3")


def test_no_more_addresses_are_kept_than_the_dns_can_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    found = told(*(f"10.0.{number // 250}.{number % 250}" for number in range(9000)))

    assert len(answer(monkeypatch, found)) == 8192


@pytest.mark.parametrize("failure", [socket.gaierror(-2, "unknown"), UnicodeError("label too long")])
def test_a_name_without_an_address_gives_none(failure: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    assert answer(monkeypatch, failure) == ()


def test_nobody_waits_for_a_resolver_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    over = Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: told("10.0.0.1") if over.wait() else [])

    assert resolve("mail.example.edu", timeout=0.05) == ()

    assert not over.is_set(), "whoever waits for this resolver waits until the test's own deadline"
    over.set()


@pytest.mark.enable_socket
def test_a_literal_address_and_an_impossible_name_need_no_resolver() -> None:
    assert resolve("127.0.0.1") == ("127.0.0.1",)
    assert resolve("a" * 70 + ".example.org") == ()
