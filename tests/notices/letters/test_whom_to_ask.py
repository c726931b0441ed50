"""Whom a reader can ask: who answers questions about the incident first, the data protection officer second."""

from __future__ import annotations

import pytest

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
