"""Letters: a duty, the facts and a template in; a letter of typed blocks out, or every reason why there is none.

What is not known is told as not known, with its reason; nothing is filled in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from leakguard.clocks.standing import Standing
from leakguard.clocks.times import zone_of
from leakguard.clocks.verdicts import State
from leakguard.errors import LetterIncomplete
from leakguard.models.letters import Block, Fields, Heading, Letter, Numbered, Paragraph
from leakguard.notices.assess import force_on_the_day
from leakguard.notices.completeness import item_standings
from leakguard.notices.duties import Duty
from leakguard.notices.facts import Fact, Facts
from leakguard.notices.judging import Answer
from leakguard.notices.letter_remarks import remarks_on
from leakguard.notices.letter_template import IF_STATED, LetterTemplate, Part
from leakguard.notices.letter_texts import LetterTexts
from leakguard.notices.phrases import NotInThisLanguage, Phrases, sentence
from leakguard.notices.vocabulary import Lang, Vocabulary, Words

LATE_STATES = frozenset({State.OVERDUE, State.MET_LATE, State.MISSED})
_CHINESE_NUMBERS = "一二三四五六七八九十"


def is_late(duty: Duty, stage: str | None, standings: Mapping[str, Standing]) -> bool | None:
    """Whether the limit of the stage (by default the first) has passed; `None` when its clock does not run."""
    phase = (duty.phase(stage) if stage else None) or duty.phases[0]
    standing = standings.get(phase.clock.id)
    if standing is None or standing.work_by is None:
        return None
    return standing.state in LATE_STATES


def render(
    duty: Duty,
    facts: Facts,
    lang: Lang,
    template: LetterTemplate,
    standings: Mapping[str, Standing],
    now: datetime,
    *,
    vocabulary: Vocabulary,
    stage: str | None = None,
) -> Letter:
    """Write the letter of one duty, or of one of its stages.

    Raises `LetterIncomplete` with every missing fact, every text in the wrong language and every wrong name at once.
    """
    return _Composer(duty, facts, lang, standings, now, vocabulary=vocabulary, stage=stage).letter(template)


class _Composer:
    """Composes one letter and collects what keeps it from being written."""

    def __init__(
        self,
        duty: Duty,
        facts: Facts,
        lang: Lang,
        standings: Mapping[str, Standing],
        now: datetime,
        *,
        vocabulary: Vocabulary,
        stage: str | None,
    ) -> None:
        self._duty, self._facts, self._lang, self._stage, self._vocabulary = duty, facts, lang, stage, vocabulary
        self._standings, self._now = standings, now
        self._phrases = Phrases(vocabulary, lang, zone=facts.zone)
        self._today = now.astimezone(zone_of(facts.zone)).date()
        self._late = is_late(duty, stage, standings)
        self._items = item_standings(duty, facts, stage, vocabulary, is_late=self._late)
        self._texts = LetterTexts(self._words_for)
        self._problems: list[str] = []

    def letter(self, template: LetterTemplate) -> Letter:
        """The letter; raises `LetterIncomplete`."""
        blocks = _without_empty_headings([block for part in self._parts(template) for block in self._blocks(part)])
        numbers = self._lang == "zh" or template.number_headings == "always"
        date_line = self._phrases.day(self._today)
        letter = Letter(
            duty=self._duty.id,
            lang=self._lang,
            title=self._fill(template.title),
            sender=self._sender(),
            addressee=(self._duty.recipient_words(self._lang),),
            reference=self._phrases.fixed("reference", incident=self._facts.incident),
            written_on=self._today,
            date_line="" if self._lang == "zh" else date_line,
            salutation=self._fill(template.salutation),
            blocks=tuple(self._numbered(blocks)) if numbers else tuple(blocks),
            closing=self._fill(template.closing),
            signature=(*self._signers(), *((date_line,) if self._lang == "zh" else ())),
            footer=tuple(self._footer(date_line)),
            remarks=remarks_on(self._duty, self._facts, self._lang, self._items),
        )
        if self._problems:
            raise LetterIncomplete(
                f"{self._duty.id}: the letter cannot be written yet\n"
                + "\n".join(f"  {problem}" for problem in dict.fromkeys(self._problems)),
                next_step="State these facts; where nobody knows one yet, write {unknown: why}.",
            )
        return letter

    def _parts(self, template: LetterTemplate) -> Sequence[Part]:
        has_rest = any(part.rest for part in template.parts)
        self._shown = {item.removesuffix(IF_STATED) for part in template.parts for item in part.items}
        return template.parts if has_rest else (*template.parts, Part(rest=True))

    def _blocks(self, part: Part) -> Iterator[Block]:
        if part.when == "late" and not self._late:
            return
        if part.heading is not None:
            yield Heading(text=self._fill(part.heading))
        elif part.paragraph is not None:
            text = self._fill(part.paragraph)
            if text:
                yield Paragraph(text=text)
        elif part.fields is not None:
            rows = tuple(self._rows(part.fields))
            if rows:
                yield Fields(rows=rows)
        elif part.rest:
            yield from self._rest()
        else:
            yield from self._section(part)

    def _section(self, part: Part) -> Iterator[Block]:
        lines = self._item_lines(part.items[0])
        fact = self._facts.get(part.items[0].removesuffix(IF_STATED))
        texts = tuple(sentence(line, self._lang) for line in lines)
        if len(texts) > 1 or (part.numbered and texts and fact is not None and fact.has_value):
            yield Numbered(entries=texts)
        elif texts:
            yield Paragraph(text=texts[0])

    def _rows(self, items: Sequence[str]) -> Iterator[tuple[str, str]]:
        for item in items:
            lines = self._item_lines(item)
            if lines:
                text = lines[0] if len(lines) == 1 else self._phrases.joined(lines)
                yield self._phrases.label(item.removesuffix(IF_STATED)), text

    def _rest(self) -> Iterator[Block]:
        """Content items that the template does not name, so that no duty can lose one."""
        left = [name for name in self._items if name not in self._shown]
        prose = [name for name in left if self._vocabulary.items[name].kind == "text"]
        rows = tuple(self._rows([name for name in left if name not in prose]))
        for name in prose:
            yield Heading(text=self._phrases.label(name))
            yield from self._section(Part(section=name))
        if rows:
            yield Fields(rows=rows)

    def _item_lines(self, item: str) -> tuple[str, ...]:
        """The item in words; nothing when it need not be told, a problem when it must and nobody stated it."""
        name = item.removesuffix(IF_STATED)
        fact = self._facts.get(name)
        if name in self._duty.must_not_contain:
            self._problems.append(f"{name}: the law forbids it in this letter, but the template shows it")
            return ()
        standing = self._items.get(name)
        if standing is None and not item.endswith(IF_STATED):
            return ()
        if fact is None:
            if standing == "missing":
                self._problems.append(f"{name}: not stated")
            return ()
        if not fact.has_value and standing in {None, "not_needed", "recommended"}:
            return ()
        return self._lines(fact)

    def _lines(self, fact: Fact) -> tuple[str, ...]:
        try:
            return self._phrases.lines(fact)
        except NotInThisLanguage as error:
            self._problems.append(f"{fact.name}: {error}; add it under `{self._lang}`")
            return ()

    def _fill(self, words: Words) -> str:
        try:
            return self._texts.fill(words.of(self._lang))
        except ValueError as error:
            self._problems.append(str(error))
            return ""

    def _words_for(self, name: str) -> object:
        fixed: dict[str, object] = {
            "incident": self._facts.incident,
            "law": self._duty.law_words(self._lang),
            "recipient": self._duty.recipient_words(self._lang),
            "today": self._phrases.day(self._today),
            "late": bool(self._late),
            "aware_at": self._aware_at(),
            "stage": self._phrases.fixed(f"stage_{self._stage or 'initial'}"),
        }
        if name in fixed:
            return fixed[name]
        if name not in self._vocabulary.facts:
            raise KeyError(name)
        fact = self._facts.get(name)
        return None if fact is None else self._phrases.joined(self._lines(fact))

    def _aware_at(self) -> str | None:
        """When the clock of the first stage began; `None` while it does not run."""
        standing = self._standings.get(self._duty.phases[0].clock.id)
        limit = standing.found.limit if standing is not None else None
        return None if limit is None else self._phrases.moment(limit.anchor.occurred_at)

    def _sender(self) -> tuple[str, ...]:
        name = self._facts.get("org_identity")
        contact = self._facts.get("org_contact")
        return tuple(line for fact in (name, contact) if fact is not None for line in self._lines(fact))

    def _signers(self) -> tuple[str, ...]:
        reporter = self._facts.get("reporter")
        name = self._facts.get("org_identity")
        facts = (reporter if reporter is not None and reporter.has_value else None, name)
        return tuple(line for fact in facts if fact is not None for line in self._lines(fact))

    def _footer(self, today: str) -> Iterator[str]:
        duty, fixed = self._duty, self._phrases.fixed
        marks = self._vocabulary.marks
        yield fixed("footer_draft", date=today)
        if force_on_the_day(duty, self._facts, self._now).answer is not Answer.YES:
            yield fixed("footer_dormant")
        yield fixed(
            "footer_rule",
            duty=duty.id,
            version=self._vocabulary.version,
            law=duty.law_words(self._lang),
            checked=self._phrases.day(duty.verified_on),
        )
        kind, confidence = marks[duty.source_kind].of(self._lang), marks[duty.confidence].of(self._lang)
        yield fixed("footer_source", url=duty.source_url, kind=kind, confidence=confidence)
        if duty.verify_fields:
            yield fixed("footer_verify", fields=self._phrases.joined(duty.verify_words(self._lang)))
        if duty.soft:
            yield fixed("footer_soft")
        yield fixed("footer_advice")

    def _numbered(self, blocks: Sequence[Block]) -> Iterator[Block]:
        number = 0
        for block in blocks:
            if isinstance(block, Heading):
                number += 1
                yield Heading(text=f"{_ordinal(number, self._lang)}{block.text}")
            else:
                yield block


def _ordinal(number: int, lang: Lang) -> str:
    """`1. `, or `一、` up to twenty; a letter with more headings than that has none of our templates."""
    if lang == "en":
        return f"{number}. "
    tens, ones = divmod(number, 10)
    ten = ("" if tens < 2 else _CHINESE_NUMBERS[tens - 1]) + "十" if tens else ""  # noqa: PLR2004  (十, then 二十)
    return f"{ten}{_CHINESE_NUMBERS[ones - 1] if ones else ''}、"


def _without_empty_headings(blocks: Sequence[Block]) -> list[Block]:
    """A heading with nothing below it says nothing."""
    following = [*blocks[1:], Heading(text="")]
    return [
        block
        for block, after in zip(blocks, following, strict=False)
        if not (isinstance(block, Heading) and isinstance(after, Heading))
    ]
