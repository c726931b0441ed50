"""What happened to the data and where the people affected live, as rows: each known, or not known and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from leakguard.models.letters import Block, Fields, Paragraph
from leakguard.notices.data_effects import (
    PLACES,
    Effect,
    effects_of,
    people_by_place,
    tells_effects,
    tells_own_place,
    tells_places,
)
from leakguard.notices.duties import Duty
from leakguard.notices.fact_values import Span
from leakguard.notices.facts import Fact, Facts, FactState
from leakguard.notices.facts_of_duty import people_of, place_of
from leakguard.notices.letters.items import LetterItems
from leakguard.notices.letters.template import Part
from leakguard.notices.notice_content import NoticeContent
from leakguard.notices.phrases import Phrases
from leakguard.notices.vocabulary import Vocabulary


class KnownSoFar:
    """The tables of one letter to an authority; those of effects and places are empty in every other letter."""

    def __init__(
        self, notice: NoticeContent, facts: Facts, *, phrases: Phrases, items: LetterItems, vocabulary: Vocabulary
    ) -> None:
        """`items` tells reasons, and collects those that are written in another language."""
        self.filed: tuple[tuple[str, str], ...] = ()
        """Whom the organisation told of the incident, and when."""
        self._notice, self._facts, self._phrases, self._items = notice, facts, phrases, items
        self._vocabulary = vocabulary
        self._reasons: set[str] = set()
        """Those that a row told: none is told twice."""

    def blocks(self, part: Part) -> Iterator[Block]:
        """What a part of the template shows of them."""
        if part.filed:
            return iter((Fields(rows=self.filed),) if self.filed else ())
        return self.effects(in_sentences=part.effects == "in_sentences") if part.effects else self.places()

    def effects(self, *, in_sentences: bool) -> Iterator[Block]:
        """Whether the data were reached, read, copied, altered, lost; one sentence where nobody stated any of it.

        `in_sentences` tells a plain yes or no in a sentence, and leaves the table to what is open or needs more words.
        """
        found = effects_of(self._facts) if tells_effects(self._notice) else ()
        if found and all(effect.state == "not_stated" for effect in found):
            yield Paragraph(text=self._phrases.fixed("effects_not_stated"))
        elif found:
            plain = [effect for effect in found if in_sentences and effect.state in {"yes", "no"} and not effect.degree]
            yield from self._in_sentence(plain)
            rows = [self._row(effect) for effect in found if effect not in plain]
            yield from ((Fields(rows=tuple(rows)),) if rows else ())

    def _in_sentence(self, effects: Sequence[Effect]) -> Iterator[Block]:
        """A plain yes or no of each: what happened to the data, then what did not."""
        phrases = self._phrases
        did = phrases.clauses([phrases.fixed(f"has_{effect.name}") for effect in effects if effect.state == "yes"])
        did_not = phrases.clauses(
            [phrases.fixed(f"has_not_{effect.name}") for effect in effects if effect.state == "no"]
        )
        if did and did_not:
            yield Paragraph(text=phrases.fixed("effects_both", did=did, did_not=did_not))
        elif did or did_not:
            yield Paragraph(
                text=phrases.fixed("effects_happened" if did else "effects_not_happened", list=did or did_not)
            )

    def _row(self, effect: Effect) -> tuple[str, str]:
        return self._phrases.fixed(f"effect_{effect.name}"), self._phrases.cell(self._effect(effect))

    def _effect(self, effect: Effect) -> str:
        fact = self._facts.get(effect.fact)
        if fact is not None and not fact.has_value:
            return self._reason(fact)
        if effect.state == "not_stated":
            return self._phrases.fixed("not_stated")
        return self._phrases.fixed(f"effect_{effect.degree or effect.state}")

    def places(self) -> Iterator[Block]:
        """How many people are affected in each place, an estimate as a range; in the place of the law, if it is one."""
        rows = tuple(self._places(self._facts.get(PLACES)) if tells_places(self._notice) else self._own_place())
        if rows:
            yield Fields(rows=rows)

    def _own_place(self) -> Iterator[tuple[str, str]]:
        """Where they were counted, and not all live there: the number of all people stands in the letter already."""
        duty, phrases = self._notice, self._phrases
        if not isinstance(duty, Duty) or not tells_own_place(duty):
            return
        place = place_of(duty, self._vocabulary)
        counted = people_of(place, self._facts, self._vocabulary) if place is not None else None
        every = self._facts.value_of("subject_count", Span)
        if place is not None and counted is not None and isinstance(counted.value, Span) and counted.value != every:
            label = phrases.fixed("people_in", place=phrases.place(place))
            yield label, phrases.people(counted.value, is_rough=counted.state is FactState.ESTIMATED)

    def _places(self, fact: Fact | None) -> Iterator[tuple[str, str]]:
        phrases, label = self._phrases, self._phrases.fixed("people_by_place")
        if fact is None:
            yield label, phrases.fixed("not_stated")
        elif not fact.has_value:
            yield label, self._reason(fact)
        else:
            is_rough = fact.state is FactState.ESTIMATED
            for code, span in people_by_place(self._facts).items():
                yield phrases.fixed("people_in", place=phrases.place(code)), phrases.people(span, is_rough=is_rough)

    def _reason(self, fact: Fact) -> str:
        """Why it is not known, or does not apply; once for all that have the same reason."""
        line = self._phrases.one_line(self._items.lines(fact))
        is_told = line in self._reasons
        self._reasons.add(line)
        return self._phrases.fixed("unknown_too") if is_told and fact.state is FactState.UNKNOWN else line
