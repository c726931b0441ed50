"""All duties that apply or may apply, stage by stage, in one table of at most 120 columns, the soonest limit first."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

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


def _lacks(facts: Sequence[str]) -> Iterator[str]:
    """What keeps the answer from being yes or no, below the row that it belongs to."""
    yield from textwrap.wrap(f"lacks {', '.join(facts)}", WIDTH, initial_indent=_BELOW, subsequent_indent=_BELOW)


def _row(cells: tuple[str, ...]) -> str:
    """Cells in columns; one that is too long moves the rest of its line, and loses nothing."""
    padded = (f"{cell:<{width}}" for cell, (_, width) in zip(cells, _COLUMNS, strict=True))
    return printable("  ".join(padded).rstrip(), longest=2 * WIDTH)


def state_words(standing: Standing) -> str:
    """How a clock stands; one that waits for its anchor has not started."""
    return "not started" if standing.state is State.LATENT else standing.state.value.replace("_", " ")


def limit_words(standing: Standing) -> str:
    """The limit on the recipient's wall clock, or why there is none to the hour."""
    soft = " (soft)" if standing.rule.soft else ""
    if standing.work_by is not None:
        local = standing.work_by.astimezone(zone_of(standing.rule.zone or "UTC"))
        return f"{local:%a %Y-%m-%d %H:%M} {local:%z}{soft}"
    if standing.state is State.LATENT:
        return f"starts later{soft}"
    return f"no hours are set{soft}"
