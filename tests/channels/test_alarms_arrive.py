"""From an overdue clock to a mailbox and a web server, as a user sets it up, at real time."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from leakguard.cli.main import run
from leakguard.errors import ExitCode
from support.servers import child

pytestmark = pytest.mark.enable_socket
INCIDENT = "IR-{year}-0001"
SETTINGS = """
[[channel]]
name = "soc-mail"
kind = "smtp"
host = "127.0.0.1"
port = {mail}
security = "none"
from = "leakguard@example.edu"
to = ["{to}@example.edu"]

[[channel]]
name = "siem"
kind = "webhook"
url_env = "TEST_HOOK_URL"
secret_env = "TEST_HOOK_SECRET"

[escalation]
levels = [{{role = "commander"}}, {{role = "deputy", after = "{after}"}}]
roles = {{commander = ["soc-mail"], deputy = ["siem"]}}
"""


def overdue_incident() -> str:
    """An incident of which somebody told us thirty hours ago."""
    now = datetime.now(UTC)  # noqa: TID251  (this test is about real time)
    at = (now - timedelta(hours=30)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert run(["incident", "open", "--title", "CANARY-title of a person", "--zone", "UTC"]) == ExitCode.CLEAN
    name = INCIDENT.format(year=now.year)
    event = ["incident", "event", name, "notice_received", "--at", at, "--source", "mail", "--reason", "read late"]
    assert run(event) == ExitCode.CLEAN
    return name


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("LEAKGUARD_STORE", raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("TEST_HOOK_SECRET", "CANARY-secret")


def test_an_overdue_clock_reaches_a_mailbox_and_a_web_server_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    with child("mail_server", tmp_path / "mails") as mail, child("hook_server", tmp_path / "posts") as hook:
        monkeypatch.setenv("TEST_HOOK_URL", f"http://127.0.0.1:{hook.port}/?token=CANARY-token")
        text = SETTINGS.format(mail=mail.port, to="soc", after="PT0S")
        (tmp_path / "leakguard.toml").write_text(text, encoding="utf-8")
        name = overdue_incident()
        capfd.readouterr()
        codes = [run(["watchman", "once"]), run(["watchman", "once"])]
        printed = capfd.readouterr()

    (letter,), (post,) = mail.received, hook.received
    document = json.loads(post["body"])

    assert set(codes) <= {ExitCode.CLEAN, ExitCode.DEADLINE_MISSED}
    assert f"OVERDUE {name} remediate" in letter["mail"].replace("\r\n ", " ")
    assert "ledger head" in letter["mail"]
    assert (document["incident"], document["clock"], document["severity"]) == (name, "remediate", "overdue")
    assert "CANARY" not in printed.out + printed.err


def test_a_mail_server_that_refuses_lets_the_next_role_be_told_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    with child("mail_server", tmp_path / "mails") as mail, child("hook_server", tmp_path / "posts") as hook:
        monkeypatch.setenv("TEST_HOOK_URL", f"http://127.0.0.1:{hook.port}/?token=CANARY-token")
        text = SETTINGS.format(mail=mail.port, to="refuse", after="PT30M")
        (tmp_path / "leakguard.toml").write_text(text, encoding="utf-8")
        name = overdue_incident()
        run(["watchman", "once"])
        run(["incident", "timeline", name])
        printed = capfd.readouterr()

    assert mail.received == []
    assert json.loads(hook.received[0]["body"])["clock"] == "remediate"
    assert "CANARY-server-words" not in printed.out + printed.err
    assert "CANARY-token" not in printed.out + printed.err
