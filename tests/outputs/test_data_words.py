"""What is known of the data, in words for a person and in plain values for other tools."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from leakguard.frozen import replace
from leakguard.models.kinds import Category, DataSeen, Growth, People, Sensitive
from leakguard.outputs.data_words import MOST_KINDS, data_lines, data_values

KINDS = ("contact.email", "health", "basic.name", "payment.card", "location", "credentials")
DATA = DataSeen(
    categories=tuple(Category(category=kind, where=f"index a field {kind}", by="field_name") for kind in KINDS),
    sensitive=tuple(
        Sensitive(category="health", standard=name, version="1", data_class="c", confidence="secondary")
        for name in ("PIPL Art. 28", "GDPR Art. 9", "PIPL Art. 28")
    ),
    people=People(low=412, high=41_000, method="counted"),
    growth=Growth(since=datetime(2026, 5, 1, tzinfo=UTC), run="R-1", records=-7, bytes=None, records_per_day=None),
)


def test_a_person_reads_kinds_people_growth_and_standards() -> None:
    assert list(data_lines(DATA)) == [
        f"data: {', '.join(KINDS[:MOST_KINDS])} and 2 more",
        "people: at least 412, at most 41,000",
        "-7 records since 2026-05-01 00:00 UTC",
        "sensitive by PIPL Art. 28, GDPR Art. 9",
    ]


@pytest.mark.parametrize(
    ("people", "words"),
    [
        (People(low=None, high=7, method=""), "people: at most 7"),
        (People(low=7, high=None, method=""), "people: at least 7"),
    ],
)
def test_a_bound_that_is_not_known_is_not_told(people: People, words: str) -> None:
    assert list(data_lines(DataSeen(people=people))) == [words]


def test_nothing_known_is_nothing_told() -> None:
    assert list(data_lines(None)) == list(data_lines(DataSeen())) == []
    assert data_values(None) == data_values(DataSeen()) == {}


def test_other_tools_get_plain_values() -> None:
    assert data_values(replace(DATA, people=People(low=0, high=7, method=""))) == {
        "data_kinds": list(KINDS), "sensitive_by": ["PIPL Art. 28 (1)", "GDPR Art. 9 (1)"],
        "people_low": 0, "people_high": 7,
    }  # fmt: skip


def test_words_of_a_foreign_store_move_no_cursor() -> None:
    """A finding may come out of a store that somebody else wrote."""
    bent = DataSeen(categories=(Category(category="a\x1b[2J", where="", by=""),))

    assert "\x1b" not in "".join(data_lines(bent)) + repr(data_values(bent)["data_kinds"][0].encode())
