"""The calendar of who is on call from a real server: over TLS, in time, within its size, and from nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from leakguard.channels.calendar_page import fetch_calendar
from leakguard.errors import BadFile, CalendarUnread
from support.servers import Child, child

pytestmark = pytest.mark.enable_socket


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tls")


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Child]:
    with child("calendar_server", folder / "asked.jsonl", str(folder)) as running:
        yield running


def fetch(server: Child, folder: Path, path: str, *, timeout: float = 5, is_trusted: bool = True) -> str:
    url = f"https://user:CANARY-password@127.0.0.1:{server.port}{path}?token=CANARY-token"
    return fetch_calendar(url, timeout=timeout, ca=str(folder / "cert.pem") if is_trusted else None)


def refusal(server: Child, folder: Path, path: str, *, timeout: float = 5, is_trusted: bool = True) -> str:
    with pytest.raises(CalendarUnread) as refused:
        fetch(server, folder, path, timeout=timeout, is_trusted=is_trusted)
    assert "CANARY" not in f"{refused.value.message}{refused.value.next_step}{refused.value!r}"
    assert refused.value.__suppress_context__, "the library's own error holds the address"
    return refused.value.message


def test_a_calendar_is_read(server: Child, folder: Path) -> None:
    assert fetch(server, folder, "/roster") == "BEGIN:VCALENDAR\nEND:VCALENDAR\n"
    assert server.received[-1]["headers"]["Accept-Encoding"] == "identity"


@pytest.mark.parametrize("variable", ["https_proxy", "HTTPS_PROXY", "ALL_PROXY"])
def test_no_proxy_of_the_environment_stands_between(
    variable: str, server: Child, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "http://127.0.0.1:1")

    assert fetch(server, folder, "/roster")


@pytest.mark.parametrize("url", ["http://127.0.0.1/CANARY", "file:///CANARY", "https://", "https://[CANARY", "CANARY"])
def test_nothing_but_an_address_of_https_is_asked(url: str) -> None:
    with pytest.raises(CalendarUnread, match="https://") as refused:
        fetch_calendar(url)
    assert "CANARY" not in refused.value.message


def test_a_redirect_is_not_followed(server: Child, folder: Path) -> None:
    before = len(server.received)

    assert "answered 302: redirects are not followed" in refusal(server, folder, "/redirect")
    assert len(server.received) == before + 1


def test_whatever_else_goes_wrong_is_told(server: Child, folder: Path) -> None:
    assert "answered 403" in refusal(server, folder, "/status/403")
    assert "longer than 1,048,576 bytes" in refusal(server, folder, "/flood")
    assert "SSLError" in refusal(server, folder, "/roster", is_trusted=False)
    with pytest.raises(BadFile, match="not UTF-8"):
        fetch(server, folder, "/latin")


@pytest.mark.parametrize("path", ["/slow", "/drip"])
@pytest.mark.timeout(60)  # a fetch that waits for the server, which never ends by itself, ends here
def test_it_ends_by_the_clock_whatever_the_server_does(server: Child, folder: Path, path: str) -> None:
    assert "within 0.5 seconds" in (said := refusal(server, folder, path, timeout=0.5)) or "no answer" in said
