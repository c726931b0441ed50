"""From an overdue clock to a mailbox and a web server, as a user sets it up, at real time."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from leakguard.cli.main import run
from leakguard.errors import ExitCode
from support.servers import child

pytestmark = [pytest.mark.enable_socket, pytest.mark.untraced]
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


def overdue_incident(title: str = "CANARY-title of a person") -> str:
    """An incident of which somebody told us thirty hours ago."""
    now = datetime.now(UTC)  # noqa: TID251  (this test is about real time)
    at = (now - timedelta(hours=30)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert run(["incident", "open", "--title", title, "--zone", "UTC"]) == ExitCode.CLEAN
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

    assert codes == [ExitCode.CLEAN, ExitCode.CLEAN]
    assert f"OVERDUE {name} remediate" in letter["mail"].replace("\r\n ", " ")
    assert "ledger head" in letter["mail"]
    assert (document["incident"], document["clock"], document["severity"]) == (name, "remediate", "overdue")
    assert "CANARY" not in printed.out + printed.err
    told = letter["mail"].replace("=\r\n", "").replace("\r\n ", " ")
    assert f"Incident: {name}, CANARY-title of a person" in told
    assert f"Next: leakguard playbook start {name}" in told
    assert (document["incident_title"], document["next_action"]) == (
        "CANARY-title of a person", f"leakguard playbook start {name}",
    )  # fmt: skip
    assert document["acknowledge"] == f"leakguard clock ack {name} {document['id']}"
    assert document["clock_title"]


def test_a_title_that_would_begin_a_header_begins_none_in_a_mailbox(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hostile = "open\u202ecluster <script>\u2028Bcc: everybody@example.org"
    with child("mail_server", tmp_path / "mails") as mail, child("hook_server", tmp_path / "posts") as hook:
        monkeypatch.setenv("TEST_HOOK_URL", f"http://127.0.0.1:{hook.port}/")
        text = SETTINGS.format(mail=mail.port, to="soc", after="PT0S")
        (tmp_path / "leakguard.toml").write_text(text, encoding="utf-8")
        overdue_incident(hostile)
        assert run(["watchman", "once"]) == ExitCode.CLEAN

    (seen,), (post,) = mail.received, hook.received
    letter = message_from_bytes(seen["mail"].encode(), policy=policy.default)
    assert seen["to"] == ["soc@example.edu"]
    assert [name for name in letter if name in {"Bcc", "To", "Subject"}] == ["Subject", "To"]
    assert str(letter["Subject"]).isprintable()
    assert str(json.loads(post["body"])["incident_title"]).isprintable()


def test_a_refused_mail_and_a_missing_secret_are_no_silence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The second look sends nothing, and must not look healthy."""
    monkeypatch.delenv("TEST_HOOK_SECRET")
    with child("mail_server", tmp_path / "mails") as mail:
        monkeypatch.setenv("TEST_HOOK_URL", "http://127.0.0.1:1/")
        text = SETTINGS.format(mail=mail.port, to="refuse", after="PT30M")
        (tmp_path / "leakguard.toml").write_text(text, encoding="utf-8")
        name = overdue_incident()
        capfd.readouterr()
        codes = [run(["watchman", "once"]), run(["watchman", "once"]), run(["watchman", "run"])]
        said = capfd.readouterr().err
        assert run(["clock", "ack", name, "remediate", "--by", "Ada"]) == ExitCode.CLEAN
        checked = run(["watchman", "check"])
        outside = capfd.readouterr().out

    assert codes == [ExitCode.UNFINISHED] * 3
    assert said.count("soc-mail: the mail server refused every recipient") >= 2
    assert "TEST_HOOK_SECRET is not set; it notifies level 2 (deputy, after PT30M)" in said
    assert "the watchman does not start" in said
    assert checked == ExitCode.UNFINISHED  # whoever checks learns from the heartbeat which secret the watchman lacks
    assert "TEST_HOOK_SECRET is not set" in outside


def test_a_check_needs_no_secret_that_the_watchman_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A monitor runs elsewhere, and the watchman says in its heartbeat what it lacks."""
    with child("mail_server", tmp_path / "mails") as mail, child("hook_server", tmp_path / "posts") as hook:
        monkeypatch.setenv("TEST_HOOK_URL", f"http://127.0.0.1:{hook.port}/")
        text = SETTINGS.format(mail=mail.port, to="soc", after="PT30M")
        (tmp_path / "leakguard.toml").write_text(text, encoding="utf-8")
        name = overdue_incident()
        assert run(["watchman", "once"]) == ExitCode.CLEAN
        run(["clock", "ack", name, "remediate", "--by", "Ada"])
    for variable in ("TEST_HOOK_URL", "TEST_HOOK_SECRET"):
        monkeypatch.delenv(variable)

    assert run(["watchman", "check"]) == ExitCode.CLEAN
    (tmp_path / "leakguard.db.heartbeat").unlink()
    assert run(["watchman", "check"]) == ExitCode.UNFINISHED


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
