"""Items in sentences: one for what is known, one for what is not, and nothing for what nobody asks and nobody knows."""

from __future__ import annotations

from typing import Any

import pytest

from leakguard.bundled import BundledFiles
from leakguard.errors import LetterIncomplete
from leakguard.models.languages import BOTH
from leakguard.models.letters import Letter, Paragraph
from leakguard.notices.letters.draft import render
from leakguard.notices.letters.filling import LetterTexts
from leakguard.notices.letters.template import LetterTemplate, parse_template
from leakguard.notices.letters.text import text_of
from leakguard.notices.vocabulary import Lang
from leakguard.use_cases.letters.draft_notices import draft_notice
from support.every_fact import every_fact
from support.notices import CAC, GDPR_33, GDPR_34, NOW, PIPL_PEOPLE, book, both, complete, facts_of, letter_of, to_text

DATE = {"tell": "breach_date~", "known": {"en": "It happened {{ on }}.", "zh": "发生于{{ it }}。"}}
UNKNOWN = {"en": "We do not know when: {{ reason }}.", "zh": "时间不详：{{ reason }}。"}


def told(*sentences: dict[str, Any], lang: Lang = "en", forbidden: tuple[str, ...] = (), **facts: Any) -> list[str]:  # noqa: ANN401  (a facts file holds anything)
    """The paragraphs of a letter whose template has these sentences."""
    words = {name: {"en": "words", "zh": "文字"} for name in ("title", "salutation", "closing")}
    text = to_text({**words, "parts": [{"sentences": list(sentences)}]})
    shape = parse_template(text, name="t", vocabulary=book().vocabulary)
    duty = book().duty(PIPL_PEOPLE).model_copy(update={"must_not_contain": forbidden, "content": _nothing_else()})
    letter: Letter = render(duty, facts_of(complete(**facts)), lang, shape, {}, NOW, vocabulary=book().vocabulary)
    return [block.text for block in letter.blocks if isinstance(block, Paragraph)]


def _nothing_else() -> tuple[Any, ...]:
    return tuple(item for item in book().duty(PIPL_PEOPLE).content if item.item == "cause")


CAUSE = {"tell": "cause", "known": {"en": "Why: {{ it }}.", "zh": "原因：{{ it }}。"}}


@pytest.mark.parametrize(
    ("when", "english", "chinese"),
    [
        ("2026-06-01", "on 1 June 2026", "2026年6月1日"),
        ("2026-06-01T09:30", "on 1 June 2026, 09:30 (UTC+08:00)", "2026年6月1日09:30（北京时间）"),
    ],
)
def test_a_time_stands_in_a_sentence_with_its_preposition(when: object, english: str, chinese: str) -> None:
    assert told(DATE, CAUSE, breach_date={"value": when})[0].startswith(f"It happened {english}. Why: ")
    assert told(DATE, CAUSE, lang="zh", breach_date={"value": when})[0].startswith(f"发生于{chinese}。原因：")


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        ("a hole in the fence", "Why: a hole in the fence."),
        ("There was a hole in the fence.", "There was a hole in the fence."),
        (["There was a hole.", "Somebody came through it."], "There was a hole. Somebody came through it."),
        (["There was a hole.", "no guard"], "Why: There was a hole; no guard."),
    ],
)
def test_a_fact_of_whole_sentences_can_stand_without_words_around_it(stated: object, said: str) -> None:
    assert told({**CAUSE, "stands_alone": True}, cause={"value": stated}) == [said]


def test_a_rough_time_is_told_as_rough_and_a_day_hides_the_hour() -> None:
    day = {**DATE, "known": {"en": "It happened {{ day }}.", "zh": "发生于{{ day }}。"}}

    assert told(DATE, CAUSE, breach_date={"estimate": "2026-06-01"})[0].startswith("It happened about 1 June 2026")
    assert told(day, CAUSE, breach_date={"value": "2026-06-01T23:30"})[0].startswith("It happened on 1 June 2026. ")


