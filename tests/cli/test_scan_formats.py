"""`leakguard scan --format ...` and `leakguard scan mute`, as a user types them."""

from __future__ import annotations

import csv
import io
import json
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from leakguard.cli.scan.printing import FORMATS
from leakguard.frozen import replace
from leakguard.models.findings import Outcome, ReasonCode, Severity
from leakguard.models.runs import RunState
from leakguard.models.targets import Endpoint
from leakguard.store.sql_store import SqlStore
from support.accounts import AccountTools, open_store
from support.fake_prober import FakeProber, store_server
from support.ledgers import Tokens, make_record
from support.scan_commands import ScanCommands, scan_commands
from support.scan_views import at


@pytest.fixture
def leakguard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> ScanCommands:
    commands = scan_commands(tmp_path, monkeypatch, capsys)
    servers = {f"127.0.0.{n}:9200": store_server(cluster=f"cluster-number-{n}-of-ours") for n in (1, 2)}
    commands.world.network = FakeProber(servers=servers)
    return commands


def scanned(leakguard: ScanCommands) -> tuple[str, list[str]]:
    """A run of two open clusters: its id, and those of its findings."""
    run = str(leakguard("scan", "127.0.0.1:9200", "127.0.0.2:9200", "--format", "json").document["run"])
    shown = leakguard("scan", "show", run, "--format", "json").document["findings"]
    return run, [one["id"] for one in sorted(shown, key=lambda one: str(one["target"]))]


def mute(leakguard: ScanCommands, finding: str, *more: str, until: str = "2027-03-31") -> int:
    words = ("--reason", "a public data set", "--owner", "A. Owner", "--until", until, *more)
    return leakguard("scan", "mute", finding, *words).code


BEGINS = {
    "sarif": '{"$schema"', "ocsf": "[\n{", "csv": "\ufefffinding,", "md": "# Exposed", "html": "<!DOCTYPE html>",
    "table": "", "json": "{", "jsonl": '{"',
}  # fmt: skip
"""How each format begins; a new one says it here."""


@pytest.mark.parametrize("output_format", FORMATS)
def test_each_format_comes_to_stdout_or_into_a_file(leakguard: ScanCommands, output_format: str) -> None:
    begins = BEGINS[output_format]
    ran = leakguard("scan", "127.0.0.1:9200", "--format", output_format)
    run = ran.err.split("Run ")[1].split(":")[0]
    again = leakguard("scan", "show", run, "--format", output_format, "-o", "out")
    written = (leakguard.folder / "out").read_text("utf-8")

    assert (ran.code, again.code, again.out) == (1, 1, "")
    assert ran.out.startswith(begins)
    assert written.startswith(begins)
    assert "127.0.0.1:9200" in ran.out


@pytest.mark.parametrize("output_format", FORMATS)
def test_each_format_tells_how_many_protected_endpoints_are_not_settled(
    leakguard: ScanCommands, output_format: str
) -> None:
    """By a count, or endpoint by endpoint; who reads one format alone must not take a login for a settled one."""
    leakguard("scan", "127.0.0.9:9200")
    with closing(SqlStore.open("leakguard.db", now=lambda: leakguard.world.now, token=Tokens())) as store:
        store.append("R-7", [make_record("run_started", {"targets": [], "planned": 41, "parts": 1})])
        tried = [
            at(f"10.0.0.{n}", f"F-{n}", outcome=Outcome.NOT_EXPOSED, severity=Severity.NONE, size=None)
            for n in range(1, 38)
        ]
        code = ReasonCode.ACCOUNTS_NOT_TRIED
        findings = [replace(one, run="R-7", verdict=replace(one.verdict, reason_code=code)) for one in tried]
        state = RunState(next_position=41, counts={"protected": 41}, unsettled={code.value: 37})
        store.save_findings("R-7", findings, {}, {0: state})
        store.append("R-7", [make_record("run_finished", {"counts": {"protected": 41}})])

    ran = leakguard("scan", "show", "R-7", "--format", output_format)
    told = ran.out + (ran.err if output_format == "table" else "")

    by_count = "37 of them by a login" in told or '"accounts_not_tried": 37' in told
    assert by_count or told.count("accounts_not_tried") == 37


def test_titles_of_the_checks_stand_beside_their_ids(leakguard: ScanCommands) -> None:
    (row,) = csv.DictReader(
        io.StringIO(leakguard("scan", "127.0.0.1:9200", "--format", "csv").out.removeprefix("\ufeff"))
    )

    assert row["title"] != row["check"]


@pytest.mark.parametrize("option", ["--dry-run", "--explain"])
def test_what_is_told_before_a_scan_has_no_format_of_others(leakguard: ScanCommands, option: str) -> None:
    ran = leakguard("scan", "127.0.0.1:9200", option, "--format", "sarif")

    assert ran.code == 2
    assert "Use --format table or --format json." in ran.err


