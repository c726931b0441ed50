"""The stages of duties that are open, for the screen of `notice assess`: in their order, and what starts each clock."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from leakguard.clocks.clock_status import ClockStatus
from leakguard.clocks.event_kinds import DECIDED, LEARNED
from leakguard.clocks.event_selection import EventPattern
from leakguard.clocks.selectors import parse_selector
from leakguard.clocks.times import zone_of
from leakguard.clocks.verdicts import State
from leakguard.frozen import Frozen
from leakguard.notices.assess import Assessment
from leakguard.notices.duties import Duty
from leakguard.notices.judging import Answer
from leakguard.outputs.lengths import length_words

_NEVER = datetime.max.replace(tzinfo=UTC)
_BEGUN = frozenset({State.RUNNING, State.AT_RISK, State.DUE_NOW, State.OVERDUE, State.PAUSED, State.MISSED})
_LATE = frozenset({State.OVERDUE, State.MISSED})


class Stage(Frozen):
    """A stage of a duty that is not ruled out and not done."""

    one: Assessment
    name: str
    status: ClockStatus
    later: tuple[tuple[str, ClockStatus], ...] = ()
    """Stages of the same duty whose clocks have not begun."""

    @property
    def duty(self) -> Duty:
        """Whose stage it is."""
        return self.one.duty

    @property
    def is_begun(self) -> bool:
        """Whether the clock runs, or ran out."""
        return self.status.state in _BEGUN

    @property
    def is_late(self) -> bool:
        """Whether the limit is over."""
        return self.status.state in _LATE

    @property
    def local(self) -> datetime | None:
        """The limit on the recipient's wall clock."""
        due = self.status.work_by
        return due.astimezone(zone_of(self.status.rule.zone or "UTC")) if due is not None else None

    @property
    def order(self) -> tuple[datetime, bool, bool, str]:
        """The soonest limit first, then what runs without one, then what has not begun."""
        due = self.status.work_by if self.is_begun else None
        return due or _NEVER, not self.is_begun, not lacks_its_start(self.status), self.duty.id

    @property
    def is_dated(self) -> bool:
        """Whether its clock runs to a moment that the law sets."""
        return self.is_begun and self.status.work_by is not None

    @property
    def is_from_memory(self) -> bool:
        """Whether nobody read its deadline in a source, where its clock runs or its length is shown."""
        return self.status.rule.from_memory and (self.is_begun or bool(length_words(self.status.rule)))


def stages_of(found: Sequence[Assessment]) -> list[Stage]:
    """Every stage that is open, the soonest limit first; those that begin later stand with one that has begun."""
    return sorted((stage for assessment in found for stage in _open(assessment)), key=lambda stage: stage.order)


def _open(assessment: Assessment) -> Iterator[Stage]:
    if assessment.applies not in {Answer.YES, Answer.NEEDS_FACT}:
        return
    begun = [(name, status) for name, status in assessment.phases if status.state in _BEGUN]
    latent = [(name, status) for name, status in assessment.phases if status.state is State.LATENT]
    shown = begun or latent[:1]
    later = tuple(latent if begun else latent[1:])
    for number, (name, status) in enumerate(shown):
        yield Stage(one=assessment, name=name, status=status, later=later if number == len(shown) - 1 else ())


def done_count(found: Sequence[Assessment]) -> int:
    """Clocks of duties that are not ruled out which ended, or that somebody said do not apply."""
    states = (status.state for assessment in found for _, status in assessment.phases)
    return sum(state not in _BEGUN and state is not State.LATENT for state in states)


def lacks_its_start(status: ClockStatus) -> bool:
    """Whether the clock waits for something that has happened, or that has to be decided, and that nobody stated."""
    return status.state is State.LATENT and not (LEARNED | DECIDED).isdisjoint(start_kinds(status))


def start_kinds(status: ClockStatus) -> tuple[str, ...]:
    """The kinds of events with which the clock starts, as a file names them."""
    picks = (pick for limb in status.rule.limbs for pick in parse_selector(str(limb.anchor)).patterns)
    return tuple(dict.fromkeys(pick.kind for pick in picks))


def anchor_words(status: ClockStatus, gap: str) -> str:
    """The events with which the clock starts, in words, with `gap` between two of them."""
    picks = (pick for limb in status.rule.limbs for pick in parse_selector(str(limb.anchor)).patterns)
    return gap.join(dict.fromkeys(map(_pick_words, picks)))


def _pick_words(pick: EventPattern) -> str:
    """`filed (eu-gdpr-33-authority, to be determined)`: the duty, and what the event has to say something about."""
    duty, kind = dict(pick.filters).get("obligation"), pick.kind.replace("_", " ")
    about = [*([duty] if duty else []), *(name.replace("_", " ") for name in pick.required_fields)]
    return f"{kind} ({', '.join(about)})" if about else kind


def unstated_starts(found: Sequence[Assessment]) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Kinds of events that nobody stated, with the duties whose clocks they start; those that start most first."""
    waiting: dict[tuple[str, ...], dict[str, None]] = {}
    for assessment in found:
        for _, status in assessment.phases if assessment.applies in {Answer.YES, Answer.NEEDS_FACT} else ():
            if lacks_its_start(status):
                waiting.setdefault(start_kinds(status), {})[assessment.duty.id] = None
    rows = sorted(waiting.items(), key=lambda row: (-len(row[1]), " or ".join(row[0])))
    return [(kinds, tuple(duties)) for kinds, duties in rows]
