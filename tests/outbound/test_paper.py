"""The skeletons of the two papers: what the facts state is filled in, in both languages and every form."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import docx
import pytest

from leakguard.bundled import BundledFiles
from leakguard.documents.makers import document_maker
from leakguard.models.letters import Letter
from leakguard.outbound.counting import count_people
from leakguard.outbound.decide import decide
from leakguard.outbound.paper import PaperInput, skeleton
from leakguard.outbound.rules import ScreenLang
from support.outbound import RECIPIENT, a_file, parsed, rules

DAY = date(2026, 11, 30)
FULL = RECIPIENT | {
    "name": {"en": "Campus Cloud", "zh": "校园云"}, "reference": "2026-0142", "until": "2029-03-01", "data": ["names"],
    "purpose": "hosting", "impact_assessment": "2026-02-16", "contact": "privacy@cloud.example", "role": "processor",
}  # fmt: skip


def drawn(name: str, lang: ScreenLang, day: date = DAY, **values: Any) -> Letter:  # noqa: ANN401  (a file holds anything)
    facts = parsed(a_file(**values))
    counted = count_people(facts, rules().text_on(day), day)
    decision = decide(rules(), day, counted.answers)
    return skeleton(PaperInput(book=rules(), facts=facts, decision=decision, counted=counted, day=day), name, lang)


def text_of(letter: Letter) -> str:
    return document_maker("txt", BundledFiles()).make(letter).decode()


@pytest.mark.parametrize("name", sorted(rules().papers))
def test_what_is_stated_is_filled_in_and_the_rest_is_asked_for(name: str) -> None:
    text = text_of(drawn(name, "en", facts={"people": 100_000}, recipients=[FULL]))

    for word in (
        "Campus Cloud", "Singapore", "2026-0142", "2029-03-01", "hosting", "2026-02-16", "100,000", "processor",
        "standard contract, filed or", "2026-01-01", "no", "[to be filled in]",
    ):  # fmt: skip
        assert word in text, word


@pytest.mark.parametrize("name", sorted(rules().papers))
def test_the_chinese_paper_has_no_english_but_what_was_written_so(name: str) -> None:
    text = text_of(drawn(name, "zh", facts={"people": 100_000}, recipients=[FULL]))

    for word in (
        "已读他处引用的原文" if name == "self-assessment" else "凭记忆",
        "校园云",
        "新加坡",
        "个人信息出境标准合同",
        "一、",
        "［待填写］",
        "受托人",
    ):
        assert word in text, word
    assert "Recipient" not in text


def test_what_is_not_known_is_said_so() -> None:
    rough = {"ciio": {"unknown": "asked"}, "people": {"estimate": {"low": 1, "high": 2}}}
    text = text_of(drawn("impact-assessment", "en", facts=rough))

    assert "not known yet" in text
    assert "1-2" in text
    assert "[to be filled in]" in text


def test_a_day_whose_law_is_not_known_leaves_route_and_counts_open() -> None:
    assert text_of(drawn("self-assessment", "en", day=date(2020, 1, 1))).count("not known yet") >= 3


def test_a_paper_opens_as_a_document() -> None:
    letter = drawn("self-assessment", "zh", recipients=[FULL])
    document = docx.Document(io.BytesIO(document_maker("docx", BundledFiles()).make(letter)))

    assert any("数据出境风险自评估报告" in one.text for one in document.paragraphs)
