"""Catalogues: what letters say in further languages, whole, and beside the English texts of the templates."""

from __future__ import annotations

import functools
from typing import get_args

import pytest

from leakguard.bundled import BundledFiles
from leakguard.errors import BadFile, UsageProblem
from leakguard.models.languages import BOTH, LANGS, Lang
from leakguard.models.letters import Letter
from leakguard.notices.authorities import Authorities
from leakguard.notices.duties import Duty
from leakguard.notices.joining import joined_id
from leakguard.notices.letters.catalogue import MOST_ENTRIES, Catalogue, gaps, parse_catalogue
from leakguard.notices.letters.template import LetterTemplate, parse_template
from leakguard.notices.notice_content import RecipientKind
from leakguard.use_cases.letters.draft_notices import draft_letter
from leakguard.use_cases.letters.letter_languages import catalogue_of, in_language, languages_of
from leakguard.use_cases.letters.look_up_duties import lint_files
from support.each import for_each
from support.languages import AT, example_for_offices, langs_of, marked_facts
from support.notices import book, complete, letter_of

FURTHER = tuple(lang for lang in LANGS if lang not in BOTH)
GERMAN = "letters: [hello]\ntexts:\n  - {en: Hello, de: Hallo}\n  - {en: 'Under {{ law }}.', de: 'Nach {{ law }}.'}\n"


@functools.cache
def templates() -> dict[str, LetterTemplate]:
    """Every template that ships, by the name that a catalogue has for it."""
    names = [name for name in BundledFiles().names("templates") if name.startswith("notices/")]
    texts = {name: BundledFiles().text("templates", name) for name in names}
    return {
        name.removeprefix("notices/").removesuffix(".yaml"): parse_template(
            text, name=name, vocabulary=book().vocabulary
        )
        for name, text in texts.items()
    }


def german(text: str = GERMAN) -> Catalogue:
    return parse_catalogue(text, lang="de", name="templates/languages/de.yaml")


def hello(*paragraphs: str) -> LetterTemplate:
    """A template whose frame says Hello, with these paragraphs."""
    parts = ", ".join(f"{{paragraph: {{en: '{text}', zh: '{text}'}}}}" for text in paragraphs)
    words = "{en: Hello, zh: 你好}"
    text = f"title: {words}\nsalutation: {words}\nclosing: {words}\nparts: [{parts}]"
    return parse_template(text, name="hello", vocabulary=book().vocabulary)


@pytest.mark.parametrize("lang", FURTHER)
def test_a_language_has_each_text_of_each_letter_that_it_lists_and_none_that_no_letter_has(lang: Lang) -> None:
    """Whoever changes an English text of a template reads here which translations it needs."""
    catalogue = catalogue_of(BundledFiles(), lang)

    assert catalogue is not None, f"there is no templates/languages/{lang}.yaml"
    problems = [f"templates/languages/{lang}.yaml: {one.where}: {one.text}" for one in gaps(catalogue, templates())]
    assert problems == [], "\n" + "\n".join(problems)


@pytest.mark.parametrize("lang", FURTHER)
def test_a_language_has_the_letters_that_most_duties_share(lang: Lang) -> None:
    catalogue = catalogue_of(BundledFiles(), lang)

    assert catalogue is not None
    assert "any-authority" in catalogue.letters


def accepted(duty: Duty) -> tuple[Lang, ...]:
    """The languages that the recipient of a duty takes and letters can be written in."""
    office = Authorities(BundledFiles(), book().vocabulary).find(duty.recipient.authority)
    codes = office.languages if office is not None and office.languages else duty.language.codes
    return tuple(lang for lang in LANGS if lang in codes)


TO_OFFICES = {duty.id: duty for duty in book().duties if duty.recipient.type != "individuals" and accepted(duty)}


@for_each("duty", TO_OFFICES)
def test_a_letter_to_an_office_is_written_in_each_language_that_the_office_accepts(duty: str) -> None:
    wanted = accepted(TO_OFFICES[duty])
    letters = {lang: drafted(duty, lang) for lang in wanted}

    assert {lang: letter.lang for lang, letter in letters.items()} == {lang: lang for lang in wanted}
    if TO_OFFICES[duty].recipient.authority:
        assert not any("the language:" in remark for letter in letters.values() for remark in letter.remarks)


def drafted(duty: str, lang: Lang) -> Letter:
    return draft_letter(book(), BundledFiles(), marked_facts(), duty, lang=lang, now=AT)


def test_the_notice_to_a_data_protection_authority_is_written_in_the_languages_of_the_eu_that_letters_have() -> None:
    """Which authority it is the facts tell; so its letter is offered in the languages of all."""
    assert {"de", "fr", "es", "it", "nl", "pl", "pt"} <= set(langs_of(book().duty("eu-gdpr-33-authority")))


US_PEOPLE = [one.id for one in book().duties if one.id.startswith("us-") and one.recipient.type == "individuals"]


@for_each("duty", US_PEOPLE)
def test_people_in_the_united_states_can_be_told_in_spanish(duty: str) -> None:
    assert "es" in langs_of(book().duty(duty))


