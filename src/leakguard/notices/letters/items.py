"""Content items as blocks of a letter: told when known, told as unknown with the reason, never left out in silence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from leakguard.models.events import Interval
from leakguard.models.letters import Block, Fields, Heading, Numbered, Paragraph
from leakguard.notices.audiences import is_authority
from leakguard.notices.coded_texts import plain_answer
from leakguard.notices.completeness import ItemStanding
from leakguard.notices.fact_values import Contact, LocalisedText
from leakguard.notices.facts import Fact, Facts, FactState
from leakguard.notices.letters.filling import LetterTexts
from leakguard.notices.letters.foreign import foreign_problems
from leakguard.notices.letters.periods import CLOSING, period_words
from leakguard.notices.letters.template import IF_STATED, Sentence
from leakguard.notices.notice_content import NoticeContent
from leakguard.notices.phrases import NotInThisLanguage, Phrases
from leakguard.notices.vocabulary import Lang, PlainAnswer, Vocabulary, Words
from leakguard.notices.wording import closed_up, sentence

_STOPS = (".", "!", "?", "。", "！", "？")
_SAMPLES = {
    "moment": ', such as {value: "2026-06-12T09:00+08:00"}',
    "contact": ", such as {value: {name: Front desk, email: desk@university.example}}",
    "count": ", such as {value: 600}",
}
"""How a fact is written whose kind its name does not tell; a text is its own example."""

_ASKED = {"org_contact": "ask_about_incident", "dpo_contact": "ask_about_data"}
"""Whom people can ask, and the phrase that says about what."""
_OF_SENDER = frozenset({"org_contact", "dpo_contact"})
"""Facts that stand in the entry of the organisation whose letter it is, which need not be the one that reports."""


class LetterItems:
    """The items of one letter; collects in `problems` what keeps them from being told."""

    def __init__(
        self,
        duty: NoticeContent,
        facts: Facts,
        lang: Lang,
        statuses: Mapping[str, ItemStanding],
        *,
        vocabulary: Vocabulary,
        phrases: Phrases,
    ) -> None:
        """`statuses` says for each content item of the stage how it stands."""
        self.problems: list[str] = []
        self._contacts: list[tuple[str, ...]] = []
        """Those that a section told: none is told twice."""
        self.used: dict[str, None] = {}
        """The facts that the letter tells, in their order."""
        self._duty, self._facts, self._lang, self._statuses = duty, facts, lang, statuses
        self._vocabulary, self._phrases = vocabulary, phrases
        self._is_to_people = duty.recipient.type == "individuals"
        self._tells_closing, self._day = False, ""

    def is_stated(self, name: str) -> bool:
        """Whether somebody stated the item and the letter may tell it."""
        fact = self._facts.get(name)
        return fact is not None and fact.has_value and name not in self._duty.must_not_contain

    def is_asked(self, name: str) -> bool:
        """Whether the duty asks for the item in this letter."""
        return name in self._statuses

    def is_better(self, name: str, other: str) -> bool:
        """Which of two items for the same is told: what is known before what is not, then what the duty asks for."""
        if self.is_stated(name):
            return True
        if self.is_asked(name) or self.is_asked(other):
            return not self.is_asked(other)
        return not self.is_stated(other) and self._facts.get(name) is not None

    def section(self, item: str, *, is_list: bool) -> Iterator[Block]:
        """An item in running text, or as a list when it has several entries or `is_list` asks for one."""
        fact = self._facts.get(item.removesuffix(IF_STATED))
        lines = self._item(item, in_text=True)
        is_contact = fact is not None and isinstance(fact.value, Contact)
        texts = self._contact(fact, lines) if is_contact else tuple(sentence(line, self._lang) for line in lines)
        if len(texts) > 1 or (is_list and texts and fact is not None and fact.has_value):
            yield Numbered(entries=texts)
        elif texts:
            yield Paragraph(text=texts[0])

    def _contact(self, fact: Fact | None, lines: tuple[str, ...]) -> tuple[str, ...]:
        """How to reach somebody, once; people who can ask two of them read whom to ask about what."""
        if lines in self._contacts:
            return ()
        self._contacts.append(lines)
        values = [
            contact.value for name in _ASKED if (contact := self._facts.get(name)) is not None and contact.has_value
        ]
        are_two = len(values) == len(_ASKED) and values[0] != values[1]
        if fact is None or fact.name not in _ASKED or not self._is_to_people or not are_two:
            return lines
        return (self._phrases.fixed(_ASKED[fact.name], contact=self._phrases.one_line(lines)),)

    def sentences(self, entries: Sequence[Sentence], texts: LetterTexts) -> Iterator[Block]:
        """Items in sentences of one paragraph; none when nothing is to be told."""
        names = {entry.tell.removesuffix(IF_STATED) for entry in entries}
        self._tells_closing, self._day = CLOSING in names, ""
        sentences = tuple(text for entry in entries for text in self._sentence(entry, texts))
        if sentences:
            yield Paragraph(text=closed_up(" ".join(sentences)))

    def _sentence(self, entry: Sentence, texts: LetterTexts) -> Iterator[str]:
        fact = self._facts.get(entry.tell.removesuffix(IF_STATED))
        lines = self._item(entry.tell, in_text=True) or self._unasked(entry, fact) or self._ruled_out(entry, fact)
        if not lines or fact is None:
            return
        if entry.drop_denied and self._answer(fact) == "denied":
            return
        if entry.stands_alone and self._is_whole(fact):
            yield from lines
            return
        if (period := self._period(fact)) is not None:
            yield period
            return
        words = self._words_of(entry, fact)
        if words is None:
            yield self._phrases.fixed("item_in_sentence", label=self._phrases.label(fact.name), text=lines[0])
            return
        try:
            yield texts.fill(words.of(self._lang), self._own_words(fact, lines))
        except ValueError as error:
            self.problems.append(str(error))

    def _period(self, fact: Fact) -> str | None:
        return period_words(fact, self._facts, self._duty, self._phrases, tells_closing=self._tells_closing)

    def _words_of(self, entry: Sentence, fact: Fact) -> Words | None:
        """Which text of the sentence fits the fact; `None` where its label has to do."""
        answer = self._answer(fact)
        if answer == "denied" and entry.denied is not None:
            return entry.denied
        if not fact.has_value:
            return entry.unknown if fact.state is FactState.UNKNOWN else None
        return entry.affirmed if answer == "affirmed" and entry.affirmed is not None else entry.known

    def _answer(self, fact: Fact) -> PlainAnswer | None:
        """Whether the fact is a plain yes or no, however it was written."""
        if fact.state is FactState.NOT_APPLICABLE:
            return "denied"
        parts = fact.value if isinstance(fact.value, tuple) else ()
        answers = [part.of(self._lang) or "" for part in parts if isinstance(part, LocalisedText)]
        return plain_answer(answers[0], self._vocabulary) if len(answers) == 1 else None

    def _is_whole(self, fact: Fact) -> bool:
        """Whether each text of the fact ends as a sentence does; `24 months` has no stop."""
        parts = fact.value if isinstance(fact.value, tuple) else ()
        texts = [(part.of(self._lang) or "").rstrip() for part in parts if isinstance(part, LocalisedText)]
        return bool(texts) and all(text.endswith(_STOPS) for text in texts)

    def _is_narrowed(self, name: str) -> bool:
        """Whether the law keeps what nobody asks for out of the letter; how to reach us gives nothing away.

        A law that forbids no more than numbers, or the particulars of others, leaves the rest to the writer.
        """
        fact_kinds, signs = self._vocabulary.content_items, self._vocabulary.signs
        forbidden = (name for name in self._duty.must_not_contain if fact_kinds[name].kind != "count")
        is_narrow = any(name not in signs or not signs[name].strangers for name in forbidden)
        return is_narrow and fact_kinds[name].kind != "contact"

    def _unasked(self, entry: Sentence, fact: Fact | None) -> tuple[str, ...]:
        """What nobody asks for and the template tells all the same, also where it is not known."""
        if fact is None or entry.unknown is None or not entry.tell.endswith(IF_STATED):
            return ()
        return (
            () if fact.state is not FactState.UNKNOWN or fact.name in self._duty.must_not_contain else self.lines(fact)
        )

    def _ruled_out(self, entry: Sentence, fact: Fact | None) -> tuple[str, ...]:
        """What does not apply, where the template has words for people for it; else their letter leaves it out."""
        is_asked = fact is not None and self._statuses.get(fact.name) == "not_applicable"
        return self.lines(fact) if fact is not None and is_asked and entry.denied is not None else ()

    def _own_words(self, fact: Fact, lines: tuple[str, ...]) -> dict[str, str]:
        """The names that only the texts of a sentence may use."""
        it = self._phrases.one_line(lines).rstrip(".。")
        when, is_rough = fact.value, fact.state is FactState.ESTIMATED
        if isinstance(when, Interval):
            days = self._phrases.days_of(when)
            on = self._phrases.on(when, is_rough=is_rough)
            return {"it": it, "on": on, "day": self._day_of(days, is_rough=is_rough), "answer": it}
        reason = self._phrases.said(fact.reason).rstrip(".。") if fact.reason is not None else it
        return {"it": it, "on": it, "day": it, "answer": it[:1].upper() + it[1:], "reason": reason}

    def _day_of(self, days: Interval, *, is_rough: bool) -> str:
        """The day; the one that the sentence before told is the same day."""
        day, before = self._phrases.on(days, is_rough=is_rough), self._day
        self._day = "" if is_rough or self._phrases.is_range(days) else day
        return self._phrases.fixed("same_day") if before and day == before else day

    def fields(self, items: Sequence[str]) -> Iterator[Block]:
        """Items as rows of one table; no table when no row is left."""
        told = [(item.removesuffix(IF_STATED), self._item(item)) for item in items]
        rows = tuple((self._phrases.label(name), self._cell(name, lines)) for name, lines in told if lines)
        if rows:
            yield Fields(rows=rows)

    def _cell(self, name: str, lines: tuple[str, ...]) -> str:
        """An item in a table; an address or a page keeps its small letter."""
        fact, text = self._facts.get(name), self._phrases.one_line(lines)
        return text if fact is not None and isinstance(fact.value, Contact) else self._phrases.cell(text)

    def rest(self, shown: frozenset[str]) -> Iterator[Block]:
        """Content items that no part of the template names, so that no duty can lose one."""
        left = [name for name in self._statuses if name not in shown]
        for name in left:
            if self._vocabulary.content_items[name].kind == "text":
                yield Heading(text=self._phrases.label(name))
                yield from self.section(name, is_list=False)
        others = [name for name in left if self._vocabulary.content_items[name].kind != "text"]
        if others:
            yield Heading(text=self._phrases.fixed("further_particulars"))
            yield from self.fields(others)

    def words(self, name: str) -> str | None:
        """A fact in one line, to stand inside a text; `None` when nobody stated it."""
        fact = self._facts.get(name)
        return None if fact is None else self._phrases.one_line(self.lines(fact))

    def lines(self, fact: Fact, *, in_text: bool = False) -> tuple[str, ...]:
        """A fact in words; a problem when it was written for another language only."""
        self.problems.extend(foreign_problems(fact, self._lang, self._vocabulary))
        try:
            return self._phrases.lines(fact, in_text=in_text)
        except NotInThisLanguage as error:
            self.problems.append(f"{fact.name}: {error}; add it under `{self._lang}`")
            return ()

    def _item(self, item: str, *, in_text: bool = False) -> tuple[str, ...]:
        """The item in words; nothing when it need not be told, a problem when it must and nobody stated it."""
        name = item.removesuffix(IF_STATED)
        status = self._statuses.get(name)
        if status is None and (item == name or self._is_narrowed(name)):
            return ()  # another stage tells it, or the law narrows the letter to what it asks for
        if name in self._duty.must_not_contain:
            self.problems.append(f"{name}: the law forbids it in this letter, but the template shows it")
            return ()
        fact = self._facts.get(name)
        if fact is None:
            if status == "missing":
                fact_kind = self._vocabulary.content_items[name]
                is_one_of_several = bool(self._facts.others) or self._facts.reports_first is not None
                is_named = is_one_of_several and name in _OF_SENDER
                whose = f" of {self._facts.organisation.name.first}" if is_named else ""
                self.problems.append(f"{name}{whose}: not stated ({fact_kind.en}){_SAMPLES.get(fact_kind.kind, '')}")
            return ()
        shown = {"missing", "said", "undecided"} | (set() if self._is_to_people else {"not_applicable"})
        is_told = fact.has_value or status in shown or self._says_why(fact, status)
        if not is_told:
            return ()
        self.used[name] = None
        return self.lines(fact, in_text=in_text)

    def _says_why(self, fact: Fact, status: ItemStanding | None) -> bool:
        """Whether an authority reads why something is not known that this letter need not tell."""
        is_open = fact.state is FactState.UNKNOWN and status != "not_needed"
        return is_open and is_authority(self._duty.recipient.type)