def test_a_muted_finding_leaves_the_table_and_stays_marked_everywhere_else(leakguard: ScanCommands) -> None:
    run, (first, _) = scanned(leakguard)
    muted = mute(leakguard, first)
    table = leakguard("scan", "show", run)
    document = leakguard("scan", "show", run, "--format", "json").document
    sarif = json.loads(leakguard("scan", "show", run, "--format", "sarif").out)

    assert muted == 0
    assert "127.0.0.1:9200" not in table.out
    assert "127.0.0.2:9200" in table.out
    assert "1 open finding is muted by the owner" in table.err
    assert [one["target"] for one in document["findings"] if "muted" in one] == ["127.0.0.1:9200"]
    assert sum("suppressions" in one for one in sarif["runs"][0]["results"]) == 1


def test_when_all_that_is_open_is_accepted_the_scan_is_clean_until_that_day(leakguard: ScanCommands) -> None:
    _, findings = scanned(leakguard)
    for finding in findings:
        mute(leakguard, finding)
    accepted = leakguard("scan", "127.0.0.1:9200", "127.0.0.2:9200")
    leakguard.world.now += timedelta(days=200)
    over = leakguard("scan", "127.0.0.1:9200", "--scope", "later.yaml") if later_scope(leakguard) else None

    assert accepted.code == 0
    assert "2 open findings are muted" in accepted.err
    assert over is not None
    assert over.code == 1
    assert "A mute ended on 2027-03-31 and holds no more" in over.err


def later_scope(leakguard: ScanCommands) -> bool:
    text = (leakguard.folder / "scope.yaml").read_text("utf-8")
    (leakguard.folder / "later.yaml").write_text(text.replace("2027-02-01", "2027-12-31"), encoding="utf-8")
    return True


def test_a_mute_that_ends_before_its_day_leaves_the_finding_open_and_the_ledger_says_who_and_why(
    leakguard: ScanCommands,
) -> None:
    run, (first, second) = scanned(leakguard)
    for finding in (first, second):
        mute(leakguard, finding)
    ended = leakguard("scan", "unmute", first, "--reason", "the data was moved")

    assert ended.code == 0
    assert "127.0.0.1:9200 is no longer muted" in ended.out
    assert leakguard("scan", "show", run).code == 1
    text = (leakguard.folder / "mutes.yaml").read_text("utf-8")
    assert "127.0.0.2:9200" in text
    assert "127.0.0.1:9200" not in text
    with closing(open_store(str(leakguard.folder / "leakguard.db"), AccountTools())) as store:
        (entry,) = store.of_kinds(["finding_unmuted"])
    assert entry.content["reason"] == "the data was moved"
    assert entry.content["entries"][0]["owner"] == "A. Owner"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no entry of mutes.yaml mutes"),
        (
            "mutes: [{finding: %s, reason: r, owner: o, expires: 2027-01-01}]\n",
            "`mutes` is no list of lines in mutes.yaml",
        ),
        ("mutes:\n- {finding: %s, reason: r, owner: o, expires: 2020-01-01}\n", "no entry of mutes.yaml mutes"),
    ],
)
def test_a_mute_that_cannot_be_ended_is_said_so_and_the_list_stays(
    leakguard: ScanCommands, text: str, says: str
) -> None:
    _, (first, _) = scanned(leakguard)
    written = text % first if text else ""
    if written:
        (leakguard.folder / "mutes.yaml").write_text(written, encoding="utf-8")
    ran = leakguard("scan", "unmute", first, "--reason", "r")

    assert ran.code == 2
    assert says in ran.err
    assert not written or (leakguard.folder / "mutes.yaml").read_text("utf-8") == written


@pytest.mark.parametrize("indent", ["", " ", "  ", "    "])
def test_an_entry_is_added_at_the_indent_of_the_list(leakguard: ScanCommands, indent: str) -> None:
    _, (first, second) = scanned(leakguard)
    by = ("reason: known", "owner: A", "expires: 2027-01-01")
    flow, block = f"{{finding: F-0000000000, {', '.join(by)}}}", "".join(f"{indent}  {line}\n" for line in by)
    before = f"# ours\nmutes:\n{indent}# the first\n{indent}- {flow}\n{indent}- finding: F-0000000001\n{block}"
    (leakguard.folder / "mutes.yaml").write_text(before, encoding="utf-8")

    assert mute(leakguard, first) == 0
    assert mute(leakguard, second) == 0
    after = (leakguard.folder / "mutes.yaml").read_text("utf-8")
    assert after.startswith(before)
    assert [line.index("- {") for line in after.removeprefix(before).splitlines()] == [len(indent)] * 2
    assert leakguard("scan", "127.0.0.1:9200", "127.0.0.2:9200").code == 0


