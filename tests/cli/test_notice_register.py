"""`leakguard notice register` as a user types it."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from openpyxl import load_workbook

from support.commands import CommandLine, command_line
from support.notices import CAC, GDPR_33, complete, to_text

ID = "IR-2026-0001"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    made = command_line(tmp_path, monkeypatch, capsys)
    made.now = "2026-06-12T12:00+08:00"
    return made


def facts(name: str, incident: str) -> str:
    Path(name).write_text(to_text({**complete(), "incident": incident}), encoding="utf-8")
    return name


def test_every_incident_of_the_store_has_a_row_with_its_place_in_the_ledger(run: CommandLine) -> None:
    run("incident", "open", "--title", "=a search server")
    run("incident", "open", "--title", "a lost laptop")
    run("notice", "file", ID, "--duty", CAC, "--stage", "initial", "--reference", "receipt 17")
    ran = run("notice", "register", facts("facts.yaml", ID), facts("other.yaml", "elsewhere-1"), "--as", "json")
    first, second, third = ran.document["register"]

    assert ran.code == 0
    assert [one["incident"] for one in (first, second, third)] == [ID, "IR-2026-0002", "elsewhere-1"]
    assert "receipt 17" in first["filings"]
    assert first["people_at_least"] == 1_400_000
    assert first["ledger_head"] == second["ledger_head"] == first["ledger_entry"]
    assert second["ledger_entry"].split()[0] == "2"
    assert f"{GDPR_33}: not decided, needs" in second["not_notified"]
    assert (third["state"], third["ledger_entry"]) == ("", "")


def test_a_csv_is_safe_to_open(run: CommandLine) -> None:
    run("incident", "open", "--title", "=cmd|' /C calc'!A0")
    ran = run("notice", "register", "-o", "register.csv")
    header, row = csv.reader(io.StringIO(Path("register.csv").read_text(encoding="utf-8-sig")))

    assert (ran.code, ran.out) == (0, "")
    assert "register.csv" in ran.err
    assert dict(zip(header, row, strict=True))["title"] == "'=cmd|' /C calc'!A0"


def test_a_workbook_opens_and_is_not_for_a_terminal(run: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    run("notice", "register", facts("facts.yaml", "elsewhere-1"), "--as", "xlsx", "-o", "register.xlsx")
    page = load_workbook("register.xlsx").worksheets[0]
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)

    assert [page["A2"].value, page["B2"].value] == ["DRILL", "elsewhere-1"]
    refused = run("notice", "register", "facts.yaml", "--as", "xlsx")
    assert refused.code == 2
    assert "-o register.xlsx" in refused.err


def test_files_alone_make_a_register_without_a_store(run: CommandLine) -> None:
    ran = run("notice", "register", facts("facts.yaml", "elsewhere-1"), "--now", "2026-06-20T12:00")

    assert ran.code == 0
    assert "elsewhere-1" in ran.out
    assert "overdue" in ran.out
    assert not Path("leakguard.db").exists()


def test_nothing_to_register_and_one_incident_told_twice_are_refused(run: CommandLine) -> None:
    nothing = run("notice", "register")
    twice = run("notice", "register", facts("a.yaml", "one"), facts("b.yaml", "one"))

    assert nothing.code == twice.code == 2
    assert "facts.yaml" in nothing.err
    assert "two facts files tell of one" in twice.err


def test_a_place_that_cannot_be_written_is_named(run: CommandLine) -> None:
    ran = run("notice", "register", facts("facts.yaml", "one"), "-o", "missing/register.csv")

    assert ran.code == 2
    assert "missing/register.csv cannot be written" in ran.err


def test_a_house_with_every_role_is_judged_by_every_law(run: CommandLine) -> None:
    Path("leakguard.toml").write_text('drill = true\nzone = "Asia/Shanghai"\nobligated_as = ""\n', encoding="utf-8")
    run("incident", "open", "--title", "a search server")

    assert run("notice", "register").code == 0


def test_a_file_without_a_zone_is_read_in_the_zone_of_its_incident(run: CommandLine) -> None:
    run("incident", "open", "--title", "a search server", "--zone", "Asia/Shanghai")
    stated = complete(breach_date={"value": "2026-06-11T05:00"})
    Path("facts.yaml").write_text(to_text({**stated, "incident": ID, "zone": None}), encoding="utf-8")
    ran = run("notice", "register", "facts.yaml", "--as", "json")

    assert ran.code == 0
    assert ran.document["register"][0]["breach_from_utc"] == "2026-06-10T21:00:00Z"
