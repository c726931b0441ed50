"""`leakguard outbound` as a user types it: offline, and with nothing lost where a file is refused."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar

from leakguard.translations.catalogue import catalogue
from support.commands import CommandLine, command_line
from support.each import for_each
from support.outbound import RECIPIENT, a_file, as_text

OUTPUTS = Path(__file__).parents[2] / "src/leakguard/outputs"
CANARY = "canary-recipient-5f1e"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    run = command_line(tmp_path, monkeypatch, capsys)
    run.now = "2026-11-30T12:00+08:00"
    return run


def wrote(run: CommandLine, name: str = "outbound.yaml", **values: Any) -> str:  # noqa: ANN401  (a file holds anything)
    (run.folder / name).write_text(as_text(a_file(**values)), encoding="utf-8")
    return name


@for_each(
    ("facts", "code", "verdict", "route"),
    [
        ({"people": 99_999}, 0, "decided", ["none"]),
        ({"people": 100_000}, 0, "decided", ["contract", "certification"]),
        ({"people": 1_000_000}, 0, "decided", ["assessment"]),
        ({"ciio": None, "people": 1}, 3, "needs_fact", None),
        ({"zone_list": "listed"}, 3, "no_rule_known", None),
    ],
)
def test_assess_says_the_route_and_ends_with_its_verdict(
    run: CommandLine, facts: dict[str, Any], code: int, verdict: str, route: list[str] | None
) -> None:  # fmt: skip
    ran = run("outbound", "assess", wrote(run, facts=facts), "--format", "json")

    assert (ran.code, ran.document["verdict"], ran.document["route"]) == (code, verdict, route)
    assert ran.document["day"] == "2026-11-30"
    assert all(one["verified_on"] and one["source_kind"] and one["confidence"] for one in ran.document["sources"])


def test_a_screen_shows_what_each_rule_rests_on_and_that_counsel_decides(run: CommandLine) -> None:
    ran = run("outbound", "assess", wrote(run, facts={"people": 100_000}))

    for words in ("ROUTE: standard contract, filed or certification", "because: personal information of 100,000",
                  "counted from 2026-01-01", "within 10 working days", "from memory", "checked on 2026-11-",
                  "https://www.cac.gov.cn/", "not legal advice"):  # fmt: skip
        assert words in ran.out, words


def test_the_law_of_the_day_of_the_transfer_decides(run: CommandLine) -> None:
    name = wrote(run, facts={"people": 100_000}, at="2024-03-21")

    assert run("outbound", "assess", name, "--format", "json").document["route"] == ["assessment"]
    assert run("outbound", "assess", name, "--format", "json", "--now", "2024-03-22").document["route"] == [
        "contract", "certification",
    ]  # fmt: skip
    assert "2022-08-31" in run("outbound", "assess", name, "--now", "2022-08-31").out
    assert run("outbound", "assess", name, "--now", "2022-08-31").code == 3


def test_a_transfer_whose_number_of_people_is_left_for_later_is_not_one_of_nobody(run: CommandLine) -> None:
    none, later = {"people": None, "sensitive_people": None}, [{"on": "2026-02-01"}]
    ran = run("outbound", "assess", wrote(run, facts=none, transfers=later))
    stated = run("outbound", "assess", wrote(run, facts=none, transfers=[{"on": "2026-02-01", "people": 0}]))
    exempt = run(
        "outbound", "assess", wrote(run, facts=none, transfers=[{"on": "2026-02-01", "exemption": "contract"}])
    )

    assert (ran.code, stated.code, exempt.code) == (2, 0, 0)
    assert "transfers[0]: state `people` or `sensitive_people`" in ran.err


def test_today_is_a_day_in_beijing(run: CommandLine) -> None:
    run.now = "2025-12-31T16:30Z"

    assert run("outbound", "assess", wrote(run), "--format", "json").document["counted_from"] == "2026-01-01"


def test_next_fact_names_what_settles_the_route_and_why_it_is_not_known(run: CommandLine) -> None:
    name = wrote(run, facts={"ciio": {"unknown": "the ministry has not answered"}, "people": 1})
    ran = run("outbound", "next-fact", name)

    assert ran.code == 0
    assert "Next fact: ciio" in ran.out
    assert "the ministry has not answered" in ran.out
    assert run("outbound", "next-fact", name, "--format", "json").document["questions"][0]["options"] == [
        "true",
        "false",
    ]
    assert "No fact is missing." in run("outbound", "next-fact", wrote(run)).out


@for_each("words", [("assess",), ("next-fact",), ("list",), ("incident",), ("incident", "--for-counsel")])
def test_a_chinese_screen_has_no_english_sentence(run: CommandLine, words: tuple[str, ...]) -> None:
    recipient = RECIPIENT | {
        "name": {"en": "Cloud Ltd", "zh": "云公司"},
        "until": "2027-05-01",
        "tool": "cn_assessment",
    }
    file = wrote(run, facts={"ciio": None, "people": 5}, recipients=[recipient])
    run("outbound", "add", file)
    named = [] if words == ("list",) else [file]
    ran = run("outbound", *words[:1], *named, *words[1:], "--lang", "zh")

    assert ran.out
    for english in (
        "NEEDS FACT",
        "notifies",
        "Whatever",
        "rests on",
        "checked on",
        "Recipients",
        "working days",
        "counsel ",
    ):
        assert english not in ran.out, english


def test_every_message_of_the_screens_is_there_in_chinese() -> None:
    words = catalogue("zh")
    found: list[str] = []
    for path in sorted(OUTPUTS.glob("outbound*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in {"gettext", "filled"}:
                first = node.args[0]
                found += [first.value] if isinstance(first, ast.Constant) and isinstance(first.value, str) else []
            elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict | ast.IfExp):
                inner = node.value.values if isinstance(node.value, ast.Dict) else [node.value.body, node.value.orelse]
                found += [one.value for one in inner if isinstance(one, ast.Constant) and isinstance(one.value, str)]

    assert "ROUTE" in found
    texts = [one for one in found if any(sign.isascii() and sign.isalpha() for sign in one)]
    assert [one for one in texts if not words.has(one)] == []


def test_the_register_keeps_recipients_with_their_clocks(run: CommandLine) -> None:
    file = wrote(run, recipients=[RECIPIENT | {"tool": "cn_assessment", "until": "2027-02-26"}])
    first, again = run("outbound", "add", file), run("outbound", "add", file)
    shown = run("outbound", "list", "--format", "json").document

    assert ("cloud  new" in first.out, "cloud  as it was" in again.out) == (True, True)
    assert [one["id"] for one in shown["recipients"]] == ["cloud"]
    clock = shown["clocks"][0]
    assert (clock["id"], clock["state"], clock["statutory_limit"]) == ("assessment_extension", "due_now", "2027-02-26")
    assert clock["work_by"] < "2026-12-01"
    assert clock["sources"][0]["source_kind"] == "primary-quoted"
    assert "may be asked for from" in run("outbound", "list").out


def test_a_changed_recipient_is_recorded_again_and_its_past_stays_in_the_ledger(run: CommandLine) -> None:
    run("outbound", "add", wrote(run, recipients=[RECIPIENT]))
    ran = run("outbound", "add", wrote(run, recipients=[RECIPIENT | {"reference": "2026-7"}]))

    assert "cloud  changed" in ran.out
    assert run("outbound", "list", "--format", "json").document["recipients"][0]["reference"] == "2026-7"
    assert run("evidence", "verify").code == 0


def test_a_missed_deadline_of_a_law_ends_with_four_and_one_of_practice_does_not(run: CommandLine) -> None:
    run("outbound", "add", wrote(run, recipients=[RECIPIENT | {"until": "2026-10-01"}]))
    practice = run("outbound", "list")
    run("outbound", "add", wrote(run, recipients=[RECIPIENT | {"effective": "2026-03-02"}]))
    law = run("outbound", "list")

    assert (practice.code, law.code) == (0, 4)
    assert "OVERDUE" in practice.out
    assert "OVERDUE" in law.out


def test_a_filing_that_is_still_to_come_is_refused_by_the_present_day_in_beijing(run: CommandLine) -> None:
    run.now = "2026-12-01T16:30Z"
    tomorrow = wrote(run, recipients=[RECIPIENT | {"effective": "2026-11-25", "filed": "2026-12-03"}])
    ran = [run("outbound", "add", tomorrow), run("outbound", "assess", tomorrow, "--now", "2026-12-31")]
    today = run(
        "outbound", "add", wrote(run, recipients=[RECIPIENT | {"effective": "2026-11-25", "filed": "2026-12-02"}])
    )

    assert [one.code for one in ran] == [2, 2]
    assert "recipients[0].filed: is a day to come" in ran[0].err
    assert today.code == 0


def test_an_ended_recipient_has_its_clocks_until_the_last_day_and_none_behind_it(run: CommandLine) -> None:
    run("outbound", "add", wrote(run, recipients=[RECIPIENT | {"effective": "2026-11-26"}]))
    ended = run("outbound", "end", "cloud", "--reason", "contract ended, data deleted", "--on", "2026-11-30")
    last_day = run("outbound", "list")
    run.now = "2026-12-01T00:30+08:00"
    behind = run("outbound", "list")

    assert (ended.code, last_day.code, behind.code) == (0, 0, 0)
    assert "transfers ended on 2026-11-30: contract ended" in behind.out
    assert ("due now" in last_day.out, "due now" in behind.out) == (True, False)


def test_an_end_in_the_future_leaves_the_clocks_until_then(run: CommandLine) -> None:
    run("outbound", "add", wrote(run, recipients=[RECIPIENT | {"effective": "2026-03-02"}]))
    run("outbound", "end", "cloud", "--reason", "contract ends", "--on", "2026-12-31")

    assert run("outbound", "list").code == 4


@for_each(
    ("words", "says"),
    [
        (("end", "clout", "--reason", "x"), "Did you mean `cloud`?"),
        (("end", "zzzzzzzz", "--reason", "x"), "leakguard outbound list"),
        (("end", "cloud", "--reason", "\u200b"), "has to say something"),
        (("end", "cloud", "--reason", "x" * 1_001), "a reason has to say something"),
        (("end", "cloud", "--reason", "it named 11010519491231002X"), "resident identity number"),
        (("end", "cloud", "--reason", "x", "--on", "soon"), "time"),
        (("list", "-o", "x.ics"), "--format ics"),
        (("incident", "outbound.yaml", "--keep", "IR-2026-0001"), "--for-counsel"),
        (("add", "bare.yaml"), "names no recipient"),
        (("draft", "outbound.yaml", "--paper", "letter"), "impact-assessment"),
        (("assess", "outbound.yaml", "--now", "soon"), "time"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_with_what_to_do(run: CommandLine, words: tuple[str, ...], says: str) -> None:
    wrote(run, "bare.yaml")
    run("outbound", "add", wrote(run, recipients=[RECIPIENT]))
    ran = run("outbound", *words)

    assert ran.code == 2, (words, ran.err)
    assert says in ran.err, (words, ran.err)
    assert "11010519491231002X" not in ran.err


def test_a_file_that_is_refused_leaves_the_register_as_it_was(run: CommandLine) -> None:
    run("outbound", "add", wrote(run, recipients=[RECIPIENT]))
    before = run("outbound", "list", "--format", "json").document
    bad = wrote(run, recipients=[RECIPIENT | {"reference": "new"}, RECIPIENT | {"id": "two", "tool": "cn_contrat"}])
    ran = run("outbound", "add", bad)

    assert ran.code == 2
    assert "recipients[1].tool" in ran.err
    assert "did you mean `cn_contract`" in ran.err
    assert run("outbound", "list", "--format", "json").document == before


def test_the_clocks_outlive_this_tool_in_a_calendar(run: CommandLine) -> None:
    run("outbound", "add", wrote(run, recipients=[
        RECIPIENT | {"tool": "cn_assessment", "until": "2027-02-26"},
        RECIPIENT | {"id": "done", "effective": "2026-03-02", "filed": "2026-03-03"},
        RECIPIENT | {"id": "late", "effective": "2026-11-23"},
    ]))  # fmt: skip
    ran = run("outbound", "list", "--format", "ics")

    assert ran.out.count("STATUS:CONFIRMED") == 2
    assert "UID:assessment_extension.cloud@leakguard" in ran.out
    assert "DTSTART;VALUE=DATE:20261207" in ran.out.replace("\r", "")
    assert "DRILL Cloud Ltd" in ran.out


def test_a_calendar_that_has_a_clock_loses_it_when_it_is_met_or_transfers_end(run: CommandLine) -> None:
    """An event that is left out of the next file stays in a calendar for ever: only a cancelled one goes."""
    over = RECIPIENT | {"id": "over", "effective": "2026-11-23"}
    run("outbound", "add", wrote(run, recipients=[over, over | {"id": "ended"}]))
    before = events_of(run)
    run("outbound", "add", wrote(run, recipients=[over | {"filed": "2026-11-24"}]))
    run("outbound", "end", "ended", "--reason", "the contract was cancelled")
    run.now = "2026-12-02T12:00+08:00"
    after = events_of(run)

    assert set(after) == set(before)
    assert {event["status"] for event in before.values()} == {"CONFIRMED"}
    assert {event["status"] for event in after.values()} == {"CANCELLED"}
    moved = [uid for uid in after if "over" in uid]
    assert all(after[uid]["sequence"] > before[uid]["sequence"] for uid in moved)


def events_of(run: CommandLine) -> dict[str, Any]:
    """The events of the calendar by their UID."""
    calendar = Calendar.from_ical(run("outbound", "list", "--format", "ics").out)
    return {str(event["uid"]): event for event in calendar.walk("VEVENT")}


def test_an_empty_register_says_how_to_begin(run: CommandLine) -> None:
    run("incident", "open", "--title", "t")

    assert "leakguard outbound add FACTS" in run("outbound", "list").out


def test_an_incident_says_who_notifies_whom_and_what_may_not_leave(run: CommandLine) -> None:
    incident = {"leaked_from": "cloud", "gone_abroad": True, "notice_at": "2026-11-29T09:30+08:00"}
    file = wrote(run, facts={"people": 100_000}, incident=incident, recipients=[
        RECIPIENT | {"contact": "privacy@cloud.example"}, RECIPIENT | {"id": "bcr", "tool": "eu_bcr"},
    ])  # fmt: skip
    ran, shown = run("outbound", "incident", file), run("outbound", "incident", file, "--format", "json").document

    assert ran.code == 0
    for words in ("the recipient abroad notifies your organisation: at once", "2026-11-29T01:30:00Z", "pause",
                  "DOUBT: evidence that leaves China", "Art. 41", "Art. 36", "two", "privacy@cloud.example",
                  "nothing binds you to notify it"):  # fmt: skip
        assert words in " ".join(ran.out.split()), words
    assert shown["recipients"][0]["decide_pause"]
    assert "Art. 41" in shown["foreign_body"]["forbidden_by"]


def test_an_organisation_elsewhere_gets_no_doubt_of_chinese_law(run: CommandLine) -> None:
    file = wrote(run, incident={"leaked_from": "here", "gone_abroad": False})
    values = json.loads((run.folder / file).read_text(encoding="utf-8"))
    values["organisation"]["country"] = "DE"
    (run.folder / file).write_text(as_text(values), encoding="utf-8")
    ran = run("outbound", "incident", file)

    assert (ran.code, "DOUBT" in ran.out) == (0, False)
    assert "No recipient abroad" in ran.out
    assert "no recipients" in ran.out
    assert run("outbound", "incident", file, "--format", "json").document["foreign_body"] is None


def test_recipients_of_the_register_stand_beside_those_of_the_file(run: CommandLine) -> None:
    run("outbound", "add", wrote(run, recipients=[RECIPIENT, RECIPIENT | {"id": "gone"}, RECIPIENT | {"id": "both"}]))
    run("outbound", "end", "gone", "--reason", "over", "--on", "2026-11-29")
    file = wrote(run, recipients=[RECIPIENT | {"id": "both", "tool": "cn_exempt"}])
    shown = run("outbound", "incident", file, "--registered", "--format", "json").document

    assert [(one["id"], one["tool"]) for one in shown["recipients"]] == [
        ("both", "cn_exempt"),
        ("cloud", "cn_contract"),
    ]


def test_who_got_data_until_the_day_of_the_incident_is_named_and_who_had_ended_before_stands_apart(
    run: CommandLine,
) -> None:
    """Today is 30 November; data went to four of them on the day of the leak, two days before."""
    ends = {
        "goes-on": None,
        "to-come": "2026-12-31",
        "since": "2026-11-29",
        "that-day": "2026-11-28",
        "before": "2026-11-27",
    }
    run("outbound", "add", wrote(run, recipients=[RECIPIENT | {"id": name} for name in ends]))
    for name, day in ends.items():
        if day is not None:
            assert run("outbound", "end", name, "--on", day, "--reason", "over").code == 0
    file = wrote(run, incident={"day": "2026-11-28", "leaked_from": "here", "gone_abroad": True})
    shown = run("outbound", "incident", file, "--registered", "--format", "json").document
    screen = run("outbound", "incident", file, "--registered").out

    assert {one["id"]: one["last_day"] for one in shown["recipients"]} == {
        name: day for name, day in ends.items() if name != "before"
    }
    assert [(one["id"], one["last_day"]) for one in shown["ended_before"]] == [("before", "2026-11-27")]
    assert "last day of transfers: 2026-12-31" in screen
    assert "before  Cloud Ltd, Singapore; last day of transfers: 2026-11-27" in screen


def test_a_filing_that_was_missed_stays_missed_when_transfers_end_and_one_that_was_not_due_has_no_clock(
    run: CommandLine,
) -> None:
    late, fresh = {"effective": "2026-03-02"}, {"effective": "2026-11-26", "id": "fresh"}
    run("outbound", "add", wrote(run, recipients=[RECIPIENT | late, RECIPIENT | fresh]))
    for name in ("cloud", "fresh"):
        run("outbound", "end", name, "--on", "2026-11-29", "--reason", "over")
    shown = run("outbound", "list", "--format", "json")

    assert shown.code == 4
    assert [(one["recipient"], one["id"], one["state"]) for one in shown.document["clocks"]] == [
        ("cloud", "contract_filing", "overdue")
    ]


def test_transfers_do_not_end_before_the_route_took_effect_and_a_route_to_come_may_be_given_up(
    run: CommandLine,
) -> None:
    to_come = RECIPIENT | {"id": "to-come", "effective": "2027-01-01"}
    run("outbound", "add", wrote(run, recipients=[RECIPIENT | {"effective": "2026-11-02"}, to_come]))
    slip = run("outbound", "end", "cloud", "--on", "2019-01-01", "--reason", "over")

    assert (slip.code, run("outbound", "end", "to-come", "--reason", "given up").code) == (2, 0)
    assert "the last day 2019-01-01 lies before 2026-11-02" in slip.err


def test_the_note_to_counsel_stands_in_no_other_output(run: CommandLine) -> None:
    """What went abroad without a route is for counsel alone: neither the screen, nor JSON, nor a paper tells it."""
    file = wrote(run, incident={"leaked_from": "here", "gone_abroad": True},
                 recipients=[RECIPIENT | {"name": CANARY, "tool": "cn_none"}])  # fmt: skip
    note = run("outbound", "incident", file, "--for-counsel")
    data = run("outbound", "incident", file, "--for-counsel", "--format", "json").document
    screen = run("outbound", "incident", file)

    assert f"had gone abroad to {CANARY} without a route" in " ".join(note.out.split())
    assert data["lines"][0]["kind"] == "lawless"
    assert "There is a note for counsel" in screen.out
    for other in (screen, run("outbound", "incident", file, "--format", "json"), run("outbound", "assess", file),
                  run("outbound", "draft", file, "--paper", "self-assessment")):  # fmt: skip
        assert "without a route" not in " ".join(other.out.split())


def test_a_note_with_nothing_to_say_says_so(run: CommandLine) -> None:
    file = wrote(run, incident={"leaked_from": "here", "gone_abroad": False})

    assert "nothing to say" in run("outbound", "incident", file, "--for-counsel").out
    assert "note for counsel" not in run("outbound", "incident", file).out


def test_only_counsel_keeps_the_note(run: CommandLine) -> None:
    """A store without accounts knows no counsel, so nothing is kept there."""
    run("incident", "open", "--title", "t")
    file = wrote(run, recipients=[RECIPIENT | {"tool": "cn_none"}])
    ran = run("outbound", "incident", file, "--for-counsel", "--keep", "IR-2026-0001")

    assert ran.code == 2
    assert "nobody is known to be counsel" in ran.err
    assert "without a route" not in run("incident", "comments", "IR-2026-0001").out


@for_each(("form", "begins"), [("txt", b"DRILL"), ("html", b"<!"), ("docx", b"PK"), ("pdf", b"%PDF"), ("md", b"")])
def test_a_paper_is_written_in_every_form(run: CommandLine, form: str, begins: bytes) -> None:
    file = wrote(run, recipients=[RECIPIENT])
    ran = run("outbound", "draft", file, "--paper", "impact-assessment", "--as", form, "-o", f"out/paper.{form}")
    document = (run.folder / "out" / f"paper.{form}").read_bytes()

    assert ran.code == 0, ran.err
    assert document.startswith(begins)
    assert len(document) > 1_000


def test_a_paper_of_a_drill_says_so(run: CommandLine) -> None:
    assert "DRILL" in run("outbound", "draft", wrote(run), "--paper", "self-assessment").out


def test_the_example_is_a_file_to_begin_with(run: CommandLine) -> None:
    (run.folder / "mine.yaml").write_text(run("outbound", "example").out, encoding="utf-8")

    assert run("outbound", "assess", "mine.yaml").code == 3
    assert run("outbound", "add", "mine.yaml").code == 0


def evidence(run: CommandLine, seat: pytest.MonkeyPatch, *words: str, country: str = "CN") -> str:
    seat.setenv("LEAKGUARD_COUNTRY", country)
    run("incident", "open", "--title", "t")
    ran = run("evidence", "export", "bundle.zip", *words)
    assert ran.code == 0, ran.err
    return " ".join(ran.err.split())


def test_evidence_that_leaves_china_raises_a_doubt_first(run: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    to = ("--by", "A. Counsel", "--to", "an office")

    assert "DOUBT: evidence that leaves China" in evidence(run, monkeypatch, *to, "--to-country", "US")
    assert "Art. 41" in evidence(run, monkeypatch, *to, "--to-country", "DE")
    assert "DOUBT: say where it goes: --to-country CODE" in evidence(run, monkeypatch, *to)


@for_each(
    ("words", "country"),
    [
        (("--by", "A. Counsel", "--to", "an office", "--to-country", "CN"), "CN"),
        (("--by", "A. Counsel", "--to", "an office", "--to-country", "US"), "DE"),
        (("--by", "A. Counsel", "--to", "an office"), "DE"),
        ((), "CN"),
    ],
)  # fmt: skip
def test_evidence_that_stays_or_is_not_china_s_raises_none(
    run: CommandLine, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], country: str
) -> None:  # fmt: skip
    assert "DOUBT" not in evidence(run, monkeypatch, *words, country=country)


def test_a_country_that_is_none_is_refused_before_anything_is_recorded(
    run: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    evidence(run, monkeypatch)
    before = run("evidence", "list", "--format", "json").out
    wrong = run("evidence", "export", "b.zip", "--by", "A", "--to", "an office", "--to-country", "Germany")
    alone = run("evidence", "export", "b.zip", "--to-country", "DE")

    assert (wrong.code, alone.code) == (2, 2)
    assert "is no country" in wrong.err
    assert "--to as well" in alone.err
    assert run("evidence", "list", "--format", "json").out == before
    assert not (run.folder / "b.zip").exists()
