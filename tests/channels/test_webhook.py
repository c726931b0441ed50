"""Signed web requests to a real web server: taken, refused, tried again, given up in time."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from leakguard.channels.webhook import WebhookChannel
from leakguard.errors import ChannelFailed
from support.messages import MESSAGE, no_sleep, now
from support.servers import Child, child

pytestmark = pytest.mark.enable_socket
SECRET = "CANARY-secret"


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Child]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with child("hook_server", tmp_path / "posts.jsonl") as running:
        yield running


def channel(server: Child, path: str, waits: list[float] | None = None, **more: Any) -> WebhookChannel:  # noqa: ANN401  (fields)
    url = f"http://127.0.0.1:{server.port}{path}?token=CANARY-token"
    waited = [] if waits is None else waits
    return WebhookChannel(name="siem", url=url, secret=SECRET, now=now, sleep=waited.append, **more)


def test_the_document_is_signed_and_names_its_event(server: Child) -> None:
    channel(server, "/").send(MESSAGE)
    (seen,) = server.received
    headers, document = seen["headers"], json.loads(seen["body"])
    signed = hmac.new(SECRET.encode(), f"1779584400.{seen['body']}".encode(), hashlib.sha256).hexdigest()

    assert headers["X-LeakGuard-Event"] == MESSAGE.id == document["id"]
    assert headers["X-LeakGuard-Timestamp"] == "1779584400"
    assert headers["X-LeakGuard-Signature"] == f"v1={signed}"
    assert document["schema"] == "leakguard.alarm/1"
    assert (document["severity"], document["due_at"]) == ("urgent", "2026-05-24T02:00:00Z")
    assert document["lines"] == list(MESSAGE.lines)


def test_without_a_secret_nothing_is_signed_and_no_netrc_is_read(
    server: Child, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login a password CANARY\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    url = f"http://127.0.0.1:{server.port}/"
    WebhookChannel(name="siem", url=url, now=now, sleep=time.sleep).send(MESSAGE)

    assert not {"X-LeakGuard-Signature", "Authorization"} & set(server.received[0]["headers"])


@pytest.mark.parametrize("variable", ["http_proxy", "HTTP_PROXY", "ALL_PROXY"])
def test_a_proxy_that_the_settings_do_not_name_is_not_used(
    variable: str, server: Child, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would read the alarm and the token in the address, and where it is gone no alarm arrives."""
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(variable, "http://127.0.0.1:1")

    channel(server, "/").send(MESSAGE)

    assert len(server.received) == 1


def test_a_login_in_the_address_is_used(server: Child) -> None:
    url = f"http://ann:pw@127.0.0.1:{server.port}/"
    WebhookChannel(name="siem", url=url, now=now, sleep=time.sleep).send(MESSAGE)

    assert server.received[0]["headers"]["Authorization"] == "Basic YW5uOnB3"


def test_a_server_error_is_tried_again_with_longer_waits(server: Child) -> None:
    waits: list[float] = []
    channel(server, "/503/2", waits).send(MESSAGE)

    assert waits == [1, 2]
    assert len({one["headers"]["X-LeakGuard-Event"] for one in server.received}) == 1
    assert len(server.received) == 3


@pytest.mark.parametrize(("path", "what"), [("/status/500", "answered 500"), ("/status/429", "answered 429")])
def test_it_gives_up_after_the_last_attempt(server: Child, path: str, what: str) -> None:
    with pytest.raises(ChannelFailed, match=f"{what}, after 2 attempts"):
        channel(server, path, attempts=2).send(MESSAGE)

    assert len(server.received) == 2


@pytest.mark.parametrize(
    ("path", "what"), [("/status/404", "answered 404"), ("/redirect", "redirects are not followed")]
)
def test_a_refusal_and_a_redirect_are_final(server: Child, path: str, what: str) -> None:
    with pytest.raises(ChannelFailed, match=what) as failed:
        channel(server, path).send(MESSAGE)

    assert len(server.received) == 1
    assert "CANARY" not in f"{failed.value} {failed.value.next_step}"


@pytest.mark.parametrize(("path", "timeout"), [("/slow", 0.3), ("/drip", 0.5)])
def test_a_silent_and_a_dripping_server_are_left_in_time(server: Child, path: str, timeout: float) -> None:
    with pytest.raises(ChannelFailed, match="after 2 attempts") as failed:
        channel(server, path, attempts=2, timeout=timeout).send(MESSAGE)

    assert "CANARY" not in str(failed.value)


def test_an_answer_without_an_end_is_not_read(server: Child) -> None:
    channel(server, "/flood").send(MESSAGE)

    assert len(server.received) == 1


def test_nobody_listens_and_a_bad_address_are_told_without_the_address(server: Child) -> None:
    for url in ("http://127.0.0.1:1/CANARY", "nonsense CANARY"):
        hook = WebhookChannel(name="siem", url=url, now=now, sleep=no_sleep, attempts=1)
        with pytest.raises(ChannelFailed, match="there was no answer") as failed:
            hook.send(MESSAGE)
        assert "CANARY" not in str(failed.value)

    assert server.received == []


def test_no_secret_is_shown(server: Child) -> None:
    assert "CANARY" not in repr(channel(server, "/"))


def test_many_attempts_end_after_a_minute(server: Child) -> None:
    """Ten attempts with doubled pauses would hold up every other alarm for more than eight minutes."""
    moment = [now()]

    def sleep(seconds: float) -> None:
        moment[0] += timedelta(seconds=seconds)

    url = f"http://127.0.0.1:{server.port}/status/500"
    hook = WebhookChannel(name="siem", url=url, now=lambda: moment[0], sleep=sleep, attempts=10)
    with pytest.raises(ChannelFailed, match="after 6 attempts"):
        hook.send(MESSAGE)

    assert moment[0] - now() == timedelta(seconds=31)
