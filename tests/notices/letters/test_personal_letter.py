"""A letter to one person: that person's data, name and address, and nothing of others."""

from __future__ import annotations

import pytest

from leakguard.bundled import BundledFiles
from leakguard.errors import BadFile
from leakguard.frozen import replace
from leakguard.models.languages import LANGS, Lang
from leakguard.models.letters import Letter, Paragraph, without_fields
from leakguard.notices.facts import FactState
from leakguard.notices.letters.personal import Group, addressed, facts_for, group_letter, group_of
from leakguard.notices.letters.text import text_of
from leakguard.notices.recipients import Recipient
from leakguard.notices.vocabulary_file import parse_vocabulary
from support.notices import GDPR_33, GDPR_34, book, complete, facts_of, letter_of
from support.sample_letters import SAMPLES

ADA = Recipient(
    id="p1", lang="en", data=("health",), name="Ada Example", address=("1 Main Street", "Town"),
    jurisdiction="US-CA", line=2,
)  # fmt: skip


def letter_to(person: Recipient) -> tuple[tuple[str, ...], str]:
    base = without_fields(letter_of(GDPR_34, person.lang))
    letter = addressed(group_letter(base, person.lang, book().vocabulary, zone="UTC"), person)
    in_place = 1 if person.guardian and person.name else 0
    shared = replace(letter, addressee=base.addressee, salutation=base.salutation, closing=base.closing)
    assert replace(shared, blocks=letter.blocks[in_place:]) == base
    return letter.addressee, letter.salutation


def test_a_person_is_addressed_by_name_with_the_postal_address() -> None:
    assert letter_to(ADA) == (("Ada Example", "1 Main Street", "Town"), "Dear Ada Example,")
    assert letter_to(replace(ADA, lang="zh", name="王小明"))[1] == "王小明，您好："


@pytest.mark.parametrize(
    ("duty", "lang", "unnamed", "named"),
    [
        (GDPR_34, "en", "Yours faithfully,", "Yours sincerely,"),
        ("us-hipaa-404-individuals", "en", "Sincerely,", "Sincerely,"),
        ("us-ftc-hbnr-individuals", "en", "Sincerely,", "Sincerely,"),
        (GDPR_34, "zh", "特此告知。", "特此告知。"),
    ],
)
def test_the_closing_goes_with_the_salutation_and_with_the_country(
    duty: str, lang: Lang, unnamed: str, named: str
) -> None:
    """`Dear Sir or Madam` ends faithfully, `Dear Ada Example` sincerely; Americans write neither `Yours`."""
    base = without_fields(letter_of(duty, lang))
    letter = addressed(group_letter(base, lang, book().vocabulary, zone="UTC"), ADA)

    assert (base.closing, letter.closing) == (unnamed, named)
    assert addressed(group_letter(base, lang, book().vocabulary, zone="UTC"), replace(ADA, name="")).closing == unnamed


def test_a_french_closing_takes_up_no_words_that_the_salutation_does_not_have() -> None:
    base = SAMPLES["fr"]
    letter = addressed(group_letter(base, "fr", book().vocabulary, zone="UTC"), ADA)

    assert base.closing == "Veuillez agréer, Madame, Monsieur, nos salutations distinguées."
    assert letter.closing == "Nous vous prions d'agréer nos salutations distinguées."


def test_a_japanese_letter_names_its_reader_above_and_greets_everybody_alike() -> None:
    base = SAMPLES["ja"]

    letter = addressed(group_letter(base, "ja", book().vocabulary, zone="UTC"), ADA)

    assert letter.addressee[0] == "Ada Example 様"
    assert letter.salutation == base.salutation


@pytest.mark.parametrize("lang", LANGS)
def test_the_letter_to_a_guardian_says_whose_data_it_is_about(lang: Lang) -> None:
    """It told a mother that her own data had leaked."""
    person = replace(ADA, lang=lang, name="Ada {person} Example", guardian="Eva Example")
    letter = addressed(group_letter(SAMPLES[lang], lang, book().vocabulary, zone="UTC"), person)
    first = letter.blocks[0]

    assert isinstance(first, Paragraph)
    assert "Ada {person} Example" in first.text
    assert "Eva" not in first.text


def test_a_guardian_is_addressed_and_the_minor_named_below() -> None:
    told = letter_to(replace(ADA, guardian="Eva Example"))

    assert told == (("Eva Example", "for Ada Example", "1 Main Street", "Town"), "Dear Eva Example,")
    assert letter_to(replace(ADA, guardian="Eva Example", name=""))[0][:2] == (
        "Eva Example",
        "1 Main Street",
    )


