"""Duties as data: one obligation to tell one recipient under one law, as `duties/*.yaml` writes it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from functools import cached_property
from typing import Any, Literal

from leakguard.errors import BadFile, Problem
from leakguard.files.fitting import fit, fitting_part
from leakguard.files.light_shapes import Field, LightShape, model_validator
from leakguard.files.names import nearest_name
from leakguard.files.read_text import Path, ReadText, dotted
from leakguard.files.yaml_text import reading_yaml
from leakguard.frozen import replace
from leakguard.models.languages import BOTH
from leakguard.notices.duty_form import Found, expand
from leakguard.notices.duty_phases import Phase as Phase  # noqa: PLC0414  (a duty is asked for them)
from leakguard.notices.duty_sources import Confidence as Confidence  # noqa: PLC0414  (a duty is asked for them)
from leakguard.notices.duty_sources import Part as Part  # noqa: PLC0414  (as above)
from leakguard.notices.duty_sources import Review as Review  # noqa: PLC0414  (as above)
from leakguard.notices.duty_sources import Source as Source  # noqa: PLC0414  (as above)
from leakguard.notices.duty_sources import SourceKind as SourceKind  # noqa: PLC0414  (as above)
from leakguard.notices.duty_words import with_names, words_used
from leakguard.notices.expressions import Expression, places_asked
from leakguard.notices.notice_content import ContentItem, NoticeContent
from leakguard.notices.vocabulary import LANGS, Lang, Vocabulary

Status = Literal["in_force", "not_in_force", "proposed", "voluntary"]


class Trigger(LightShape):
    """When the duty arises: in words, and as a rule that answers yes, no or needs fact."""

    text: str
    rule: Expression
    thresholds: tuple[str, ...] = ()
    """The figures in words, also those that only grade an incident; `*` marks what was not read in the source."""


class Exemption(LightShape):
    """A way out: `when` is its rule; without one a person has to judge it."""

    text: str
    when: Expression | None = None


class Version(LightShape):
    """What the law said before the duty's present text, up to and including the day `until`."""

    from_: date | None = Field(default=None, alias="from")
    """The first day; `None` when no beginning is known."""
    until: date
    duty: Duty | None = None
    """The whole duty as it was; `None` when the law knew no such duty."""
    none: bool = False
    text: str = ""
    text_zh: str = ""
    source_url: str = ""
    source_kind: SourceKind = "unread"
    confidence: Confidence = "own-knowledge"
    verified_on: date | None = None
    verify_fields: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _says_one_thing(self) -> Version:
        if (self.duty is None) is not self.none:
            raise ValueError("a version states what differs from the duty, or `none: true`")
        if self.from_ is not None and self.from_ > self.until:
            raise ValueError("`from` lies after `until`")
        return self

    @property
    def is_read(self) -> bool:
        """Whether somebody read it: an absence of a duty that rests on memory is no answer."""
        return self.duty is not None or self.confidence == "sourced"


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
    versions: tuple[Version, ...] = ()
    """The law before `in_force_from`, the earliest first; a day that none covers is not known."""
    split_from: tuple[str, ...] = ()
    """Ids of earlier duties that named this recipient beside others."""
    source_url: str
    source_kind: SourceKind
    confidence: Confidence
    sources: dict[Part, Source] = Field(default_factory=dict)
    """Parts that rest on a source of their own."""
    from_memory: tuple[Part, ...] = ()
    tried: str = ""
    """How somebody tried to read the law itself, and when, where the source is not the law or an office's own page."""
    verify_fields: tuple[str, ...] = ()
    """What was not read in the source, or rests on a weak one; every output shows it."""
    verify_fields_zh: tuple[str, ...] = ()
    reviewed: Review | None = None
    """From the organisation's own `reviews.yaml`, of the present text; no duty that ships has one."""
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

    @model_validator(mode="after")
    def _versions_follow_each_other(self) -> Duty:
        """Two texts for one day would leave open which of them is the law."""
        ends = [version.until for version in self.versions]
        starts = [*(version.from_ for version in self.versions), self.in_force_from]
        if self.versions and self.in_force_from is None:
            raise ValueError("a duty with `versions` needs `in_force_from`, the first day of its present text")
        if any(start is None or end >= start for end, start in zip(ends, starts[1:], strict=True)):
            raise ValueError("`versions` must not overlap, the earliest first, and end before `in_force_from`")
        return self

    @property
    def readers(self) -> str:
        """Where its readers live."""
        return self.jurisdiction

    @property
    def deadline_is_from_memory(self) -> bool:
        """Whether nobody read the number of hours or days in a source."""
        return _has_deadline_from_memory(self.confidence, self.from_memory)

    @property
    def is_changed_since_review(self) -> bool:
        """Whether the rule was checked again, and perhaps changed, after its review."""
        return self.reviewed is not None and self.reviewed.on < self.verified_on

    @property
    def texts(self) -> tuple[Duty, ...]:
        """The duty as it is and as it was, the present text first."""
        return (self, *(version.duty for version in self.versions if version.duty is not None))

    @cached_property
    def places(self) -> frozenset[str]:
        """Every place and region that its rules ask about."""
        whens = [*(phase.when for phase in self.phases), *(exemption.when for exemption in self.exemptions)]
        return places_asked((self.trigger.rule, *(when for when in whens if when is not None)))

    @property
    def reader_places(self) -> frozenset[str]:
        """As `places`."""
        return self.places

    @property
    def calendars(self) -> tuple[str, ...]:
        """Every calendar that its clocks name, those of earlier texts too."""
        clocks = [phase.clock for text in self.texts for phase in text.phases]
        readings = [*clocks, *(clock.statutory for clock in clocks)]
        return tuple(sorted({reading.calendar for reading in readings if reading is not None and reading.calendar}))

    @property
    def is_voluntary(self) -> bool:
        """Whether it is a standard that binds nobody."""
        return self.status == "voluntary"

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
        return tuple(item.of(known) for item in phase.content)

    def every_item(self) -> tuple[ContentItem, ...]:
        """What the notice must say at one stage or another."""
        return (*self.content, *(item for phase in self.phases for item in self.items_of(phase.name)))

    def opens_with(self, stage: str | None) -> bool:
        """Whether `stage` is the first one."""
        return stage == self.phases[0].name

    def after(self, stage: str) -> tuple[Phase, ...]:
        """The stages that come behind `stage`, in their order; none behind a name that is no stage."""
        names = [phase.name for phase in self.phases]
        return self.phases[names.index(stage) + 1 :] if stage in names else ()


