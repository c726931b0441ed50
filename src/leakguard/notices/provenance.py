"""What each rule rests on, which rules rest on weak sources, and which of those to look up first."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import get_args

from leakguard.clocks.durations import parse_calendar_period, parse_exact
from leakguard.clocks.rules import Amount
from leakguard.frozen import Frozen
from leakguard.notices.duties import Confidence, Duty, Part, Source, SourceKind

PARTS: tuple[Part, ...] = get_args(Part)
KINDS: tuple[SourceKind, ...] = get_args(SourceKind)
"""The strongest first."""
STRONG = frozenset({"primary", "primary-quoted", "official"})
"""The law itself, a page that quotes it, or a page of the authority."""
_DAY = 24
_MONTH = 30 * _DAY
"""For an order by length alone; no limit is reckoned with it."""


class Weakness(StrEnum):
    """Why a rule should be looked up in its source, the worst first."""

    DEADLINE_FROM_MEMORY = "deadline_from_memory"
    OWN_KNOWLEDGE = "own_knowledge"
    UNREAD = "unread"
    SECONDARY = "secondary"
    PARTS_FROM_MEMORY = "parts_from_memory"

    @property
    def words(self) -> str:
        """In a few words."""
        return _WORDS[self]


_WORDS = {
    Weakness.DEADLINE_FROM_MEMORY: "deadline from memory",
    Weakness.OWN_KNOWLEDGE: "not read in a source",
    Weakness.UNREAD: "law not read",
    Weakness.SECONDARY: "commentary only",
    Weakness.PARTS_FROM_MEMORY: "parts from memory",
}


class PartSource(Frozen):
    """What one part of a rule rests on, where that is not the source of the whole."""

    part: Part
    source: Source | None
    """`None` where the part rests on memory alone."""


class Provenance(Frozen):
    """What a rule rests on, and what is weak in that."""

    duty: Duty
    weak: tuple[Weakness, ...]
    hours: float | None
    """The shortest limit of its stages, for an order by length; `None` where the law sets none."""
    shortest: Amount | None = None
    """The same in its own unit."""

    @property
    def lacks_tried(self) -> bool:
        """Whether nobody wrote down how the law itself was searched for, where neither it nor an office was read."""
        return self.duty.source_kind not in STRONG and not self.duty.tried.strip()

    @property
    def rank(self) -> tuple[bool, bool, float, int, str]:
        """Law in force first, then deadlines from memory, then short limits, then weak kinds of source."""
        from_memory = Weakness.DEADLINE_FROM_MEMORY in self.weak
        hours = math.inf if self.hours is None else self.hours
        return self.duty.status != "in_force", not from_memory, hours, -KINDS.index(self.duty.source_kind), self.duty.id


class Counts(Frozen):
    """How many rules rest on what."""

    duties: int
    by_kind: Mapping[SourceKind, int]
    by_confidence: Mapping[Confidence, int]
    by_weakness: Mapping[Weakness, int]
    weak: int
    without_tried: int
    """Weak kinds of source for which nobody wrote down what was tried."""
    earlier_texts: int
    """Texts of earlier days, and days of which it is stated that there was no such duty."""
    earlier_read: int
    """Those of them that were read in a source."""


def parts_of(duty: Duty) -> tuple[PartSource, ...]:
    """The parts of a duty that rest on a source of their own, or on memory; memory goes before a source."""
    memory = set(PARTS) if duty.confidence == "own-knowledge" else set(duty.from_memory)
    if duty.confidence == "own-knowledge":
        memory -= set(duty.sources)
    return tuple(
        PartSource(part=part, source=None if part in memory else duty.sources[part])
        for part in PARTS
        if part in memory or part in duty.sources
    )


def provenance_of(duty: Duty) -> Provenance:
    """What one duty rests on."""
    shortest = _shortest(duty)
    hours = _hours(shortest) if shortest is not None else None
    return Provenance(duty=duty, weak=tuple(_weaknesses(duty)), hours=hours, shortest=shortest)


def ranked_by_provenance(duties: Iterable[Duty]) -> tuple[Provenance, ...]:
    """Every duty, those that rest on weak sources first and of them the riskiest."""
    found = [provenance_of(duty) for duty in duties]
    return tuple(sorted(found, key=lambda provenance: (not provenance.weak, provenance.rank)))


def counts_of(found: Iterable[Provenance]) -> Counts:
    """How many of these rest on what."""
    every = tuple(found)
    versions = [version for provenance in every for version in provenance.duty.versions]
    read = [version for version in versions if (version.duty or version).confidence == "sourced"]
    kinds, sure = (
        Counter(provenance.duty.source_kind for provenance in every),
        Counter(provenance.duty.confidence for provenance in every),
    )
    why = Counter(weakness for provenance in every for weakness in provenance.weak)
    return Counts(
        duties=len(every),
        by_kind={kind: kinds[kind] for kind in KINDS},
        by_confidence={get_arg: sure[get_arg] for get_arg in get_args(Confidence)},
        by_weakness={weakness: why[weakness] for weakness in Weakness},
        weak=sum(bool(provenance.weak) for provenance in every),
        without_tried=sum(provenance.lacks_tried for provenance in every),
        earlier_texts=len(versions),
        earlier_read=len(read),
    )


def _weaknesses(duty: Duty) -> Iterator[Weakness]:
    if duty.deadline_is_from_memory and "deadline" not in duty.sources:
        yield Weakness.DEADLINE_FROM_MEMORY
    if duty.confidence == "own-knowledge":
        yield Weakness.OWN_KNOWLEDGE
    if duty.source_kind == "unread":
        yield Weakness.UNREAD
    if duty.source_kind == "secondary":
        yield Weakness.SECONDARY
    if duty.confidence == "sourced" and set(duty.from_memory) - {"deadline"}:
        yield Weakness.PARTS_FROM_MEMORY


def _shortest(duty: Duty) -> Amount | None:
    amounts = (limb.amount for phase in duty.phases for limb in phase.clock.limbs)
    timed = [(hours, amount) for amount in amounts if (hours := _hours(amount)) is not None]
    return min(timed, key=lambda pair: pair[0])[1] if timed else None


def _hours(amount: Amount) -> float | None:
    if amount.elapsed is not None:
        return parse_exact(amount.elapsed).total_seconds() / 3600
    if amount.calendar is not None:
        period = parse_calendar_period(amount.calendar)
        return period.months * _MONTH + period.days * _DAY
    if amount.business_days is not None:
        return amount.business_days * _DAY
    if amount.business_hours is not None:
        return parse_exact(amount.business_hours.amount).total_seconds() / 3600
    return None
