"""A letter from every template in every language that it is offered in, taken from the registers."""

from __future__ import annotations

import functools
from collections.abc import Iterator

from leakguard.bundled import Bundled
from leakguard.models.languages import BOTH, Lang
from leakguard.models.letters import Letter
from leakguard.notices.facts import Facts
from leakguard.notices.letters.choice import choose, parse_choices
from leakguard.notices.notice_content import NoticeContent
from leakguard.use_cases.letters.draft_notices import CHOICES, bare_template_of, draft_telling
from leakguard.use_cases.letters.letter_languages import languages_of
from support.every_fact import NOW, facts_of_everything
from support.languages import AT, marked_facts
from support.notices import book

BUNDLED = Bundled()


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
    """From facts that answer everything; in further languages from those that are said in them."""
    if lang in BOTH:
        return draft_telling(book(), BUNDLED, facts_of_everything(), telling, lang=lang, now=NOW)
    return draft_telling(book(), BUNDLED, _said_in_all(), telling, lang=lang, now=AT)


@functools.cache
def _said_in_all() -> Facts:
    return marked_facts()
