"""A draft to people has fields for name, address and signature; without a merge it goes out with words for all."""

from __future__ import annotations

from typing import Any

import pytest

from leakguard.models.languages import STYLES, Lang
from leakguard.models.letters import Numbered, Paragraph, as_sent, without_fields
from leakguard.notices.letters.arranging import with_last_apart
from leakguard.notices.letters.fields import LONGEST_READERS
from leakguard.notices.letters.personal import addressed, group_letter
from leakguard.notices.recipients import Recipient
from support.languages import AT, LANGS_TO_PEOPLE, example
from support.notices import CAC, GDPR_33, GDPR_34, PIPL_PEOPLE, book, both, complete, letter_of

pytestmark = pytest.mark.untraced

NEUTRAL = "To the people affected"
MINORS = "cn-minors-35-people"


def readers(value: object) -> dict[str, Any]:
    return complete(subject_categories={"value": value})


@pytest.mark.parametrize("lang", LANGS_TO_PEOPLE)
def test_in_each_language_the_draft_has_fields_and_the_letter_that_goes_out_has_none(lang: Lang) -> None:
    draft = letter_of(GDPR_34, lang, example(), now=AT)
    sent = as_sent(draft)
    fields = [line for line in (*draft.addressee, draft.salutation) if "[" in line or "［" in line]

    assert len(fields) == (3 if STYLES[lang].greets_by_name else 2)
    assert not [line for line in (*sent.addressee, sent.salutation, *sent.signature) if "[" in line or "［" in line]
    assert sent.salutation
    assert sent.unaddressed is None
    assert sent.blocks == draft.blocks
    assert draft.signature[-1] == sent.signature[-1]


def test_a_merge_fills_in_what_the_draft_leaves_open() -> None:
    draft = letter_of(GDPR_34, "en", complete())
    group = group_letter(draft, "en", book().vocabulary, zone="UTC")
    ann = Recipient(id="1", line=1, lang="en", data=("contact.email",), name="Ann Example", address=("1 Road", "Town"))
    letter, nameless = (
        addressed(group, ann),
        addressed(group, Recipient(id="2", line=2, lang="en", data=("contact.email",))),
    )

    assert draft.addressee == ("[name]", "[address]")
    assert draft.salutation == "Dear [name],"
    assert letter.addressee == ("Ann Example", "1 Road", "Town")
    assert (letter.salutation, letter.closing) == ("Dear Ann Example,", "Yours sincerely,")
    assert (nameless.salutation, nameless.closing) == ("Dear Sir or Madam,", "Yours faithfully,")
    assert letter.signature == nameless.signature == ("Example University",)


@pytest.mark.parametrize(
    ("value", "lang", "line"),
    [
        ({"en": ["patients"], "zh": ["患者"]}, "en", "To patients"),
        ({"en": ["students", "staff"], "zh": ["学生", "教职工"]}, "en", "To students and staff"),
        ({"en": ["students", "staff"], "zh": ["学生", "教职工"]}, "zh", "各位学生和教职工"),
        ({"en": ["people " * (LONGEST_READERS // 7 + 1)], "zh": ["人"]}, "en", NEUTRAL),
        ("patients", "en", NEUTRAL),
    ],
)
def test_without_a_merge_the_readers_are_called_what_they_are(value: object, lang: Lang, line: str) -> None:
    assert as_sent(letter_of(GDPR_34, lang, readers(value))).addressee == (line,)


def test_readers_whom_nobody_knows_yet_are_addressed_in_neutral_words() -> None:
    values = complete(subject_categories={"unknown": "the lists are being read"})

    assert as_sent(letter_of(GDPR_34, "en", values)).addressee == (NEUTRAL,)


def test_guardians_are_addressed_as_such_whatever_the_people_affected_are_called() -> None:
    draft = letter_of(MINORS, "en", readers({"en": ["users"], "zh": ["用户"]}))

    assert as_sent(draft).addressee[0] == "To the young users affected, their parents and guardians"
    assert draft.addressee == ("[name]", "[address]")
    assert draft.salutation == as_sent(draft).salutation


def test_where_nobody_is_named_the_draft_has_a_rule_to_sign_on_and_the_finality_says_so() -> None:
    people, office, chinese = letter_of(GDPR_34), letter_of(GDPR_33), letter_of(CAC, "zh")
    signed = letter_of(GDPR_34, "en", complete(reporter=both("Ann Example, dean", "安娜（院长）")))

    assert people.signature[1:] == ("(name, function)", "Example University")
    assert as_sent(people).signature == ("Example University",)
    assert as_sent(office).signature[1:] == ("(name, function)", "Example University")
    assert all(any(one.startswith("reporter: not stated") for one in each.unsettled) for each in (people, office))
    assert not [one for one in (*chinese.unsettled, *signed.unsettled) if one.startswith("reporter")]
    assert as_sent(signed).signature == ("Ann Example, dean", "Example University")


def test_a_chinese_letter_to_people_bears_the_name_of_the_organisation_alone() -> None:
    assert letter_of(PIPL_PEOPLE, "zh").signature[0] == "示例大学"


def test_a_letter_without_fields_stays_as_it_is() -> None:
    office = letter_of(GDPR_33, "en")

    assert without_fields(office) is office


def test_the_law_behind_a_letter_stands_apart_from_the_contact_above_it() -> None:
    last, before = letter_of(GDPR_34, "en").blocks[-1], letter_of(GDPR_34, "en").blocks[-2]

    assert isinstance(last, Paragraph)
    assert last.apart
    assert last.text.startswith("We send you this notice under")
    assert isinstance(before, Paragraph)
    assert not before.apart
    assert with_last_apart([], ()) == []
    assert with_last_apart([Numbered(entries=("a",))], ()) == [Numbered(entries=("a",))]
