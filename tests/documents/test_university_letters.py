"""The letters of the university case, as they were read aloud and approved."""

from __future__ import annotations

import functools
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from leakguard.bundled import BundledFiles
from leakguard.documents.makers import document_maker
from leakguard.models.languages import BOTH, Lang
from leakguard.notices.book import read_facts
from leakguard.notices.facts import Facts
from leakguard.notices.notice_content import NoticeContent
from leakguard.use_cases.letters.draft_notices import draft_notice
from support.notices import CAC, GDPR_33, GDPR_34, PIPL_AUTHORITY, PIPL_PEOPLE, book

pytestmark = pytest.mark.untraced

GOLDEN = Path(__file__).parent / "golden" / "university"
NOW = datetime(2026, 5, 24, 2, tzinfo=UTC)
"""Ten in the morning in Shanghai, an hour after the door was closed."""
LETTERS = [
    *(book().duty(one) for one in (GDPR_33, GDPR_34, CAC, PIPL_AUTHORITY, PIPL_PEOPLE)), *book().practice
]  # fmt: skip


@functools.cache
def replay() -> Facts:
    name = "examples/university-replay.yaml"
    return read_facts(BundledFiles().text("templates", name), name=name, book=book(), now=NOW)


@pytest.mark.parametrize("telling", LETTERS, ids=lambda telling: telling.id)
@pytest.mark.parametrize("lang", BOTH)
def test_each_letter_is_as_it_was_approved(telling: NoticeContent, lang: Lang) -> None:
    """`LEAKGUARD_NEW_GOLDEN=1` writes them anew; read the difference aloud before it is kept."""
    letter = draft_notice(book(), BundledFiles(), replay(), telling, lang=lang, now=NOW)
    made = document_maker("md", BundledFiles()).make(letter)
    path = GOLDEN / f"{telling.id}.{lang}.md"
    if os.environ.get("LEAKGUARD_NEW_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(made)

    assert made.decode() == path.read_text(encoding="utf-8")
    assert not any("must not" in remark for remark in letter.remarks)


@pytest.mark.parametrize("telling", LETTERS, ids=lambda telling: telling.id)
@pytest.mark.parametrize("lang", BOTH)
def test_no_sentence_is_told_twice_in_one_letter(telling: NoticeContent, lang: Lang) -> None:
    letter = draft_notice(book(), BundledFiles(), replay(), telling, lang=lang, now=NOW)
    text = document_maker("txt", BundledFiles()).make(letter).decode().split("-" * 76)[0]
    sentences = [part.strip() for part in text.replace("\n", " ").replace("。", ". ").split(". ") if len(part) > 24]

    assert sorted({one for one in sentences if sentences.count(one) > 1}) == []
