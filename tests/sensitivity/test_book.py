"""The files that ship: every kind is a type of data that duties know, and no word says two different things."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from leakguard.bundled import BundledFiles
from leakguard.errors import BadFile
from leakguard.files.yaml_text import read_yaml
from leakguard.frozen import replace
from leakguard.models.kinds import Category
from leakguard.notices.book import load_vocabulary
from leakguard.sensitivity.book import MOST_KNOWN, StoreContents, data_seen, fields_of_people, sensitive_by
from leakguard.sensitivity.dictionary import HUBS, MOST_JOINED, tokens_of
from leakguard.sensitivity.found import NamedCollection
from leakguard.sensitivity.reading import parse_dictionary, parse_standards
from support.books import kind_book

ROOT = Path(__file__).parents[2]
BOOK = kind_book()
TODAY = date(2026, 11, 26)
RESIDENT_ID, ID_PHOTO = "identification_number.cn_resident_id", "official_document.id_card_photo"


def standards_of(kind: str, on: date = TODAY) -> set[str]:
    return {each.standard for each in sensitive_by([kind], BOOK.standards, on=on)}


def test_every_kind_is_one_that_the_duties_know() -> None:
    vocabulary = load_vocabulary(BundledFiles(ROOT))
    words = BOOK.words
    kinds = {kind for part in (words.strong, words.weak, words.zh, words.collections) for several in part.values()
             for kind in several} | set(words.extensions.values())  # fmt: skip

    assert {name for name in vocabulary.categories if "." not in name} == HUBS
    assert [kind for kind in sorted(kinds) if not vocabulary.is_category(kind)] == []


def test_no_word_is_both_sure_and_weak_or_a_friend_and_false() -> None:
    words = BOOK.words

    assert set(words.strong) & set(words.weak) == set()
    assert set(words.strong) & words.false_friends == set()


def test_every_entry_is_short_enough_to_be_found() -> None:
    stated = read_yaml((ROOT / "sensitivity" / "names.yaml").read_text(encoding="utf-8"), name="names").value
    entries = [word for kind in stated["kinds"].values() for part in ("names", "weak") for word in kind.get(part, ())]
    entries += [*stated["false_friends"], *(word for words in stated["collections"].values() for word in words)]

    assert [entry for entry in entries if not 1 <= len(tokens_of(entry)) <= MOST_JOINED] == []


def test_each_standard_says_its_version_its_days_and_how_surely_it_is_known() -> None:
    assert all(each.version and each.source_url.startswith("http") for each in BOOK.standards)
    assert all(each.verified_on <= TODAY for each in BOOK.standards)
    assert {each.confidence for each in BOOK.standards} <= {"sourced", "secondary", "own-knowledge"}


def test_the_list_of_2025_drops_the_resident_id_and_keeps_the_photo_of_the_card() -> None:
    assert "GB/T 35273-2020 annex B" in standards_of(RESIDENT_ID)
    assert "GB/T 45574-2025 appendix A" not in standards_of(RESIDENT_ID)
    assert "GB/T 45574-2025 appendix A" in standards_of(ID_PHOTO)


def test_a_standard_says_nothing_before_it_is_in_force_or_after_it_ended() -> None:
    old = replace(BOOK.standards[0], in_force_to=date(2020, 1, 1))

    assert "GB/T 45574-2025 appendix A" not in standards_of(ID_PHOTO, date(2025, 10, 31))
    assert "GB/T 45574-2025 appendix A" in standards_of(ID_PHOTO, date(2025, 11, 1))
    assert old.is_in_force(date(2020, 1, 1))
    assert not old.is_in_force(date(2020, 1, 2))


def test_a_finer_kind_is_in_the_class_of_its_type_unless_it_is_taken_out() -> None:
    assert "GDPR Art. 9" in standards_of("health.blood_type")
    assert "PIPL Art. 28" not in standards_of("health.body_metrics")
    assert standards_of("contact.email") == set()


def test_a_list_that_only_sorts_calls_nothing_sensitive() -> None:
    assert any(not each.is_sensitive and each.class_of("contact.email") for each in BOOK.standards)


def test_a_kind_that_is_no_type_of_data_is_refused_by_its_name() -> None:
    names = "source: s\nsource_kind: k\nverified_on: 2026-11-26\nkinds: {colour.red: {names: [red]}}\n"
    standards = """standards:
