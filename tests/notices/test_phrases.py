"""Facts in words."""

from __future__ import annotations

from typing import Any

import pytest

from leakguard.bundled import BundledFiles
from leakguard.notices.phrases import NotInThisLanguage, Phrases
from leakguard.notices.vocabulary import Lang
from leakguard.notices.vocabulary_file import parse_vocabulary
from leakguard.notices.wording import ordinal, sentence, tidy
from support.notices import book, complete, facts_of


def line(lang: Lang, **fact: Any) -> str:  # noqa: ANN401  (a facts file holds anything)
    ((name, value),) = fact.items()
    facts = facts_of(complete(**{name: value}))
    return Phrases(book().vocabulary, lang, zone=facts.zone).line(facts.stated[name])


ROUGHLY = ("between 40,000 and 41,000 people, an estimate", "40,000至41,000人（估计）")


@pytest.mark.parametrize(
    ("name", "fact", "en", "zh"),
    [
        ("subject_count", {"value": 41_000}, "41,000 people", "41,000人"),
        ("subject_count", {"value": 2_300_000}, "2,300,000 people", "230万人"),
        ("record_count", {"value": 9_500_000_000}, "9,500,000,000 records", "95亿条记录"),
        ("record_count", {"value": 123_450_000}, "123,450,000 records", "123,450,000条记录"),
        ("subject_count", {"estimate": {"low": 40_000, "high": 41_000}}, *ROUGHLY),
        ("subject_count", {"value": 1}, "1 person", "1人"),
        ("subject_count", {"estimate": {"low": 1, "high": 2}}, "between 1 and 2 people, an estimate", "1至2人（估计）"),
        ("subject_count", {"estimate": {"low": 9, "high": 9}}, "about 9 people, an estimate", "约9人（估计）"),
        ("breach_date", {"value": "2019-05-22"}, "22 May 2019", "2019年5月22日"),
        ("breach_date", {"estimate": "2019-05-22"}, "about 22 May 2019, an estimate", "约2019年5月22日（估计）"),
        ("breach_date", {"value": "2026-06-10T22:30"}, "10 June 2026, 22:30 (UTC+08:00)",
         "2026年6月10日22:30（北京时间）"),
        ("breach_date", {"value": "2026-06-10T22:30Z"}, "11 June 2026, 06:30 (UTC+08:00)",
         "2026年6月11日06:30（北京时间）"),
        ("breach_date", {"value": {"earliest": "2019-05-01", "latest": "2019-05-22"}},
         "between 1 May 2019 and 22 May 2019", "2019年5月1日至2019年5月22日之间"),
        ("breach_date", {"value": {"earliest": "2019-05-22", "latest": "2019-05-23"}},
         "22 or 23 May 2019", "2019年5月22日或者23日"),
        ("breach_date", {"estimate": {"earliest": "2019-05-22", "latest": "2019-05-23"}},
         "between 22 May 2019 and 23 May 2019, an estimate", "2019年5月22日至2019年5月23日之间（估计）"),
        ("cause", {"unknown": {"en": "no logs", "zh": "无日志"}}, "Not yet known. No logs.", "尚未查明。无日志。"),
        ("cause", {"not_applicable": {"en": "none.", "zh": "无。"}}, "Does not apply. None.", "不适用。无。"),
        ("cause", {"value": {"en": ["a", "b"], "zh": ["甲", "乙"]}}, "a, b", "甲、乙"),
        ("cause", {"value": {"en": ["a, c", "b"], "zh": ["甲，丙", "乙"]}}, "a, c; b", "甲，丙；乙"),
        ("cause", {"value": {"en": ["We shut the port.", "We keep all logs."], "zh": ["已关闭端口。", "已留存日志。"]}},
         "We shut the port; We keep all logs.", "已关闭端口；已留存日志。"),
        ("cause", {"value": {"en": ["Example Inc.", "Other Ltd."], "zh": ["甲公司", "乙公司"]}},
         "Example Inc., Other Ltd.", "甲公司、乙公司"),
        ("cross_border", {"value": True}, "yes", "是"),
        ("exposure", {"value": False}, "no", "否"),
        ("encryption", {"value": {"encrypted": None}}, "not known", "尚未查明"),
        ("risk", {"value": "high_risk"}, "high_risk", "high_risk"),
        ("direct_loss", {"value": {"amount": 5, "currency": "CNY"}}, "5 CNY", "人民币5元"),
        ("direct_loss", {"value": [{"amount": 5, "currency": "CNY"}, {"amount": 1, "currency": "EUR"}]},
         "5 CNY, 1 EUR", "人民币5元、1欧元"),
        ("subjects_by_jurisdiction", {"value": {"CN": 4, "DE": 1}}, "CN 4, DE 1", "CN 4、DE 1"),
        ("operates_in", {"value": ["CN", "DE"]}, "CN, DE", "CN、DE"),
        ("data_categories", {"value": ["contact.email", "health"]}, "e-mail addresses, health data",
         "电子邮箱地址、健康信息"),
        ("org_contact", {"value": {"name": {"en": "Desk", "zh": "服务台"}, "phone": "+86 21"}},
         "Desk, +86\N{NO-BREAK SPACE}21", "服务台，电话：+86\N{NO-BREAK SPACE}21"),
        ("org_contact", {"value": {"en": "the desk", "zh": "服务台"}}, "the desk", "服务台"),
        ("org_contact", {"value": {"phone": 12345}}, "12345", "电话：12345"),
    ],
)  # fmt: skip
def test_a_fact_in_words(name: str, fact: object, en: str, zh: str) -> None:
    assert line("en", **{name: fact}) == en
    assert line("zh", **{name: fact}) == zh


def test_a_count_without_a_unit_is_a_bare_number() -> None:
    text = BundledFiles().text("duties", "vocabulary.yaml").replace(", unit: records", "")
    words = parse_vocabulary(text, name="v")

    assert Phrases(words, "en", zone="UTC").line(facts_of().stated["record_count"]) == "9,500,000,000"


def test_a_time_in_utc_keeps_its_zone() -> None:
    values = complete(discovery_date={"value": "2026-06-10T22:30Z"})
    values["zone"] = "UTC"
    facts = facts_of(values)

    assert (
        Phrases(book().vocabulary, "en", zone="UTC").line(facts.stated["discovery_date"]) == "10 June 2026, 22:30 (UTC)"
    )


def test_a_text_of_another_language_is_not_translated() -> None:
    with pytest.raises(NotInThisLanguage):
        line("zh", cause={"value": {"en": "only English"}})


@pytest.mark.parametrize(
    ("text", "lang", "wanted"),
    [("a", "en", "A."), ("A?", "en", "A?"), ("", "en", "."), ("b;", "en", "B."), ("中", "zh", "中。"),
     ("中。", "zh", "中。"),
     ("end.", "zh", "end。")],
)  # fmt: skip
def test_a_sentence_ends_with_its_stop(text: str, lang: Lang, wanted: str) -> None:
    assert sentence(text, lang) == wanted


def test_chinese_signs_have_no_space_between_them() -> None:
    assert tidy(" 一句。 \n 二句 and 三 ") == "一句。二句 and 三"


@pytest.mark.parametrize(
    ("number", "mark"), [(1, "一、"), (10, "十、"), (11, "十一、"), (20, "二十、"), (99, "九十九、")]
)
def test_headings_are_numbered_as_chinese_documents_do(number: int, mark: str) -> None:
    assert ordinal(number, "zh") == mark
    assert ordinal(number, "en") == f"{number}. "
