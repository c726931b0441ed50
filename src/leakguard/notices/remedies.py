"""Equal treatment: help that some people of an incident are offered is offered to all, unless somebody says why not."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from leakguard.frozen import Frozen, replace
from leakguard.notices.facts import Fact, Facts, WithheldHelp
from leakguard.notices.forbidden import texts_of
from leakguard.notices.format_rules import longest_months
from leakguard.notices.notice_content import ContentItem, NoticeContent
from leakguard.notices.vocabulary import Remedy, Vocabulary


class OfferedLetter(Frozen):
    """A letter and its facts, with the remedies that its readers are offered."""

    notice: NoticeContent
    facts: Facts
    withheld: tuple[WithheldHelp, ...] = ()
    """Remedies that others are offered and these readers are not."""


def with_remedies(notice: NoticeContent, facts: Facts, vocabulary: Vocabulary) -> OfferedLetter:
    """Add every stated remedy to a letter to people, whether or not its law asks for it, but for what is withheld.

    `facts` are those of the letter. A remedy that is withheld and that the law asks for stays asked for.
    """
    if not _is_for_people(notice):
        return OfferedLetter(notice=notice, facts=facts)
    withheld = withheld_from(notice.reader_places, facts.withheld, vocabulary)
    names = {one.remedy for one in withheld}
    asked = {item.item for item in notice.content}
    more = tuple(
        ContentItem(item=name, required="optional")
        for name in _within(notice.reader_places, vocabulary)
        if name not in asked | names and _has_value(facts.get(name))
    )
    stated = {name: fact for name, fact in facts.stated.items() if name not in names}
    return OfferedLetter(
        notice=notice.model_copy(update={"content": (*notice.content, *more)}) if more else notice,
        facts=replace(facts, stated=stated) if names else facts,
        withheld=withheld,
    )


def withheld_from(
    places: Collection[str], decisions: Sequence[WithheldHelp], vocabulary: Vocabulary
) -> tuple[WithheldHelp, ...]:
    """The decisions that cover every one of these places."""
    return tuple(
        decision
        for decision in decisions
        if places and all(any(vocabulary.covers(wide, place) for wide in decision.places) for place in places)
    )


def withheld_by_law(
    notice: NoticeContent, among: Sequence[NoticeContent], vocabulary: Vocabulary, reason: str
) -> Iterator[WithheldHelp]:
    """Decisions that leave people of this law without each remedy that only others of these laws ask for."""
    asked = {item.item for item in notice.content}
    for name in _within(notice.reader_places, vocabulary):
        if name not in asked and any(name == item.item for other in among for item in other.content):
            yield WithheldHelp(remedy=name, places=tuple(sorted(notice.reader_places)), reason=reason, by="")


def remedy_problems(
    notice: NoticeContent, own: Facts, whole: Facts, missing: Collection[str], vocabulary: Vocabulary
) -> Iterator[str]:
    """Who gets less than others without a reason, and what may not be withheld.

    `own` are the facts of the letter, `whole` those of the incident, which may state a remedy for one place alone;
    `missing` is what the law asks for and the letter lacks.
    """
    if not _is_for_people(notice):
        return
    places = notice.reader_places
    withheld = {one.remedy for one in withheld_from(places, whole.withheld, vocabulary)}
    for name in missing:
        if name in withheld:
            yield f"{name}: the law asks for it, so it cannot be withheld"
    for less in whole.withheld:
        inside = [code for code in less.places if any(_is_part(code, place, vocabulary) for place in places)]
        if inside and less.remedy not in withheld:
            yield f"{less.remedy}: is withheld in {', '.join(inside)}, but this letter goes to other places as well"
    for name, remedy in _within(places, vocabulary).items():
        if name not in withheld:
            yield from _less(name, remedy, own, whole, vocabulary)


def _less(name: str, remedy: Remedy, own: Facts, whole: Facts, vocabulary: Vocabulary) -> Iterator[str]:
    """Whether people of a place that has a text of its own are offered more than the readers of this letter."""
    mine = own.get(name)
    for code, stated in whole.local.items():
        theirs = stated.get(name)
        if not _has_value(theirs) or not _reaches(remedy, (code,), vocabulary):
            continue
        if not _has_value(mine) or _months(mine) < _months(theirs):
            place = vocabulary.place_words(code, "en")
            yield (
                f"{name}: people in {place} are offered more; offer the same to all under `facts`, or say who gets "
                "less, and why, under `withheld_remedies`"
            )
            return


def _within(places: Collection[str], vocabulary: Vocabulary) -> dict[str, Remedy]:
    """The remedies that people in these places can use."""
    return {name: remedy for name, remedy in vocabulary.remedies.items() if _reaches(remedy, places, vocabulary)}


def _reaches(remedy: Remedy, places: Collection[str], vocabulary: Vocabulary) -> bool:
    return not remedy.within or any(vocabulary.covers(wide, place) for wide in remedy.within for place in places)


def _is_part(code: str, place: str, vocabulary: Vocabulary) -> bool:
    return code != place and vocabulary.covers(place, code)


def _months(fact: Fact | None) -> int:
    return max((longest_months(text) for text in texts_of(fact)), default=0)


def _has_value(fact: Fact | None) -> bool:
    return fact is not None and fact.has_value


def _is_for_people(notice: NoticeContent) -> bool:
    return notice.recipient.type == "individuals"
