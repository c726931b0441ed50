"""Kinds of data as the JSON of a finding has them, and back; what is not known has no field, `categories` excepted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from leakguard.models.kinds import Category, DataSeen, Growth, People, Sensitive
from leakguard.models.moments import from_z, to_z

_FIELDS = ("categories", "sensitive", "people", "growth", "sampled")


def data_to_json(data: DataSeen | None) -> dict[str, Any]:
    """The fields of a finding that tell of the data."""
    if data is None:
        return {"categories": []}
    told = {
        "sensitive": [_sensitive(each) for each in data.sensitive],
        "people": _people(data.people) if data.people else None,
        "growth": _growth(data.growth) if data.growth else None,
        "sampled": data.sampled,
    }
    return {
        "categories": [category_to_json(each) for each in data.categories],
        **{name: it for name, it in told.items() if it},
    }


def data_from_json(value: Mapping[str, Any]) -> DataSeen | None:
    """What `data_to_json` wrote; raises as reading a finding does."""
    if not any(value.get(name) for name in _FIELDS):
        return None
    people, growth = value.get("people"), value.get("growth")
    return DataSeen(
        categories=tuple(Category(**each) for each in value.get("categories", ())),
        sensitive=tuple(sensitive_from_json(each) for each in value.get("sensitive", ())),
        people=People(**people) if people else None,
        growth=Growth(**{**growth, "since": from_z(growth["since"])}) if growth else None,
        sampled=str(value.get("sampled", "")),
    )


def category_to_json(one: Category) -> dict[str, Any]:
    """One kind of data; the counts where values were looked at."""
    told: dict[str, Any] = {"category": one.category, "where": one.where, "by": one.by}
    return told if one.count is None else {**told, "count": one.count, "looked_at": one.looked_at}


def _sensitive(one: Sensitive) -> dict[str, Any]:
    return {
        "category": one.category, "standard": one.standard, "version": one.version, "class": one.data_class,
        "confidence": one.confidence,
    }  # fmt: skip


def sensitive_from_json(value: Mapping[str, Any]) -> Sensitive:
    """One standard that calls a kind of data sensitive."""
    rest = {name: it for name, it in value.items() if name != "class"}
    return Sensitive(data_class=value["class"], **rest)


def _people(one: People) -> dict[str, Any]:
    return {"low": one.low, "high": one.high, "method": one.method}


def _growth(one: Growth) -> dict[str, Any]:
    return {
        "since": to_z(one.since), "run": one.run, "records": one.records, "bytes": one.bytes,
        "records_per_day": one.records_per_day,
    }  # fmt: skip
