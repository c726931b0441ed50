"""Scores a drill: what the clocks, the alarms, the playbook and the deeds say when it is over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from leakguard.alerts.history import History
from leakguard.alerts.records import SENT
from leakguard.clocks.clock_status import ClockStatus
from leakguard.clocks.verdicts import State
from leakguard.drills.deeds import Deed
from leakguard.drills.moments import addressed, known_at
from leakguard.drills.scorecard import ClockScore, InjectScore, RoleScore, Scorecard
from leakguard.drills.shapes import Scenario
from leakguard.drills.story import Story
from leakguard.drills.times import begins_at, ends_at, moment_of
from leakguard.frozen import Frozen
from leakguard.playbooks.engine import Progress, StepProgress
from leakguard.playbooks.states import SETTLED, StepState

_NOT_BEGUN = frozenset({State.LATENT, State.NOT_APPLICABLE})
_OPEN = frozenset({State.RUNNING, State.AT_RISK, State.DUE_NOW, State.PAUSED})


class PlayedDrill(Frozen):
    """What a finished drill left behind."""

    scenario: Scenario
    earlier: timedelta
    story: Story
    deeds: Sequence[Deed]
    """In the order in which they were done."""
    statuses: Sequence[ClockStatus]
    history: History
    progress: Progress
    due_at: Mapping[str, datetime]
    incident: str
    incident_state: str


def score(played: PlayedDrill) -> Scorecard:
    """The scorecard, without what only the ledger itself can say."""
    scenario, history = played.scenario, played.history
    clocks = tuple(_clock(status, played) for status in played.statuses if status.state not in _NOT_BEGUN)
    steps = played.progress.steps.values()
    met = sum(1 for clock in clocks if clock.ended_at is not None and not clock.is_missed)
    missed = sum(1 for clock in clocks if clock.is_missed)
    return Scorecard(
        scenario=scenario.scenario,
        version=scenario.version,
        title=scenario.title,
        playbook=scenario.playbook,
        known_at=known_at(scenario, played.earlier),
        known_earlier=played.earlier,
        begun_at=begins_at(scenario),
        ended_at=ends_at(scenario),
        zone=scenario.zone,
        incident=played.incident,
        incident_state=played.incident_state,
        clocks=clocks,
        not_begun=tuple(status.id for status in played.statuses if status.state in _NOT_BEGUN),
        roles=tuple(_role(role, name, played, clocks) for role, name in scenario.cast.items()),
        injects=tuple(_injects(played)),
        steps_done=sum(1 for step in steps if step.state is StepState.DONE),
        step_count=len(played.progress.steps),
        messages=len(history.messages),
        taken=sum(
            1 for message in history.messages if any(history.acks_of(alarm.clock, message) for alarm in message.alarms)
        ),
        held_back=sum(1 for message in history.messages if not any(tried.outcome == SENT for tried in message.tries)),
        counts={"met": met, "missed": missed, "open": len(clocks) - met - missed},
    )


def _clock(status: ClockStatus, played: PlayedDrill) -> ClockScore:
    verdict = status.verdict
    begun, ended, limit = verdict.anchor_at, verdict.ended_at, verdict.work_by
    alarms = [
        (message, alarm) for message in played.history.messages for alarm in message.alarms if alarm.clock == status.id
    ]
    taken = [ack.at for message, _ in alarms[:1] for ack in played.history.acks_of(status.id, message)]
    late = verdict.late_by_seconds
    return ClockScore(
        clock=status.id,
        title=status.rule.title,
        law=status.rule.law,
        soft=status.rule.soft,
        role=_owner(status, played),
        state=status.state.value,
        begun_at=begun,
        limit=limit,
        ended_at=ended,
        late_by=timedelta(seconds=late) if late is not None else None,
        margin=limit - ended if limit is not None and ended is not None and ended <= limit else None,
        took=ended - begun if begun is not None and ended is not None and status.state not in _OPEN else None,
        is_certain=verdict.is_certain,
        alarms=len(alarms),
        first_taken_after=min(taken) - alarms[0][0].raised_at if taken else None,
    )


def _owner(status: ClockStatus, played: PlayedDrill) -> str:
    """The role whose step records the event that ends the clock; for a law the role that files its notices."""
    ending = status.rule.ending
    steps = [step.step for step in played.progress.steps.values()]
    kinds = ending.kinds if ending is not None else frozenset()
    owners = [step.owner for step in steps if step.emits in kinds]
    owners += [step.owner for step in steps if status.rule.law and step.kind == "notice"]
    return next((owner for owner in owners if owner is not None), "")


def _role(role: str, name: str, played: PlayedDrill, clocks: Sequence[ClockScore]) -> RoleScore:
    story, steps = played.story, [step for step in played.progress.steps.values() if step.step.owner == role]
    own = [deed for deed in played.deeds if deed.role == role]
    known = story.done.get("known")
    after = [deed.at - known for deed in own if known is not None and deed.at >= known and deed.moment != "known"]
    moments = _roles_of_moments(played)
    return RoleScore(
        role=role,
        name=name,
        done=len({deed.moment for deed in own}),
        late_steps={step.id: late for step in steps if (late := _late(step, played)) is not None},
        forgotten_steps=tuple(step.id for step in steps if step.state not in SETTLED),
        left_out=tuple(moment for moment in story.left_out if moments.get(moment) == role),
        refused={moment: why for moment, why in story.refused.items() if moments.get(moment) == role},
        first_act_after_known=min(after, default=None),
        missed_clocks=tuple(clock.clock for clock in clocks if clock.is_missed and clock.role == role),
        agreed=tuple(
            step.id
            for step in played.progress.steps.values()
            if step.step.second_person == role and step.state is StepState.DONE and step.second
        ),
    )


def _roles_of_moments(played: PlayedDrill) -> Mapping[str, str]:
    """Who was to do what was not done: the role of the act, or the owner of the step."""
    owners = {name: step.step.owner or "" for name, step in played.progress.steps.items()}
    found = {
        name: act.role or owners.get(act.step or act.fails or "", "") for name, act in played.scenario.acts.items()
    }
    taker = played.scenario.acknowledges.by if played.scenario.acknowledges is not None else ""
    for moment in (*played.story.left_out, *played.story.refused):
        base = moment.partition("/")[0]
        found.setdefault(moment, taker if base == "ack" else owners.get(base, ""))
    return found


def _late(step: StepProgress, played: PlayedDrill) -> timedelta | None:
    """By how much a step was done after its due time."""
    due = played.due_at.get(step.id)
    if step.state is not StepState.DONE or step.since is None or due is None or step.since <= due:
        return None
    return step.since - due


def _injects(played: PlayedDrill) -> Iterator[InjectScore]:
    """Each inject once for every role that heard of it: before anybody knew, nobody could answer."""
    known = played.story.done.get("known")
    for name, inject in addressed(played.scenario):
        if name in played.story.prevented:
            continue
        done_at = played.story.done.get(name, moment_of(played.scenario, inject.at))
        since = max(done_at, known) if known is not None else done_at
        for role in inject.to:
            acts = (deed for deed in played.deeds if deed.role == role and deed.at >= since and deed.moment != "known")
            first = next(acts, None)
            yield InjectScore(
                inject=name,
                title=inject.title,
                at=done_at,
                role=role,
                first_act=first.title if first is not None else "",
                first_act_after=first.at - done_at if first is not None else None,
            )
