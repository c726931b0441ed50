"""A duty whose text of the day nobody knows has no clock: every command that watches says so; silence looks safe."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from leakguard.bundled import BundledFiles
from leakguard.cli.options import Context
from leakguard.cli.watchman.printing import CyclePrinter
from leakguard.errors import ExitCode
from leakguard.notices.book import load_duties
from leakguard.notices.law_of_day import Force, law_between
from leakguard.use_cases.alerts.watchman import once
from support.commands import CommandLine, Ran, command_line

ID = "IR-2026-0001"
COUNTRY, DAY = "NL", date(2020, 6, 1)
TABLES = """
[[channel]]
name = "log"
kind = "file"
path = "sent.txt"
[escalation]
levels = [{role = "commander"}]
roles = {commander = ["log"]}
"""
FACTS = """\
incident: x
organisation: {name: X, role: essential_entity, country: NL}
obligated_as: [essential_entity]
facts: {discovery_date: {value: "2020-06-01"}}
"""


@pytest.fixture
def leakguard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """An incident of years ago, of an organisation in a country whose present law is younger than that."""
    monkeypatch.delenv("LEAKGUARD_COUNTRY", raising=False)
    command = command_line(tmp_path, monkeypatch, capsys)
    file = tmp_path / "leakguard.toml"
    file.write_text(f'country = "{COUNTRY}"\nobligated_as = ""\n{file.read_text("utf-8")}{TABLES}', encoding="utf-8")
    command("incident", "open", "--title", "From the archive")
    command("incident", "event", ID, "discovery", "--at", f"{DAY}T10:00", "--reason", "from the archive")
    return command


def expected() -> list[str]:
    """The duties of the country that shipped without a text for the day, by the data alone."""
    duties = (duty for duty in load_duties(BundledFiles()).duties if duty.id.startswith(f"{COUNTRY.lower()}-"))
    found = [duty.id for duty in duties if law_between(duty, DAY, DAY).force is Force.UNKNOWN]
    assert found, "choose a day for which a duty of the country has no text"
    return found


def named(ran: Ran) -> list[str]:
    return [one["duty"] for one in ran.document["no_rule_for_the_day"] if one["duty"].startswith(f"{COUNTRY.lower()}-")]


@pytest.mark.parametrize(
    "words", [("clock", "list", "--incident", ID), ("incident", "show", ID), ("watchman", "once")], ids=" ".join
)
def test_a_command_that_watches_names_each_duty_whose_law_of_the_day_nobody_knows(
    leakguard: CommandLine, words: tuple[str, ...]
) -> None:
    told = leakguard(*words)
    document = leakguard(*words, "--format", "json")

    for duty in expected():
        assert f"no rule known for the day: {duty} (" in told.err
    assert named(document) == expected()
    assert "is not known here" in document.out


def test_clock_watch_and_the_report_name_them_too(leakguard: CommandLine) -> None:
    report = leakguard("incident", "report", ID, "--as", "json")
    watch = leakguard("clock", "watch", "--incident", ID, "--once")

    for duty in expected():
        assert f"no rule known for the day: {duty} (" in " ".join(report.document["laws"])
        assert f"no rule known for the day: {duty} (" in watch.err


def test_facts_leave_only_those_that_may_concern_the_organisation(leakguard: CommandLine) -> None:
    """With a facts file every law is asked, and hundreds that reach nobody here would hide the one that does."""
    (leakguard.folder / "facts.yaml").write_text(FACTS, encoding="utf-8")
    ran = leakguard("clock", "list", "--incident", ID, "--facts", "facts.yaml", "--format", "json")

    found = [one["duty"] for one in ran.document["no_rule_for_the_day"]]
    assert set(expected()) <= set(found)
    assert not [one for one in found if one.startswith(("jp-", "us-", "vn-"))]


def test_a_person_who_rules_a_duty_out_ends_the_remark_and_one_who_confirms_it_does_not(leakguard: CommandLine) -> None:
    duty = expected()[0]
    words = ("notice", "override", ID, "--duty", duty, "--reason", "the act of that year was read", "--by", "Ada")
    leakguard(*words, "--applies", "no")
    assert duty not in named(leakguard("clock", "list", "--incident", ID, "--format", "json"))

    leakguard.now = "2026-05-24T10:00+08:00"
    leakguard(*words, "--applies", "yes")
    assert duty in named(leakguard("clock", "list", "--incident", ID, "--format", "json"))


def test_the_check_from_outside_tells_them_without_failing_for_them(leakguard: CommandLine) -> None:
    leakguard("watchman", "once")
    ran = leakguard("watchman", "check", "--format", "json")

    troubles = [one for one in ran.document["troubles"] if one["kind"] == "no_rule_for_the_day"]
    assert [one["text"].split()[7] for one in troubles if f" {COUNTRY.lower()}-" in one["text"]] == expected()
    assert {one["exit_code"] for one in troubles} == {ExitCode.CLEAN}


def test_a_watchman_says_it_once_and_not_at_every_look(
    leakguard: CommandLine, capsys: pytest.CaptureFixture[str]
) -> None:
    """It looks every fifteen seconds; the same line at each look would hide what is new."""
    context = Context(now=leakguard.now)
    watchman = context.wiring.watchman()
    telling = CyclePrinter(context, watchman, context.wiring.heartbeat())
    for _ in range(2):
        telling.tell(once(watchman))
    context.wiring.close()

    assert capsys.readouterr().err.count(f"no rule known for the day: {expected()[0]} (") == 1


def test_where_nothing_says_whose_laws_are_watched_an_incident_is_shown_all_the_same(leakguard: CommandLine) -> None:
    file = leakguard.folder / "leakguard.toml"
    file.write_text(file.read_text("utf-8").replace(f'country = "{COUNTRY}"\n', ""), encoding="utf-8")
    ran = leakguard("incident", "show", ID, "--format", "json")

    assert ran.code == ExitCode.CLEAN
    assert "no_rule_for_the_day" not in ran.document


def test_many_of_them_are_counted_for_a_person_and_all_named_in_json(leakguard: CommandLine) -> None:
    words = ("clock", "list", "--incident", ID, "--laws", "all")
    told, document = leakguard(*words), leakguard(*words, "--format", "json")

    every = [
        duty.id for duty in load_duties(BundledFiles()).duties if law_between(duty, DAY, DAY).force is Force.UNKNOWN
    ]
    lines = [line for line in told.err.splitlines() if line.startswith("no rule known for the day: ")]
    assert lines[-1].split(": ")[1].startswith(f"{len(every) - len(lines) + 1} more duties")
    assert sorted(one["duty"] for one in document.document["no_rule_for_the_day"]) == sorted(every)
