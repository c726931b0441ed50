"""What outbound transfers change in an incident, for a person and as plain values; the note to counsel stands apart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from leakguard.models.moments import to_z
from leakguard.outbound.countries import country_name
from leakguard.outbound.in_incident import CounselNote, InIncident, Party
from leakguard.outbound.leaving import cited, evidence_doubt
from leakguard.outbound.rules import NotificationDuty, RuleBook
from leakguard.outputs.notice import set_in
from leakguard.outputs.outbound import lang_of, route_names, source_json, source_lines
from leakguard.outputs.words import printable
from leakguard.translations.catalogue import Catalogue
from leakguard.use_cases.outbound.assess_outbound import OutboundAssessed


def incident_lines(found: OutboundAssessed, seen: InIncident, words: Catalogue) -> Iterator[str]:
    """Who notifies whom, whether transfers pause, and what may not leave; nothing of the note to counsel."""
    lang, texts = lang_of(words), found.book.incident
    yield words.filled("Outbound transfers in the incident of {}", seen.day)
    for name in seen.missing:
        yield words.filled("NEEDS FACT: {}", name)
    for party in seen.parties:
        yield ""
        yield from _party(found.book, party, found, words)
        if (last := seen.last_days.get(party.recipient.id)) is not None:
            yield set_in(words.filled("last day of transfers: {}", last), 2)
    if not seen.parties:
        yield words.gettext("No recipient abroad is stated or in the register.")
    yield from _earlier(seen, words)
    yield ""
    yield set_in(texts.counts_apart.of(lang), 0)
    if seen.is_own:
        yield set_in(texts.not_a_transfer.of(lang), 0)
    if found.facts.organisation.country == "CN":
        yield set_in(words.filled("DOUBT: {}", evidence_doubt(found.book, lang)), 0)
    yield ""
    yield words.gettext("This rests on:")
    yield from source_lines(found.book.cited(tuple(_names(found.book, seen)), seen.day), words)
    if seen.for_counsel:
        yield ""
        yield words.gettext("There is a note for counsel: leakguard outbound incident FACTS --for-counsel")


def _earlier(seen: InIncident, words: Catalogue) -> Iterator[str]:
    """Recipients to whom transfers had ended before the incident."""
    lang = lang_of(words)
    if seen.earlier:
        yield ""
        yield words.gettext("Transfers had ended before the incident; ask what these recipients still have:")
    for recipient in seen.earlier:
        name = f"{printable(recipient.name.of(lang))}, {country_name(recipient.country, lang)}"
        ended = words.filled("last day of transfers: {}", seen.last_days[recipient.id])
        yield set_in(f"{recipient.id}  {name}; {ended}", 2)


def _party(book: RuleBook, party: Party, found: OutboundAssessed, words: Catalogue) -> Iterator[str]:
    lang, recipient = lang_of(words), party.recipient
    name = f"{printable(recipient.name.of(lang))}, {country_name(recipient.country, lang)}"
    yield f"{recipient.id}  {name}: {party.tool.name.of(lang)}"
    if not party.leaked and not party.tells:
        yield set_in(words.gettext("nothing leaked there, and nothing binds you to notify it"), 2)
    for notification in party.tells:
        yield set_in(f"- {_sentence(book, notification, words)}", 2)
    at = found.facts.incident.notice_at
    if party.leaked and at is not None:
        yield set_in(
            words.filled("its notice arrived at {}; no number of hours binds it, so this counts up", to_z(at)), 2
        )
    if party.leaked and recipient.contact:
        yield set_in(words.filled("contact: {}", recipient.contact), 2)
    if party.pauses:
        pause = book.incident.pause
        yield set_in(f"- {pause.text.of(lang)}: {pause.why.of(lang)}", 2)


def _sentence(book: RuleBook, notification: NotificationDuty, words: Catalogue) -> str:
    lang, parties = lang_of(words), book.incident.parties
    who, whom = parties[notification.from_].of(lang), parties[notification.to].of(lang)
    return words.filled("{} notifies {}: {} ({})", who, whom, notification.when.of(lang), notification.basis.of(lang))


def _names(book: RuleBook, seen: InIncident) -> Iterator[str]:
    for party in seen.parties:
        yield from (name for notification in party.tells for name in notification.sources)
        yield from book.incident.pause.sources if party.pauses else ()
    yield from book.incident.not_a_transfer_sources if seen.is_own else ()
    yield from book.incident.foreign_body.sources


def counsel_lines(found: OutboundAssessed, seen: InIncident, words: Catalogue) -> Iterator[str]:
    """The note that counsel alone reads, and that no letter and no report shows."""
    lang, note = lang_of(words), found.book.incident.counsel
    yield note.title.of(lang)
    for counsel_note in seen.for_counsel:
        yield set_in(f"- {counsel_sentence(found.book, counsel_note, words)}", 2)
    if not seen.for_counsel:
        yield set_in(words.gettext("nothing to say: every route is settled and stands"), 2)
    yield ""
    yield words.gettext("This rests on:")
    yield from source_lines(found.book.cited(note.sources, seen.day), words)


def counsel_sentence(book: RuleBook, note: CounselNote, words: Catalogue) -> str:
    """One line of the note."""
    lang = lang_of(words)
    names = ("、" if lang == "zh" else ", ").join(printable(name.name.of(lang)) for name in note.names)
    needed = route_names(book, note.routes, words)
    facts = ", ".join(note.facts) or words.gettext("no rule is known")
    return note.text.of(lang).format(names=names, facts=facts, needed=needed)


def incident_json(found: OutboundAssessed, seen: InIncident) -> dict[str, Any]:
    """The same as plain values, without the note to counsel."""
    texts, is_chinese = found.book.incident, found.facts.organisation.country == "CN"
    sources = found.book.cited(tuple(_names(found.book, seen)), seen.day)
    return {
        "schema": "leakguard.outbound-incident/1", "day": seen.day.isoformat(), "missing_facts": list(seen.missing),
        "recipients": [_party_json(found.book, party, seen) for party in seen.parties],
        "ended_before": [
            {"id": one.id, "name": one.name.en, "country": one.country, "last_day": seen.last_days[one.id].isoformat()}
            for one in seen.earlier
        ],
        "leaked_from": found.facts.incident.leaked_from or None,
        "notice_at": to_z(at) if (at := found.facts.incident.notice_at) is not None else None,
        "counts_apart": texts.counts_apart.en,
        "foreign_body": {"evidence": evidence_doubt(found.book), "forbidden_by": cited(found.book, "en")}
        if is_chinese else None,
        "has_note_for_counsel": bool(seen.for_counsel), "sources": [source_json(source) for source in sources],
    }  # fmt: skip


def _party_json(book: RuleBook, party: Party, seen: InIncident) -> dict[str, Any]:
    tells = [
        {"from": notification.from_, "to": notification.to, "when": notification.when.en,
         "when_zh": notification.when.zh, "basis": notification.basis.en, "basis_zh": notification.basis.zh,
         "sources": list(notification.sources)}
        for notification in party.tells
    ]  # fmt: skip
    recipient, last = party.recipient, seen.last_days.get(party.recipient.id)
    return {
        "id": recipient.id, "name": recipient.name.en, "country": recipient.country, "tool": recipient.tool,
        "law": party.tool.law, "last_day": last.isoformat() if last is not None else None,
        "leaked": party.leaked, "decide_pause": book.incident.pause.text.en if party.pauses else None, "tells": tells,
    }  # fmt: skip


def counsel_json(found: OutboundAssessed, seen: InIncident, words: Catalogue) -> dict[str, Any]:
    """The note to counsel as plain values."""
    lines = [{"kind": note.kind, "text": counsel_sentence(found.book, note, words)} for note in seen.for_counsel]
    sources = [source_json(source) for source in found.book.cited(found.book.incident.counsel.sources, seen.day)]
    return {"schema": "leakguard.outbound-counsel/1", "day": seen.day.isoformat(), "lines": lines, "sources": sources}
