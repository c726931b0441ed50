"""`leakguard scan --explain`: every question, how its answer ended, which rule decided; never an answer."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from leakguard.models.observations import Ending
from support.fake_prober import FakeProber, FakeServer, redis_server, store_server
from support.scan_commands import ScanCommands, scan_commands
from support.scans import statuses

CANARY = "canary-value-8d1f"


@pytest.fixture
def leakguard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> ScanCommands:
    commands = scan_commands(tmp_path, monkeypatch, capsys)
    commands.world.network = FakeProber(
        servers={
            "127.0.0.1:9200": store_server(),
            "127.0.0.2:6380": redis_server({"reply": "PONG", "secret": CANARY}),
            "127.0.0.4:9200": FakeServer(answers={"http": {"/": (200, CANARY)}}),
            "127.0.0.5:9200": Ending.FILTERED,
        }
    )
    return commands


def test_a_person_reads_what_led_to_the_verdict(leakguard: ScanCommands) -> None:
    ran = leakguard("scan", "--explain", "127.0.0.1:9200", "--checks", "store_open")

    lines = [line.strip() for line in ran.out.splitlines()]
    assert ran.code == 1
    assert lines[:2] == ["127.0.0.1:9200", "http, suggested"]
    assert lines[2].split()[:4] == ["GET", "/", "complete", "200,"]
    assert any(line.startswith("store_open: exposed by rule ") for line in lines)
    assert "stands: exposed" in lines
    assert lines[-1].startswith("CRITICAL") or "127.0.0.1:9200" in ran.out
    assert "Run R-20261124-" in ran.err


def test_it_is_a_normal_run(leakguard: ScanCommands) -> None:
    """Every probe of an asset is on record."""
    document = leakguard("scan", "--explain", "127.0.0.1:9200", "--format", "json").document

    shown = leakguard("scan", "show", document["run"], "--format", "json").document
    assert shown["endpoints"] == statuses(exposed=1)
    assert shown["findings"] == document["findings"]
    assert leakguard("evidence", "verify").code == 0


def test_a_script_reads_every_check_with_its_rule(leakguard: ScanCommands) -> None:
    document = leakguard("scan", "--explain", "127.0.0.1:9200", "--format", "json").document

    (endpoint,) = document["endpoints"]
    assert document["schema"] == "leakguard.explanation/1"
    assert (endpoint["endpoint"], endpoint["standing"]) == ("127.0.0.1:9200", "exposed")
    assert {spoken["kind"] for spoken in endpoint["spoken"]} >= {"http"}
    (store,) = [check for check in endpoint["checks"] if check["check_id"] == "store_open"]
    assert (store["outcome"], store["reason"]) == ("exposed", document["findings"][0]["reason"])
    assert isinstance(store["rule"], int)
    asked = endpoint["spoken"][0]["asked"][0]
    assert (asked["method"], asked["what"], asked["status"], asked["ended"]) == ("GET", "/", 200, "complete")


def test_no_answer_is_ever_shown(leakguard: ScanCommands) -> None:
    for target in ("127.0.0.2:6380", "127.0.0.4:9200"):
        for output_format in ("table", "json"):
            ran = leakguard("scan", "--explain", target, "--format", output_format)

            assert CANARY not in ran.out + ran.err


def test_the_protocols_that_were_tried_are_told_in_order(leakguard: ScanCommands) -> None:
    """Nothing suggests Redis on this port, so HTTP is guessed first, and the host is listened to."""
    document = leakguard("scan", "--explain", "127.0.0.2:6380", "--format", "json").document

    (endpoint,) = document["endpoints"]
    assert endpoint["spoken"][0]["kind"] == "http"
    assert endpoint["spoken"][0]["approach"] == "guessed"
    assert endpoint["spoken"][0]["greeted"] in {True, False}
    assert "redis" in [spoken["kind"] for spoken in endpoint["spoken"]]


def test_a_closed_and_a_silent_port_are_explained_too(leakguard: ScanCommands) -> None:
    closed, silent = (leakguard("scan", "--explain", f"127.0.0.{number}:9200") for number in (6, 5))

    assert "refused" in closed.out
    assert "stands: closed" in closed.out
    assert "filtered" in silent.out
    assert "inconclusive by no rule" in silent.out
    assert (closed.code, silent.code) == (0, 3)


def test_a_question_that_many_checks_ask_is_told_once(leakguard: ScanCommands) -> None:
    document = leakguard("scan", "--explain", "127.0.0.4:9200", "--format", "json").document

    asked = [(one["method"], one["what"]) for one in document["endpoints"][0]["spoken"][0]["asked"]]
    assert asked.count(("GET", "/")) == 1
    assert len(document["endpoints"][0]["checks"]) > 1


def test_each_address_of_a_name_is_explained(leakguard: ScanCommands) -> None:
    leakguard.world.names = {"mail.example.edu": ("127.0.0.1", "127.0.0.6")}

    document = leakguard("scan", "--explain", "mail.example.edu:9200", "--format", "json").document

    statuses = {one["endpoint"]: one["standing"] for one in document["endpoints"]}
    assert statuses == {
        "127.0.0.1:9200 (mail.example.edu)": "exposed",
        "127.0.0.6:9200 (mail.example.edu)": "closed",
    }


def test_a_muted_finding_is_explained_with_who_accepted_it_and_until_when(leakguard: ScanCommands) -> None:
    """As in a scan: it leaves the table and the exit code, and stays, marked, in the JSON."""
    entry = "{check: store_open, target: '127.0.0.1:9200', reason: public, owner: A. Owner, expires: 2027-03-31}"
    (leakguard.folder / "mutes.yaml").write_text(f"mutes:\n  - {entry}\n", encoding="utf-8")
    words = ("scan", "--explain", "127.0.0.1:9200", "--checks", "store_open")

    text, document = leakguard(*words), leakguard(*words, "--format", "json").document

    assert text.code == 0
    assert "stands: exposed" in text.out
    assert "muted until 2027-03-31 by A. Owner, who named 127.0.0.1:9200: public; store_open at" in text.out
    assert "CRITICAL" not in text.out
    assert "1 open finding is muted by the owner" in text.err
    (finding,) = document["findings"]
    assert finding["muted"] == {"reason": "public", "owner": "A. Owner", "expires": "2027-03-31"}


def test_a_mute_that_is_over_or_of_another_place_hides_nothing_from_an_explanation(leakguard: ScanCommands) -> None:
    over = "{target: '127.0.0.1:9200', reason: public, owner: A. Owner, expires: 2026-11-23}"
    other = "{target: '127.0.0.2:9200', reason: public, owner: A. Owner, expires: 2027-03-31}"
    (leakguard.folder / "mutes.yaml").write_text(f"mutes:\n  - {over}\n  - {other}\n", encoding="utf-8")

    ran = leakguard("scan", "--explain", "127.0.0.1:9200", "--checks", "store_open")

    assert ran.code == 1
    assert "muted until" not in ran.out
    assert "A mute ended on 2026-11-23" in ran.err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "one target"),
        (("127.0.0.1:9200", "127.0.0.2:9200"), "one target"),
        (("--resume", "R-1"), "one target"),
        (("127.0.0.0/24:9200",), "at most 16 are explained at once"),
        (("mail.example.edu:80",), "no target has an address"),
        (("192.0.2.1:80",), "not in the scope"),
    ],
)
def test_one_target_is_explained_at_a_time(leakguard: ScanCommands, words: tuple[str, ...], says: str) -> None:
    ran = leakguard("scan", "--explain", *words)

    assert ran.code == 2
    assert says in ran.err
    assert leakguard.world.network.asked == []


def test_it_can_be_watched_and_written_to_a_file(leakguard: ScanCommands) -> None:
    words = ("--metrics", "leakguard.prom", "--progress", "json", "--format", "json", "-o", "why.json")

    ran = leakguard("-q", "scan", "--explain", "127.0.0.1:9200", *words)

    assert (ran.code, ran.out) == (1, "")
    assert json.loads((leakguard.folder / "why.json").read_text())["endpoints"][0]["standing"] == "exposed"
    assert json.loads(ran.err.splitlines()[-1])["finished"]
    assert "leakguard_scan_running 0" in (leakguard.folder / "leakguard.prom").read_text()
