"""One notice under many laws, to people or to one office: what each law adds, and which one needs its own letter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Literal

from leakguard.frozen import Frozen, replace
from leakguard.notices.duties import Duty
from leakguard.notices.facts import WithheldHelp
from leakguard.notices.format_rules import FormatRule
from leakguard.notices.notice_content import ContentItem, Language, NoticeContent, Recipient
from leakguard.notices.remedies import withheld_from
from leakguard.notices.vocabulary import Lang, Vocabulary

ALWAYS = "yes"
_RECOMMENDED = "recommended"
_MAY_BE_LEFT_OUT = frozenset({_RECOMMENDED, "optional"})
Readers = Literal["individuals", "guardians", "authority"]


def joined_id(law: str, readers: Readers = "individuals") -> str:
    """The id of the notice that joins the duties of a law, such as `us`; its template has this name."""
    return f"{law}-joined-{readers}"


class JoinedNotice(NoticeContent):
    """The notice that several duties share."""

    jurisdiction: str
    members: tuple[Duty, ...]
    """The duties that it answers."""

    def law_words(self, lang: Lang) -> str:
        """Every law that it answers, but for recommended standards beside laws that bind."""
        binding = [duty for duty in self.members if not duty.is_voluntary]
        return _listed(binding or self.members, lang)

    def guide_words(self, lang: Lang) -> str | None:
        """The recommended standards that it follows beside laws."""
        guides = [duty for duty in self.members if duty.is_voluntary]
        return _listed(guides, lang) if guides and len(guides) < len(self.members) else None

    @property
    def readers(self) -> str:
        """Where its readers live."""
        return self.jurisdiction

    @property
    def reader_places(self) -> frozenset[str]:
        """The places of all its laws."""
        return frozenset(place for duty in self.members for place in duty.places)


def _listed(duties: Iterable[Duty], lang: Lang) -> str:
    gap = "、" if lang.startswith("zh") else "; "
    return gap.join(dict.fromkeys(duty.law_words(lang) for duty in duties))


class Addition(Frozen):
    """What one law asks beyond what all the laws with the same readers ask."""

    duty: Duty
    items: tuple[str, ...]
    form: tuple[str, ...]
    """Its rules of form, in words."""
    apart_because: tuple[str, ...] = ()
    """Why a letter of its own answers this law; empty where a joined one does."""
    letter: str = ""
    """The id of the joined notice that answers it; empty for a letter of its own."""
    withheld: tuple[WithheldHelp, ...] = ()
    """Help that others are offered and its people are not."""


class Package(Frozen):
    """The notices of one incident under many laws."""

    notices: tuple[JoinedNotice, ...]
    """One each for people, for guardians and for an office, as far as several laws share it."""
    additions: tuple[Addition, ...]
    """A row for each duty: those to people first, each in the order of the duties."""

    @property
    def joined(self) -> JoinedNotice | None:
        """The notice to people; `None` where every law needs a letter of its own."""
        return next((notice for notice in self.notices if notice.id.endswith("-individuals")), None)

    @property
    def shared(self) -> tuple[Duty, ...]:
        """The duties that a joined notice answers."""
        return tuple(addition.duty for addition in self.additions if addition.letter)

    @property
    def apart(self) -> tuple[Duty, ...]:
        """The duties that need a letter of their own."""
        return tuple(addition.duty for addition in self.additions if not addition.letter)


def package_of(
    duties: Sequence[Duty],
    vocabulary: Vocabulary,
    *,
    law: str,
    withheld: Sequence[WithheldHelp] = (),
    to_office: Sequence[Duty] = (),
) -> Package:
    """Join the notices of `duties`, all of them to people and of the same law's family, such as `us`.

    Guardians, who read of their child, share a letter of their own. `to_office` are duties of the same family to one
    office, which reads of the incident once.
    A remedy that one law asks for is offered to people of every place. Where `withheld` says otherwise, people who are
    offered the same share a letter, and the others get letters of their own.
    """
    people = [duty for duty in duties if not duty.recipient.guardians]
    guardians = [duty for duty in duties if duty.recipient.guardians]
    parts = [_part(people, vocabulary, joined_id(law), withheld)]
    parts += [_part(guardians, vocabulary, joined_id(law, "guardians"), withheld)] if guardians else []
    parts += [_part(to_office, vocabulary, joined_id(law, "authority"), ())] if to_office else []
    return Package(
        notices=tuple(notice for notice, _ in parts if notice is not None),
        additions=tuple(addition for _, additions in parts for addition in additions),
    )


def _part(
    duties: Sequence[Duty], vocabulary: Vocabulary, name: str, withheld: Sequence[WithheldHelp]
) -> tuple[JoinedNotice | None, tuple[Addition, ...]]:
    """The notice that duties with the same readers share, and what each of them adds."""
    less = {duty.id: _remedies_withheld(duty, withheld, vocabulary) for duty in duties}
    usual = _most_common(less.values())
    why = {duty.id: tuple(_apart(duty, duties, vocabulary, less[duty.id], usual)) for duty in duties}
    shared = [duty for duty in duties if not why[duty.id]]
    is_joined = bool(shared) and len(duties) > 1
    answered = {duty.id for duty in shared} if is_joined else set[str]()
    common = set.intersection(*(_items(duty) for duty in duties)) if duties else set[str]()
    return (
        _joined(shared, name, duties, usual) if is_joined else None,
        tuple(
            replace(
                _addition(duty, common, why[duty.id], less[duty.id]),
                letter=name if duty.id in answered else "",
            )
            for duty in duties
        ),
    )


def _remedies_withheld(
    duty: Duty, withheld: Sequence[WithheldHelp], vocabulary: Vocabulary
) -> tuple[WithheldHelp, ...]:
    """What its people are not offered; what the law asks for cannot be withheld."""
    return tuple(
        less_help
        for less_help in withheld_from(duty.places, withheld, vocabulary)
        if less_help.remedy not in _needed(duty)
    )


def _most_common(found: Iterable[tuple[WithheldHelp, ...]]) -> frozenset[str]:
    """The remedies that most laws' people are left without; of two that are equally many, the fewer remedies."""
    counted = Counter(frozenset(withheld.remedy for withheld in each) for each in found)
    return max(counted, key=lambda names: (counted[names], -len(names)), default=frozenset())


