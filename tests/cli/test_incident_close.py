"""`leakguard incident close` and `reopen`: what is missing, what may be overridden, and what runs on."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest

from leakguard.errors import ExitCode
from leakguard.models.records import Record
from leakguard.store.sql_store import SqlStore
from support.commands import CommandLine, Ran, command_line
from support.findings import make_finding
from support.ledgers import START, FakeClock, Tokens, exactly

ID = "IR-2026-0001"
AREAS = ("playbook", "steps", "clocks", "duties", "letters", "review")
"""All that may be overridden."""
EVERY = [word for area in AREAS for word in ("--despite", area)]
WHY = ("--by", "Ada Lovelace", "--reason", "the rest is done by phone")
NO_RULE = "no rule is known for this place, and nobody settled whether a duty exists"
OWN = """\
playbook: own
title: Close it and talk about it
version: 1
roles: {owner: closes it, lead: leads}
clocks:
  review: {title: Hold the review, anchor: first(closed), amount: {elapsed: PT24H}, end: lessons_recorded}
start: [contain]
steps:
  contain: {kind: human, title: Close the port, phase: contain, owner: owner, do: Close it., next: [learn]}
  learn: {kind: human, title: Hold the review, phase: learn, owner: lead, do: Talk., emits: lessons_recorded}
"""


@pytest.fixture
def leakguard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """An incident about one open store, with a playbook of two steps; no law has begun to count."""
    monkeypatch.setenv("LEAKGUARD_COUNTRY", "DE")
    command = command_line(tmp_path, monkeypatch, capsys)
    with closing(SqlStore.open(str(tmp_path / "leakguard.db"), now=FakeClock(), token=Tokens())) as store:
        store.save_findings("R-1", [make_finding("F-1")], {})
    (tmp_path / "own.yaml").write_text(OWN, encoding="utf-8")
    assert command("incident", "open", "--finding", "F-1").code == 0
    assert command("playbook", "start", ID, "--playbook", "own.yaml").code == 0
    return command


def prove(leakguard: CommandLine) -> None:
    """The look that found it closed, as `scan verify` keeps it, and the event that it leads to."""
    content = {"finding": "F-1", "closure": "closed", "run": "R-2", "vantage": "local"}
    with closing(SqlStore.open(str(leakguard.folder / "leakguard.db"), now=FakeClock(), token=Tokens())) as store:
        store.append(ID, [Record(kind="finding_verified", occurred_at=exactly(START), content=content)])
    assert leakguard("incident", "event", ID, "remediation_verified").code == 0


def decide_every_duty(leakguard: CommandLine) -> None:
    told = leakguard("incident", "close", ID, "--dry-run", "--format", "json").document["missing"]
    for duty in [one["name"] for one in told if one["area"] == "duties" and NO_RULE not in one["text"]]:
        words = ("not_applicable", "--obligation", duty, "--reason", "nobody is concerned")
        assert leakguard("incident", "event", ID, *words).code == 0


def finish(leakguard: CommandLine) -> None:
    prove(leakguard)
    decide_every_duty(leakguard)
    for step in ("contain", "learn"):
        assert leakguard("playbook", "done", ID, step, "--by", "Ann").code == 0


def close(leakguard: CommandLine, *words: str) -> Ran:
    return leakguard("incident", "close", ID, *words)


KYRGYZ = """\
incident: IR-2026-0001
organisation: {name: Example University, country: KG}
obligated_as: [controller]
facts:
  subjects_by_jurisdiction: {value: {KG: 500}}
