"""A fact has words for each kind of reader; what is common is stated once."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from leakguard.bundled import BundledFiles
from leakguard.errors import BadFile
from leakguard.notices.audiences import AUDIENCES, Audience, audience_of, is_authority
from leakguard.notices.fact_values import LocalisedText
from leakguard.notices.facts import FactState
from leakguard.notices.facts_of_duty import facts_for_duty
from leakguard.notices.letters.personal import facts_for, group_of
from leakguard.notices.letters.text import text_of
from leakguard.notices.notice_content import Recipient, RecipientKind
from leakguard.notices.recipients import Recipient as Person
from leakguard.use_cases.letters.draft_notices import draft_notice
from leakguard.use_cases.letters.export_edpb import export_edpb, load_edpb
from leakguard.use_cases.letters.given_facts import NoticeInput
from leakguard.use_cases.letters.pack_filing import pack_filing
from support.edpb import for_edpb
from support.notices import GDPR_33, GDPR_34, NOW, book, complete, facts_of, letter_of

READERS: dict[Audience, str] = {
    "person": "Your mail may be read.",
    "guardian": "Your child's mail may be read.",
    "authority": "Mail of the persons concerned may be read.",
    "controller": "Mail of the customers may be read.",
    "press": "Mail of students may be read.",
}
COMMON = "Mail may be read."


def consequences(**given: Any) -> dict[str, Any]:  # noqa: ANN401  (a facts file holds anything)
    """A complete file in which one fact has these parts."""
    return complete(consequences={"value": {"en": COMMON, "zh": "邮件可能被阅读。"}, **given})


def told(audience: Audience, values: dict[str, Any]) -> str:
    """The English words of the fact for one reader."""
    fact = facts_of(values).for_audience(audience).get("consequences")
    assert fact is not None
    assert isinstance(fact.value, tuple)
    (said,) = fact.value
    assert isinstance(said, LocalisedText)
    assert fact.readers == {}
    return str(said.of("en"))


def test_every_recipient_has_an_audience() -> None:
    found = {kind: audience_of(Recipient(type=kind, name="Somebody")) for kind in get_args(RecipientKind)}

    assert {*found.values(), "guardian"} == set(AUDIENCES)
    assert all(audience == "authority" for kind, audience in found.items() if is_authority(kind))


def test_a_letter_that_its_law_sends_to_guardians_has_the_words_for_them() -> None:
    duty = book().duty("cn-children-21-people")
    values = consequences(**{"for": {"guardian": {"en": READERS["guardian"]}, "person": {"en": READERS["person"]}}})
    fact = facts_for_duty(duty, facts_of(values), book().vocabulary).get("consequences")

    assert audience_of(duty.recipient) == "guardian"
    assert fact is not None
    assert fact.written_for == "guardian"


@pytest.mark.parametrize("audience", AUDIENCES)
def test_a_reader_gets_the_own_words_else_the_common_ones(audience: Audience) -> None:
    every = consequences(**{"for": {name: {"en": text} for name, text in READERS.items()}})

    assert told(audience, every) == READERS[audience]
    assert told(audience, consequences()) == COMMON


def test_a_guardian_without_own_words_reads_those_for_the_person() -> None:
    values = consequences(**{"for": {"person": {"en": READERS["person"]}}})

    assert told("guardian", values) == READERS["person"]
    assert told("press", values) == COMMON


@pytest.mark.parametrize(
    ("duty", "audience"),
    [
        (GDPR_33, "authority"),
        (GDPR_34, "person"),
        ("practice-helpdesk", "person"),
        ("practice-controller", "controller"),
    ],
)
def test_a_letter_takes_the_words_of_its_reader(duty: str, audience: Audience) -> None:
    values = consequences(**{"for": {name: {"en": text} for name, text in READERS.items()}})
    values["facts"] |= {
        "public_statement": {"value": "A statement."},
        "hotline": {"value": "desk@university.example"},
        "press_contact": {"value": "press@university.example"},
        "escalation_contact": {"value": "chief@university.example"},
        "containment_date": {"value": "2026-06-11"},
    }
    telling = next(one for one in (*book().duties, *book().practice) if one.id == duty)
    text = text_of(draft_notice(book(), BundledFiles(), facts_of(values), telling, lang="en", now=NOW)).text

    assert [name for name, words in READERS.items() if words in text] == [audience]
    assert COMMON not in text


def test_a_reason_and_a_contact_have_words_for_a_reader_too() -> None:
    values = complete(
        subject_count={"unknown": "we count", "for": {"authority": "the logs of 3 June are incomplete"}},
        org_contact={"value": "help@university.example", "for": {"authority": {"email": "dpo@university.example"}}},
    )
    text = text_of(letter_of(GDPR_33, values=values)).text
    contact = facts_of(values).for_audience("authority").get("org_contact")

    assert "The logs of 3 June are incomplete." in text
    assert "we count" not in text.casefold()
    assert getattr(contact and contact.value, "ways", None) == ("dpo@university.example",)


def test_facts_of_one_place_have_words_for_readers() -> None:
    values = complete()
    values["by_jurisdiction"] = {"DE": {"consequences": {"value": "Here.", "for": {"authority": "There."}}}}
    fact = facts_of(values).for_audience("authority").for_place("DE").get("consequences")

    assert fact is not None
    assert fact.state is FactState.KNOWN
    assert fact.written_for == "authority"


@pytest.mark.parametrize(
    ("fact", "name", "where", "what"),
    [
        ({"value": "a", "for": {"authorty": "b"}}, "consequences", "facts.consequences.for.authorty", "no audience"),
        ({"value": "a", "for": {"person": ""}}, "consequences", "facts.consequences.for.person", "must be a text"),
        ({"value": 5, "for": {"person": 6}}, "subject_count", "facts.subject_count.for", "only texts and contacts"),
        ({"for": {"person": "a"}}, "consequences", "facts.consequences", "needs exactly one of value"),
        ({"unknown": "a", "for": {"person": 5}}, "subject_count", "facts.subject_count.for.person", "say why"),
        ({"value": "a", "for": {"person": 1.5}}, "consequences", "facts.consequences.for.person", "must be a text"),
        ({"value": "a", "for": ["person"]}, "consequences", "facts.consequences.for", ""),
    ],
)
def test_what_is_wrong_with_the_words_for_a_reader_is_named(
    fact: dict[str, Any], name: str, where: str, what: str
) -> None:
    with pytest.raises(BadFile) as caught:
        facts_of(complete(**{name: fact}))

    assert [problem.where for problem in caught.value.problems] == [where]
    assert what in caught.value.problems[0].text


def test_the_nearest_audience_is_named() -> None:
    with pytest.raises(BadFile) as caught:
        facts_of(consequences(**{"for": {"authorities": "b"}}))

    assert caught.value.problems[0].nearest == "authority"


def child(*, guardian: str) -> Person:
    return Person(id="1", lang="en", data=("contact.email",), name="Kim", guardian=guardian, line=2)


def test_a_guardian_gets_the_words_for_guardians_in_a_merge() -> None:
    facts = facts_of(consequences(**{"for": {"guardian": {"en": READERS["guardian"]}}}))
    group, other = group_of(child(guardian="Lee"), facts), group_of(child(guardian=""), facts)
    told = facts_for(group, facts).get("consequences")

    assert group.is_guardian
    assert not other.is_guardian
    assert told is not None
    assert told.written_for == "guardian"


def test_where_guardians_have_no_own_words_their_letters_are_those_of_everybody() -> None:
    facts = facts_of(consequences(**{"for": {"person": {"en": READERS["person"]}}}))

    assert group_of(child(guardian="Lee"), facts) == group_of(child(guardian=""), facts)


def test_the_form_and_the_export_for_an_authority_take_its_words() -> None:
    own = {"en": "The login was switched on again.", "zh": "已重新启用登录认证。"}
    values = for_edpb(measures_taken={"value": {"en": COMMON, "zh": "邮件"}, "for": {"authority": own}})
    work = NoticeInput(book=book(), facts=facts_of(values), text="", now=NOW)
    pack = pack_filing(work, BundledFiles(), GDPR_33, form=None, lang="en", stage=None)
    answers = export_edpb(work.facts, load_edpb(BundledFiles()), book().vocabulary, name="facts", now=NOW)

    for found in (str(pack.fields), str(answers)):
        assert own["en"] in found
        assert COMMON not in found
