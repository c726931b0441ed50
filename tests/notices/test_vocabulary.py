"""The shared words."""

from __future__ import annotations

import pytest
import yaml

from leakguard.bundled import BundledFiles
from leakguard.errors import BadFile
from leakguard.models.languages import LANGS, STYLES
from leakguard.notices.vocabulary_file import parse_vocabulary
from support.notices import book

TEXT = BundledFiles().text("duties", "vocabulary.yaml")


def test_every_item_has_a_name_in_both_languages() -> None:
    words = book().vocabulary.content_items

    asked = {item.item for telling in (*book().duties, *book().practice) for item in telling.content}
    asked |= {name for telling in (*book().duties, *book().practice) for name in telling.must_not_contain}
    staged = {item.item for duty in book().duties for phase in duty.phases for item in phase.content}

    assert words.keys() - asked - staged == {
        "representative", "encryption_state", "responsible_person"
    }  # fmt: skip
    assert all(word.en and word.zh for word in words.values())


@pytest.mark.parametrize(
    ("code", "is_place"),
    [("CN", True), ("US-CA", True), ("XX", False), ("cn", False), ("", False), ("US-C0", False), ("CA-XX", False),
     ("FR-974", True)],
)  # fmt: skip
def test_places_are_iso_codes(code: str, *, is_place: bool) -> None:
    assert book().vocabulary.is_place(code) is is_place


@pytest.mark.parametrize(
    ("place", "code", "covers"),
    [("EEA", "DE", True), ("EEA", "NO", True), ("EEA", "CH", False), ("EEA", "GB", False), ("US", "US-CA", True),
     ("US-CA", "US", False), ("US", "USX", False), ("EEA", "RE", True), ("EU", "AX", True), ("EEA", "NC", False),
     ("US-PR", "PR", True), ("US", "PR", True), ("HK", "CN-HK", True), ("CN", "CN-HK", False), ("CN", "CN-SH", True)],
)  # fmt: skip
def test_a_place_covers_its_subdivisions(place: str, code: str, *, covers: bool) -> None:
    assert book().vocabulary.covers(place, code) is covers


def test_a_subdivision_that_a_duty_names_belongs_to_a_country_of_which_all_are_known() -> None:
    """Residents of a state whose code has a slip of the pen are in no state, and no law would be asked about them."""
    words = book().vocabulary
    named = {leaf.residents for duty in book().duties for leaf in duty.trigger.rule.leaves() if leaf.residents}

    assert all(words.is_place(place) or place in words.regions for place in named)
    assert {place.split("-")[0] for place in named if "-" in place} <= words.subdivisions.keys()


def test_letters_have_words_for_every_kind_of_data_that_a_scan_finds() -> None:
    """What a scan found becomes a fact, and letters to people told it by its code, in every language."""
    found = yaml.safe_load(BundledFiles().text("sensitivity", "names.yaml"))["kinds"]

    assert found.keys() - book().vocabulary.categories.keys() == set()


def test_a_finer_kind_of_data_that_is_not_listed_is_named_behind_its_kind() -> None:
    words = book().vocabulary

    assert words.category_words("health.shoe_size", "en") == "health data (shoe size)"
    assert words.category_words("health.shoe_size", "zh") == "健康信息（shoe size）"
    assert words.category_words("contact.email", "zh") == "电子邮箱地址"
    assert not words.is_category("shoe_size")
    assert not words.is_category("Health")


def test_a_region_with_an_unknown_country_is_refused() -> None:
    with pytest.raises(BadFile, match="`QQ` is not a country"):
        parse_vocabulary(TEXT.replace("EEA: AT", "EEA: QQ AT"), name="v")


def test_a_word_cannot_be_item_and_decision() -> None:
    twice = TEXT.replace("  exposure: {kind: flag", "  cause: {kind: flag")

    with pytest.raises(BadFile, match="stands twice among"):
        parse_vocabulary(twice, name="v")


def test_parts_of_countries_are_called_as_in_the_language() -> None:
    words = book().vocabulary

    assert words.place_words("DE-BY", "de") == "Bayern"
    assert words.place_words("US-CA", "ja") == "カリフォルニア州"
    assert words.place_words("US-OH", "de") == "Ohio"
    assert words.place_words("DE-BY", "en") == "Bavaria"


def test_languages_without_latin_letters_name_every_part_of_a_country() -> None:
    words = book().vocabulary
    known = set(words.place_names)

    assert {lang: set(names) - known for lang, names in words.places.items() if set(names) - known} == {}
    assert {lang for lang in LANGS if STYLES[lang].cjk and lang != "zh" and set(words.places[lang]) != known} == set()


def test_a_remedy_that_is_no_content_item_is_refused() -> None:
    text = TEXT.replace("remedies:\n", "remedies:\n  free_lunch: {}\n", 1)

    with pytest.raises(BadFile, match="`remedies` names what is no content item"):
        parse_vocabulary(text, name="vocabulary.yaml")