def test_the_letter_that_joins_the_states_is_written_in_spanish() -> None:
    spanish = catalogue_of(BundledFiles(), "es")

    assert spanish is not None
    assert joined_id("us") in spanish.letters


def test_a_drafter_learns_in_which_language_the_office_takes_letters() -> None:
    """The choice stays with the drafter: an office may take English all the same."""
    values = example_for_offices()

    def remarks(duty: str, lang: Lang) -> list[str]:
        letter = letter_of(duty, lang, values, now=AT)
        return [remark for remark in letter.remarks if remark.startswith("the language:")]

    assert remarks("de-bsig-32-bsi", "en") == [
        "the language: BSI takes letters in German (de); draft it with --lang de",
    ]
    assert remarks("de-bsig-32-bsi", "de") == []
    assert remarks("tr-kvkk-12-board", "en") == ["the language: KVKK takes letters in `tr`; have this one translated"]


def test_a_drafter_of_an_english_letter_learns_that_its_readers_read_another_language() -> None:
    def remarks(duty: str, lang: Lang) -> list[str]:
        letter = letter_of(duty, lang, complete())
        return [remark for remark in letter.remarks if remark.startswith("the language:")]

    assert remarks("cn-pipl-57-individuals", "en") == [
        "the language: people there read Chinese (zh); draft it with --lang zh"
    ]
    assert remarks("cn-gbt35273-10-report", "en") == [
        "the language: an office there takes letters in Chinese (zh); draft it with --lang zh"
    ]
    assert remarks("cn-pipl-57-individuals", "zh") == []
    assert remarks("eu-gdpr-34-individuals", "en") == []


def test_a_drafter_learns_it_also_where_no_letter_is_in_their_language_and_of_a_letter_that_is_not_english() -> None:
    def remarks(duty: str, lang: Lang) -> list[str]:
        return [remark for remark in drafted(duty, lang).remarks if remark.startswith("the language:")]

    turkish = "the language: people there read `tr`; have this one translated"
    english = "the language: people there read English (en); draft it with --lang en"
    swiss = "the language: people there read German (de), French (fr), Italian (it); draft it with --lang de"
    assert remarks("tr-kvkk-12-individuals", "en") == remarks("tr-kvkk-12-individuals", "zh") == [turkish]
    assert remarks("th-pdpa-40-processor", "en") == ["the language: its readers read `th`; have this one translated"]
    assert remarks("br-lgpd-48-individuals", "zh") == [
        "the language: people there read Portuguese (pt); draft it with --lang pt"
    ]
    assert remarks("ch-fadp-24-individuals", "en") == [swiss]
    assert remarks("ch-fadp-24-individuals", "fr") == []
    assert remarks("tw-pdpa-12-individuals", "zh") == [
        "the language: people there read Traditional Chinese (zh-hant); draft it with --lang zh-hant"
    ]
    assert remarks("us-ca-1798-82-individuals", "zh") == [english]
    assert remarks("us-ca-1798-82-individuals", "es") == []


def test_recipients_and_laws_are_named_by_the_words_of_duties_that_there_are() -> None:
    """A translation of words that no duty has any more is never shown, and nobody would see it."""
    vocabulary = book().vocabulary
    laws = {text.law_words("en") for duty in book().duties for text in duty.texts}
    recipients = {text.recipient.name for duty in book().duties for text in duty.texts} | set(get_args(RecipientKind))

    assert {lang: set(names) - laws for lang, names in vocabulary.laws.items() if set(names) - laws} == {}
    assert {
        lang: set(names) - recipients for lang, names in vocabulary.recipients.items() if set(names) - recipients
    } == {}


def test_what_stands_twice_is_empty_or_of_another_language_is_refused_by_its_place() -> None:
    text = (
        "texts:\n  - {en: Hello, de: Hallo}\n  - {en: ' Hello ', de: Guten Tag}\n  - {en: Cause, fr: Cause}\n"
        "by_letter:\n  hello:\n    - {en: Facts, de: ' '}\n"
    )

    with pytest.raises(BadFile) as caught:
        german(text)
    assert [(one.where, one.line, one.text) for one in caught.value.problems] == [
        ("texts[0]", 2, "this English text stands here twice"),
        ("texts[1]", 3, "this English text stands here twice"),
        ("texts[2]", 4, "needs exactly `en` and `de`"),
        ("by_letter.hello[0]", 7, "must not be empty"),
    ]


def test_a_catalogue_is_no_longer_than_any_that_somebody_would_write() -> None:
    rows = "".join(f"  - {{en: t{number}, de: t}}\n" for number in range(MOST_ENTRIES + 1))

    with pytest.raises(BadFile, match="at most"):
        german(f"texts:\n{rows}")


def test_one_letter_may_say_the_same_english_text_otherwise() -> None:
    catalogue = german(
        "letters: [hello]\ntexts: [{en: Hello, de: Hallo}]\nby_letter: {hi: [{en: Hello, de: Guten Tag}]}"
    )

    assert (catalogue.text_for("hello", "Hello"), catalogue.text_for("hi", "Hello\n")) == ("Hallo", "Guten Tag")
    assert catalogue.text_for("hello", "Goodbye") is None


