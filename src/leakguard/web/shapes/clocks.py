"""Clocks and alerts."""

from __future__ import annotations

from typing import Annotated, NotRequired, TypedDict

from msgspec import Meta

from leakguard.web.shapes.base import ClockTask, Doubted, LocalMoment, Moment, Seconds
from leakguard.web.shapes.incidents import UnknownLaw


class Took(TypedDict):
    """How long it took, at least and at most."""

    least_seconds: Seconds
    most_seconds: Seconds


class Threshold(TypedDict):
    """A moment on the way to the limit."""

    threshold: str
    at: Moment
    passed: bool


class Verdict(TypedDict):
    """How the clock stood by what was known then."""

    state: str
    known_at: Moment
    anchor_event: str | None
    anchor_at: Moment | None
    work_by: Moment | None
    statutory_limit: Moment | None
    ended_event: str | None
    ended_at: Moment | None
    late_by_seconds: Seconds | None
    within_statutory_limit: bool | None
    certain: bool


class IgnoredPause(TypedDict):
    """A pause that does not count."""

    event: str
    reason: str


class Doubt(TypedDict):
    """What leaves the state in doubt."""

    text: str
    see: str


class Mend(TypedDict):
    """A mended clock of a machine that changed this clock."""

    entry: int
    at: Moment
    by: str
    second: str | None
    reason: str
    text: str


class Forecast(TypedDict):
    """The work that no longer fits into the time that is left."""

    steps: list[str]
    needs_seconds: int
    ready_at: Moment


class Clock(TypedDict):
    """How one clock stands."""

    id: str
    title: str | None
    law: str | None
    soft: bool
    state: str
    anchor_event: str | None
    anchor_at: Moment | None
    anchor_latest: Moment | None
    work_by: Moment | None
    work_by_local: LocalMoment | None
    work_by_if_anchor_is_late: Moment | None
    work_by_before_extension: Moment | None
    statutory_limit: Moment | None
    statutory_limit_local: LocalMoment | None
    zone: str
    provisional: bool
    calendar_version: str | None
    remaining_seconds: Seconds | None
    budget_used: float | int | None
    elapsed_seconds: Seconds | None
    elapsed_net_seconds: Seconds | None
    took: Took | None
    ended_event: str | None
    ended_at: Moment | None
    ended_before_anchor_seconds: Seconds | None
    late_by_seconds: Seconds | None
    within_statutory_limit: bool | None
    certain: bool
    ignored_pauses: list[IgnoredPause]
    generation: int
    thresholds: list[Threshold]
    next_change: Moment | None
    as_filed: Verdict | None
    as_corrected: Verdict | None
    earlier_cycles: list[Verdict | None]
    why: list[str]
    from_memory: bool
    closed_by_word: str | None
    in_doubt: list[Doubt]
    mended_by: list[Mend]
    forecast: NotRequired[Forecast]
    task: NotRequired[ClockTask | None]


class ClockShown(Clock, Doubted):
    """One clock, and what leaves it in doubt."""


class PlaceNamed(TypedDict):
    """A place, and what names it."""

    place: str
    by: str


class Laws(TypedDict):
    """The laws that are watched, and the places of which something is not known."""

    watched: dict[str, str]
    all: bool
    left_out: list[PlaceNamed]
    no_rule: list[PlaceNamed]
    no_own_rule: list[PlaceNamed]
    no_part: list[PlaceNamed]
    no_calendar: list[PlaceNamed]
    no_place: list[PlaceNamed]


class Clocks(Doubted):
    """Every clock of an incident."""

    now: Moment
    clocks: list[Clock]
    laws: Laws
    no_rule_for_the_day: list[UnknownLaw]


class NoticeRecipient(TypedDict):
    """Whom a notice is for."""

    type: str
    name: str


class BoardClock(TypedDict):
    """One clock that runs: what has to be done until when, and for whom."""

    incident: str
    incident_title: str
    id: str
    title: str | None
    law: str | None
    soft: bool
    state: str
    is_law: bool
    is_late: bool
    task: Annotated[str, Meta(description="What has to be done, in one line of English.")]
    whom: Annotated[str, Meta(description="The first part of the task: `Notify the authority`.")]
    which: Annotated[str | None, Meta(description="Which of several notices: `first notification`.")]
    duty: str | None
    stage: str | None
    recipient: NoticeRecipient | None
    started_at: Moment | None
    work_by: Moment | None
    work_by_local: LocalMoment | None
    zone: Annotated[str, Meta(description="The zone in which the limit falls.")]
    remaining_seconds: int | None
    thresholds: list[Threshold]
    from_memory: bool
    next_change: Moment | None
    next: Annotated[
        str,
        Meta(description="What moves it on: `draft`, `probe`, `review`, `step`, `start` (a playbook), or `why`."),
    ]


class Alarm(TypedDict):
    """A threshold that passed."""

    clock: str
    threshold: str
    severity: str
    due_at: Moment | None


class Try(TypedDict):
    """One try to tell somebody."""

    role: str
    channel: str
    level: int
    at: Moment
    outcome: str | None
    failure: str | None


class Alert(TypedDict):
    """Alarms that people are told of together."""

    id: str
    raised_at: Moment
    severity: str
    statutory: bool
    acknowledged: bool
    alarms: list[Alarm]
    tries: list[Try]


class Acknowledgement(TypedDict):
    """Somebody takes care of a clock for a while."""

    clock: str
    by: str
    at: Moment
    until: Moment
    holds: bool


class Alerts(TypedDict):
    """The alerts of an incident."""

    incident: str
    alerts: list[Alert]
    acknowledgements: list[Acknowledgement]


class Acknowledged(Doubted):
    """What was acknowledged, until when."""

    incident: str
    clocks: list[str]
    by: str
    by_source: str
    until: Moment