def test_another_store_at_the_same_place_is_told(leakguard: ScanCommands) -> None:
    _, (first, _) = scanned(leakguard)
    mute(leakguard, first)
    other = store_server(cluster="somebody-elses-cluster-now")
    leakguard.world.network = FakeProber(servers={"127.0.0.1:9200": other})

    assert leakguard("scan", "127.0.0.1:9200").code == 1


def test_the_list_may_have_another_name(leakguard: ScanCommands) -> None:
    run, findings = scanned(leakguard)
    for finding in findings:
        mute(leakguard, finding, "--mutes", "ours.yaml")

    assert leakguard("scan", "show", run).code == 1
    assert leakguard("scan", "show", run, "--mutes", "ours.yaml").code == 0
    (leakguard.folder / "leakguard.toml").write_text('mutes = "ours.yaml"\n', encoding="utf-8")
    assert leakguard("scan", "show", run).code == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("F-0000000000",), "there is no finding `F-0000000000`"),
        (("--until", "soon"), "`soon` is no day"),
        (("--until", "2030-01-01"), "must lie within a year"),
        (("--until", "2020-01-01"), "must lie within a year"),
        (("--reason", " "), "has to say something that a person can read"),
        (("--mutes", "odd.yaml"), "does not stand last in odd.yaml"),
    ],
)
def test_what_cannot_be_accepted_is_refused(leakguard: ScanCommands, words: tuple[str, ...], says: str) -> None:
    _, (first, _) = scanned(leakguard)
    (leakguard.folder / "odd.yaml").write_text("mutes: []\n", encoding="utf-8")
    finding = () if words[0].startswith("F-") else (first,)
    given = ("--reason", "r", "--owner", "o", "--until", "2027-01-01")
    ran = leakguard("scan", "mute", *finding, *given, *words)

    assert ran.code == 2
    assert says in ran.err
    assert not (leakguard.folder / "mutes.yaml").exists()


def test_a_broken_or_missing_list_is_said_so(leakguard: ScanCommands) -> None:
    run, _ = scanned(leakguard)
    (leakguard.folder / "mutes.yaml").write_text("mutes: [{}]\n", encoding="utf-8")

    assert leakguard("scan", "show", run).code == 2
    assert leakguard("scan", "show", run, "--mutes", "none.yaml").code == 2


@pytest.mark.parametrize("more", [(), ("--dry-run",), ("--explain",), ("--aws", "prod")], ids=str)
@pytest.mark.parametrize("named", [(), ("--mutes", "none.yaml")], ids=str)
def test_a_bad_list_is_refused_before_the_first_probe(
    leakguard: ScanCommands, named: tuple[str, ...], more: tuple[str, ...]
) -> None:
    """Noticed only afterwards, it hid what the scan had found."""
    (leakguard.folder / "mutes.yaml").write_text("mutes: [{}]\n", encoding="utf-8")
    targets = () if "--aws" in more else ("127.0.0.1:9200",)

    ran = leakguard("scan", *targets, *named, *more)

    assert (ran.code, ran.out) == (2, "")
    assert ("there is no mute list `none.yaml`" if named else "mutes.yaml: ") in ran.err
    assert leakguard.world.network.opened == []


def test_a_list_that_breaks_while_the_scan_runs_hides_nothing(leakguard: ScanCommands) -> None:
    """It was read before the scan, and is not read again."""
    (leakguard.folder / "mutes.yaml").write_text("mutes: []\n", encoding="utf-8")

    async def breaking(_: Endpoint) -> None:
        (leakguard.folder / "mutes.yaml").write_text("mutes: [{}]\n", encoding="utf-8")

    leakguard.world.network.pause = breaking
    ran = leakguard("scan", "127.0.0.1:9200")

    assert ran.code == 1
    assert "127.0.0.1:9200" in ran.out


def test_a_mute_of_a_check_that_does_not_exist_is_told(leakguard: ScanCommands) -> None:
    """Nobody would see a misspelt entry otherwise: it simply never fits."""
    run, _ = scanned(leakguard)
    entries = "".join(
        f"  - {{check: {check}, target: '10.0.0.9:1', reason: known, owner: A, expires: 2026-12-24}}\n"
        for check in ("store_opne", "store_open", "aws_rds_public")
    )
    (leakguard.folder / "mutes.yaml").write_text(f"mutes:\n{entries}", encoding="utf-8")

    ran = leakguard("scan", "show", run)

    assert ran.code == 1
    assert ran.err.count("names a check that does not exist, and mutes nothing") == 1
    assert "store_opne" in ran.err