@pytest.mark.parametrize(("asked", "asked_zh"), [("Can you help?", "可否支援？"), ("Help us!", "请支援！")])
def test_a_sentence_that_ends_with_a_question_has_one_sign_at_its_end(asked: str, asked_zh: str) -> None:
    question = both(asked, asked_zh)

    assert told(CAUSE, cause=question) == [f"Why: {asked}"]
    assert told(CAUSE, lang="zh", cause=question) == [f"原因：{asked_zh}"]


def test_a_day_that_is_an_estimate_is_never_told_as_certain() -> None:
    """California wants the date, the estimated date or the range (Civil Code 1798.82(d)(2)(B)): they differ."""
    day = {**DATE, "known": {"en": "It happened {{ day }}.", "zh": "发生于{{ day }}。"}}
    guess = {"estimate": "2026-06-01T23:30"}

    assert told(day, CAUSE, breach_date=guess)[0].startswith("It happened about 1 June 2026, an estimate. ")
    assert told(day, CAUSE, lang="zh", breach_date=guess)[0].startswith("发生于约2026年6月1日（估计）。")


def test_what_is_not_known_has_its_own_sentence_also_where_nobody_asks() -> None:
    unknown = {"unknown": both("the logs start later.", "日志起始时间较晚。")["value"]}

    assert told({**DATE, "unknown": UNKNOWN}, CAUSE, breach_date=unknown)[0].startswith(
        "We do not know when: the logs start later. Why: "
    )
    assert told({**DATE, "unknown": UNKNOWN}, CAUSE, lang="zh", breach_date=unknown)[0].startswith(
        "时间不详：日志起始时间较晚。原因："
    )


def test_what_nobody_asks_for_falls_out_when_it_is_not_known_or_must_not_be_told() -> None:
    unknown = {"unknown": "the logs start later"}

    assert told(DATE, CAUSE, breach_date=unknown) == ["Why: the server asked for no login."]
    assert told({**DATE, "unknown": UNKNOWN}, CAUSE, breach_date=None) == ["Why: the server asked for no login."]
    assert told({**DATE, "unknown": UNKNOWN}, CAUSE, breach_date=unknown, forbidden=("breach_date",)) == [
        "Why: the server asked for no login."
    ]


def test_a_law_that_forbids_numbers_leaves_the_rest_to_the_writer() -> None:
    """Illinois forbids the number of its residents, and its letter was as bare as one that may not tell the nature."""
    when = {"value": "2026-06-01"}
    why = "Why: the server asked for no login."

    for forbidden in (("subject_count", "local_subject_count"), ("other_people_details",)):
        assert told(DATE, CAUSE, breach_date=when, forbidden=forbidden) == [f"It happened on 1 June 2026. {why}"]
    assert told(DATE, CAUSE, breach_date=when, forbidden=("subject_count", "breach_type")) == [why]


@pytest.mark.parametrize(
    ("duty", "item"),
    [
        ("us-ma-93h-3-individuals", "parent_company"),
        ("kr-pipa-34-individuals", "cause"),
        ("us-hipaa-404-individuals", "breach_date"),
    ],
)
def test_a_letter_to_people_says_nothing_of_what_does_not_apply(duty: str, item: str) -> None:
    ruled_out = {"not_applicable": both("there is none here", "没有")["value"]}
    letter = text_of(letter_of(duty, values=every_fact(**{item: ruled_out}))).text

    assert "Does not apply" not in letter
    assert "here is none here" not in letter


def test_a_form_of_an_office_says_what_does_not_apply() -> None:
    ruled_out = {"not_applicable": both("nobody else took part", "无其他相关方")["value"]}
    for lang, text in (("en", "Does not apply. Nobody else took part."), ("zh", "不适用。无其他相关方。")):
        letter = letter_of("br-lgpd-48-anpd", lang, every_fact(other_parties=ruled_out))  # type: ignore[arg-type]

        assert text in text_of(letter).text


ILLINOIS = "us-il-530-10-individuals"