class _DutyFile(LightShape):
    duties: tuple[Duty, ...]


def parse_duties(text: str, *, name: str, vocabulary: Vocabulary) -> tuple[Duty, ...]:
    """Read a file of duties; raises `BadFile` with all problems, also words that the vocabulary does not know."""
    with reading_yaml(text, name=name) as written:
        found: Found = []
        read = replace(written, value=expand(written.value, found))
        wrong = tuple(_placed(read, path, text) for path, text in found)
        try:
            duties = tuple(with_names(duty, vocabulary) for duty in fit(read, _DutyFile, name=name).duties)
        except BadFile as bad:
            more = _problems(_fitting_duties(read), vocabulary, read)
            raise BadFile(name, (*wrong, *bad.problems, *more)) from bad
        problems = (*wrong, *_problems(enumerate(duties), vocabulary, read))
        if problems:
            raise BadFile(name, problems)
        return duties


def _placed(read: ReadText, path: Path, text: str) -> Problem:
    return Problem(where=dotted(path), text=text, line=read.line_of(path))


def _fitting_duties(read: ReadText) -> Iterator[tuple[int, Duty]]:
    """What can be read of a file in which something cannot, each duty with its number; see `fitting_part`."""
    rows = read.value.get("duties") if isinstance(read.value, dict) else None
    for index, row in enumerate(rows if isinstance(rows, list) else ()):
        duty = fitting_part(ReadText(value=row), Duty)
        if duty is not None:
            yield index, duty


def _has_deadline_from_memory(confidence: object, parts: object) -> bool:
    return confidence == "own-knowledge" or (isinstance(parts, list | tuple) and "deadline" in parts)


def _with_clock_id(duty: dict[str, Any], phase: object) -> object:
    if not isinstance(phase, dict) or not isinstance(phase.get("clock"), dict):
        return phase
    given: dict[str, Any] = {"id": f"{duty.get('id')}.{phase.get('name')}"}
    given["law"] = f"{duty.get('law')}, {duty.get('article')}"
    given["text"] = str(phase.get("note", ""))
    if _has_deadline_from_memory(duty.get("confidence"), duty.get("from_memory")):
        given["from_memory"] = True
    return {**phase, "clock": {**given, **phase["clock"]}}


def _problems(duties: Iterable[tuple[int, Duty]], vocabulary: Vocabulary, read: ReadText) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, duty in duties:
        for path, word, known, what in words_used(duty, vocabulary):
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
