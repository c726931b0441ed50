"""Facts of one file that cannot all be true: told to whoever wrote them, and never settled by us."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from leakguard.models.events import Event, Interval
from leakguard.notices.fact_values import Span
from leakguard.notices.facts import Facts

_DISCOVERED = frozenset({"discovery", "discovery_or_notification"})


def contradictions(facts: Facts) -> tuple[str, ...]:
    """Each begins with the name of the fact to look at."""
    return (*_counts(facts), *_reached(facts), *_vulnerable(facts), *_role(facts), *_times(facts))


def _counts(facts: Facts) -> Iterator[str]:
    """Thresholds ask the residents, and letters tell the total."""
    total, residents = facts.value_of("subject_count", Span), facts.get("subjects_by_jurisdiction")
    if total is None or residents is None or not isinstance(residents.value, Mapping):
        return
    least = _least_people(residents.value)
    if total.high < least:
        people = "1 person in all is" if total.high == 1 else f"{total.high:,} people in all are"
        yield f"subject_count: {people} fewer than the {least:,} of `subjects_by_jurisdiction`"


def _least_people(residents: Mapping[str, Span]) -> int:
    """A country beside its subdivisions counts once: it may be their sum, or those of whom no more is known."""
    whole, parts = defaultdict[str, int](int), defaultdict[str, int](int)
    for code, count in residents.items():
        (parts if "-" in code else whole)[code.split("-")[0]] += count.low
    return sum(max(whole[country], parts[country]) for country in {*whole, *parts})


def _reached(facts: Facts) -> Iterator[str]:
    for name in ("access", "acquisition"):
        if facts.value_of(name, bool) is False and facts.value_of("exfiltration", bool):
            yield f"{name}: stated as false, but `exfiltration` as true"


def _vulnerable(facts: Facts) -> Iterator[str]:
    minors = facts.value_of("minors_count", Span)
    if facts.value_of("vulnerable_people", bool) is False and minors is not None and minors.low > 0:
        yield f"vulnerable_people: stated as false, but `minors_count` counts {minors.low:,}"


def _role(facts: Facts) -> Iterator[str]:
    """The role names the organisation in letters; which laws address it is asked of `obligated_as` alone."""
    role = facts.organisation.role
    if role and role not in facts.obligated_as:
        yield f"obligated_as: does not list the role of the organisation, `{role}`"


def _times(facts: Facts) -> Iterator[str]:
    found, began = facts.value_of("discovery_date", Interval), facts.value_of("breach_date", Interval)
    if found is None:
        return
    if began is not None and began.earliest > found.latest:
        yield "breach_date: lies after `discovery_date`"
    events = tuple(_standing(facts, _DISCOVERED))
    if events and not any(_meet(found, event.occurred_at) for event in events):
        yield f"discovery_date: letters tell another time than the event `{events[0].id}`, from which clocks run"


def _standing(facts: Facts, kinds: frozenset[str]) -> Iterator[Event]:
    """The events of these kinds that no later one corrects."""
    superseded = {event.corrects for event in facts.events}
    return (event for event in facts.events if event.kind in kinds and event.id not in superseded)


def _meet(one: Interval, other: Interval) -> bool:
    return one.earliest <= other.latest and other.earliest <= one.latest
