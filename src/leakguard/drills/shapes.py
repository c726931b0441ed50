"""The shape of a scenario file; what the parts mean together is checked in `names_check` and `times_check`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from leakguard.clocks.event_kinds import unknown_kind_message
from leakguard.clocks.rules import ExactText, TimeOfDay, ZoneName
from leakguard.files.shapes import Shape
from leakguard.playbooks.words import as_list

MAX_MOMENTS = 300
"""Injects and acts of one scenario; an exercise of a day has thirty."""
KNOWN, CLOSED = "known", "closed"
"""The names of the two moments that every drill has: somebody of ours knows, and the incident is closed."""

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Line = Annotated[str, StringConstraints(min_length=1, max_length=600)]
Day = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")]
Duty = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,79}$")]
Answer = str | int | bool | tuple[str, ...]


Lines = Annotated[tuple[Line, ...], BeforeValidator(as_list)]
Names = Annotated[tuple[Name, ...], BeforeValidator(as_list)]
Words = Annotated[tuple[Duty, ...], BeforeValidator(as_list)]


class Source(Shape):
    """Where a fact of the real incident is told."""

    name: Line
    url: Annotated[str, StringConstraints(pattern=r"^https?://\S{3,300}$")] | None = None
    read: Literal["whole", "in_part", "not"]
    """Whether whoever wrote the scenario has read it."""


class Fact(Shape):
    """One thing that is known of the real incident, or that nobody outside knows."""

    what: Line
    source: Names = ()
    unknown: Line | None = None
    """Why nobody knows it."""

    @model_validator(mode="after")
    def _one_of_both(self) -> Fact:
        if bool(self.source) == (self.unknown is not None):
            raise ValueError("a fact has either a `source`, or `unknown` with the reason")
        return self


class RecordedEvent(Shape):
    """An event that a moment puts on record."""

    kind: Line
    at: Any = None
    """When it happened, where that is not the moment itself: a time, a day, or `{earliest, latest}`."""
    fields: dict[Name, Line] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _known_kind(self) -> RecordedEvent:
        wrong = unknown_kind_message(self.kind)
        if wrong:
            raise ValueError(wrong)
        return self


class Inject(Shape):
    """Something that the world does at its time, whatever the team does."""

    at: Line
    title: Line
    text: Lines = ()
    to: Names = ()
    """The roles that hear of it, and of whom an act is expected; nobody hears of what happens behind their backs."""
    unless: Line | None = None
    """A kind of event: once one is on record, this does not happen any more."""
    source: Names = ()
    invented: Line | None = None
    """Why it is here, where no source tells of it."""
    records: tuple[RecordedEvent, ...] = ()
    laws: Words = ()
    """Laws that turn out to reach the organisation too: first words of duty ids."""
    obligated_as: Names = ()

    @model_validator(mode="after")
    def _says_where_from(self) -> Inject:
        if bool(self.source) == (self.invented is not None):
            raise ValueError("an inject has either a `source`, or `invented` with the reason")
        wrong = unknown_kind_message(self.unless) if self.unless is not None else None
        if wrong:
            raise ValueError(wrong)
        return self


class Filing(Shape):
    """A notice that is filed."""

    duty: Duty
    stage: Name = "initial"


class PlayedApp(Shape):
    """A made-up app: what it is, and what its manifest asks for."""

    name: Line
    category: Line
    permissions: Annotated[tuple[Line, ...], Field(max_length=100)]


class PlayedSite(Shape):
    """A made-up site: its `security.txt` and its home page, as a probe would have fetched them."""

    site: Line
    security_txt: Annotated[str, Field(max_length=32_768)] = ""
    """Empty: the site has none."""
    home: Annotated[str, Field(max_length=100_000)] = ""
    """The home page as HTML."""


class Action(Shape):
    """Something that a role does: one of `step`, `fails`, `event`, `files`, `starts`, a question, and `says`.

    The questions `sites`, `mail`, `outbound` and `apps` go to the readers and rules of LeakGuard while the drill is
    played; the answer is kept in the timeline. A mail becomes a report in the inbox of the drill as well.
    """

    role: Name | None = None
    """For a step of the playbook by default its owner."""
    at: Line | None = None
    """A fixed time; else it is done so long (`in`) after the moments that it waits for (`after`)."""
    after: Names = ()
    in_: ExactText | None = Field(default=None, alias="in")
    step: Name | None = None
    fails: Name | None = None
    """The step that fails; `says` tells what was seen."""
    event: RecordedEvent | None = None
    files: Filing | None = None
    starts: Duty | None = None
    """A playbook that is started again, once the incident was reopened."""
    mail: Annotated[str, Field(max_length=100_000)] | None = None
    """A mail from outside with its header, as `leakguard report import` reads it."""
    sites: Annotated[tuple[PlayedSite, ...], Field(max_length=MAX_MOMENTS)] = ()
    outbound: dict[str, Any] | None = None
    """A file about an outbound transfer, as `leakguard outbound assess` reads it."""
    apps: Annotated[tuple[PlayedApp, ...], Field(max_length=MAX_MOMENTS)] = ()
    says: Line | None = None

    @model_validator(mode="after")
    def _one_deed(self) -> Action:
        names = ("step", "fails", "event", "files", "starts", "sites", "mail", "outbound", "apps")
        given = [name for name in names if getattr(self, name) not in (None, ())]
        if len(given) > 1 or (not given and self.says is None) or (self.fails is not None and self.says is None):
            raise ValueError(
                "an act does one of: step, event, files, starts, sites, mail, outbound, apps, fails (with says), "
                "or it only says something"
            )
        if self.at is not None and (self.after or self.in_ is not None):
            raise ValueError("give either `at`, or `after` with `in`")
        if self.at is None and not self.after and self.step is None:
            raise ValueError("an act needs `at` or `after`")
        if self.role is None and self.step is None and self.fails is None:
            raise ValueError("an act needs the `role` that does it")
        return self


class AwarenessMoment(Shape):
    """The moment at which somebody of ours knows enough; everything that the team does counts from it."""

    at: Line
    by: Name
    how: Line
    source: Names = ()
    invented: Line | None = None
    not_before: Line | None = None
    """The first moment at which anybody could have known."""
    records: tuple[RecordedEvent, ...]

    @model_validator(mode="after")
    def _says_where_from(self) -> AwarenessMoment:
        if bool(self.source) == (self.invented is not None):
            raise ValueError("`known` has either a `source`, or `invented` with the reason")
        return self


class Sleep(Shape):
    """When nobody looks at alarms."""

    from_: TimeOfDay = Field(alias="from")
    to: TimeOfDay


class Acknowledging(Shape):
    """Who takes alarms over, and how fast."""

    by: Name
    in_: ExactText = Field(default="PT15M", alias="in")
    asleep: Sleep | None = None


class ByTheBook(Shape):
    """What the team does with the steps that the scenario does not name: as the playbook says."""

    pace: Annotated[float, Field(ge=0.05, le=100)] = 1.0
    """How long each step takes, as a multiple of the playbook's own estimate."""
    forgotten: Names = ()
    """Steps that nobody does."""