def _apart(
    duty: Duty, duties: Sequence[Duty], vocabulary: Vocabulary, less: Sequence[WithheldHelp], usual: frozenset[str]
) -> Iterator[str]:
    """Why one letter cannot answer this law and the others."""
    for item in duty.must_not_contain:
        others = [joined.id for joined in duties if item in _needed(joined)]
        if others:
            yield f"must not say: {vocabulary.content_items[item].en}"
    title = _title(duty)
    if title and title != next((found for found in map(_title, duties) if found), ""):
        yield f"its title must be: {title}"
    for withheld in less:
        if withheld.remedy not in usual:
            yield f"its people are not offered: {vocabulary.content_items[withheld.remedy].en}"
    offered = usual - {less_help.remedy for less_help in less}
    if offered:
        yield f"only its people are offered: {', '.join(vocabulary.content_items[name].en for name in sorted(offered))}"


def _title(duty: Duty) -> str:
    return next((rule.title for rule in duty.format_rules if rule.title), "")


def _items(duty: Duty) -> set[str]:
    return {item.item for item in duty.content}


def _needed(duty: Duty) -> set[str]:
    return {item.item for item in duty.content if item.required not in _MAY_BE_LEFT_OUT}


def _addition(duty: Duty, common: set[str], why: tuple[str, ...], less: tuple[WithheldHelp, ...]) -> Addition:
    items = tuple(item.item for item in duty.content if item.item not in common)
    form = tuple(rule.text for rule in duty.format_rules)
    return Addition(duty=duty, items=items, form=form, apart_because=why, withheld=less)


def _joined(duties: Sequence[Duty], name: str, equals: Sequence[Duty], withheld: frozenset[str]) -> JoinedNotice:
    """Every item once, as the strictest law asks for it; every rule of form once.

    Remedies are those that the most generous law of `equals` asks for, but for those that these people are not offered.
    """
    first = duties[0]
    country = first.jurisdiction.partition(" (")[0]
    return JoinedNotice(
        id=name,
        jurisdiction=country,
        members=tuple(duties),
        verified_on=min((duty.verified_on for duty in duties), default=date.min),
        recipient=_recipient(first, country),
        content=tuple(_strictest(item for duty in duties for item in _asked(duty))),
        format_rules=tuple(
            rule
            for rule in _rules((*_forms(duties, of_remedies=False), *_forms(equals, of_remedies=True)))
            if rule.item not in withheld
        ),
        language=Language(codes=first.language.codes, text=first.language.text),
    )


def _recipient(first: Duty, country: str) -> Recipient:
    """People of a country, their guardians, or the office of the first duty."""
    whom = first.recipient
    if whom.type != "individuals" or whom.guardians:
        return whom
    return Recipient(type="individuals", name=f"People in {country}", name_zh="相关个人")


def _asked(duty: Duty) -> tuple[ContentItem, ...]:
    """Its items; what a standard asks for that binds nobody is recommended, and keeps no letter from being written."""
    if not duty.is_voluntary:
        return duty.content
    return tuple(item.model_copy(update={"required": _RECOMMENDED}) for item in duty.content)


def _strictest(items: Iterable[ContentItem]) -> Iterator[ContentItem]:
    """One row an item: what one law always asks for is asked for."""
    found: dict[str, ContentItem] = {}
    for item in items:
        known = found.get(item.item)
        if known is None or (known.required != ALWAYS and _rank(item) < _rank(known)):
            found[item.item] = item
    yield from found.values()


def _rank(item: ContentItem) -> int:
    return 2 if item.required in _MAY_BE_LEFT_OUT else 0 if item.required == ALWAYS else 1


def _forms(duties: Sequence[Duty], *, of_remedies: bool) -> Iterator[FormatRule]:
    """The rules of form that speak of a remedy's length, or all others."""
    every = (rule for duty in duties for rule in duty.format_rules)
    yield from (rule for rule in every if (rule.least_months is not None) is of_remedies)


def _rules(rules: Iterable[FormatRule]) -> Iterator[FormatRule]:
    """Each rule once; of rules about a time, such as months of credit monitoring, the longest."""
    longest: dict[str, FormatRule] = {}
    seen: dict[str, FormatRule] = {}
    for rule in rules:
        if rule.least_months is None:
            seen.setdefault(rule.text, rule)
        elif rule.item not in longest or rule.least_months > (longest[rule.item].least_months or 0):
            longest[rule.item] = rule
    yield from (*seen.values(), *longest.values())
