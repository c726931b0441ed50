"""Which laws are watched: by the option, the settings, the seat and the records; named, and narrowed aloud."""

from __future__ import annotations

from pathlib import Path

import pytest

from leakguard.errors import ExitCode
from support.commands import CommandLine, Ran, command_line

ID = "IR-2026-0001"
SCOPE = """\
scope: campus
owner: {organisation: X, contact: a@example.edu, approved_by: CISO, approved_at: 2026-05-01, country: FR}
valid: {from: 2026-05-01, until: 2026-08-01}
include: [127.0.0.1]
"""
FACTS = """\
incident: x
organisation: {name: X, role: controller, country: JP}
obligated_as: [controller]
facts:
  subjects_by_jurisdiction: {value: {JP: 10, US-AS: 5}}
"""


@pytest.fixture
def leakguard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """An incident in a folder that says nothing of laws or seats."""
    monkeypatch.delenv("LEAKGUARD_COUNTRY", raising=False)
    command = command_line(tmp_path, monkeypatch, capsys)
    command("incident", "open", "--title", "Mail log open")
    return command


def settings(leakguard: CommandLine, *lines: str) -> None:
    path = leakguard.folder / "leakguard.toml"
    path.write_text("\n".join([*lines, path.read_text(encoding="utf-8")]), encoding="utf-8")


def listed(leakguard: CommandLine, *words: str) -> Ran:
    return leakguard("clock", "list", "--incident", ID, *words)


def laws_of(ran: Ran) -> set[str]:
    """The laws whose clocks are listed; promises of our own have no dot."""
    return {one["id"].partition("-")[0] for one in ran.document["clocks"] if "." in one["id"]}


@pytest.mark.parametrize(
    "words",
    [
        ("clock", "list", "--incident", ID), ("clock", "watch", "--incident", ID, "--once"),
        ("clock", "ics", "--incident", ID), ("watchman", "once"), ("watchman", "run"), ("watchman", "check"),
        ("incident", "report", ID), ("incident", "metrics"), ("incident", "close", ID),
    ],
)  # fmt: skip
def test_where_nothing_can_be_derived_it_ends_with_2_and_the_next_step(
    leakguard: CommandLine, words: tuple[str, ...]
) -> None:
    ran = leakguard(*words)

    assert (ran.code, ran.out) == (ExitCode.USAGE, "")
    assert 'Next: Put country = "DE" into leakguard.toml' in ran.err


def test_the_seat_of_the_settings_brings_its_law_and_no_other(leakguard: CommandLine) -> None:
    """A European team once saw ten Chinese rows of eighteen."""
    settings(leakguard, 'country = "DE"')
    ran = listed(leakguard, "--format", "json")

    seat = "DE: the seat, leakguard.toml: country"
    assert laws_of(ran) == {"eu"}
    assert ran.document["laws"]["watched"] == {"de": seat, "eu": seat}
    assert f"Laws considered: de ({seat}); eu ({seat})." in ran.err


def test_the_owner_of_the_scope_says_where_the_seat_is(leakguard: CommandLine) -> None:
    (leakguard.folder / "scope.yaml").write_text(SCOPE, encoding="utf-8")
    ran = listed(leakguard, "--format", "json")

    seat = "FR: the seat, scope.yaml: owner.country"
    assert laws_of(ran) == {"eu"}
    assert ran.document["laws"]["watched"] == {"eu": seat, "fr": seat}
    assert leakguard("scope", "check", "127.0.0.1").code == ExitCode.CLEAN


def test_scope_init_writes_the_country(leakguard: CommandLine) -> None:
    words = ("--organisation", "X", "--contact", "a@example.edu", "--approved-by", "CISO", "--include", "127.0.0.1")
    leakguard("scope", "init", *words, "--country", "CN")

    assert laws_of(listed(leakguard, "--format", "json")) == {"cn"}


def test_the_facts_say_where_the_seat_is_and_whose_laws_count(leakguard: CommandLine) -> None:
    (leakguard.folder / "facts.yaml").write_text(FACTS, encoding="utf-8")
    report = leakguard("incident", "report", ID, "--facts", "facts.yaml", "--as", "json")
    told = " ".join(report.document["laws"])

    assert report.code == ExitCode.CLEAN
    assert "jp (JP: the seat, the facts: organisation.country)" in told
    assert "us (US-AS: the facts: subjects_by_jurisdiction)" in told
    assert "US-AS (the facts: subjects_by_jurisdiction): no rule of its own is known" in told


def test_places_that_records_name_bring_their_laws_too(leakguard: CommandLine) -> None:
    """Narrowing must not hide a duty: whoever learns of people elsewhere records it, and their law is watched."""
    settings(leakguard, 'country = "DE"')
    leakguard("incident", "event", ID, "note", "--field", "jurisdiction=US-CA, JP")
    ran = listed(leakguard, "--format", "json")

    assert laws_of(ran) == {"eu", "us", "jp"}
    assert ran.document["laws"]["watched"]["us"] == "US-CA: E-2"

    leakguard.now = "2026-05-24T09:10+08:00"
    leakguard("incident", "event", ID, "retracted", "--corrects", "E-2", "--reason", "another incident")

    assert laws_of(listed(leakguard, "--format", "json")) == {"eu"}


def test_the_answer_of_the_playbook_where_people_live_brings_their_laws(leakguard: CommandLine) -> None:
    settings(leakguard, 'country = "DE"')
    leakguard("playbook", "start", ID)
    form = "categories: [contact]\npeople_low: 1\npeople_high: 2\njurisdictions: [CN, Atlantis]\n"
    (leakguard.folder / "form.yaml").write_text(form, encoding="utf-8")
    for step in ("contain", "preserve_evidence"):
        leakguard("playbook", "done", ID, step, "--by", "Ann", *_evidence(leakguard, step))
    done = leakguard(
        "playbook", "done", ID, "scope_data", "--by", "Ann", "--form", "form.yaml", "--evidence", "data_inventory=@note"
    )
    ran = listed(leakguard, "--format", "json")

    assert done.code == ExitCode.CLEAN
    assert laws_of(ran) == {"eu", "cn"}
    assert [one["place"] for one in ran.document["laws"]["no_place"]] == ["Atlantis"]
    assert "`Atlantis`" in ran.err


