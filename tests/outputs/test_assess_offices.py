"""The screen of `notice assess` names the office as the recipient, or says that it is open which one it is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from leakguard.bundled import BundledFiles
from leakguard.outputs.assess_say import AssessTexts
from leakguard.outputs.assess_screen import Screen, ScreenSize
from leakguard.outputs.assess_words import ScreenLang
from leakguard.use_cases.letters.assess_notices import assess_notices
from leakguard.use_cases.letters.given_facts import NoticeInput
from support.every_fact import every_fact
from support.notices import book, facts_of

NOW = datetime(2026, 11, 30, tzinfo=UTC)


def shown(lang: ScreenLang, people: dict[str, int] | None = None, **organisation: str) -> str:
    """The rows of a wide screen."""
    values: dict[str, Any] = every_fact()
    values["organisation"] = {**values["organisation"], **organisation}
    if people is not None:
        values["facts"]["subjects_by_jurisdiction"] = {"value": people}
    work = NoticeInput(book=book(), facts=facts_of(values, now=NOW), text="", now=NOW)
    found = assess_notices(work, folders=BundledFiles())
    screen = Screen(found=found, say=AssessTexts(lang), size=ScreenSize(width=220, height=2000), file="facts.yaml")
    rows = ("".join(text for text, _ in line) for line in screen.lines())
    return next(row for row in rows if "eu-gdpr-33-authority" in row)


@pytest.mark.parametrize(
    ("lang", "name"),
    [
        ("en", "State Commissioner for Data Protection and Freedom of Information of Baden-Württemberg"),
        ("zh", "巴登-符腾堡州数据保护与信息自由专员"),
    ],
)
def test_a_known_office_stands_in_its_row_by_its_name(lang: ScreenLang, name: str) -> None:
    assert name in shown(lang, country="DE", region="DE-BW", body="public")


@pytest.mark.parametrize(
    ("lang", "words"),
    [("en", "Competent supervisory authority (which one is open)"), ("zh", "主管监督机构（具体机关未定）")],
)
def test_an_open_office_is_marked_as_open(lang: ScreenLang, words: str) -> None:
    assert words in shown(lang, country="DE")


def test_several_offices_are_counted() -> None:
    assert "each of 2 authorities" in shown("en", {"FR": 300, "IT": 5}, country="US")
