"""Which duties apply to an incident, the whole of it: an overview, then each duty with its reasons and its source."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len

from leakguard.clocks.clock_status import ClockStatus
from leakguard.clocks.times import zone_of
from leakguard.clocks.verdicts import State
from leakguard.notices.assess import Assessment, to_json_object
from leakguard.notices.competence import Office
from leakguard.notices.contradictions import contradictions
from leakguard.notices.duties import Duty
from leakguard.notices.first_notices import to_json_object as notice_json
from leakguard.notices.judging import Answer
from leakguard.notices.place_states import row_json
from leakguard.notices.questions import to_json_object as question_json
from leakguard.notices.reasons_zh import reason_zh
from leakguard.outputs.assess_places import PlaceBlock, place_lines
from leakguard.outputs.assess_say import AssessTexts
from leakguard.outputs.assess_screen import law_sentence
from leakguard.outputs.assess_stages import anchor_words, lacks_its_start, unstated_starts
from leakguard.outputs.lengths import length_words
from leakguard.outputs.offices import form_urls, office_json, office_words
from leakguard.outputs.terminal import wrap
from leakguard.outputs.words import printable
from leakguard.use_cases.letters.assess_notices import AssessedDuties, split_events

if TYPE_CHECKING:
    from leakguard.use_cases.incidents.incident_rules import UnwatchedDuties

WIDTH = 120
_PARAGRAPH = 78
"""Columns of the reasons."""
_ANSWERS = {Answer.YES: "yes", Answer.NEEDS_FACT: "needs fact"}
_WORDS = {Answer.YES: "YES", Answer.NEEDS_FACT: "NEEDS FACT"}
_NEVER = datetime.max.replace(tzinfo=UTC)
_BELOW = " " * 12
_COLUMNS = (("APPLIES", 10), ("DUTY", 30), ("STAGE", 18), ("STANDS", 13), ("LIMIT_ALONE", 0))
MOST_NAMED = 4
"""Duties that a note names; all of them stand in the table below it."""


def assessment_lines(found: AssessedDuties, say: AssessTexts, places: PlaceBlock) -> Iterator[str]:
    """Duties that apply, then those that need a fact, those that do not apply, and the dormant ones apart."""
    yield _counts(found.assessments, say)
    yield from wrapped(law_sentence(found, say), 0)
    yield ""
    yield from overview_lines(found.assessments, say)
    yield from _roles(found, say)
    yield from _places(places, say)
    of: dict[Answer | None, list[Assessment]] = {}
    for assessment in found.assessments:
        of.setdefault(None if assessment.is_dormant else assessment.applies, []).append(assessment)
    for assessed in (*of.get(Answer.YES, ()), *of.get(Answer.NEEDS_FACT, ())):
        yield from _assessment(assessed, say, found.offices.get(assessed.duty.id))
    for heading, answer in (("not_known", Answer.NO_RULE_KNOWN), ("ruled_out", Answer.NO), ("not_law", None)):
        yield from _not_open(heading, of.get(answer, ()), say, found)
    yield say("no_advice")


def _places(places: PlaceBlock, say: AssessTexts) -> Iterator[str]:
    if not places.rows:
        return
    yield say("places")
    for line in place_lines(places):
        yield from wrapped(line, 2)
    yield ""


def _roles(found: AssessedDuties, say: AssessTexts) -> Iterator[str]:
    """Roles that the sector suggests and nobody stated."""
    if not found.roles:
        return
    yield say("roles")
    for role in found.roles:
        text = role.asks_zh if say.lang == "zh" else role.asks
        yield from wrapped(say("role_question", fact=role.fact, text=text, duties=say.listed(role.duties)), 2)
    yield from wrapped(say("role_answer"), 2)
    yield ""


def overview_lines(found: Sequence[Assessment], say: AssessTexts) -> Iterator[str]:
    """A line a stage of each duty that is not ruled out; nothing when every duty is."""
    rows = [
        (assessment, name, status)
        for assessment in found
        if assessment.applies in _ANSWERS
        for name, status in assessment.phases
    ]
    if not rows:
        return
    yield _row(tuple(say(heading) for heading, _ in _COLUMNS))
    for assessed, name, status in sorted(rows, key=lambda row: (row[2].work_by or _NEVER, row[0].duty.id)):
        limit = limit_words(status, say)
        yield _row((say(_ANSWERS[assessed.applies]), assessed.duty.id, name, state_words(status, say), limit))
        if assessed.missing_facts:
            lacks = say("lacks", facts=", ".join(assessed.missing_facts))
            yield from wrap(lacks, WIDTH, indent=_BELOW)
    yield ""
    yield from start_lines(found, say)


def start_lines(found: Sequence[Assessment], say: AssessTexts) -> Iterator[str]:
    """Which events would start the clocks of which duties, where such an event has happened and nobody stated it."""
    waiting = unstated_starts(found)
    if not waiting:
        return
    yield say("waiting")
    for kinds, duties in waiting:
        line = say("duty_line", duty=say("or").join(kinds), text=", ".join(duties))
        yield from wrap(line, WIDTH, indent="  ", hang="    ")
    yield ""


def _row(cells: tuple[str, ...]) -> str:
    """Cells in columns; one that is too long moves the rest of its line, and loses nothing."""
    padded = (f"{cell}{' ' * (width - cell_len(cell))}" for cell, (_, width) in zip(cells, _COLUMNS, strict=True))
    return printable("  ".join(padded).rstrip(), longest=2 * WIDTH)


def state_words(status: ClockStatus, say: AssessTexts) -> str:
    """How a clock stands; one that waits for its anchor has not started, if that is an event that comes later."""
    if lacks_its_start(status):
        return say("start unknown")
    return say("not started" if status.state is State.LATENT else status.state.value)


def limit_words(status: ClockStatus, say: AssessTexts) -> str:
    """The limit on the recipient's wall clock and what it rests on, or why there is none to the hour."""
    soft = say("soft_limit") if status.rule.soft else ""
    soft += say("remembered") if status.rule.from_memory else ""
    if status.work_by is not None:
        local = status.work_by.astimezone(zone_of(status.rule.zone or "UTC"))
        return f"{say.whole_moment(local)}{soft}"
    if status.state is State.LATENT:
        return f"{say('unstated' if lacks_its_start(status) else 'starts_later')}{_then(status, say)}{soft}"
    return f"{say('no_hours')}{soft}"


