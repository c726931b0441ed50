"""Whom a reader can ask: who answers questions about the incident first, the data protection officer second."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from leakguard.models.languages import Lang
from leakguard.models.letters import Paragraph
from support.every_fact import every_fact
from support.notices import letter_of

CONTACTS = {
    "org_contact": {"value": {"name": "Hotline", "phone": "+49 30 0000 0000"}},
    "dpo_contact": {"value": {"name": "Officer", "email": "officer@university.example"}},
}


@pytest.mark.parametrize(
    "duty",
    ["eu-gdpr-34-individuals", "uk-gdpr-34-individuals", "br-lgpd-48-individuals", "ca-qc-law25-individuals"],
)
def test_people_read_of_the_hotline_with_its_number_before_the_officer(duty: str) -> None:
    values = every_fact(**CONTACTS)
    texts = [
        block.text.replace("\xa0", " ")
        for block in letter_of(duty, "en", values).blocks
        if isinstance(block, Paragraph)
    ]
    hotline, officer = (
        next(n for n, text in enumerate(texts) if name in text)
        for name in ("Hotline, +49 30 0000 0000", "Officer, officer@")
    )

    assert officer == hotline + 1


def asked(duty: str, lang: Lang, **contacts: Any) -> list[str]:  # noqa: ANN401  (a facts file holds anything)
    """The lines of a letter that name a contact."""
    letter = letter_of(duty, lang, every_fact(**contacts))
    texts = [block.text.replace("\xa0", " ") for block in letter.blocks if isinstance(block, Paragraph)]
    return [text for text in texts if "Hotline" in text or "Officer" in text]


@pytest.mark.parametrize(
    ("lang", "labels"),
    [
        ("en", ("About the incident: ", "About personal data and your rights: ")),
        ("zh", ("事件咨询：", "个人信息保护事宜：")),
    ],
)
def test_people_read_whom_to_ask_about_what(lang: Lang, labels: tuple[str, str]) -> None:
    for duty in ("cn-csl-44-users", "cn-pipl-57-individuals", "cn-minors-35-people"):
        incident, rights = asked(duty, lang, **CONTACTS)

        assert incident.startswith(f"{labels[0]}Hotline")
        assert rights.startswith(f"{labels[1]}Officer")


def test_one_who_answers_all_questions_stands_there_once_and_without_a_label() -> None:
    same = {"value": {"name": "Hotline", "phone": "+49 30 0000 0000"}}

    assert asked("cn-csl-44-users", "en", org_contact=same, dpo_contact=copy.deepcopy(same)) == [
        "Hotline, +49 30 0000 0000"
    ]


def test_an_office_reads_no_label() -> None:
    letter = letter_of("sg-pdpa-26d-pdpc", "en", every_fact(**copy.deepcopy(CONTACTS)))

    assert not any("About personal data" in block.text for block in letter.blocks if isinstance(block, Paragraph))
