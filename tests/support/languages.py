"""The examples that are said in every language, and letters reduced to what must be equal in all of them."""

from __future__ import annotations

import copy
import functools
import re
from datetime import UTC, date, datetime
from typing import Any

import yaml
from babel.dates import get_month_names

from leakguard.bundled import BundledFiles
from leakguard.models.languages import LANGS, STYLES, Lang
from leakguard.models.letters import Block, Fields, Letter, Numbered
from leakguard.notices.duties import Duty
from leakguard.notices.facts import Facts
from leakguard.notices.letters.template import LetterTemplate
from leakguard.notices.wording import tidy
from leakguard.use_cases.letters.draft_notices import bare_template_of, draft_letter
from leakguard.use_cases.letters.letter_languages import languages_of
from support.notices import book, facts_of

EXAMPLE = "examples/people-in-every-language.yaml"
FOR_OFFICES = "examples/authorities-in-every-language.yaml"
AT = datetime(2026, 10, 12, 10, tzinfo=UTC)
"""Two days after the incident of the example."""
_ESTIMATED: dict[str, Any] = {
    "breach_date": {"estimate": {"earliest": "2026-08-01", "latest": "2026-09-02"}},
    "discovery_date": {"value": {"earliest": "2026-10-01T23:05", "latest": "2026-10-03T00:10"}},
}
_UNKNOWN: dict[str, Any] = {
    name: {"unknown": dict.fromkeys(LANGS, "xxreasonxx")}
    for name in ("breach_date", "data_categories", "data_elements_specific")
}
_OFFSET = re.compile(r"UTC[+-]\d\d:\d\d")
_TIME = re.compile(r"(\d{1,2})(?::|\u00a0h\u00a0)(\d\d)")
_NUMBER = re.compile(r"\d{1,3}(?:[.,\u00a0]\d{3})+|\d+")


@functools.cache
def _example(name: str) -> dict[str, Any]:
    values: dict[str, Any] = yaml.safe_load(BundledFiles().text("templates", name))
    return values


def example() -> dict[str, Any]:
    """The facts of the example for letters to people, as plain values."""
    return copy.deepcopy(_example(EXAMPLE))


def example_for_offices() -> dict[str, Any]:
    """The facts of the example for letters to authorities, as plain values."""
    return copy.deepcopy(_example(FOR_OFFICES))


@functools.cache
def _template_for(duty: str) -> tuple[LetterTemplate, str]:
    return bare_template_of(book().duty(duty), BundledFiles(), book().vocabulary)


def langs_of(duty: Duty) -> tuple[Lang, ...]:
    """The languages that the letter of a duty is offered in."""
    return languages_of(*_template_for(duty.id), BundledFiles())


LANGS_TO_PEOPLE = langs_of(book().duty("eu-gdpr-34-individuals"))
"""The languages of letters to people."""


def in_many_languages(*, to_people: bool) -> tuple[Duty, ...]:
    """Every duty whose letter goes to people, or to somebody else, and is offered in more than English and Chinese."""
    duties = [duty for duty in book().duties if (duty.recipient.type == "individuals") is to_people]
    return tuple(duty for duty in duties if len(langs_of(duty)) > 2)


def one_of_each_template() -> tuple[Duty, ...]:
    """Of the duties towards offices and others in many languages: those of the EU, and one of each template."""
    every = in_many_languages(to_people=False)
    longest = sorted(every, key=lambda duty: len(duty.content))
    chosen = {_template_for(duty.id)[1]: duty for duty in longest}
    return tuple(duty for duty in every if duty.id.startswith("eu-") or duty in chosen.values())


def _marked(changes: dict[str, Any]) -> dict[str, Any]:
    """Facts whose every text is a mark that is the same in all languages and has no digit."""
    values = example_for_offices()
    for name, kind in book().vocabulary.items.items():
        if kind.kind == "text":
            values["facts"][name] = {"value": dict.fromkeys(LANGS, f"xx{name.replace('_', 'x')}xx")}
    values["facts"]["individual_steps"] = {"value": {lang: ["xxstepsxaxx", "xxstepsxbxx"] for lang in LANGS}}
    values["facts"] |= {
        "minors_count": {"value": 3},
        "under_14_count": {"value": 2},
        "local_subject_count": {"estimate": {"low": 4100, "high": 5000}},
    }
    values["facts"] |= changes
    return values


def marked_facts(kind: str = "known") -> Facts:
    """The marked facts, read once: `known`, with times that are `estimated`, or with some that are `unknown`."""
    return _marked_facts(kind)


