"""Letters: what to tell, the facts and a template in; a letter of typed blocks out, or all reasons why there is none.

What is not known is told as not known, with its reason; nothing is filled in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain

from leakguard.clocks.clock_status import ClockStatus
from leakguard.clocks.times import zone_of
from leakguard.clocks.verdicts import FAILED
from leakguard.errors import LetterIncomplete
from leakguard.models.languages import BOTH, STYLES
from leakguard.models.letters import Block, Heading, Letter, Paragraph
from leakguard.notices.audiences import PEOPLE, audience_of
from leakguard.notices.competence import Office, is_office
from leakguard.notices.completeness import item_standings
from leakguard.notices.facts import Facts
from leakguard.notices.letters import arranging, offices
from leakguard.notices.letters.breach_words import breach_words, open_questions
from leakguard.notices.letters.fields import all_readers, is_to_people, with_fields
from leakguard.notices.letters.filling import LetterTexts
from leakguard.notices.letters.finality import may_tell_delay
from leakguard.notices.letters.following import LetterEndings, is_for_stage
from leakguard.notices.letters.frame import (
    ATTACHED,
    attachments,
    footer,
    is_for_usa,
    sealed_signature,
    sender,
    signature,
)  # fmt: skip
from leakguard.notices.letters.items import LetterItems
from leakguard.notices.letters.known_so_far import KnownSoFar
from leakguard.notices.letters.remarks import remarks_on
from leakguard.notices.letters.still_open import still_open
from leakguard.notices.letters.template import IF_STATED, LetterTemplate, Part
from leakguard.notices.notice_content import NoticeContent
from leakguard.notices.phrases import Phrases
from leakguard.notices.vocabulary import Lang, Vocabulary, Words

MOST_IN_LETTER = 1_000_000
"""Characters of one letter: some 500 pages."""
_BODIES = frozenset({"regulator", "cert", "consumer_agencies", "controller", "processor"})
"""Recipients that are offices or companies."""


def is_late(duty: NoticeContent, stage: str | None, statuses: Mapping[str, ClockStatus]) -> bool | None:
    """Whether the limit of the stage (by default the first) has passed; `None` when no clock runs for it."""
    status = statuses.get(duty.clock_of(stage) or "")
    if status is None or status.work_by is None:
        return None
    return status.state in FAILED


def render(  # noqa: PLR0913  (all that a letter is made of)
    duty: NoticeContent,
    facts: Facts,
    lang: Lang,
    template: LetterTemplate,
    statuses: Mapping[str, ClockStatus],
    now: datetime,
    *,
    vocabulary: Vocabulary,
    stage: str | None = None,
    office: Office | None = None,
    filed: tuple[tuple[str, str], ...] = (),
) -> Letter:
    """Write the letter of one duty, or of one of its stages, or one that no law demands.

    `office` is who gets it, where that is an office; `filed` says whom the organisation told of the incident, and when.

    Raises `LetterIncomplete` with every missing fact, every text in the wrong language and every wrong name at once.
    """
    composer = _Composer(duty, facts, lang, statuses, now, vocabulary=vocabulary, stage=stage, office=office)
    return composer.letter(template, filed)


class _Composer:
    """Composes one letter and collects what keeps it from being written."""

    def __init__(
        self,
        duty: NoticeContent,
        facts: Facts,
        lang: Lang,
        statuses: Mapping[str, ClockStatus],
        now: datetime,
        *,
        vocabulary: Vocabulary,
        stage: str | None,
        office: Office | None,
    ) -> None:
        self._office, facts = office, offices.without_addressee(facts, office)
        self._is_to_office = is_office(duty.recipient)
        self._duty, self._facts, self._lang, self._stage, self._vocabulary = duty, facts, lang, stage, vocabulary
        self._statuses, self._now = statuses, now
        self._in_usa = is_for_usa(duty, facts)
        self._phrases = Phrases(
            vocabulary, lang, zone=facts.zone, in_usa=self._in_usa, to_office=not is_to_people(duty),
            to_person=audience_of(duty.recipient) in PEOPLE,
        )  # fmt: skip
        self._today = now.astimezone(zone_of(facts.zone)).date()
        self._late = is_late(duty, stage, statuses)
        self._stands = item_standings(duty, facts, stage, vocabulary, is_late=self._late)
        self._items = LetterItems(duty, facts, lang, self._stands, vocabulary=vocabulary, phrases=self._phrases)
        self._known = KnownSoFar(duty, facts, phrases=self._phrases, items=self._items, vocabulary=vocabulary)
        self._texts = LetterTexts(self._words_for)
        self._following = LetterEndings(
            duty, facts, lang, statuses, now, vocabulary=vocabulary, phrases=self._phrases, stage=stage
        )

    def letter(self, template: LetterTemplate, filed: tuple[tuple[str, str], ...]) -> Letter:
        """The letter; raises `LetterIncomplete`."""
        self._known.filed, self._is_open = filed, still_open(self._duty, self._facts, self._stands, template)
        letter = self._compose(template)
        if self._items.problems:
            lines = "\n".join(f"  {problem}" for problem in dict.fromkeys(self._items.problems))
            raise LetterIncomplete(
                f"{self._duty.id}: the letter cannot be written yet\n{lines}",
                next_step="State these facts; where nobody knows one yet, write {unknown: why}.",
            )
        return self._with_fields(letter) if is_to_people(self._duty) else letter

    def _compose(self, template: LetterTemplate) -> Letter:
        lang, phrases = self._lang, self._phrases
        traits, date_line = STYLES[lang], self._following.date_line(self._today)
        closing, attached = self._closing(template), self._attached()
        return Letter(
            duty=self._duty.id,
            lang=lang,
            title=self._following.title(self._fill(template.title), template.title),
            sender=sender(self._facts, self._items),
            addressee=tuple(offices.addressee(self._office, self._addressed(), lang, phrases)),
            reference=phrases.fixed("reference", incident=self._facts.incident),
            written_on=self._today,
            date_line="" if traits.date_at_foot else date_line,
            salutation=self._fill(template.salutation),
            blocks=(*self._body(template), *((Paragraph(text=closing),) if attached else ())),
            closing=attached or closing,
            signature=(*self._signed(), *((date_line,) if traits.date_at_foot else ())),
            footer=(*self._footer(), *offices.office_footer(self._office, lang, phrases, self._vocabulary)),
            least_points=max((rule.least_points or 0.0 for rule in self._duty.format_rules), default=0.0),
            remarks=(
                *remarks_on(self._duty, self._facts, lang, self._stands, self._vocabulary, written=self._items.used),
                *offices.office_remarks(self._office, lang, self._duty),
            ),
        )

    def _with_fields(self, letter: Letter) -> Letter:
        """With a rule to sign on too, where custom has a person sign and none is named."""
        readers = all_readers(self._duty, self._facts, self._lang, self._phrases)
        greets = not self._duty.recipient.guardians
        signed = () if STYLES[self._lang].seal else self._signed(is_draft=True)
        return with_fields(letter, self._phrases, (readers,) if readers else letter.addressee, signed, greets=greets)

    def _attached(self) -> str:
        """What is attached, where custom wants it between the closing and the signature."""
        lead = STYLES[self._lang].attachments if self._is_to_office else ""
        return attachments(self._facts, self._items, lead, self._phrases) if lead else ""

    def _signed(self, *, is_draft: bool = False) -> tuple[str, ...]:
        """Who signs, with a rule to sign on, or with the place for a seal, where custom asks for it."""
        seal = STYLES[self._lang].seal if self._is_to_office else ""
        if seal:
            return sealed_signature(self._facts, self._items, seal, self._phrases)
        is_signed = self._duty.recipient.type in _BODIES or is_draft
        return signature(self._facts, self._items, self._phrases.fixed("signature_place") if is_signed else "")

    def _footer(self) -> Iterator[str]:
        """What the draft rests on."""
        return footer(
            self._duty, self._facts, self._lang, self._now, self._today, vocabulary=self._vocabulary,
            phrases=self._phrases,
        )  # fmt: skip

    def _closing(self, template: LetterTemplate) -> str:
        """As the template has it; readers in the United States get their own in the place of the usual ones."""
        closing, traits = self._fill(template.closing), STYLES[self._lang]
        return traits.usa_closing if traits.usa_closing and self._in_usa and closing in traits.closings else closing

    def _body(self, template: LetterTemplate) -> Sequence[Block]:
        shown = frozenset(item.removesuffix(IF_STATED) for part in template.parts for item in part.items)
        parts = arranging.with_all_that_is_told(template.parts, self._vocabulary)
        kept = (part for part in parts if not self._gives_way(part, parts))
        body = self._following.with_beginning(
            (block for part in kept for block in self._blocks(part, shown)), template.names_in(self._lang)
        )
        ends = chain(self._following.open_blocks(self._items, self._stands), self._following.blocks())
        arranged = arranging.in_one_table(list(self._bounded(chain(body, ends))))
        blocks = arranging.with_last_apart(arranging.without_empty_headings(list(arranged)), template.parts)
        is_numbered = STYLES[self._lang].numbers_headings or template.number_headings == "always"
        return list(arranging.numbered(blocks, self._lang)) if is_numbered else blocks

    def _bounded(self, blocks: Iterable[Block]) -> Iterator[Block]:
        """The blocks until they are longer than a letter can be; a template may show one long fact over and over."""
        length = 0
        for block in blocks:
            length += len(str(block))
            if length > MOST_IN_LETTER:
                self._items.problems.append(
                    f"the letter becomes longer than {MOST_IN_LETTER:,} characters; let its template show long facts "
                    "once, or shorten them"
                )
                return
            yield block

    def _gives_way(self, part: Part, parts: Sequence[Part]) -> bool:
        """Of two items that are two words for the same one is told: both would contradict or repeat each other."""
        if part.only_item == ATTACHED and self._attached():
            return True
        if part.unless:
            return self._items.is_better(part.unless, part.only_item)
        item = part.only_item
        rivals = [other.only_item for other in parts if other.unless and other.unless == item]
        return any(not self._items.is_better(item, rival) for rival in rivals) and not self._items.is_asked(item)

    def _blocks(self, part: Part, shown: frozenset[str]) -> Iterator[Block]:
        is_too_early = part.when == "late" and not self._tells_delay(part)
        if is_too_early or not is_for_stage(part.when, self._duty, self._stage):
            return
        if part.heading is not None:
            yield Heading(text=self._fill(part.heading))
        elif part.paragraph is not None:
            yield from (Paragraph(text=text) for text in (self._fill(part.paragraph),) if text)
        elif part.sentences is not None:
            yield from self._items.sentences(part.sentences, self._texts)
        elif part.fields is not None:
            yield from self._items.fields(part.fields)
        elif part.effects or part.places or part.filed:
            yield from self._known.blocks(part)
        elif part.rest:
            yield from self._items.rest(shown)
        else:
            yield from self._items.section(part.items[0], is_list=part.numbered is not None)

    def _tells_delay(self, part: Part) -> bool:
        if self._late is not None:
            return self._late  # by its clock
        names = [item.removesuffix(IF_STATED) for item in part.items]
        states = [fact.state if (fact := self._facts.get(name)) is not None else None for name in names]
        is_asked = all(map(self._items.is_asked, names))
        return may_tell_delay(states, self._statuses, self._duty, self._stage, self._now, is_asked=is_asked)

    def _fill(self, words: Words) -> str:
        try:
            return self._texts.fill(words.of(self._lang))
        except ValueError as error:
            self._items.problems.append(str(error))
            return ""

    def _words_for(self, name: str) -> object:
        """The words behind a name in a text; raises `KeyError` for an unknown one."""
        fixed: dict[str, object] = {
            "incident": self._facts.incident,
            "law": self._duty.law_words(self._lang),
            "guide": self._duty.guide_words(self._lang),
            "foreign_law": None if self._duty.names_law_in(self._lang) else self._duty.law_words(self._lang),
            "recipient": self._recipient(),
            "late": bool(self._late),
            "aware_at": self._following.aware_at(),
            "since": self._following.since(),
            "follow_up": self._follow_up(),
            "stage": self._vocabulary.stage_words(self._stage or "initial", self._lang, self._duty.id),
            **open_questions(self._facts, is_open=self._is_open),
            **breach_words(self._facts, self._lang, self._vocabulary),
        }
        if name in fixed:
            return fixed[name]
        if name not in self._vocabulary.facts:
            raise KeyError(name)
        return self._items.words(name)

    def _recipient(self) -> str:
        """Whom the letter addresses: people as people, not by the law's word for them; an office by its own name."""
        if self._office is not None and (name := self._office.name_in(self._lang)):
            return name
        if is_to_people(self._duty):
            return self._phrases.fixed("guardians_affected" if self._duty.recipient.guardians else "people_affected")
        if self._duty.recipient.type == "controller" and (known := offices.controller_name(self._facts, self._lang)):
            return known
        if self._lang in BOTH:
            return self._duty.recipient_words(self._lang)
        recipient = self._duty.recipient
        return self._vocabulary.recipient_words(recipient.name, recipient.type, self._lang)

    def _addressed(self) -> str:
        """The recipient in an address; people and a register of one's own get nothing behind their name."""
        after = STYLES[self._lang].after_office if self._duty.recipient.type in _BODIES else ""
        return f"{self._recipient()}{after}"

    def _follow_up(self) -> str | None:
        """A later stage in words; `None` for the first notice."""
        if self._stage is None or self._duty.clock_of(self._stage) == self._duty.clock_of(None):
            return None
        return self._vocabulary.stage_words(self._stage, self._lang, self._duty.id)
