"""The long lists of the site: every check, duty and place, from the data itself.

They are written when the site is built, and not into `docs/`, so that a new check or duty touches its own file alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from itertools import groupby

from leakguard.bundled import BundledFiles
from leakguard.clocks.rules import Amount, ClockRule
from leakguard.notices.book import DutyBook, load_duties
from leakguard.notices.duties import Duty
from leakguard.notices.place_states import PlaceRow, PlaceState
from leakguard.use_cases.letters.look_up_duties import list_places
from rules.docs_parts import ROOT, load_checks

UNITS: Mapping[str, str] = {
    "business_days": "working days", "business_hours": "working hours", "year_end_plus": "after the end of the year",
}  # fmt: skip
"""What stands behind the amount of a deadline; the others are durations that speak for themselves."""
STATES: Mapping[PlaceState, str] = {
    PlaceState.RULE: "rule", PlaceState.NONE_BY_LAW: "none by law, as read", PlaceState.NO_RULE_KNOWN: "no rule known",
}  # fmt: skip


def checks_list(_on: date) -> str:
    """One row a check."""
    rows = [
        f"| `{one.id}` | `{one.datastore}` | {cell(one.title)} | {cell(one.why)} | "
        f"{', '.join(map(str, one.probe.ports))} | {one.lifecycle} |"
        for one in load_checks()
    ]
    return "\n".join(["| check | data store | finds | why it matters | ports | lifecycle |", f"|{' --- |' * 6}", *rows])


def duties_list(_on: date) -> str:
    """One table a jurisdiction; each row with its source, its kind, the day of the check and how sure we are."""
    duties = sorted(_book().duties, key=lambda one: one.jurisdiction)
    parts = []
    for place, group in groupby(duties, key=lambda one: one.jurisdiction):
        rows = [_duty_row(one) for one in group]
        parts += [
            f"## {place}",
            "",
            "| duty | law | notify | deadlines | status | source |",
            f"|{' --- |' * 6}",
            *rows,
            "",
        ]
    return "\n".join(parts)


def places_list(on: date) -> str:
    """One row a place: what is known for controllers and for processors, on a day."""
    book = _book()
    rows = list_places(book, on=on)
    lines = []
    for place, group in groupby(rows, key=lambda row: row.place):
        cells = " | ".join(_state_of(row) for row in group)
        lines.append(f"| `{place}` | {cell(book.vocabulary.place_words(place, 'en'))} | {cells} |")
    return "\n".join(["| place | name | controller | processor |", f"|{' --- |' * 4}", *lines])


LISTS: Mapping[str, Callable[[date], str]] = {
    "all-checks": checks_list, "all-duties": duties_list, "all-places": places_list,
}  # fmt: skip
"""By the name of their marks."""


def filled(text: str, on: date) -> str:
    """A page with its long list, where it has marks for one."""
    for name, write in LISTS.items():
        begin, end = f"<!-- {name}:begin", f"{name}:end -->"
        if begin in text:
            before, _, rest = text.partition(begin)
            text = before + write(on) + rest.partition(end)[2]
    return text


def cell(text: str) -> str:
    """One line in which nothing ends a cell, and nothing reads as Markdown."""
    return re.sub(r"([\\`*_<\[\]~$])", r"\\\1", " ".join(text.split())).replace("|", "&#124;")


def _book() -> DutyBook:
    return load_duties(BundledFiles(ROOT))


def _duty_row(one: Duty) -> str:
    law = cell(f"{one.law}, {one.article}" if one.article else one.law)
    deadlines = "; ".join(_deadline(phase.name, phase.clock) for phase in one.phases)
    source = f"[{one.source_kind}](<{one.source_url}>)" if one.source_url else one.source_kind
    return (
        f"| `{one.id}` | {law} | {cell(one.recipient.name)} | {cell(deadlines)} | {one.status.replace('_', ' ')} | "
        f"{source}, {one.verified_on}, {one.confidence} |"
    )


def _deadline(name: str, clock: ClockRule) -> str:
    limbs = [f"{_amount(limb.amount)} from {limb.anchor}" for limb in clock.limbs]
    word = " or " if clock.combine == "min" else " and "
    return f"{name}: {word.join(limbs)}{', whichever ends first' if len(limbs) > 1 and clock.combine == 'min' else ''}"


def _amount(amount: Amount) -> str:
    if amount.none:
        return "without undue delay"
    value = amount.business_hours.amount if amount.business_hours else getattr(amount, amount.unit)
    return f"{value} {UNITS.get(amount.unit, '')}".rstrip()


def _state_of(row: PlaceRow) -> str:
    if row.state is PlaceState.RULE:
        return _named(row.duties)
    return f"**{STATES[row.state]}**: {cell(row.text)}{f' ({row.on})' if row.on else ''}"


def _named(ids: Iterable[str]) -> str:
    return ", ".join(f"`{one}`" for one in ids)