"""


@pytest.mark.parametrize(("facts", "place"), [((), "KG"), (("--facts", "kg.yaml"), "KG, controller")])
def test_a_place_without_a_known_rule_keeps_the_incident_open_until_a_person_settles_it(
    leakguard: CommandLine, monkeypatch: pytest.MonkeyPatch, facts: tuple[str, ...], place: str
) -> None:
    monkeypatch.setenv("LEAKGUARD_COUNTRY", "KG")
    (leakguard.folder / "kg.yaml").write_text(KYRGYZ, encoding="utf-8")
    finish(leakguard)
    refused = close(leakguard, *facts)
    report = leakguard("incident", "report", ID, *facts, "--as", "html", "-o", "before.html")
    before = (leakguard.folder / "before.html").read_text(encoding="utf-8")

    assert (refused.code, report.code) == (ExitCode.USAGE, ExitCode.CLEAN)
    assert f"{place}: {NO_RULE}" in refused.err
    assert "--despite duties" in refused.err
    assert "No duty to notify is open." not in before
    assert 'class="good verdict"' not in before

    settled = ("--place", "KG", "--role", "controller", "--reason", "counsel: no notice", "--by", "A. Counsel")
    assert leakguard("notice", "settle", ID, *settled, "--anyway").code == 0
    assert close(leakguard, *facts).code == 0
    leakguard("incident", "report", ID, *facts, "--as", "html", "-o", "after.html")
    assert "No duty to notify is open." in (leakguard.folder / "after.html").read_text(encoding="utf-8")


def test_a_place_without_a_known_rule_may_be_overridden_with_a_reason(
    leakguard: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEAKGUARD_COUNTRY", "KG")
    finish(leakguard)

    assert close(leakguard, "--despite", "duties", *WHY).code == 0


def test_everything_that_is_missing_is_listed_at_once_with_its_owner_and_nothing_is_closed(
    leakguard: CommandLine,
) -> None:
    ran = close(leakguard)

    assert ran.code == ExitCode.USAGE
    assert f"{ID} is not finished:" in ran.err
    assert "finding F-1: nobody has looked again" in ran.err
    assert "`contain` (Close the port) is open; owner answers for it" in ran.err
    assert "`learn` (Hold the review) waits for contain; lead answers for it" in ran.err
    assert "eu-gdpr-33-authority: none of its clocks has begun, and nobody decided whether it applies" in ran.err
    assert leakguard("incident", "list").out.splitlines()[1].split()[1] == "open"


def test_an_exposure_that_nobody_proved_closed_cannot_be_overridden(leakguard: CommandLine) -> None:
    refused = close(leakguard, *EVERY, *WHY)
    unknown = close(leakguard, "--despite", "exposures", *WHY)

    assert (refused.code, unknown.code) == (ExitCode.USAGE, ExitCode.USAGE)
    assert "exposures (1; must be finished): prove them closed: leakguard scan verify" in refused.err
    assert leakguard("incident", "list").out.splitlines()[1].split()[1] == "open"


def test_an_override_needs_its_reason_and_covers_only_what_it_names(leakguard: CommandLine) -> None:
    prove(leakguard)
    without = close(leakguard, *EVERY)
    partly = close(leakguard, "--despite", "steps", *WHY)

    assert (without.code, partly.code) == (ExitCode.USAGE, ExitCode.USAGE)
    assert "an override needs a reason" in without.err
    assert "steps (1; overridden)" in partly.err
    assert "review (1; or --despite review)" in partly.err


def test_an_override_is_recorded_with_who_why_and_in_spite_of_what(leakguard: CommandLine) -> None:
    prove(leakguard)
    ran = close(leakguard, *EVERY, *WHY, "--format", "json")

    assert ran.code == ExitCode.CLEAN
    assert ran.document["reason"] == "the rest is done by phone"
    assert ran.document["fields"] == {"decider": "Ada Lovelace", "despite": "steps, duties, review"}
    assert {one["area"] for one in ran.document["overridden"]} == {"steps", "duties", "review"}


def test_what_is_finished_is_closed_without_a_word_of_override(leakguard: CommandLine) -> None:
    finish(leakguard)
    tried = close(leakguard, "--dry-run")
    ran = close(leakguard, "--by", "Ada Lovelace")

    assert (tried.code, tried.out) == (ExitCode.CLEAN, f"Nothing is missing. Next: leakguard incident close {ID}\n")
    assert (ran.code, ran.out.startswith(f"{ID} is closed: E-")) == (ExitCode.CLEAN, True)
    assert "on after closing" not in ran.err
    assert "despite" not in leakguard("incident", "show", ID).out


def test_a_dry_run_changes_nothing_and_ends_with_1_while_something_is_missing(leakguard: CommandLine) -> None:
    ran = close(leakguard, "--dry-run", "--format", "json")

    assert ran.code == ExitCode.EXPOSED
    assert {one["area"] for one in ran.document["missing"]} == {"exposures", "steps", "duties", "review"}
    assert next(one for one in ran.document["missing"] if one["name"] == "contain")["owner"] == "owner"
    assert leakguard("incident", "list").out.splitlines()[1].split()[1] == "open"


def test_clocks_of_laws_run_on_whatever_is_overridden_and_are_named_then_and_later(leakguard: CommandLine) -> None:
    prove(leakguard)
    leakguard("incident", "event", ID, "awareness")
    ran = close(leakguard, *EVERY, *WHY)
    shown = leakguard("incident", "show", ID)

    for said in (ran.err, shown.out):
        assert "eu-gdpr-33-authority.initial  due 2026-05-27 01:00:00Z" in said
        assert "review  Hold the review  due 2026-05-25 01:00:00Z" in said
        assert f"leakguard incident event {ID} lessons_recorded" in said


def test_the_watchman_reminds_of_the_review_after_closing_until_it_is_held(leakguard: CommandLine) -> None:
    prove(leakguard)
    decide_every_duty(leakguard)
    close(leakguard, *EVERY, *WHY)

    def look(moment: str) -> list[tuple[str, str]]:
        leakguard.now = moment
        found = leakguard("watchman", "once", "--format", "json").document["messages"]
        return [(one["clock"], one["severity"]) for one in found]

    assert look("2026-05-24T10:00+08:00") == []
    assert look("2026-05-25T09:01+08:00") == [("review", "overdue")]
    assert look("2026-05-25T10:02+08:00") == [("review", "overdue")]

    held = leakguard("incident", "event", ID, "lessons_recorded")

    assert held.code == ExitCode.CLEAN
    assert look("2026-05-25T12:00+08:00") == []
    assert "on after closing" not in leakguard("incident", "show", ID).out


def test_the_step_of_the_review_can_be_done_after_closing_and_no_other(leakguard: CommandLine) -> None:
    prove(leakguard)
    close(leakguard, *EVERY, *WHY)
    other = leakguard("playbook", "done", ID, "contain", "--by", "Ann")

    assert other.code == ExitCode.USAGE
    assert f"leakguard incident reopen {ID}" in other.err

    leakguard("incident", "reopen", ID, "--reason", "a step is left")
    leakguard("playbook", "done", ID, "contain", "--by", "Ann")
    close(leakguard, "--despite", "review", "--despite", "duties", *WHY)
    review = leakguard("playbook", "done", ID, "learn", "--by", "Ann")

    assert review.code == ExitCode.CLEAN


def test_reopening_needs_a_reason_names_who_did_it_and_lists_what_is_missing(leakguard: CommandLine) -> None:
    finish(leakguard)
    not_closed = leakguard("incident", "reopen", ID, "--reason", "x")
    close(leakguard)
    without = leakguard("incident", "reopen", ID)
    ran = leakguard("incident", "reopen", ID, "--by", "Ada", "--reason", "a copy turned up", "--format", "json")

    assert (not_closed.code, without.code, ran.code) == (ExitCode.USAGE, ExitCode.USAGE, ExitCode.CLEAN)
    assert (ran.document["kind"], ran.document["fields"]) == ("reopened", {"decider": "Ada"})
    assert "exposures" not in {one["area"] for one in ran.document["missing"]}
    assert leakguard("incident", "list").out.splitlines()[1].split()[1] == "open"


@pytest.mark.parametrize("more", [(), ("--reason", "nobody reads it"), ("--corrects", "E-3", "--reason", "wrong")])
def test_closing_by_an_event_never_overrides_an_exposure(leakguard: CommandLine, more: tuple[str, ...]) -> None:
    leakguard("incident", "event", ID, "note", "--field", "text=a call")
    ran = leakguard("incident", "event", ID, "closed", "--by", "Ada", *more)

    assert ran.code == ExitCode.USAGE
    assert "exposures (1; must be finished)" in ran.err
    assert f"leakguard incident close {ID}" in ran.err
    assert leakguard("incident", "show", ID, "--format", "json").document["state"] == "open"


def test_closing_by_an_event_is_open_to_whoever_says_how_they_know(leakguard: CommandLine) -> None:
    leakguard("incident", "event", ID, "remediation_verified", "--reason", "its disk was wiped")
    without = leakguard("incident", "event", ID, "closed")
    ran = leakguard("incident", "event", ID, "closed", "--reason", "the rest is done by phone")

    assert (without.code, ran.code) == (ExitCode.USAGE, ExitCode.CLEAN)


def test_closing_by_an_event_without_a_playbook_or_a_finding_needs_a_reason(leakguard: CommandLine) -> None:
    leakguard("incident", "open", "--title", "a call")
    refused = leakguard("incident", "event", "IR-2026-0002", "closed")
    ran = leakguard("incident", "event", "IR-2026-0002", "closed", "--reason", "a false alarm", "--format", "json")

    assert refused.code == ExitCode.USAGE
    assert "playbook (1; or --despite playbook)" in refused.err
    assert "leakguard incident close IR-2026-0002" in refused.err
    assert ran.document["fields"]["despite"].startswith("playbook")


UNREADABLE = ["   ", "\u3164", "\u200b\u200d", "\u2800", ".", "\u00ad - \u2060"]


@pytest.mark.parametrize("reason", UNREADABLE)
@pytest.mark.parametrize(
    "words",
    [
        ("incident", "close", ID, *EVERY), ("incident", "reopen", ID), ("incident", "event", ID, "closed"),
        ("incident", "event", ID, "remediation_verified"),
        ("notice", "override", ID, "--duty", "eu-gdpr-33-authority", "--applies", "no"),
        ("playbook", "skip", ID, "contain", "--second", "Bob Stone"), ("playbook", "take-back", ID, "contain"),
        ("playbook", "done", ID, "contain"), ("evidence", "redact", "E-1"), ("evidence", "hold", ID),
        ("evidence", "clock", "--mend", "--ahead", "PT1H"),
        ("fleet", "withdraw", "--worker", "w-1", "--since", "2026-05-01"),
    ],
    ids=lambda words: " ".join(words[:2]),
)  # fmt: skip
def test_a_reason_that_nobody_can_read_is_none(leakguard: CommandLine, words: tuple[str, ...], reason: str) -> None:
    before = leakguard("incident", "show", ID, "--format", "json").document
    ran = leakguard(*words, "--by", "Ada Lovelace", "--reason", reason)

    assert ran.code == ExitCode.USAGE
    assert "--reason has to say something that a person can read" in ran.err
    assert leakguard("incident", "show", ID, "--format", "json").document == before


@pytest.mark.parametrize("reason", ["x", "4711", "已关闭", "العمل تم", "\u200bnot ours\u200b"])
def test_a_reason_in_any_writing_is_one(leakguard: CommandLine, reason: str) -> None:
    ran = leakguard("incident", "event", ID, "remediation_verified", "--reason", reason)

    assert ran.code == ExitCode.CLEAN


PROVED = """\
playbook: proved
title: Close it
version: 1
roles: {owner: closes it}
clocks:
  close_it:
    title: Close it, and prove it closed by a new probe
    anchor: first(incident_opened)
    amount: {elapsed: PT24H}
    end: remediation_verified
