"""Every playbook that ships, from the opening of an incident to its closing, as people and machines do it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from leakguard.playbooks.engine import StepProgress
from leakguard.use_cases.incidents.incident_events import NewEvent, record_event
from leakguard.use_cases.incidents.incidents import load_incident
from leakguard.use_cases.incidents.playbook_closure import missing_to_close
from leakguard.use_cases.responses.playbook_steps import StepStatement, tell_step
from leakguard.use_cases.responses.playbook_taking_back import take_back_step
from support.intakes import AnyFile
from support.machines import INCIDENT, Worked
from support.walks import answers, last_options

pytestmark = pytest.mark.untraced

PLAYBOOKS = Path(__file__).parents[2] / "playbooks"
FILES = sorted(PLAYBOOKS.glob("*.yaml"))


def tell(worked: Worked, one: StepProgress) -> None:
    """A person says that it is done, with everything that is asked; the first round of a loop is not the last."""
    said = answers(one.step, last_options, is_final=one.step.repeat is None or one.rounds > 0)
    told = StepStatement(
        step=one.id, by="Ann", second="Bo", evidence=[f"{name}: shelf 3" for name in one.step.evidence],
        form=json.dumps(said) if said else None,
    )  # fmt: skip
    tell_step(worked.store, INCIDENT, told, now=worked.clock, intake=AnyFile())


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_an_incident_is_walked_from_its_opening_to_its_closing(file: Path) -> None:
    worked = Worked(file.read_text(encoding="utf-8"))
    for kind in ("notice_received", "detected"):
        record_event(worked.store, INCIDENT, NewEvent(kind=kind), now=worked.clock)
    for _ in range(60):
        worked.clock.move(minutes=20)
        progress = worked.response.progress
        if progress.is_finished:
            break
        assert missing_to_close(INCIDENT, worked.records)
        one = progress.open[0]
        if one.step.action is not None:
            worked.run(by="Ann")
        else:
            tell(worked, one)

    assert missing_to_close(INCIDENT, worked.records) == ()
    assert all(name in worked.response.due_at for name, step in progress.steps.items() if step.step.due)
    record_event(worked.store, INCIDENT, NewEvent(kind="closed"), now=worked.clock)
    assert load_incident(worked.store, INCIDENT).state.value == "closed"


def reported(**forms: dict[str, object]) -> Worked:
    """A report by somebody outside, whose steps are done one after the other with these answers."""
    worked = Worked((PLAYBOOKS / "third_party_report.yaml").read_text(encoding="utf-8"))
    for step, form in forms.items():
        answer(worked, step, **form)
    return worked


def answer(worked: Worked, step: str, **form: object) -> None:
    """With what the form asks beside, and all the evidence."""
    one = worked.response.progress.steps[step]
    said = {**answers(one.step, last_options), **form}
    told = StepStatement(
        step=step, by="Ann", second="Bo", evidence=[f"{name}: shelf 3" for name in one.step.evidence],
        form=json.dumps(said) if said else None,
    )  # fmt: skip
    tell_step(worked.store, INCIDENT, told, now=worked.clock, intake=AnyFile())


def test_whoever_takes_back_that_it_is_not_ours_is_asked_to_tell_the_people_concerned() -> None:
    worked = reported(receive={}, triage={"report_is": "not_ours"})
    assert worked.states["tell_people"] == "skipped"
    take_back_step(worked.store, INCIDENT, "triage", by="Ann", reason="the wrong host", now=worked.clock)
    answer(worked, "triage", report_is="ours_open")
    for step in ("take_command", "decide_awareness", "scope_data"):
        answer(worked, step)
    answer(worked, "decide_risk", risk="high_risk", tell_people=True)

    assert (worked.states["contain"], worked.states["tell_people"]) == ("ready", "ready")
    assert any("`tell_people`" in line for line in missing_to_close(INCIDENT, worked.records))


@pytest.mark.parametrize("kind", ["exposure_seen_again", "exposure_spread"])
@pytest.mark.parametrize("first", ["ours_closed", "at_our_processor", "not_ours", "ours_open", "extortion"])
def test_what_is_seen_open_after_the_answer_what_it_is_leads_to_closing_it(first: str, kind: str) -> None:
    worked = reported(receive={}, triage={"report_is": first})
    for _ in range(30):
        if not worked.response.progress.open:
            break
        worked.clock.move(minutes=20)
        one = worked.response.progress.open[0]
        if one.step.action is not None:
            worked.run(by="Ann")
        else:
            answer(worked, one.id)
    assert set(worked.states.values()) == {"done", "skipped"}
    worked.clock.move(minutes=20)
    record_event(worked.store, INCIDENT, NewEvent(kind=kind, source="the watch"), now=worked.clock)

    assert "triage" in [one.id for one in worked.response.progress.open]
    answer(worked, "triage", report_is="ours_open")
    assert (worked.states["contain"], worked.states["verify"]) == ("ready", "waiting")
    answer(worked, "contain")
    assert worked.states["verify"] == "ready"
