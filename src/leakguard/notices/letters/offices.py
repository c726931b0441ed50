"""The office in a letter: addressed by name and address, or named as unknown with what would decide it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from leakguard.frozen import replace
from leakguard.models.languages import LANGS, STYLES, named
from leakguard.notices.competence import BODY, RESIDENTS, Office
from leakguard.notices.country_names import country_name
from leakguard.notices.fact_values import LocalisedText
from leakguard.notices.facts import COUNTRY, REGION, Facts
from leakguard.notices.notice_content import NoticeContent
from leakguard.notices.office_shapes import Authority
from leakguard.notices.phrases import Phrases
from leakguard.notices.vocabulary import Lang, Vocabulary

_DECIDES = {
    COUNTRY: "office_by_country", REGION: "office_by_region", BODY: "office_by_body", RESIDENTS: "office_by_people",
}  # fmt: skip

_OTHERS = "other_authorities"
_PEOPLE = frozenset({"individuals", "public"})
"""Recipients that are people, not bodies."""
_READ_TOO: Mapping[str, tuple[Lang, ...]] = {"US": ("es",)}
"""By the beginning of a jurisdiction, in what letters are offered there beside the languages that its laws name."""
_BEHIND_NAME = re.compile(r"\s*[（(:：].*", re.DOTALL)
"""What may stand behind the name of an office in a list: its short name, its country, when it was told."""


def without_addressee(facts: Facts, office: Office | None) -> Facts:
    """The facts for the letter to `office`: among the other authorities that were told, its reader is none.

    It is known by its name in any language; a list of the one name stays, because a law may ask for the item.
    """
    fact, authority = facts.get(_OTHERS), office.authority if office is not None else None
    entries = tuple(entry for entry in _texts_of(facts) if authority is None or not _names(entry, authority))
    if fact is None or authority is None or not entries:
        return facts
    return replace(facts, stated={**facts.stated, _OTHERS: replace(fact, value=entries)})


def _texts_of(facts: Facts) -> tuple[LocalisedText, ...]:
    fact = facts.get(_OTHERS)
    parts = fact.value if fact is not None and isinstance(fact.value, tuple) else ()
    return tuple(part for part in parts if isinstance(part, LocalisedText))


def _names(entry: LocalisedText, authority: Authority) -> bool:
    names = {
        name.casefold()
        for name in (*authority.names.values(), authority.name_en, authority.name_zh, authority.short)
        if name
    }
    return any(_BEHIND_NAME.sub("", text).strip().casefold() in names for text in entry.texts.values())


def addressee(office: Office | None, words: str, lang: Lang, phrases: Phrases) -> Iterator[str]:
    """The lines of the address; `words` address the recipient where no office does.

    Who is not settled stands in brackets, so that nobody takes a draft for a letter that can go out.
    """
    if office is None:
        yield words
        return
    if office.stated:
        yield f"{office.stated[0]}{STYLES[lang].after_office}"
        yield from office.stated[1:]
        return
    if office.authority is not None:
        yield from _name_lines(office.authority, lang)
        yield from _address(office.authority, lang)
        return
    yield words
    if office.is_each:
        yield from (_both_names(authority, lang, phrases) for authority in office.authorities)
    yield from open_lines(office, phrases)


def open_lines(office: Office | None, phrases: Phrases) -> Iterator[str]:
    """The lines that name no office; what goes out leaves them out."""
    if office is None or office.stated or office.authority is not None:
        return
    if office.is_each:
        yield from (f"{place}: {_unknown(office, phrases)}" for place in office.open_places)
    else:
        yield _unknown(office, phrases)


def _language_remark(authority: Authority, lang: Lang) -> Iterator[str]:
    """That the office takes letters in other languages, and in which of them it can be drafted."""
    if lang in authority.languages or not authority.languages:
        return
    name = authority.short or authority.name_en
    known = tuple(code for code in LANGS if code in authority.languages)
    if known:
        yield f"the language: {name} takes letters in {named(known)}; draft it with --lang {known[0]}"
    else:
        yield f"the language: {name} takes letters in `{', '.join(authority.languages)}`; have this one translated"


def _reader_remark(notice: NoticeContent, office: Office | None, lang: Lang) -> Iterator[str]:
    """That the readers of the letter read another language, where no office is known that would tell."""
    codes = notice.language.codes
    is_read = lang in codes or lang in _READ_TOO.get(notice.readers[:2], ())
    if not codes or is_read or (office is not None and office.is_settled):
        return
    to_people = notice.recipient.type in _PEOPLE
    readers = "an office there takes letters in" if office else "people there read" if to_people else "its readers read"
    known = tuple(sorted((code for code in LANGS if code in codes), key=codes.index))
    if known:
        yield f"the language: {readers} {named(known)}; draft it with --lang {known[0]}"
    else:
        yield f"the language: {readers} `{', '.join(codes)}`; have this one translated"


def _name_lines(authority: Authority, lang: Lang) -> Iterator[str]:
    """The name in the letter's language, and below it the office's own where that is another."""
    name = authority.name_in(lang)
    yield f"{name}{STYLES[lang].after_office}"
    if _is_foreign(name, authority):
        yield _own_name(authority, lang)


def _address(authority: Authority, lang: Lang) -> Iterator[str]:
    """The lines below the name; the country in the office's own language, where the letter is written in it."""
    *lines, last = authority.contact.address or ("",)
    yield from lines
    country = country_name(authority.place.partition("-")[0], "en")
    is_own = lang != "en" and lang in authority.names and last.removeprefix("The ") == country
    if last:
        yield country_name(authority.place.partition("-")[0], lang) if is_own else last


