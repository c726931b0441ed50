"""The cases of duty files, by hand: a case in which each duty arises, and both sides of every line."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from leakguard.files.yaml_text import read_yaml
from leakguard.frozen import replace
from leakguard.notices.assess import Assessment
from leakguard.notices.book import assess_facts
from support.notices import book, facts_of

FOLDER = Path(__file__).parents[1] / "notices" / "cases"
NOW = datetime(2026, 12, 12, 4, tzinfo=UTC)
_STATES = ("value", "estimate", "unknown", "not_applicable")


@functools.cache
def case_files() -> Mapping[str, dict[str, Any]]:
    """Every file of cases, by its name."""
    paths = sorted(FOLDER.glob("*.yaml"))
    return {path.stem: read_yaml(path.read_text(encoding="utf-8"), name=path.name).value for path in paths}


def rows() -> list[dict[str, Any]]:
    """Every row with the base case of its file."""
    return [{**row, "base": file["base"]} for file in case_files().values() for row in file["rows"]]


def listed() -> dict[str, str]:
    """Each duty that a file of cases holds, with the file."""
    return {duty: name for name, file in case_files().items() for duty in file["items"]}


def assessed(row: Mapping[str, Any]) -> Assessment:
    """The answer for the duty of a row, on the facts of its base case with its own changes."""
    duty = book().duty(row["duty"])
    now = _now(row)
    (found,) = assess_facts(replace(book(), duties=(duty,)), facts_of(_values(row), now=now), now)
    return found


def _values(row: Mapping[str, Any]) -> dict[str, Any]:
    base = row["base"]
    facts = {name: _stated(value) for name, value in base.get("facts", {}).items()}
    people = row.get("residents", base.get("residents", {}))
    facts["subjects_by_jurisdiction"] = {"value": people}
    for name, value in row.get("set", {}).items():
        facts.pop(name, None)
        if value is not None:
            facts[name] = _stated(value)
    return {
        "incident": "IR-1",
        "zone": "UTC",
        "organisation": {"name": "Example", "country": row.get("country", base.get("country", "GL"))},
        "obligated_as": row.get("roles", base["roles"]),
        "facts": facts,
        "events": [
            {"id": f"e{number}", "kind": kind, "occurred_at": at, "recorded_at": at, **_filing(row)}
            for number, (kind, at) in enumerate(row.get("events", {}).items())
        ],
    }


def _stated(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) and set(value) & set(_STATES) else {"value": value}


def _filing(row: Mapping[str, Any]) -> dict[str, str]:
    obligation, _, stage = str(row.get("filed", "")).partition("/")
    return {"obligation": obligation, "stage": stage} if obligation else {}


def _now(row: Mapping[str, Any]) -> datetime:
    """The moment of the case; an hour after its last event, or the day after one that lies later."""
    if "now" in row:
        return datetime.fromisoformat(row["now"])
    moments = [datetime.fromisoformat(str(at)) for at in row.get("events", {}).values()]
    if moments:
        return max(moments).astimezone(UTC) + timedelta(hours=1)
    day = row.get("set", {}).get("discovery_date")
    seen = datetime.fromisoformat(day).replace(tzinfo=UTC) + timedelta(days=1) if isinstance(day, str) else NOW
    return max(NOW, seen)