def test_without_a_name_the_words_for_everybody_stay() -> None:
    base = without_fields(letter_of(GDPR_34, "en"))

    assert letter_to(replace(ADA, name="")) == ((*base.addressee, "1 Main Street", "Town"), base.salutation)


@pytest.mark.parametrize("name", ["{person}", "{name}", "%s", "{{ person }}", "\\1"])
def test_a_name_is_never_read_as_a_place_to_fill(name: str) -> None:
    assert letter_to(replace(ADA, name=name)) == ((name, "1 Main Street", "Town"), f"Dear {name},")


@pytest.mark.parametrize("lang", LANGS)
def test_every_language_has_words_for_a_person(lang: str) -> None:
    phrases = book().vocabulary.phrases

    for phrase in ("addressee_named", "salutation_named", "in_place_of"):
        assert phrases[phrase].of(lang).count("{person}") == 1  # type: ignore[arg-type]  # (one of LANGS)


def test_the_facts_of_a_group_hold_its_own_data() -> None:
    facts = facts_for(Group(lang="en", data=("health",)), facts_of(complete()))

    for name in ("data_categories", "data_elements_specific"):
        fact = facts.get(name)
        assert fact is not None
        assert (fact.value, fact.state) == (("health",), FactState.KNOWN)


def test_people_share_a_group_unless_language_data_or_local_facts_differ() -> None:
    plain = facts_of(complete())
    local = facts_of({**complete(), "by_jurisdiction": {"US": {"cause": {"value": "theft"}}}})
    other = replace(ADA, id="p2", name="Bob", line=3, jurisdiction="DE")

    assert group_of(ADA, plain) == group_of(other, plain)
    assert group_of(ADA, plain) != group_of(replace(other, lang="zh"), plain)
    assert group_of(ADA, plain) != group_of(replace(other, data=("location",)), plain)
    assert group_of(ADA, local) == Group(lang="en", data=("health",), place="US-CA")
    assert group_of(other, local).place == ""


def test_the_facts_of_a_state_come_before_those_of_its_country() -> None:
    stated = {"US": {"cause": {"value": "theft"}, "trend": {"value": "falling"}}, "US-CA": {"cause": {"value": "fire"}}}
    facts = facts_of({**complete(), "by_jurisdiction": stated})

    def told(place: str, name: str) -> str:
        value = facts.for_place(place).get(name)
        assert value is not None
        assert isinstance(value.value, tuple)
        return value.value[0].of("en")  # type: ignore[union-attr,return-value]  # (a text)

    assert (told("US-CA", "cause"), told("US-CA", "trend")) == ("fire", "falling")
    assert (told("US-MA", "cause"), told("DE", "cause")) == ("theft", "the server asked for no login")
    assert facts.for_place("DE") is facts


OWN = ("basic.name", "contact.email", "credentials.password_hash")
UNCHANGED = ("zh", "ja", "ko", "zh-hant")
"""Languages in which one name is called as many are."""


@pytest.mark.parametrize("lang", LANGS)
def test_one_person_reads_of_one_name_and_of_no_hash(lang: Lang) -> None:
    words, of_many = book().vocabulary.to_person[lang], book().vocabulary.categories
    own = {name: words.get(name, of_many[name].of(lang)) for name in OWN}

    assert own["credentials.password_hash"] != of_many["credentials.password_hash"].of(lang)
    assert lang in UNCHANGED or all(own[name] != of_many[name].of(lang) for name in OWN)
    assert lang in UNCHANGED or len(words) > len(OWN)


def test_a_letter_names_the_kinds_of_data_to_one_person_and_to_an_office_as_their_readers_do() -> None:
    kinds = {"data_categories": {"value": list(OWN)}}
    person, guardian, office = (
        told_in(letter_of(duty, "en", complete(**kinds))) for duty in (GDPR_34, "cn-minors-35-people", GDPR_33)
    )

    hashed = "password stored in scrambled form (not encrypted; it may be turned back into the password)"
    assert f"These data about you are involved: name, e-mail address and {hashed}." in person
    assert f"These data about your child are involved: name, e-mail address and {hashed}." in guardian
    assert "names, e-mail addresses, hashed passwords" in office


def told_in(letter: Letter) -> str:
    """All words of a letter."""
    return text_of(letter).text


def test_what_one_person_reads_names_a_kind_of_data() -> None:
    text = BundledFiles().text("duties", "vocabulary.yaml").replace("    basic.name: name\n", "    basic.nmae: name\n")

    with pytest.raises(BadFile, match="`to_person` names what is no kind of data"):
        parse_vocabulary(text, name="v")
