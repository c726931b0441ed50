"""A letter from every template in every language that it is offered in, taken from the registers."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

from leakguard.bundled import BundledFiles
from leakguard.models.languages import LANGS, Lang
from leakguard.models.letters import Letter
from leakguard.notices.facts import Facts
from leakguard.notices.letters.choice import choose, parse_choices
from leakguard.notices.notice_content import NoticeContent
from leakguard.use_cases.letters.draft_notices import CHOICES, bare_template_of, draft_notice
from leakguard.use_cases.letters.letter_languages import languages_of
from support.every_fact import NOW, every_fact
from support.notices import book, facts_of

BUNDLED = BundledFiles()


@functools.cache
def one_for_each_template() -> dict[str, NoticeContent]:
    """The first duty, or letter that no law demands, that each template writes."""
    names = BUNDLED.names("templates")
    choices = parse_choices(BUNDLED.text("templates", CHOICES), name=CHOICES, templates=names)
    found: dict[str, NoticeContent] = {}
    for telling in (*book().duties, *book().practice):
        if (name := choose(telling, choices, names)) is not None:
            found.setdefault(name, telling)
    return found


def languages(telling: NoticeContent) -> tuple[Lang, ...]:
    """Those that its letter is offered in."""
    return languages_of(*bare_template_of(telling, BUNDLED, book().vocabulary), BUNDLED)


def letters() -> Iterator[tuple[str, Letter]]:
    """Name and draft of each; `cn-pipl-57-authority.zh`, in the order of the register."""
    for telling in one_for_each_template().values():
        for lang in languages(telling):
            yield f"{telling.id}.{lang}", _drafted(telling, lang)


def _drafted(telling: NoticeContent, lang: Lang) -> Letter:
    return draft_notice(book(), BUNDLED, _facts(), telling, lang=lang, now=NOW)


@functools.cache
def _facts() -> Facts:
    """They answer everything; beside English and Chinese in English words, which no document minds."""
    known = {"unknown": {"en": "the logs reach back 7 days only", "zh": "日志仅保留7天"}}
    return facts_of(_widened(every_fact(exfiltration=known)), now=NOW)


def _widened(value: Any) -> Any:  # noqa: ANN401  (a facts file holds anything)
    """Every text of two languages in all of them."""
    if isinstance(value, dict):
        widened = {name: _widened(one) for name, one in value.items()}
        return dict.fromkeys(LANGS, widened["en"]) | widened if {"en", "zh"} <= set(value) else widened
    return [_widened(one) for one in value] if isinstance(value, list) else value