@functools.cache
def _marked_facts(kind: str) -> Facts:
    changes: dict[str, dict[str, Any]] = {"known": {}, "estimated": _ESTIMATED, "unknown": _UNKNOWN}
    return facts_of(_marked(changes[kind]), now=AT)


def letters_in_all_languages(duty: Duty, facts: Facts) -> dict[Lang, Letter]:
    """The letter of a duty in each language that it is offered in."""
    return {lang: draft_letter(book(), BundledFiles(), facts, duty.id, lang=lang, now=AT) for lang in langs_of(duty)}


def texts(block: Block) -> tuple[str, ...]:
    """Every text of a block, in the order of reading."""
    if isinstance(block, Numbered):
        return block.entries
    if isinstance(block, Fields):
        return tuple(part for row in block.rows for part in row)
    return (block.text,)


_AS_IN_USA = re.compile(r"([A-Z][a-z]+) (\d{1,2}), (\d{4})")
"""`May 22, 2019`, in letters to readers there."""
Tokens = tuple[tuple[str, ...], tuple[date, ...], tuple[str, ...], tuple[int, ...]]


def tokens(text: str, lang: Lang) -> Tokens:
    """The marks, days, times of day and other numbers of a text; the last three sorted, for word order differs."""
    rest = text = _AS_IN_USA.sub(r"\2 \1 \3", text) if lang == "en" else text
    days = []
    for found in _days(lang).finditer(text):
        day, month, year = int(found["d"]), found["m"], int(found["y"])
        number = int(month) if month.isdigit() else _months(lang).index(month) + 1
        days.append(date(year, number, day))
        rest = rest.replace(found[0], " ", 1)
    offsets = _OFFSET.findall(rest)
    rest = _OFFSET.sub(" ", rest)
    times = [f"{hour:0>2}:{minute}" for hour, minute in _TIME.findall(rest)]
    numbers = [int(re.sub(r"\D", "", found)) for found in _NUMBER.findall(_TIME.sub(" ", rest))]
    marks = tuple(re.findall("xx[a-z]+xx", text.casefold()))
    return marks, tuple(sorted(days)), tuple(sorted((*times, *offsets))), tuple(sorted(numbers))


def _months(lang: Lang) -> list[str]:
    return list(get_month_names("wide", locale=STYLES[lang].locale).values())


@functools.cache
def _days(lang: Lang) -> re.Pattern[str]:
    """A day in full: the names of the months are babel's, the rest is the custom of the language."""
    if STYLES[lang].cjk:
        year, month = ("년 ", "월 ") if lang == "ko" else ("年", "月")
        return re.compile(
            rf"(?P<y>\d{{4}}){year}(?P<m>\d{{1,2}}){month}(?P<d>\d{{1,2}}){'일' if lang == 'ko' else '日'}"
        )
    of = " de " if lang in {"pt", "es"} else " "
    return re.compile(rf"(?P<d>\d{{1,2}})(?:er|º|\.)?{of}(?P<m>{'|'.join(_months(lang))}){of}(?P<y>\d{{4}})")


def body_of(letter: Letter) -> tuple[Block, ...]:
    """The blocks without the closing words, which stand there where custom names the attachments behind them."""
    lead = letter.traits.attachments
    return letter.blocks[:-1] if lead and letter.closing.startswith(lead) else letter.blocks


def skeleton(letter: Letter) -> list[tuple[str, int, Tokens]]:
    """What must be equal in all languages: the kinds of blocks, how many texts each has, and what those tell.

    The name of the law is left out: each language counts its articles and acts in its own way; and so is the writer's
    own in a sentence, which German says as `wir`: it stands in the head and in the signature.
    """
    lang = letter.lang
    law = tidy(book().duty(letter.duty).law_words(lang))
    told = [(type(block).__name__, texts(block)) for block in body_of(letter)]
    without_writer = {"Paragraph": _WRITER}
    return [
        (kind, len(parts), _of(parts, lang, (law, without_writer.get(kind, law)), is_heading=kind == "Heading"))
        for kind, parts in told
    ]


_WRITER = "xxorgxidentityxx"
_ORDINAL = re.compile(r"^\d+\. ")


def _of(parts: tuple[str, ...], lang: Lang, left_out: tuple[str, str], *, is_heading: bool) -> Tokens:
    """What the parts tell; a heading's number is no part of it, and is one only where digits number headings."""
    any_of = re.compile("|".join(map(re.escape, left_out)), re.IGNORECASE)  # a sentence begins with a capital
    plain = [any_of.sub(" ", part) for part in parts]
    return tokens(" \n ".join(_ORDINAL.sub("", part) if is_heading else part for part in plain), lang)
