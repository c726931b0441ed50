"""Duties as data: one obligation to tell one recipient under one law, as `duties/*.yaml` writes it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, Literal

from pydantic import Field, model_validator

from leakguard.clocks.rules import ClockRule
from leakguard.errors import BadFile, Problem
from leakguard.files.shapes import Shape, fit, fitting_part, nearest_name
from leakguard.files.yaml_text import ReadText, dotted, reading_yaml
from leakguard.models.languages import BOTH
from leakguard.notices.expressions import Expression
from leakguard.notices.notice_content import ContentItem, NoticeContent
from leakguard.notices.vocabulary import LANGS, Lang, Vocabulary

Status = Literal["in_force", "not_in_force", "proposed", "voluntary"]


class Trigger(Shape):
    """When the duty arises: in words, and as a rule that answers yes, no or needs fact."""

    text: str
    rule: Expression
    thresholds: tuple[str, ...] = ()
    """The figures in words, also those that only grade an incident; `*` marks what was not read in the source."""


class Phase(Shape):
    """One stage of a duty, with its clock."""

    name: str
    clock: ClockRule
    content: tuple[str, ...] = ()
    """The items of this stage; empty when the stage has the duty's own list."""
    when: Expression | None = None
    """The condition of a stage that not every incident has; until the facts rule it out, it is shown."""
    note: str = ""


class Exemption(Shape):
    """A way out: `when` is its rule; without one a person has to judge it."""

    text: str
    when: Expression | None = None


class Duty(NoticeContent):
    """One obligation, with its source and how sure we are of it."""

    jurisdiction: str
    law: str
    law_zh: str = ""
    article: str
    article_zh: str = ""
    named: dict[Lang, str] = Field(default_factory=dict)
    """The law and its article, as a sentence names them behind `under`, `根据`, `nach`, `selon`, `conforme`."""
    status: Status
    in_force_from: date | None = None
    in_force_to: date | None = None
    before: str = ""
    """What the law said before its first day here, as far as that is known; told of incidents that are older."""
    source_url: str
    source_kind: Literal["primary", "primary-quoted", "official", "secondary", "unread"]
    """`unread`: the address of the law itself, which nobody has read for this file."""
    confidence: Literal["sourced", "own-knowledge"]
    verify_fields: tuple[str, ...] = ()
    """What was not read in the source, or rests on a weak one; every output shows it."""
    verify_fields_zh: tuple[str, ...] = ()
    obligated: tuple[str, ...]
    trigger: Trigger
    phases: tuple[Phase, ...] = Field(min_length=1)
    exemptions: tuple[Exemption, ...] = ()
    channel: str = ""
    penalties: str = ""
    late_rule: str = ""
    soft: bool = False
    """A guideline or a regulator's expectation, not statute."""
    notes: str = ""

    @model_validator(mode="before")
    @classmethod
    def _name_the_clocks(cls, value: Any) -> Any:  # noqa: ANN401  (a file holds anything)
        """A phase's clock is named `<duty>.<phase>`, and carries the law that sets it."""
        if not isinstance(value, dict) or not isinstance(value.get("phases"), list):
            return value
        return {**value, "phases": [_with_clock_id(value, phase) for phase in value["phases"]]}

    def law_words(self, lang: Lang) -> str:
        """The law and its article, as a letter names them.

        In a language that has no words for it: as the law's own language names it, else in English.
        """
        if lang in self.named:
            return self.named[lang]
        if lang == "zh":
            return f"{self.law_zh or self.law}{self.article_zh or self.article}"
        own = (self.named[code] for code in LANGS if code in self.named and code in self.language.codes)
        english = f"{self.article} of the {self.law}"
        return english if lang == "en" else next(own, self.named.get("en", english))

    def names_law_in(self, lang: Lang) -> bool:
        """Whether the law has a name in this language."""
        return lang in BOTH or lang in self.named

    def verify_words(self, lang: Lang) -> tuple[str, ...]:
        """What is still to be verified, as a letter names it."""
        return self.verify_fields_zh or self.verify_fields if lang == "zh" else self.verify_fields

    def phase(self, name: str) -> Phase | None:
        """The stage of this name."""
        return next((phase for phase in self.phases if phase.name == name), None)

    def clock_of(self, stage: str | None) -> str:
        """The clock of a stage, by default of the first."""
        return ((self.phase(stage) if stage else None) or self.phases[0]).clock.id

    def items_of(self, stage: str | None) -> tuple[ContentItem, ...]:
        """What the notice of `stage` must say; the duty's whole list when the stage has none of its own."""
        phase = self.phase(stage) if stage else None
        if phase is None or not phase.content:
            return self.content
        known = {item.item: item for item in self.content}
        return tuple(known.get(name, ContentItem(item=name, required="yes")) for name in phase.content)


