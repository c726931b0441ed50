"""What a person should look at before a draft goes on: never a reason to refuse it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from leakguard.notices.address import addressed_in
from leakguard.notices.completeness import ItemStanding
from leakguard.notices.contradictions import contradictions
from leakguard.notices.data_effects import facts_told, unstated
from leakguard.notices.fact_values import Contact, LocalisedText
from leakguard.notices.facts import Fact, Facts
from leakguard.notices.language_detection import is_foreign
from leakguard.notices.letters.foreign import plain_texts
from leakguard.notices.letters.personal_values import email_addresses
from leakguard.notices.notice_content import NoticeContent
from leakguard.notices.vocabulary import Lang, Vocabulary


def remarks_on(
    duty: NoticeContent,
    facts: Facts,
    lang: Lang,
    items: Mapping[str, ItemStanding],
    vocabulary: Vocabulary,
    *,
    written: Iterable[str] = (),
) -> tuple[str, ...]:
    """Remarks on a draft: items that the law wants known, texts in another language or to another reader, strangers.

    `written` are the facts that stand in the letter.
    """
    names = (*items, *facts_told(duty, facts))
    facts_stated = [fact for name in names if (fact := facts.get(name)) is not None]
    unknown = [name for name, how in items.items() if how == "missing" and facts.get(name) is not None]
    foreign = [
        fact.name for fact in facts_stated if not vocabulary.facts[fact.name].is_name and _is_foreign(fact, lang)
    ]
    strange = [fact.name for fact in facts_stated if _has_stranger(fact, facts)]
    coded = [(fact.name, kind) for fact in facts_stated for kind in _codes(fact, vocabulary)]
    wanted = [name for name, how in items.items() if how == "recommended"]
    undecided = [name for name, how in items.items() if how == "undecided"]
    return (
        *contradictions(facts),
        *(addressed.problem for addressed in addressed_in(duty, facts, written, (lang,))),
        *(f"{name}: the duty asks for it, and the letter says that it is not known yet" for name in unknown),
        *(f"{name}: written in another language than the letter" for name in foreign),
        *(f"{name}: `{kind}` has no words of its own, so the letter tells it as it is typed" for name, kind in coded),
        *(f"{name}: an e-mail address that is not your own; it must not be a victim's" for name in strange),
        *(f"{name}: recommended for {duty.recipient.type}, and not stated" for name in wanted),
        *(f"{name}: not stated, and the letter says so" for name in unstated(duty, facts)),
        *(f"{name}: needed if its condition holds, which the facts do not tell" for name in undecided),
    )


def _texts(fact: Fact) -> Iterator[str]:
    parts = fact.value if isinstance(fact.value, tuple) else ()
    for part in (*parts, fact.reason):
        if isinstance(part, LocalisedText):
            yield from dict.fromkeys(part.texts.values())


def _codes(fact: Fact, vocabulary: Vocabulary) -> Iterator[str]:
    """Kinds of data that only the facts file has a name for."""
    if vocabulary.facts[fact.name].kind == "categories" and isinstance(fact.value, tuple):
        yield from (str(kind) for kind in fact.value if kind not in vocabulary.categories)


def _is_foreign(fact: Fact, lang: Lang) -> bool:
    """A text that was written once, and visibly not in the letter's language."""
    return any(is_foreign(text, lang) for text in plain_texts(fact))


def _has_stranger(fact: Fact, facts: Facts) -> bool:
    own = {address.split("@")[1] for address in _own_addresses(facts)}
    found = [address.split("@")[1] for text in _texts(fact) for address in email_addresses(text)]
    return bool(own) and any(domain not in own for domain in found)


def _own_addresses(facts: Facts) -> Iterator[str]:
    for contact in (facts.organisation.contact, facts.organisation.dpo):
        if isinstance(contact, Contact):
            texts = contact.text.texts.values() if contact.text else ()
            for text in (*contact.ways, *texts):
                yield from email_addresses(text)
