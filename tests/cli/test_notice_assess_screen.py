"""The screen of `notice assess`: a terminal of 80 by 24 shows at once what applies, what is missing, what is next."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from leakguard.clocks.times import parse_instant
from leakguard.notices.assess import Assessment
from leakguard.notices.questions import next_questions
from leakguard.outputs.assess_say import AssessTexts
from notices.test_one_incident_many_laws import incident
from support.commands import CommandLine, Ran, command_line
from support.notices import book, complete, to_text

pytestmark = pytest.mark.untraced

NOW = "2026-09-20T20:00+08:00"
MOMENT = datetime(2026, 9, 20, 12, tzinfo=UTC)
LATER = "2026-09-29T20:00+08:00"
"""When several limits of the incident are over."""
UNKNOWN = {"subjects_by_jurisdiction": {"unknown": "nobody counted them"}, "risk": None, "serious_harm": None}
ROW = re.compile(r"(?:[A-Z][a-z]{2} )?(?:(\d{4})-)?(\d\d)-(\d\d)(?: 周.)? (\d\d:\d\d)(?: ([+-]\d\d(?::\d\d)?))?  ")
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LINES", "24")
    made = command_line(tmp_path, monkeypatch, capsys)
    made.now = NOW
    Path("facts.yaml").write_text(to_text(incident()), encoding="utf-8")
    Path("unknown.yaml").write_text(to_text(complete(**UNKNOWN)), encoding="utf-8")
    return made


def table_of(ran: Ran) -> list[str]:
    """The rows below the headings, each by its first line."""
    lines = [line for line in ran.out.split("\n") if not line.startswith("     ")]
    first = next(number for number, line in enumerate(lines) if line.startswith(("DEADLINE", "截止")))
    return lines[first + 1 : next(number for number, line in enumerate(lines) if line.startswith(("Find", "接下来")))]


def test_the_first_line_is_the_verdict_with_what_is_late_and_what_comes_next(run: CommandLine) -> None:
    first = " ".join(run("notice", "assess", "facts.yaml").out.split("\nJudged")[0].split())
    soonest = min(due for one in assessed() for _, status in one.phases if (due := status.work_by) is not None)

    assert first.startswith(f"{count('yes')} duties apply, {count('needs_fact')} need")
    assert first.endswith(f", next in {AssessTexts().length(soonest - MOMENT)}.")
    run.now = LATER
    out = run("notice", "assess", "facts.yaml").out
    assert re.match(r"\d+ duties apply, \d+ needs? a fact, \d+ deadlines passed", out)


def count(answer: str) -> int:
    return sum(one.applies.value == answer for one in assessed())


def assessed() -> list[Assessment]:
    from notices.test_one_incident_many_laws import assessed as found  # noqa: PLC0415  (named as the helper here)

    return list(found().values())


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_soonest_limit_stands_first_and_what_has_none_last(run: CommandLine, lang: str) -> None:
    rows = table_of(run("notice", "assess", "facts.yaml", "--lang", lang))
    limits = [ROW.match(row) for row in rows]
    dated = [found for found in limits if found is not None]
    moments = [parse_instant(f"2026-{one[2]}-{one[3]}T{one[4]}{one[5]}:00") for one in dated if one[5]]

    assert len(moments) > 1
    assert moments == sorted(moments)
    assert None not in limits[: len(dated)]


def test_each_row_names_the_facts_that_it_waits_for_by_their_numbers_in_the_list(
    run: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINES", "300")
    out = run("notice", "assess", "facts.yaml").out
    names = [one.fact for one in next_questions(assessed(), book().vocabulary)]

    for number, name in enumerate(names, start=1):
        waiting = [one for one in assessed() if name in one.missing_facts]
        assert re.search(rf"^ *{number} .*(\n   .*)?\({name}\)", out, re.MULTILINE)
        assert re.search(rf"fact {number}\b.*{waiting[0].duty.id}", out)


def test_a_clock_that_nobody_started_names_the_event_that_starts_it(run: CommandLine) -> None:
    out = run("notice", "assess", "facts.yaml").out

    assert " - the moment of credible_grounds (under `events`): sg-pdpa-26d-pdpc" in out


def test_a_tall_terminal_shows_whom_each_duty_is_for_and_each_fact_in_words(
    run: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINES", "300")
    out = run("notice", "assess", "facts.yaml").out
    applying = (one.duty.recipient for one in assessed() if one.applies.value == "yes")
    recipients = {one.name for one in applying if not one.authority and not one.by}

    assert [name for name in recipients if name.split()[0] not in out] == []
    assert book().vocabulary.facts["interests_harmed"].en in out


def test_a_wide_terminal_names_the_recipient_in_the_row_of_its_duty(
    run: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("LINES", "60")

    assert re.search(
        r"eu-gdpr-33-authority +Competent supervisory authority", run("notice", "assess", "facts.yaml").out
    )
    assert re.search(r"eu-gdpr-33-authority +主管监督机构", run("notice", "assess", "facts.yaml", "--lang", "zh").out)


def test_what_is_not_on_the_screen_is_counted_and_stands_behind_all(run: CommandLine) -> None:
    short, whole = run("notice", "assess", "facts.yaml").out, run("notice", "assess", "facts.yaml", "--all").out
    ruled_out = [one for one in assessed() if one.applies.value == "no" and not one.is_dormant]

    assert f"--all: reasons, sources, {len(ruled_out)} not applicable" in short
    assert "Do not apply:" in whole
    assert [one.duty.id for one in assessed() if one.duty.id not in whole] == []
    assert {one.duty.id for one in ruled_out}.isdisjoint(re.findall(r"[\w-]+", short))


def test_a_terminal_colours_what_is_late_and_says_the_same_without_colour(
    run: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    run.now = LATER
    plain = run("notice", "assess", "facts.yaml").out
    monkeypatch.setenv("FORCE_COLOR", "1")
    from leakguard.cli.main import run as leakguard  # noqa: PLC0415  (without --no-color)

    leakguard(["--now", LATER, "notice", "assess", "facts.yaml"])
    coloured = run.capsys.readouterr().out

    assert "\x1b[1;31mWed 09-23" in coloured
    assert COLOURS.sub("", coloured) == plain
    assert "late 6 d" in plain


def test_a_pipe_gets_the_same_screen_without_a_terminal(run: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    on_terminal = run("notice", "assess", "facts.yaml").out
    monkeypatch.delenv("COLUMNS")

    assert run("notice", "assess", "facts.yaml").out == on_terminal


def test_the_name_of_an_organisation_moves_no_cursor(run: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINES", "300")
    values = incident()
    first = {**values.pop("organisation"), "obligated_as": values.pop("obligated_as")}
    other = {"name": "Evil\u202e Ltd", "role": "processor", "country": "DE", "obligated_as": ["processor"]}
    Path("several.yaml").write_text(to_text({**values, "organisations": [first, other]}), encoding="utf-8")
    ran = run("notice", "assess", "several.yaml")

    assert "for Evil" in ran.out
    assert "\u202e" not in ran.out


def test_facts_that_bring_no_duty_say_so_and_promise_nothing(run: CommandLine) -> None:
    values = complete(subjects_by_jurisdiction={"value": {"GL": 12}}, operates_in={"value": ["GL"]})
    values["organisation"]["country"] = "GL"
    Path("none.yaml").write_text(to_text(values), encoding="utf-8")
    out = run("notice", "assess", "none.yaml").out

    assert out.startswith("No known duty applies")
    assert "No duty that is known here applies to these facts." in out
