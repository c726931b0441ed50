"""How assessments and checks are printed for a person, at 80 columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC

from leakguard.cli.notice.overview import anchor_words, limit_words, overview_lines, state_words
from leakguard.cli.notice.wrapping import wrapped
from leakguard.clocks.standing import Standing
from leakguard.clocks.times import rfc3339
from leakguard.clocks.verdicts import State
from leakguard.models.texts import counted
from leakguard.notices.assess import OLDER, TODAY, Assessment
from leakguard.notices.completeness import Completeness
from leakguard.notices.duties import Duty
from leakguard.notices.judging import Answer
from leakguard.notices.questions import Question
from leakguard.notices.vocabulary import Vocabulary
from leakguard.outputs.words import printable
from leakguard.use_cases.incidents.incident_rules import Unwatched

MOST_NAMED = 4
"""Duties that a note names; all of them stand in the table below it."""
_WORDS = {Answer.YES: "YES", Answer.NEEDS_FACT: "NEEDS FACT", Answer.NO: "no"}


def assessment_lines(found: Sequence[Assessment], law_of: Mapping[str, str]) -> Iterator[str]:
    """Duties that apply, then those that need a fact, those that do not apply, and the dormant ones apart."""
    awake = [one for one in found if not one.is_dormant]
    yield _counts(found)
    yield from wrapped(_day(law_of), 0)
    yield ""
    yield from overview_lines(found)
    for answer in (Answer.YES, Answer.NEEDS_FACT):
        for one in awake:
            if one.applies is answer:
                yield from _assessment(one)
    yield from _ruled_out([one for one in awake if one.applies is Answer.NO])
    dormant = [one for one in found if one.is_dormant]
    if dormant:
        yield "Not law on the day of the incident:"
        for one in dormant:
            yield from wrapped(f"{one.duty.id}: {one.because}", 2)
        yield from wrapped(OLDER, 0)
        yield ""
    yield "Nothing here is legal advice."


def unwatched_lines(left_out: Unwatched) -> Iterator[str]:
    """About what nobody is alarmed, and what to write into the settings."""
    named, more = left_out.duties[:MOST_NAMED], len(left_out.duties) - MOST_NAMED
    also = f", and {more} more" if more > 0 else ""
    yield f"No alarm is raised for what the settings leave out, and that may apply: {', '.join(named)}{also}."
    yield "Write into leakguard.toml, and `watchman run` and `clock list` have them:"
    for name, words in (("laws", left_out.settings.laws), ("obligated_as", left_out.settings.obligated_as)):
        if words:
            yield f'  {name} = "{", ".join(sorted(words))}"'


def _counts(found: Sequence[Assessment]) -> str:
    """How many duties stand how, before the long part."""
    tally = {answer: sum(one.applies is answer and not one.is_dormant for one in found) for answer in Answer}
    dormant = sum(one.is_dormant for one in found)
    return (
        f"{counted(len(found), 'duty', 'duties')}: {tally[Answer.YES]} apply, {tally[Answer.NEEDS_FACT]} need a fact, "
        f"{tally[Answer.NO]} do not apply, {dormant} not law on the day."
    )


def _day(law_of: Mapping[str, str]) -> str:
    """Whose law was taken; today's is never taken in silence."""
    first, last, by = law_of["first"], law_of["last"], law_of["by"]
    if by == TODAY:
        return (
            f"Judged by the law of today, {last}, because nothing says when the incident came into sight: "
            "state an event, such as discovery, or the fact `discovery_date`."
        )
    return f"Judged by the law of {first if first == last else f'{first} to {last}'}, by {by}."


def _ruled_out(found: Sequence[Assessment]) -> Iterator[str]:
    """One paragraph each: what does not apply is read to be checked, not to be worked on."""
    if not found:
        return
    yield "Do not apply:"
    for one in found:
        yield from wrapped(f"{one.duty.id}: {one.because}", 2)
        for text in one.consider:
            yield from wrapped(f"consider: {text}", 6)
    yield ""


def question_lines(questions: Sequence[Question]) -> Iterator[str]:
    """The next question first, then the others."""
    if not questions:
        yield "No open duty lacks a fact."
        return
    for number, one in enumerate(questions):
        yield "Find out next:" if number == 0 else "Then:" if number == 1 else ""
        answers = f" ({' or '.join(one.options)})" if one.options else ""
        yield from wrapped(f"{one.fact}{answers}: {one.asks}", 2)
        for why in one.unclear:
            yield from wrapped(f"what was stated is not enough: {why}", 6)
        limit = f"limit {rfc3339(one.deadline)}; " if one.deadline else ""
        yield from wrapped(f"{limit}needed by {', '.join(one.duties)}", 6)


def _assessment(one: Assessment) -> Iterator[str]:
    duty = one.duty
    kind = " (recommended or expected, not statute)" if duty.soft else ""
    yield f"{_WORDS[one.applies]:<11} {duty.id}{kind}"
    whom = f"{duty.recipient.name} ({duty.recipient.note})" if duty.recipient.note else duty.recipient.name
    yield from wrapped(f"{duty.law}, {duty.article}; to: {whom}", 12)
    yield from wrapped(f"because {one.because}", 12)
    if one.missing_facts:
        yield from wrapped(f"missing: {', '.join(one.missing_facts)}", 12)
    for text in one.consider:
        yield from wrapped(f"consider: {text}", 12)
    for name, standing in one.phases:
        yield from wrapped(f"{name}: {_clock(duty, name, standing)}", 12)
    yield from source_lines(duty, 12)
    yield ""


def source_lines(duty: Duty, indent: int) -> Iterator[str]:
    """When the rule was checked, how sure we are of it, what is still to be verified, and where it stands."""
    unverified = f"; to be verified: {', '.join(duty.verify_fields)}" if duty.verify_fields else ""
    yield from wrapped(f"rule checked on {duty.verified_on}, {duty.confidence}{unverified}", indent)
    yield f"{' ' * indent}source ({duty.source_kind}): {printable(duty.source_url, longest=300)}"


def _clock(duty: Duty, name: str, standing: Standing) -> str:
    """The standing with its limit in local time and UTC; without a limit, what the law says instead."""
    words = f"{state_words(standing)}, {limit_words(standing)}"
    words += "".join(f", pause {one.event} is ignored" for one in standing.found.pauses.ignored)
    if standing.work_by is not None:
        return f"{words} ({standing.work_by.astimezone(UTC):%Y-%m-%d %H:%M}Z)"
    phase = duty.phase(name)
    said = [phase.note] if phase is not None and phase.note else []
    if standing.state is State.LATENT:
        said.append(f"waits for {anchor_words(standing)}")
    return "; ".join((words, *said))


def completeness_lines(found: Completeness, vocabulary: Vocabulary) -> Iterator[str]:
    """One line an item, with what it is called."""
    yield f"{found.duty}: {'complete' if found.is_complete else 'not complete'}"
    parts = (
        ("missing", found.missing),
        ("must not be told", found.forbidden_present),
        ("told as not known yet", found.said_as_unknown),
        ("needed if its condition holds, which the facts do not tell", found.undecided),
        ("recommended, not stated", found.recommended),
        ("may be left out, not stated", found.optional),
    )
    for title, items in parts:
        if items:
            yield f"  {title}:"
            yield from (f"    {item}  ({vocabulary.items[item].en})" for item in items)
    for problem in found.format_problems:
        yield from wrapped(f"form: {problem}", 2)
