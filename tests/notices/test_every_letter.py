"""Every duty, and every letter that no law demands, is drafted in English and Chinese from one complete facts file."""

from __future__ import annotations

import functools
import html
import re
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from leakguard.bundled import BundledFiles
from leakguard.documents.makers import document_maker
from leakguard.errors import LetterIncomplete
from leakguard.models.languages import BOTH, Lang
from leakguard.models.letters import Block, Fields, Heading, Letter, Numbered, Paragraph, as_sent
from leakguard.notices.facts import Facts
from leakguard.notices.law_of_day import text_of_the_day
from leakguard.notices.letters.text import text_of
from leakguard.notices.notice_content import NoticeContent
from leakguard.use_cases.letters.draft_notices import draft_notice
from support.each import for_each
from support.every_fact import NOW, every_fact, facts_of_everything
from support.languages import body_of
from support.notices import book, facts_of

pytestmark = pytest.mark.long

BUNDLED = BundledFiles()
ALL = [*book().duties, *book().practice]
LATE = NOW + timedelta(days=400)
_NOT_ALWAYS = frozenset({"org_identity", "delay_reason", "supporting_evidence"})
"""The organisation has its own name, and these two are told only when the notice is late."""
_OF_THE_ORGANISATION = frozenset({"org_identity", "org_registration"})
"""Known without being stated as a fact."""
_WITHOUT_A_MARK = frozenset({"credit_monitoring", "credit_bureau_contacts"})
"""Their form is checked, so their text is a real one."""


_TO_PEOPLE = {"individuals", "public"}


def of_the_day(telling: NoticeContent, facts: Facts | None = None, now: datetime = NOW) -> NoticeContent:
    """The text that was law when the incident came into sight, from which a letter is drafted."""
    return text_of_the_day(telling, facts or facts_of_everything(), now)


def stages_of(telling: NoticeContent) -> list[str | None]:
    return [None, *(phase.name for phase in getattr(of_the_day(telling), "phases", ()))]


def drafted(
    notice: NoticeContent, lang: Lang, stage: str | None = None, *, facts: Facts | None = None, now: datetime = NOW
) -> Letter:
    facts = facts or facts_of_everything()
    return draft_notice(book(), BUNDLED, facts, notice, lang=lang, now=now, stage=stage)


@functools.cache
def nothing_known() -> Facts:
    """Every item is stated as unknown, with a reason of its own."""
    values = every_fact()
    items = book().vocabulary.content_items.keys() - {*_OF_THE_ORGANISATION, "other_people_details"}
    values["facts"] |= {
        name: {"unknown": {"en": f"nobody found {name} out", "zh": f"无人查明{name}"}} for name in items
    }
    return facts_of(values)


@functools.cache
def nothing_stated() -> Facts:
    """No item is stated, and nobody can be reached."""
    values = every_fact()
    values["facts"] = {
        name: fact for name, fact in values["facts"].items() if name not in book().vocabulary.content_items
    }
    for one in ("contact", "dpo", "registration"):
        del values["organisation"][one]
    return facts_of(values)


def unmarked(telling: NoticeContent, stage: str | None, letter: Letter, but: frozenset[str]) -> set[str]:
    """The items of a stage whose words are not in the letter."""
    text = text_of(letter).text.casefold()
    wanted = {item.item for item in of_the_day(telling).items_of(stage)} - but - _WITHOUT_A_MARK
    texts = [name for name in wanted if book().vocabulary.content_items[name].kind == "text"]
    return {name for name in texts if f"mark {name.replace('_', ' ')}" not in text}


def shapes(blocks: tuple[Block, ...]) -> Iterator[tuple[str, int]]:
    for block in blocks:
        rows = block.rows if isinstance(block, Fields) else block.entries if isinstance(block, Numbered) else ()
        yield type(block).__name__, len(rows)


