"""Each rule: a letter that breaks it, and the same letter mended."""

from __future__ import annotations

import pytest

from leakguard.errors import BadFile
from leakguard.models.languages import LANGS, Lang
from leakguard.notices.lint.book import parse_lint_book
from leakguard.notices.lint.lint import CODE, forbidden_rules, readers_of, rules_json, to_json_object
from support.linting import broken, linted, rules
from support.notices import book

NOTHING_SEEN = "We have no evidence of misuse."


def test_each_rule_of_the_file_has_its_code_and_each_code_its_rule() -> None:
    assert list(rules().rules) == list(CODE)
    assert set(rules().finders) == set(LANGS)


def test_each_rule_names_its_source_and_its_readers() -> None:
    for rule in rules_json(rules())["rules"]:
        assert rule["source"]
        assert rule["for"]


@pytest.mark.parametrize(
    ("rule", "lang", "wrong", "right"),
    [
        ("long_sentence", "en", "We " + "really " * 25 + "tried.", "We tried."),
        ("long_sentence", "zh", "我们" + "非常" * 30 + "抱歉。", "我们非常抱歉。"),
        ("long_sentence", "ja", "私たちは" + "とても" * 20 + "残念です。", "残念です。"),
        ("long_sentence", "ko", "우리는 " + "정말 " * 25 + "죄송합니다.", "우리는 정말 죄송합니다."),
        ("long_clause", "zh", "我们" + "非常" * 20 + "抱歉，对不起。", "我们非常抱歉，对不起。"),
        ("long_paragraph", "en", "We are sorry. " * 31, "We are sorry."),
        ("long_paragraph", "zh", "我们非常抱歉。" * 31, "我们非常抱歉。"),
        ("bare_no_evidence", "en", NOTHING_SEEN, f"{NOTHING_SEEN} We checked the logs since 1 May 2026."),
        ("bare_no_evidence", "en", f"{NOTHING_SEEN} We checked the logs.", "The logs are kept."),
        ("bare_no_evidence", "zh", "目前未发现信息被滥用。", "我们查阅了5月1日以来的日志，未发现信息被滥用。"),
        ("vague_time", "en", "We recently found it.", "We found it on 3 May 2026."),
        ("vague_time", "zh", "我们近日发现。", "请在5月31日前修改。"),
        ("other_topic", "en", "We take your privacy seriously.", "We are sorry."),
        ("other_topic", "zh", "我校高度重视。", "我们很抱歉。"),
        ("other_topic", "de", "Datenschutz hat für uns oberste Priorität.", "Es tut uns leid."),
        ("blame", "en", "It was human error.", "The server asked for no login."),
        ("blame", "zh", "由于个别员工操作失误。", "服务器未设登录认证。"),
        ("jargon", "en", "A threat actor exfiltrated it.", "Somebody copied it."),
        ("jargon", "zh", "数据主体受影响。", "您受影响。"),
        ("all_capitals", "en", "THIS IS NO ADMISSION.", "This is no admission by the GDPR."),
        ("halfwidth_sign", "zh", "您好,我们很抱歉。", "您好，共1,400,000条, see A。"),
        ("halfwidth_sign", "ja", "私は,残念です。これはひらがなです。", "私は、残念です。これはひらがなです。"),
        ("mixed_you", "zh", "您好。请你修改密码。请您注意。", "您好。请您修改密码。"),
        ("personal_value", "en", "Card 4111 1111 1111 1111 leaked.", "Your card number leaked."),
        ("hedged_involvement", "en", "Your data may have been affected.", "Your name was affected."),
        ("hedged_involvement", "zh", "您的信息可能受到影响。", "您的姓名受到影响。"),
        ("hedged_involvement", "zh", "您的信息可能受到一定程度的影响。", "您的姓名受到影响。"),
        ("hedged_involvement", "en", "We may have lost your data.", "We lost your address."),
        ("hedged_involvement", "en", "The information may have included your name.", "It included your name."),
        ("hedged_involvement", "zh", "您的信息可能包括姓名。", "您的信息包括姓名。"),
        ("date_happened", "zh", "服务器被他人访问。", "5月3日，服务器被他人访问。"),
        ("date_happened", "en", "Somebody broke into it.", "On 3 May 2026 somebody broke into it."),
        ("steps_not_numbered", "zh", "您可以这样做：\n改密码。看账单。打电话。", "您可以这样做：\n1. 改密码。"),
        (
            "steps_not_numbered",
            "en",
            "What you can do:\nCall us. Change it. Read bills.",
            "What you can do:\n1. Call us.",
        ),
        (
            "hedged_involvement",
            "en",
            "## Your data\n\nNames such as yours.",
            "## Your data\n\nYour name, since May 2024.",
        ),
        ("hedged_involvement", "zh", "## 涉及的个人信息\n\n姓名等信息。", "## 涉及的个人信息\n\n姓名。"),
        (
            "hedged_involvement",
            "fr",
            "## Renseignements visés\n\nNotamment le nom.",
            "## Renseignements visés\n\nLe nom.",
        ),
    ],
)
def test_a_letter_that_breaks_a_rule_is_found_and_the_mended_one_is_not(
    rule: str, lang: Lang, wrong: str, right: str
) -> None:
    assert rule in broken(wrong, lang=lang)
    assert rule not in broken(right, lang=lang)


