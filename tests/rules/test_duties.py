"""The duties that ship: what holds for the data, whoever adds the next hundred."""

from __future__ import annotations

import re

import pytest

from leakguard.bundled import BundledFiles
from leakguard.clocks.rules import ClockRule
from leakguard.notices.book import read_facts
from leakguard.notices.letters.template import parse_template
from support.notices import CAC, DUTIES, GDPR_33, NOW, book

pytestmark = pytest.mark.untraced

ALL = [duty.id for duty in book().duties]


def test_the_first_five_duties_ship() -> None:
    assert set(DUTIES) <= set(ALL)


def test_a_duty_says_where_it_comes_from_and_when_it_was_checked() -> None:
    marks = book().vocabulary.marks
    for duty in book().duties:
        assert duty.source_url.startswith("http"), duty.id
        assert duty.verified_on.year >= 2026, duty.id
        assert duty.recipient.name, duty.id
        assert duty.trigger.text, duty.id
        assert {duty.confidence, duty.source_kind} <= set(marks), duty.id


def test_every_stage_ends_with_its_own_filing() -> None:
    for duty in book().duties:
        for phase in duty.phases:
            assert f"filed(obligation={duty.id}, stage={phase.name})" in str(phase.clock.end)


def test_no_duty_asks_for_what_it_forbids() -> None:
    both = {duty.id: {item.item for item in duty.content} & set(duty.must_not_contain) for duty in book().duties}

    assert {name: items for name, items in both.items() if items} == {}


def test_what_is_to_be_verified_is_named_in_both_languages() -> None:
    counts = {duty.id: (len(duty.verify_fields), len(duty.verify_fields_zh)) for duty in book().duties}

    assert {name: found for name, found in counts.items() if found[0] != found[1]} == {}


_OWN_NAMES = {("salutation",), ("title",)}
"""An office is greeted by its name in one language and not in another; a Chinese title names who reports."""


@pytest.mark.parametrize("name", [name for name in BundledFiles().names("templates") if name.startswith("notices/")])
def test_every_letter_is_written_in_each_of_its_languages(name: str) -> None:
    """In its script, and with the same facts in it; a sentence may tell a time with its preposition or without."""
    template = parse_template(BundledFiles().text("templates", name), name=name, vocabulary=book().vocabulary)
    scripts = {"zh": "[\u4e00-\u9fff]", "ja": "[\u3040-\u30ff\u4e00-\u9fff]", "ko": "[\uac00-\ud7af]"}
    for path, words, _ in template.texts():
        for lang in words.languages:
            bare = re.sub(r"{[{%].*?[%}]}", "", words.of(lang))
            found = {one for one, script in scripts.items() if re.search(script, bare)}
            assert found <= {"ja", "zh"} if lang in {"ja", "zh"} else found == ({"ko"} if lang == "ko" else set()), bare
            assert bool(found) is bool(lang in scripts and bare.strip(" .,:、。：")), bare
            assert path in _OWN_NAMES or names_in(words.of(lang)) == names_in(words.en), words.of(lang)


def names_in(text: str) -> set[str]:
    """A law may be a title where the language has no name for it, an answer behind its question, the sender a name.

    What happened to the data is said by a word of the Chinese sentence alone.
    """
    text = re.sub(r"{% if breach_known %}.*?{% endif %}", "", text)
    found = (one.replace("foreign_law", "law") for one in re.findall(r"{[{%].*?[%}]}", text))
    return {re.sub(r"{{ (?:on|day|it|answer|org_identity) }}", "it", one) for one in found} - {"{% elif law %}"}


def clock(duty: str, stage: str) -> ClockRule:
    phase = book().duty(duty).phase(stage)
    assert phase is not None
    return phase.clock


def test_the_limits_are_those_of_the_laws() -> None:
    assert clock(GDPR_33, "initial").limbs[0].amount.elapsed == "PT72H"
    assert clock(GDPR_33, "initial").limbs[0].anchor == "first(awareness)"
    assert clock(CAC, "initial").limbs[0].amount.elapsed == "PT4H"
    assert clock(CAC, "initial").limbs[0].anchor == (
        "first(discovery) | first(discovery_or_notification) | first(notice_read)"
    )
    assert clock(CAC, "final").limbs[0].amount.calendar == "P30D"
    assert clock(CAC, "final").limbs[0].anchor == "first(end_of_handling)"
    for name in DUTIES:
        if name not in {GDPR_33, CAC}:
            assert clock(name, "initial").limbs[0].amount.none is True


def test_the_examples_that_ship_can_be_read() -> None:
    for name in ("examples/university-2019.yaml", "examples/university-replay.yaml"):
        facts = read_facts(BundledFiles().text("templates", name), name=name, book=book(), now=NOW)
        assert facts.stated["record_count"].has_value
        assert facts.stated["breach_date"].reason is not None
