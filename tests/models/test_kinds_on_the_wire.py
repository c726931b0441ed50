"""Kinds of data in the JSON of a finding: what is not known has no field, and reading gives back what was written."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from leakguard.errors import BadFile
from leakguard.frozen import replace
from leakguard.models.findings import Finding
from leakguard.models.kinds import Category, DataSeen, Growth, People, Sensitive
from leakguard.models.wire import finding_from_json, finding_to_json
from support.scans import finding_of

DATA = DataSeen(
    categories=(
        Category(category="contact.email", where="index users field email", by="field_name"),
        Category(category="contact.phone", where="index users field tel", by="value", count=2, looked_at=3),
    ),
    sensitive=(
        Sensitive(category="health", standard="PIPL Art. 28", version="2021", data_class="c", confidence="secondary"),
    ),
    people=People(low=20, high=63, method="counted"),
    growth=Growth(since=datetime(2026, 5, 1, tzinfo=UTC), run="R-1", records=7, bytes=None, records_per_day=1),
    sampled="3 records were read",
)


def finding_with(data: DataSeen | None) -> Finding:
    finding = finding_of()
    return replace(finding, verdict=replace(finding.verdict, data=data))


@pytest.mark.parametrize(
    "data",
    [
        DATA,
        DataSeen(categories=DATA.categories),
        DataSeen(growth=DATA.growth),
        DataSeen(people=DATA.people, sampled="x"),
        None,
    ],
)
def test_what_was_written_is_read(data: DataSeen | None) -> None:
    finding = finding_with(data)

    assert finding_from_json(json.loads(json.dumps(finding_to_json(finding)))) == finding


def test_a_category_has_the_fields_of_the_contract() -> None:
    named, counted = finding_to_json(finding_with(DATA))["categories"]

    assert named == {"category": "contact.email", "where": "index users field email", "by": "field_name"}
    assert (counted["count"], counted["looked_at"]) == (2, 3)


def test_a_finding_without_data_says_no_more_than_before() -> None:
    value = finding_to_json(finding_with(None))

    assert value["categories"] == []
    assert not {"people", "growth", "sensitive", "sampled"} & set(value)


@pytest.mark.parametrize("alone", [{"count": 3}, {"looked_at": 3}])
def test_a_count_and_the_number_looked_at_are_given_together(alone: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="a count needs"):
        Category(
            category="contact.phone",
            where="field tel",
            by="value",
            count=alone.get("count"),
            looked_at=alone.get("looked_at"),
        )


@pytest.mark.parametrize(
    "bent",
    [
        {"categories": [{"category": "a"}]},
        {"categories": [7]},
        {"people": {"low": 1}},
        {"growth": {"since": "soon"}},
        {"sensitive": [{"class": "a"}]},
        {"categories": [{"category": "a", "where": "b", "by": "value", "count": 1}]},
    ],
)
def test_what_is_no_kind_of_data_is_refused(bent: dict[str, object]) -> None:
    with pytest.raises(BadFile):
        finding_from_json({**finding_to_json(finding_with(DATA)), **bent})