def test_each_text_of_a_template_gets_its_translation() -> None:
    template = german().written("hello", hello("Under {{ law }}."))

    assert [words.of("de") for _, words, _ in template.texts()] == ["Hallo", "Hallo", "Hallo", "Nach {{ law }}."]
    assert template.languages == ("en", "zh", "de")
    with pytest.raises(ValueError, match="no translation of: Goodbye"):
        german().written("hello", hello("Goodbye"))


def test_what_is_wrong_with_a_catalogue_beside_its_templates_is_named() -> None:
    text = (
        "letters: [hello, gone]\n"
        "texts:\n"
        "  - {en: Hello, de: 'Hallo {{ org_identity }}'}\n"
        "  - {en: 'Under {{ law }}.', de: '{% if foreign_law %}{{ foreign_law }}{% else %}{{ law }}{% endif %}'}\n"
        "  - {en: Nobody says this, de: '{{ law() }}'}\n"
        "by_letter:\n"
        "  other: [{en: Hello, de: Hallo}]\n"
    )

    found = list(gaps(german(text), {"hello": hello("Under {{ law }}.", "Goodbye,\n  all")}))

    assert [(one.where, one.text) for one in found] == [
        ("hello", "missing translation into `de` of: Goodbye, all"),
        ("letters", "there is no template `gone`"),
        ("texts", "no letter that is listed has this English text: Nobody says this"),
        ("texts", "names other facts than the English text (org_identity): Hello"),
        ("texts", "calls something; it may only show a name and ask whether it is there: {{ law() }}"),
        ("by_letter.other", "no letter that is listed has this English text: Hello"),
    ]


class Folders(BundledFiles):
    """What ships, with one other text."""

    def __init__(self, name: str, text: str) -> None:
        super().__init__()
        self._other = (name, text)

    def text(self, folder: str, name: str) -> str:
        return self._other[1] if (folder, name) == ("templates", self._other[0]) else super().text(folder, name)


def test_a_letter_that_a_language_does_not_list_is_refused_with_those_that_it_has() -> None:
    template = templates()["us-hipaa-404-individuals"]

    with pytest.raises(UsageProblem, match="the letter of x is not written in German") as caught:
        in_language(template, "notices/us-hipaa-404-individuals.yaml", "de", BundledFiles(), letter="x")
    assert caught.value.next_step == "Choose one of English (en), Chinese (zh), Spanish (es)."


def test_each_text_that_a_language_lacks_is_named_and_the_other_languages_go_on() -> None:
    """An English text that somebody changed has no translation any more, and no letter mixes in the English one."""
    name = "notices/any-register.yaml"
    text = (
        BundledFiles()
        .text("templates", name)
        .replace("en: Facts", "en: The facts")
        .replace("en: Effects", "en: What it did")
    )
    changed = parse_template(text, name=name, vocabulary=book().vocabulary)

    with pytest.raises(UsageProblem) as caught:
        in_language(changed, name, "fr", BundledFiles(), letter="x")
    assert caught.value.message.splitlines() == [
        "the letter of x is not written in French: templates/languages/fr.yaml has no translation of",
        "  The facts",
        "  What it did",
    ]
    assert caught.value.next_step == "Translate these texts, or choose one of English (en), Chinese (zh)."
    assert languages_of(changed, name, BundledFiles()) == BOTH


def test_a_template_with_its_languages_side_by_side_needs_no_catalogue() -> None:
    """As an organisation writes its own; what the catalogue says of a template of the same name is not asked."""
    own = hello().model_copy(update={"title": hello().title.also("ja", "こんにちは")})

    assert in_language(own, "own/any-register.yaml", "ja", Folders("languages/ja.yaml", "texts: ["), letter="x") is own


def test_a_broken_catalogue_keeps_no_letter_of_another_language_from_being_written() -> None:
    broken = Folders("languages/de.yaml", "texts: [")

    with pytest.raises(BadFile, match=r"templates/languages/de\.yaml"):
        catalogue_of(broken, "de")
    facts = marked_facts()
    duty = "eu-gdpr-33-authority"
    assert draft_letter(book(), broken, facts, duty, lang="fr", now=AT).lang == "fr"


def test_the_lint_of_the_duties_names_what_a_catalogue_lacks_and_one_that_cannot_be_read() -> None:
    text = BundledFiles().text("templates", "languages/pt.yaml")
    without = Folders("languages/pt.yaml", text.replace('  - en: "Attachments"\n', '  - en: "Annexes"\n'))
    found = lint_files(without, {}).problems

    assert [(name, problem.where, problem.text[-12:]) for name, problem in found] == [
        ("templates/languages/pt.yaml", "any-authority", ": Attachments"[-12:]),
        ("templates/languages/pt.yaml", "texts", "ext: Annexes"),
    ]
    (broken,) = lint_files(Folders("languages/pt.yaml", "texts: 1"), {}).problems
    assert broken[0] == "templates/languages/pt.yaml"
