"""`leakguard scope`, as a user types it."""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import closing
from pathlib import Path

import pytest

from leakguard.frozen import replace
from leakguard.models.shipped import ShippedBackend, ShippedFindings
from leakguard.store.sql_store import SqlStore
from support.findings import make_finding
from support.ledgers import FakeClock, Tokens
from support.scan_commands import ScanCommands, scan_commands
from support.scans import SCOPE_TEXT

SUPABASE = "supabase://abcdefghijklmnopqrst"
INIT = ("scope", "init", "--organisation", "Example University", "--contact", "a@example.edu", "--approved-by", "CISO")


@pytest.fixture
def leakguard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> ScanCommands:
    return scan_commands(tmp_path, monkeypatch, capsys)


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> ScanCommands:
    return scan_commands(tmp_path, monkeypatch, capsys, scope=None)


def test_a_new_scope_can_be_used_at_once(empty: ScanCommands) -> None:
    ran = empty(*INIT, "--include", "127.0.0.0/24", "--exclude", "127.0.0.7", "--days", "30", "--name", "campus")

    shown = empty("scope", "show", "--format", "json").document
    assert (ran.code, ran.out) == (0, "")
    assert "valid until 2026-12-24" in ran.err
    assert shown["scope"] == "campus"
    assert (shown["include"], shown["exclude"]) == (["127.0.0.0/24"], ["127.0.0.7"])
    assert (shown["approved_at"], shown["valid_until"]) == ("2026-11-24", "2026-12-24")
    assert empty("scan", "127.0.0.1:9200").code == 0


def test_a_scope_without_assets_says_what_comes_next(empty: ScanCommands) -> None:
    assert "scope add" in empty(*INIT).err

    refused = empty("scan")
    assert refused.code == 2
    assert "includes nothing" in refused.err
    assert empty("scope", "add", "127.0.0.1").code == 0
    assert empty("scan").code == 0


def test_a_scope_is_never_written_over(leakguard: ScanCommands) -> None:
    ran = leakguard(*INIT)

    assert ran.code == 2
    assert "exists already" in ran.err
    assert "Next: " in ran.err
    assert (leakguard.folder / "scope.yaml").read_text() == SCOPE_TEXT


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--include", "10.0.0.1/8"), "did you mean `10.0.0.0/8`"),
        (("--organisation", "a\nb"), "control characters"),
        (("-o", "missing/scope.yaml"), "cannot be written"),
        (("--days", "0"), "not in the range"),
    ],
)
def test_a_scope_that_cannot_be_written_says_why(empty: ScanCommands, words: tuple[str, ...], says: str) -> None:
    ran = empty(*INIT, *words)

    assert ran.code == 2
    assert says in ran.err
    assert list(empty.folder.iterdir()) == []


def test_an_owner_is_asked_for(empty: ScanCommands) -> None:
    ran = empty("scope", "init", "--organisation", "A")

    assert ran.code == 2
    assert "--contact" in ran.err or "--approved-by" in ran.err


def test_assets_are_added_and_the_comments_stay(leakguard: ScanCommands) -> None:
    ran = leakguard("scope", "add", "192.0.2.0/28", "s3://more")
    leakguard("scope", "add", "127.0.0.8", "--to", "exclude")
    leakguard("scope", "add", "127.0.0.10", "--to", "decoys")

    shown = leakguard("scope", "show", "--format", "json").document
    text = (leakguard.folder / "scope.yaml").read_text()
    assert ran.code == 0
    assert "added 2 to include" in ran.err
    assert shown["include"][:2] == ["192.0.2.0/28", "s3://more"]
    assert shown["exclude"] == ["127.0.0.8", "127.0.0.7"]
    assert shown["decoys"] == ["127.0.0.10", "127.0.0.9"]
    assert "# Our campus, agreed in November." in text
    assert "# exclusion always wins" in text
    assert [path.name for path in leakguard.folder.iterdir()] == ["scope.yaml"]


@pytest.mark.parametrize("words", [("10.0.0.1/8",), ("x y",), ("127.0.0.1", "--to", "nowhere")])
def test_a_wrong_asset_changes_nothing(leakguard: ScanCommands, words: tuple[str, ...]) -> None:
    assert leakguard("scope", "add", *words).code == 2
    assert (leakguard.folder / "scope.yaml").read_text() == SCOPE_TEXT


def test_a_scope_that_cannot_be_replaced_stays_whole(leakguard: ScanCommands) -> None:
    (leakguard.folder / f".scope.yaml.{os.getpid()}.part").mkdir()

    ran = leakguard("scope", "add", "192.0.2.1")

    assert ran.code == 2
    assert "cannot be written" in ran.err
    assert (leakguard.folder / "scope.yaml").read_text() == SCOPE_TEXT


def test_the_scope_is_shown_as_it_is_understood(leakguard: ScanCommands) -> None:
    ran = leakguard("scope", "show")

    assert ran.code == 0
    assert ran.out.splitlines() == [
        "scope     campus-2026, valid 2026-11-01 to 2027-02-01",
        "owner     Example University, security@example.edu; approved by CISO on 2026-11-01",
        "include   127.0.0.0/24, [::1], mail.example.edu, *.lab.example.edu, s3://campus-backups, aws://123456789012",
        "exclude   127.0.0.7",
        "decoys    127.0.0.9",
        "sampling  forbidden",
        "accounts  forbidden",
        "industry  forbidden",
        "limits    500/s in total, 5/s to one address, 50/s to one /24 or /64, 10/s to one name",
        "quiet     -",
    ]
    document = leakguard("scope", "show", "--format", "json").document
    assert document["sha256"] == hashlib.sha256(SCOPE_TEXT.encode()).hexdigest()
    assert document["limits"] == {"total": 500.0, "per_host": 5.0, "per_network": 50.0, "per_name": 10.0}
    assert document["quiet_hours"] == []