def _both_names(authority: Authority, lang: Lang, phrases: Phrases) -> str:
    name = authority.name_in(lang)
    own = _own_name(authority, lang)
    return phrases.fixed("office_with_own_name", office=name, own=own) if _is_foreign(name, authority) else name


def _is_foreign(name: str, authority: Authority) -> bool:
    """Whether the office calls itself otherwise; one of several languages of its own is enough."""
    return not any(own in name for own in authority.names.values())


def _own_name(authority: Authority, lang: Lang) -> str:
    """In the script of the letter or in English, where the office has such a name: every PDF can show it."""
    return authority.names.get(lang.partition("-")[0], authority.names.get("en", authority.name_local))


def _unknown(office: Office, phrases: Phrases) -> str:
    """That the office is not known, and what would decide it."""
    unknown = phrases.fixed("office_to_fill_in")
    facts = tuple(phrases.fixed(_DECIDES[fact]) for fact in office.decided_by)
    return phrases.fixed("office_decided", unknown=unknown, facts=phrases.joined(facts)) if facts else unknown


def controller_name(facts: Facts, lang: Lang) -> str | None:
    """Whom a processor writes to: the controller that the facts name first; `None` where they name none."""
    first = facts.reports_first
    return first.name.of(lang) if first is not None and first.role == "controller" else None


def office_footer(office: Office | None, lang: Lang, phrases: Phrases, vocabulary: Vocabulary) -> Iterator[str]:
    """How each office takes the notice, and what that rests on; for the drafter."""
    if office is None or office.stated or not (office.authority or office.is_each):
        return
    for authority in office.authorities:
        way = phrases.fixed(f"way_{authority.form.kind}")
        where = authority.form.url or authority.form.email
        contact = phrases.fixed("clause_comma").join((way, where)) if where else way
        yield phrases.fixed("office_way", office=authority.short or authority.name_in(lang), way=contact)
        if authority.states("form"):
            source = authority.source_of("form")
            kind = vocabulary.marks[source.kind].of(lang)
            yield phrases.fixed("office_source", kind=kind, checked=phrases.day(source.on))


def office_remarks(office: Office | None, lang: Lang, notice: NoticeContent) -> Iterator[str]:
    """What the drafter has to settle about the addressee, and about the language that it reads."""
    yield from _reader_remark(notice, office, lang)
    if office is None or office.stated:
        return
    if office.authority is not None:
        yield from _language_remark(office.authority, lang)
        return
    if office.is_each:
        names = ", ".join(authority.id for authority in office.authorities)
        yield f"the addressee: this letter goes to {names}, each by its own form"
    if office.is_each and not office.open_places:
        return
    facts = ", ".join(f"`{fact}`" for fact in office.decided_by)
    where = f" in {', '.join(office.open_places)}" if office.open_places else ""
    yield f"the addressee: the competent authority{where} is not known{f'; state {facts}' if facts else ''}"
