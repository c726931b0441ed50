"""What laws and standards ask of the organisation when somebody reports a weakness: data, by place and role.

A rule is shown and decides nothing: notices with their deadlines are duties, which `notice assess` judges by facts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Literal

from leakguard.clocks.times import end_of_day, zone_of
from leakguard.files.fitting import load
from leakguard.files.light_shapes import LightShape
from leakguard.frozen import Frozen
from leakguard.intake.promises import FOLDER, Confidence

FILE = "vulnerability_rules.yaml"


class LegalRule(LightShape):
    """One rule."""

    id: str
    places: tuple[str, ...]
    """ISO codes, or `EU`; none: everywhere."""
    roles: tuple[str, ...]
    """Words of `obligated_as`; none: whatever the organisation is."""
    article: str
    article_zh: str
    text: str
    text_zh: str
    source: str
    source_kind: str
    checked: str
    confidence: Confidence
    within_hours: int = 0
    within_days: int = 0
    counts_from: Literal["", "report"] = ""
    """`report` where a report alone starts the time; else it needs a fact that a report does not bring."""
    duties: tuple[str, ...] = ()
    """Ids of the notices that carry the deadline."""


class LegalRules(LightShape):
    """The file."""

    eu: tuple[str, ...]
    rules: tuple[LegalRule, ...]


class LegalRuleMatch(Frozen):
    """One rule, and whether it speaks to us."""

    rule: LegalRule
    standing: Literal["applies", "needs_fact"]
    missing: tuple[str, ...] = ()
    """What would have to be known: `country`, `obligated_as`."""
    at_the_latest: datetime | None = None
    """The end of the time, counted from the arrival of the report: whoever knew later has more."""


def load_legal_rules(texts: Mapping[str, str]) -> LegalRules:
    """Raises `BadFile` that names every problem."""
    return load(texts[FILE], LegalRules, name=f"{FOLDER}/{FILE}")


def rules_for(
    rules: LegalRules, *, countries: Collection[str], roles: Collection[str], arrived_at: datetime, zone: str
) -> tuple[LegalRuleMatch, ...]:
    """Those that speak to an organisation of these countries and roles; an unknown fact is named and never guessed."""
    places = {code.split("-")[0] for code in countries}
    places |= {"EU"} if places & set(rules.eu) else set()
    return tuple(_asked(rules.rules, places, set(roles), arrived_at, zone))


def _asked(
    rules: tuple[LegalRule, ...], places: set[str], roles: set[str], arrived_at: datetime, zone: str
) -> Iterator[LegalRuleMatch]:
    for rule in rules:
        missing = tuple(
            name
            for name, needed, known in (("country", rule.places, places), ("obligated_as", rule.roles, roles))
            if needed and not known
        )
        is_elsewhere = bool(rule.places and places and not places & set(rule.places))
        is_another = bool(rule.roles and roles and not roles & set(rule.roles))
        if not is_elsewhere and not is_another:
            yield LegalRuleMatch(
                rule=rule, standing="needs_fact" if missing else "applies", missing=missing,
                at_the_latest=_end(rule, arrived_at, zone),
            )  # fmt: skip


def _end(rule: LegalRule, arrived_at: datetime, zone: str) -> datetime | None:
    if rule.within_hours:
        return arrived_at + timedelta(hours=rule.within_hours)
    if rule.within_days:
        place = zone_of(zone)
        return end_of_day((arrived_at.astimezone(place) + timedelta(days=rule.within_days)).date(), place)
    return None
