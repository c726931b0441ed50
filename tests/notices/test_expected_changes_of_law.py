"""Both sides of every change of law: the day before, and the day itself."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from leakguard.notices.assess import Assessment
from support.each import for_each
from support.expected import assessed_in, chosen, limit_differs, says, stated, table

pytestmark = pytest.mark.untraced

Row = dict[str, Any]
CHANGES: list[Row] = table("changes_of_law.yaml")["changes"]
BASE: Row = table("changes_of_law.yaml")["base"]
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


def name_of(row: Row) -> str:
    return f"{row['place']} {row['recipient']} {row.get('law', '')} {row['day']}"


def answered(row: Row, day: date) -> list[Assessment]:
    """What the duties of the place say to an incident that came into sight on this day, wherever the law is."""
    residents = {row.get("residents_in", row["place"]): int(row.get("residents", 5_000))}
    facts = {"subject_count": sum(residents.values()), **BASE["facts"], **row.get("set", {})}
    facts |= {"subjects_by_jurisdiction": residents, "discovery_date": day.isoformat()}
    roles = row.get("roles") or BASE["roles"]
    values = {
        "incident": "change",
        "zone": "UTC",
        "organisation": {"name": "Example", "role": roles[0], "country": row.get("country", BASE["country"])},
        "obligated_as": roles,
        "facts": stated(facts),
    }
    found = assessed_in(row["place"], values, max(NOW, datetime.combine(day, NOW.timetz()) + timedelta(days=2)))
    return chosen(found, row["recipient"], role=roles[0], law=row.get("law", ""), office=row.get("office", ()))


def differs(row: Row, day: date, wanted: str | Row) -> str:
    """How the answer on one day differs; empty where it does not."""
    found = answered(row, day)
    answer = says(found)
    unknown = {"no_rule_known"} if row.get("memory") else set()
    if wanted == "none":
        return "" if answer in {"no", "nothing", "no_rule_known"} else f"{day}: no duty, found {answer}"
    if isinstance(wanted, dict) and wanted.get("soft"):
        hard = [one.duty.id for one in found if one.applies.value == "yes" and not one.duty.soft]
        return f"{day}: a guideline at most, found {hard}" if hard else ""
    assert isinstance(wanted, dict)
    if answer in unknown:
        return ""
    if answer != "yes":
        return f"{day}: a duty, found {answer}: {[one.because for one in found]}"
    difference = limit_differs([one for one in found if one.applies.value == "yes"], wanted)
    return f"{day}: {difference}" if difference else ""


@for_each("row", CHANGES, ids=name_of)
def test_the_day_before_a_change_has_the_law_of_that_day(row: Row) -> None:
    before = date.fromisoformat(row.get("before_on") or row["day"])
    assert differs(row, before if "before_on" in row else before - timedelta(days=1), row["before"]) == ""


@for_each("row", CHANGES, ids=name_of)
def test_the_day_of_a_change_has_the_new_law(row: Row) -> None:
    assert differs(row, date.fromisoformat(row["day"]), row["after"]) == ""