start: [contain]
steps:
  contain: {kind: human, title: Close it, phase: contain, owner: owner, do: Close it., emits: contained, next: [look]}
  look: {kind: human, title: Look again, phase: contain, owner: owner, do: Look., emits: remediation_verified}
"""
WORD = "closed by the word of Ada (no probe): trust me"


@pytest.fixture
def with_clock(leakguard: CommandLine) -> CommandLine:
    """The same exposure in an incident whose playbook has a clock that a new probe ends."""
    (leakguard.folder / "proved.yaml").write_text(PROVED, encoding="utf-8")
    assert leakguard("playbook", "migrate", ID, "--to", "proved.yaml", "--by", "Ann", "--reason", "a clock").code == 0
    return leakguard


def give_word(leakguard: CommandLine) -> None:
    words = ("remediation_verified", "--by", "Ada", "--reason", "trust me")
    more = ("--source", "probed again", "--field", "run=R-2", "--field", "vantage=local")
    assert leakguard("incident", "event", ID, *words, *more).code == ExitCode.CLEAN


def clock_of(leakguard: CommandLine) -> dict[str, object]:
    clocks = leakguard("clock", "list", "--incident", ID, "--format", "json").document["clocks"]
    return next(one for one in clocks if one["id"] == "close_it")


def test_a_clock_that_a_word_ended_says_whose(with_clock: CommandLine) -> None:
    give_word(with_clock)
    listed = with_clock("clock", "list", "--incident", ID).out
    why = with_clock("clock", "why", "--incident", ID, "close_it").out

    assert clock_of(with_clock)["closed_by_word"] == WORD
    assert WORD in listed
    assert "met on time" not in listed
    assert WORD in why


def test_a_clock_that_a_probe_ended_names_no_word(with_clock: CommandLine) -> None:
    prove(with_clock)

    assert clock_of(with_clock)["closed_by_word"] is None
    assert "by the word" not in with_clock("clock", "list", "--incident", ID).out
    assert "met on time" in with_clock("clock", "list", "--incident", ID).out


def test_the_timeline_says_whose_word_it_was(with_clock: CommandLine) -> None:
    give_word(with_clock)
    told = with_clock("incident", "timeline", ID, "--format", "json").document["lines"]

    assert f"    {WORD}" in with_clock("incident", "timeline", ID).out.splitlines()
    assert [one["closed_by_word"] for one in told if "closed_by_word" in one] == [WORD]


def test_closing_says_by_whose_word_the_exposures_are_closed(leakguard: CommandLine) -> None:
    give_word(leakguard)
    tried = leakguard("incident", "close", ID, "--dry-run")
    tried_json = leakguard("incident", "close", ID, "--dry-run", "--format", "json").document
    closed = leakguard("incident", "close", ID, *EVERY, *WHY)

    assert WORD in tried.err
    assert tried_json["closed_by_word"] == [WORD]
    assert WORD in closed.err


def reported(leakguard: CommandLine, ending: str) -> str:
    assert leakguard("incident", "report", ID, "-o", f"report.{ending}").code == ExitCode.CLEAN
    return (leakguard.folder / f"report.{ending}").read_text(encoding="utf-8")


def test_a_report_tells_a_word_as_a_word_and_is_not_green_for_it(with_clock: CommandLine) -> None:
    give_word(with_clock)
    document = json.loads(reported(with_clock, "json"))
    page = reported(with_clock, "html")

    assert (document["headline"]["closed_by_word"], document["closed_by_word"]) == (1, [WORD])
    assert "closed by word alone: 1" in page
    assert "Proved closed by a new probe" not in page
    assert page.count("trust me") > 1


def test_a_look_that_proves_it_later_takes_the_place_of_the_word(with_clock: CommandLine) -> None:
    give_word(with_clock)
    prove(with_clock)
    document = json.loads(reported(with_clock, "json"))

    assert (document["headline"]["closed_by_word"], document["closed_by_word"]) == (0, [])
    assert with_clock("incident", "close", ID, "--dry-run", "--format", "json").document["closed_by_word"] == []


def test_closing_by_an_event_records_in_spite_of_what(leakguard: CommandLine) -> None:
    prove(leakguard)
    refused = leakguard("incident", "event", ID, "closed")
    ran = leakguard("incident", "event", ID, "closed", "--reason", "scrapped", "--format", "json")

    assert refused.code == ExitCode.USAGE
    assert f"leakguard incident close {ID}" in refused.err
    assert ran.document["fields"]["despite"] == "steps, duties, review"


def test_the_last_hint_of_the_playbook_names_the_command(leakguard: CommandLine) -> None:
    finish(leakguard)

    assert f"leakguard incident close {ID}" in leakguard("playbook", "next", ID).out


def test_an_unknown_incident_is_refused(leakguard: CommandLine) -> None:
    for command in ("close", "reopen"):
        assert leakguard("incident", command, "IR-2026-0099", "--reason", "x").code == ExitCode.USAGE


def test_reopening_leads_on_with_the_response_that_runs_and_a_new_start_says_what_is_done_again(
    leakguard: CommandLine,
) -> None:
    prove(leakguard)
    leakguard("playbook", "done", ID, "contain", "--by", "Ann")
    assert close(leakguard, *EVERY, *WHY).code == ExitCode.CLEAN
    ran = leakguard("incident", "reopen", ID, "--reason", "a copy turned up")
    anew = leakguard("playbook", "start", ID, "--playbook", "own.yaml")

    assert f"Next: leakguard playbook next {ID}" in ran.err
    assert "playbook start" not in ran.err
    assert "from the beginning: 1 step that was settled before" in " ".join(anew.err.split())


def test_reopening_leads_to_a_start_where_every_step_was_done(leakguard: CommandLine) -> None:
    finish(leakguard)
    close(leakguard)

    assert f"leakguard playbook start {ID}" in leakguard("incident", "reopen", ID, "--reason", "again").err
    assert "no 24-hour clock runs" in " ".join(leakguard("incident", "reopen", "--help").out.split())


def test_a_first_start_says_nothing_of_a_beginning(leakguard: CommandLine) -> None:
    leakguard("incident", "open", "--title", "another one")

    assert "from the beginning" not in leakguard("playbook", "start", "IR-2026-0002", "--playbook", "own.yaml").err


def test_a_second_incident_about_a_place_whose_incident_is_closed_leads_to_reopening_it(leakguard: CommandLine) -> None:
    finish(leakguard)
    over = leakguard("incident", "open", "--finding", "F-1")
    assert close(leakguard).code == ExitCode.CLEAN
    closed = leakguard("incident", "open", "--finding", "F-1")

    assert (over.code, closed.code) == (ExitCode.USAGE, ExitCode.USAGE)
    for ran in (over, closed):
        assert f"{ID} was about elasticsearch_open at mail.example.edu:9200 before, and is over" in ran.err
    assert "If the same is open again: leakguard scan verify F-1" in over.err
    assert f"If the same is open again: leakguard incident reopen {ID} --reason TEXT" in closed.err
    assert leakguard("incident", "open", "--finding", "F-1", "--again").code == ExitCode.CLEAN


def test_an_exposure_that_somebody_saw_open_after_its_proof_cannot_be_overridden(leakguard: CommandLine) -> None:
    prove(leakguard)
    words = ("exposure_seen_again", "--field", "finding=F-1", "--source", "a customer downloads the dump")
    assert leakguard("incident", "event", ID, *words).code == 0
    refused = close(leakguard, *EVERY, *WHY)

    assert refused.code == ExitCode.USAGE
    assert "F-1: seen open again since the last probe" in refused.err
    assert "exposures (1; must be finished)" in refused.err


def test_an_exposure_whose_proof_was_retracted_cannot_be_overridden(leakguard: CommandLine) -> None:
    prove(leakguard)
    shown = leakguard("incident", "show", ID, "--format", "json").document
    proof = next(one["id"] for one in reversed(shown["events"]) if one["kind"] == "remediation_verified")
    words = ("retracted", "--corrects", proof, "--reason", "the probe ran inside the firewall")
    assert leakguard("incident", "event", ID, *words).code == 0
    refused = close(leakguard, *EVERY, *WHY)

    assert refused.code == ExitCode.USAGE
    assert "F-1: the proof that it is closed was retracted" in refused.err