- {id: a, standard: A, version: "1", in_force_from: 2020-01-01, source_url: "https://a", source_kind: unread,
   verified_on: 2026-01-01, confidence: sourced, classes: [{class: c, kinds: [colour]}]}
"""

    with pytest.raises(BadFile, match=r"colour\.red"):
        parse_dictionary(names)
    with pytest.raises(BadFile, match="colour"):
        parse_standards(standards)


def test_a_word_without_chinese_entries_finds_none() -> None:
    words = parse_dictionary("source: s\nsource_kind: k\nverified_on: 2026-11-26\nkinds: {basic: {names: [red]}}\n")

    assert re.findall(words.zh_pattern, "身份证") == []


def test_a_finding_says_nothing_where_no_name_gave_a_kind_away() -> None:
    assert data_seen(StoreContents(collections=[NamedCollection(word="index", name="logs")]), BOOK, on=TODAY) is None


def test_a_sample_that_found_nothing_is_told_as_well() -> None:
    seen = data_seen(StoreContents(sample_note="3 records were read"), BOOK, on=TODAY)

    assert seen is not None
    assert (seen.sampled, seen.categories, seen.people) == ("3 records were read", (), None)


@pytest.mark.parametrize(
    ("records", "distinct", "low", "high", "methods"),
    [
        (63, 20, 20, 63, 2),
        (63, None, None, 63, 1),
        (None, 20, 20, None, 1),
        (3, 8, None, 3, 1),
    ],
)
def test_people_are_bounded_by_what_was_counted_and_the_method_is_told(
    records: int | None, distinct: int | None, low: int | None, high: int | None, methods: int
) -> None:
    """More different values than records means that something else was counted."""
    seen = data_seen(
        StoreContents(collections=[NamedCollection(word="index", name="users")], records=records, distinct=distinct),
        BOOK, on=TODAY,
    )  # fmt: skip

    assert seen is not None
    assert seen.people is not None
    assert (seen.people.low, seen.people.high, len(seen.people.method.split("; "))) == (low, high, methods)


def test_nothing_is_said_of_people_where_nothing_was_counted() -> None:
    seen = data_seen(StoreContents(collections=[NamedCollection(word="index", name="users")]), BOOK, on=TODAY)

    assert seen is not None
    assert seen.people is None


def test_what_files_hold_is_told_by_how_their_names_end() -> None:
    seen = data_seen(StoreContents(extensions={"dcm": 1200, "css": 3}), BOOK, on=TODAY)

    assert seen is not None
    assert seen.categories == (
        Category(category="health", where="1,200 files whose names end in .dcm", by="file_extension"),
    )
    assert "GDPR Art. 9" in {each.standard for each in seen.sensitive}


def test_the_fields_that_tell_people_apart_come_the_surest_first() -> None:
    collection = NamedCollection(word="table", name="t", fields=("email", "colour", "ssn", "phone"))

    assert fields_of_people(collection, BOOK) == ("ssn", "email", "phone")


def test_who_calls_kinds_sensitive_is_remembered_for_each_day_and_for_so_many_sets_of_kinds() -> None:
    book = replace(BOOK)
    kinds = (RESIDENT_ID, "contact.phone")
    days = (date(2019, 5, 20), TODAY)

    for _ in range(2):
        assert [book.sensitive(kinds, on=day) for day in days] == [
            sensitive_by(kinds, BOOK.standards, on=day) for day in days
        ]
    assert book.sensitive(kinds, on=TODAY) is book.sensitive(kinds, on=TODAY)
    for number in range(MOST_KNOWN):
        assert book.sensitive((f"kind{number}",), on=TODAY) == ()
    late = (RESIDENT_ID,)
    assert book.sensitive(late, on=TODAY) == sensitive_by(late, BOOK.standards, on=TODAY)
    assert book.sensitive(late, on=TODAY) is not book.sensitive(late, on=TODAY)
