"""Channels as the settings name them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from leakguard.alerts.settings import watch_settings
from leakguard.channels.chat import ChatChannel
from leakguard.channels.file import FileChannel
from leakguard.channels.make import ChannelContext, make_channels
from leakguard.channels.smtp import SmtpChannel
from leakguard.channels.webhook import WebhookChannel
from leakguard.errors import ChannelFailed
from leakguard.models.alerts import ChannelSettings
from support.messages import MESSAGE, no_sleep, now


def settings(folder: Path) -> tuple[ChannelSettings, ...]:
    mail = {"kind": "smtp", "host": "127.0.0.1", "from": "lg@example.edu", "to": ["soc@example.edu"]}
    tables = [
        {"name": "mail", **mail, "user": "soc", "password_env": "MAIL_PW"},
        {"name": "plain", **mail, "port": 25},
        {"name": "hook", "kind": "webhook", "url": "https://siem.example.edu/", "secret_env": "HOOK"},
        {"name": "secret-hook", "kind": "webhook", "url_env": "HOOK_URL"},
        {"name": "chat", "kind": "chat", "url_env": "CHAT"},
        {"name": "file", "kind": "file", "path": str(folder / "alarms.jsonl")},
    ]
    return watch_settings({"channel": tables}, name="leakguard.toml").channels


def around(sandbox: Path | None = None, **environment: str) -> ChannelContext:
    return ChannelContext(environment=environment, now=now, sleep=no_sleep, sandbox=sandbox)


def test_each_kind_gets_what_its_table_says_and_its_secret_from_the_environment(tmp_path: Path) -> None:
    made = make_channels(
        settings(tmp_path), around(MAIL_PW="a", HOOK="b", HOOK_URL="https://x.example/", CHAT="json://x")
    )
    mail, plain, hook, chat = made["mail"], made["plain"], made["hook"], made["chat"]

    assert isinstance(mail, SmtpChannel)
    assert (mail.port, mail.security, mail.password, mail.recipients) == (587, "starttls", "a", ("soc@example.edu",))
    assert isinstance(plain, SmtpChannel)
    assert (plain.port, plain.password) == (25, "")
    assert isinstance(hook, WebhookChannel)
    assert (hook.url, hook.secret, hook.attempts) == ("https://siem.example.edu/", "b", 3)
    assert isinstance(made["secret-hook"], WebhookChannel)
    assert isinstance(chat, ChatChannel)
    assert chat.url == "json://x"
    assert made["file"] == FileChannel(name="file", path=tmp_path / "alarms.jsonl")
    assert [one.name for one in made.values()] == list(made)


def test_a_channel_without_its_secret_says_so_when_it_is_used(tmp_path: Path) -> None:
    made = make_channels(settings(tmp_path), around())

    for name, variable in (("mail", "MAIL_PW"), ("hook", "HOOK"), ("secret-hook", "HOOK_URL"), ("chat", "CHAT")):
        with pytest.raises(ChannelFailed, match=f"{variable} is not set"):
            made[name].send(MESSAGE)


def test_in_a_drill_nothing_leaves_the_house(tmp_path: Path) -> None:
    """Sockets are closed in this test, so a channel that used one would fail."""
    sandbox = tmp_path / "sandbox.jsonl"
    made = make_channels(settings(tmp_path), around(sandbox, MAIL_PW="a"))
    for channel in made.values():
        channel.send(MESSAGE)
    lines = [json.loads(line) for line in sandbox.read_text(encoding="utf-8").splitlines()]

    assert [line["channel"] for line in lines] == ["mail", "plain", "hook", "secret-hook", "chat", "file"]
    assert {line["id"] for line in lines} == {MESSAGE.id}
    assert sandbox.stat().st_mode & 0o077 == 0
    assert not (tmp_path / "alarms.jsonl").exists()


def test_a_file_that_cannot_be_written_is_a_failure(tmp_path: Path) -> None:
    with pytest.raises(ChannelFailed, match="IsADirectoryError"):
        FileChannel(name="file", path=tmp_path).send(MESSAGE)
