"""The letters of the example that `leakguard notice example` prints, in each language of the case that they offer."""

from __future__ import annotations

import functools
import re
from datetime import UTC, datetime

import pytest

from leakguard.bundled import BundledFiles
from leakguard.errors import LetterIncomplete, UsageProblem
from leakguard.models.languages import Lang
from leakguard.notices.book import assess_facts, read_facts
from leakguard.notices.facts import Facts
from leakguard.notices.judging import Answer
from leakguard.notices.letters.text import text_of
from leakguard.notices.notice_content import NoticeContent
from leakguard.use_cases.letters.draft_notices import bare_template_of, draft_letter, draft_notice
from leakguard.use_cases.letters.letter_languages import languages_of
from support.each import for_each
from support.notices import book

pytestmark = pytest.mark.long

EXAMPLE = "examples/university-2019.yaml"
NOW = datetime(2019, 6, 11, 1, tzinfo=UTC)
"""The day after the reports were entered."""
LANGS: tuple[Lang, ...] = ("en", "zh", "de")
"""What the facts of the example are written in."""
MUST: dict[Lang, set[str]] = {
    "de": {
        "eu-gdpr-33-authority", "eu-gdpr-34-individuals", "eu-gdpr-33-5-register", "cn-csl-44-users",
        "cn-gbt35273-10-individuals",
    },
    "zh": {
        "cn-csl-44-authority", "cn-csl-44-users", "cn-gbt35273-10-report", "cn-gbt35273-10-individuals", "cn-police-14",
        "cn-cac-incident-general", "cn-pipl-57-authority", "cn-pipl-57-individuals",
    },
}  # fmt: skip
"""Letters of the case that would be missed: a test of what can be drafted must not pass with nothing drafted."""


@functools.cache
def facts() -> Facts:
    return read_facts(BundledFiles().text("templates", EXAMPLE), name=EXAMPLE, book=book(), now=NOW)


@functools.cache
def tellings() -> tuple[NoticeContent, ...]:
    """The letters that no law demands, the duties of the case, and one duty of each other template."""
    open_ones = {one.duty.id for one in assess_facts(book(), facts(), NOW) if one.applies is not Answer.NO}
    of_template = {bare_template_of(duty, BundledFiles(), book().vocabulary)[1]: duty for duty in book().duties}
    own = [duty for duty in book().duties if duty.id in {*open_ones, *MUST["de"], *MUST["zh"]}]
    chosen: list[NoticeContent] = [*book().practice, *own, *of_template.values()]
    return tuple({telling.id: telling for telling in chosen}.values())


@functools.cache
def lacking(lang: Lang) -> dict[str, set[str]]:
    """What keeps each letter that offers the language from being drafted in it: nothing, or the names of facts."""
    found: dict[str, set[str]] = {}
    for telling in tellings():
        template, name = bare_template_of(telling, BundledFiles(), book().vocabulary)
        if lang in languages_of(template, name, BundledFiles()):
            try:
                draft_notice(book(), BundledFiles(), facts(), telling, lang=lang, now=NOW)
                found[telling.id] = set()
            except LetterIncomplete as error:
                found[telling.id] = {line.split(":")[0].strip() for line in str(error).splitlines()[1:]}
    return found


@for_each("lang", ["zh", "de"])
def test_no_fact_of_the_example_is_missing_in_one_language_only(lang: Lang) -> None:
    english = lacking("en")

    assert {name: lacks - english[name] for name, lacks in lacking(lang).items() if lacks - english[name]} == {}


@for_each("lang", ["zh", "de"])
def test_the_letters_of_the_case_are_drafted(lang: Lang) -> None:
    drafted = {name for name, lacks in lacking(lang).items() if not lacks}

    assert drafted >= MUST[lang]
    assert len(drafted) >= 20


def test_a_german_letter_to_people_names_its_chinese_law_in_german() -> None:
    for duty in ("cn-csl-44-users", "cn-gbt35273-10-individuals"):
        letter = draft_letter(book(), BundledFiles(), facts(), duty, lang="de", now=NOW)
        assert not re.search("[\u3000-\u9fff]", "".join(text_of(letter).lines)), duty


@for_each("duty", ["cn-csl-44-authority", "cn-cac-incident-general", "cn-gbt35273-10-report", "cn-police-14"])
def test_a_letter_that_has_no_german_says_what_it_is_written_in_and_what_its_reader_takes(duty: str) -> None:
    """A copy for the management to read is the English one."""
    with pytest.raises(UsageProblem, match=f"{duty} is not written in German") as refused:
        draft_letter(book(), BundledFiles(), facts(), duty, lang="de", now=NOW)

    assert refused.value.next_step == "Choose one of English (en), Chinese (zh). Its reader takes Chinese (zh)."
