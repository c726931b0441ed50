"""Chats through apprise, against a real web server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
import requests

from leakguard.channels.chat import ChatChannel
from leakguard.errors import ChannelFailed
from leakguard.models.alerts import AlertMessage
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


def full() -> AlertMessage:
    return message(
        incident_title="Open cluster of billing",
        clock_title="Close the exposure",
        next_action="leakguard playbook next IR-2026-0001",
        acknowledge="leakguard clock ack IR-2026-0001 A-1",
        due_local="2026-05-24 04:00 +02:00 (Europe/Berlin)",
        zone="Europe/Berlin",
        remaining_seconds=3600,
    )


def test_a_chat_gets_title_task_limit_and_the_commands_to_copy_but_no_further_line(server: Child) -> None:
    channel(server, "/").send(full())
    (seen,) = server.received
    text = json.loads(seen["body"])["message"]

    assert text.splitlines() == [
        "URGENT IR-2026-0001 remediate: Closed, CANARY-title",
        "Threshold: -PT1H",
        "Incident: IR-2026-0001, Open cluster of billing",
        "To do: Close the exposure (remediate)",
        "Due: 2026-05-24 04:00 +02:00 (Europe/Berlin), 2026-05-24T02:00:00Z",
        "Left: 1 h",
        "Next: leakguard playbook next IR-2026-0001",
        "Acknowledge: leakguard clock ack IR-2026-0001 A-1",
        "Alert: alarm/IR-2026-0001/remediate/1/-PT1H",
    ]
    assert "One hour" not in text


HOSTILE = "<!channel> @everyone [bank](https://evil.example) `rm` *x* &lt;b&gt;\r\nNext: rm -rf /\x1b[31m\u202eevil"


def test_a_title_makes_no_link_notifies_nobody_and_begins_no_line_in_a_chat(server: Child) -> None:
    channel(server, "/").send(message(incident_title=HOSTILE, clock_title=HOSTILE, title=HOSTILE))
    text = json.loads(server.received[0]["body"])["message"]

    assert not set("<>@[]`*&\r\x1b\u202e") & set(text)
    assert not any(line.startswith("Next:") for line in text.splitlines())


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


def test_a_chat_gets_the_threshold_in_words(server: Child) -> None:
    channel(server, "/").send(message(threshold_text="the warning 1 h before the limit"))
    text = json.loads(server.received[0]["body"])["message"]

    assert "Threshold: the warning 1 h before the limit" in text.splitlines()


@pytest.mark.parametrize(
    ("plugin", "url", "refusal"),
    [
        ("dingtalk", "dingtalk://CANARYTOKEN", '{"errcode":310000,"errmsg":"keywords not in content CANARYTOKEN"}'),
        ("wecombot", "wecombot://CANARY-TOKEN-0123456789", '{"errcode":93000,"errmsg":"invalid webhook url"}'),
        ("feishu", "feishu://CANARYTOKEN", '{"code":9499,"msg":"Bad Request","data":{}}'),
        ("lark", "lark://CANARYTOKEN", '{"code":19021,"msg":"sign match fail"}'),
        ("synology", "synologys://nas.example/CANARYTOKEN", '{"success":false,"error":{"code":404}}'),
    ],
)
def test_a_refusal_with_http_200_is_a_failure_and_says_why(
    plugin: str, url: str, refusal: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """These services answer 200 to everything; the body alone tells a refusal from success."""
    bodies = iter([refusal, '{"errcode":0,"errmsg":"ok","code":0,"success":true}', "not JSON"])

    def answer(*_: object, **__: object) -> requests.Response:
        reply = requests.Response()
        reply.status_code = 200
        reply.raw = BytesIO(next(bodies).encode())
        return reply

    monkeypatch.setattr(requests, "post", answer)
    room = ChatChannel(name=plugin, url=url)
    with pytest.raises(ChannelFailed) as refused:
        room.send_and_report(full())
    words = json.loads(refusal)
    assert str(words.get("errcode", words.get("code", False))) in refused.value.answer
    assert "CANARYTOKEN" not in refused.value.answer
    assert room.send_and_report(full()) == "the chat service took the message"
    assert room.send_and_report(full()) == "the chat service took the message"


def test_a_chat_that_redirects_has_not_taken_the_message(server: Child) -> None:
    """The redirected POST becomes a GET: the page behind it answers, and the message is lost."""
    with pytest.raises(ChannelFailed):
        channel(server, "/redirect").send(full())
    assert [seen["path"] for seen in server.received] == ["/redirect"]
