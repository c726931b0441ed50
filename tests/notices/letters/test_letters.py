"""The letters."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from leakguard.bundled import BundledFiles
from leakguard.errors import BadFile, LetterIncomplete
from leakguard.models.letters import Fields, Heading, Letter, Numbered, Paragraph
from leakguard.notices.book import DutyBook, statuses_of
from leakguard.notices.duties import Duty
from leakguard.notices.letters.draft import render
from leakguard.notices.letters.template import LetterTemplate, parse_template
from leakguard.notices.notice_content import ContentItem
from leakguard.notices.vocabulary import BOTH, Lang
from leakguard.use_cases.letters.draft_notices import draft_letter
from support.every_fact import every_fact
from support.notices import CAC, DUTIES, GDPR_33, GDPR_34, NOW, PIPL_PEOPLE, book, complete, facts_of, letter_of

LATE = datetime(2026, 6, 20, tzinfo=UTC)
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


_MYRIADS = {"亿": 10**8, "万": 10**4}


def body(letter: Letter) -> str:
    """All words of a letter but its footer."""
    texts = [letter.title, letter.salutation, letter.closing, *letter.sender, *letter.addressee, *letter.signature]
    for block in letter.blocks:
        if isinstance(block, Heading | Paragraph):
            texts.append(block.text)
        elif isinstance(block, Numbered):
            texts += block.entries
        else:
            texts += [part for row in block.rows for part in row]
    return "\n".join(texts)


def days_and_numbers(text: str) -> tuple[set[str], set[str]]:
    """Days as ISO dates and every other number, whatever the language."""
    found = {
        f"{y}-{_MONTHS.index(m) + 1}-{d}" for d, m, y in re.findall(rf"(\d+) ({'|'.join(_MONTHS)}) (\d{{4}})", text)
    }
    found |= {"-".join(parts) for parts in re.findall(r"(\d{4})年(\d+)月(\d+)日", text)}
    text = text.replace("（北京时间）", " (UTC+08:00)")
    text = re.sub(r"(\d+)([亿万])", lambda found: f"{int(found[1]) * _MYRIADS[found[2]]:,}", text)
    rest = re.sub(rf"\d+ (?:{'|'.join(_MONTHS)}) \d{{4}}|\d{{4}}年\d+月\d+日|^\d+\. ", "", text, flags=re.MULTILINE)
    return found, set(re.findall(r"\d[\d,.:]*\d|\d", rest))


@pytest.mark.parametrize("duty", DUTIES)
@pytest.mark.parametrize("now", [NOW, LATE])
def test_both_languages_tell_the_same_days_numbers_and_items(duty: str, now: datetime) -> None:
    values = complete(delay_reason={"value": {"en": "late", "zh": "迟"}})
    en, zh = (letter_of(duty, lang, values, now=now) for lang in BOTH)
    english, chinese = ({*days_and_numbers(body(letter))[0]} for letter in (en, zh))
    numbers = [days_and_numbers(body(letter))[1] for letter in (en, zh)]
    articles = set(re.findall(r"\d+", f"{book().duty(duty).article} {book().duty(duty).law}"))

    assert english - {f"{now.year}-6-{now.day}"} == chinese - {f"{now.year}-6-{now.day}"}
    assert numbers[0] - articles == numbers[1] - articles
    assert [type(block) for block in en.blocks] == [type(block) for block in zh.blocks]
    for one, other in zip(en.blocks, zh.blocks, strict=True):
        if isinstance(one, Fields) and isinstance(other, Fields):
            assert len(one.rows) == len(other.rows)
        if isinstance(one, Numbered) and isinstance(other, Numbered):
            assert len(one.entries) == len(other.entries)


@pytest.mark.parametrize("duty", DUTIES)
@pytest.mark.parametrize("lang", BOTH)
def test_every_item_that_the_law_wants_is_in_the_letter(duty: str, lang: Lang) -> None:
    """Each item is given words of its own; all of them are found again."""
    marks = {}
    values = complete()
    for number, item in enumerate(book().duty(duty).content):
        if book().vocabulary.items[item.item].kind == "text" and item.item != "org_identity":
            marks[item.item] = f"mark{number}mark"
            values["facts"][item.item] = {"value": marks[item.item]}
    text = body(letter_of(duty, lang, values, now=LATE)).lower()

    assert [item for item, mark in marks.items() if mark not in text] == []


@pytest.mark.parametrize("duty", DUTIES)
@pytest.mark.parametrize("lang", BOTH)
def test_the_footer_says_what_the_draft_rests_on_and_once_that_it_is_no_advice(duty: str, lang: Lang) -> None:
    footer = "\n".join(letter_of(duty, lang).footer)
    rule = book().duty(duty)

    assert rule.id in footer
    assert book().vocabulary.version in footer
    assert rule.source_url in footer
    assert all(word in footer for word in rule.verify_words(lang))
    assert footer.count({"en": "not legal advice", "zh": "不构成法律意见"}[lang]) == 1
    assert {"en": "Draft of 12 June 2026", "zh": "2026年6月12日形成的草稿"}[lang] in footer


def test_what_is_unknown_is_told_with_its_reason() -> None:
    letter = letter_of(CAC, "en", complete(location={"unknown": "the logs start later"}))

    assert "Not yet known. The logs start later." in body(letter)
    assert any(remark.startswith("location: the duty asks for it") for remark in letter.remarks)


def test_of_the_time_of_discovery_and_of_occurrence_one_is_enough_and_an_unknown_one_is_told() -> None:
    letter = letter_of(CAC, "en", complete(breach_date={"unknown": "the logs start later"}))

    assert "Not yet known. The logs start later." in body(letter)
    assert not any(remark.startswith("breach_date") for remark in letter.remarks)


def test_all_missing_facts_are_named_at_once() -> None:
    with pytest.raises(LetterIncomplete) as caught:
        letter_of(GDPR_33, "en", complete(consequences=None, measures_taken=None, record_count=None), now=LATE)

    assert [line.split(":")[0].strip() for line in caught.value.message.splitlines()[1:]] == [
        "record_count", "consequences", "measures_taken", "delay_reason",
    ]  # fmt: skip


def test_a_text_that_is_missing_in_the_language_is_named() -> None:
    with pytest.raises(LetterIncomplete, match="cause: is written for another language only; add it under `zh`"):
        letter_of(PIPL_PEOPLE, "zh", complete(cause={"value": {"en": "only English"}}))


def test_the_delay_is_told_only_when_there_is_one() -> None:
    reasons = {"value": {"en": "nobody was on call", "zh": "无人值班"}}

    assert "Reasons for the delay" not in body(letter_of(GDPR_33))
    assert "Nobody was on call." in body(letter_of(GDPR_33, "en", complete(delay_reason=reasons), now=LATE))
    assert "This notification is late" in body(letter_of(GDPR_33, "en", complete(delay_reason=reasons), now=LATE))


def test_awareness_is_told_as_it_was_recorded() -> None:
    values = complete()
    assert "aware of it on 10 June 2026, 23:00 (UTC+08:00)" in body(letter_of(GDPR_33, "en", values))
    values["events"][0]["occurred_at"] = {"earliest": "2026-06-10", "latest": "2026-06-11"}
    assert "aware of it on 10 or 11 June 2026" in body(letter_of(GDPR_33, "en", values))
    del values["events"]
    assert "aware of it" not in body(letter_of(GDPR_33, "en", values))


def test_a_stage_has_its_own_letter() -> None:
    final = letter_of(CAC, "zh", stage="final")

    assert "总结报告" in final.title
    assert "新服务器上线未经审核" in body(final)
    assert "请求支援" not in body(final)


def test_the_first_report_in_china_says_when_and_where() -> None:
    """The second item of Art. 7 has the time, the place, the type and the grade; time and place are never left out."""
    first = body(letter_of(CAC, "zh", stage="initial"))

    assert "发现时间" in first
    assert "学校数据中心" in first
    with pytest.raises(LetterIncomplete, match="location"):
        letter_of(CAC, "zh", complete(location=None), stage="initial")


def test_the_first_report_in_china_tells_what_is_known_of_the_later_items() -> None:
    """The first two items may go alone only as far as the rest cannot be judged in four hours."""
    known = letter_of(CAC, "zh", stage="initial")
    unknown = letter_of(CAC, "zh", complete(trend=None, cause={"unknown": {"en": "x", "zh": "y"}}), stage="initial")
    headings = [block.text for block in known.blocks if isinstance(block, Heading)]

    assert "服务器未设登录认证" in body(known)
    assert [heading[:2] for heading in headings] == [f"{digit}、" for digit in "一二三四五六七八九"]
    assert headings[-1] == "九、后续报告"
    assert "事态发展趋势" not in body(unknown)
    assert "尚未查明。y。" in body(unknown)


def test_an_old_incident_gets_the_law_of_its_day_told() -> None:
    values = complete(discovery_date={"value": "2019-05-22"})
    del values["events"]

    assert any("not in force" in line for line in letter_of(PIPL_PEOPLE, "en", values).footer)


def test_a_late_letter_announces_reasons_only_where_it_gives_them() -> None:
    """Vermont asks for no reasons, so its letter announced what never came, though they were stated."""
    values = every_fact(data_categories={"value": ["identification_number.us_ssn"]}, acquisition={"value": True})
    values["facts"]["subjects_by_jurisdiction"] = {"value": {"US-VT": 3}}
    duty, now = "us-vt-2435-ag", datetime(2027, 1, 4, tzinfo=UTC)
    given = body(letter_of(duty, "en", values, now=now))
    del values["facts"]["delay_reason"]
    silent = body(letter_of(duty, "en", values, now=now))

    assert "This notification is late; the reasons are given below." in given
    assert "The mark delay reason is told." in given
    assert "This notification is late" not in silent
    assert "Reasons for the delay" not in silent


@pytest.mark.parametrize("name", ["Example Inc.", "Banco Exemplo S.A.", "Example University"])
def test_an_organisation_whose_name_ends_with_a_dot_is_followed_by_one_full_stop(name: str) -> None:
    values = complete()
    values["organisation"]["name"] = name
    values["facts"]["data_categories"] = {"value": ["identification_number.us_ssn"]}
    text = body(letter_of("us-tx-521-053-individuals", "en", values))

    assert f"data breach at {name.rstrip('.')}. This letter says" in text


def test_a_kind_of_data_without_words_in_the_language_is_remarked_on() -> None:
    values = complete(data_categories={"value": ["health.diagnosis", "health.rare_code"]})
    letter = letter_of(PIPL_PEOPLE, "en", values)

    assert "diagnoses" in body(letter)
    assert [line for line in letter.remarks if "has no words of its own" in line] == [
        "data_categories: `health.rare_code` has no words of its own, so the letter tells it as it is typed"
    ]


def test_a_plain_text_serves_every_language_and_is_remarked_on() -> None:
    values = complete(consequences={"value": "可能收到欺诈信息"})

    assert "consequences: written in another language than the letter" in letter_of(PIPL_PEOPLE, "en", values).remarks


def test_an_address_of_a_stranger_is_remarked_on() -> None:
    steps = {"value": "Write to privacy@university.example."}
    assert letter_of(GDPR_34, "en", complete(individual_steps=steps)).remarks == ()
    values = complete(individual_steps={"value": "Write to victim@mail.example."})
    assert any("not your own" in remark for remark in letter_of(GDPR_34, "en", values).remarks)
    values["organisation"]["dpo"] = "the desk, desk@mail.example"
    assert letter_of(GDPR_34, "en", values).remarks == ()
    del values["organisation"]["dpo"]
    values["facts"]["dpo_contact"] = {"value": "the desk, +86 21"}
    assert len(letter_of(GDPR_34, "en", values).remarks) == 1


def test_recommended_and_undecided_items_are_remarked_on() -> None:
    values = complete(individual_steps=None)
    assert letter_of(GDPR_34, "en", values).remarks == (
        "individual_steps: recommended for individuals, and not stated",
    )
    del values["events"]

    assert any("needed if its condition holds" in remark for remark in letter_of(GDPR_33, "en", values).remarks)


def test_who_files_the_report_signs_it() -> None:
    letter = letter_of(GDPR_33, "en", complete(reporter={"value": "A. Example, CISO"}))

    assert letter.signature == ("A. Example, CISO", "Example University")


def test_a_template_in_a_fact_stays_text() -> None:
    letter = letter_of(
        GDPR_33, "en", complete(cause={"value": "x"}, consequences={"value": "{{ org_identity }} {% raw %}"})
    )

    assert "{{ org_identity }} {% raw %}" in body(letter)


def template(parts: str, title: str = "t") -> LetterTemplate:
    text = f"title: {{en: '{title}', zh: t}}\nsalutation: {{en: s, zh: s}}\nclosing: {{en: c, zh: c}}\nparts: {parts}"
    return parse_template(text, name="t", vocabulary=book().vocabulary)


def drafted(shape: LetterTemplate, duty: Duty | None = None, values: dict[str, Any] | None = None) -> Letter:
    facts = facts_of(values)
    statuses = statuses_of(book(), facts, NOW)
    return render(duty or book().duty(PIPL_PEOPLE), facts, "en", shape, statuses, NOW, vocabulary=book().vocabulary)


def test_unstated_facts_in_texts_are_all_named() -> None:
    shape = template("[{paragraph: {en: '{{ wisp }} {{ parent_company }}', zh: z}}]", title="{{ minors_count }}")

    with pytest.raises(LetterIncomplete) as caught:
        drafted(shape)
    assert [name for name in ("wisp", "parent_company", "minors_count") if name not in caught.value.message] == []
    assert caught.value.message.count("which nobody stated") == 3


def test_items_that_no_part_names_are_told_at_the_end_anyway() -> None:
    letter = drafted(template("[{heading: {en: h, zh: h}}]"))
    headings = [block.text for block in letter.blocks if isinstance(block, Heading)]

    assert headings == ["Cause", "What may follow", "What we have done", "What people can do", "Further particulars"]
    assert isinstance(letter.blocks[-1], Fields)


def test_a_letter_never_shows_what_its_law_forbids() -> None:
    duty = book().duty(PIPL_PEOPLE).model_copy(update={"must_not_contain": ("cause",)})

    with pytest.raises(LetterIncomplete, match="cause: the law forbids it"):
        drafted(template("[{section: cause}]"), duty)


def test_a_part_is_one_thing_and_names_known_items() -> None:
    for parts in ("[{}]", "[{heading: {en: a, zh: b}, rest: true}]"):
        with pytest.raises(BadFile, match="exactly one of"):
            template(parts)
    with pytest.raises(BadFile, match="did you mean `cause`"):
        template("[{fields: [cuase, systems~]}]")


def test_a_list_that_nobody_stated_is_left_out_or_told_as_unknown() -> None:
    letter = drafted(
        template("[{numbered: cause}, {section: trend~}, {fields: [wisp~]}]"),
        values=complete(cause={"unknown": "x"}),
    )

    assert Paragraph(text="Not yet known. X.") in letter.blocks


@pytest.mark.parametrize("recipient", ["individuals", "regulator"])
def test_a_duty_without_a_letter_of_its_own_gets_the_plain_one(recipient: str) -> None:
    duty = book().duty(PIPL_PEOPLE)
    other = duty.model_copy(
        update={"id": "xx-new-duty", "soft": True, "recipient": duty.recipient.model_copy(update={"type": recipient}),
                "content": (*duty.content, ContentItem(item="minors_count", required="if_known")), "verify_fields": (),
                "sources": {}}
    )  # fmt: skip
    own = DutyBook(vocabulary=book().vocabulary, duties=(other,))
    facts = facts_of(complete(minors_count={"value": 3}))
    for lang in BOTH:
        letter = draft_letter(own, BundledFiles(), facts, "xx-new-duty", lang=lang, now=NOW)
        assert "3" in body(letter)
        assert "deceptive messages" in body(letter).lower() or lang == "zh"
        assert len(letter.footer) == 5
