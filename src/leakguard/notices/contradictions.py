"""Facts of one file that cannot all be true: told to whoever wrote them, and never settled by us."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Literal

from leakguard.models.events import Event, Interval
from leakguard.notices.fact_values import Span
from leakguard.notices.facts import Facts, FactState
from leakguard.notices.vocabulary import Vocabulary

_TEXTS: dict[str, tuple[str, str]] = {
    "total": (
        "subject_count: {total} people in all are fewer than the {least} of `subjects_by_jurisdiction`",
        "subject_count：共{total}人，少于`subjects_by_jurisdiction`的{least}人",
    ),
    "one": (
        "subject_count: 1 person in all is fewer than the {least} of `subjects_by_jurisdiction`",
        "subject_count：共1人，少于`subjects_by_jurisdiction`的{least}人",
    ),
    "reached": ("{name}: stated as false, but `{other}` as true", "{name}：填写为否，而`{other}`填写为是"),
    "vulnerable": (
        "vulnerable_people: stated as false, but `minors_count` counts {minors}",
        "vulnerable_people：填写为否，而`minors_count`为{minors}人",
    ),
    "role": (
        "obligated_as: does not list the role of the organisation, `{role}`",
        "obligated_as：未列出本单位的身份`{role}`",
    ),
    "state": (
        "subjects_by_jurisdiction: `{code}` is the country {country}; people in {state} are counted as `US-{code}`",
        "subjects_by_jurisdiction：`{code}`系{country}的国家代码；{state}居民应填写为`US-{code}`",
    ),
    "before": ("breach_date: lies after `discovery_date`", "breach_date：晚于`discovery_date`"),
    "discovered": (
        "discovery_date: letters tell another time than the event `{event}`, from which clocks run",
        "discovery_date：与起算时限的事件`{event}`时间不一致",
    ),
    "apart": (
        "{name}: {one} in the letters for {place}, {other} in all others",
        "{name}：面向{place}的文书{one}，其他文书{other}",
    ),
}  # fmt: skip
"""Each contradiction in English and Chinese; it begins with the name of the fact."""
_STANDS: dict[bool, tuple[str, str]] = {
    True: ("told as known", "写为已查明"),
    False: ("told as unknown", "写为尚未查明"),
}
_OF_INCIDENT = (
    "exposure", "access", "acquisition", "exfiltration", "integrity_loss", "availability_loss", "breach_date",
    "discovery_date", "breach_description", "cause", "root_cause", "actual_harm",
)  # fmt: skip
"""Facts of the one incident, which are known to all of its readers or to none."""
_Told = tuple[str, dict[str, object]]
"""The name of a text, and its values."""

_BY_REACH = ("access", "exfiltration")
"""What nobody can do to data that were out of reach."""
_DISCOVERED = frozenset({"discovery", "discovery_or_notification"})


def contradictions(
    facts: Facts, lang: Literal["en", "zh"] = "en", vocabulary: Vocabulary | None = None
) -> tuple[str, ...]:
    """Each begins with the name of the fact to look at; with the vocabulary, codes of places are looked at too."""
    found = (*_counts(facts), *_reached(facts), *_vulnerable(facts), *_role(facts), *_times(facts))
    if vocabulary is not None:
        found = (*found, *_states(facts, vocabulary, lang))
        found = (*found, *_apart(facts, vocabulary, lang))
    return tuple(_TEXTS[name][lang == "zh"].format(**values) for name, values in found)


def _counts(facts: Facts) -> Iterator[_Told]:
    """Thresholds ask the residents, and letters tell the total."""
    total, residents = facts.value_of("subject_count", Span), facts.get("subjects_by_jurisdiction")
    if total is None or residents is None or not isinstance(residents.value, Mapping):
        return
    least = _least_people(residents.value)
    if total.high < least:
        yield "one" if total.high == 1 else "total", {"total": f"{total.high:,}", "least": f"{least:,}"}


def _states(facts: Facts, vocabulary: Vocabulary, lang: Literal["en", "zh"]) -> Iterator[_Told]:
    """To an organisation of the United States, `MA` is Massachusetts; as a code of a place it is Morocco."""
    stated = facts.get("subjects_by_jurisdiction")
    counts = stated.value if stated is not None and isinstance(stated.value, Mapping) else {}
    for code in counts if facts.organisation.country.startswith("US") else ():
        if f"US-{code}" in vocabulary.place_names and vocabulary.place(code) == code:
            state, country = (vocabulary.place_words(name, lang) for name in (f"US-{code}", code))
            yield "state", {"code": code, "country": country, "state": state}


def _apart(facts: Facts, vocabulary: Vocabulary, lang: Literal["en", "zh"]) -> Iterator[_Told]:
    """Two letters of one day that tell the same of the incident as known and as unknown."""
    for code, own in facts.local.items():
        for name in _OF_INCIDENT:
            here, elsewhere = own.get(name), facts.get(name)
            if here is None or elsewhere is None or FactState.UNKNOWN not in {here.state, elsewhere.state}:
                continue
            if here.has_value or elsewhere.has_value:
                one, other = (_STANDS[fact.has_value][lang == "zh"] for fact in (here, elsewhere))
                yield "apart", {"name": name, "place": vocabulary.place_words(code, lang), "one": one, "other": other}


def _least_people(residents: Mapping[str, Span]) -> int:
    """A country beside its subdivisions counts once: it may be their sum, or those of whom no more is known."""
    whole, parts = defaultdict[str, int](int), defaultdict[str, int](int)
    for code, count in residents.items():
        (parts if "-" in code else whole)[code.split("-")[0]] += count.low
    return sum(max(whole[country], parts[country]) for country in {*whole, *parts})


def _reached(facts: Facts) -> Iterator[_Told]:
    """Data that were copied were read, and data that were read could be reached."""
    for name, others in (("access", ("exfiltration",)), ("acquisition", ("exfiltration",)), ("exposure", _BY_REACH)):
        other = next((place for place in others if facts.value_of(place, bool)), None)
        if facts.value_of(name, bool) is False and other is not None:
            yield "reached", {"name": name, "other": other}


def _vulnerable(facts: Facts) -> Iterator[_Told]:
    minors = facts.value_of("minors_count", Span)
    if facts.value_of("vulnerable_people", bool) is False and minors is not None and minors.low > 0:
        yield "vulnerable", {"minors": f"{minors.low:,}"}


def _role(facts: Facts) -> Iterator[_Told]:
    """The role names the organisation in letters; which laws address it is asked of `obligated_as` alone."""
    role = facts.organisation.role
    if role and role not in facts.obligated_as:
        yield "role", {"role": role}


def _times(facts: Facts) -> Iterator[_Told]:
    found, began = facts.value_of("discovery_date", Interval), facts.value_of("breach_date", Interval)
    if found is None:
        return
    if began is not None and began.earliest > found.latest:
        yield "before", {}
    events = tuple(_standing(facts, _DISCOVERED))
    if events and not any(_meet(found, event.occurred_at) for event in events):
        yield "discovered", {"event": events[0].id}


def _standing(facts: Facts, kinds: frozenset[str]) -> Iterator[Event]:
    """The events of these kinds that no later one corrects."""
    superseded = {event.corrects for event in facts.events}
    return (event for event in facts.events if event.kind in kinds and event.id not in superseded)


def _meet(interval: Interval, other: Interval) -> bool:
    return interval.earliest <= other.latest and other.earliest <= interval.latest
