"""Facts in words: numbers, dates, lists, and what is not known yet, in the language of the letter."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from leakguard.clocks.times import zone_of
from leakguard.frozen import replace
from leakguard.models.events import Interval
from leakguard.models.languages import STYLES
from leakguard.notices import locale_forms
from leakguard.notices.coded_texts import measured
from leakguard.notices.fact_values import Contact, Encryption, LocalisedText, Money, Span
from leakguard.notices.facts import Fact, FactState
from leakguard.notices.vocabulary import Lang, Vocabulary
from leakguard.notices.wording import in_one_line, sentence

_NUMBER = re.compile(r"[+0-9() -]+")
_PAGES = ("http://", "https://", "www.")
_SET_BESIDE = frozenset({"zh", "zh-hant"})
_AT_END = {"other": 1, "unknown": 2}
"""Kinds of data that a list ends with: they only make sense behind those that have a name."""


class NotInThisLanguage(ValueError):
    """A text was written for other languages only."""


class Phrases:
    """The words of one letter."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        lang: Lang,
        *,
        zone: str,
        in_usa: bool = False,
        to_office: bool = False,
        to_person: bool = False,
    ) -> None:
        """`zone` is the zone that times are told in; `in_usa` is for readers there, who write dates another way.

        `to_office` is for a letter that does not speak to the people whose data they are; `to_person` is for one that
        names to its reader the kinds of data, or to those who answer that reader.
        """
        self._vocabulary, self._lang, self._zone, self._in_usa = vocabulary, lang, zone_of(zone), in_usa
        self._to_office, self._to_person = to_office, to_person

    def fixed(self, name: str, **values: str) -> str:
        """A fixed phrase of the vocabulary, filled in; an article before a day may lose its vowel."""
        text = self._vocabulary.phrases[name].of(self._lang).format_map(values)
        for wrong, right in STYLES[self._lang].elisions:
            text = re.sub(wrong, right, text)
        return text

    def label(self, name: str) -> str:
        """What a fact is called."""
        return self._vocabulary.label(name, self._lang, to_office=self._to_office)

    def joined(self, parts: tuple[str, ...]) -> str:
        """A list in one line, as in a table."""
        return self.fixed("list_comma").join(parts)

    def lines(self, fact: Fact, *, in_text: bool = False) -> tuple[str, ...]:
        """The fact in words, one text a part; raises `NotInThisLanguage`.

        `in_text` joins a list as a sentence does, with an `and` before its last entry.
        """
        if not fact.has_value:
            reason = sentence(self.said(fact.reason), self._lang) if fact.reason else ""
            return (self.fixed(fact.state.value, reason=reason).strip(),)
        value = fact.value
        parts = value if isinstance(value, tuple) else ()
        texts = tuple(self._measure(part) or self.said(part) for part in parts if isinstance(part, LocalisedText))
        return texts or (self._one(value, fact, in_text=in_text),)

    def line(self, fact: Fact) -> str:
        """The fact in one line."""
        return self.one_line(self.lines(fact))

    def one_line(self, parts: tuple[str, ...]) -> str:
        """Several texts in one line; entries that are clauses themselves are kept apart more strongly."""
        return in_one_line(parts, comma=self.fixed("list_comma"), semicolon=self.fixed("list_semicolon"))

    def said(self, localised: LocalisedText) -> str:
        """A text in the letter's language."""
        text = localised.of(self._lang)
        if text is None:
            raise NotInThisLanguage("is written for another language only")
        return text

    def _measure(self, localised: LocalisedText) -> str | None:
        """A plain `19 days` in the words of this language; `None` for every other text."""
        return measured(localised.first, self._vocabulary, self._lang) if localised.is_plain else None

    def _one(self, value: Any, fact: Fact, *, in_text: bool) -> str:  # noqa: ANN401  (every kind of value)
        """A value that is one text, whatever its kind."""
        if isinstance(value, Span | Money | Interval):
            return self._measured(value, fact)
        if isinstance(value, Contact):
            return self.contact(value)
        if isinstance(value, Mapping | tuple):
            texts = tuple(self._entries(value))
            return locale_forms.listed(texts, self._lang) if in_text else self.joined(texts)
        if isinstance(value, Encryption):
            value = value.encrypted
        return str(value) if isinstance(value, str) else self._yes_or_no(value)

    def _entries(self, value: Mapping[str, Span] | tuple[str, ...]) -> Iterator[str]:
        if isinstance(value, Mapping):
            for code, span in value.items():
                yield f"{code} {self.count(span, '', is_rough=False)}"
        else:
            ordered = sorted(map(str, value), key=lambda part: _AT_END.get(part, 0))
            yield from (self._category(part) for part in ordered)

    def _measured(self, value: Span | Money | Interval, fact: Fact) -> str:
        is_rough = fact.state is FactState.ESTIMATED
        if isinstance(value, Interval):
            return self.moment(value, is_rough=is_rough)
        if isinstance(value, Money):
            return self.joined(tuple(self._amount(money, is_rough=is_rough) for money in (value, *value.others)))
        return self.count(value, self._unit(fact.name, value.high), is_rough=is_rough)

    def _amount(self, money: Money, *, is_rough: bool) -> str:
        """`5,000 CNY`; in a language that names the currency, `人民币5,000元`."""
        if not STYLES[self._lang].names_currency:
            return self.count(money.span, f" {money.currency}", is_rough=is_rough)
        before, behind = locale_forms.currency(money.currency, self._lang)
        return f"{before}{self.count(money.span, behind, is_rough=is_rough)}"

    def _category(self, name: str) -> str:
        known = self._vocabulary.is_category(name)
        return self._vocabulary.category_words(name, self._lang, to_person=self._to_person) if known else name

    def _yes_or_no(self, value: bool | None) -> str:  # noqa: FBT001  (the value is the data)
        return self.fixed({True: "yes", False: "no", None: "not_known"}[value])

    def _unit(self, name: str, count: int) -> str:
        """What the number counts, in the form that stands behind `count`, with the space before it."""
        unit = self._vocabulary.facts[name].unit
        return "" if unit is None else self._noun(unit, count)

    def _noun(self, unit: str, count: int) -> str:
        noun = self._vocabulary.units[unit].of(self._lang, locale_forms.plural(count, self._lang))
        return f"{STYLES[self._lang].unit_space}{noun}"

    def counted(self, count: int, unit: str) -> str:
        """A number with what it counts, one of the units of the vocabulary: `72 hours`, `30日`."""
        return f"{locale_forms.number(count, self._lang)}{self._noun(unit, count)}"

    def count(self, span: Span, unit: str, *, is_rough: bool) -> str:
        """A number that is never rounded: with all its digits, or in the whole ten thousands that Chinese counts in."""
        name = "number_between" if span.low != span.high else "number_about" if is_rough else "number_exact"
        low, high = locale_forms.numbers((span.low, span.high), self._lang)
        return self.fixed(name, low=low, high=high, unit=unit)

    def people(self, span: Span, *, is_rough: bool) -> str:
        """How many people."""
        return self.count(span, self._unit("subject_count", span.high), is_rough=is_rough)

    def place(self, code: str) -> str:
        """A country or a part of one; a part that has no name of its own stands behind its country."""
        name = self._vocabulary.place_words(code, self._lang)
        country = code.partition("-")[0]
        if name != code or country == code:
            return name
        return self.fixed("finer", known=self._vocabulary.place_words(country, self._lang), finer=code)

    def contact(self, contact: Contact) -> str:
        """A contact in one line."""
        if contact.text is not None:
            return self.said(contact.text)
        ways = tuple(self._way(way) for way in contact.ways)
        parts = ((self.said(contact.name),) if contact.name else ()) + ways
        return self.fixed("clause_comma").join(parts)

    def _way(self, way: str) -> str:
        """One way to reach somebody, behind the word that the language puts before it."""
        mail, telephone, page = STYLES[self._lang].ways
        if _NUMBER.fullmatch(way):
            return f"{telephone}{_unbroken(way)}"
        return f"{mail}{way}" if "@" in way else f"{page}{way}" if way.startswith(_PAGES) else way

    def moment(self, when: Interval, *, is_rough: bool = False) -> str:
        """An instant, a day, or a range of either; days side by side have nothing between them: `22 or 23 May 2019`."""
        first, last = self._ends(when)
        if self._is_either_day(when) and not is_rough:
            first, last = locale_forms.side_by_side(first, last)
            return self.fixed("time_either", first=first, last=last)
        if first != last:
            return self.fixed("time_between_about" if is_rough else "time_between", first=first, last=last)
        return self.fixed("time_about", first=first) if is_rough else first

    def on(self, when: Interval, *, is_rough: bool = False) -> str:
        """A time as it stands in a sentence: `on 22 May 2019`, `on 22 or 23 May 2019`, `between 1 May 2019 and …`."""
        moment = self.moment(when, is_rough=is_rough)
        has_own_word = is_rough or (self.is_range(when) and not self._is_either_day(when))
        return moment if has_own_word else self.on_day(moment)

    def between(self, phrase: str, when: Interval) -> str:
        """A fixed phrase about a time with two ends; people read its days, an office its hours too."""
        days = self.days_of(when)
        first, last = self._ends(when if self._to_office or not self.is_range(days) else days)
        return self.fixed(phrase, first=first, last=last)

    def clauses(self, parts: Sequence[str]) -> str:
        """Clauses about one thing in running text; Chinese sets them side by side without a word for `and`."""
        return (
            self.fixed("clause_comma").join(parts)
            if self._lang in _SET_BESIDE
            else locale_forms.listed(parts, self._lang)
        )

    def cell(self, text: str) -> str:
        """A text as it stands in a table."""
        return f"{text[:1].upper()}{text[1:]}" if STYLES[self._lang].capital_cells else text

    def on_day(self, when: str) -> str:
        """A time in words with its preposition: `on 22 May 2019`, `l'8 maggio 2019`."""
        return self.fixed("on_day", when=when)

    def days_of(self, when: Interval) -> Interval:
        """The same time without its hours: the whole days that it touches."""
        first, last = self._in_its_zone(when)
        start = datetime.combine(first, time.min, tzinfo=first.tzinfo)
        end = datetime.combine(last, time.max, tzinfo=last.tzinfo)
        return replace(when, earliest=start, latest=end)

    def is_range(self, when: Interval) -> bool:
        """Whether the time is told with two ends."""
        first, last = self._ends(when)
        return first != last

    def _is_either_day(self, when: Interval) -> bool:
        """Whether the time is two whole days side by side."""
        first, last = self._in_its_zone(when)
        return _is_whole_days(first, last) and last.date() - first.date() == timedelta(days=1)

    def _in_its_zone(self, when: Interval) -> tuple[datetime, datetime]:
        """Both ends in the zone that the writer meant."""
        zone = zone_of(when.zone) if when.zone else self._zone
        return when.earliest.astimezone(zone), when.latest.astimezone(zone)

    def _ends(self, when: Interval) -> tuple[str, str]:
        """Both ends in words: days where whole days were meant."""
        first, last = self._in_its_zone(when)
        if _is_whole_days(first, last):
            return self.day(first.date()), self.day(last.date())
        return self.instant(first), self.instant(last)

    def day(self, day: date) -> str:
        """`22 May 2019`, `May 22, 2019`, `2019年5月22日`."""
        return locale_forms.day(day, self._lang, in_usa=self._in_usa)

    def instant(self, at: datetime) -> str:
        """The day, the time of day and the offset from UTC."""
        time_of_day = locale_forms.time_of_day(at, self._lang)
        return self.fixed("instant", day=self.day(at.date()), time=time_of_day, zone=locale_forms.zone(at, self._lang))


def _unbroken(number: str) -> str:
    """A telephone number stays on one line."""
    return number.replace(" ", "\N{NO-BREAK SPACE}")


def _is_whole_days(first: datetime, last: datetime) -> bool:
    end_of_last = (last + timedelta(microseconds=1)).time()
    return first < last and first.time() == time.min and end_of_last == time.min
