"""What is told of the names of a store: capped, collected by series, fields before collections."""

from __future__ import annotations

from leakguard.models.kinds import Category
from leakguard.sensitivity import found
from leakguard.sensitivity.found import MOST_PLACES, NamedCollection, categories_in, categories_of_files, merged
from support.books import kind_book

WORDS = kind_book().words


def wheres(collections: list[NamedCollection]) -> list[str]:
    return [each.where for each in categories_in(collections, WORDS)]


def test_a_field_is_told_with_its_collection() -> None:
    people = NamedCollection(word="index", name="people", fields=("sfz", "colour"))

    assert categories_in([people], WORDS) == (
        Category(
            category="identification_number.cn_resident_id", where="index people field sfz", by="field_name"
        ),
        Category(category="basic", where="index people", by="collection_name"),
    )  # fmt: skip


def test_a_series_of_collections_takes_one_line() -> None:
    days = [NamedCollection(word="index", name=f"users-2019.05.{day:02}", fields=("email",)) for day in range(1, 31)]

    assert wheres(days) == ["index users-* (30) field email", "index users-* (30)"]


def test_of_each_kind_a_few_places_are_told() -> None:
    many = [NamedCollection(word="table", name=f"t{'abcdefgh'[n]}", fields=("email",)) for n in range(MOST_PLACES + 3)]

    assert len(wheres(many)) == MOST_PLACES


def test_no_more_fields_are_looked_at_than_the_cap() -> None:
    large = [NamedCollection(word="t", name="a", fields=("x",) * found.MOST_FIELDS)]
    late = [NamedCollection(word="t", name="b", fields=("email",))]

    assert wheres(large + late) == []
    assert wheres(late) == ["t b field email"]


def test_no_more_collections_are_looked_at_than_the_cap() -> None:
    plain = [NamedCollection(word="t", name="a")] * found.MOST_COLLECTIONS

    assert wheres([*plain, NamedCollection(word="t", name="users")]) == []


def test_hostile_names_are_shown_without_their_tricks_and_values_not_at_all() -> None:
    lines = wheres([NamedCollection(word="index", name="users\x1b]0;\u202e", fields=("email_canary@example.org",))])

    assert all("\x1b" not in line and "\u202e" not in line and "canary" not in line for line in lines)
    assert any("holds contact.email" in line for line in lines)


def test_what_was_counted_in_values_comes_first_and_nothing_twice() -> None:
    named = Category(category="basic", where="index users", by="collection_name")
    counted = Category(category="contact.email", where="index users field m", by="value", count=2, looked_at=3)

    assert merged((named,), (counted, named)) == (counted, named)


def test_files_are_told_by_their_frequency() -> None:
    told = categories_of_files({"pem": 2, "dcm": 9, "zzz": 99}, WORDS)

    assert [each.category for each in told] == ["health", "credentials"]
