"""Answers a trigger with yes, no or needs fact: what nobody stated is never filled in."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum

from leakguard.frozen import Frozen, replace
from leakguard.notices.expressions import Expression
from leakguard.notices.fact_values import NO_END, Encryption, Money, Span, open_above
from leakguard.notices.facts import COUNTRY, REGION, Fact, Facts, FactState
from leakguard.notices.vocabulary import Vocabulary


class Answer(StrEnum):
    """Yes, no, what is missing, or that nobody knows the law."""

    YES = "yes"
    NO = "no"
    NEEDS_FACT = "needs_fact"
    NO_RULE_KNOWN = "no_rule_known"
    """What the law said on the day is not known; nobody may take it for no. A trigger alone never gives it."""


class Judgement(Frozen):
    """An answer with its reasons."""

    answer: Answer
    because: tuple[str, ...] = ()
    """One clause each, with how the facts stand to it."""
    missing: tuple[str, ...] = ()
    """Names of facts without which there is no answer."""
    unclear: tuple[tuple[str, str], ...] = ()
    """Those of the missing facts that somebody stated, each with why that is not enough."""
    consider: tuple[str, ...] = ()
    """Judgements that only a person can make and that nobody stated."""


_COMPARE: dict[str, tuple[Callable[[int, int], bool], bool]] = {
    "at_least": (operator.ge, True),
    "more_than": (operator.gt, True),
    "at_most": (operator.le, False),
    "less_than": (operator.lt, False),
}
"""The comparison, and whether a larger count can only make it true."""
_SENTENCES = {
    Answer.YES: ("{}: yes ({})", "{}: yes ({}; this figure is to be verified)"),
    Answer.NO: ("{}: no ({})", "{}: no ({}; this figure is to be verified)"),
    Answer.NEEDS_FACT: ("{}: not known ({})",),
}
"""A clause with how the facts stand to it; the second where the rule's figure was not read."""


def judge(expression: Expression, facts: Facts, vocabulary: Vocabulary) -> Judgement:
    """Answer one tree."""
    parts = expression.all_ if expression.all_ is not None else expression.any_
    if parts is not None:
        judged = [judge(part, facts, vocabulary) for part in parts]
        found = _combine(judged, decides=Answer.YES if expression.all_ is None else Answer.NO)
        return _in_one_word(found, judged, expression.text) if expression.text and found.consider else found
    if expression.not_ is not None:
        found = judge(expression.not_, facts, vocabulary)
        return replace(found, answer=_opposite(found.answer))
    return _Leaf(expression, facts, vocabulary).judgement()


def reaches(expression: Expression, facts: Facts, vocabulary: Vocabulary) -> bool:
    """Whether the rule may arise at the places of the incident, whatever else it asks.

    What a rule asks beside places may have been different in the law of another day.
    """
    if expression.all_ is not None:
        return all(reaches(part, facts, vocabulary) for part in expression.all_)
    if expression.any_ is not None:
        return any(reaches(part, facts, vocabulary) for part in expression.any_)
    is_place = expression.residents or expression.organisation_in or expression.operates_in
    return not is_place or _has_anybody(expression, facts, vocabulary)


def _has_anybody(leaf: Expression, facts: Facts, vocabulary: Vocabulary) -> bool:
    """One resident is enough: the figures are those of another day's law."""
    if leaf.residents is not None:
        leaf = leaf.model_copy(update={**dict.fromkeys(_COMPARE), "at_least": 1, "each": False})
    return judge(leaf, facts, vocabulary).answer is not Answer.NO


def _opposite(answer: Answer) -> Answer:
    return {Answer.YES: Answer.NO, Answer.NO: Answer.YES}.get(answer, answer)


def _combine(parts: Sequence[Judgement], *, decides: Answer) -> Judgement:
    """One part with the deciding answer is enough; else one that needs a fact leaves all open."""
    given = {part.answer for part in parts}
    undecided = Answer.NEEDS_FACT if Answer.NEEDS_FACT in given else _opposite(decides)
    answer = decides if decides in given else undecided
    found = [part for part in parts if part.answer is answer]
    consider = [text for part in (found if answer is Answer.NO else parts) for text in part.consider]
    if answer is Answer.YES or (answer is decides and not all(part.consider for part in found)):
        consider = []  # whatever a person states of them, the answer stays
    return Judgement(
        answer=answer,
        because=_once(text for part in found for text in part.because),
        missing=_once(name for part in found for name in part.missing),
        unclear=tuple(dict.fromkeys(pair for part in found for pair in part.unclear)),
        consider=_once(consider),
    )


