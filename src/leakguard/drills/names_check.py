"""Static checks of a scenario's names: sources, roles, steps, answers, duties, and what an act waits for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from leakguard.clocks.event_kinds import KINDS
from leakguard.drills.found import UnplacedProblem, unknown
from leakguard.drills.shapes import CLOSED, KNOWN, Filing, RecordedEvent, Scenario
from leakguard.files.yaml_text import Path
from leakguard.playbooks.shapes import Playbook
from leakguard.playbooks.ways import all_from

_TAKEN = "the name belongs to another moment"


def name_problems(
    scenario: Scenario, playbooks: Mapping[str, Playbook], stages: Mapping[str, Sequence[str]]
) -> Iterator[UnplacedProblem]:
    """Everything that refers to nothing."""
    yield from _sources(scenario)
    yield from _roles(scenario)
    yield from _records(scenario)
    playbook = playbooks.get(scenario.playbook)
    yield from unknown(("playbook",), scenario.playbook, playbooks, "playbook that we have")
    steps = tuple(playbook.steps) if playbook is not None else ()
    yield from _moments(scenario, steps)
    for name, act in scenario.acts.items():
        if act.files is not None:
            yield from _filing(("acts", name, "files"), act.files, stages)
        if act.starts is not None:
            yield from unknown(("acts", name, "starts"), act.starts, playbooks, "playbook that we have")
    if playbook is not None:
        yield from _playbook(scenario, playbook)


def _sources(scenario: Scenario) -> Iterator[UnplacedProblem]:
    used: dict[Path, Sequence[str]] = {("facts", n): fact.source for n, fact in enumerate(scenario.facts)}
    used |= {("injects", name): inject.source for name, inject in scenario.injects.items()}
    used[(KNOWN,)] = scenario.known.source
    for path, names in used.items():
        for name in names:
            yield from unknown((*path, "source"), name, scenario.sources, "source of this scenario")
    named = {name for names in used.values() for name in names}
    idle = (name for name, source in scenario.sources.items() if name not in named and source.read != "not")
    for name in idle:
        yield UnplacedProblem(path=("sources", name), text="nothing here rests on this source")


def _roles(scenario: Scenario) -> Iterator[UnplacedProblem]:
    used: list[tuple[Path, str]] = [((KNOWN, "by"), scenario.known.by)]
    used += [(("injects", name, "to"), role) for name, inject in scenario.injects.items() for role in inject.to]
    used += [(("acts", name, "role"), act.role) for name, act in scenario.acts.items() if act.role is not None]
    if scenario.acknowledges is not None:
        used.append((("acknowledges", "by"), scenario.acknowledges.by))
    for path, role in used:
        yield from unknown(path, role, scenario.cast, "role of the cast")


def _records(scenario: Scenario) -> Iterator[UnplacedProblem]:
    for path, record in told_in(scenario):
        for field in record.fields:
            what = f"field of an event `{record.kind}`"
            yield from unknown((*path, "fields", field), field, KINDS[record.kind].allowed, what)


def told_in(scenario: Scenario) -> Iterator[tuple[Path, RecordedEvent]]:
    """Every event that the scenario puts on record, with its place."""
    for number, record in enumerate(scenario.known.records):
        yield (KNOWN, "records", number), record
    for name, inject in scenario.injects.items():
        for number, record in enumerate(inject.records):
            yield ("injects", name, "records", number), record
    for name, act in scenario.acts.items():
        if act.event is not None:
            yield ("acts", name, "event"), act.event


def _moments(scenario: Scenario, steps: Sequence[str]) -> Iterator[UnplacedProblem]:
    for name in scenario.injects:
        if name in {KNOWN, CLOSED, *steps, *scenario.acts}:
            yield UnplacedProblem(path=("injects", name), text=_TAKEN)
    for name, act in scenario.acts.items():
        if name in {KNOWN, CLOSED} or (name in steps and name not in {act.step, act.fails}):
            yield UnplacedProblem(path=("acts", name), text=_TAKEN)
        yield from _after(scenario, name, steps)
    for name in scenario.closes_after or ():
        names = (*scenario.injects, *scenario.acts)
        yield from unknown(("closes_after",), name, names, "inject or act of this scenario")


def _after(scenario: Scenario, name: str, steps: Sequence[str]) -> Iterator[UnplacedProblem]:
    """What an act waits for: it exists, is going to happen, and does not wait for the act itself."""
    path = ("acts", name, "after")
    for other in scenario.acts[name].after:
        names = (KNOWN, *scenario.injects, *scenario.acts, *steps)
        yield from unknown(path, other, names, "moment of this scenario")
        if other in scenario.by_the_book.forgotten:
            yield UnplacedProblem(path=path, text=f"`{other}` is forgotten, so this would never be done")
    if name in all_from(name, {other: act.after for other, act in scenario.acts.items()}):
        yield UnplacedProblem(path=path, text="waits for itself")


def _filing(path: Path, filing: Filing, stages: Mapping[str, Sequence[str]]) -> Iterator[UnplacedProblem]:
    yield from unknown((*path, "duty"), filing.duty, stages, "duty that we know")
    if filing.duty in stages:
        yield from unknown((*path, "stage"), filing.stage, stages[filing.duty], f"stage of {filing.duty}")


def _playbook(scenario: Scenario, playbook: Playbook) -> Iterator[UnplacedProblem]:
    for role in playbook.roles:
        if role not in scenario.cast:
            yield UnplacedProblem(path=("cast",), text=f"nobody plays the playbook's role `{role}`")
    used: list[tuple[Path, str]] = [(("by_the_book", "forgotten"), name) for name in scenario.by_the_book.forgotten]
    used += [(("answers", step), step) for step in scenario.answers]
    for name, act in scenario.acts.items():
        named = {"step": act.step, "fails": act.fails}
        used += [(("acts", name, field), step) for field, step in named.items() if step is not None]
    for path, step in used:
        yield from unknown(path, step, playbook.steps, f"step of {playbook.playbook}")
    yield from _answers(scenario, playbook)


def _answers(scenario: Scenario, playbook: Playbook) -> Iterator[UnplacedProblem]:
    for step, answers in scenario.answers.items():
        form = playbook.steps[step].form if step in playbook.steps else None
        for field in answers if form is not None else ():
            yield from unknown(("answers", step, field), field, form or {}, f"question of `{step}`")
