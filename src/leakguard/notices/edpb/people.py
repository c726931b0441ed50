"""How many people live in each country of the EEA, where a country may stand beside its own parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from leakguard.frozen import Frozen
from leakguard.notices.fact_values import Span
from leakguard.notices.facts import Facts
from leakguard.notices.vocabulary import Vocabulary

RESIDENTS = "subjects_by_jurisdiction"


class PeopleCounts(Frozen):
    """The numbers that a notice tells."""

    by_country: Mapping[str, int]
    remarks: tuple[str, ...] = ()
    """Countries that stand beside their parts, and how they were read."""


def people_counts(facts: Facts, vocabulary: Vocabulary) -> PeopleCounts:
    """The upper ends of all estimates, so that a notice never tells too few.

    A country beside its parts is those of whom no more is known, so that all are added up; but where the stated total
    has no room for that, the country is the sum of its parts.
    """
    residents = facts.get(RESIDENTS)
    stated = residents.value if residents is not None and isinstance(residents.value, Mapping) else {}
    counts: dict[str, Span] = {str(place): span for place, span in stated.items()}
    total = facts.value_of("subject_count", Span)
    is_sum = total is not None and sum(span.low for span in counts.values()) > total.high
    found: dict[str, int] = {}
    for country in dict.fromkeys(map(_country, counts)):
        whole = sum(span.high for place, span in counts.items() if place == country)
        parts = sum(span.high for place, span in counts.items() if place != country and _country(place) == country)
        people = max(whole, parts) if is_sum else whole + parts
        if country in vocabulary.regions["EEA"] and people:
            found[country] = people
    remarks = tuple(_remarks(counts, found, is_sum=is_sum))
    return PeopleCounts(by_country=found, remarks=remarks)


def _country(place: str) -> str:
    return place.partition("-")[0]


def _remarks(counts: Mapping[str, Span], found: Mapping[str, int], *, is_sum: bool) -> Iterator[str]:
    for country, people in found.items():
        parts = [place for place in counts if place != country and _country(place) == country]
        if country in counts and parts:
            read = f"{country} counts those of its parts too, as `subject_count` says" if is_sum else "all are added up"
            yield (
                f"{RESIDENTS}: {country} stands beside {', '.join(parts)}; {read}, so the notice tells {people:,}. "
                "If that is wrong, state each person once."
            )
