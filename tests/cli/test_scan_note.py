"""`leakguard scan note`, as a user types it: addresses and a hash in the open, every other word nowhere."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

import pytest

from leakguard.bundled import BundledFiles
from leakguard.checks.definitions import CheckDefinition
from leakguard.checks.library import parse_check
from leakguard.models.observations import Ending
from support.commands import Ran
from support.fake_prober import FakeProber, FakeServer
from support.scan_commands import ScanCommands, ScriptedWiring, scan_commands
from support.scans import SCOPE_TEXT

CANARY = "canary-note-7f3a"
GENESIS = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"
PLACE = "127.0.0.1:9200"
LIST = (
    "/_cat/indices?format=json&bytes=b&expand_wildcards=all"
    "&h=index,status,docs.count,store.size,pri.store.size,creation.date"
)
NOTE = "/read_me_to_recover/_search?size=3&filter_path=hits.total,hits.hits._source"
EMPTIED = FakeServer(
    answers={
        "http": {
            "/": (200, {"tagline": "You Know, for Search", "version": {"number": "7.9.3"}}),
            LIST: (200, [{"index": "read_me_to_recover", "docs.count": "1", "pri.store.size": "5120"}]),
            NOTE: (200, {"hits": {"total": 1, "hits": [{"m": f"{CANARY} \x1b[2J {GENESIS}, back@example.org"}]}}),
        }
    }
)


@pytest.fixture
def leakguard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> ScanCommands:
    """On a network with one emptied Elasticsearch, with the check that ships."""
    text = BundledFiles().text("checks", "elasticsearch_open.yaml")
    checks: cached_property[tuple[CheckDefinition, ...]] = cached_property(lambda _: (parse_check(text, name="es"),))
    checks.__set_name__(ScriptedWiring, "checks")
    monkeypatch.setattr(ScriptedWiring, "checks", checks)
    commands = scan_commands(tmp_path, monkeypatch, capsys)
    commands.world.network = FakeProber(servers={PLACE: EMPTIED})
    return commands


def finding_in(leakguard: ScanCommands) -> str:
    """The id of the one finding of a scan."""
    return str(leakguard("scan", PLACE, "--format", "json").document["findings"][0]["id"])


def is_nowhere(ran: Ran, folder: Path) -> bool:
    """Whether the canary stands neither in what was printed nor in a file."""
    files = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    return CANARY not in ran.out + ran.err and not any(CANARY.encode() in data for data in files)


def test_the_addresses_and_the_hash_are_printed_and_nothing_else_of_the_note(leakguard: ScanCommands) -> None:
    finding = finding_in(leakguard)

    ran = leakguard("scan", "note", finding)

    lines = ran.out.splitlines()
    assert ran.code == 0
    assert lines[:3] == [f"{PLACE}  {finding}", "e-mail   back@example.org", f"bitcoin  {GENESIS}"]
    assert lines[3].startswith("sha-256  ")
    assert "Nothing else of the note was kept." in ran.err
    assert "\x1b" not in ran.out
    assert is_nowhere(ran, leakguard.folder)


def test_json_is_one_document(leakguard: ScanCommands) -> None:
    finding = finding_in(leakguard)

    document = leakguard("scan", "note", finding, "--format", "json").document

    assert document["schema"] == "leakguard.ransom_note/1"
    assert (document["finding"], document["target"]) == (finding, PLACE)
    assert (document["emails"], document["bitcoin"], document["onions"]) == (["back@example.org"], [GENESIS], [])
    assert [sorted(item) for item in document["notes"]] == [["bytes", "is_cut", "sha256"]]
    assert document["incidents"] == []


def test_an_open_incident_has_the_reading_in_its_timeline(leakguard: ScanCommands) -> None:
    finding = finding_in(leakguard)
    leakguard("incident", "open", "--finding", finding)

    ran = leakguard("scan", "note", finding)

    timeline = leakguard("incident", "timeline", "IR-2026-0001")
    assert "IR-2026-0001: recorded in its timeline" in ran.err
    assert "ransom_note_read" in timeline.out
    assert leakguard("evidence", "verify").code == 0
    assert is_nowhere(timeline, leakguard.folder)


def test_a_note_without_an_address_is_still_told_by_its_hash(leakguard: ScanCommands) -> None:
    pages = EMPTIED.answers["http"]
    assert isinstance(pages, dict)
    finding = finding_in(leakguard)
    silent = FakeServer(answers={"http": {**pages, NOTE: (200, {"hits": {"total": 1}, "m": CANARY})}})
    leakguard.world.network = FakeProber(servers={PLACE: silent})

    ran = leakguard("scan", "note", finding)

    assert ran.code == 0
    assert ran.out.splitlines()[1] == "it holds no address"
    assert is_nowhere(ran, leakguard.folder)


def test_what_cannot_be_read_now_is_could_not_finish(leakguard: ScanCommands) -> None:
    finding = finding_in(leakguard)
    leakguard.world.network = FakeProber(servers={PLACE: Ending.REFUSED})

    ran = leakguard("scan", "note", finding)

    assert (ran.code, ran.out) == (3, "")
    assert "scan verify" in ran.err


@pytest.mark.parametrize(
    ("old", "new"),
    [("until: 2027-02-01", "until: 2026-11-02"), ("include: [127.0.0.0/24", "include: [127.0.0.2")],
)
def test_a_scope_that_ended_or_leaves_the_address_out_refuses(leakguard: ScanCommands, old: str, new: str) -> None:
    finding = finding_in(leakguard)
    assert old in SCOPE_TEXT
    (leakguard.folder / "scope.yaml").write_text(SCOPE_TEXT.replace(old, new), encoding="utf-8")
    leakguard.world.network = FakeProber(servers={PLACE: EMPTIED})

    ran = leakguard("scan", "note", finding)

    assert (ran.code, ran.out) == (2, "")
    assert leakguard.world.network.asked == []


def test_a_finding_without_a_note_is_a_usage_problem(leakguard: ScanCommands) -> None:
    pages = EMPTIED.answers["http"]
    assert isinstance(pages, dict)
    leakguard.world.network = FakeProber(servers={PLACE: FakeServer(answers={"http": {**pages, LIST: (200, [])}})})
    finding = finding_in(leakguard)

    assert leakguard("scan", "note", finding).code == 2
    assert leakguard("scan", "note", "F-0000000000").code == 2
    assert leakguard("scan", "note").code == 2


def test_help_shows_how(leakguard: ScanCommands) -> None:
    ran = leakguard("scan", "note", "--help")

    assert ran.code == 0
    assert "leakguard scan note F-1a2b3c4d5e6f7089 --format json" in ran.out
    assert "Exit codes: 0 read, 2 wrong usage or out of scope, 3 could not finish." in ran.out


def test_an_incident_of_an_earlier_look_at_the_same_place_is_told(leakguard: ScanCommands) -> None:
    first = finding_in(leakguard)
    opened = leakguard("incident", "open", "--finding", first, "--format", "json").document
    later = finding_in(leakguard)

    ran = leakguard("scan", "note", later)

    assert later != first
    assert f"{opened['id']}: recorded in its timeline" in ran.err