def test_quiet_hours_are_shown_as_they_are_understood(leakguard: ScanCommands) -> None:
    quiet = """\
quiet_hours:
  - {zone: Asia/Shanghai, from: 08:00, to: 18:00, days: [mon, tue]}
  - {zone: Europe/Berlin, from: 22:00, to: 24:00}
"""
    (leakguard.folder / "scope.yaml").write_text(SCOPE_TEXT + quiet, encoding="utf-8")

    assert leakguard("scope", "show").out.splitlines()[-2:] == [
        "quiet     08:00 to 18:00 Asia/Shanghai, mon, tue",
        "quiet     22:00 to 24:00 Europe/Berlin, every day",
    ]
    document = leakguard("scope", "show", "--format", "json").document
    assert document["quiet_hours"][0] == {
        "zone": "Asia/Shanghai",
        "from": "08:00",
        "to": "18:00",
        "days": ["mon", "tue"],
    }
    assert document["quiet_hours"][1]["to"] == "24:00"


def test_the_scope_may_lie_elsewhere(leakguard: ScanCommands) -> None:
    (leakguard.folder / "scope.yaml").rename(leakguard.folder / "campus.yaml")
    assert leakguard("scope", "show").code == 2

    (leakguard.folder / "leakguard.toml").write_text('scope = "campus.yaml"\n')

    assert leakguard("scope", "show").code == 0


def test_the_scope_may_come_from_stdin(leakguard: ScanCommands, monkeypatch: pytest.MonkeyPatch) -> None:
    import io  # noqa: PLC0415  (only this test)

    monkeypatch.setattr("sys.stdin", io.StringIO(SCOPE_TEXT))

    assert leakguard("scope", "show", "--scope", "-").code == 0


def test_a_scope_that_is_no_text_is_refused(leakguard: ScanCommands) -> None:
    (leakguard.folder / "scope.yaml").write_bytes(b"scope: \xff\xfe")

    ran = leakguard("scope", "show")

    assert ran.code == 2
    assert "not UTF-8 text" in ran.err


def test_a_target_may_be_checked_before_it_is_probed(leakguard: ScanCommands) -> None:
    inside = leakguard("scope", "check", "127.0.0.1:9200")
    outside = leakguard("scope", "check", "10.0.0.1")
    excluded = leakguard("scope", "check", "127.0.0.7")

    assert (inside.code, inside.out) == (0, "127.0.0.1:9200: in the scope `campus-2026`, until 2027-02-01\n")
    assert (outside.code, excluded.code) == (2, 2)
    assert "not in the scope" in outside.err
    assert "excluded by the scope" in excluded.err
    assert outside.out == excluded.out == ""


def test_an_account_may_be_checked_before_it_is_asked(leakguard: ScanCommands) -> None:
    inside = leakguard("scope", "check", "aws://123456789012")
    outside = leakguard("scope", "check", "aws://999988887777/eu-west-1")

    assert (inside.code, outside.code) == (0, 2)
    assert "in the scope `campus-2026`" in inside.out
    assert "not in the scope `campus-2026`: aws://999988887777" in outside.err


def test_what_pages_name_is_offered_and_nothing_is_added(leakguard: ScanCommands, tmp_path: Path) -> None:
    found = {"target": "app", "shipped": {"backends": [{"kind": "supabase", "entry": SUPABASE, "where": "/a.js"}]}}
    (tmp_path / "findings.json").write_text(json.dumps({"findings": [found]}), encoding="utf-8")
    before = (tmp_path / "scope.yaml").read_bytes()

    shown = leakguard("scope", "suggest", "--from", "findings.json")
    listed = leakguard("scope", "suggest", "--from", "findings.json", "--format", "json").document

    assert (shown.code, [one["entry"] for one in listed["suggestions"]]) == (0, [SUPABASE])
    assert SUPABASE in shown.out
    assert (tmp_path / "scope.yaml").read_bytes() == before


def test_without_a_run_there_is_nothing_to_suggest_from(leakguard: ScanCommands) -> None:
    none = leakguard("scope", "suggest")
    both = leakguard("scope", "suggest", "--run", "R-1", "--from", "f.json")

    assert (none.code, both.code) == (2, 2)
    assert "leakguard scan" in none.err


def test_the_last_run_that_read_a_page_is_asked_for_what_its_pages_name(leakguard: ScanCommands) -> None:
    page = leakguard("scan", "127.0.0.1:9200", "--format", "json").document["run"]
    backend = ShippedBackend(kind="supabase", entry=SUPABASE, where="/a.js")
    named = make_finding("F-1", run=page, host="app.example.edu")
    read = replace(named, verdict=replace(named.verdict, shipped=ShippedFindings(backends=(backend,))))
    with closing(SqlStore.open(str(leakguard.folder / "leakguard.db"), now=FakeClock(), token=Tokens())) as store:
        store.save_findings(page, [read], {})
    later = leakguard("scan", "127.0.0.1:9200", "--format", "json").document["run"]

    shown = leakguard("scope", "suggest")
    assert (shown.code, "named in app.example.edu/a.js" in shown.out) == (0, True)
    assert "name nothing" in leakguard("scope", "suggest", "--run", later).out


def test_where_no_run_read_a_page_the_answer_is_not_that_pages_name_nothing(leakguard: ScanCommands) -> None:
    leakguard("scan", "127.0.0.1:9200")
    ran = leakguard("scope", "suggest")

    assert ran.code == 2
    assert "no run read a page yet" in ran.err
