"""Fifty-four jurisdictions on one screen: stages that share day and recipient stand together, and nobody is lost."""

from __future__ import annotations

import re

import pytest

from leakguard.clocks.clock_status import ClockStatus
from leakguard.frozen import replace
from leakguard.notices.assess import Assessment
from leakguard.notices.judging import Answer
from leakguard.outputs.assess_rows import LEVELS, RowWriter
from leakguard.outputs.assess_say import AssessTexts
from leakguard.outputs.assess_screen import Screen, ScreenSize
from leakguard.outputs.assess_stages import stages_of
from leakguard.use_cases.letters.assess_notices import AssessedDuties
from leakguard.use_cases.letters.given_facts import NoticeInput
from notices.test_one_incident_many_laws import NOW, assessed, incident
from support.notices import book, facts_of

pytestmark = pytest.mark.untraced

STATES = book().vocabulary.subdivisions["US"]
ZONES = ("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles")
LATE = frozenset({"AL", "WY"})


def everywhere() -> list[Assessment]:
    """The residents and the office of each jurisdiction, due on one day; in two of them from memory."""
    told = assessed()
    people = told["us-ca-1798-82-individuals"]
    return [
        made(one, f"us-{state.lower()}-1-{kind}", ZONES[number % len(ZONES)], is_memory=state in LATE)
        for number, state in enumerate(STATES)
        for kind, one in (("individuals", people), ("ag", of_an_office(people)))
    ]


def of_an_office(one: Assessment) -> Assessment:
    recipient = one.duty.recipient.model_copy(update={"type": "regulator", "name": "Attorney General"})
    return replace(one, duty=one.duty.model_copy(update={"recipient": recipient}))


def made(one: Assessment, name: str, zone: str, *, is_memory: bool) -> Assessment:
    def moved(status: ClockStatus) -> ClockStatus:
        rule = status.rule.model_copy(update={"id": f"{name}.initial", "zone": zone, "from_memory": is_memory})
        return replace(status, rule=rule)

    duty = one.duty.model_copy(update={"id": name})
    return replace(one, duty=duty, phases=tuple((stage, moved(status)) for stage, status in one.phases))


def screen(found: list[Assessment], *, width: int = 80, height: int = 23) -> list[str]:
    work = NoticeInput(book=book(), facts=facts_of(incident(), now=NOW), text="", now=NOW)
    law_of = {"first": "2026-09-20", "last": "2026-09-20", "by": "the event `awareness`"}
    whole = AssessedDuties(work=work, assessments=tuple(found), law_of=law_of, contradictions=())
    shown = Screen(found=whole, say=AssessTexts("en"), size=ScreenSize(width=width, height=height), file="facts.yaml")
    return ["".join(text for text, _ in line) for line in shown.lines()]


def test_one_row_holds_the_people_of_all_and_one_the_offices_of_all() -> None:
    lines = screen(everywhere())
    rows = [line for line in lines if "10-" in line]

    assert len(lines) <= 23
    assert len(rows) == 4
    others = len(STATES) - len(LATE)
    assert any(f"people in {others} US places: AK AR" in row for row in rows)
    assert any(f"authorities in {others} US places: AK AR" in row for row in rows)
    assert any("us-al-1-individuals, us-wy-1-individuals" in row for row in rows)


def test_a_group_with_a_deadline_from_memory_is_one_of_its_own_and_says_so() -> None:
    text = "\n".join(screen(everywhere(), width=120))
    groups = [line for line in text.split("\n") if "10-" in line]

    assert sum("from memory" in line for line in groups) == 2
    assert all(("from memory" in line) == ("AL WY" in line or "us-al-1" in line) for line in groups)


@pytest.mark.parametrize("level", range(LEVELS))
def test_no_level_of_grouping_loses_a_duty(level: int) -> None:
    stages = stages_of(everywhere())
    writer = RowWriter(say=AssessTexts("en"), vocabulary=book().vocabulary, now=NOW, numbers={})
    rows = writer.rows(writer.groups(stages, level))
    named = {duty for row in rows for duty in (row.ids or (row.duty,))}

    assert named == {stage.duty.id for stage in stages}


def test_what_applies_never_stands_in_a_row_with_what_needs_a_fact() -> None:
    found = [
        replace(one, applies=Answer.NEEDS_FACT, missing_facts=("risk",)) if number % 2 else one
        for number, one in enumerate(everywhere())
    ]
    rows = [line for line in screen(found, width=120) if "10-" in line]

    assert {bool(re.search(r"  applies  ", row)) for row in rows} == {True, False}
    assert not [row for row in rows if "applies" in row and "fact 1" in row]


def test_a_screen_of_a_few_lines_keeps_the_soonest_rows_and_counts_the_others() -> None:
    found = list(assessed().values())
    lines = screen(found, height=14)

    assert len(lines) <= 14
    assert any(re.search(r"^\d+ rows? more, none sooner: see --all$", line) for line in lines)
    assert stages_of(found)[0].duty.id in lines[4]