def _then(status: ClockStatus, say: AssessTexts) -> str:
    """How long the clock runs once it has begun; nothing where the law gives no number."""
    length = length_words(status.rule, say.lang)
    return f"{say('comma')}{say('once_begun', length=length)}" if length else ""


def remark_lines(found: AssessedDuties, say: AssessTexts) -> Iterator[str]:
    """What to know before the answers are read: facts that contradict each other, split duties, what nobody watches."""
    for remark in contradictions(found.work.facts, say.lang, found.work.book.vocabulary):
        yield say("look_at", text=remark)
    for event, name, legs in split_events(found.work.book, found.work.facts):
        yield say("split", event=event.id, kind=event.kind, name=name, legs=say.listed(legs))
    if found.unwatched is not None:
        yield from unwatched_lines(found.unwatched, say)


def unwatched_lines(left_out: UnwatchedDuties, say: AssessTexts) -> Iterator[str]:
    """About what nobody is alarmed, and what to write into the settings."""
    named, more = left_out.duties[:MOST_NAMED], len(left_out.duties) - MOST_NAMED
    also = say("and_others", n=more) if more > 0 else ""
    yield say("no_watch", duties=f"{say.listed(named)}{also}")
    words = {"laws": left_out.settings.laws, "obligated_as": left_out.settings.obligated_as}
    if left_out.places:
        yield say("record_place", places=",".join(left_out.places))
    if len(left_out.places) < len(left_out.duties) and any(words.values()):
        yield say("write_settings")
        yield from (f'  {name} = "{", ".join(sorted(listed))}"' for name, listed in words.items() if listed)


def _counts(found: Sequence[Assessment], say: AssessTexts) -> str:
    """How many duties stand how, before the long part."""
    tally = {
        answer: sum(assessment.applies is answer and not assessment.is_dormant for assessment in found)
        for answer in Answer
    }
    return say(
        "counts", all=say("duties", n=len(found)), yes=tally[Answer.YES], fact=tally[Answer.NEEDS_FACT],
        no=tally[Answer.NO], dormant=sum(assessment.is_dormant for assessment in found),
        unknown=say("and_unknown", n=tally[Answer.NO_RULE_KNOWN]) if tally[Answer.NO_RULE_KNOWN] else "",
    )  # fmt: skip


def _not_open(heading: str, shown: Sequence[Assessment], say: AssessTexts, found: AssessedDuties) -> Iterator[str]:
    """One paragraph each: what does not apply is read to be checked, not to be worked on."""
    if not shown:
        return
    yield say(heading)
    for assessment in shown:
        yield from wrapped(
            say("duty_line", duty=assessment.duty.id, text=_reason(assessment, say, found) or assessment.because), 2
        )
        for text in assessment.consider:
            yield from wrapped(say("consider", text=text), 6)
    yield ""


def _reason(assessment: Assessment, say: AssessTexts, found: AssessedDuties) -> str:
    """The reason in Chinese where that is asked for and there is one; empty where it is the rule's own words."""
    if say.lang == "en":
        return ""
    return reason_zh(assessment, found.work.facts, found.work.now, found.work.book.vocabulary)


