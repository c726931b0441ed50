"""The letter to the owner of an app: what it asks for beyond its category, what was not seen, and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from leakguard.apps.definitions import AppRules, Need
from leakguard.apps.judging import GROUPS, AppVerdict, SignKind
from leakguard.apps.letter_texts import LetterTexts
from leakguard.frozen import Frozen
from leakguard.models.languages import Lang
from leakguard.models.letters import Block, Heading, Letter, Numbered, Paragraph
from leakguard.models.texts import shown

NECESSITY = 4
"""The group of illegal collection that an unrelated access speaks of."""
_LONGEST = 200
_TO_SIGN_ON = "_" * 32


class LetterAuthor(Frozen):
    """Who writes, and on which day."""

    sender: tuple[str, ...]
    on: date
    date_line: str


def owner_letter(
    verdict: AppVerdict, rules: AppRules, texts: LetterTexts, *, lang: Lang, sha256: str, written: LetterAuthor
) -> Letter:
    """The draft of the letter; whatever the package says of itself is cut and made harmless."""
    facts = verdict.facts
    app = shown(facts.package, _LONGEST)
    return Letter(
        duty="app-owner", lang=lang, title=texts.say("title", app=app), sender=written.sender,
        addressee=(texts.say("addressee", app=app),), reference=texts.say("reference", sha256=sha256),
        written_on=written.on, date_line=written.date_line, salutation=texts.say("salutation"),
        blocks=tuple(_blocks(verdict, rules, texts, lang)), closing=texts.say("closing"),
        signature=written.sender[:1] or (_TO_SIGN_ON,), footer=(texts.say("draft", date=written.date_line),),
    )  # fmt: skip


def is_worth_a_letter(verdict: AppVerdict) -> bool:
    """Whether there is anything to ask of the owner."""
    return verdict.is_problem or bool(verdict.with_need(Need.EXPLAINABLE))


def _blocks(verdict: AppVerdict, rules: AppRules, texts: LetterTexts, lang: Lang) -> Iterator[Block]:
    category, facts = verdict.category, verdict.facts
    yield Paragraph(text=texts.say(
        "opening", app=shown(facts.package, _LONGEST), category=category.words.in_language(lang),
        version=shown(facts.version, _LONGEST) or texts.say("no_version"),
        provisions=rules.provisions.title.in_language(lang),
    ))  # fmt: skip
    named = _joined(tuple(each.in_language(lang) for each in category.necessary), lang) or texts.say("nothing")
    yield Paragraph(text=texts.say("necessary", necessary=named))
    for need in (Need.UNRELATED, Need.EXPLAINABLE):
        entries = tuple(_asked(verdict, need, texts, lang))
        if entries:
            yield Heading(text=texts.say(need.value))
            yield Paragraph(text=texts.say(f"{need.value}_why"))
            yield Numbered(entries=entries)
    besides = tuple(_besides(verdict, rules, texts, lang))
    if besides:
        yield Heading(text=texts.say("besides"))
        yield Numbered(entries=besides)
    yield Heading(text=texts.say("limits_heading"))
    yield Paragraph(text=texts.say("limits"))
    for text in _groups(verdict, rules, texts, lang):
        yield Paragraph(text=text)
    yield Heading(text=texts.say("request_heading"))
    yield Numbered(entries=tuple(_requests(verdict, texts)))


def _asked(verdict: AppVerdict, need: Need, texts: LetterTexts, lang: Lang) -> Iterator[str]:
    for access in verdict.with_need(need):
        sentence = texts.say(
            f"{need.value}_access", access=access.access.words.in_language(lang), why=access.fit.why.in_language(lang),
            by=_joined(tuple(name.removeprefix("android.permission.") for name in access.by), lang),
        )  # fmt: skip
        gap = "" if lang == "zh" else " "
        yield f"{sentence}{gap}{texts.say('others')}" if access.access.concerns_others else sentence


def _besides(verdict: AppVerdict, rules: AppRules, texts: LetterTexts, lang: Lang) -> Iterator[str]:
    for sign in verdict.signs:
        if sign.kind is not SignKind.NEVER_GRANTED:
            yield texts.say(sign.kind.value, where=_joined(sign.where, lang))
    if verdict.facts.sdks:
        named = tuple(rules.sdks[sdk.id].title for sdk in verdict.facts.sdks)
        yield texts.say("libraries", libraries=_joined(named, lang))
    for part in verdict.facts.unread:
        yield texts.say("not_checked", part=shown(part.part, _LONGEST), why=part.why)


def _groups(verdict: AppVerdict, rules: AppRules, texts: LetterTexts, lang: Lang) -> Iterator[str]:
    numbers = {NECESSITY} if verdict.asks_for_more else set()
    numbers |= {GROUPS[sign.kind] for sign in verdict.signs if sign.kind in GROUPS}
    for group in rules.groups:
        if group.number in numbers:
            yield texts.say(
                "group", method=rules.method.title.in_language(lang), number=str(group.number),
                group=group.words.in_language(lang),
            )  # fmt: skip


def _requests(verdict: AppVerdict, texts: LetterTexts) -> Iterator[str]:
    if verdict.asks_for_more:
        yield texts.say("request_out")
    if verdict.with_need(Need.EXPLAINABLE):
        yield texts.say("request_optional")
    yield texts.say("request_answer")


def _joined(names: tuple[str, ...], lang: Lang) -> str:
    return ("、" if lang == "zh" else ", ").join(shown(name, _LONGEST) for name in names)
