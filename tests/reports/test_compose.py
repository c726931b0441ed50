"""The report in words: what a manager reads first, what an auditor looks for, and nothing that it may not hold."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from leakguard.bundled import BundledFiles
from leakguard.frozen import replace
from leakguard.models.unfinished import Area, UnfinishedItem
from leakguard.reports.compose import compose
from leakguard.reports.paper import Block, Cell, Drawing, Facts, Listed, Paper, Paragraph, Section, Table
from leakguard.reports.values import Happening, Report
from leakguard.reports.words import parse_words
from support.clock_files import file_of, moment
from support.reports import (
    ARGUABLE,
    EVENTS,
    FOUR_HOURS,
    HASH,
    MISSED,
    NOW,
    PROMISE,
    REVIEW,
    clock,
    empty_report,
    english,
    exactly,
    full_report,
    happenings,
    step,
)


def paper_of(report: Report) -> Paper:
    return compose(report, english())


def section(report: Report, name: str) -> Section:
    return next(one for one in paper_of(report).sections if one.name == name)


def words_of(found: Section) -> str:
    return "\n".join(line for block in found.blocks for line in lines_of(block))


def lines_of(block: Block) -> Iterator[str]:
    if isinstance(block, Paragraph):
        yield block.text
    elif isinstance(block, Listed):
        yield from block.entries
    elif isinstance(block, Facts):
        for label, cell in block.rows:
            yield f"{label}: {' | '.join(cell.lines)}"
    elif isinstance(block, Table):
        yield from (block.caption, " | ".join(block.columns))
        for row in block.rows:
            yield " || ".join(" | ".join(cell.lines) for cell in row)
    else:
        yield block.figure.title


def cells(found: Section) -> list[Cell]:
    return [cell for block in found.blocks if isinstance(block, Table) for row in block.rows for cell in row]


def test_the_first_sentence_names_every_deadline_that_was_missed() -> None:
    first = section(full_report(), "glance").blocks[0]

    assert isinstance(first, Paragraph)
    assert first.tone == "bad"
    assert first.text.startswith(
        "Deadlines missed: 2. Measures, Art. 4 (initial): met late, 9 h 10 min over; eu-x.early"
    )


def test_the_first_sentence_says_what_is_open_though_no_clock_was_missed() -> None:
    """Three duties open, no notice and nine late steps once stood under a green "No clock was missed"."""
    first = section(full_report(clocks=(clock(PROMISE),), filings=()), "glance").blocks[0]

    assert isinstance(first, Paragraph)
    assert first.tone == "bad"
    assert first.text == (
        "Not finished: the incident is open; duties to notify that are open: 2, notices sent: 0; steps late: 2."
    )


def test_the_first_sentence_of_a_finished_case_is_green_and_says_so() -> None:
    report = full_report(state="closed", clocks=(clock(PROMISE),), duties=(), playbook=None)
    first = section(report, "glance").blocks[0]

    assert isinstance(first, Paragraph)
    assert first.tone == "good"
    assert first.text.startswith("Finished: no clock was missed, clocks that ended in time: 1, notices sent: 2;")


@pytest.mark.parametrize("area", Area)
def test_each_area_in_which_something_is_left_is_named_and_never_green(area: Area) -> None:
    left = (UnfinishedItem(area=area, name="x", text="x is missing"),)
    report = full_report(state="closed", clocks=(), duties=(), playbook=None, unfinished=left)
    first = section(report, "glance").blocks[0]

    assert isinstance(first, Paragraph)
    assert first.tone == "risk"
    assert english()(f"glance.part.{area}", count=1) in first.text


@pytest.mark.parametrize(("answer", "tone"), [("", "risk"), ("not_verifiable", "risk"), ("mismatch", "bad")])
def test_a_ledger_that_was_not_verified_is_never_green(answer: str, tone: str) -> None:
    ledger = replace(full_report().ledger, answer=answer)
    report = full_report(state="closed", clocks=(), duties=(), playbook=None, ledger=ledger)
    first = section(report, "glance").blocks[0]

    assert isinstance(first, Paragraph)
    assert (first.tone, "ledger" in first.text) == (tone, True)


def test_the_first_sentence_says_where_only_a_strict_reading_of_a_rough_time_makes_a_deadline_missed() -> None:
    rough = {"id": "1", "kind": "notice_received", "occurred_at": "2026-05-20"}
    ended = {"id": "2", "kind": "remediation_verified", "occurred_at": "2026-05-21T08:00Z"}
    first = [
        section(full_report(clocks=(clock(PROMISE, events=(event, ended)),)), "glance").blocks[0]
        for event in (rough, {**rough, "occurred_at": "2026-05-19T00:00Z"})
    ]

    strict = ", but only by the strictest reading of a time that is known roughly"
    assert [isinstance(one, Paragraph) and strict in one.text for one in first] == [True, False]


def test_the_laws_that_are_watched_stand_at_the_front() -> None:
    told = words_of(section(full_report(laws=("Laws considered: eu (DE: the seat).",)), "glance"))

    assert "Laws considered: eu (DE: the seat)." in told


def test_a_deadline_missed_before_a_reopening_is_told_as_such() -> None:
    events = (
        {"id": "1", "kind": "notice_received", "occurred_at": "2026-05-20T00:00Z"},
        {"id": "2", "kind": "closed", "occurred_at": "2026-05-22T00:00Z"},
        {"id": "3", "kind": "reopened", "occurred_at": "2026-05-24T00:00Z"},
        {"id": "4", "kind": "notice_received", "occurred_at": "2026-05-25T00:00Z"},
    )
    report = full_report(clocks=(clock(PROMISE, events=events),))
    first = section(report, "glance").blocks[0]

    assert isinstance(first, Paragraph)
    assert "before the incident was reopened: missed." in first.text
    assert "before the incident was reopened: missed" in words_of(section(report, "clocks"))


@pytest.mark.parametrize("kind", ["reopened", "exposure_seen_again"])
def test_a_closure_from_before_a_reopening_does_not_stand_at_the_front(kind: str) -> None:
    again = Happening(id="E-14", kind=kind, at=exactly("2026-05-24T08:00Z"), recorded_at=NOW)
    before = words_of(section(full_report(), "glance"))
    after = words_of(section(full_report(timeline=(*happenings(), again)), "glance"))
    proof = Happening(id="E-15", kind="remediation_verified", at=exactly("2026-05-24T09:00Z"), recorded_at=NOW)
    closed = words_of(section(full_report(timeline=(*happenings(), again, proof)), "glance"))

    assert "Contained: 2026-05-24 09:31" in before
    assert "Contained:" not in after
    assert "Proved closed:" not in after
    assert "2026-05-24 17:00" in closed


def test_a_manager_reads_how_it_stands() -> None:
    told = words_of(section(full_report(), "glance"))

    assert "State: open" in told
    assert "Exposure: 1 d 13 h to 5 d 13 h" in told
    assert "Told by somebody else: 2026-05-23 22:30:00 +08:00 | 2026-05-23 14:30:00Z" in told
    assert "Aware, in the law's sense: 2026-05-24 00:10:00 +08:00" in told
    assert "Next limit: eu-x.early: overdue, 23 h 50 min over" in told
    assert "Duties to notify: 2 open, 2 notices sent" in told
    assert "Playbook: 2 of 4 steps settled, 2 late" in told
    assert "Ledger: entry 23, 4c0fa249749ae100; verified for this report: every entry matches" in told


def test_measures_of_several_cycles_say_of_which() -> None:
    report = full_report()
    again = replace(report, measures=(*report.measures, *(replace(one, cycle=2) for one in report.measures)))

    assert "Exposure: cycle 1: 1 d 13 h to 5 d 13 h | cycle 2: 1 d 13 h" in words_of(section(again, "glance"))
    assert "Exposure | cycle 2 | E-2 → E-9" in words_of(section(again, "measures"))


def test_the_next_limit_may_be_near_or_far() -> None:
    def tone(rule: dict[str, Any]) -> str:
        facts = section(full_report(clocks=(clock(rule),)), "glance").blocks[1]
        assert isinstance(facts, Facts)
        return dict(facts.rows)["Next limit"].tone

    assert (tone(REVIEW), tone(MISSED)) == ("", "bad")
    assert tone(REVIEW | {"thresholds": ["1%"]}) == "risk"


def test_the_timeline_has_every_word_that_was_said_and_both_times() -> None:
    told = words_of(section(full_report(), "timeline"))

    assert "Timeline in two lanes" in told
    assert "2026-05-24 07:42:00 +08:00 | 9 h 12 min later" in told
    assert "corrects E-4 | Reason: the chat of the night shift" in told
    assert "superseded by E-5" in told
    assert "Its words were erased on purpose" in told
    assert (
        "from 2026-05-19 00:00:00 +08:00 | until 2026-05-22 23:59:00 +08:00 | 2026-05-18 16:00:00Z – 2026-05-22" in told
    )
    assert "basis: contract" in told


def test_what_was_superseded_is_struck_through_in_the_table_too() -> None:
    struck = [cell for cell in cells(section(full_report(), "timeline")) if cell.is_struck]

    assert [cell.lines[0] for cell in struck] == ["2026-05-24 07:35:00 +08:00", "awareness"]


def test_a_very_long_story_says_that_its_drawing_is_cut() -> None:
    many = tuple(replace(happenings()[0], id=f"E-{number}") for number in range(305))

    assert "The drawing shows the first 300 of 305" in words_of(section(full_report(timeline=many), "timeline"))


def test_clocks_are_drawn_and_told_with_their_arithmetic() -> None:
    found = section(full_report(), "clocks")
    told = words_of(found)

    assert sum(isinstance(block, Drawing) for block in found.blocks) == 3
    assert "14 h 30 min in all | 13 h 30 min without pauses | 56% of the allowed time" in told
    assert "latest reading of the text: 2026-05-27 01:00:00 +08:00" in told
    assert "Law, Art. 57 (initial) | cn-y.initial" in told
    assert "without undue delay" in told
    assert "Clocks that wait for the event that starts them: 1 (cn-x.final)." in told
    assert "Clocks without a fixed limit (“without undue delay”): 1." in told


def test_the_soonest_limit_stands_first_and_what_has_none_last() -> None:
    table = next(block for block in section(full_report(), "clocks").blocks if isinstance(block, Table))

    assert [row[0].lines[-1] for row in table.rows] == [
        "cn-x.initial", "eu-x.early", "remediate", "eu-gdpr-33-authority.initial", "review", "us-x.annual",
        "cn-y.initial",
    ]  # fmt: skip


def test_an_extension_a_correction_and_a_doubt_are_told() -> None:
    longer = {
        "kind": "extension_granted", "obligation": "cn-x", "until": "2026-05-30T00:00Z", "document": "x",
        "occurred_at": "2026-05-23T17:00Z",
    }  # fmt: skip
    filed_late = {
        "id": "E-15",
        "kind": "awareness",
        "occurred_at": "2026-05-24T04:00Z",
        "corrects": "E-5",
        "reason": "x",
    }
    rough = {
        "id": "E-16",
        "kind": "contained",
        "occurred_at": {"earliest": "2026-05-24T00:00Z", "latest": "2026-05-24T09:00Z"},
    }
    rules = {
        "extended": clock(FOUR_HOURS, events=(*EVENTS, longer)),
        "corrected": clock(FOUR_HOURS, events=(*EVENTS, {**filed_late, "recorded_at": "2026-05-24T10:00Z"})),
        "doubtful": clock(
            {"anchor": "first(notice_received)", "amount": {"elapsed": "PT12H"}, "end": "first(contained)"},
            events=(*EVENTS[:7], rough),
        ),
        "provisional": clock(ARGUABLE | {"amount": {"business_days": 4}, "calendar": "CN"}, now=NOW),
    }  # fmt: skip
    told = words_of(section(full_report(clocks=tuple(rules.values())), "clocks"))

    assert "before the extension: 2026-05-24 04:10:00 +08:00" in told
    assert "on what was known when it ended; as corrected later: met on time" in told
    assert "a rough time could change this answer" in told


def test_a_provisional_limit_says_so() -> None:
    far = clock(REVIEW | {"amount": {"business_days": 400}, "calendar": "CN"})

    assert "provisional: a calendar is not announced yet" in words_of(section(full_report(clocks=(far,)), "clocks"))


def test_an_estimate_of_the_scan_is_an_estimate_in_the_report() -> None:
    told = words_of(section(full_report(), "findings"))

    assert "9,500,000,000 records" in told
    assert told.count("estimated") == 1


def test_open_duties_name_law_recipient_and_source() -> None:
    told = words_of(section(full_report(), "duties"))
    sources = words_of(section(full_report(), "sources"))

    assert "Art. 4 of the Measures | eu-x · early || the authority" in told
    assert "a guideline, not a statute" in told
    assert "cn-x · initial | filed | E-10 || CAC || A. L. | receipt 17" in told
    assert "root cause || cn-x || E-10" in told
    assert "https://law.example/4 || 2026-10-09 | the law itself, sourced" in sources


def test_the_story_says_who_recorded_it_and_that_a_program_is_no_person() -> None:
    told = words_of(section(full_report(), "timeline"))

    assert "Recorded by leakguard watch (a program)" in told


def test_a_decision_without_a_name_or_a_reason_stands_out() -> None:
    found = section(full_report(), "decisions")

    assert "C. Counsel | second person: D. Dean || nobody of the EU" in words_of(found)
    assert "ops (user of the operating system) || all done" in words_of(found)
    assert [cell.lines[0] for cell in cells(found) if cell.tone == "risk"] == ["no name recorded", "no reason recorded"]


def test_steps_stand_with_their_time_boxes_the_open_ones_first() -> None:
    found = section(full_report(), "playbook")
    told = words_of(found)

    assert [block.caption for block in found.blocks if isinstance(block, Table)] == [
        "Open steps: 1", "Settled steps: 2", "Steps that wait for others: 1",
    ]  # fmt: skip
    assert "took 1 h 31 min from its turn | 31 min over its box || G. Hopper | second person: A. L." in told
    assert "No drill with it is on record." in told


def test_a_playbook_without_open_steps_has_no_table_of_them() -> None:
    report = full_report()
    assert report.playbook is not None
    over = replace(report, playbook=replace(report.playbook, steps=(step("contain"),)))

    assert "Open steps" not in words_of(section(over, "playbook"))


def test_a_rough_time_in_utc_is_told_once() -> None:
    told = words_of(section(full_report(zone="UTC"), "timeline"))

    assert "from 2026-05-18 16:00:00 +00:00 | until 2026-05-22 15:59:00 +00:00 || exposure started" in told


def test_a_playbook_that_was_tested_says_when() -> None:
    report = full_report()
    assert report.playbook is not None
    tested = replace(report, playbook=replace(report.playbook, tested_on="2026-04-01"))

    assert "Last tested on 2026-04-01." in words_of(section(tested, "playbook"))


def test_a_step_that_was_skipped_is_never_late() -> None:
    assert not step("x", "skipped").is_late(NOW)
    assert step("x", "ready").is_late(NOW)
    assert step("x", "ready").took_seconds is None


def test_findings_tell_names_counts_and_sizes() -> None:
    told = words_of(section(full_report(), "findings"))

    assert "9,500,000,000 records | 8.4 TB" in told
    assert "unknown records | unknown" in told


@pytest.mark.parametrize(
    ("count", "text"), [(999, "999 B"), (1_500, "1.5 kB"), (2_000_000, "2.0 MB"), (3 * 10**9, "3.0 GB")]
)
def test_sizes_have_their_unit(count: int, text: str) -> None:
    report = full_report()
    small = replace(report, findings=(replace(report.findings[0], bytes=count),))

    assert text in words_of(section(small, "findings"))


def test_evidence_has_its_own_hash_or_that_of_its_entry() -> None:
    told = words_of(section(full_report(), "evidence"))

    assert "es.yml | EV-9 | 1,812 bytes | sealed, G. Hopper (E-10)" in told
    assert f"file {'cd' * 32} | entry 9 {HASH}" in told
    assert f"config_after: /x | E-8 || 2026-05-25 10:00:00 +08:00 | 2026-05-25 02:00:00Z || – || entry 8 {HASH}" in told
    assert "transcript of the probe of mail.example.edu:9200 | F-1" in told


def test_alarms_say_who_took_them_over_and_which_nobody_did() -> None:
    told = words_of(section(full_report(), "alarms"))

    assert "by G. Hopper, after 20 min" in told
    assert "by nobody" in told


def test_measures_have_a_definition_each() -> None:
    told = words_of(section(full_report(), "measures"))

    assert "Awareness to first filing | E-5 → E-10 || 13 h 10 min || From awareness until" in told
    assert "Awareness to people told | E-5 → … || 1 d 9 h so far" in told
    assert "Notice to acknowledgement | E-3 || 13 h 50 min" in told
    assert "half within" in told
    assert "Not begun, or not recorded: Detection to awareness, Detection to containment" in told
    assert "2 raised, 1 taken over" in told


def test_an_order_that_was_reversed_is_told_as_such() -> None:
    report = full_report()
    turned = replace(report, measures=(replace(report.measures[0], is_reversed=True),))

    assert "the other way round" in words_of(section(turned, "measures"))


@pytest.mark.parametrize(
    ("answer", "tone"), [("match", "good"), ("mismatch", "bad"), ("not_verifiable", "risk"), ("", "soft")]
)
def test_the_ledger_tells_its_answer(answer: str, tone: str) -> None:
    report = full_report()
    facts = section(replace(report, ledger=replace(report.ledger, answer=answer)), "ledger").blocks[0]

    assert isinstance(facts, Facts)
    assert dict(facts.rows)["Verification"].tone == tone
    assert dict(facts.rows)["Head"].lines == (HASH,)


def test_that_it_is_not_legal_advice_stands_there_once() -> None:
    everything = "\n".join(words_of(one) for one in paper_of(full_report()).sections)

    assert everything.count("legal advice") == 1


def test_a_drill_is_called_one_in_the_title_and_below_it() -> None:
    real, drill = paper_of(full_report()), paper_of(full_report(is_drill=True))

    assert (real.drill, len(real.under)) == ("", 1)
    assert drill.title.startswith("DRILL: Incident report IR-2026-0001")
    assert (drill.drill, drill.under[1].startswith("This is the report of a drill.")) == ("DRILL", True)


def test_a_report_about_nothing_says_of_each_part_that_it_is_empty() -> None:
    told = "\n".join(words_of(one) for one in paper_of(empty_report()).sections)

    for sentence in (
        "No duty to notify is open.", "No notice was sent.", "No decision was recorded.", "No playbook was started.",
        "The incident was opened without a finding of a scan.", "No evidence was named.",
        "The watchman raised no alarm.",
        "No clock of a law has begun.", "not verified for this report",
    ):  # fmt: skip
        assert sentence in told
    assert "2026-05-23 23:40:00 +00:00" in told


def test_a_report_without_a_story_has_no_delay_to_tell() -> None:
    assert "Delay of recording" not in words_of(section(full_report(timeline=()), "measures"))


def test_every_section_has_a_name_of_its_own_and_every_row_as_many_cells_as_columns() -> None:
    paper = paper_of(full_report())
    tables = [block for one in paper.sections for block in one.blocks if isinstance(block, Table)]

    assert len({one.name for one in paper.sections}) == len(paper.sections)
    assert all(len(row) == len(table.columns) == len(table.widths) for table in tables for row in table.rows)
    assert all(sum(table.widths) == 100 for table in tables)
    assert moment("2026-05-25T02:00Z").isoformat().startswith(paper.known_at[:19])


def test_a_chinese_report_says_in_chinese_that_a_closure_rests_on_a_word() -> None:
    chinese = parse_words(BundledFiles().text("templates", "report/zh.yaml"), name="zh.yaml")
    event = replace(file_of(EVENTS, ()).events[0], is_word=True, by="Ada", reason="trust me")
    proof = Happening(
        id="E-99", kind="remediation_verified", at=exactly("2026-05-24T09:00Z"), recorded_at=NOW, word=event.word
    )
    glance = next(one for one in compose(full_report(timeline=(proof,)), chinese).sections if one.name == "glance")

    assert "仅凭Ada的说明视为已关闭（未经探测）：trust me" in words_of(glance)
