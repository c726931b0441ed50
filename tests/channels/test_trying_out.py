"""`leakguard channel test` at real time, through a real mail server, a real web server, a chat and a file."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from leakguard.alerts.settings import CHANNEL_KINDS
from leakguard.channels.make import MAKERS
from leakguard.cli.main import run
from leakguard.errors import ExitCode
from support.certificates import server_context
from support.servers import child
from support.tried_channels import SECRETS, Folder, chain, folder_in

pytestmark = [
    pytest.mark.enable_socket,
    # apprise imports it for old pictures, on Pythons that still have it.
    pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning"),
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Iterator[Folder]:
    with folder_in(tmp_path, monkeypatch, capfd) as made:
        yield made


def test_the_register_of_kinds_is_whole() -> None:
    assert set(MAKERS) == set(CHANNEL_KINDS)
    assert {kind: shape.model_fields["kind"].annotation.__args__ for kind, shape in CHANNEL_KINDS.items()} == {
        kind: (kind,) for kind in CHANNEL_KINDS
    }


@pytest.mark.parametrize("kind", CHANNEL_KINDS)
def test_a_channel_that_takes_the_message_is_told_with_what_came_back(folder: Folder, kind: str) -> None:
    """There is no store yet: whoever sets LeakGuard up tries the channel out first."""
    folder.settings('zone = "Europe/Berlin"', folder.table(kind), chain(("commander", kind)))
    code, said = folder.test(kind)
    answers = {"smtp": "250 OK", "webhook": "HTTP 200 OK", "chat": "the chat service took it", "file": "a line was"}

    assert code == ExitCode.CLEAN
    assert "took it after" in said
    assert f"answer: {answers[kind].replace('took it', 'took the message')}" in said
    assert "used by: level 1 (commander, at once)" in said
    assert not any(secret in said for secret in SECRETS)
    got = folder.arrived(kind)
    assert "TEST" in got or '"test": true' in got.replace('\\"', '"').replace('":true', '": true')
    assert f"Test of the channel {kind}: nothing has happened" in got.replace("=\\r\\n", "").replace("\\r\\n ", " ")
    assert "(Europe/Berlin)" in got.replace("=\\r\\n", "")
    assert os.uname().nodename in got.replace("=\\r\\n", "")
    assert "leakguard.db" in got.replace("=\\r\\n", "")


@pytest.mark.parametrize("kind", CHANNEL_KINDS)
def test_a_channel_that_does_not_take_it_ends_with_three_and_what_to_do(folder: Folder, kind: str) -> None:
    table = folder.table(kind, answer="status/500", to="refuse")
    if kind == "file":
        (folder.path / "alerts.jsonl").mkdir()
    folder.settings(table, chain(("commander", kind)))
    code, said = folder.test()

    assert code == ExitCode.UNFINISHED
    assert f"{kind} ({kind}" in said
    assert "FAILED after" in said
    assert "Next: " in said
    assert "Reaches nobody: level 1 (commander, at once)" in said
    assert not any(secret in said for secret in SECRETS)
    document = folder.document(kind)
    (one,) = document["channels"]
    assert (one["accepted"], one["problem"] is None, bool(one["next_step"])) == (False, False, True)
    assert [use["level"] for use in document["levels_not_served"]] == [1]


def test_the_words_of_a_server_that_refused_are_shown(folder: Folder) -> None:
    """To whoever tries it out; of a real alert they are neither stored nor printed."""
    folder.settings(folder.table("smtp", to="refuse"))
    assert "answer: 550 5.1.1 no such mailbox CANARY-server-words" in folder.test()[1]

    folder.settings(folder.table("smtp", to="busy"))
    assert "answer: 451 4.3.0 try later" in folder.test()[1]

    folder.settings(folder.table("webhook", answer="status/404"))
    assert "answer: HTTP 404 Not Found" in folder.test()[1]

    folder.settings(folder.table("webhook", answer="redirect"))
    assert "answer: HTTP 302 Found" in folder.test()[1]


def test_a_webhook_is_tried_once(folder: Folder) -> None:
    folder.settings(folder.table("webhook", answer="status/503"))
    folder.test()

    assert len(folder.hook.received) == 1


def test_one_that_fails_of_several_is_named_with_the_levels_that_nobody_serves(folder: Folder) -> None:
    folder.settings(
        folder.table("smtp", to="refuse"), folder.table("webhook"), folder.table("file"),
        chain(("commander", "smtp"), ("deputy", "webhook")), '[watchman]\nheartbeat_channel = "file"\n',
    )  # fmt: skip
    code, said = folder.test()

    assert code == ExitCode.UNFINISHED
    assert "smtp (smtp to refuse@example.edu): FAILED" in said
    assert "used by: level 2 (deputy, after PT10M)" in said
    assert "used by: the heartbeat" in said
    assert "Reaches nobody: level 1 (commander, at once)" in said
    assert "Reaches nobody: level 2" not in said
    assert "2 of 3 took the message" in said
    assert folder.test("webhook")[0] == ExitCode.CLEAN


def test_a_channel_without_a_level_says_that_no_alert_goes_there(folder: Folder) -> None:
    folder.settings(folder.table("file"))
    code, said = folder.test()

    assert code == ExitCode.CLEAN
    assert "names no [escalation] levels, so no alert goes to anybody" in said
    assert "no level of [escalation], so no alert goes there" in said


def test_a_missing_secret_is_named_and_nothing_is_sent(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.settings(folder.table("webhook"))
    monkeypatch.delenv("TEST_SECRET")
    code, said = folder.test()

    assert (code, "the environment variable TEST_SECRET is not set" in said) == (ExitCode.UNFINISHED, True)
    assert folder.hook.received == []


def test_an_unknown_name_says_which_one_was_meant(folder: Folder) -> None:
    folder.settings(folder.table("file"))
    code, said = folder.test("fiel")

    assert code == ExitCode.USAGE
    assert "did you mean `file`?" in said
    assert not (folder.path / "alerts.jsonl").exists()


def test_without_a_channel_it_says_how_to_add_one(folder: Folder) -> None:
    folder.settings("")
    code, said = folder.test()

    assert code == ExitCode.UNFINISHED
    assert "leakguard.toml names no [[channel]]" in said
    assert 'kind = "smtp"' in said


def test_in_a_drill_nothing_leaves_the_machine_and_it_says_so(folder: Folder) -> None:
    folder.settings("drill = true", folder.table("webhook"), chain(("commander", "webhook")))
    code, said = folder.test()

    assert (code, "nothing left the machine" in said) == (ExitCode.CLEAN, True)
    assert folder.hook.received == []
    assert "nothing has happened" in (folder.path / "drill-alarms.txt").read_text("utf-8")


def test_a_password_that_a_server_repeats_is_not_shown(
    folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The words of a server are shown, so they must not bring ours back."""
    server_context(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    monkeypatch.setenv("TEST_PASSWORD", "correct horse")
    table = (
        folder.table("smtp", to="echo")
        .replace('security = "none"', 'security = "starttls"')
        .replace("timeout = 2", 'user = "soc"\npassword_env = "TEST_PASSWORD"\ntimeout = 5')
    )
    with child("mail_server", tmp_path / "more", "starttls", str(tmp_path)) as server:
        folder.settings(table.replace(f"port = {folder.mail.port}", f"port = {server.port}"))
        code, said = folder.test()

    assert code == ExitCode.UNFINISHED
    assert "answer: 550 5.1.1 no mailbox for ***" in said
    assert "correct horse" not in said


def test_a_test_raises_nothing_and_acknowledges_nothing(folder: Folder) -> None:
    """The ledger keeps that a channel was tried, and nothing else comes of it."""
    folder.settings(folder.table("file"), chain(("commander", "file")))
    run(["incident", "open", "--title", "x", "--zone", "UTC"])
    before = kinds_of_entries(folder)
    folder.test()
    folder.test()

    assert kinds_of_entries(folder)[len(before) :] == ["channel_tested", "channel_tested"]


def kinds_of_entries(folder: Folder) -> list[str]:
    lines = printed(folder, "evidence", "list", "--format", "jsonl").splitlines()
    return [json.loads(line)["kind"] for line in lines]


def printed(folder: Folder, *words: str) -> str:
    folder.capfd.readouterr()
    run(list(words))
    return folder.capfd.readouterr().out
