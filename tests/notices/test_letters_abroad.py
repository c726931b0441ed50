"""A letter of a Chinese organisation to a foreign office: counsel sees first what is personal, or evidence."""

from __future__ import annotations

from typing import Any

from support.each import for_each
from support.notices import CAC, GDPR_33, GDPR_34, both, complete, letter_of

DOUBT = "approval of the competent Chinese authority"


def settled_first(duty: str, *, country: str = "CN", **facts: Any) -> str:  # noqa: ANN401  (a facts file holds anything)
    values = complete(**facts)
    values["organisation"]["country"] = country
    letter = letter_of(duty, "en", values)
    assert DOUBT not in " ".join(str(block) for block in letter.blocks)
    return " ".join(letter.unsettled)


@for_each(
    ("text", "what"),
    [
        ("The finder wrote from ada@finder.example.", "an e-mail address"),
        ("He called from +1 415 555 0100.", "a telephone number"),
        ("It is shown by EV-12.", "items of evidence"),
    ],
)
def test_what_is_personal_or_evidence_raises_the_doubt(text: str, what: str) -> None:
    found = settled_first(GDPR_33, breach_description=both(text, "搜索服务器对互联网开放。"))

    assert DOUBT in found
    assert what in found


@for_each(
    ("duty", "country", "text"),
    [
        (GDPR_33, "CN", "9,500,000,000 records of 40,000 people could be read from 1 June 2026 on."),
        (GDPR_33, "DE", "The finder wrote from ada@finder.example."),
        (CAC, "CN", "The finder wrote from ada@finder.example."),
        (GDPR_34, "CN", "The finder wrote from ada@finder.example."),
    ],
)
def test_counts_other_organisations_home_offices_and_people_raise_none(duty: str, country: str, text: str) -> None:
    assert DOUBT not in settled_first(duty, country=country, breach_description=both(text, "服务器对互联网开放。"))


def test_the_contacts_of_those_who_sign_and_answer_stand_in_every_letter() -> None:
    text = "Write to security@university.example or privacy@university.example, or call +86 21 0000 0001."

    assert DOUBT not in settled_first(GDPR_33, breach_description=both(text, "服务器对互联网开放。"))


def test_a_letter_that_says_who_was_held_to_account_raises_it() -> None:
    """No foreign duty that ships asks for it; one of a contract or of a new law may."""
    from leakguard.bundled import BundledFiles  # noqa: PLC0415  (one test alone makes such a duty)
    from leakguard.notices.notice_content import ContentItem  # noqa: PLC0415  (as above)
    from leakguard.use_cases.letters.abroad_doubts import abroad_doubts  # noqa: PLC0415  (as above)
    from support.notices import book, facts_of  # noqa: PLC0415  (as above)

    duty, facts, letter = book().duty(GDPR_33), facts_of(), letter_of(GDPR_33)
    asking = duty.model_copy(update={"content": (*duty.content, ContentItem(item="accountability", required="yes"))})

    assert list(abroad_doubts(BundledFiles(), duty, facts, letter)) == []
    assert "who was held to account" in " ".join(abroad_doubts(BundledFiles(), asking, facts, letter))
