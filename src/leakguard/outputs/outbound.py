"""An outbound transfer for a person at 80 columns, and as plain values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, cast

from leakguard.outbound.answers import Choice, Known, all_answers
from leakguard.outbound.paper import known_words
from leakguard.outbound.rules import KINDS, FactKind, Row, RuleBook, ScreenLang, Source
from leakguard.outputs.notice import set_in
from leakguard.translations.catalogue import Catalogue
from leakguard.use_cases.outbound.assess_outbound import OutboundAssessed


def lang_of(words: Catalogue) -> ScreenLang:
    """Which of the two texts of a rule a screen shows."""
    return cast("ScreenLang", words.language)


def assessed_lines(found: OutboundAssessed, words: Catalogue) -> Iterator[str]:
    """The route with its reasons, what it asks for, and what all of it rests on."""
    lang = lang_of(words)
    yield words.filled("Outbound transfer of {}, by the law of {}", found.facts.organisation.name.of(lang), found.day)
    yield ""
    yield from _verdict(found, words)
    yield from _counted(found, words)
    if found.decision.verdict == "decided":
        for name in found.decision.routes[0]:
            yield from _route(found, name, words)
    yield ""
    yield words.gettext("Whatever the route:")
    for rule in found.book.always:
        if not rule.sources or found.book.cited(rule.sources, found.day):
            yield set_in(f"- {rule.text.of(lang)}", 2)
    yield ""
    yield words.gettext("This rests on:")
    yield from source_lines(_sources(found), words)
    yield ""
    yield words.gettext("LeakGuard proposes and counsel decides; this is not legal advice.")


def _verdict(found: OutboundAssessed, words: Catalogue) -> Iterator[str]:
    decision, lang = found.decision, lang_of(words)
    if decision.text is None:
        yield words.filled("NO RULE KNOWN: what the law said on {} is not known here. Ask counsel.", found.day)
        return
    if decision.verdict == "needs_fact":
        yield words.gettext("NEEDS FACT: the route is not settled. Possible are:")
        for row in decision.rows:
            yield set_in(f"- {route_names(found.book, row.route, words)}: {row.why.of(lang)}", 2)
        yield from question_lines(found, words)
        return
    mark = words.gettext("NO RULE KNOWN") if decision.is_open else words.gettext("ROUTE")
    yield f"{mark}: {route_names(found.book, decision.routes[0], words)}"
    yield set_in(words.filled("because: {}", decision.rows[0].why.of(lang)), 2)


def question_lines(found: OutboundAssessed, words: Catalogue) -> Iterator[str]:
    """The fact to find out next, then the others."""
    lang = lang_of(words)
    if not found.decision.missing:
        yield words.gettext("No fact is missing.")
    for number, name in enumerate(found.decision.missing):
        mark = words.gettext("Next fact") if number == 0 else words.gettext("then")
        yield f"{mark}: {name}: {found.book.facts[name].ask.of(lang)}"
        if why := found.facts.unknown.get(name):
            yield set_in(words.filled("not known: {}", why), 2)
        for option in _options(found.book.facts[name]):
            yield set_in(f"- {option}{_meaning(found.book.facts[name], option, lang)}", 2)


def _options(kind: FactKind) -> tuple[str, ...]:
    return kind.choices


def _meaning(kind: FactKind, option: str, lang: ScreenLang) -> str:
    return f": {kind.options[option].of(lang)}" if option in kind.options else ""


def route_names(book: RuleBook, route: Iterable[str], words: Catalogue) -> str:
    """The routes between which the organisation may choose."""
    return words.gettext(" or ").join(book.routes[name].name.of(lang_of(words)) for name in route)


def _counted(found: OutboundAssessed, words: Catalogue) -> Iterator[str]:
    counted = found.counted
    if counted.since is None:
        return
    yield set_in(words.filled("people are counted from {}, each once", counted.since), 2)
    if found.facts.transfers:
        numbers = (counted.counted, counted.exempt, counted.before, counted.later)
        text = (
            "transfers: {} counted, {} exempt and not counted (from memory), {} before that day, {} after the transfer"
        )
        yield set_in(words.filled(text, *numbers), 2)
    answers = all_answers(found.book, counted.answers)
    for name in found.decision.text.asks if found.decision.text is not None else ():
        if name in counted.answers:
            yield set_in(f"{name}: {known_words(found.book, name, answers[name], lang_of(words))}", 2)


def _route(found: OutboundAssessed, name: str, words: Catalogue) -> Iterator[str]:
    route, lang = found.book.routes[name], lang_of(words)
    yield ""
    yield f"{route.name.of(lang)}:"
    yield set_in(words.filled("where: {}", route.where.of(lang)), 2)
    if route.what:
        between = "；" if lang == "zh" else "; "
        yield set_in(words.filled("what: {}", between.join(what.of(lang) for what in route.what)), 2)
    yield set_in(words.filled("when: {}", route.when.of(lang)), 2)
    yield set_in(words.filled("valid: {}", route.valid.of(lang)), 2)
    yield set_in(words.filled("again on: {}", route.again.of(lang)), 2)
    if route.papers:
        yield set_in(words.filled("papers to draft: {}", ", ".join(route.papers)), 2)


def _sources(found: OutboundAssessed) -> tuple[Source, ...]:
    """What the answer rests on, as far as it was law on the day."""
    decision = found.decision
    names = [*(decision.text.sources if decision.text is not None else ())]
    names += [name for row in decision.rows for name in row.sources]
    if decision.verdict == "decided":
        names += [name for route in decision.routes[0] for name in found.book.routes[route].sources]
    names += [name for rule in found.book.always for name in rule.sources]
    return found.book.cited(tuple(names), found.day)


def source_lines(sources: Iterable[Source], words: Catalogue) -> Iterator[str]:
    """Each source with what was read of it, when, and how sure we are."""
    lang = lang_of(words)
    for source in sources:
        yield set_in(f"{source.law.of(lang)}, {source.article.of(lang)}: {source.says.of(lang)}", 2)
        sure = words.gettext("sourced") if source.confidence == "sourced" else words.gettext("own knowledge")
        yield set_in(words.filled("{}; {}; checked on {}", KINDS[source.kind].of(lang), sure, source.verified_on), 4)
        if source.url:
            yield f"    {source.url}"


def source_json(source: Source) -> dict[str, Any]:
    """A source as plain values."""
    return {
        "law": source.law.en, "law_zh": source.law.zh, "article": source.article.en, "article_zh": source.article.zh,
        "says": source.says.en, "says_zh": source.says.zh, "url": source.url, "source_kind": source.kind,
        "confidence": source.confidence, "verified_on": source.verified_on.isoformat(),
        "in_force_from": source.in_force_from.isoformat(),
    }  # fmt: skip


def assessed_json(found: OutboundAssessed) -> dict[str, Any]:
    """The answer as plain values."""
    decision, counted = found.decision, found.counted
    return {
        "schema": "leakguard.outbound/1", "day": found.day.isoformat(), "zone": found.book.zone,
        "law": decision.text.id if decision.text is not None else None,
        "verdict": decision.verdict,
        "route": list(decision.routes[0]) if decision.verdict == "decided" else None,
        "possible": [_row_json(row) for row in decision.rows],
        "missing_facts": list(decision.missing), "questions": questions_json(found),
        "counted_from": counted.since.isoformat() if counted.since is not None else None,
        "counted": {"transfers": counted.counted, "exempt": counted.exempt, "before": counted.before,
                    "after": counted.later},
        "facts": {name: _known_json(known) for name, known in all_answers(found.book, counted.answers).items()},
        "always": [{"id": rule.id, "text": rule.text.en, "text_zh": rule.text.zh} for rule in found.book.always],
        "sources": [source_json(source) for source in _sources(found)],
        "advice": "LeakGuard proposes and counsel decides; this is not legal advice.",
    }  # fmt: skip


def questions_json(found: OutboundAssessed) -> list[dict[str, Any]]:
    """What to find out, the fact that settles most first."""
    return [
        {
            "fact": name, "asks": found.book.facts[name].ask.en, "asks_zh": found.book.facts[name].ask.zh,
            "options": list(found.book.facts[name].choices), "not_known_because": found.facts.unknown.get(name),
        }
        for name in found.decision.missing
    ]  # fmt: skip


def _row_json(row: Row) -> dict[str, Any]:
    return {"route": list(row.route), "because": row.why.en, "because_zh": row.why.zh, "sources": list(row.sources)}


def _known_json(known: Known) -> dict[str, Any]:
    if isinstance(known, Choice):
        return {"possible": sorted(known.possible)}
    return {"low": known.low, "high": known.high}
