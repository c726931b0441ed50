"""A text that speaks to the people affected does not stand in a letter to somebody else."""

from __future__ import annotations

from typing import Any

import pytest

from leakguard.bundled import BundledFiles
from leakguard.models.languages import LANGS, Lang
from leakguard.notices.address import address_in, addressed_in
from leakguard.notices.completeness import check
from leakguard.notices.facts_of_duty import facts_for_duty
from leakguard.notices.lint.passages import LintText, Passage
from leakguard.notices.lint.plain_rules import addresses_reader
from leakguard.use_cases.letters.draft_notices import draft_notice
from leakguard.use_cases.letters.lint_letters import lint_draft
from support.linting import rules
from support.notices import CAC, GDPR_33, GDPR_34, NOW, book, complete, facts_of, letter_of

SPEAKING: list[tuple[Lang, str, str]] = [
    ("en", "Your illness may become known.", "Your"),
    ("en", "You can change the password.", "You"),
    ("zh", "他人可能致电您实施诈骗。", "您"),
    ("zh", "请更改你的密码。", "你"),
    ("de", "Fremde können Ihre Diagnose kennen.", "Ihre"),
    ("de", "Am besten ändern Sie das Passwort.", "Sie"),
    ("fr", "Un inconnu peut connaître votre maladie.", "votre"),
    ("es", "Usted puede recibir mensajes falsos.", "Usted"),
    ("pt", "Você pode receber ligações falsas.", "Você"),
    ("ja", "あなたの住所が知られるおそれがあります。", "あなた"),
    ("ko", "귀하의 주소가 알려질 수 있습니다.", "귀하"),
    ("it", "Terzi possono conoscere la vostra malattia.", "vostra"),
    ("nl", "Onbekenden kunnen uw ziekte kennen.", "uw"),
    ("pl", "Obcy mogą poznać Państwa dane.", "Państwa"),
    ("zh-hant", "他人可能致電您行騙。", "您"),
]
SILENT: list[tuple[Lang, str]] = [
    ("en", "The diagnosis of our customers may become known."),
    ("en", "The youngest of them is seven."),
    ("en", "The message read “Your account is blocked”."),
    ("zh", "患者可能接到诈骗电话。"),
    ("de", "Sie wurden noch am selben Abend gesperrt."),
    ("de", "Die Patienten sind informiert. Ihre Diagnosen standen nicht darin."),
    ("fr", "Nous avons prévenu les personnes concernées."),
    ("es", "Se conocen sus datos."),
    ("pt", "Os seus dados são conhecidos."),
    ("ja", "卒業生の住所が知られるおそれがあります。"),
    ("ko", "정보주체의 주소가 알려질 수 있습니다."),
    ("it", "Terzi possono conoscere le loro malattie."),
    ("nl", "Onbekenden kunnen hun ziekte kennen."),
    ("pl", "Państwo członkowskie zostało powiadomione. Państwa nie ujawniono. Pani Nowak odpowiada za sprawę."),
    ("zh-hant", "他人可能致電病人行騙。"),
]


@pytest.mark.parametrize(("lang", "text", "words"), SPEAKING)
def test_words_that_speak_to_the_reader_are_found(lang: Lang, text: str, words: str) -> None:
    assert address_in(text, lang) == words


@pytest.mark.parametrize(("lang", "text"), SILENT)
def test_words_that_may_mean_somebody_else_are_left_alone(lang: Lang, text: str) -> None:
    assert address_in(text, lang) == ""


def test_each_language_of_letters_has_its_words() -> None:
    assert {lang for lang, _, _ in SPEAKING} == {lang for lang, _ in SILENT} == set(LANGS)


def facts_with(**given: Any) -> dict[str, Any]:  # noqa: ANN401  (a facts file holds anything)
    return complete(consequences={"value": {"en": "Your illness may become known.", "zh": "病情可能泄露。"}, **given})


@pytest.mark.parametrize("duty", [GDPR_33, "eu-led-30-6-controller", "practice-helpdesk", GDPR_34])
def test_the_check_refuses_it_in_a_letter_to_an_authority_and_to_a_controller(duty: str) -> None:
    telling = next(one for one in (*book().duties, *book().practice) if one.id == duty)
    facts = facts_for_duty(telling, facts_of(facts_with()), book().vocabulary)
    found = [one for one in check(telling, facts, None, book().vocabulary).format_problems if "`Your`" in one]

    assert len(found) == (0 if duty in {GDPR_34, "practice-helpdesk"} else 1)
    assert all(one.startswith("consequences: speaks to the people affected (`Your`)") for one in found)


