"""Does what a moment of a drill asks for, by the very use cases that a real incident goes through."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from leakguard.drills.answers import form_answers, stand_ins
from leakguard.drills.deeds import deed_content, deed_name
from leakguard.drills.moments import Kind, Moment, Scene, known_at
from leakguard.drills.shapes import Action, Inject, RecordedEvent
from leakguard.drills.story import DEED, REFUSED, SUBJECT, record_at
from leakguard.drills.times import moment_of, told_at
from leakguard.errors import BadFile, NotAllowed, NotFound, UsageProblem
from leakguard.frozen import Frozen, field, replace
from leakguard.intake.reading import read_message
from leakguard.ledger.custody import items_of, new_evidence_record
from leakguard.models.events import Interval
from leakguard.models.records import Record
from leakguard.playbooks.machine_runs import RUN_BEGUN, RUN_ENDED, RunOutcome
from leakguard.playbooks.shapes import Step
from leakguard.ports import IncidentStore
from leakguard.use_cases.alerts.acknowledge import acknowledge
from leakguard.use_cases.drills.drill_questions import answer_to
from leakguard.use_cases.drills.drill_stage import MarkedStore, Stage
from leakguard.use_cases.incidents.event_names import name_check
from leakguard.use_cases.incidents.incident_events import NewEvent, record_event
from leakguard.use_cases.incidents.incidents import CLOSED, open_incident
from leakguard.use_cases.incidents.playbooks import start_playbook
from leakguard.use_cases.intake.take_in import CopyKeeper, ImportOptions, take_in
from leakguard.use_cases.letters.file_notices import NewFiling, file_notice
from leakguard.use_cases.responses.playbook_steps import StepStatement, tell_step

Do = Callable[[IncidentStore, str], None]
"""Writes into a journal about the incident of this id, exactly once."""
SHIFT = timedelta(hours=12)
"""How long an alarm stays taken over: a shift."""
WORD = "drill"
_LONGEST = 600
"""Characters of an answer; a field of an event holds no more."""


class _Deed(Frozen):
    do: Do | None = None
    """Nothing but the mark where there is none."""
    extra: Mapping[str, Any] = field(default_factory=dict)
    """What the mark tells besides."""


def perform(stage: Stage, scene: Scene, moment: Moment) -> str:
    """Do all of a moment that is not done yet; returns why something was refused, or nothing."""
    deeds = tuple(_deeds(stage, scene, moment))
    incident, refusals = scene.story.incident, []
    for number, deed in enumerate(deeds):
        if deed_name(moment.id, number) in scene.story.deeds:
            continue
        content = deed_content(
            moment, number, is_last=number == len(deeds) - 1, extra={**deed.extra, "is_alone": deed.do is None}
        )
        try:
            incident = _do(stage, deed, content, incident)
        except (BadFile, NotAllowed, NotFound, UsageProblem) as error:
            why = " ".join(error.message.split())
            refusals.append(why)
            now = stage.time.now()
            stage.store.append(SUBJECT, (record_at(REFUSED, now, {**content, "why": why}),))
    return "; ".join(refusals)


def _do(stage: Stage, deed: _Deed, content: Mapping[str, Any], incident: str) -> str:
    """One deed and its mark; returns the incident, which the first deed of all opens."""

    def mark() -> Record:
        return record_at(DEED, stage.time.now(), content)

    if deed.do is None:
        stage.store.append(incident or SUBJECT, (mark(),))
    else:
        deed.do(MarkedStore(stage.store, mark), incident)
    return incident or next(iter(stage.store.subjects("IR-")), "")


def _deeds(stage: Stage, scene: Scene, moment: Moment) -> Iterator[_Deed]:
    scenario = stage.scenario
    if moment.kind is Kind.KNOWN:
        yield from _begin(stage)
    elif moment.kind is Kind.INJECT:
        yield from _told_now(stage, scene, scenario.injects[moment.id])
    elif moment.kind is Kind.CLOSE:
        yield _Deed(do=_event(stage, RecordedEvent(kind=CLOSED), by=moment.role))
    elif moment.kind is Kind.ACKNOWLEDGE:
        yield _Deed(do=_taken(stage, moment))
    elif moment.kind is Kind.ACT:
        yield from _act(stage, scene, moment, scenario.acts[moment.id])
    else:
        yield from _step(stage, scene, moment)


def _begin(stage: Stage) -> Iterator[_Deed]:
    """Open the incident, write down what happened before anybody knew, and start the playbook."""
    scenario = stage.scenario
    at = known_at(scenario, stage.earlier)

    def opened(journal: IncidentStore, _: str) -> None:
        open_incident(
            journal, (), now=stage.time.now(), title=f"DRILL: {scenario.title}", zone=scenario.zone,
            playbook=scenario.playbook,
        )  # fmt: skip

    yield _Deed(do=opened)
    before = [(moment_of(scenario, inject.at), inject) for inject in scenario.injects.values()]
    for happened, inject in sorted(before, key=lambda pair: pair[0]):
        if happened <= at:
            yield from _inject(stage, inject, is_open=True, happened=happened)
    for record in scenario.known.records:
        yield _Deed(do=_event(stage, record, by=scenario.known.by, source=scenario.known.how))
    yield _Deed(do=lambda journal, incident: _start(stage, journal, incident, scenario.playbook))


def _told_now(stage: Stage, scene: Scene, inject: Inject) -> Iterator[_Deed]:
    """What the world does now, unless the team was faster."""
    if is_prevented(scene, inject):
        yield _Deed(extra={"is_prevented": True})
    else:
        yield from _inject(stage, inject, is_open=bool(scene.story.incident))


def is_prevented(scene: Scene, inject: Inject) -> bool:
    """Whether an event is on record after which the inject does not happen any more."""
    return scene.incident is not None and any(event.kind == inject.unless for event in scene.incident.events)


def _inject(stage: Stage, inject: Inject, *, is_open: bool, happened: datetime | None = None) -> Iterator[_Deed]:
    extra = {"text": list(inject.text), "to": list(inject.to)}
    extra |= {"laws": list(inject.laws), "obligated_as": list(inject.obligated_as)}
    records = inject.records if is_open else ()
    for event in records:
        yield _Deed(do=_event(stage, event, by=WORD, source=inject.title, happened=happened), extra=extra)
    if not records:
        yield _Deed(extra=extra)


def _event(stage: Stage, record: RecordedEvent, *, by: str, source: str = "", happened: datetime | None = None) -> Do:
    def do(journal: IncidentStore, incident: str) -> None:
        at = told_at(stage.scenario, record, happened or stage.time.now())
        new = NewEvent(
            kind=record.kind, occurred_at=at, source=source or by, fields=dict(record.fields),
            reason=f"{WORD}: written down when it was known",
        )  # fmt: skip
        names = name_check(stage.folders, journal, incident, lambda: stage.book)
        record_event(journal, incident, new, now=stage.time.now, names=names)

    return do


def _act(stage: Stage, scene: Scene, moment: Moment, act: Action) -> Iterator[_Deed]:
    if act.event is not None:
        yield _Deed(do=_event(stage, act.event, by=moment.role, source=act.says or ""))
    elif act.files is not None:
        filing = NewFiling(
            duty=act.files.duty, stage=act.files.stage, by=stage.scenario.cast[moment.role],
            reason=act.says or f"{WORD}: as the scenario says",
        )  # fmt: skip
        yield _Deed(do=lambda journal, incident: _file(stage, journal, incident, filing))
    elif act.mail is not None or act.outbound is not None or act.apps or act.sites:
        if act.mail is not None and stage.kept is not None:
            yield _Deed(do=_into_inbox(stage, moment, act.mail, stage.kept))
        yield _answered(stage, moment, act)
    elif act.starts is not None:
        name = act.starts
        yield _Deed(do=lambda journal, incident: _start(stage, journal, incident, name))
    elif act.fails is not None:
        failed = StepStatement(step=act.fails, by=stage.scenario.cast[moment.role], failure=act.says or "")
        yield _Deed(do=lambda journal, incident: _record_step(stage, journal, incident, failed))
    elif act.step is not None:
        yield from _step(stage, scene, moment)
    else:
        yield _Deed()


def _answered(stage: Stage, moment: Moment, act: Action) -> _Deed:
    """What the readers and rules answer, as a remark in the timeline."""

    def do(journal: IncidentStore, incident: str) -> None:
        answer = answer_to(act, moment.id, stage.folders, stage.time.now())
        record = RecordedEvent(kind="note", fields={"text": answer[:_LONGEST]})
        _event(stage, record, by=moment.role, source=moment.title)(journal, incident)

    return _Deed(do=do)


def _into_inbox(stage: Stage, moment: Moment, mail: str, kept: CopyKeeper) -> Do:
    """Take the mail in as `report import` does; one that somebody has taken in already is only marked."""

    def do(journal: IncidentStore, _: str) -> None:
        message = read_message(mail.encode(), name=moment.id)
        options = ImportOptions(by=stage.scenario.cast[moment.role], source=f"{WORD}: the contact for reports")
        if not take_in(journal, kept, message, options, now=stage.time.now).is_new:
            journal.append(SUBJECT, ())

    return do


def _file(stage: Stage, journal: IncidentStore, incident: str, filing: NewFiling) -> None:
    file_notice(journal, stage.book, incident, filing, now=stage.time.now)


def _start(stage: Stage, journal: IncidentStore, incident: str, name: str) -> None:
    start_playbook(journal, stage.folders, incident, now=stage.time.now, name=name, by=WORD)


def _machine(stage: Stage, moment: Moment, step: Step) -> Do:
    """What a machine would have left; in a drill nothing is probed, collected or sent."""
    if step.emits is not None:
        record = RecordedEvent(kind=step.emits, fields={"step": moment.step})
        return _event(stage, record, by=moment.role, source=f"{WORD}: what the machine would have found")

    def do(journal: IncidentStore, incident: str) -> None:
        run = {"step": moment.step, "key": f"{WORD}-{moment.id}", "by": moment.role}
        end = {**run, "outcome": RunOutcome.DONE.value, "text": f"{WORD}: nothing was done"}
        now = stage.time.now()
        journal.append(incident, (record_at(RUN_BEGUN, now, run), record_at(RUN_ENDED, now, end)))

    return do


def _record_step(stage: Stage, journal: IncidentStore, incident: str, statement: StepStatement) -> None:
    tell_step(journal, incident, statement, now=stage.time.now)


def _taken(stage: Stage, moment: Moment) -> Do:
    def do(journal: IncidentStore, incident: str) -> None:
        message = moment.id.removeprefix("ack/")
        acknowledge(
            journal, incident, message, by=stage.scenario.cast[moment.role], lasts=SHIFT, now=stage.time.now
        )  # fmt: skip

    return do


def step_of(scene: Scene, moment: Moment) -> Step | None:
    """The step of the playbook that a moment finishes."""
    found = scene.progress.steps.get(moment.step) if scene.progress is not None and moment.step else None
    return found.step if found is not None else None


def answers_of(stage: Stage, scene: Scene, moment: Moment) -> dict[str, Any]:
    """The form of the step, as the scenario and then a person fill it in."""
    step = step_of(scene, moment)
    if step is None:
        return {}
    given = {**stage.scenario.answers.get(moment.step, {}), **scene.story.answers.get(moment.id, {})}
    return form_answers(step, given, now=stage.time.now())


def _step(stage: Stage, scene: Scene, moment: Moment) -> Iterator[_Deed]:
    """The step, behind the stand-ins for its evidence: in a drill nothing lies anywhere."""
    step = (scene.progress.steps if scene.progress is not None else {})[moment.step].step
    if step.kind == "automated":
        yield _Deed(do=_machine(stage, moment, step))
        return
    answers = answers_of(stage, scene, moment)
    done = StepStatement(
        step=moment.step,
        by=stage.scenario.cast[moment.role],
        second=stage.scenario.cast[step.second_person] if step.second_person is not None else "",
        form=json.dumps(answers, ensure_ascii=False) if answers else None,
        form_name=f"the answers of {moment.step}",
    )
    if step.evidence:
        yield _Deed(do=_evidence(stage, done, step), extra={"is_stand_in": True})
    yield _Deed(do=lambda journal, incident: _tell_with_evidence(stage, journal, incident, done, step))


def _evidence(stage: Stage, done: StepStatement, step: Step) -> Do:
    def do(journal: IncidentStore, incident: str) -> None:
        now = stage.time.now()
        at = Interval(earliest=now, latest=now)
        taken = stand_ins(done.step, step, by=done.by)
        journal.append(incident, [new_evidence_record(taken_in, at=at) for taken_in in taken])

    return do


def _tell_with_evidence(stage: Stage, journal: IncidentStore, incident: str, done: StepStatement, step: Step) -> None:
    """Finish a step with the latest stand-in for each piece of its evidence."""
    items = {item.source: item.id for item in items_of(journal.read(incident))}
    wanted = {
        taken_in.source: name
        for name, taken_in in zip(step.evidence, stand_ins(done.step, step, by=done.by), strict=True)
    }
    evidence = tuple(f"{name}: {items.get(source, '')}" for source, name in wanted.items())
    _record_step(stage, journal, incident, replace(done, evidence=evidence))
