"""Whatever people, machines and strangers do in whatever order: a response is over, or says what is missing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.playbooks.definitions import parse_playbook
from leakguard.playbooks.engine import Progress, StepProgress, advance
from leakguard.playbooks.missing import missing_steps
from leakguard.playbooks.shapes import Playbook, Step
from leakguard.playbooks.states import OPEN, SETTLED, StepState
from support.examples import examples
from support.responses import Incident

pytestmark = pytest.mark.untraced

FILES = sorted((Path(__file__).parents[2] / "playbooks").glob("*.yaml"))
BOOKS = [parse_playbook(file.read_text(encoding="utf-8"), name=file.name) for file in FILES]
WORLD = ("exposure_seen_again", "remediation_verified", "contained", "notice_received", "reopened")
Act = Callable[[Incident, StepProgress, float], object]


def said(step: Step, number: int) -> dict[str, object]:
    """Some answers to a form, right or wrong for what comes next."""
    simple: dict[str, object] = {"text": "x", "number": number, "time": "2026-05-24T01:00:00Z", "list": ["x"]}
    return {
        name: field.options[number % len(field.options)]
        if field.type == "choice"
        else simple.get(field.type, number > 1)
        for name, field in step.form.items()
    }


def acts(one: StepProgress, number: int) -> Act:
    """One of the acts that are allowed for an open step."""
    if one.step.action is not None and number != 0:
        if one.state is StepState.RUNNING:
            outcome = ("done", "failed", "gave_up", "lost")[number % 4]
            key = one.run.key if one.run is not None else ""
            return lambda incident, one, hour: incident.ended(one.id, outcome, hours=hour, key=key)
        return lambda incident, one, hour: incident.begun(one.id, hours=hour, key=f"{one.id}/{hour}")
    if number == 0:
        return lambda incident, one, hour: incident.failed(one.id, hours=hour)
    if number == 1:
        return lambda incident, one, hour: incident.waived(one.id, hours=hour)
    return lambda incident, one, hour: incident.done(one.id, hours=hour, form=said(one.step, number))


def check(progress: Progress) -> None:
    """A response that is not over has something that can be worked on, and says so."""
    missing = missing_steps(progress)
    unsettled = [one for one in progress.steps.values() if one.state not in SETTLED]

    assert progress.is_finished == (missing == ()) == (not unsettled)
    assert len(missing) == len(unsettled)
    assert progress.is_finished or any(one.state in OPEN for one in unsettled)


def play(playbook: Playbook, choices: Sequence[tuple[int, int]]) -> Incident:
    incident = Incident(playbook)
    for hour, (which, number) in enumerate(choices, start=1):
        progress = advance(incident.playbook, incident.records)
        check(progress)
        if which >= 90 or not progress.open:
            incident.event(WORLD[number % len(WORLD)], hours=hour)
        elif which >= 85:
            incident.migrate(BOOKS[which % len(BOOKS)], hours=hour)
        else:
            one = progress.open[which % len(progress.open)]
            acts(one, number)(incident, one, hour)
    return incident


@examples(40)
@given(
    which=st.sampled_from(range(len(BOOKS))),
    choices=st.lists(st.tuples(st.integers(0, 99), st.integers(0, 7)), max_size=30),
)
def test_any_order_of_allowed_acts_ends_or_says_what_is_missing(which: int, choices: list[tuple[int, int]]) -> None:
    incident = play(BOOKS[which], choices)
    found = advance(incident.playbook, incident.records)

    check(found)
    assert advance(incident.playbook, incident.records) == found, "the same records give the same standing"
    to_its_end(incident, len(choices))


def to_its_end(incident: Incident, hour: int) -> None:
    """From wherever it stands, two people who leave out what is open come to the end, step by step."""
    for more in range(1, 60):
        progress = advance(incident.playbook, incident.records)
        if progress.is_finished:
            return
        incident.waived(progress.open[0].id, hours=hour + more)
    raise AssertionError(missing_steps(advance(incident.playbook, incident.records)))


@pytest.mark.parametrize("playbook", BOOKS, ids=lambda playbook: playbook.playbook)
def test_the_records_up_to_any_point_stand_as_they_stood_then(playbook: Playbook) -> None:
    """No later record changes what an earlier standing was, so a report of a past day tells the truth."""
    incident = play(playbook, [(3 * number, number % 8) for number in range(25)])
    stood = []
    for length in range(1, len(incident.records) + 1):
        part = incident.records[:length]
        moved = [record for record in part if record.kind == "playbook_migrated"]
        assert not moved
        stood.append(advance(playbook, part))

    assert stood == [advance(playbook, incident.records[:length]) for length in range(1, len(incident.records) + 1)]
    assert stood[-1] == advance(playbook, incident.records)