def _assessment(assessment: Assessment, say: AssessTexts, office: Office | None) -> Iterator[str]:
    duty, word = assessment.duty, say(_WORDS[assessment.applies])
    kind = f" {say('is_soft')}" if duty.soft else ""
    yield f"{word}{' ' * (11 - cell_len(word))} {duty.id}{kind}"
    law = f"{duty.law}, {duty.article}" if say.lang == "en" else duty.law_words("zh")
    yield from wrapped(say("to_whom", law=law, whom=_whom(duty, say)), 12)
    if office is not None:
        yield from _office_lines(office, say)
    if assessment.parties:
        yield from wrapped(say("whose", names=say.listed(assessment.parties)), 12)
    yield from wrapped(say("because", text=assessment.because), 12)
    if assessment.missing_facts:
        yield from wrapped(say("missing", facts=", ".join(assessment.missing_facts)), 12)
    for text in assessment.consider:
        yield from wrapped(say("consider", text=text), 12)
    for name, status in assessment.phases:
        yield from wrapped(say("stage_line", stage=name, clock=_clock(duty, name, status, say)), 12)
    yield from source_lines(duty, say)
    yield ""


def _office_lines(office: Office, say: AssessTexts) -> Iterator[str]:
    """Who gets the notice; the address of a form stays whole, so that it can be copied."""
    for words in office_words(office, say.lang):
        yield from wrapped(words, 12)
    yield from (f"{_BELOW}{say('form')}{printable(url, longest=300)}" for url in form_urls(office))


def _whom(duty: Duty, say: AssessTexts) -> str:
    if say.lang == "zh":
        return duty.recipient.name_zh or duty.recipient.name
    return f"{duty.recipient.name} ({duty.recipient.note})" if duty.recipient.note else duty.recipient.name


def source_lines(duty: Duty, say: AssessTexts) -> Iterator[str]:
    """When the rule was checked, how sure we are of it, what is still to be verified, and where it stands."""
    fields = say.listed(duty.verify_words(say.lang)) if say.lang == "zh" else ", ".join(duty.verify_fields)
    confidence = say(duty.confidence) if say.lang == "zh" else duty.confidence
    checked = say("checked", day=duty.verified_on, confidence=confidence)
    yield from wrapped(f"{checked}{say('to_verify', fields=fields) if fields else ''}", 12)
    kind = say(duty.source_kind) if say.lang == "zh" else duty.source_kind
    yield f"{_BELOW}{say('source', kind=kind, url=printable(duty.source_url, longest=300))}"
    from leakguard.outputs.provenance import provenance_lines  # noqa: PLC0415  (one screen tells none of it)

    for line in provenance_lines(duty):
        yield from wrapped(line, 12)


def _clock(duty: Duty, name: str, status: ClockStatus, say: AssessTexts) -> str:
    """The status with its limit in local time and UTC; without a limit, what the law says instead."""
    comma, semicolon = say("comma"), say("semicolon")
    words = f"{state_words(status, say)}{comma}{limit_words(status, say)}"
    words += "".join(
        f"{comma}{say('pause_ignored', event=ignored.event)}" for ignored in status.computed.pauses.ignored
    )
    if status.work_by is not None:
        return say("brackets", text=words, inside=f"{status.work_by.astimezone(UTC):%Y-%m-%d %H:%M}Z")
    phase = duty.phase(name)
    notes = [phase.note] if phase is not None and phase.note else []
    if status.state is State.LATENT:
        notes.append(say("waits_for", words=anchor_words(status, say("or"))))
    return semicolon.join((words, *notes))


def wrapped(text: str, indent: int) -> Iterator[str]:
    """Lines below each other, the second one and those behind it set in; what is hyphenated stays whole."""
    space = " " * indent
    yield from wrap(printable(text, longest=2000), _PARAGRAPH, indent=space, hang=f"{space}  ")


def assessed_json(found: AssessedDuties) -> dict[str, Any]:
    """Every duty with its answer, whose day's law was taken, and what to know about the answers."""
    return {
        "assessments": [_assessment_json(assessment, found) for assessment in found.assessments],
        "law_of": found.law_of,
        "contradictions": list(found.contradictions),
        "unwatched": list(found.unwatched.duties) if found.unwatched is not None else [],
        "places": [row_json(row) for row in found.places],
        "undecided": list(found.undecided),
        "roles": [question_json(role) for role in found.roles],
        "first_notices": [notice_json(first_notice) for first_notice in found.first_notices],
    }


def _assessment_json(assessment: Assessment, found: AssessedDuties) -> dict[str, Any]:
    """The answer, with the office that gets the notice."""
    document = to_json_object(assessment, now=found.work.now)
    return {
        **document,
        "recipient": {**document["recipient"], "authority": office_json(found.offices.get(assessment.duty.id))},
    }
