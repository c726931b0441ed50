"""Which duties apply to an incident: an overview, the soonest limit first, and each duty with its reasons."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from leakguard.clocks.event_kinds import LEARNED
from leakguard.clocks.event_selection import EventPattern
from leakguard.clocks.selectors import parse_selector
from leakguard.clocks.standing import Standing
from leakguard.clocks.times import zone_of
from leakguard.clocks.verdicts import State
from leakguard.models.texts import counted
from leakguard.notices.assess import OLDER, TODAY, Assessment, to_json_object
from leakguard.notices.duties import Duty
from leakguard.notices.judging import Answer
from leakguard.notices.place_states import row_json
from leakguard.outputs.notice import source_lines
from leakguard.outputs.words import printable
from leakguard.use_cases.incidents.incident_rules import Unwatched
from leakguard.use_cases.letters.assess_notices import Assessed

WIDTH = 120
_PARAGRAPH = 78
"""Columns of the reasons."""
_ANSWERS = {Answer.YES: "yes", Answer.NEEDS_FACT: "needs fact"}
_NEVER = datetime.max.replace(tzinfo=UTC)
_BELOW = " " * 12
_COLUMNS = (("APPLIES", 10), ("DUTY", 30), ("STAGE", 26), ("STANDS", 13), ("LIMIT", 0))


def overview_lines(found: Sequence[Assessment]) -> Iterator[str]:
    """A line a stage of each duty that is not ruled out; nothing when every duty is."""
    rows = [(one, name, standing) for one in found if one.applies in _ANSWERS for name, standing in one.phases]
    if not rows:
        return
    yield _row(tuple(heading for heading, _ in _COLUMNS))
    for one, name, standing in sorted(rows, key=lambda row: (row[2].work_by or _NEVER, row[0].duty.id)):
        yield _row((_ANSWERS[one.applies], one.duty.id, name, state_words(standing), limit_words(standing)))
        if one.missing_facts:
            yield from _lacks(one.missing_facts)
    yield ""
    yield from unstated_starts(found)


def unstated_starts(found: Sequence[Assessment]) -> Iterator[str]:
    """Which events would start the clocks of which duties, where such an event has happened and nobody stated it."""
    waiting: dict[str, dict[str, None]] = {}
    for one in found:
        for _, standing in one.phases if one.applies in _ANSWERS else ():
            if _lacks_its_start(standing):
                waiting.setdefault(" or ".join(_kinds(standing)), {})[one.duty.id] = None
    if not waiting:
        return
    yield "No event says when these clocks began, and no fact starts a clock. State under `events` the moment of:"
    for words, duties in sorted(waiting.items(), key=lambda row: (-len(row[1]), row[0])):
        line = f"{words}: {', '.join(duties)}"
        yield from textwrap.wrap(line, WIDTH, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False)
    yield ""


def _lacks_its_start(standing: Standing) -> bool:
    return standing.state is State.LATENT and not LEARNED.isdisjoint(_kinds(standing))


def _kinds(standing: Standing) -> tuple[str, ...]:
    """The kinds of events with which the clock starts, as a file names them."""
    return tuple(dict.fromkeys(pick.kind for pick in _picks(standing)))


def _picks(standing: Standing) -> list[EventPattern]:
    return [pick for limb in standing.rule.limbs for pick in parse_selector(str(limb.anchor)).picks]


def anchor_words(standing: Standing) -> str:
    """The events with which the clock starts, in words."""
    return " or ".join(dict.fromkeys(map(_pick_words, _picks(standing))))


def _pick_words(pick: EventPattern) -> str:
    """`filed (eu-gdpr-33-authority, to be determined)`: the duty, and what the event has to say something about."""
    duty, kind = dict(pick.filters).get("obligation"), pick.kind.replace("_", " ")
    about = [*([duty] if duty else []), *(name.replace("_", " ") for name in pick.said)]
    return f"{kind} ({', '.join(about)})" if about else kind


def _lacks(facts: Sequence[str]) -> Iterator[str]:
    """What keeps the answer from being yes or no, below the row that it belongs to."""
    yield from textwrap.wrap(f"lacks {', '.join(facts)}", WIDTH, initial_indent=_BELOW, subsequent_indent=_BELOW)


def _row(cells: tuple[str, ...]) -> str:
    """Cells in columns; one that is too long moves the rest of its line, and loses nothing."""
    padded = (f"{cell:<{width}}" for cell, (_, width) in zip(cells, _COLUMNS, strict=True))
    return printable("  ".join(padded).rstrip(), longest=2 * WIDTH)


def state_words(standing: Standing) -> str:
    """How a clock stands; one that waits for its anchor has not started, if that is an event that comes later."""
    if _lacks_its_start(standing):
        return "start unknown"
    return "not started" if standing.state is State.LATENT else standing.state.value.replace("_", " ")


def limit_words(standing: Standing) -> str:
    """The limit on the recipient's wall clock, or why there is none to the hour."""
    soft = " (soft)" if standing.rule.soft else ""
    if standing.work_by is not None:
        local = standing.work_by.astimezone(zone_of(standing.rule.zone or "UTC"))
        return f"{local:%a %Y-%m-%d %H:%M} {local:%z}{soft}"
    if standing.state is State.LATENT:
        return f"{'no start stated' if _lacks_its_start(standing) else 'starts later'}{soft}"
    return f"no hours are set{soft}"


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


