"""Tables that were written from the statutes, and how the answers of the duties are held against them."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from leakguard.clocks.event_kinds import KINDS
from leakguard.clocks.rules import Amount
from leakguard.files.yaml_text import read_yaml
from leakguard.frozen import replace
from leakguard.notices.assess import Assessment
from leakguard.notices.book import DutyBook, assess_facts
from leakguard.notices.duties import Duty
from support.notices import book, facts_of

FOLDER = Path(__file__).parents[1] / "notices" / "expected"
COUNTED_FROM = {
    "discovery": {"discovery", "discovery_or_notification", "notice_received", "detection", "detected", "noticing"},
    "detection": {"detection", "detected", "discovery"},
    "determination": {"determination", "reasonable_belief"},
    "awareness": {"awareness"},
    "confirmation": {"confirmation", "breach_confirmed"},
    "individuals": {"individual_notice_sent", "subjects_notified", "filed"},
}
"""The words of the tables, and the kinds of events that say the same."""


@functools.cache
def table(name: str) -> dict[str, Any]:
    """One table of the folder."""
    found: dict[str, Any] = read_yaml((FOLDER / name).read_text(encoding="utf-8"), name=name).value
    return found


def moment(text: str) -> datetime:
    """A moment of a table."""
    return datetime.fromisoformat(text).astimezone(UTC)


def stated(facts: Mapping[str, object]) -> dict[str, Any]:
    """Plain values, each stated as known."""
    return {name: {"value": value} for name, value in facts.items() if value is not None}


def places_of(duty: Duty) -> set[str]:
    """Where the people live, or the organisation is or works, by the rule of a duty."""
    asked = ((leaf.residents, leaf.organisation_in, leaf.operates_in) for leaf in duty.trigger.rule.leaves())
    return {place for places in asked for place in places if place}


@functools.cache
def book_of(place: str) -> DutyBook:
    """The duties of one place alone, so that many questions about it cost little."""
    return replace(book(), duties=tuple(duty for duty in book().duties if place in places_of(duty)))


def assessed_in(place: str, values: dict[str, Any], now: datetime) -> tuple[Assessment, ...]:
    """What the duties of one place say to a facts file."""
    return assess_facts(book_of(place), facts_of(values, now=now), now)


def chosen(
    found: Sequence[Assessment],
    recipient: str,
    *,
    role: str | None = None,
    law: str = "",
    article: str = "",
    office: str | Sequence[str] = (),
) -> list[Assessment]:
    """Those of the answers that a row of a table is about."""
    offices = _listed(office)
    return [
        one
        for one in found
        if one.duty.recipient.type == recipient
        and (role is None or role in one.duty.obligated)
        and law in one.duty.law
        and article in one.duty.article
        and (not offices or any(words in one.duty.recipient.name for words in offices))
    ]


def _listed(value: str | Sequence[str]) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def says(found: Sequence[Assessment]) -> str:
    """The strongest of several answers: one yes is a duty, one open question is a question."""
    given = {one.applies.value for one in found}
    return next((word for word in ("yes", "needs_fact", "no_rule_known", "no") if word in given), "nothing")


def limits_of(one: Assessment) -> set[str]:
    """The time that each stage allows, as the tables write it."""
    return {_amount(limb.amount) for _, status in one.phases for limb in status.rule.limbs}


def anchors_of(one: Assessment) -> set[str]:
    """The kind of event from which each stage counts, the first that its clock names."""
    return {kind for _, status in one.phases for limb in status.rule.limbs for kind in _first_kind(limb.anchor)}


def _first_kind(anchor: str) -> Iterator[str]:
    named = [word for word in re.findall(r"[a-z_]+", anchor) if word in KINDS]
    yield from named[:1]


def _amount(amount: Amount) -> str:
    if amount.none:
        return "none"
    if amount.business_days is not None:
        return f"{amount.business_days} business days"
    return str(amount.elapsed or amount.calendar or amount.unit)


def limit_differs(found: Sequence[Assessment], row: Mapping[str, Any]) -> str:
    """How the limit and its start differ from those of a row; empty where they do not."""
    wanted = row.get("limit")
    if wanted is None:
        return ""
    texts = set(_listed(wanted))
    allowed = texts | {same for text in texts for same in _SAME.get(text, ())}
    limits = {limit for one in found for limit in limits_of(one)}
    if not limits & allowed:
        return f"limit {sorted(texts)}, found {sorted(limits)}"
    starts = _listed(row.get("from", []))
    anchors = {kind for one in found for kind in anchors_of(one)}
    if starts and not any(anchors & COUNTED_FROM[start] for start in starts):
        return f"counted from {' or '.join(starts)}, found {sorted(anchors)}"
    return ""


_SAME = {"P3D": ("PT72H",), "P1D": ("PT24H",), "PT24H": ("P1D",)}
"""Texts that count days and hours alike; the end of the day is a question of the clock."""
