"""When it happened, where that is a time with two ends: the facts decide whether all of it is meant, or one moment."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from leakguard.models.languages import LANGS, Lang
from leakguard.models.letters import Paragraph
from leakguard.notices.letters.periods import period_words
from leakguard.notices.phrases import Phrases
from support.languages import example_for_offices
from support.notices import GDPR_33, GDPR_34, book, complete, facts_of, letter_of

pytestmark = pytest.mark.untraced

LATER = datetime(2026, 12, 1, tzinfo=UTC)
SPAN = {"earliest": "2026-06-01", "latest": "2026-06-09"}
WITHIN_A_DAY = {"earliest": "2026-06-01T09:00", "latest": "2026-06-01T12:00"}


def told(duty: str = GDPR_33, lang: Lang = "en", **facts: Any) -> str:  # noqa: ANN401  (a facts file holds anything)
    values = complete(**{"exposure": {"value": True}, "breach_date": {"value": SPAN}, **facts})
    blocks = letter_of(duty, lang, values).blocks
    return "\n".join(block.text for block in blocks if isinstance(block, Paragraph))


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({}, "From 1 June 2026 to 9 June 2026, the data could be reached without permission."),
        (
            {"breach_date": {"estimate": SPAN}},
            "For some or all of the time from 1 June 2026 to 9 June 2026, the data could be reached",
        ),
        (
            {"exposure": {"value": False}, "duration": {"value": "eight days"}},
            "It lasted from 1 June 2026 to 9 June 2026.",
        ),
        (
            {"exposure": {"value": False}},
            "It happened at some time between 1 June 2026 and 9 June 2026; we do not know exactly when.",
        ),
        (
            {"exposure": {"value": False}, "breach_date": {"estimate": SPAN}, "duration": {"value": "some days"}},
            "It happened at some time between 1 June 2026 and 9 June 2026; we do not know exactly when.",
        ),
        ({"breach_date": {"estimate": SPAN}}, "without permission. These dates are an estimate."),
        ({"breach_date": {"value": "2026-06-01"}}, "It happened on 1 June 2026."),
    ],
)
def test_a_time_with_two_ends_says_what_of_it_is_meant(facts: dict[str, Any], sentence: str) -> None:
    text = told(**facts)

    assert sentence in text
    assert "It happened between" not in text


CLOSED: dict[str, Any] = {"containment_date": {"value": "2026-06-09T13:30"}, "breach_date": {"estimate": SPAN}}
SINCE = "at some time between 1 June 2026 and 9 June 2026, perhaps during the whole period. "


@pytest.mark.parametrize("duty", [GDPR_33, GDPR_34])
def test_an_estimate_that_ends_when_the_access_was_closed_leaves_its_beginning_open_alone(duty: str) -> None:
    text = told(duty, **CLOSED, discovery_date={"value": "2026-06-08T09:00"})

    assert SINCE in text
    assert "estimate" not in text


@pytest.mark.parametrize(
    "closed", [None, {"value": "2026-06-12"}, {"estimate": "2026-06-09"}, {"unknown": "the log is being read"}]
)
def test_an_end_that_is_not_the_known_closing_stays_an_estimate(closed: dict[str, str] | None) -> None:
    assert "These dates are an estimate." in told(**{**CLOSED, "containment_date": closed})


def test_a_letter_that_does_not_tell_the_closing_tells_both_ends() -> None:
    facts = facts_of(complete(exposure={"value": True}, **CLOSED))
    fact, phrases = facts.get("breach_date"), Phrases(book().vocabulary, "en", zone="UTC")

    assert fact is not None
    assert "These dates" in (period_words(fact, facts, book().duty(GDPR_33), phrases) or "")


@pytest.mark.parametrize("lang", LANGS)
def test_each_language_says_since_when_the_data_were_open(lang: Lang) -> None:
    values = example_for_offices()
    values["facts"] |= {"exposure": {"value": True}, **CLOSED}
    said = book().vocabulary.phrases["open_since"].of(lang)
    lead, between, tail = re.split(r"\{first\}|\{last\}", said)
    blocks = letter_of(GDPR_33, lang, values, now=LATER).blocks

    told_in = [block.text for block in blocks if isinstance(block, Paragraph)]
    assert any(lead in one and between in one and tail in one for one in told_in)


def test_people_read_the_same_day_once() -> None:
    day: dict[str, Any] = {
        "discovery_date": {"value": "2026-06-09T09:00"},
        "containment_date": {"value": "2026-06-09T13:30"},
    }
    later: dict[str, Any] = {**day, "containment_date": {"value": "2026-06-10T13:30"}}
    rough: dict[str, Any] = {**day, "containment_date": {"estimate": "2026-06-09"}}

    assert "We learned of it on 9 June 2026. We closed the access the same day." in told(GDPR_34, **day)
    assert "We closed the access on 10 June 2026." in told(GDPR_34, **later)
    assert "the same day" not in told(GDPR_34, **rough)
    assert "the same day" not in told(GDPR_33, **day)


def test_a_law_that_keeps_the_nature_out_of_its_letter_reads_of_no_access() -> None:
    duty = book().duty(GDPR_33)
    facts = facts_of(complete(exposure={"value": True}, breach_date={"value": SPAN}))
    narrow = duty.model_copy(update={"must_not_contain": ("breach_description",)})
    phrases = Phrases(book().vocabulary, "en", zone="UTC", to_office=True)
    fact = facts.get("breach_date")

    assert fact is not None
    assert "reached" in (period_words(fact, facts, duty, phrases) or "")
    assert "reached" not in (period_words(fact, facts, narrow, phrases) or "")


def test_people_read_days_and_hours_only_within_one_day() -> None:
    hours = {"earliest": "2026-06-01T09:00", "latest": "2026-06-03T12:00"}

    assert "From 1 June 2026 to 3 June 2026, the data" in told(GDPR_34, breach_date={"value": hours})
    assert "From 1 June 2026, 09:00" in told(GDPR_33, breach_date={"value": hours})
    assert "From 1 June 2026, 09:00" in told(GDPR_34, breach_date={"value": WITHIN_A_DAY})


@pytest.mark.parametrize("lang", LANGS)
def test_each_language_says_that_the_data_were_open_all_the_time_and_that_an_estimate_is_one(lang: Lang) -> None:
    known, rough = (period_of(lang, state) for state in ("value", "estimate"))

    assert known != rough
    assert "2026" in known
    assert "2026" in rough


def period_of(lang: Lang, state: str) -> str:
    """The sentence of the example that says since when the data were open."""
    values = example_for_offices()
    values["facts"]["breach_date"] = {state: values["facts"]["breach_date"]["value"]}
    values["facts"].pop("containment_date", None)
    phrase = book().vocabulary.phrases["open_from_to" if state == "value" else "open_within"]
    lead = phrase.of(lang).partition("{first}")
    between = lead[2].partition("{last}")[2]
    text = "\n".join(
        block.text for block in letter_of(GDPR_33, lang, values, now=LATER).blocks if isinstance(block, Paragraph)
    )
    found = [line for line in text.splitlines() if lead[0] in line and between in line]
    assert len(found) == 1
    return found[0]