def open_place_lines(found: Assessed, incident: str | None) -> Iterator[str]:
    """Places whose rule is not known, and the command that settles each."""
    for row in found.open_places:
        yield f"No rule is known for {row.place}, {row.role}: {row.text}{f' ({row.on})' if row.on else ''}."
        where = f"--place {row.place} --role {row.role}"
        yield f"  leakguard notice settle {incident or 'ID'} {where} --reason TEXT --by NAME"


def unwatched_lines(left_out: Unwatched) -> Iterator[str]:
    """About what nobody is alarmed, and what to write into the settings."""
    named, more = left_out.duties[:MOST_NAMED], len(left_out.duties) - MOST_NAMED
    also = f", and {more} more" if more > 0 else ""
    yield f"No alert is raised for duties that may apply and that nobody watches: {', '.join(named)}{also}."
    words = {"laws": left_out.settings.laws, "obligated_as": left_out.settings.obligated_as}
    if left_out.places:
        places = ",".join(left_out.places)
        yield f"Record where people live, and their clocks are watched: an event with `jurisdiction={places}`."
    if len(left_out.places) < len(left_out.duties) and any(words.values()):
        yield "Write into leakguard.toml, and `watchman run` and `clock list` have them:"
        yield from (f'  {name} = "{", ".join(sorted(listed))}"' for name, listed in words.items() if listed)


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
    checked, source, *grounds = source_lines(duty, 12)
    yield from wrapped(checked.lstrip(), 12)
    yield source
    for line in grounds:
        yield from wrapped(line.lstrip(), 12)
    yield ""


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


def wrapped(text: str, indent: int) -> Iterator[str]:
    """Lines below each other, the second one and those behind it set in; what is hyphenated stays whole."""
    space = " " * indent
    yield from textwrap.wrap(
        printable(text, longest=2000), _PARAGRAPH, initial_indent=space, subsequent_indent=f"{space}  ",
        break_on_hyphens=False,
    )  # fmt: skip


def assessed_json(found: Assessed) -> dict[str, Any]:
    """Every duty with its answer, whose day's law was taken, and what to know about the answers."""
    return {
        "assessments": [to_json_object(one, now=found.work.now) for one in found.assessments],
        "law_of": found.law_of,
        "contradictions": list(found.contradictions),
        "unwatched": list(found.unwatched.duties) if found.unwatched is not None else [],
        "places": [row_json(row) for row in found.places],
        "undecided": list(found.undecided),
    }