def _evidence(leakguard: CommandLine, step: str) -> list[str]:
    needed = {"contain": ("config_before", "config_after"), "preserve_evidence": ("logs_copied", "copy_digests")}
    (leakguard.folder / "note").write_text("what was there", encoding="utf-8")
    words = [word for name in needed[step] for word in ("--evidence", f"{name}=@note")]
    if step == "preserve_evidence":
        form = leakguard.folder / "preserve.yaml"
        form.write_text("logs_from: 2026-05-01\ntraces: none_found\n", encoding="utf-8")
        words += ["--form", str(form)]
    return words


def test_a_filing_about_a_duty_brings_its_law(leakguard: CommandLine) -> None:
    settings(leakguard, 'country = "DE"')
    leakguard("incident", "event", ID, "not_applicable", "--obligation", "sg-pdpa-26d-pdpc", "--reason", "nobody there")

    told = listed(leakguard, "--format", "json").document["laws"]["watched"]

    assert told["sg"] == "E-2 names sg-pdpa-26d-pdpc"


def test_stated_laws_win_and_what_they_leave_out_is_named(leakguard: CommandLine) -> None:
    settings(leakguard, 'country = "DE"', 'laws = "cn"')
    leakguard("incident", "event", ID, "note", "--field", "jurisdiction=FR")
    ran = listed(leakguard, "--format", "json")
    by_option = listed(leakguard, "--laws", "us", "--format", "json")

    assert (laws_of(ran), laws_of(by_option)) == ({"cn"}, {"us"})
    assert "E-2 names FR, and `laws` leaves a law of it out: no clock of that law is watched." in ran.err
    assert by_option.document["laws"]["watched"] == {"us": "--laws"}


@pytest.mark.parametrize("stated", ["all", ""])
def test_all_laws_can_be_asked_for(leakguard: CommandLine, stated: str) -> None:
    settings(leakguard, f'laws = "{stated}"', 'obligated_as = ""')
    ran = listed(leakguard, "--format", "json")

    assert {"eu", "cn", "us", "jp"} <= laws_of(ran)
    assert "Laws considered: all of them." in ran.err


def test_a_place_without_a_rule_is_named(leakguard: CommandLine) -> None:
    settings(leakguard, 'country = "TV"')
    leakguard("incident", "event", ID, "note", "--field", "jurisdiction=KP")
    ran = listed(leakguard, "--format", "json")

    assert laws_of(ran) == set()
    assert [one["place"] for one in ran.document["laws"]["no_rule"]] == ["TV", "KP"]
    assert "TV (the seat, leakguard.toml: country): no rule is known for it" in ran.err


def test_the_watchman_names_what_it_watches(leakguard: CommandLine) -> None:
    settings(leakguard, 'country = "DE"')

    seat = "DE: the seat, leakguard.toml: country"
    assert f"Laws considered: de ({seat}); eu ({seat})." in leakguard("watchman", "once").err
    assert "--laws" in leakguard("watchman", "once", "--laws", "cn").err


def test_on_a_terminal_it_is_asked_once_and_kept(leakguard: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(["Germany", "de"])
    monkeypatch.setattr("leakguard.cli.laws.is_terminal", lambda: True)
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _: next(answers))
    ran = listed(leakguard, "--format", "json")
    monkeypatch.setattr("leakguard.cli.laws.is_terminal", lambda: False)
    again = listed(leakguard, "--format", "json")

    assert (laws_of(ran), laws_of(again)) == ({"eu"}, {"eu"})
    assert "'GERMANY' is no ISO code" in ran.err
    assert (leakguard.folder / "leakguard.toml").read_text(encoding="utf-8").startswith('country = "DE"\n')


@pytest.mark.parametrize("words", [("clock", "list", "--incident", ID), ("watchman", "once"), ("watchman", "check")])
def test_a_scope_whose_country_is_none_is_refused_and_names_what_is_meant(
    leakguard: CommandLine, words: tuple[str, ...]
) -> None:
    """No law would be considered, and nobody would notice."""
    (leakguard.folder / "scope.yaml").write_text(SCOPE.replace("FR", "UK"), encoding="utf-8")
    ran = leakguard(*words)

    assert ran.code in {ExitCode.USAGE, ExitCode.UNFINISHED}
    assert "line 2: owner.country: must be ISO codes" in ran.err
    assert "did you mean `GB`?" in ran.err


def test_a_new_scope_takes_no_code_that_is_no_country(leakguard: CommandLine) -> None:
    words = ("--organisation", "X", "--contact", "a@example.edu", "--approved-by", "CISO")
    ran = leakguard("scope", "init", *words, "--country", "UK")

    assert ran.code == ExitCode.USAGE
    assert "Did you mean GB?" in ran.err
    assert not (leakguard.folder / "scope.yaml").exists()


@pytest.mark.parametrize(
    "words", [("clock", "list", "--incident", ID), ("watchman", "once"), ("incident", "close", ID, "--dry-run")]
)
def test_that_no_law_is_considered_is_said_to_whoever_wants_quiet(
    leakguard: CommandLine, words: tuple[str, ...]
) -> None:
    settings(leakguard, 'country = "TV"')

    assert "TV (the seat, leakguard.toml: country): no rule is known for it" in leakguard("-q", *words).err
