"""`leakguard incident report` and `metrics`, as a user types them."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from pypdf import PdfReader

from support.commands import CommandLine, command_line
from support.notices import complete, to_text

pytestmark = pytest.mark.untraced

ID = "IR-2026-0001"


@pytest.fixture
def leakguard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    made = command_line(tmp_path, monkeypatch, capsys)
    assert made("incident", "open", "--title", "Mail log open").code == 0
    made("incident", "event", ID, "notice_received", "--source", "e-mail of a researcher")
    made.now = "2026-05-24T15:00+08:00"
    return made


def test_a_report_is_one_page_of_html(leakguard: CommandLine) -> None:
    ran = leakguard("incident", "report", ID)

    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("<!DOCTYPE html>")
    assert f"DRILL: Incident report {ID}: Mail log open" in ran.out


def test_a_report_comes_in_chinese_where_somebody_asks_for_it(leakguard: CommandLine) -> None:
    leakguard("incident", "event", ID, "awareness")
    ran = leakguard("incident", "report", ID, "--lang", "zh")
    leakguard("incident", "report", ID, "--lang", "zh", "-o", "report.pdf")

    assert '<html lang="zh-CN">' in ran.out
    assert f"演练：事件报告{ID}：Mail log open" in ran.out
    for words in (
        "收到通报",
        "关闭暴露，并以重新探测证明已关闭",
        "欧盟《通用数据保护条例》（GDPR）第33条",
        "主管监督机构",
    ):
        assert words in ran.out
    for english in ("At a glance", "Incident report", "notice received", "Recorded by"):
        assert english not in ran.out
    assert "事件现状" in PdfReader("report.pdf").pages[0].extract_text()
    assert leakguard("incident", "report", ID, "--as", "json", "--lang", "zh").out == leakguard(
        "incident", "report", ID, "--as", "json"
    ).out  # fmt: skip


def test_a_report_goes_to_a_file_in_one_step(leakguard: CommandLine) -> None:
    ran = leakguard("incident", "report", ID, "-o", "report.pdf")

    assert (ran.code, ran.out) == (0, "")
    assert "report.pdf" in ran.err
    assert Path("report.pdf").read_bytes().startswith(b"%PDF-1.7")


@pytest.mark.parametrize(
    ("words", "begins"),
    [(("-o", "r.json"), "{"), (("-o", "r.page"), "<!DOCTYPE"), (("--as", "json", "-o", "r.pdf"), "{")],
)
def test_the_name_of_a_file_says_its_form_unless_somebody_else_does(
    leakguard: CommandLine, words: tuple[str, ...], begins: str
) -> None:
    leakguard("incident", "report", ID, *words)

    assert Path(words[-1]).read_text(encoding="utf-8").startswith(begins)


def test_a_script_gets_json_of_any_moment_that_has_passed(leakguard: CommandLine) -> None:
    leakguard("incident", "event", ID, "awareness")
    now = leakguard("incident", "report", ID, "--as", "json").document
    then = leakguard("incident", "report", ID, "--as", "json", "--at", "2026-05-24T12:00", "--no-verify").document

    assert (now["known_at"], then["known_at"]) == ("2026-05-24T07:00:00Z", "2026-05-24T04:00:00Z")
    assert [one["kind"] for one in now["timeline"]] == ["incident_opened", "notice_received", "awareness"]
    assert [one["kind"] for one in then["timeline"]] == ["incident_opened", "notice_received"]
    assert (now["ledger"]["answer"], then["ledger"]["answer"]) == ("match", "")
    assert now["is_drill"]


def test_a_kept_copy_that_was_changed_is_told(leakguard: CommandLine) -> None:
    Path("es.yml").write_text("xpack: false\n", encoding="utf-8")
    assert leakguard("evidence", "add", "es.yml", "--incident", ID, "--by", "A. L.", "--keep").code == 0
    before = leakguard("incident", "report", ID, "--as", "json").document
    (copy,) = [path for path in Path().rglob(before["evidence"][0]["sha256"]) if path.is_file()]
    copy.chmod(0o600)
    copy.write_text("xpack: true\n", encoding="utf-8")
    after = leakguard("incident", "report", ID, "--as", "json").document

    assert (before["evidence"][0]["what"], before["ledger"]["answer"]) == ("es.yml", "match")
    assert after["ledger"]["answer"] == "mismatch"


def test_facts_decide_which_duties_are_shown_and_where_they_do_not_the_settings_do(leakguard: CommandLine) -> None:
    Path("leakguard.toml").write_text('drill = true\nzone = "Asia/Shanghai"\nlaws = "us"\n', encoding="utf-8")
    leakguard("incident", "event", ID, "awareness")
    facts = {**complete(), "obligated_as": ["controller"], "events": []}
    Path("facts.yaml").write_text(to_text(facts), encoding="utf-8")
    without = leakguard("incident", "report", ID, "--as", "json").document
    told = leakguard("incident", "report", ID, "--as", "json", "--facts", "facts.yaml").document
    duties = {one["duty"] for one in told["duties"]}

    assert "eu-gdpr-33-authority" not in {one["duty"] for one in without["duties"]}
    assert "eu-gdpr-33-authority" in duties
    assert not {name for name in duties if name.startswith("cn-cac-")}
    assert {name.partition("-")[0] for name in duties} <= {"eu", "us", "cn", "gb"}
    assert "remediate" in {one["id"] for one in told["clocks"]}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((ID, "--at", "2026-05-24T18:00"), "nothing is known of the future"),
        ((ID, "--at", "2026-05-23T18:00"), f"nothing was known of {ID} before 2026-05-24T01:00:00Z"),
        (("IR-2026-0009",), "there is no incident `IR-2026-0009`"),
        ((ID, "--as", "docx"), "'docx' is not one of"),
    ],
)
def test_what_cannot_be_reported_is_refused(leakguard: CommandLine, words: tuple[str, ...], said: str) -> None:
    ran = leakguard("incident", "report", *words)

    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_a_pdf_is_not_for_a_terminal(leakguard: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    ran = leakguard("incident", "report", ID, "--as", "pdf")

    assert (ran.code, ran.out) == (2, "")
    assert "-o report.pdf" in ran.err


def test_metrics_count_what_is_open(leakguard: CommandLine) -> None:
    leakguard("incident", "event", ID, "contained")
    leakguard("incident", "open", "--title", "second")
    told = leakguard("incident", "metrics", "--format", "json").document
    spread = {one["name"]: one for one in told["durations"]}

    assert (told["incident_count"], told["open_count"]) == (2, 2)
    assert (spread["notice_to_containment"]["median_seconds"], spread["notice_to_containment"]["count"]) == (
        6 * 3600,
        1,
    )
    assert spread["opening_to_closing"]["median_seconds"] is None
    assert spread["opening_to_closing"]["open"] == 2


def test_metrics_are_columns_for_a_person(leakguard: CommandLine) -> None:
    leakguard("incident", "event", ID, "contained")
    ran = leakguard("incident", "metrics")
    rows = {line[:32].rstrip(): line[32:].split() for line in ran.out.splitlines()}

    assert ran.code == 0
    assert ran.out.startswith("1 incident, 1 of them open, as known at 2026-05-24T07:00:00Z")
    assert rows["notice to containment"][:4] == ["1", "0", "6", "h"]
    assert rows["opening to closing"] == ["1", "1", "-", "-", "-"]
    assert max(len(line) for line in ran.out.splitlines()) <= 80


def test_metrics_of_a_quarter_go_into_a_table_file(leakguard: CommandLine) -> None:
    leakguard("incident", "metrics", "--from", "2026-04-01", "--to", "2026-05-24", "--format", "csv", "-o", "in.csv")
    leakguard("incident", "metrics", "--from", "2026-05-25", "--format", "csv", "-o", "out.csv")
    inside, outside = (
        list(csv.DictReader(io.StringIO(Path(name).read_text(encoding="utf-8-sig")))) for name in ("in.csv", "out.csv")
    )

    assert {row["what"] for row in inside} == {"duration", "clock"}
    assert {row["what"] for row in outside} == {"duration"}
    assert [row["open"] for row in inside if row["name"] == "opening_to_closing"] == ["1"]


def test_a_period_that_cannot_be_read_is_refused(leakguard: CommandLine) -> None:
    ran = leakguard("incident", "metrics", "--from", "last week")

    assert (ran.code, json.dumps(ran.out)) == (2, '""')
    assert "no time that can be read" in ran.err
