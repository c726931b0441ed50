"""Letters to single people: the facts as they stand for one person, and the letter addressed to that person.

Whoever shares language, data and local facts shares all of the letter but its address, its salutation and,
where the language has two, the closing that goes with it.
"""

from __future__ import annotations

from collections.abc import Iterator

from leakguard.frozen import Frozen, replace
from leakguard.models.letters import Block, Letter, Paragraph, without_fields
from leakguard.notices.facts import Fact, Facts, FactState
from leakguard.notices.phrases import Phrases
from leakguard.notices.recipients import Recipient
from leakguard.notices.vocabulary import Lang, Vocabulary

_PERSON = "{person}"
_OWN_DATA = ("data_elements_specific", "data_categories")
"""What a letter tells about data; to one person it tells that person's own."""


class Group(Frozen):
    """What the letters of several people have in common."""

    lang: Lang
    data: tuple[str, ...]
    place: str = ""
    """Of their local facts; empty where there are none."""
    is_guardian: bool = False
    """Whether it goes to guardians, and the facts have words for them."""


class GroupLetter(Frozen):
    """The letter of a group, and how its members are addressed; `{person}` is filled in."""

    letter: Letter
    addressee: str
    salutation: str
    in_place_of: str
    """How the letter to a guardian names the minor."""
    told_in_place: str
    """Whose data the letter to a guardian is about."""


def group_of(recipient: Recipient, facts: Facts) -> Group:
    """The group whose letter this person gets."""
    places = (recipient.jurisdiction, recipient.jurisdiction.split("-", maxsplit=1)[0])
    has_local = any(place in facts.local for place in places)
    has_own = bool(recipient.guardian) and any(
        "guardian" in fact.readers for part in (facts.stated, *facts.local.values()) for fact in part.values()
    )
    place = recipient.jurisdiction if has_local else ""
    return Group(lang=recipient.lang, data=recipient.data, place=place, is_guardian=has_own)


def facts_for(group: Group, facts: Facts) -> Facts:
    """The facts with this group's own data, with those that hold in its place, and in the words for guardians."""
    local = facts.for_place(group.place)
    local = local.for_audience("guardian") if group.is_guardian else local
    own = {name: Fact(name=name, state=FactState.KNOWN, value=group.data) for name in _OWN_DATA}
    return replace(local, stated={**local.stated, **own})


def group_letter(letter: Letter, lang: Lang, vocabulary: Vocabulary, *, zone: str) -> GroupLetter:
    """A drafted letter with the words by which its language addresses a person."""
    phrases = Phrases(vocabulary, lang, zone=zone)
    return GroupLetter(
        letter=without_fields(letter),
        addressee=phrases.fixed("addressee_named", person=_PERSON),
        salutation=phrases.fixed("salutation_named", person=_PERSON),
        in_place_of=phrases.fixed("in_place_of", person=_PERSON),
        told_in_place=phrases.fixed("told_in_place", person=_PERSON),
    )


def addressed(group: GroupLetter, recipient: Recipient) -> Letter:
    """The letter to one person, or to the guardian; without a name it keeps the words for everybody."""
    letter, reader = group.letter, recipient.guardian or recipient.name
    is_named = reader and letter.traits.greets_by_name
    salutation = _filled(group.salutation, reader) if is_named else letter.salutation
    unnamed, by_name = letter.traits.closings
    closing = by_name if is_named and unnamed and letter.closing == unnamed else letter.closing
    named = [_filled(group.addressee, reader)] if reader else list(letter.addressee)
    blocks = letter.blocks
    if recipient.guardian and recipient.name:
        named.append(_filled(group.in_place_of, recipient.name))
        blocks = (Paragraph(text=_filled(group.told_in_place, recipient.name)), *_second(blocks))
    return replace(
        letter, addressee=(*named, *recipient.address), salutation=salutation, blocks=blocks, closing=closing
    )


def _second(blocks: tuple[Block, ...]) -> Iterator[Block]:
    """The blocks behind the first paragraph: a sentence that stood behind the salutation now begins with a capital."""
    first, *rest = blocks
    yield Paragraph(text=f"{first.text[:1].upper()}{first.text[1:]}") if isinstance(first, Paragraph) else first
    yield from rest


def _filled(words: str, name: str) -> str:
    """Not by formatting: a name may hold braces."""
    return words.replace(_PERSON, name)
