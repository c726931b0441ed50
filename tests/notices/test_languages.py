"""The languages of letters: their words, their forms, and what happens where one has none."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st

from leakguard.bundled import BundledFiles
from leakguard.errors import BadFile, LetterIncomplete, UsageProblem
from leakguard.models.events import Interval
from leakguard.models.languages import BOTH, LANGS, STYLES, Lang, lang_of_tag, named
from leakguard.models.letters import Heading, Paragraph, as_drill, as_sent
from leakguard.notices import locale_forms
from leakguard.notices.book import DutyBook, load_vocabulary
from leakguard.notices.duties import Duty
from leakguard.notices.language_detection import is_foreign
from leakguard.notices.language_file import LanguageWords
from leakguard.notices.letters.template import parse_template
from leakguard.notices.phrases import Phrases
from leakguard.notices.vocabulary import Vocabulary
from leakguard.notices.vocabulary_file import parse_vocabulary, refuse_gaps
from leakguard.notices.wording import ordinal, sentence, tidy
from leakguard.use_cases.letters.draft_notices import draft_letter, draft_notice
from leakguard.use_cases.letters.look_up_duties import lint_files
from support.growth import takes_no_time
from support.languages import AT, LANGS_TO_PEOPLE, example, example_for_offices
from support.notices import CAC, GDPR_34, NOW, book, complete, facts_of, letter_of

FURTHER = tuple(lang for lang in LANGS if lang not in BOTH)
FURTHER_TO_PEOPLE = tuple(lang for lang in LANGS_TO_PEOPLE if lang not in BOTH)
VOCABULARY = BundledFiles().text("duties", "vocabulary.yaml")


def words_of(lang: Lang) -> str:
    return BundledFiles().text("duties", f"languages/{lang}.yaml")


def with_words(lang: Lang, text: str) -> Vocabulary:
    return parse_vocabulary(VOCABULARY, name="v", languages={lang: text})


@pytest.mark.parametrize("lang", LANGS)
def test_each_language_is_known_to_the_tables_of_the_world(lang: Lang) -> None:
    assert Locale.parse(STYLES[lang].locale).language == lang.split("-")[0]
    assert lang_of_tag(STYLES[lang].tag) == lang


@pytest.mark.parametrize(
    ("lang", "count", "people", "day", "moment"),
    [
        ("en", "9,500,000,000", "41,000 people", "1 May 2019", "1 May 2019, 22:30 (UTC+08:00)"),
        ("zh", "9,500,000,000", "41,000人", "2019年5月1日", "2019年5月1日22:30（UTC+08:00）"),
        ("ja", "9,500,000,000", "41,000名", "2019年5月1日", "2019年5月1日 22:30（UTC+08:00）"),
        ("ko", "9,500,000,000", "41,000명", "2019년 5월 1일", "2019년 5월 1일 22:30(UTC+08:00)"),
        ("pt", "9.500.000.000", "41.000 pessoas", "1º de maio de 2019", "1º de maio de 2019, às 22:30 (UTC+08:00)"),
        ("fr", "9 500 000 000", "41 000 personnes", "1er mai 2019", "1er mai 2019 à 22 h 30 (UTC+08:00)"),
        ("es", "9 500 000 000", "41 000 personas", "1 de mayo de 2019", "1 de mayo de 2019 a las 22:30 h (UTC+08:00)"),
        ("de", "9.500.000.000", "41.000 Personen", "1. Mai 2019", "1. Mai 2019 um 22:30 Uhr (UTC+08:00)"),
        ("it", "9.500.000.000", "41.000 persone", "1º maggio 2019", "1º maggio 2019 alle ore 22:30 (UTC+08:00)"),
        ("nl", "9.500.000.000", "41.000 personen", "1 mei 2019", "1 mei 2019 om 22:30 uur (UTC+08:00)"),
        ("pl", "9 500 000 000", "41 000 osób", "1 maja 2019 r.", "1 maja 2019 r. o godz. 22:30 (UTC+08:00)"),
        ("zh-hant", "9,500,000,000", "41,000人", "2019年5月1日", "2019年5月1日22:30（UTC+08:00）"),
    ],
)
def test_numbers_and_times_are_written_as_the_language_does(
    lang: Lang, count: str, people: str, day: str, moment: str
) -> None:
    """Spaces inside numbers and times do not break; they are made plain here to be read."""
    values = complete(subject_count={"value": 41_000})
    facts = facts_of(values)
    phrases = Phrases(book().vocabulary, lang, zone="UTC")
    at = datetime(2019, 5, 1, 22, 30, tzinfo=timezone(timedelta(hours=8)))

    assert locale_forms.number(9_500_000_000, lang).replace("\u00a0", " ") == count
    assert phrases.line(facts.stated["subject_count"]).replace("\u00a0", " ") == people
    assert phrases.day(date(2019, 5, 1)).replace("\u00a0", " ") == day
    assert phrases.instant(at).replace("\u00a0", " ") == moment
    assert locale_forms.zone(at.astimezone(UTC), lang) == "UTC"


@pytest.mark.parametrize(
    ("lang", "wanted"),
    [
        ("en", "1 person"),
        ("de", "1 Person"),
        ("fr", "1 personne"),
        ("pt", "1 pessoa"),
        ("ja", "1名"),
    ],
)
def test_one_of_something_is_not_many(lang: Lang, wanted: str) -> None:
    facts = facts_of(complete(subject_count={"value": 1}))

    assert Phrases(book().vocabulary, lang, zone="UTC").line(facts.stated["subject_count"]) == wanted


@pytest.mark.parametrize(
    ("duty", "country", "wanted"),
    [
        ("us-hipaa-404-individuals", "CN", "October 12, 2026"), (GDPR_34, "US", "12 October 2026"),
        ("practice-controller", "US", "October 12, 2026"), ("practice-controller", "GB", "12 October 2026"),
    ],
)  # fmt: skip
def test_readers_in_the_united_states_get_dates_as_they_write_them(duty: str, country: str, wanted: str) -> None:
    """By the law of the letter; one that no law demands is read where its organisation is."""
    values = complete()
    values["organisation"]["country"] = country
    telling = next(one for one in (*book().duties, *book().practice) if one.id == duty)
    letter = draft_notice(book(), BundledFiles(), facts_of(values, now=AT), telling, lang="en", now=AT)

    assert letter.date_line == wanted
    assert all(wanted in text for text in letter.footer if "Draft of" in text)


def test_a_round_million_takes_its_preposition() -> None:
    facts = facts_of(complete(subject_count={"value": 2_000_000}))
    said = {lang: Phrases(book().vocabulary, lang, zone="UTC").line(facts.stated["subject_count"]) for lang in LANGS}

    assert said["fr"].endswith(" de personnes")
    assert said["es"].endswith(" de personas")
    assert said["de"].endswith("000 Personen")


@given(st.integers(min_value=0, max_value=10**18), st.sampled_from(LANGS))
def test_a_number_keeps_every_digit_in_every_language(value: int, lang: Lang) -> None:
    assert int(re.sub(r"\D", "", locale_forms.number(value, lang))) == value


@pytest.mark.parametrize(
    ("lang", "wanted"),
    [("en", "a, b and c"), ("zh", "a、b和c"), ("de", "a, b und c"), ("es", "a, b y c"), ("ko", "a, b 및 c")],
)
def test_a_list_in_running_text_ends_as_a_sentence_does(lang: Lang, wanted: str) -> None:
    assert locale_forms.listed(["a", "b", "c"], lang) == wanted


EITHER_DAY: dict[Lang, tuple[str, str]] = {
    "en": ("on 7 or 8 May 2019", "on 31 May or 1 June 2019"),
    "zh": ("2019年5月7日或者8日", "2019年5月31日或者6月1日"),
    "zh-hant": ("2019年5月7日或8日", "2019年5月31日或6月1日"),
    "de": ("am 7. oder 8. Mai 2019", "am 31. Mai oder 1. Juni 2019"),
    "es": ("el 7 u 8 de mayo de 2019", "el 31 de mayo o 1 de junio de 2019"),
    "fr": ("le 7 ou 8 mai 2019", "le 31 mai ou 1er juin 2019"),
    "it": ("il 7 o 8 maggio 2019", "il 31 maggio o 1º giugno 2019"),
    "ja": ("2019年5月7日又は8日", "2019年5月31日又は6月1日"),
    "ko": ("2019년 5월 7일 또는 8일", "2019년 5월 31일 또는 6월 1일"),
    "nl": ("op 7 of 8 mei 2019", "op 31 mei of 1 juni 2019"),
    "pl": ("7 lub 8 maja 2019 r.", "31 maja lub 1 czerwca 2019 r."),
    "pt": ("em 7 ou 8 de maio de 2019", "em 31 de maio ou 1º de junho de 2019"),
}


def said_of(first: str, last: str, lang: Lang, *, in_usa: bool = False) -> str:
    facts = facts_of(complete(discovery_date={"value": {"earliest": first, "latest": last}}))
    when = facts.stated["discovery_date"].value
    assert isinstance(when, Interval)
    return Phrases(book().vocabulary, lang, zone=facts.zone, in_usa=in_usa).on(when).replace("\u00a0", " ")


@pytest.mark.parametrize("lang", LANGS)
def test_nothing_lies_between_two_days_side_by_side(lang: Lang) -> None:
    in_one_month, in_two = EITHER_DAY[lang]
    assert said_of("2019-05-07", "2019-05-08", lang) == in_one_month
    assert said_of("2019-05-31", "2019-06-01", lang) == in_two


def test_days_side_by_side_are_told_as_readers_in_the_united_states_write_them() -> None:
    assert said_of("2019-05-22", "2019-05-23", "en", in_usa=True) == "on May 22 or 23, 2019"
    assert said_of("2019-05-31", "2019-06-01", "en", in_usa=True) == "on May 31 or June 1, 2019"


def test_days_that_have_one_between_them_keep_both_ends() -> None:
    assert said_of("2019-05-22", "2019-05-24", "en") == "between 22 May 2019 and 24 May 2019"


def test_a_number_given_as_a_text_is_written_as_the_language_does() -> None:
    facts = facts_of(complete(cross_border={"value": 41_000}, cause={"value": [True, "x"]}))
    said = {lang: Phrases(book().vocabulary, lang, zone="UTC").line(facts.stated["cross_border"]) for lang in LANGS}

    assert (said["de"], said["ja"]) == ("41.000", "41,000")
    assert Phrases(book().vocabulary, "de", zone="UTC").lines(facts.stated["cause"]) == ("ja", "x")


def test_no_spanish_kind_of_data_begins_with_the_sound_that_changes_the_and_before_it() -> None:
    """`y información` would be wrong; the tables of the world do not say `e`."""
    kinds = [words.of("es") for words in book().vocabulary.categories.values()]

    assert [kind for kind in kinds if re.match("h?[ií]", kind)] == []


@pytest.mark.parametrize("lang", FURTHER)
def test_a_language_has_every_word_in_its_own_script(lang: Lang) -> None:
    refuse_gaps(book().vocabulary, lang)
    han, hangul, kana = "\u4e00-\u9fff", "\uac00-\ud7af", "\u3040-\u30ff"
    own = {"ja": f"[{kana}{han}]", "ko": f"[{hangul}]", "zh-hant": f"[{han}]"}.get(lang, "[A-Za-zÀ-ž]")
    others = {"ja": f"[{hangul}]", "ko": f"[{kana}{han}]", "zh-hant": f"[{kana}{hangul}]"}
    other = others.get(lang, "[\u3000-\u9fff\uac00-\ud7af]")
    parts = (getattr(book().vocabulary, part).values() for part in LanguageWords.PARTS if part != "units")
    texts = [words.of(lang) for part in parts for words in part]

    assert [text for text in texts if re.search(other, text)] == []
    assert len([text for text in texts if re.search(own, re.sub("{.*?}", "", text))]) >= len(texts) - 12


@pytest.mark.parametrize("lang", FURTHER_TO_PEOPLE)
def test_what_a_letter_to_people_leaves_to_be_verified_is_said_in_its_language(lang: Lang) -> None:
    people = (duty for duty in book().duties if duty.recipient.type == "individuals")
    unsaid = {word for duty in people for word in duty.verify_fields} - book().vocabulary.verify[lang].keys()

    assert unsaid == set()


def test_a_missing_word_stops_the_letters_of_its_language_alone() -> None:
    short = words_of("de").replace("  cause: Ursache\n", "").replace("  further_particulars: Weitere Angaben\n", "")
    own = DutyBook(vocabulary=with_words("de", short), duties=book().duties)
    facts = facts_of(example(), now=AT)

    assert draft_letter(own, BundledFiles(), facts, GDPR_34, lang="en", now=AT).lang == "en"
    with pytest.raises(BadFile) as caught:
        draft_letter(own, BundledFiles(), facts, GDPR_34, lang="de", now=AT)
    assert [problem.where for problem in caught.value.problems] == ["items.cause", "phrases.further_particulars"]
    assert caught.value.name == "duties/languages/de.yaml"


class WithoutAWord(BundledFiles):
    """What ships, but for one German word."""

    def text(self, folder: str, name: str) -> str:
        return super().text(folder, name).replace("  cause: Ursache\n", "")


def test_what_a_language_lacks_is_named_by_the_lint_of_the_duties() -> None:
    found = lint_files(WithoutAWord(), {}).problems

    assert [(name, problem.where) for name, problem in found] == [("duties/languages/de.yaml", "items.cause")]


def test_an_unknown_word_and_lost_places_are_all_named() -> None:
    wrong = words_of("fr").replace("  cause: ", "  cuase: ").replace("Référence : {incident}", "Référence")
    wrong = wrong.replace("  basic.name: nom\n", "  basic.nmae: nom\n")

    with pytest.raises(BadFile) as caught:
        with_words("fr", wrong)
    assert [(problem.where, problem.nearest) for problem in caught.value.problems] == [
        ("items.cuase", "cause"),
        ("to_offices.cuase", "cause"),
        ("to_person.basic.nmae", "basic.name"),
        ("phrases.reference", None),
    ]


def test_a_count_of_something_that_has_no_name_is_refused() -> None:
    with pytest.raises(BadFile, match="what `units` does not name: heads"):
        parse_vocabulary(VOCABULARY.replace("unit: records}", "unit: heads}", 1), name="v")


@pytest.mark.parametrize("lang", FURTHER)
def test_a_letter_is_refused_in_a_language_that_it_is_not_written_in(lang: Lang) -> None:
    with pytest.raises(UsageProblem, match=f"not written in {STYLES[lang].name}") as caught:
        letter_of(CAC, lang)
    assert caught.value.next_step == f"Choose one of {named(BOTH)}. Its reader takes {named(('zh',))}."


def test_a_fact_that_was_not_said_in_the_language_is_named() -> None:
    values = example()
    del values["facts"]["consequences"]["for"]["person"]["ko"]

    with pytest.raises(LetterIncomplete, match="consequences: is written for another language only; add it under `ko`"):
        letter_of(GDPR_34, "ko", values, now=AT)


def test_a_template_has_a_language_in_all_of_its_texts_or_in_none() -> None:
    text = (
        "title: {en: t, zh: t, ja: t}\nsalutation: {en: s, zh: s}\nclosing: {en: c, zh: c, de: c}\n"
        "parts: [{heading: {en: h, zh: h, ja: h}}, {sentences: [{tell: cause, known: {en: k, zh: k}}]}]"
    )

    with pytest.raises(BadFile) as caught:
        parse_template(text, name="t", vocabulary=book().vocabulary)
    assert [(problem.where, problem.text[-17:]) for problem in caught.value.problems] == [
        ("title", "(`de`) is missing"),
        ("salutation", "(`ja`) is missing"),
        ("salutation", "(`de`) is missing"),
        ("closing", "(`ja`) is missing"),
        ("parts[0].heading", "(`de`) is missing"),
        ("parts[1].sentences[0].known", "(`ja`) is missing"),
        ("parts[1].sentences[0].known", "(`de`) is missing"),
    ]


def law(duty: str, **changes: object) -> Duty:
    return book().duty(duty).model_copy(update=changes)


def test_a_law_without_a_name_in_the_language_is_named_in_its_own_then_in_english() -> None:
    brazil, mexico = law("br-lgpd-48-individuals"), law("mx-lfpdppp-individuals", named={})

    assert brazil.law_words("de").startswith("o artigo 48 da Lei Geral")
    assert brazil.law_words("en").startswith("Article 48 of")
    assert brazil.law_words("zh").startswith("巴西")
    assert mexico.law_words("es").startswith("Art. 19 of the LFPDPPP")
    assert law("ke-dpa-43-individuals", named={"en": "the Act"}).law_words("fr") == "the Act"


@pytest.mark.parametrize("lang", FURTHER_TO_PEOPLE)
@pytest.mark.parametrize("duty", ["au-ndb-individuals", "cn-dsl-29-users", "ae-difc-42-individuals"])
def test_a_law_with_a_foreign_name_stands_behind_a_colon_as_a_title(duty: str, lang: Lang) -> None:
    """`Wir informieren Sie nach section 26WL of the ...` is neither German nor English."""
    values = example()
    values["facts"]["org_contact"] = {"value": {"email": "desk@university.example"}}
    blocks = letter_of(duty, lang, values, now=AT).blocks
    law = book().duty(duty).law_words(lang)

    assert not book().duty(duty).names_law_in(lang)
    (text,) = [block.text for block in blocks if isinstance(block, Paragraph) and law in block.text]
    assert re.search(rf"[:：]\s?{re.escape(law)}[.。]$", text)


def test_no_law_is_named_in_chinese_by_an_english_article() -> None:
    named_so = [duty.id for duty in book().duties if re.search(r"\b(?:s|ss|Art|Regs|reg)\. ", duty.law_words("zh"))]

    assert named_so == []


def test_one_item_stands_for_another_of_the_same_meaning() -> None:
    values = example()
    values["facts"]["data_elements_specific"] = {"value": ["contact.email"]}

    def told(letter_values: dict[str, object]) -> str:
        blocks = letter_of(GDPR_34, "en", letter_values, now=AT).blocks
        place = next(at for at, block in enumerate(blocks) if block == Heading(text="Which of your data are involved"))
        return repr(blocks[place + 1 : place + 3])

    assert "involved: e-mail address." in told(values)
    assert "telephone" not in told(values)
    del values["facts"]["data_elements_specific"]
    assert "telephone number and postal address." in told(values)


@pytest.mark.parametrize("lang", LANGS)
def test_a_letter_is_set_as_its_language_is(lang: Lang) -> None:
    is_to_people = lang in LANGS_TO_PEOPLE
    letter = (
        letter_of(GDPR_34, lang, example(), now=AT)
        if is_to_people
        else letter_of("nl-nis2-23-supervisor", lang, example_for_offices(), now=AT)
    )
    heads = [block.text for block in letter.blocks if isinstance(block, Heading)]

    assert letter.traits == STYLES[lang]
    assert (letter.date_line == "") is (letter.signature[-1] == Phrases(book().vocabulary, lang, zone="UTC").day(AT))
    numbered = all(re.match("[0-9]+\\. |[一二三四五六七八九]、", head) for head in heads)
    assert numbered is (STYLES[lang].numbers_headings or not is_to_people)
    assert as_drill(letter).mark.startswith("DRILL")
    assert len({as_drill(letter).mark, as_drill(letter_of(GDPR_34)).mark}) == (1 if lang == "en" else 2)


@pytest.mark.parametrize(
    ("text", "lang", "wanted"),
    [("원인", "ko", "원인."), ("原因", "ja", "原因。"), ("die Ursache", "de", "Die Ursache."), ("é", "fr", "É.")],
)
def test_a_sentence_ends_as_in_its_language(text: str, lang: Lang, wanted: str) -> None:
    assert sentence(text, lang) == wanted


def test_japanese_stops_have_no_space_behind_them() -> None:
    assert tidy("です。 2026年に サーバー") == "です。2026年にサーバー"
    assert ordinal(2, "ja") == "2. "


@pytest.mark.parametrize(
    ("text", "lang", "foreign"),
    [
        ("the server asked for no login", "zh", True),
        ("the server asked for no login", "en", False),
        ("the server asked for no login at the time", "de", True),
        ("der Server war ohne Passwort erreichbar und die Daten lesbar", "de", False),
        ("der Server war ohne Passwort erreichbar und die Daten lesbar", "fr", True),
        ("le serveur était accessible sur internet et la porte ouverte", "fr", False),
        ("el servidor no pedía la contraseña en la red", "es", False),
        ("o servidor não pedia a senha em uma rede", "es", True),
        ("未启用密码", "en", True),
        ("未启用密码", "zh", False),
        ("未启用密码保护即恢复上线", "ja", True),
        ("管理者権限", "ja", False),
        ("サーバーが公開", "ja", False),
        ("サーバーが公開", "zh", True),
        ("서버가 공개되었습니다", "ko", False),
        ("서버가 공개되었습니다", "ja", True),
        ("Elasticsearch", "ko", False),
        ("Elasticsearch服务器", "zh", False),
        ("one open search server", "de", False),
        ("", "ja", False),
    ],
)
def test_a_text_in_another_language_is_seen(text: str, lang: Lang, *, foreign: bool) -> None:
    assert is_foreign(text, lang) is foreign


@takes_no_time
@pytest.mark.parametrize(
    "word",
    ["a" * 2_000_000, "ab " + "c" * 2_000_000, "ab, cd" + " " * 2_000_000],
    ids=["one word", "a second word", "spaces behind words"],
)
def test_the_language_of_an_endless_word_is_told_in_time_that_grows_with_its_length_alone(word: str) -> None:
    """Such as a key that somebody pasted into a fact; forty facts may have one."""
    assert is_foreign(word, "zh") is False


def test_the_shipped_words_are_read_from_all_files() -> None:
    assert load_vocabulary(BundledFiles()).phrases["reference"].languages == LANGS
    assert parse_vocabulary(VOCABULARY, name="v").units["people"].of("fr", "one") == "person"
    assert as_sent(letter_of(GDPR_34, "en", now=NOW)).addressee == ("To students and staff",)


def test_one_moment_in_two_zones_has_the_day_of_each() -> None:
    """They are equal, and what is remembered of one is not said of the other."""
    utc = datetime(2026, 6, 10, 22, tzinfo=UTC)
    there = utc.astimezone(timezone(timedelta(hours=8)))

    assert (locale_forms.day(utc, "en"), locale_forms.day(there, "en")) == ("10 June 2026", "11 June 2026")
    assert locale_forms.day(utc, "en", in_usa=True) == "June 10, 2026"


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("A backup of a database lay on a web server and could be downloaded.", "en"),
        ("Data were stored in an open bucket in Ireland.", "en"),
        ("Una copia de la base de datos de clientes estaba abierta en un servidor.", "es"),
        ("Une copie de la base de données de clients se trouvait sur un serveur.", "fr"),
        ("Uma cópia de uma base de dados estava aberta a qualquer pessoa.", "pt"),
        ("Bei der Prüfung in einem Rechenzentrum war er in der Liste zu sehen.", "de"),
    ],
)
def test_small_words_that_two_languages_share_make_no_text_foreign(text: str, lang: Lang) -> None:
    others: set[Lang] = {"en", "es", "fr", "pt", "de"}

    assert not is_foreign(text, lang)
    assert all(is_foreign(text, other) for other in others - {lang})