def test_the_advice_names_the_reader() -> None:
    telling = book().duty(GDPR_33)
    (found,) = addressed_in(telling, facts_of(facts_with()), ["consequences"])

    assert found.advice == "write a text for that reader, for: {authority: ...}"
    assert found.problem.endswith(found.advice)


def test_what_is_written_for_this_reader_may_speak_to_it() -> None:
    own = {"for": {"authority": {"en": "We ask for your advice.", "zh": "请贵机关指导。"}}}
    letter = letter_of(GDPR_33, values=facts_with(**own))

    assert not any("speaks to" in remark for remark in letter.remarks)


def test_a_fact_that_one_kind_of_reader_alone_gets_may_speak_to_it() -> None:
    values = complete(support_needed={"value": "Please send us your advice."})

    assert list(addressed_in(book().duty(CAC), facts_of(values), ["support_needed"])) == []


def test_a_reason_and_a_contact_are_read_too_and_a_number_is_not() -> None:
    values = complete(
        cause={"unknown": "we ask you to wait"},
        org_contact={"value": "Write to us with your number: help@university.example"},
        subject_count={"value": 5},
    )
    names = ["cause", "org_contact", "subject_count", "never_stated"]

    assert [one.fact for one in addressed_in(book().duty(CAC), facts_of(values), names)] == ["cause", "org_contact"]


def test_a_text_without_a_language_is_read_in_the_one_that_it_is_written_in() -> None:
    values = complete(cause={"value": "The servers of the university and of the library were open to all: you, me"})
    found = addressed_in(book().duty(CAC), facts_of(values), ["cause"])

    assert [one.words for one in found] == ["you"]


@pytest.mark.parametrize(("lang", "is_said"), [("en", True), ("zh", False)])
def test_the_draft_says_so_for_its_own_language(lang: Lang, is_said: bool) -> None:  # noqa: FBT001  (a case)
    remarks = letter_of(CAC, lang, complete(trend={"value": {"en": "You may hear more.", "zh": "事态受控。"}})).remarks

    assert any(one.startswith("trend: speaks to the people affected") for one in remarks) is is_said


def test_the_lint_of_a_draft_names_the_passage_and_the_fact() -> None:
    facts, telling = facts_of(facts_with()), book().duty(GDPR_33)
    letter = draft_notice(book(), BundledFiles(), facts, telling, lang="en", now=NOW)
    found = [one for one in lint_draft(rules(), telling, letter, facts).problems if one.rule == "addresses_reader"]

    assert [(one.words, one.instead) for one in found] == [
        (
            "Your: Your illness may become known.",
            "consequences: write a text for that reader, for: {authority: ...}",
        )
    ]


def test_the_lint_is_silent_on_a_fact_that_the_letter_does_not_tell() -> None:
    values = complete(individual_steps={"value": {"en": ["Change your password."], "zh": ["更改密码。"]}})
    facts, telling = facts_of(values), book().duty(GDPR_33)
    letter = draft_notice(book(), BundledFiles(), facts, telling, lang="en", now=NOW)

    assert [one for one in lint_draft(rules(), telling, letter, facts).problems if one.rule == "addresses_reader"] == []


def linted(lang: Lang, text: str) -> list[str]:
    passages = (Passage(where="line 1", kind="paragraph", text=text),)
    return [one.words for one in addresses_reader(LintText(lang=lang, passages=passages), rules().finders[lang])]


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "Criminals may learn of your illness."),
        ("en", "You should change the password."),
        ("zh", "他人可能致电您实施诈骗。"),
        ("de", "Fremde können Ihre Daten lesen."),
        ("fr", "Un inconnu peut lire vos données."),
        ("es", "Por eso usted debe cambiarla."),
        ("pt", "Por isso você deve mudar a senha."),
        ("ja", "あなたの住所。"),
        ("ko", "귀하의 주소."),
        ("it", "Terzi possono leggere i vostri dati."),
        ("nl", "Onbekenden kunnen uw gegevens lezen."),
        ("pl", "Obcy mogą czytać Państwa dane."),
        ("zh-hant", "他人可能致電您。"),
    ],
)
def test_a_letter_file_for_professionals_that_speaks_to_people_is_refused(lang: Lang, text: str) -> None:
    assert len(linted(lang, text)) == 1


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "We notify you of a breach and will send you what is missing; we ask for your guidance."),
        ("en", "The personal data that we process for you and your customers are concerned."),
        ("zh", "现将有关情况报告如下，请贵单位配合。"),
        ("de", "Wir melden Ihnen den Vorfall und bitten um Ihre Rückmeldung."),
        ("fr", "Nous vous notifions cette violation."),
    ],
)
def test_a_letter_file_may_speak_to_the_office_or_company_that_reads_it(lang: Lang, text: str) -> None:
    assert linted(lang, text) == []
