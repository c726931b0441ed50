"""`leakguard report`, as a user types it: from a mail to a thanked finder, and back out of the store."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest

from leakguard.store.sql_store import SqlStore
from support.certificates import rsa_pair
from support.commands import CommandLine, command_line
from support.findings import make_finding
from support.ledgers import FakeClock, Tokens

ONE, TWO = "RP-2026-0001", "RP-2026-0002"
CANARY = "CANARY-of-the-finder"
MAIL = (
    f"Received: from a by b; Sat, 23 May 2026 10:00:00 +0800\r\nFrom: {CANARY} <finder@example.org>\r\n"
    "Subject: your store is open\r\nMessage-ID: <1@example.org>\r\nMIME-Version: 1.0\r\n"
    'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n'
    "http://127.0.0.9:9200/ is open, and 8.8.8.8:27017\r\n--b\r\nContent-Type: application/zip\r\n"
    "Content-Disposition: attachment; filename=dump.zip\r\n\r\nCANARY-leaked\r\n--b--\r\n"
)
SMTP = (
    '[[channel]]\nname = "letters"\nkind = "smtp"\nhost = "mail.example"\nfrom = "s@university.example"\n'
    'to = ["soc@university.example"]\n[escalation]\nlevels = [{role = "commander"}]\n'
    'roles = {commander = ["letters"]}\n'
)


@pytest.fixture
def leakguard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    line = command_line(tmp_path, monkeypatch, capsys)
    with (tmp_path / "leakguard.toml").open("a", encoding="utf-8") as file:
        file.write(f'{SMTP}[reports]\norganisation = "Example University"\ncontact = "security@example.edu"\n')
    (tmp_path / "mail.eml").write_text(MAIL, encoding="utf-8", newline="")
    line("scope", "init", "--organisation", "U", "--contact", "s@u.example", "--approved-by", "CISO", "--include",
         "127.0.0.0/24")  # fmt: skip
    return line


def store_finding(leakguard: CommandLine) -> str:
    """A scan that found the store open."""
    with closing(SqlStore.open(str(leakguard.folder / "leakguard.db"), now=FakeClock(), token=Tokens())) as store:
        store.save_findings("R-1", [make_finding("F-1")], {})
    return "F-1"


def shown(leakguard: CommandLine, name: str = ONE) -> dict[str, object]:
    found: dict[str, object] = leakguard("report", "show", name, "--format", "json").document
    return found


def test_a_mail_becomes_a_report_with_what_can_be_probed_and_what_is_not(leakguard: CommandLine) -> None:
    ran = leakguard("report", "import", "mail.eml", "--format", "json")

    (report,) = ran.document["reports"]
    assert (ran.code, report["id"], report["new"], report["state"]) == (0, ONE, True, "received")
    assert report["received_at"] == "2026-05-23T02:00:00Z"
    assert report["sender"] == {"name": CANARY, "address": "finder@example.org"}
    assert [(one["target"], one["standing"], one["command"]) for one in report["named"]] == [
        ("127.0.0.9:9200", "in_scope", "leakguard scan 127.0.0.9:9200"), ("8.8.8.8:27017", "out_of_scope", None),
    ]  # fmt: skip
    assert [(one["name"], one["size"]) for one in report["attachments"]] == [("dump.zip", 13)]


def test_each_mail_of_an_mbox_becomes_a_report(leakguard: CommandLine) -> None:
    text = "".join(f"From {who}@x.org Mon Jun  1 10:00:00 2026\nFrom: {who}@x.org\n\nhello {who}\n\n" for who in "ab")
    (leakguard.folder / "all.mbox").write_text(text, encoding="utf-8")

    found = leakguard("report", "import", "all.mbox", "--format", "json").document["reports"]

    assert [(report["id"], report["sender"]["address"]) for report in found] == [(ONE, "a@x.org"), (TWO, "b@x.org")]


def test_neither_what_leaked_nor_the_sender_is_kept_where_it_does_not_belong(leakguard: CommandLine) -> None:
    leakguard("report", "import", "mail.eml")
    store = b"".join(path.read_bytes() for path in leakguard.folder.glob("leakguard.db*") if path.is_file())
    texts = b"".join(path.read_bytes() for path in (leakguard.folder / "leakguard.db.evidence").iterdir())

    assert b"CANARY-leaked" not in store + texts
    assert b"is open" in texts
    assert CANARY.encode() not in texts


def test_the_same_mail_again_changes_nothing_and_a_second_about_the_same_port_is_its_duplicate(
    leakguard: CommandLine,
) -> None:
    leakguard("report", "import", "mail.eml")
    again = leakguard("report", "import", "mail.eml", "--format", "json").document["reports"]
    (leakguard.folder / "form.json").write_text(
        json.dumps({"text": "127.0.0.9:9200 answers anybody"}), encoding="utf-8"
    )
    second = leakguard("report", "import", "form.json", "--format", "json").document["reports"]

    assert [(one["id"], one["new"]) for one in again] == [(ONE, False)]
    assert [(one["id"], one["verdict"], one["duplicate_of"]) for one in second] == [(TWO, "duplicate", ONE)]
    assert shown(leakguard)["duplicates"] == [TWO]
    assert leakguard("report", "incident", TWO, "--aware-at", "arrival").code == 2


def test_attachments_are_kept_only_encrypted(leakguard: CommandLine) -> None:
    (leakguard.folder / "reports.pem").write_bytes(rsa_pair()[1])
    ran = leakguard("report", "import", "mail.eml", "--keep-attachments", "reports.pem", "--format", "json")
    items = leakguard("evidence", "list", "--items", "--format", "json").document["items"]
    texts = b"".join(path.read_bytes() for path in (leakguard.folder / "leakguard.db.evidence").iterdir())

    assert ran.code == 0
    assert [one["name"] for one in items] == ["report.txt", "dump.zip.p7m"]
    assert b"CANARY-leaked" not in texts


def test_a_report_goes_from_its_arrival_to_thanks(leakguard: CommandLine) -> None:
    leakguard("report", "import", "mail.eml")
    finding = store_finding(leakguard)
    assert leakguard("report", "acknowledge", ONE, "--send").code == 0
    assert leakguard("report", "acknowledge", ONE, "--send").code == 2

    opened = leakguard("report", "incident", ONE, "--finding", finding, "--aware-at", "arrival", "--format", "json")
    events = {one["kind"]: one for one in opened.document["incident"]["events"]}
    assert (opened.code, opened.document["state"]) == (0, "triaged")
    assert events["notice_received"]["occurred_at"]["earliest"] == "2026-05-23T02:00:00Z"
    assert events["awareness"]["occurred_at"]["earliest"] == "2026-05-23T02:00:00Z"
    items = leakguard("evidence", "list", "--incident", "IR-2026-0001", "--format", "json").document["items"]
    assert [one["name"] for one in items] == ["report.txt"]
    assert leakguard("report", "incident", ONE, "--aware-at", "arrival").code == 2

    refused = leakguard("report", "verify", ONE)
    assert (refused.code, f"leakguard scan verify {finding}" in refused.err) == (2, True)
    thanks = leakguard("report", "thank", ONE, "--lang", "zh")
    assert (thanks.code, "正在处置" in thanks.out) == (0, True)
    assert leakguard("report", "thank", ONE, "--send").code == 0
    assert shown(leakguard)["thanked_at"] == "2026-05-24T01:00:00Z"
    assert leakguard("evidence", "verify").code == 0


def test_an_incident_is_not_opened_before_somebody_says_since_when_we_are_aware(leakguard: CommandLine) -> None:
    leakguard("report", "import", "mail.eml")
    asked = leakguard("report", "incident", ONE)
    future = leakguard("report", "incident", ONE, "--aware-at", "2027-01-01T00:00")
    opened = leakguard("report", "incident", ONE, "--aware-at", "undecided", "--format", "json").document

    assert (asked.code, "since when are we aware" in asked.err) == (2, True)
    assert future.code == 2
    assert {one["kind"] for one in opened["incident"]["events"]} == {"incident_opened", "notice_received"}


def test_a_report_may_have_made_us_aware_today(leakguard: CommandLine) -> None:
    leakguard("report", "import", "mail.eml")
    opened = leakguard("report", "incident", ONE, "--aware-at", "2026-05-24", "--format", "json").document
    (aware,) = [one["occurred_at"] for one in opened["incident"]["events"] if one["kind"] == "awareness"]

    assert (aware["earliest"], aware["latest"]) == ("2026-05-23T16:00:00Z", "2026-05-24T01:00:00Z")


def test_no_machine_is_answered(leakguard: CommandLine) -> None:
    (leakguard.folder / "mail.eml").write_text(f"Auto-Submitted: auto-replied\r\n{MAIL}", encoding="utf-8", newline="")
    leakguard("report", "import", "mail.eml")

    assert leakguard("report", "acknowledge", ONE, "--send").code == 2
    assert leakguard("report", "list", "--format", "json").document["reports"] == []
    assert leakguard("report", "acknowledge", ONE, "--answered").code == 0


def test_a_promise_that_is_late_ends_the_list_with_four(leakguard: CommandLine) -> None:
    leakguard("report", "import", "mail.eml")
    in_time = leakguard("report", "list").code
    leakguard.now = "2026-06-10T09:00+08:00"

    assert (in_time, leakguard("report", "list").code) == (0, 4)


def test_each_act_is_a_command_and_one_out_of_turn_is_refused(leakguard: CommandLine) -> None:
    leakguard("report", "import", "mail.eml")
    steps = [
        ("disclose", 2),
        ("triage --as valid", 0),
        ("verify", 2),
        ("fix", 0),
        ("verify --reason seen", 0),
        ("disclose", 0),
        ("close", 0),
        ("fix", 2),
        ("reopen", 0),
        ("triage --as duplicate", 2),
        ("triage --as duplicate --of RP-2026-0001", 2),
        ("triage --as spam", 0),
        ("thank", 2),
    ]

    assert [(step, leakguard("report", *_words(step)).code) for step, _ in steps] == steps


def _words(step: str) -> tuple[str, ...]:
    name, *rest = step.split()
    return (name, ONE, *rest)


def test_the_sender_goes_at_any_time_and_the_report_when_its_time_is_over(leakguard: CommandLine) -> None:
    leakguard("report", "import", "mail.eml")
    reason = ("--reason", "asked for")
    assert leakguard("report", "erase", ONE, "--sender", *reason).code == 0
    assert shown(leakguard)["sender"] is None
    assert leakguard("report", "erase", ONE, "--sender", *reason).code == 2
    assert leakguard("report", "erase", ONE, *reason).code == 2

    leakguard("report", "close", ONE)
    early = leakguard("report", "erase", ONE, *reason)
    assert (early.code, "工信部联网安〔2021〕66号" in early.err) == (2, True)
    assert leakguard("report", "erase", "--due", *reason, "--format", "json").document["erased"] == []

    leakguard.now = "2027-01-10T09:00+08:00"
    assert leakguard("report", "erase", "--due", *reason, "--format", "json").document["erased"] == [ONE]
    assert shown(leakguard)["erased"] is True
    assert list((leakguard.folder / "leakguard.db.evidence").iterdir()) == []
    assert leakguard("report", "erase", ONE, *reason).code == 2
    assert leakguard("evidence", "verify").code == 0
    assert b"your store is open" not in (leakguard.folder / "leakguard.db").read_bytes()


def test_wrong_words_are_refused_with_what_to_do(leakguard: CommandLine) -> None:
    for words in ([], ["mail.eml", "--imap", "imaps://a@b/"], ["--imap", "imaps://a@b/"], ["mail.eml", "nothing.eml"]):
        assert leakguard("report", "import", *words).code == 2
    assert not (leakguard.folder / "leakguard.db").exists()


def test_what_a_stranger_wrote_is_shown_as_text_and_moves_no_cursor(leakguard: CommandLine) -> None:
    hostile = "\x1b[2J\u202eevil"
    (leakguard.folder / "form.json").write_text(json.dumps({"text": hostile, "subject": hostile}), encoding="utf-8")
    leakguard("report", "import", "form.json")
    ran = leakguard("report", "show", ONE, "--text")

    assert "evil" in ran.out
    assert "\x1b" not in ran.out
    assert "\u202e" not in ran.out


def test_the_rules_are_those_of_the_organisation_and_a_missing_fact_ends_with_three(leakguard: CommandLine) -> None:
    leakguard("report", "import", "mail.eml")
    with (leakguard.folder / "leakguard.toml").open("r+", encoding="utf-8") as file:
        rest = file.read()
        file.seek(0)
        file.write(f'country = "CN"\nobligated_as = "network_operator"\n{rest}')
    english = leakguard("report", "rules", ONE)
    chinese = leakguard("report", "rules", ONE, "--lang", "zh")
    told = leakguard("report", "rules", ONE, "--format", "json").document["rules"]

    assert (english.code, "fix it in time" in english.out, "within two days" in english.out) == (0, True, False)
    assert "《网络产品安全漏洞管理规定》第八条" in chinese.out
    assert {one["id"] for one in told} == {"cn-rmsv-5", "cn-rmsv-8", "cn-rmsv-9", "iso-29147"}
