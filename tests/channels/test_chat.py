"""Chats through apprise, against a real web server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from leakguard.channels.chat import ChatChannel
from leakguard.errors import ChannelFailed
from support.messages import MESSAGE, message
from support.servers import Child, child

pytestmark = [
    pytest.mark.enable_socket,
    # apprise imports it for old pictures, on Pythons that still have it.
    pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning"),
]


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Child]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with child("hook_server", tmp_path / "posts.jsonl") as running:
        yield running


def channel(server: Child, path: str) -> ChatChannel:
    return ChatChannel(name="room", url=f"json://CANARY:pw@127.0.0.1:{server.port}{path}")


def test_a_chat_gets_ids_names_of_clocks_and_times_but_no_title(server: Child) -> None:
    channel(server, "/").send(MESSAGE)
    (seen,) = server.received

    assert "URGENT IR-2026-0001 remediate" in seen["body"]
    assert "due 2026-05-24T02:00:00Z" in seen["body"]
    assert "CANARY-title" not in seen["body"]
    assert "One hour" not in seen["body"]


def test_a_drill_and_a_message_without_a_limit(server: Child) -> None:
    channel(server, "/").send(message(is_drill=True, due_at=None))

    assert "DRILL URGENT" in server.received[0]["body"]
    assert "due " not in server.received[0]["body"]


def test_a_refusal_is_a_failure_and_nothing_is_printed(server: Child, capfd: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        with pytest.raises(ChannelFailed, match="did not take") as failed:
            channel(server, "/status/403").send(MESSAGE)

    printed = capfd.readouterr()

    assert "CANARY" not in f"{failed.value} {printed.out} {printed.err}"


def test_an_unknown_address_is_a_failure(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ChannelFailed, match="none that apprise knows"):
        ChatChannel(name="room", url="nonsense://CANARY").send(MESSAGE)

    assert "CANARY" not in capfd.readouterr().err


def test_a_slow_service_is_left_in_time(server: Child) -> None:
    with pytest.raises(ChannelFailed, match=r"within 0\.5 seconds"):
        ChatChannel(name="room", url=f"json://127.0.0.1:{server.port}/slow", timeout=0.5).send(MESSAGE)


def test_no_address_is_shown(server: Child) -> None:
    assert "CANARY" not in repr(channel(server, "/"))