class Scenario(Shape):
    """One exercise."""

    scenario: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,59}$")]
    title: Line
    version: Annotated[int, Field(strict=True, ge=1)]
    verified_on: Day
    """When the facts were last held against their sources."""
    about: Lines
    sources: dict[Name, Source]
    facts: tuple[Fact, ...]
    law_of_the_day: Lines
    """Which law held then, in words; which clocks run follows from the duties' own dates."""
    zone: ZoneName
    laws: Words = ()
    obligated_as: Names = ()
    begins_at: Line
    ends_at: Line
    cast: Annotated[dict[Name, Line], Field(min_length=1)]
    """Who plays which role; all names are invented."""
    playbook: Duty
    known: AwarenessMoment
    acknowledges: Acknowledging | None = None
    """Without it nobody takes an alarm over."""
    by_the_book: ByTheBook = ByTheBook()
    answers: dict[Name, dict[Name, Answer]] = Field(default_factory=dict)
    """Step of the playbook to the answers of its form."""
    injects: Annotated[dict[Name, Inject], Field(max_length=MAX_MOMENTS)] = Field(default_factory=dict)
    acts: Annotated[dict[Name, Action], Field(max_length=MAX_MOMENTS)] = Field(default_factory=dict)
    closes_after: Names | None = None
    """Injects and acts that are over before the incident is closed; by default all of them."""
