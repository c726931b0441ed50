"""A draft to people: fields for name and address, which a merge fills in, and what goes out without a merge."""

from __future__ import annotations

from leakguard.frozen import replace
from leakguard.models.letters import Letter, Unaddressed
from leakguard.notices.fact_values import LocalisedText
from leakguard.notices.facts import Facts
from leakguard.notices.locale_forms import listed
from leakguard.notices.notice_content import NoticeContent
from leakguard.notices.phrases import Phrases
from leakguard.notices.vocabulary import Lang

READERS = "subject_categories"
LONGEST_READERS = 60
"""Signs of the words for all readers: more do not fit the window of an envelope."""


def with_fields(
    letter: Letter, phrases: Phrases, addressee: tuple[str, ...], signed: tuple[str, ...], *, greets: bool
) -> Letter:
    """The draft with its fields; `addressee` is that of a letter that goes out without a merge.

    `signed` are the names and the rule to sign on of a draft that a person signs; empty for any other.
    `greets` is whether the salutation has the name; guardians are greeted as such until a merge names them.
    """
    day = letter.signature[-1:] if letter.traits.date_at_foot else ()
    name, address = phrases.fixed("merge_name"), phrases.fixed("merge_address")
    unnamed, by_name = letter.traits.closings
    is_named = greets and letter.traits.greets_by_name
    return replace(
        letter,
        addressee=(phrases.fixed("addressee_named", person=name), address),
        salutation=phrases.fixed("salutation_named", person=name) if is_named else letter.salutation,
        signature=(*signed, *day) if signed else letter.signature,
        closing=by_name if is_named and unnamed and letter.closing == unnamed else letter.closing,
        unaddressed=Unaddressed(
            addressee=addressee, salutation=letter.salutation, closing=letter.closing, signature=letter.signature
        ),
    )


def is_to_people(notice: NoticeContent) -> bool:
    """Whether its readers are the people whose data they are."""
    return notice.recipient.type == "individuals"


def all_readers(notice: NoticeContent, facts: Facts, lang: Lang, phrases: Phrases) -> str:
    """The people affected by what they are to the organisation, such as its patients; empty where nobody said it.

    Only words in the letter's own language can address them, and none that the law keeps out of the letter.
    """
    fact = facts.get(READERS)
    parts = fact.value if fact is not None and isinstance(fact.value, tuple) else ()
    texts = tuple(part.of(lang) or "" for part in parts if isinstance(part, LocalisedText) and not part.is_plain)
    if not texts or not all(texts) or notice.recipient.guardians or READERS in notice.must_not_contain:
        return ""
    words = listed(texts, lang)
    return phrases.fixed("to_people", people=words) if len(words) <= LONGEST_READERS else ""