HARD = "The organisation immediately initiated a comprehensive investigation of unauthorised activities. "


def test_a_hard_letter_has_its_grade_and_its_longest_sentence_named() -> None:
    found = linted(HARD * 3)
    problem = next(one for one in found.problems if one.rule == "reading_grade")

    assert found.grade is not None
    assert found.grade > 8
    assert "The organisation immediately" in problem.words


def test_two_sentences_and_other_languages_have_no_grade() -> None:
    assert linted(HARD * 2).grade is None
    assert linted("Das ist sehr schwer. " * 5, lang="de").grade is None


@pytest.mark.parametrize(
    ("rule", "wrong", "right"),
    [
        ("date_happened", "It happened.", "It happened on 3 March 2026."),
        ("date_happened", "It was open.", "How long it was open is not yet known."),
        ("date_found", "We found it.", "We found it on 3 March."),
        ("date_found", "| Found | later |", "| When it was discovered | 2026-03-03 |"),
        ("date_closed", "It is safe now.", "We closed it the same day."),
        (
            "step_without_reason",
            "## What you can do\n\n1. Call us today.",
            "## What you can do\n\n1. Call, so that we help.",
        ),
        ("step_without_date", "## What you can do\n\n1. Call us.", "## What you can do\n\n1. Call by 3 May."),
        (
            "steps_not_numbered",
            "## What you can do\n\nCall us. Change it. Read bills.",
            "## What you can do\n\n1. Call us.",
        ),
        ("steps_not_numbered", "We are sorry.", "## Steps you can take\n\n1. Call us."),
        ("steps_not_numbered", "Sorry.\n\n## What you can do", "## What you can do\n\n- none\n\n1. Call us."),
    ],
)
def test_dates_and_steps_are_asked_for(rule: str, wrong: str, right: str) -> None:
    assert rule in broken(wrong)
    assert rule not in broken(right)


def test_the_nearest_sentence_to_a_missing_date_is_quoted() -> None:
    found = {one.rule: one for one in linted("It happened in our shop. We closed it.").problems}

    assert found["date_happened"].words == "no date: It happened in our shop."
    assert (found["date_found"].where, found["date_found"].words) == ("the letter", "")


def test_an_authority_is_asked_less_than_people_are() -> None:
    text = f"{HARD * 3} A threat actor did it. It was human error."

    assert broken(text, readers="professional") == {"blame"}
    assert broken(HARD * 3, readers="public") >= {"reading_grade", "date_found"}
    assert "jargon" not in broken(text, readers="public")


@pytest.mark.parametrize(
    ("recipient", "readers"),
    [("individuals", "people"), ("public", "public"), ("media", "public"), ("regulator", "professional")],
)
def test_each_kind_of_recipient_has_its_readers(recipient: str, readers: str) -> None:
    assert readers_of(recipient) == readers


def test_nothing_is_asked_for_that_the_law_forbids() -> None:
    """Massachusetts forbids its letter to tell the nature of the breach; a rule must not ask for it."""
    assert "date_happened" in forbidden_rules(book().duty("us-ma-93h-3-individuals"))
    assert forbidden_rules(book().duty("eu-gdpr-34-individuals")) == frozenset()


def test_a_number_of_a_card_is_never_repeated() -> None:
    canary = "4111 1111 1111 1111"
    text = f"Card {canary} " + "and " * 30 + f"more. We recently lost {canary}, {canary}."
    shown = str(to_json_object(linted(text), name="letter.md"))

    assert canary not in shown
    assert "payment card number" in shown


def test_files_of_rules_that_are_missing_or_broken_are_named() -> None:
    with pytest.raises(BadFile, match=r"en\.yaml"):
        parse_lint_book({"rules.yaml": "", **{f"{lang}.yaml": "" for lang in LANGS if lang != "en"}})


def test_a_date_that_is_no_expression_is_named() -> None:
    from leakguard.bundled import BundledFiles  # noqa: PLC0415  (this test alone reads the files)

    texts = {
        name.removeprefix("lint/"): text for name, text in BundledFiles().texts("templates").items() if "lint/" in name
    }
    texts["ko.yaml"] = texts["ko.yaml"].replace("dates: [", "dates: ['(', ")

    with pytest.raises(BadFile, match="no regular expression"):
        parse_lint_book(texts)
