"""`leakguard notice severity` as a user types it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from leakguard.cli.main import run
from support.notices import complete, to_text
from support.severity import UNIVERSITY, methods

Command = Callable[..., tuple[int, str, str]]
CANARY = "11010519491231002X"


@pytest.fixture
def severity(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs `leakguard notice severity facts.yaml ...`; gives the exit code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)

    def command(*words: str, **facts: Any) -> tuple[int, str, str]:  # noqa: ANN401  (a facts file holds anything)
        values = complete(**{**UNIVERSITY, **facts})
        Path("facts.yaml").write_text(to_text(values), encoding="utf-8")
        code = run(["--no-color", "notice", "severity", "facts.yaml", "--now", "2026-06-12T12:00+08:00", *words])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return command


def test_json_has_the_fields_of_the_contract(severity: Command) -> None:
    code, out, err = severity("--format", "json")
    shown = json.loads(out)

    assert (code, err) == (0, "")
    assert [shown[name] for name in ("method", "dpc", "ei", "cb", "score", "band")] == [
        "enisa-2013", 3, 1, 0.5, 3.5, "high",
    ]  # fmt: skip
    assert any(one["input"] == "dpc" and one["changes_band"] for one in shown["sensitivity"])


def test_a_person_reads_the_score_what_moves_it_and_who_decides(severity: Command) -> None:
    code, out, _ = severity()

    assert code == 0
    assert "score 3.5, band high" in out
    assert "dpc 3 -> 2: 2.5, medium" in out
    assert "integrity: no single step changes the band" in out
    assert "to be verified: upper cuts of the bands" in out
    assert "A person decides" in out
    assert "Not legal advice." in out
    assert max(len(line) for line in out.splitlines() if "https://" not in line) <= 80


def test_a_missing_fact_prints_the_range_and_its_name(severity: Command) -> None:
    _, out, _ = severity(identification_ease=None)

    assert "score 1.25 to 3.5, band low or medium or high" in out
    assert "ei 0.25: 1.25, low" in out
    assert "missing: identification_ease" in out
    assert "means:" not in out


def test_remarks_are_printed(severity: Command) -> None:
    assert "consider: vulnerable people" in severity(vulnerable_people={"value": True})[1]


def test_the_words_of_the_cnil_are_those_of_the_same_band(severity: Command) -> None:
    assert json.loads(severity("--method", "cnil", "--format", "json")[1])["same_in"] == {
        "cnil": "significant", "edpb_template": "severe",
    }  # fmt: skip


def test_a_table_prints_its_outcome_or_what_is_possible(severity: Command) -> None:
    settled, still_open = severity("--method", "ico")[1], severity("--method", "edpb-01-2021")[1]

    assert "outcome: notify the ICO and tell the people" in settled
    assert "possible: notify the authority; a risk is likely" in still_open
    assert "missing: data_sensitivity" in still_open


def test_a_presumption_is_printed_only_while_facts_are_missing(severity: Command) -> None:
    harmless = {"phi_nature_harmless": {"value": True}, "data_recovered": {"value": True}}
    unknown = severity("--method", "hipaa", access={"value": False}, exfiltration={"value": False}, **harmless)[1]

    assert "presumed meanwhile: a breach" in unknown
    assert "presumed meanwhile" not in severity("--method", "hipaa")[1]


def test_a_long_table_tells_what_holds_and_names_what_nobody_stated(severity: Command) -> None:
    _, out, _ = severity("--method", "cac")

    assert "outcome: relatively major" in out
    assert "41 further factors: no" in out
    assert "state them:" in out
    assert len(out.splitlines()) < 40


def test_a_reason_that_several_grades_share_is_told_once(severity: Command) -> None:
    """Three times the same line looked like a slip, and told nothing."""
    _, out, _ = severity("--method", "cac", subject_count={"unknown": "not counted"}, direct_loss={"unknown": "open"})
    reasons = [line for line in out.splitlines() if line.strip().startswith("because")]

    assert reasons == ["  because open: at least one limb of this grade holds"]


def test_all_methods_come_in_one_document(severity: Command) -> None:
    code, out, _ = severity("--method", "all", "--format", "json")
    shown = json.loads(out)["methods"]

    assert code == 0
    assert [one["method"] for one in shown] == [name for name in methods().names if name != "cnil"]
    assert all(one["source"]["verified_on"] and one["decided_by"] for one in shown)


def test_help_names_every_method(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["notice", "severity", "--help"]) == 0
    said = capsys.readouterr().out

    assert all(name in said for name in (*methods().names, "all"))


@pytest.mark.parametrize(
    ("name", "says"), [("enisa-2031", "Did you mean `enisa-2013`?"), ("zzz", "The methods are: enisa-2013")]
)
def test_an_unknown_method_ends_with_two_and_the_nearest(severity: Command, name: str, says: str) -> None:
    code, out, err = severity("--method", name)

    assert (code, out) == (2, "")
    assert says in err


@pytest.mark.parametrize("fact", ["dpc_adjustments", "identification_ease", "data_categories"])
def test_a_value_of_a_victim_never_comes_out(severity: Command, fact: str) -> None:
    for value in (CANARY, [CANARY], {CANARY: 1}):
        code, out, err = severity("--method", "all", **{fact: {"value": value}})
        assert code == 2
        assert CANARY not in out + err
