"""Reasons in Chinese say what the English ones say."""

from __future__ import annotations

import re
from datetime import date

import pytest

from leakguard.frozen import replace
from leakguard.notices.assess import Assessment
from leakguard.notices.book import assess_facts
from leakguard.notices.duties import Duty
from leakguard.notices.facts import SettledPlace
from leakguard.notices.judging import Answer
from leakguard.notices.law_of_day import Force, law_between
from leakguard.notices.place_states import PlaceRow, PlaceState, place_rows
from leakguard.notices.reasons_zh import law_zh, reason_zh
from support.each import for_each
from support.notices import GDPR_33, NOW, book, complete, facts_of

DAYS = [date(year, 6, 1) for year in (1990, 2012, 2019, 2023, 2026, 2031)]
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_URL = re.compile(r"https?://\S+")


def dates(text: str, *left_out: str) -> set[str]:
    for part in left_out:
        text = text.replace(part, "") if part else text
    return set(_DATE.findall(_URL.sub("", text)))


@for_each("duty", book().duties, ids=lambda duty: duty.id)
def test_each_reason_of_the_day_names_the_same_days_in_both_languages(duty: Duty) -> None:
    said = [text for version in duty.versions for text in (version.text, version.text_zh)]
    for day in DAYS:
        law = law_between(duty, day, day)
        if law.force in {Force.NONE, Force.UNKNOWN}:
            chinese = law_zh(duty, day, day)

            assert dates(chinese, *said) == dates(law.because, *said), (day, chinese, law.because)
            assert ("不明" in chinese or "凭记忆" in chinese) is (law.force is Force.UNKNOWN)


def test_an_end_of_a_law_and_a_day_that_has_come_are_named() -> None:
    duty = book().duty(GDPR_33)
    ended = duty.model_copy(update={"in_force_to": date(2020, 1, 1)})
    proposed = duty.model_copy(update={"status": "proposed", "in_force_from": date(2026, 1, 1)})

    assert law_zh(ended, date(2021, 1, 1), date(2021, 1, 1)) == "仅施行至2020-01-01，早于事件当日（2021-01-01）"
    assert law_zh(proposed, date(2025, 1, 1), date(2025, 1, 1)).endswith("；预计自2026-01-01起施行")
    assert law_zh(proposed, date(2026, 6, 1), date(2026, 6, 1)).endswith("不得视为没有义务")


def assessed(duty: str, *events: dict[str, str], roles: tuple[str, ...] = ("controller",)) -> tuple[Assessment, str]:
    values = complete()
    values["obligated_as"] = list(roles)
    values["events"] += events
    facts = facts_of(values)
    (one,) = assess_facts(replace(book(), duties=(book().duty(duty),)), facts, NOW)
    return one, reason_zh(one, facts, NOW, book().vocabulary)


def test_a_decision_and_an_addressee_are_told_in_chinese_and_a_rules_own_words_are_not() -> None:
    at = {"occurred_at": "2026-06-11T09:00", "recorded_at": "2026-06-11T09:00"}
    decided = {
        "id": "o1",
        "kind": "not_applicable",
        "obligation": GDPR_33,
        "reason": "密钥安全",
        "decider": "律师甲",
        **at,
    }

    assert assessed(GDPR_33, decided)[1] == "律师甲决定：密钥安全"
    assert assessed(GDPR_33, roles=("bank",))[1] == "义务主体为个人信息处理者，`obligated_as`未列此身份"
    assert assessed(GDPR_33)[1] == ""


def test_a_law_that_was_none_on_the_day_is_told_in_chinese() -> None:
    values = complete(discovery_date={"value": "2010-06-01"})
    values["events"] = []
    facts = facts_of(values)
    found = assess_facts(replace(book(), duties=(book().duty("al-dpa"), book().duty("kr-pipa-34-pipc"))), facts, NOW)
    told = [reason_zh(one, facts, NOW, book().vocabulary) for one in found]

    assert found[0].is_dormant
    assert "事件当日（2010-06-01）" in told[0]
    assert all(re.search("[\u4e00-\u9fff]", text) for one, text in zip(found, told, strict=True) if one.is_dormant)


def test_a_place_that_a_person_settled_says_who_and_why_in_chinese() -> None:
    settled = SettledPlace(place="KG", role="controller", reason="当地律师：无义务", by="律师甲")
    row = PlaceRow(place="KG", role="controller", state=PlaceState.NO_RULE_KNOWN, settled=settled)

    assert row.sentence_zh == "KG（controller）：规则未知；律师甲已作决定：当地律师：无义务。"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"status": "proposed"}, "核对时尚未成为法律"),
        ({"in_force_from": date(2040, 1, 1), "status": "not_in_force"}, "自2040-01-01起施行，事件当日不适用"),
        ({"in_force_to": date(2019, 1, 1)}, "，至2019-01-01止，事件当日不适用"),
    ],
)
def test_a_place_whose_only_duty_is_no_law_yet_or_no_more_says_so_in_chinese(
    changes: dict[str, object], words: str
) -> None:
    duty = book().duty("al-dpa").model_copy(update={"versions": (), **changes})
    values = complete(subjects_by_jurisdiction={"value": {"AL": 5}})
    rows = place_rows((duty,), book().places, facts_of(values), NOW, book().vocabulary)
    (row,) = [row for row in rows if (row.place, row.role) == ("AL", "controller")]

    assert words in row.text_zh


@pytest.mark.parametrize(
    ("state", "words"), [(PlaceState.NONE_BY_LAW, "法律未规定义务"), (PlaceState.NO_RULE_KNOWN, "不等于没有义务")]
)
def test_a_place_without_a_rule_is_told_in_chinese(state: PlaceState, words: str) -> None:
    row = PlaceRow(place="KG", role="controller", state=state, text="nobody looked", text_zh="尚无人查阅")

    assert row.sentence_zh.startswith("KG（controller）：")
    assert words in row.sentence_zh
    assert "尚无人查阅" in row.sentence_zh
    assert PlaceRow(place="DE", role="controller", state=PlaceState.RULE).sentence_zh == ""


@pytest.mark.parametrize("year", [2012, 2019, 2026])
def test_every_place_whose_law_of_the_day_decides_says_so_in_chinese(year: int) -> None:
    """The states are ours and not the words of a file: none of them is left in English alone."""
    values = complete(
        subjects_by_jurisdiction={"value": dict.fromkeys(("AL", "BA", "CN", "KR", "NL", "AE", "TH"), 5)},
        discovery_date={"value": f"{year}-06-01"},
    )
    values["obligated_as"], values["events"] = ["controller", "processor", "essential_entity"], []
    rows = place_rows(book().duties, book().places, facts_of(values), NOW, book().vocabulary)

    for row in rows:
        is_ours = row.state is not PlaceState.RULE and row.duties
        assert not is_ours or re.search("[\u4e00-\u9fff]", row.text_zh), row
        assert not (row.state is PlaceState.NONE_BY_LAW and not row.text_zh), row
    assert Answer.NO_RULE_KNOWN.value == PlaceState.NO_RULE_KNOWN.value


@for_each("duty", book().duties, ids=lambda duty: duty.id)
def test_what_was_before_a_law_is_told_in_chinese_wherever_it_is_in_english(duty: Duty) -> None:
    for version in duty.versions:
        assert bool(version.text) is bool(version.text_zh), version.until