def test_illinois_reads_what_happened_and_who_tells_about_fraud_alerts() -> None:
    """815 ILCS 530/10(a)(1)(C): that these sources give information about fraud alerts and security freezes."""
    for duty in (ILLINOIS, "us-co-6-1-716-individuals", "us-nc-75-65-individuals"):
        letter = text_of(letter_of(duty, values=every_fact())).text

        assert "about fraud alerts and security freezes" in letter
    assert (
        "This letter says what happened and what you can do." in text_of(letter_of(ILLINOIS, values=every_fact())).text
    )


def test_a_letter_does_not_promise_what_nobody_stated() -> None:
    letter = text_of(letter_of(ILLINOIS, values=every_fact(breach_description=None))).text

    assert "This letter says what happened" not in letter
    assert "This letter says what you can do." in letter


def test_massachusetts_reads_how_to_reach_the_agencies_beside_the_freeze() -> None:
    contacts = both("Agency One, 1 Main Street, 800-555-0100", "征信机构一")
    blocks = letter_of("us-ma-93h-3-individuals", values=every_fact(credit_bureau_contacts=contacts)).blocks
    texts = [str(block) for block in blocks]
    found = next(index for index, text in enumerate(texts) if "Agency One" in text)

    assert "You can freeze your credit at no charge" in texts[found - 2]


def test_without_a_sentence_for_it_the_unknown_is_told_under_its_label() -> None:
    assert told(CAUSE, cause={"unknown": "nobody looked"}) == ["Cause: Not yet known. Nobody looked."]


def test_a_sentence_that_names_what_nobody_stated_keeps_the_letter_back() -> None:
    bad = {**CAUSE, "known": {"en": "{{ it }} {{ wisp }}", "zh": "{{ it }}"}}
    with pytest.raises(LetterIncomplete, match="names `wisp`, which nobody stated"):
        told(bad)


def test_a_template_that_was_not_read_from_a_file_is_held_to_the_same_names() -> None:
    words = {name: {"en": "{{ no_such_name }}", "zh": "文字"} for name in ("title", "salutation", "closing")}
    shape = LetterTemplate.model_validate({**words, "parts": [{"section": "cause"}]})
    duty, facts = book().duty(PIPL_PEOPLE), facts_of(complete())
    with pytest.raises(LetterIncomplete, match="names `no_such_name`, which is not known"):
        render(duty, facts, "en", shape, {}, NOW, vocabulary=book().vocabulary)


def test_names_that_nobody_knows_are_all_named() -> None:
    with pytest.raises(ValueError, match="`nobody`") as refused:
        LetterTexts({"cause": "x"}.__getitem__).fill("{{ cause }} {{ nobody }} {{ nothing }}")

    assert "`nothing`" in str(refused.value)


def test_a_telephone_number_stays_on_one_line() -> None:
    contact = {"value": {"name": "Desk", "phone": "+86 21 0000 0001"}}
    (text,) = told(
        {"tell": "org_contact~", "known": {"en": "Call {{ it }}.", "zh": "{{ it }}"}}, CAUSE, org_contact=contact
    )

    assert "+86\N{NO-BREAK SPACE}21\N{NO-BREAK SPACE}0000\N{NO-BREAK SPACE}0001" in text


def test_a_later_stage_says_in_its_title_which_one_it_is() -> None:
    titles = [letter_of("my-csa-6h", "en", _malaysia(), stage=stage).title for stage in (None, "initial", "supplement")]

    assert titles[0] == titles[1] == "Notification of an incident"
    assert titles[2] == "Notification of an incident: supplementary report"
    assert letter_of(CAC, "zh", stage="final").title == "示例大学关于网络安全事件的报告（总结报告）"


def _malaysia() -> dict[str, Any]:
    return complete(discovery_method=both("our scan", "自查"))


def test_a_supplement_to_a_notification_says_that_it_is_one() -> None:
    """Article 33(4): what could not be told at once follows in phases."""
    for duty in (GDPR_33, "uk-gdpr-33-ico"):
        for lang, title, text in (
            ("en", ": supplementary report", "This letter adds what was missing"),
            ("zh", "（补充报告）", "补充报告如下"),
        ):
            first, second = letter_of(duty, lang), letter_of(duty, lang, stage="supplement")  # type: ignore[arg-type]
            opening = next(block.text for block in second.blocks if isinstance(block, Paragraph))

            assert second.title == f"{first.title}{title}"
            assert text in opening
            assert text not in str(first.blocks)