def _in_one_word(found: Judgement, parts: Sequence[Judgement], text: str) -> Judgement:
    """Many judgements that nobody stated are told by the one name of their group."""
    stated = [clause for part in parts if not part.consider for clause in part.because]
    because = (*stated, f"{text}: not stated") if found.answer is Answer.NO else found.because
    return replace(found, because=_once(because), consider=(text,))


def _once(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(texts))


class _Leaf:
    """One question and the facts it is asked about."""

    def __init__(self, asked: Expression, facts: Facts, vocabulary: Vocabulary) -> None:
        self._asked, self._facts, self._vocabulary = asked, facts, vocabulary

    def judgement(self) -> Judgement:
        asked = self._asked
        if asked.organisation_in is not None:
            return self._place(asked.organisation_in, self._facts.organisation.seat)
        if asked.categories is not None:
            return self._from_fact("data_categories", self._categories)
        if asked.operates_in is not None:
            return self._from_fact("operates_in", self._operates)
        if asked.residents is not None:
            return self._from_fact("subjects_by_jurisdiction", self._residents)
        return self._from_fact(str(asked.fact), self._compare)

    def _place(self, place: str, country: str) -> Judgement:
        if not country:
            return self._open(COUNTRY, "the country of the organisation is not stated")
        inside = self._vocabulary.covers(place, country)
        if not inside and self._vocabulary.covers(country, place):
            return self._open(REGION, f"the organisation is in {country}, in which part is not stated")
        return self._settled(Answer.YES if inside else Answer.NO, f"the organisation is in {country}")

    def _from_fact(self, path: str, ask: Callable[[object, str], Judgement]) -> Judgement:
        name = path.split(".", maxsplit=1)[0]
        fact = _stated(self._facts, name)
        if fact is None and self._asked.stated_only:
            text = f"{self._asked.text} (state `{name}` if this is so)"
            return Judgement(answer=Answer.NO, because=(f"{self._asked.text}: not stated",), consider=(text,))
        if fact is not None and fact.state is FactState.NOT_APPLICABLE:
            return self._settled(Answer.NO, "stated as not applicable")
        if fact is None or fact.state is FactState.UNKNOWN:
            text = fact.reason.first if fact is not None and fact.reason else ""
            return self._open(name, f"`{name}` is not stated" if fact is None else f"unknown: {text}")
        if name == "acquisition" and fact.value is False and self._facts.value_of("exfiltration", bool):
            return self._unclear(name, "stated: false, but `exfiltration` says that a copy was taken")
        return ask(open_above(fact.value) if fact.state is FactState.ESTIMATED else fact.value, path)

    def _compare(self, value: object, path: str) -> Judgement:
        if isinstance(value, Encryption):
            value = value.key_safe if path.endswith(".key_safe") else value.encrypted
            if value is None:
                return self._unclear(path, "stated as not known")
        if isinstance(value, Money):
            return self._money(value, path)
        if isinstance(value, Span):
            return self._count(value, path)
        fits = value == self._asked.is_ if self._asked.is_ is not None else value in (self._asked.in_ or ())
        shown = str(value).lower() if isinstance(value, bool) else str(value)
        return self._settled(Answer.YES if fits else Answer.NO, f"stated: {shown}")

    def _money(self, value: Money, path: str) -> Judgement:
        amounts = (value, *value.others)
        same = next((amount for amount in amounts if amount.currency == self._asked.currency), None)
        if same is None and any(amount.span.high > 0 for amount in amounts):
            stated = ", ".join(amount.currency for amount in amounts)
            return self._unclear(path, f"stated in {stated}, the rule counts {self._asked.currency}")
        return self._count((same or value).span, path)

    def _categories(self, value: object, _: str) -> Judgement:
        listed = value if isinstance(value, tuple) else ()
        wanted = self._asked.categories or ()
        hit = any(category == want or str(category).startswith(f"{want}.") for category in listed for want in wanted)
        if not hit and "unknown" in listed:
            return self._unclear("data_categories", "not all kinds of data are known yet")
        if not hit and self._is_partial():
            return self._unclear("data_categories", "our own scan saw other kinds, and its list is not a full one")
        unnamed = next((category for category in listed if self._may_be_meant(str(category), wanted)), None)
        if not hit and unnamed and not self._asked.stated_only:
            return self._unclear("data_categories", f"`{unnamed}` is stated, which is no kind that a rule knows")
        wider = next((category for category in listed for want in wanted if want.startswith(f"{category}.")), None)
        if not hit and wider and not self._asked.stated_only:
            return self._unclear("data_categories", f"`{wider}` is stated, which finer kind is not")
        return self._settled(Answer.YES if hit else Answer.NO, "by the kinds of data stated")

    def _may_be_meant(self, stated: str, wanted: tuple[str, ...]) -> bool:
        """Whether a finer kind without a name here may be one that the rule asks for, with a slip of the pen."""
        head, dot, _ = stated.partition(".")
        is_unnamed = dot and stated not in self._vocabulary.categories
        return bool(is_unnamed) and any(want.startswith(f"{head}.") for want in wanted)

    def _is_partial(self) -> bool:
        """Whether the kinds of data are those that a scan saw; what a person states is the whole list."""
        fact = self._facts.get("data_categories")
        return fact is not None and fact.state is FactState.ESTIMATED and not self._asked.stated_only

    def _operates(self, value: object, _: str) -> Judgement:
        places = value if isinstance(value, tuple) else ()
        asked = str(self._asked.operates_in)
        inside = any(self._vocabulary.covers(asked, str(place)) for place in places)
        whole = next((str(place) for place in places if self._vocabulary.covers(str(place), asked)), None)
        if not inside and whole is not None:
            return self._unclear("operates_in", f"stated: {whole}, in which part is not stated")
        return self._settled(Answer.YES if inside else Answer.NO, f"stated: {', '.join(map(str, places))}")

    def _residents(self, value: object, path: str) -> Judgement:
        counts = value if isinstance(value, Mapping) else {}
        total = self._of_each(counts) if self._asked.each else self._of_all(counts)
        found = self._count(total, path)
        wider = [code for code in counts if self._hides(code)]
        if found.answer is not Answer.NEEDS_FACT or not wider:
            return found
        whole = counts[wider[0]].words
        return self._unclear(path, f"counted for {wider[0]} as a whole: {whole}")

    def _hides(self, code: str) -> bool:
        """Whether people counted for `code` as a whole may be those that are asked for, nobody knows how many."""
        place = str(self._asked.residents)
        return place.startswith(f"{code}-") or (self._asked.each and place == code)

    def _of_all(self, counts: Mapping[str, Span]) -> Span:
        """Everybody in the place; a count of a wider place may hide any number of them."""
        place = str(self._asked.residents)
        inside = [span for code, span in counts.items() if self._vocabulary.covers(place, code)]
        wider = [span for code, span in counts.items() if self._hides(code)]
        return Span(low=sum(span.low for span in inside), high=sum(span.high for span in (*inside, *wider)))

    def _of_each(self, counts: Mapping[str, Span]) -> Span:
        """The subdivision with the most people; those whose subdivision is not stated may all be in one."""
        inside = [
            (self._vocabulary.place(code), span)
            for code, span in counts.items()
            if self._vocabulary.covers(str(self._asked.residents), code)
        ]
        split = [span for code, span in inside if "-" in code]
        rest = sum(span.high for code, span in inside if "-" not in code)
        return Span(
            low=max((span.low for span in split), default=0), high=max((span.high for span in split), default=0) + rest
        )

    def _count(self, span: Span, path: str) -> Judgement:
        name = next(name for name in _COMPARE if self._asked.part(name) is not None)
        holds, rising = _COMPARE[name]
        limit = int(str(self._asked.part(name)))
        weak, strong = (span.low, span.high) if rising else (span.high, span.low)
        if holds(weak, limit):
            return self._settled(Answer.YES, f"stated: {span.words}")
        if not holds(strong, limit):
            return self._settled(Answer.NO, f"stated: {span.words}")
        if span.high >= NO_END:
            return self._unclear(path, f"the estimate {span.low:,} has no range: state its `low` and `high`")
        return self._unclear(path, f"the estimate {span.words} is partly below and partly above {limit:,}")

    def _settled(self, answer: Answer, detail: str) -> Judgement:
        sentence = _SENTENCES[answer][1 if self._asked.verify else 0]
        return Judgement(answer=answer, because=(sentence.format(self._clause, detail),))

    def _open(self, name: str, detail: str) -> Judgement:
        because = _SENTENCES[Answer.NEEDS_FACT][0].format(self._clause, detail)
        return Judgement(answer=Answer.NEEDS_FACT, because=(because,), missing=(name,))

    def _unclear(self, name: str, detail: str) -> Judgement:
        """Open, although somebody stated the fact."""
        return replace(found := self._open(name, detail), unclear=((name, found.because[0]),))

    @property
    def _clause(self) -> str:
        return self._asked.text or str(self._asked.fact or self._asked.residents or "the condition")


def _stated(facts: Facts, name: str) -> Fact | None:
    """The fact; whether a copy was acquired is known from whether one was taken, until a person says otherwise."""
    fact = facts.get(name)
    if name != "acquisition" or (fact is not None and fact.state is not FactState.UNKNOWN):
        return fact
    taken = facts.get("exfiltration")
    return taken if taken is not None and taken.has_value else fact