class _DutyFile(Shape):
    duties: tuple[Duty, ...]


def parse_duties(text: str, *, name: str, vocabulary: Vocabulary) -> tuple[Duty, ...]:
    """Read a file of duties; raises `BadFile` with all problems, also words that the vocabulary does not know."""
    with reading_yaml(text, name=name) as read:
        try:
            duties = fit(read, _DutyFile, name=name).duties
        except BadFile as bad:
            raise BadFile(name, (*bad.problems, *_problems(_fitting_duties(read), vocabulary, read))) from bad
        problems = tuple(_problems(enumerate(duties), vocabulary, read))
        if problems:
            raise BadFile(name, problems)
        return duties


def _fitting_duties(read: ReadText) -> Iterator[tuple[int, Duty]]:
    """What can be read of a file in which something cannot, each duty with its number; see `fitting_part`."""
    rows = read.value.get("duties") if isinstance(read.value, dict) else None
    for index, row in enumerate(rows if isinstance(rows, list) else ()):
        duty = fitting_part(ReadText(value=row), Duty)
        if duty is not None:
            yield index, duty


def _with_clock_id(duty: dict[str, Any], phase: object) -> object:
    if not isinstance(phase, dict) or not isinstance(phase.get("clock"), dict):
        return phase
    given = {"id": f"{duty.get('id')}.{phase.get('name')}", "law": f"{duty.get('law')}, {duty.get('article')}"}
    given["text"] = str(phase.get("note", ""))
    return {**phase, "clock": {**given, **phase["clock"]}}


def _problems(duties: Iterable[tuple[int, Duty]], vocabulary: Vocabulary, read: ReadText) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, duty in duties:
        for path, word, known, what in _words_used(duty, vocabulary):
            if word not in known:
                place = ("duties", index, *path)
                near = nearest_name(word, list(known))
                yield Problem(
                    where=dotted(place), text=f"unknown {what} `{word}`", line=read.line_of(place), nearest=near
                )
        if duty.id in seen:
            where = ("duties", index, "id")
            yield Problem(where=dotted(where), text=f"the id `{duty.id}` stands here twice", line=read.line_of(where))
        seen.add(duty.id)


_Use = tuple[tuple[str | int, ...], str, dict[str, Any], str]


def _words_used(duty: Duty, vocabulary: Vocabulary) -> Iterator[_Use]:
    """Every word of a duty that the vocabulary must know: its place, the word, the known ones, what it is."""
    for index, word in enumerate(duty.obligated):
        yield ("obligated", index), word, dict(vocabulary.obligated), "addressee"
    yield from _items_of_rules(duty, vocabulary)
    for index, content in enumerate(duty.content):
        yield ("content", index, "item"), content.item, dict(vocabulary.items), "content item"
        yield ("content", index, "required"), content.required, dict(vocabulary.conditions), "condition"
    for index, word in enumerate(duty.must_not_contain):
        yield ("must_not_contain", index), word, dict(vocabulary.items), "content item"
    for number, phase in enumerate(duty.phases):
        for index, word in enumerate(phase.content):
            yield ("phases", number, "content", index), word, dict(vocabulary.items), "content item"
    for rule_place, rule in _rules(duty):
        for leaf in rule.leaves():
            yield from _words_in(leaf, rule_place, vocabulary)


def _items_of_rules(duty: Duty, vocabulary: Vocabulary) -> Iterator[_Use]:
    """A rule about the form of an item must mean one."""
    for index, rule in enumerate(duty.format_rules):
        if rule.item:
            yield ("format_rules", index, "item"), rule.item, dict(vocabulary.items), "content item"


def _rules(duty: Duty) -> Iterator[tuple[tuple[str | int, ...], Expression]]:
    yield ("trigger", "rule"), duty.trigger.rule
    for index, phase in enumerate(duty.phases):
        if phase.when is not None:
            yield ("phases", index, "when"), phase.when
    for index, exemption in enumerate(duty.exemptions):
        if exemption.when is not None:
            yield ("exemptions", index, "when"), exemption.when


def _words_in(leaf: Expression, place: tuple[str | int, ...], vocabulary: Vocabulary) -> Iterator[_Use]:
    if leaf.fact is not None:
        yield place, leaf.fact.split(".")[0], dict(vocabulary.facts), "fact"
    for code in (leaf.residents, leaf.organisation_in, leaf.operates_in):
        if code is not None and not vocabulary.is_place(code):
            yield place, code, dict(vocabulary.regions), "place"
    for category in leaf.categories or ():
        if not vocabulary.is_category(category):
            yield place, category, dict(vocabulary.categories), "kind of data"
