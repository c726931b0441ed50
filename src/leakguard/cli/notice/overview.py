"""All duties that apply or may apply, stage by stage, in one table of at most 120 columns, the soonest limit first."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from leakguard.clocks.event_kinds import LEARNED
from leakguard.clocks.event_selection import Pick
from leakguard.clocks.selectors import parse_selector
from leakguard.clocks.standing import Standing
from leakguard.clocks.times import zone_of
from leakguard.clocks.verdicts import State
from leakguard.notices.assess import Assessment
from leakguard.notices.judging import Answer
from leakguard.outputs.words import printable

WIDTH = 120
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


def _picks(standing: Standing) -> list[Pick]:
    return [pick for limb in standing.rule.limbs for pick in parse_selector(str(limb.anchor)).picks]


def anchor_words(standing: Standing) -> str:
    """The events with which the clock starts, in words."""
    return " or ".join(dict.fromkeys(map(_pick_words, _picks(standing))))


def _pick_words(pick: Pick) -> str:
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
