"""What offices of the United States, and people in Japan, Brazil and China, read: what the facts say."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from leakguard.notices.letters.text import text_of
from support.every_fact import every_fact
from support.notices import book, letter_of

CALIFORNIA = "us-ca-1798-82-ag"
TEXAS = "us-tx-521-053-ag"
MASSACHUSETTS = "us-ma-93h-3-ag"
JAPAN = "jp-appi-26-individuals"
USERS = "cn-csl-44-users"
BRAZIL = "br-lgpd-48-individuals"
YES: dict[str, Any] = {"value": True}
NO: dict[str, Any] = {"value": False}


def told(duty: str, **facts: Any) -> str:  # noqa: ANN401  (a facts file holds anything)
    """The letter in one line."""
    values = copy.deepcopy(every_fact())
    values["facts"] = {name: dict(fact) for name, fact in {**values["facts"], **facts}.items() if fact is not None}
    return " ".join(text_of(letter_of(duty, "en", values)).text.split())


def test_california_reads_no_claim_that_a_notice_was_sent_already() -> None:
    text = told(CALIFORNIA)

    assert "the notice that it has to send to more than 500 California residents" in text
    assert "that it sent" not in text


def test_a_letter_has_the_title_and_the_headings_that_its_law_fixes_word_for_word() -> None:
    """California fixes them for businesses and for its agencies."""
    missing = [
        (duty.id, line)
        for duty in book().duties
        for rule in duty.format_rules
        for line in (*([rule.title] if rule.title else []), *rule.headings)
        if line not in text_of(letter_of(duty.id, "en", every_fact())).text.splitlines()
    ]

    assert missing == []


def test_texas_reads_which_information_it_was_and_when_it_was_discovered() -> None:
    text = told(
        TEXAS, data_categories={"value": ["identification_number.us_ssn"]}, discovery_date={"value": "2026-11-16"}
    )

    assert "The information involved is: US Social Security numbers." in text
    assert "We discovered it on" in text
    assert "16" in text.partition("We discovered it on")[2][:20]


def test_texas_reads_that_the_information_or_an_investigation_is_not_known_yet() -> None:
    unknown = {"unknown": "we are reading the table"}
    text = told(TEXAS, data_categories=unknown, law_enforcement_status={"unknown": "the police did not say"})

    assert "It is not known yet which information is involved: we are reading the table." in text
    assert "It is not known whether law enforcement investigates the breach: the police did not say." in text


def test_massachusetts_reads_when_its_residents_are_told_and_of_the_police() -> None:
    text = told(
        MASSACHUSETTS,
        individuals_status={"value": "all letters will go out on 1 December 2026"},
        law_enforcement_status={"value": "we reported it to the police"},
        discovery_date={"value": "2026-11-16"},
    )

    assert "All letters will go out on 1 December 2026." in text
    assert "We reported it to the police." in text
    assert "We discovered it on" in text


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (
            {"access": YES, "exfiltration": {"unknown": "why"}},
            "was seen by somebody without permission and may have been copied.",
        ),
        ({"access": YES, "exfiltration": YES}, "was leaked."),
        ({"access": NO, "exfiltration": NO, "integrity_loss": {"value": "recoverable"}}, "was altered."),
        (
            {"access": {"unknown": "why"}, "exfiltration": {"unknown": "why"}, "availability_loss": {"value": "full"}},
            "was lost and may have been leaked.",
        ),
        ({"access": {"unknown": "why"}, "exfiltration": {"unknown": "why"}}, "may have been leaked."),
        ({"exposure": NO}, "was or may have been leaked, lost or damaged."),
    ],
)
def test_japan_reads_what_happened_and_not_all_that_the_statute_names(facts: dict[str, Any], said: str) -> None:
    none = dict.fromkeys(("exposure", "access", "exfiltration", "acquisition", "integrity_loss", "availability_loss"))

    assert f"holds about you {said}" in told(JAPAN, **{**none, **facts})


def test_users_read_of_their_data_where_data_are_involved_and_of_the_service_otherwise() -> None:
    kinds = {"value": ["contact.email"]}

    assert "concerns data about you. We are sorry" in told(USERS, data_categories=kinds)
    bare = told(USERS, data_categories=None, data_elements_specific=None)
    assert "affects a service or a product that you use. We are sorry" in bare


def test_brazil_reads_how_the_data_were_protected_and_the_hotline_before_the_officer() -> None:
    values = {"org_contact": {"value": {"name": "Hotline"}}, "dpo_contact": {"value": {"name": "Officer"}}}
    text = told(BRAZIL, measures_before={"value": "The list was encrypted."}, **values)
    asked = text.partition("Whom you can ask")[2]

    assert "How the data were protected" in text
    assert "The list was encrypted." in text
    assert asked.index("Hotline") < asked.index("Officer")
