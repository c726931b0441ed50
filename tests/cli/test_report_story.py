"""A mail in a real mailbox becomes a verified exposure, an incident and a thanked finder, in six commands."""

from __future__ import annotations

import json
import smtplib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from email import message_from_string
from pathlib import Path
from typing import Any

import pytest

from leakguard.cli.main import run
from leakguard.demolab.lab import DemoLab
from support.certificates import server_context
from support.imap_server import PASSWORD, USER
from support.servers import Child, child

pytestmark = [pytest.mark.enable_socket, pytest.mark.untraced]
ONE, INCIDENT = "RP-2026-0001", "IR-2026-0001"
FINDER = "finder@example.org"
MAIL = (
    f"From: Zo <{FINDER}>\r\nTo: reports@example.edu\r\nSubject: your mail log is open\r\n"
    "Message-ID: <one@example.org>\r\n\r\nAnybody can read http://127.0.0.1:{port}/_cat/indices\r\n"
)
SETTINGS = """
[reports]
imap = ["imaps://{user}@127.0.0.1:{imap}/INBOX"]
private = ["127.0.0.1"]
ca_file = "cert.pem"
organisation = "Example University"
contact = "security@example.edu"

[[channel]]
name = "letters"
kind = "smtp"
host = "127.0.0.1"
port = {smtp}
security = "none"
from = "security@example.edu"
to = ["soc@example.edu"]

[escalation]
levels = [{{role = "commander"}}]
roles = {{commander = ["letters"]}}
"""


@dataclass(slots=True, kw_only=True)
class Desk:
    """A folder with settings, and the servers around it."""

    lab: DemoLab
    mailbox: str
    sent: Child
    capsys: pytest.CaptureFixture[str]
    codes: list[int]

    def __call__(self, *words: str) -> Any:  # noqa: ANN401  (JSON holds anything)
        """Run one command; returns its JSON."""
        self.codes.append(run(["--no-color", *words, "--format", "json"]))
        return json.loads(self.capsys.readouterr().out)

    @property
    def letters(self) -> list[tuple[list[str], str, str]]:
        """To whom, subject and text of each mail that went out."""
        mails = [(one["to"], message_from_string(one["mail"])) for one in self.sent.received]
        return [(to, str(mail["Subject"]), str(mail.get_payload())) for to, mail in mails]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Desk]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LEAKGUARD_REPORTS_PASSWORD", PASSWORD)
    server_context(tmp_path)
    with ExitStack() as servers:
        lab = servers.enter_context(DemoLab())
        imap = servers.enter_context(child("imap_server", tmp_path / "imap.jsonl", str(tmp_path)))
        sent = servers.enter_context(child("mail_server", tmp_path / "sent.jsonl"))
        with smtplib.SMTP("127.0.0.1", imap.received[0]["smtp"], timeout=30) as client:
            client.sendmail(FINDER, ["reports@example.edu"], MAIL.format(port=lab.endpoints["open"][1]))
        settings = SETTINGS.format(user=USER, imap=imap.port, smtp=sent.port)
        (tmp_path / "leakguard.toml").write_text(settings, encoding="utf-8")
        assert run(["scope", "init", "--organisation", "U", "--contact", "s@u.example", "--approved-by", "CISO",
                    "--include", "127.0.0.1"]) == 0  # fmt: skip
        capsys.readouterr()
        mailbox = f"imaps://{USER}@127.0.0.1:{imap.port}/INBOX"
        yield Desk(lab=lab, mailbox=mailbox, sent=sent, capsys=capsys, codes=[])


def test_six_commands_lead_from_the_mailbox_to_a_thanked_finder(desk: Desk) -> None:
    (report,) = desk("report", "import", "--imap", desk.mailbox)["reports"]
    (named,) = report["named"]
    desk("report", "acknowledge", ONE, "--send")
    found = desk("scan", named["target"])["findings"]
    (finding,) = [one["id"] for one in found if one["outcome"] == "exposed" and one["datastore"] == "elasticsearch"]
    opened = desk("report", "incident", ONE, "--finding", finding, "--aware-at", "arrival")
    desk.lab.close_door()
    closed = desk("scan", "verify", finding)
    desk("report", "thank", ONE, "--send")

    assert named["command"] == f"leakguard scan 127.0.0.1:{desk.lab.endpoints['open'][1]}"
    assert desk.codes == [0, 0, 1, 0, 0, 0]
    assert opened["incident"]["findings"] == [finding]
    assert closed["closed_incidents"] == [INCIDENT]
    assert [(to, ONE in subject) for to, subject, _ in desk.letters] == [([FINDER], True)] * 2
    assert "It is closed now, and we have checked this from outside." in " ".join(desk.letters[1][2].split())
    assert desk("report", "show", ONE)["state"] == "verified"


def test_the_mailbox_again_brings_nothing_new_and_while_it_is_open_nobody_says_otherwise(desk: Desk) -> None:
    (report,) = desk("report", "import", "--imap", desk.mailbox)["reports"]
    again = desk("report", "import", "--imap", desk.mailbox)
    found = desk("scan", report["named"][0]["target"])["findings"]
    (finding,) = [one["id"] for one in found if one["outcome"] == "exposed" and one["datastore"] == "elasticsearch"]
    desk("report", "triage", ONE, "--as", "valid", "--finding", finding)
    desk("report", "thank", ONE, "--send")

    assert again == {"reports": [], "skipped": []}
    assert desk("report", "show", ONE)["named"][0]["command"] == f"leakguard scan verify {finding}"
    assert "closed" not in desk.letters[0][2]