def without_attachments(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """What custom names below the closing words in Chinese stands in the body in English, below a heading if alone."""
    told = [isinstance(one, Paragraph) and "mark supporting evidence" in one.text for one in blocks]
    if True not in told:
        return blocks
    at = told.index(True)
    is_alone = isinstance(blocks[at - 1], Heading) and isinstance((*blocks, blocks[at - 1])[at + 1], Heading)
    kept = (*blocks[:at], *blocks[at + 1 :])
    return (*kept[: at - 1], *kept[at:]) if is_alone else kept


@pytest.mark.parametrize("telling", ALL, ids=lambda telling: telling.id)
def test_it_is_drafted_in_both_languages_at_every_stage_with_every_item(telling: NoticeContent) -> None:
    for stage in stages_of(telling):
        letters = {lang: drafted(telling, lang, stage) for lang in BOTH}

        for letter in letters.values():
            assert unmarked(telling, stage, letter, _NOT_ALWAYS) == set()
            assert not any("must not" in remark for remark in letter.remarks)
            assert re.search(r"\{[\w ]*\}|\bNone\b|\bTrue\b", text_of(letter).text) is None
            told = "\n".join(letter.footer)
            assert sum(told.count(words) for words in ("not legal advice", "不构成法律意见")) == 1
            assert book().vocabulary.version in told
            assert any(told.count(checked) == 1 for checked in ("checked on ", "核对日期："))
            assert as_sent(letter).footer == ()
        assert "Further particulars" not in str(letters["en"].blocks), "the template forgot an item"
        english, chinese = body_of(letters["en"]), body_of(letters["zh"])
        names_below = len(chinese) < len(letters["zh"].blocks)
        english = without_attachments(english) if names_below else english
        assert list(shapes(english)) == list(shapes(chinese))


@for_each("duty", book().duties, ids=lambda duty: duty.id)
def test_a_late_notice_tells_its_reasons(duty: NoticeContent) -> None:
    assert unmarked(duty, None, drafted(duty, "en", now=LATE), frozenset({"org_identity"})) == set()


@for_each("telling", ALL, ids=lambda telling: telling.id)
def test_what_nobody_knows_is_told_as_unknown_with_its_reason(telling: NoticeContent) -> None:
    facts = nothing_known()
    for lang in BOTH:
        told = text_of(drafted(telling, lang, facts=facts)).text.casefold()
        items = of_the_day(telling, facts).items_of(None)
        due = {item.item for item in items if item.required == "yes"} - _OF_THE_ORGANISATION

        assert {name for name in due if name not in told} == set()


_UNKNOWN = {"en": r"not know|[Nn]ot yet known|cannot name|cannot say yet", "zh": r"尚未|尚不|尚无法|目前无法|不清楚"}
"""How a letter to people says that something is not known."""


@for_each("telling", [one for one in ALL if getattr(getattr(one, "recipient", None), "type", "") in _TO_PEOPLE],
          ids=lambda telling: telling.id)  # fmt: skip
def test_a_letter_to_people_gives_a_reason_only_for_what_it_calls_not_known(telling: NoticeContent) -> None:
    """What is noted for colleagues, such as why somebody decided or what proves it, is in no letter at all."""
    values = every_fact()
    for name in book().vocabulary.content_items.keys() - {*_OF_THE_ORGANISATION, "other_people_details"}:
        reason = {"en": f"reason of {name}", "zh": f"缘由{name}"}
        values["facts"][name] = {"unknown": reason, "evidence": "mark of evidence", "why": "mark of a decision"}
    facts = facts_of(values)
    for lang in BOTH:
        text = text_of(drafted(telling, lang, facts=facts)).text
        told = [line for line in text.splitlines() if "reason of " in line or "缘由" in line]

        assert "mark of" not in text
        assert [line for line in told if not re.search(_UNKNOWN[lang], line)] == []


@for_each("telling", ALL, ids=lambda telling: telling.id)
def test_all_that_is_missing_is_named_at_once(telling: NoticeContent) -> None:
    with pytest.raises(LetterIncomplete) as refused:
        drafted(telling, "zh", facts=nothing_stated())

    law = of_the_day(telling, nothing_stated())
    due = {item.item for item in law.items_of(None) if item.required == "yes"} - {"org_identity"}
    assert {name for name in due if f"{name}: not stated" not in refused.value.message} == set()


@pytest.mark.parametrize(("number", "telling"), list(enumerate(ALL)), ids=lambda one: getattr(one, "id", None))
def test_it_becomes_a_document(number: int, telling: NoticeContent) -> None:
    """In one of six ways each, in turn; the formats do not look at what a letter is about."""
    lang: Lang = "zh" if number % 2 else "en"
    letter = drafted(telling, lang)
    made = document_maker(("txt", "md", "html")[number % 3], BUNDLED).make(letter).decode()

    assert letter.closing.split()[0] in html.unescape(made).replace("\\", "")
    assert len(made) > len(text_of(letter).text)


def test_every_stage_of_a_notice_has_a_name_in_both_languages() -> None:
    words = book().vocabulary
    stages = {phase.name for duty in book().duties for phase in duty.phases}

    assert {stage for stage in stages if stage not in words.stages and f"stage_{stage}" not in words.phrases} == set()
    assert words.stage_words("of our own", "zh") == "of our own"
