"""Rules about what a letter says: hedges, empty comfort, other topics, blame, words of the trade, dates."""

from __future__ import annotations

from collections.abc import Iterator

from leakguard.notices.lint.book import Finder, FlaggedWords
from leakguard.notices.lint.found import LintFinding, quote
from leakguard.notices.lint.passages import LintText, Passage, Section, sentences_of


def hedged_involvement(text: LintText, finder: Finder) -> Iterator[LintFinding]:
    """A hedge in the part about what was involved, or in a sentence that tells the reader's own data were."""
    words = finder.words
    reported: set[str] = set()
    for passage in _about_involved(text, finder):
        for hedge in finder.all(words.hedges, finder.undated(passage.text)):
            reported.add(passage.text)
            yield LintFinding(where=passage.where, words=finder.note("word", word=hedge, text=quote(passage.text)))
    for passage, sentence in text.sentences():
        hedge = finder.first(words.hedges, finder.undated(sentence))
        is_about = finder.first(words.concerned, sentence) and finder.first(words.about_reader, sentence)
        if hedge and is_about and passage.kind == "paragraph" and passage.text not in reported:
            yield LintFinding(where=passage.where, words=finder.note("word", word=hedge, text=quote(sentence)))


def _about_involved(text: LintText, finder: Finder) -> Iterator[Passage]:
    for section in text.sections:
        is_part = _is_headed(section, finder.words.involved, finder)
        is_steps = _is_headed(section, finder.words.steps, finder)
        for passage in section.passages:
            if (is_part and not is_steps) or (passage.label and finder.first(finder.words.involved, passage.label)):
                yield passage


def _is_headed(section: Section, names: tuple[str, ...], finder: Finder) -> bool:
    return bool(section.heading) and finder.first(names, section.heading) != ""


def bare_no_evidence(text: LintText, finder: Finder) -> Iterator[LintFinding]:
    """`No evidence of misuse` without what was checked and since when, in the same paragraph."""
    words = finder.words
    for passage in text.passages:
        for sentence in sentences_of(passage.text, finder.lang):
            claim = finder.first(words.no_evidence, sentence)
            if claim and finder.first(words.misuse, sentence) and not _says_what_was_checked(passage.text, finder):
                yield LintFinding(where=passage.where, words=quote(sentence))


def _says_what_was_checked(text: str, finder: Finder) -> bool:
    return finder.first(finder.words.checked, text) != "" and finder.has_date(text)


def vague_time(text: LintText, finder: Finder) -> Iterator[LintFinding]:
    """`Recently` in the place of a date."""
    for passage in text.passages:
        for word in finder.all(finder.words.vague_times, finder.undated(passage.whole)):
            yield LintFinding(where=passage.where, words=finder.note("word", word=word, text=quote(passage.whole)))


def other_topic(text: LintText, finder: Finder) -> Iterator[LintFinding]:
    """Praise of the organisation, offers, phrases that say nothing."""
    yield from _flagged(text, finder, finder.words.other_topics)


def blame(text: LintText, finder: Finder) -> Iterator[LintFinding]:
    """Somebody else's fault, or an attacker too great to be stopped."""
    yield from _flagged(text, finder, finder.words.blame)


def jargon(text: LintText, finder: Finder) -> Iterator[LintFinding]:
    """Words of lawyers and engineers."""
    yield from _flagged(text, finder, finder.words.jargon)


def stiff_words(text: LintText, finder: Finder) -> Iterator[LintFinding]:
    """Turns of speech that nobody uses aloud, such as `the personal data concerned`."""
    yield from _flagged(text, finder, finder.words.stiff)


def _flagged(text: LintText, finder: Finder, lists: tuple[FlaggedWords, ...]) -> Iterator[LintFinding]:
    for passage in text.passages:
        for flagged in lists:
            for word in finder.all(flagged.words, passage.whole):
                yield LintFinding(
                    where=passage.where,
                    words=finder.note("word", word=word, text=quote(passage.whole)),
                    instead=flagged.instead,
                )


def date_happened(text: LintText, finder: Finder) -> Iterator[LintFinding]:
    """When it happened, or that nobody knows yet."""
    yield from _undated(text, finder, finder.words.happened)


def date_found(text: LintText, finder: Finder) -> Iterator[LintFinding]:
    """When it was found."""
    yield from _undated(text, finder, finder.words.found)


def date_closed(text: LintText, finder: Finder) -> Iterator[LintFinding]:
    """When it was closed, or that it is not."""
    yield from _undated(text, finder, finder.words.closed)


def _undated(text: LintText, finder: Finder, names: tuple[str, ...]) -> Iterator[LintFinding]:
    """One finding for the letter when no sentence has both the word and a date; the nearest sentence is quoted."""
    near: LintFinding | None = None
    for passage, sentence in text.sentences():
        if finder.first(names, sentence):
            if finder.has_date(sentence) or finder.first(finder.words.unknown, sentence):
                return
            near = near or LintFinding(where=passage.where, words=finder.note("no_date", text=quote(sentence)))
    yield near or LintFinding(where="the letter")