def test_new_york_asks_for_the_kinds_and_for_ones_own_data_and_reads_them_once() -> None:
    known = {name: {"value": ["contact.email"]} for name in ("data_elements_specific", "data_categories")}
    facts = complete(agency_contacts=both("the Attorney General", "总检察长"), **known)
    blocks = letter_of("us-ny-899aa-individuals", "en", facts).blocks
    texts = [block.text for block in blocks if isinstance(block, Paragraph)]

    assert [text for text in texts if "e-mail address" in text.lower()] == [
        "This information about you was involved: e-mail address."
    ]


@pytest.mark.parametrize(
    ("duty", "asks_for_elements"), [(GDPR_34, False), (PIPL_PEOPLE, False), ("id-pdp-46-individuals", True)]
)
def test_of_two_words_for_ones_own_data_a_letter_tells_one(duty: str, *, asks_for_elements: bool) -> None:
    """`We do not know which` beside `these are involved` would leave the reader with neither."""
    known = {"value": ["contact.email"]}

    def unknown() -> dict[str, Any]:
        return {"unknown": both("we still count", "正在统计")["value"]}

    def data_told(lang: Lang, **facts: Any) -> list[str]:  # noqa: ANN401  (a facts file holds anything)
        blocks = letter_of(duty, lang, complete(remedies_offered=both("a hotline", "热线"), **facts)).blocks
        texts = [block.text for block in blocks if isinstance(block, Paragraph)]
        return [
            text for text in texts if any(word in text for word in ("still count", "正在统计", "e-mail ad", "邮箱地址"))
        ]

    for lang in BOTH:
        neither = data_told(lang, data_elements_specific=unknown(), data_categories=unknown())
        kinds = data_told(lang, data_elements_specific=unknown(), data_categories=known)
        own = data_told(lang, data_elements_specific=known, data_categories=unknown())

        assert [len(neither), len(kinds), len(own)] == [1, 1, 1]
        assert own == data_told(lang, data_categories=known) if not asks_for_elements else kinds == neither


def test_kinds_of_data_without_a_name_stand_at_the_end_of_their_list() -> None:
    kinds = {"value": ["unknown", "credentials.password", "other", "contact.email"]}
    sentence = {"tell": "data_categories~", "known": {"en": "These: {{ it }}.", "zh": "信息：{{ it }}。"}}

    assert told(sentence, CAUSE, data_categories=kinds)[0].startswith(
        "These: password, e-mail address, other personal data and data not yet known. "
    )
    assert told(sentence, CAUSE, lang="zh", data_categories=kinds)[0].startswith(
        "信息：密码、电子邮箱地址、其他个人信息和尚未查明的信息。"
    )


def test_a_yes_or_no_stands_behind_its_question_with_a_capital() -> None:
    question = {
        "tell": "law_enforcement_delay~",
        "known": {"en": "Was it delayed? {{ answer }}.", "zh": "是否延迟：{{ it }}。"},
    }

    assert told(question, CAUSE, law_enforcement_delay={"value": False})[0].startswith("Was it delayed? No. ")


@pytest.mark.parametrize("name", ["press", "public", "staff", "helpdesk"])
def test_a_closing_of_which_nothing_is_known_is_not_told_as_an_open_door(name: str) -> None:
    """Who does not know when access was closed does not say thereby that it is open."""
    reason = both("the host closed it and has not said when", "服务商已关闭，尚未告知时间")["value"]
    values = every_fact()
    values["facts"]["containment_date"] = {"unknown": reason}
    facts = facts_of(values)
    letters = {
        lang: text_of(draft_notice(book(), BundledFiles(), facts, book().letter(name), lang=lang, now=NOW)).text
        for lang in BOTH
    }

    assert "cannot say yet that" in letters["en"]
    assert "尚不能确认" in letters["zh"]
    assert not any(words in letters["en"] for words in ("not closed", "not over"))
    assert not any(words in letters["zh"] for words in ("尚未关闭", "尚未结束"))
