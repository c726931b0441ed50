"""Whether the facts carry everything that a notice must say, and nothing that it must not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from leakguard.clocks.times import zone_of
from leakguard.frozen import Frozen, replace
from leakguard.models.events import Interval
from leakguard.notices.address import addressed_in
from leakguard.notices.data_effects import answered
from leakguard.notices.fact_values import Contact
from leakguard.notices.facts import Fact, Facts, FactState, WithheldHelp
from leakguard.notices.forbidden import forbidden_in, texts_of
from leakguard.notices.format_rules import item_problems, letter_problems
from leakguard.notices.judging import Answer, judge
from leakguard.notices.letters.personal_values import refuse_personal_values
from leakguard.notices.letters.text import LetterText
from leakguard.notices.notice_content import ContentItem, NoticeContent
from leakguard.notices.vocabulary import LANGS, Lang, Requirement, Vocabulary


def period_problems(notice: NoticeContent, facts: Facts, vocabulary: Vocabulary) -> Iterator[str]:
    """What is too short; a rule whose condition the facts do not settle is named with its condition."""
    for rule in notice.format_rules:
        if rule.least_days is None:
            continue
        days = _days_between(facts, rule.since, rule.item)
        answer = judge(rule.when, facts, vocabulary).answer if rule.when is not None else Answer.YES
        if days is None or days >= rule.least_days or answer is Answer.NO:
            continue
        need = f"{rule.item}: {days} days after {rule.since}; {rule.text}"
        yield need if answer is Answer.YES else f"{need}, which the facts do not tell"


def _days_between(facts: Facts, first: str, last: str) -> int | None:
    """Whole days from the first to the last; `None` unless both are stated."""
    began, ended = facts.value_of(first, Interval), facts.value_of(last, Interval)
    if began is None or ended is None:
        return None
    days = [
        when.astimezone(zone_of(moment.zone or facts.zone)).date()
        for moment, when in ((began, began.latest), (ended, ended.earliest))
    ]
    return (days[1] - days[0]).days


ItemStanding = Literal[
    "present", "said", "not_applicable", "missing", "undecided", "recommended", "optional", "not_needed"
]


class Completeness(Frozen):
    """What a notice lacks; every list has names of content items, in the order of the duty."""

    duty: str
    stage: str | None
    missing: tuple[str, ...]
    forbidden_present: tuple[str, ...]
    format_problems: tuple[str, ...]
    undecided: tuple[str, ...] = ()
    """Items whose condition cannot be decided from the facts, such as a reason for a delay when no clock runs."""
    recommended: tuple[str, ...] = ()
    """Items that are recommended and not stated."""
    optional: tuple[str, ...] = ()
    """Items that may be left out, and are."""
    said_as_unknown: tuple[str, ...] = ()
    """Items that pass because the letter says why they are not known yet."""
    not_applicable: tuple[str, ...] = ()
    """Items that pass because the facts say why they do not apply."""
    withheld: tuple[WithheldHelp, ...] = ()
    """Help that others are offered and the readers of this letter are not."""
    statuses: tuple[tuple[str, ItemStanding], ...] = ()
    """Every item that was asked about, in the order of the duty, and how it stands."""

    @property
    def is_complete(self) -> bool:
        """Whether the notice may go to the person who approves it."""
        return not (self.missing or self.forbidden_present or self.format_problems)


def check(
    duty: NoticeContent,
    facts: Facts,
    stage: str | None,
    vocabulary: Vocabulary,
    *,
    is_late: bool | None = None,
    langs: tuple[Lang, ...] = LANGS,
) -> Completeness:
    """Check the facts against the content of `duty`, or of one stage of it.

    `is_late` says whether the limit has passed; `None` when no clock tells. `langs` are those whose texts are read.
    """
    answers = item_standings(duty, facts, stage, vocabulary, is_late=is_late)
    every = {**answers, **dict(_effect_standings(duty, facts, stage, vocabulary))}
    named = {word: tuple(item for item, answer in every.items() if answer == word) for word in every.values()}
    return Completeness(
        duty=duty.id,
        stage=stage,
        missing=named.get("missing", ()),
        undecided=named.get("undecided", ()),
        recommended=named.get("recommended", ()),
        optional=named.get("optional", ()),
        said_as_unknown=named.get("said", ()),
        not_applicable=named.get("not_applicable", ()),
        statuses=tuple(every.items()),
        forbidden_present=tuple(_forbidden(duty, facts, stage, vocabulary)),
        format_problems=(
            *_format_problems(duty, facts, stage, answers),
            *(fact.problem for fact in addressed_in(duty, facts, answers, langs)),
            *period_problems(duty, facts, vocabulary),
        ),
    )


def _effect_standings(
    duty: NoticeContent, facts: Facts, stage: str | None, vocabulary: Vocabulary
) -> Iterator[tuple[str, ItemStanding]]:
    """What happened to the data and where the people live, where the law of a letter to an authority asks for it."""
    for name, state in answered(duty, facts, stage, vocabulary).items():
        yield name, "missing" if state == "not_stated" else "said" if state == "unknown" else "present"


def item_standing(
    item: ContentItem, facts: Facts, stage: str | None, vocabulary: Vocabulary, *, is_late: bool | None
) -> ItemStanding:
    """How one content item stands, also one that a form asks for and the duty does not."""
    return _standing(item, facts, stage, vocabulary, is_late=is_late)


def item_standings(
    duty: NoticeContent, facts: Facts, stage: str | None, vocabulary: Vocabulary, *, is_late: bool | None
) -> dict[str, ItemStanding]:
    """How each content item stands, in the order of the duty."""
    has_reason = facts.not_known_yet is not None and duty.opens_with(stage)
    return {
        item.item: _standing(item, facts, stage, vocabulary, is_late=is_late, has_reason=has_reason)
        for item in duty.items_of(stage)
    }


def _standing(
    item: ContentItem,
    facts: Facts,
    stage: str | None,
    vocabulary: Vocabulary,
    *,
    is_late: bool | None,
    has_reason: bool = False,
) -> ItemStanding:
    """`said` means that the letter tells why it is not known yet, `not_applicable` that it tells why there is nothing.

    `has_reason` says that the facts give one reason for all that nobody stated.
    """
    needed = vocabulary.conditions[item.required]
    fact = facts.get(item.item)
    if fact is not None and fact.has_value:
        return "present"
    if _is_answered(item.or_, facts):
        return "not_needed" if fact is None else _reason_given(fact)
    if needed.optional:
        return _reason_given(fact) if needed.tells_unknown and fact is not None else _left_out(item)
    due = _is_due(needed, facts, stage, vocabulary, is_late=is_late)
    if due is not Answer.YES:
        return "not_needed" if due is Answer.NO or _is_ruled_out(fact) else "undecided"
    return _reason_given(fact) if needed.unknown_allowed and (fact is not None or has_reason) else "missing"


def _reason_given(fact: Fact | None) -> ItemStanding:
    """How an item stands whose reason the letter gives."""
    return "not_applicable" if _is_ruled_out(fact) else "said"


def _is_answered(name: str, facts: Facts) -> bool:
    fact = facts.get(name)
    return fact is not None and fact.has_value


def _left_out(item: ContentItem) -> ItemStanding:
    return "recommended" if item.required == "recommended" else "optional"


def _is_ruled_out(fact: Fact | None) -> bool:
    return fact is not None and fact.state is FactState.NOT_APPLICABLE


def _is_due(
    needed: Requirement, facts: Facts, stage: str | None, vocabulary: Vocabulary, *, is_late: bool | None
) -> Answer:
    """Whether the condition of an item holds."""
    if needed.when is None:
        return Answer.YES
    if needed.when == "late":
        return Answer.NEEDS_FACT if is_late is None else Answer.YES if is_late else Answer.NO
    if needed.when == "later_stage":
        return Answer.YES if stage not in {None, "initial"} else Answer.NO
    return judge(needed.when, facts, vocabulary).answer


def _forbidden(duty: NoticeContent, facts: Facts, stage: str | None, vocabulary: Vocabulary) -> Iterator[str]:
    """Items that must not be told but would be: listed as content, or told inside what is told."""
    carried = [item.item for item in duty.items_of(stage)]
    carried_text = " \n".join(text for name in carried for text in texts_of(facts.get(name)))
    found = set(forbidden_in(duty, facts, carried_text, vocabulary))
    for name in duty.must_not_contain:
        fact = facts.get(name)
        if name in found or (name in carried and fact is not None and fact.has_value):
            yield name


def _format_problems(
    duty: NoticeContent, facts: Facts, stage: str | None, due: Mapping[str, ItemStanding]
) -> Iterator[str]:
    """A contact that nobody can use is none; what the duty says about the form of an item holds where it is due."""
    for item in duty.items_of(stage):
        fact = facts.get(item.item)
        if fact is not None and isinstance(fact.value, Contact) and not _is_reachable(fact.value):
            yield f"{item.item}: needs a way to reach it, such as an e-mail address, a telephone number or a page"
        if due[item.item] == "present":
            yield from item_problems(duty.format_rules, item.item, " ".join(texts_of(fact)))


def with_letter(
    found: Completeness, duty: NoticeContent, facts: Facts, letter: LetterText, vocabulary: Vocabulary
) -> Completeness:
    """The result with what is wrong with the letter itself: its form, and what it must not tell."""
    forbidden = set(forbidden_in(duty, facts, letter.text, vocabulary)) | set(found.forbidden_present)
    problems = (*found.format_problems, *letter_problems(duty.format_rules, letter), *_personal(letter))
    return replace(
        found,
        forbidden_present=tuple(name for name in duty.must_not_contain if name in forbidden),
        format_problems=tuple(dict.fromkeys(problems)),
    )


def _personal(letter: LetterText) -> Iterator[str]:
    try:
        refuse_personal_values(letter.text)
    except ValueError as error:
        yield f"the letter {error}"


def _is_reachable(contact: Contact) -> bool:
    """An e-mail address, a number, a page or a postal address stands in it."""
    texts = [contact.text.of(lang) or "" for lang in LANGS] if contact.text else []
    return bool(contact.ways) or any("@" in text or "://" in text or any(map(str.isdigit, text)) for text in texts)


def to_json_object(found: Completeness) -> dict[str, Any]:
    """The result as plain JSON values, as the contract with users has it."""
    return {
        "duty": found.duty,
        "stage": found.stage,
        "complete": found.is_complete,
        "missing": list(found.missing),
        "forbidden_present": list(found.forbidden_present),
        "format_problems": list(found.format_problems),
        "undecided": list(found.undecided),
        "recommended": list(found.recommended),
        "optional": list(found.optional),
        "said_as_unknown": list(found.said_as_unknown),
        "not_applicable": list(found.not_applicable),
        "withheld": [withheld_json(withheld) for withheld in found.withheld],
    }


def withheld_json(withheld: WithheldHelp) -> dict[str, Any]:
    """A decision about help as plain JSON values."""
    return {"remedy": withheld.remedy, "places": list(withheld.places), "reason": withheld.reason, "by": withheld.by}
