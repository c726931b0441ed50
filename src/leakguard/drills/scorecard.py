"""How a team did: by clock, by role, by inject; and two such cards side by side."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from leakguard.frozen import Frozen, field
from leakguard.models.moments import to_z

SCHEMA = "leakguard.drill/1"


class ClockScore(Frozen):
    """How one clock stood when the drill was over."""

    clock: str
    title: str
    law: str
    """Empty for a promise of our own."""
    soft: bool
    role: str
    """Who can end it; empty where nobody in the cast can."""
    state: str
    begun_at: datetime | None
    limit: datetime | None
    ended_at: datetime | None
    late_by: timedelta | None
    margin: timedelta | None
    """What was left of the time when it ended."""
    took: timedelta | None
    is_certain: bool
    """Whether the other ends of rough times would give the same answer."""
    alarms: int
    first_taken_after: timedelta | None
    """From its first alarm until somebody took one over."""

    @property
    def is_missed(self) -> bool:
        """Whether a limit was missed, be it a law's or our own."""
        return self.late_by is not None


class RoleScore(Frozen):
    """What one role did."""

    role: str
    name: str
    done: int
    late_steps: Mapping[str, timedelta]
    """Steps that were done after they were due, and by how much."""
    forgotten_steps: tuple[str, ...]
    """Steps that were open or waiting when the drill was over."""
    left_out: tuple[str, ...]
    refused: Mapping[str, str]
    """Acts that the tool refused, and why."""
    first_act_after_known: timedelta | None
    missed_clocks: tuple[str, ...]
    agreed: tuple[str, ...] = ()
    """Steps of others to which it agreed as the second person."""


class InjectScore(Frozen):
    """How a role answered to something that it heard."""

    inject: str
    title: str
    at: datetime
    role: str
    first_act: str
    first_act_after: timedelta | None


class Scorecard(Frozen):
    """One drill, scored."""

    scenario: str
    version: int
    title: str
    playbook: str
    known_at: datetime
    known_earlier: timedelta
    begun_at: datetime
    ended_at: datetime
    zone: str
    incident: str
    incident_state: str
    clocks: tuple[ClockScore, ...]
    not_begun: tuple[str, ...]
    """Clocks that never began, and those that were found not to apply."""
    roles: tuple[RoleScore, ...]
    injects: tuple[InjectScore, ...]
    steps_done: int
    step_count: int
    messages: int
    taken: int
    """Messages that somebody took over."""
    held_back: int
    """Messages that reached nobody, since somebody had taken their clocks over before."""
    ledger: str = ""
    """The short head of the drill's own ledger."""
    is_whole: bool = True
    """Whether that ledger verifies."""
    counts: Mapping[str, int] = field(default_factory=dict)
    """Clocks by how they ended: `met`, `missed`, `open`."""


def to_json(card: Scorecard) -> dict[str, Any]:
    """Plain values; times in UTC, lengths in seconds."""
    return {
        "schema": SCHEMA,
        "drill": True,
        "scenario": card.scenario,
        "version": card.version,
        "title": card.title,
        "playbook": card.playbook,
        "known_at": to_z(card.known_at),
        "known_earlier_seconds": _seconds(card.known_earlier),
        "begun_at": to_z(card.begun_at),
        "ended_at": to_z(card.ended_at),
        "zone": card.zone,
        "incident": {"id": card.incident, "state": card.incident_state},
        "counts": dict(card.counts),
        "clocks": [_clock(clock) for clock in card.clocks],
        "not_begun": list(card.not_begun),
        "roles": [_role(role) for role in card.roles],
        "injects": [_inject(inject) for inject in card.injects],
        "steps": {"done": card.steps_done, "count": card.step_count},
        "alarms": {"messages": card.messages, "taken_over": card.taken, "held_back": card.held_back},
        "ledger": {"head": card.ledger, "is_whole": card.is_whole},
    }


def _clock(clock_score: ClockScore) -> dict[str, Any]:
    return {
        "clock": clock_score.clock,
        "title": clock_score.title or None,
        "law": clock_score.law or None,
        "soft": clock_score.soft,
        "role": clock_score.role or None,
        "state": clock_score.state,
        "begun_at": _stamp(clock_score.begun_at),
        "limit": _stamp(clock_score.limit),
        "ended_at": _stamp(clock_score.ended_at),
        "late_by_seconds": _seconds(clock_score.late_by),
        "margin_seconds": _seconds(clock_score.margin),
        "took_seconds": _seconds(clock_score.took),
        "certain": clock_score.is_certain,
        "alarms": clock_score.alarms,
        "first_taken_after_seconds": _seconds(clock_score.first_taken_after),
    }


def _role(role_score: RoleScore) -> dict[str, Any]:
    return {
        "role": role_score.role,
        "name": role_score.name,
        "done": role_score.done,
        "late_steps": {step: _seconds(late) for step, late in role_score.late_steps.items()},
        "forgotten_steps": list(role_score.forgotten_steps),
        "left_out": list(role_score.left_out),
        "refused": dict(role_score.refused),
        "first_act_after_known_seconds": _seconds(role_score.first_act_after_known),
        "missed_clocks": list(role_score.missed_clocks),
        "agreed": list(role_score.agreed),
    }


def _inject(inject_score: InjectScore) -> dict[str, Any]:
    return {
        "inject": inject_score.inject,
        "title": inject_score.title,
        "at": to_z(inject_score.at),
        "role": inject_score.role,
        "first_act": inject_score.first_act or None,
        "first_act_after_seconds": _seconds(inject_score.first_act_after),
    }


def _stamp(moment: datetime | None) -> str | None:
    return to_z(moment) if moment is not None else None


def _seconds(length: timedelta | None) -> int | None:
    return int(length.total_seconds()) if length is not None else None
