"""The rules about outbound transfers as values: the shapes of the files in `duties/outbound/`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal

from leakguard.files.light_shapes import Field, LightShape
from leakguard.frozen import Frozen

ScreenLang = Literal["en", "zh"]
Kind = Literal["primary", "primary-quoted", "official", "secondary", "unread", "inference"]
Confidence = Literal["sourced", "own-knowledge"]
JANUARY, JANUARY_BEFORE = "january_first", "january_first_of_previous_year"
MAIL, TELEPHONE, EVIDENCE, PEOPLE = "mail", "telephone", "evidence", "people"
CARRIED = (MAIL, TELEPHONE, EVIDENCE, PEOPLE)
"""What a letter may carry that raises the doubt."""
FLAG = ("true", "false")
"""What a fact may say that is neither a choice nor a count."""


class Words(LightShape):
    """One text in both languages."""

    en: str
    zh: str

    def of(self, lang: ScreenLang) -> str:
        """In this language."""
        return self.zh if lang == "zh" else self.en


KINDS: Mapping[Kind, Words] = {
    "primary": Words(en="the text itself was read", zh="已读原文"),
    "primary-quoted": Words(en="the text was read as another page quotes it", zh="已读他处引用的原文"),
    "official": Words(en="a page of the authority was read", zh="已读主管部门网页"),
    "secondary": Words(en="a page about the text was read", zh="已读介绍该文本的网页"),
    "unread": Words(en="from memory: read the text first", zh="凭记忆：请先阅读原文"),
    "inference": Words(en="our own inference", zh="我们自己的推断"),
}
"""What was read of a source, in words."""


class Source(LightShape):
    """What a rule rests on, and how sure we are of it."""

    law: Words
    article: Words
    says: Words
    in_force_from: date
    in_force_to: date | None = None
    url: str = Field(pattern=r"^(https?://\S+)?$")
    kind: Kind
    confidence: Confidence
    verified_on: date


class FactTest(LightShape):
    """One question to one fact; exactly one of `is`, `in` and `at_least`."""

    fact: str
    is_: str | None = Field(default=None, alias="is")
    in_: tuple[str, ...] = Field(default=(), alias="in")
    at_least: int | None = None

    @property
    def wanted(self) -> frozenset[str]:
        """The words by which it holds; none for a limit."""
        return frozenset(self.in_ if self.is_ is None else (*self.in_, self.is_))


class Row(LightShape):
    """The routes that are open where every test holds."""

    when: tuple[FactTest, ...]
    route: tuple[str, ...] = Field(min_length=1)
    why: Words
    sources: tuple[str, ...] = ()


class LawText(LightShape):
    """The rows that were law in one time; the first that holds decides."""

    id: str
    in_force_from: date
    in_force_to: date | None = None
    counted_from: Literal["january_first", "january_first_of_previous_year"]
    asks: tuple[str, ...] = Field(min_length=1)
    rows: tuple[Row, ...] = Field(min_length=1)
    sources: tuple[str, ...] = ()


class FactKind(LightShape):
    """What a fact asks, and what it may say."""

    ask: Words
    options: dict[str, Words] = Field(default_factory=dict)
    counts: bool = False
    sum_of: tuple[str, ...] = ()
    """A count that follows from others; the same people may stand in several of them."""

    @property
    def choices(self) -> tuple[str, ...]:
        """The words that it may say; none for a count."""
        return () if self.counts or self.sum_of else tuple(self.options) or FLAG


class RoutesFile(LightShape):
    """`cn-routes.yaml`."""

    id: str
    zone: str
    facts: dict[str, FactKind]
    texts: tuple[LawText, ...] = Field(min_length=1)


class SourcesFile(LightShape):
    """`sources.yaml`."""

    sources: dict[str, Source]


class Route(LightShape):
    """What a route asks for."""

    name: Words
    is_open: bool = False
    """Whether somebody has to be asked, as no rule is known."""
    where: Words
    what: tuple[Words, ...] = ()
    when: Words
    valid: Words
    again: Words
    papers: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


class Always(LightShape):
    """What stands whatever the route."""

    id: str
    text: Words
    sources: tuple[str, ...] = ()


class ClockOfRoute(LightShape):
    """A deadline of a route that is in force: working days before its end, or after its effect."""

    tool: str
    text: Words
    before_end: int | None = None
    after_effect: int | None = None
    is_window: bool = False
    """Whether it can be asked for in these days alone."""
    is_law: bool = False
    calendar: str
    sources: tuple[str, ...] = ()


class RouteWordsFile(LightShape):
    """`routes.yaml`."""

    routes: dict[str, Route]
    always: tuple[Always, ...]
    clocks: dict[str, ClockOfRoute]


class NotificationDuty(LightShape):
    """Who has to notify whom, and when."""

    from_: str = Field(alias="from")
    to: str
    when: Words
    basis: Words
    sources: tuple[str, ...] = ()


class Tool(LightShape):
    """What carries a transfer to a recipient."""

    name: Words
    law: Literal["cn", "eu", "uk"]
    is_without_route: bool = False
    tells: tuple[NotificationDuty, ...] = ()


class Pause(LightShape):
    """The decision whether transfers go on."""

    text: Words
    why: Words
    sources: tuple[str, ...] = ()


class ForeignBody(LightShape):
    """The doubt before data leave for a foreign body."""

    letter: Words
    """With a place for what the letter carries."""
    evidence: Words
    carries: dict[str, Words]
    sources: tuple[str, ...] = ()


class ForCounsel(LightShape):
    """The note that counsel alone reads."""

    title: Words
    lawless: Words
    ended: Words
    unknown: Words
    open_route: Words
    short: Words
    sources: tuple[str, ...] = ()


class IncidentFile(LightShape):
    """`incident.yaml`."""

    tools: dict[str, Tool]
    parties: dict[str, Words]
    pause: Pause
    not_a_transfer: Words
    not_a_transfer_sources: tuple[str, ...] = ()
    counts_apart: Words
    foreign_body: ForeignBody
    counsel: ForCounsel


class PaperPart(LightShape):
    """One part of a skeleton."""

    heading: Words
    fill: tuple[Literal["organisation", "route", "counts", "recipients"], ...] = ()
    says: tuple[Words, ...] = ()


class Paper(LightShape):
    """The skeleton of one paper."""

    title: Words
    sources: tuple[str, ...] = ()
    parts: tuple[PaperPart, ...] = Field(min_length=1)


class PapersFile(LightShape):
    """`papers.yaml`."""

    papers: dict[str, Paper]


class RuleBook(Frozen):
    """All rules about outbound transfers."""

    zone: str
    facts: Mapping[str, FactKind]
    texts: tuple[LawText, ...]
    """The latest first."""
    sources: Mapping[str, Source]
    routes: Mapping[str, Route]
    always: tuple[Always, ...]
    clocks: Mapping[str, ClockOfRoute]
    incident: IncidentFile
    papers: Mapping[str, Paper]

    @property
    def stated(self) -> tuple[str, ...]:
        """The facts that a file may state."""
        return tuple(name for name, kind in self.facts.items() if not kind.sum_of)

    def text_on(self, day: date) -> LawText | None:
        """The rows that were law on a day; `None` where they are not known here."""
        return next((text for text in self.texts if _covers(text, day)), None)

    def cited(self, names: tuple[str, ...], day: date) -> tuple[Source, ...]:
        """These sources, without those that were no law on the day."""
        found = dict.fromkeys(name for name in names if _covers(self.sources[name], day))
        return tuple(self.sources[name] for name in found)


def _covers(source: LawText | Source, day: date) -> bool:
    return source.in_force_from <= day <= (source.in_force_to or date.max)
