"""What comes next in a drill: injects at their times, acts after what they wait for, steps as the playbook says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from leakguard.alerts.history import History, Message
from leakguard.clocks.times import zone_of
from leakguard.drills.shapes import CLOSED, KNOWN, Action, Inject, Scenario, Sleep
from leakguard.drills.story import Story
from leakguard.drills.times import length, moment_of
from leakguard.frozen import Frozen
from leakguard.models.incidents import Incident, IncidentState
from leakguard.models.texts import counted
from leakguard.playbooks.engine import Progress, StepProgress
from leakguard.playbooks.states import SETTLED, StepState

USUAL = timedelta(minutes=30)
"""How long a step takes of which the playbook gives no estimate."""
MOST_REFUSALS = 3
"""After so many refusals of the same step nobody tries it again."""
TO_CLOSE = timedelta(minutes=15)
"""From the last step of the playbook until somebody closes the incident."""


class Kind(StrEnum):
    """Whose moment it is."""

    INJECT = "inject"
    KNOWN = "known"
    ACT = "act"
    STEP = "step"
    CLOSE = "close"
    ACKNOWLEDGE = "acknowledge"


class Moment(Frozen):
    """Something that is going to happen."""

    id: str
    kind: Kind
    at: datetime
    role: str = ""
    """Who does it; empty for what the world does."""
    title: str = ""
    step: str = ""
    """The step of the playbook that it finishes."""


class Scene(Frozen):
    """All that the next moments follow from."""

    scenario: Scenario
    story: Story
    earlier: timedelta
    """By how much somebody knows earlier than the scenario says."""
    incident: Incident | None = None
    progress: Progress | None = None
    history: History | None = None


def coming(scene: Scene) -> tuple[Moment, ...]:
    """Every moment whose time can be told already and that is not over, the next one first."""
    found = (*_injects(scene), *_known(scene), *_acts(scene), *_steps(scene), *_closing(scene), *_alarms(scene))
    order = {kind: number for number, kind in enumerate(Kind)}
    left = [moment for moment in found if not scene.story.is_over(moment.id)]
    return tuple(sorted(left, key=lambda moment: (moment.at, order[moment.kind], moment.id)))


def known_at(scenario: Scenario, earlier: timedelta) -> datetime:
    """When somebody of ours knows."""
    return moment_of(scenario, scenario.known.at) - earlier


def _injects(scene: Scene) -> Iterator[Moment]:
    for name, inject in scene.scenario.injects.items():
        yield Moment(id=name, kind=Kind.INJECT, at=moment_of(scene.scenario, inject.at), title=inject.title)


def _known(scene: Scene) -> Iterator[Moment]:
    known = scene.scenario.known
    at = known_at(scene.scenario, scene.earlier)
    yield Moment(id=KNOWN, kind=Kind.KNOWN, at=at, role=known.by, title=known.how)


def _acts(scene: Scene) -> Iterator[Moment]:
    for name, act in scene.scenario.acts.items():
        at = _act_time(scene, act) if scene.incident is not None else None
        if at is not None:
            step = act.step or act.fails or ""
            role = act.role or _owner(scene, step)
            yield Moment(
                id=name, kind=Kind.ACT, at=_put_off(scene, name, at), role=role, title=act_title(act), step=step
            )


def act_title(act: Action) -> str:
    """The act in a few words."""
    if act.files is not None:
        return f"files {act.files.duty} ({act.files.stage})"
    if act.event is not None:
        return f"records {act.event.kind}"
    if act.starts is not None:
        return f"starts {act.starts} again"
    if act.fails is not None:
        return f"fails at {act.fails}: {act.says}"
    if act.mail is not None or act.outbound is not None or act.apps:
        return _question(act)
    return f"does {act.step}" if act.step is not None else act.says or ""


def _question(act: Action) -> str:
    """What is asked."""
    if act.mail is not None:
        return "reads a mail from outside"
    if act.outbound is not None:
        return "asks which route the transfer needs"
    return f"holds {counted(len(act.apps), 'app', 'apps')} against what the category needs"


def _act_time(scene: Scene, act: Action) -> datetime | None:
    """When an act is done; nothing while something that it waits for is not over."""
    if act.at is not None:
        return moment_of(scene.scenario, act.at)
    times = [_over_at(scene, name) for name in act.after]
    step = _open_step(scene, act.step) if act.step is not None else None
    if act.step is not None:
        times.append(step.since if step is not None else None)
    known = [time for time in times if time is not None]
    if not known or len(known) < len(times):
        return None
    usual = _takes(scene, step) if step is not None and act.in_ is None else timedelta(0)
    return max(known) + length(act.in_) + usual


def _over_at(scene: Scene, name: str) -> datetime | None:
    """When a moment was over, by itself or because it was left out; a step when it was last settled."""
    story = scene.story
    found = story.done.get(name) or story.left_out.get(name)
    if found is not None or scene.progress is None or name not in scene.progress.steps:
        return found
    step = scene.progress.steps[name]
    return step.since if step.state in SETTLED else None


def _open_step(scene: Scene, name: str) -> StepProgress | None:
    step = scene.progress.steps.get(name) if scene.progress is not None else None
    return step if step is not None and step.state is StepState.READY else None


def _owner(scene: Scene, step: str) -> str:
    found = scene.progress.steps.get(step) if scene.progress is not None else None
    return (found.step.owner if found is not None else None) or ""


def _steps(scene: Scene) -> Iterator[Moment]:
    """The steps that are open and that no act of the scenario is going to do."""
    if scene.progress is None:
        return
    scenario, story = scene.scenario, scene.story
    acts = (act for name, act in scenario.acts.items() if not story.is_over(name))
    taken = {name for act in acts for name in (act.step, act.fails)}
    for step in scene.progress.open:
        if step.state is StepState.READY and step.id not in taken and step.id not in scenario.by_the_book.forgotten:
            refused = [story.done[name] for name in story.refused if name.partition("/")[0] == step.id]
            if len(refused) >= MOST_REFUSALS:
                continue
            name = round_of(step.id, story)
            since = max([step.since or scene.progress.started_at, *refused])
            at = _put_off(scene, name, since + _takes(scene, step))
            yield Moment(
                id=name, kind=Kind.STEP, at=at, role=step.step.owner or "", title=step.step.title, step=step.id
            )


def round_of(step: str, story: Story) -> str:
    """`verify`, and `verify/2` when it has to be done again."""
    rounds = sum(1 for name in story.done if name == step or name.startswith(f"{step}/"))
    return f"{step}/{rounds + 1}" if rounds else step


def _takes(scene: Scene, step: StepProgress) -> timedelta:
    usual = length(step.step.takes) if step.step.takes is not None else USUAL
    return usual * scene.scenario.by_the_book.pace


def _put_off(scene: Scene, moment: str, at: datetime) -> datetime:
    return at + scene.story.later.get(moment, timedelta(0))


def _closing(scene: Scene) -> Iterator[Moment]:
    """The incident is closed once everything is done that the playbook and the scenario ask for."""
    progress = scene.progress
    if progress is None or not progress.is_finished or not _may_close(scene, progress):
        return
    times = [step.since for step in progress.steps.values()] + [
        _over_at(scene, name) for name in _before_closing(scene)
    ]
    last = max((time for time in times if time is not None), default=progress.started_at)
    role = "commander" if "commander" in scene.scenario.cast else scene.scenario.known.by
    name = round_of(CLOSED, scene.story)
    at = _put_off(scene, name, last + TO_CLOSE)
    yield Moment(id=name, kind=Kind.CLOSE, at=at, role=role, title="closes the incident")


def _before_closing(scene: Scene) -> Sequence[str]:
    stated = scene.scenario.closes_after
    return stated if stated is not None else (*scene.scenario.injects, *scene.scenario.acts)


def _may_close(scene: Scene, progress: Progress) -> bool:
    """Whether it is open, nothing is left that comes first, and no response is missing since it was opened again."""
    if scene.incident is None or scene.incident.state is IncidentState.CLOSED:
        return False
    again = (event.recorded_at for event in scene.incident.events if event.kind == "reopened")
    if any(at > progress.started_at for at in again):
        return False
    return all(scene.story.is_over(name) for name in _before_closing(scene))


def _alarms(scene: Scene) -> Iterator[Moment]:
    """Messages that nobody has taken over yet, each at the time at which somebody does."""
    taking = scene.scenario.acknowledges
    if taking is None or scene.history is None:
        return
    for message in scene.history.messages:
        if not _is_taken(message, scene.history) and not _is_over(message, scene.history):
            at = awake_at(message.raised_at + length(taking.in_), taking.asleep, scene.scenario.zone)
            name = f"ack/{message.id}"
            clocks = ", ".join(dict.fromkeys(alarm.clock for alarm in message.alarms))
            yield Moment(
                id=name, kind=Kind.ACKNOWLEDGE, at=_put_off(scene, name, at), role=taking.by,
                title=f"takes over the alert about {clocks}",
            )  # fmt: skip


def _is_over(message: Message, history: History) -> bool:
    """Whether it has no clock of which nothing more urgent was raised since: that is what is answered."""
    return history.more_urgent(message).keys() >= {alarm.clock for alarm in message.alarms}


def _is_taken(message: Message, history: History) -> bool:
    return any(history.acks_of(alarm.clock, message) for alarm in message.alarms)


def awake_at(at: datetime, asleep: Sleep | None, zone: str) -> datetime:
    """The same moment, or the end of the night in which it lies."""
    if asleep is None:
        return at
    local = at.astimezone(zone_of(zone))
    clock = local.strftime("%H:%M")
    over_midnight = asleep.from_ > asleep.to
    is_night = (asleep.from_ <= clock < asleep.to) if not over_midnight else not (asleep.to <= clock < asleep.from_)
    if not is_night:
        return at
    hour, minute = (int(part) for part in asleep.to.split(":"))
    morning = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return (morning if morning > local else morning + timedelta(days=1)).astimezone(at.tzinfo)


def addressed(scenario: Scenario) -> Sequence[tuple[str, Inject]]:
    """The injects of which somebody hears."""
    return [(name, inject) for name, inject in scenario.injects.items() if inject.to]
