"""The playbooks that ship: each can be walked to its end, and says only what the tool can do."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from leakguard.checks.definitions import parse_check
from leakguard.cli.app import app
from leakguard.clocks.event_kinds import KINDS
from leakguard.playbooks.definitions import parse_playbook
from leakguard.playbooks.engine import advance
from leakguard.playbooks.gates import Claim, missing_for
from leakguard.playbooks.shapes import Playbook, Step
from leakguard.playbooks.states import diagram
from support.responses import Incident

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "playbooks").glob("*.yaml"))
PHASES = ["coordinate", "contain", "preserve", "verify", "scope_data", "decide", "tell", "recover", "learn"]


def load(name: str = "exposed_datastore.yaml") -> Playbook:
    return parse_playbook((ROOT / "playbooks" / name).read_text(encoding="utf-8"), name=name)


def example_answers(playbook: Playbook, step: str, *, is_told: bool) -> dict[str, object]:
    """Answers to every question of a step; `tell_people` decides about the letters."""
    simple = {"text": "x", "number": 3, "time": "2026-05-24T01:00:00Z", "list": ["x"], "yes_no": is_told}
    form = playbook.steps[step].form
    return {name: field.options[-1] if field.type == "choice" else simple[field.type] for name, field in form.items()}


def walk(playbook: Playbook, *, is_told: bool) -> list[str]:
    """Do the first open step until none is left; returns the steps in the order in which they were done."""
    incident = Incident(playbook)
    done: list[str] = []
    while not (progress := advance(playbook, incident.records)).is_finished:
        step = progress.open[0]
        done.append(step.id)
        if step.step.kind == "automated":
            incident.event(step.step.emits or "", hours=len(done))
            continue
        answers = example_answers(playbook, step.id, is_told=is_told)
        evidence = [f"{name}: shelf 3" for name in step.step.evidence]
        claim = Claim(by="Ann", second="Bo", answers=answers, evidence=evidence)
        assert missing_for(step.step, claim) == ()
        incident.done(step.id, hours=len(done), by="Ann", second="Bo", form=answers)
    return done


def test_there_is_a_playbook() -> None:
    assert FILES


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_playbook_can_be_walked_to_its_end(file: Path) -> None:
    playbook = load(file.name)

    assert set(walk(playbook, is_told=True)) == set(playbook.steps)


def test_people_are_told_only_when_a_duty_asks_for_it() -> None:
    assert "tell_people" not in walk(load(), is_told=False)


def test_the_24_hours_have_every_phase_and_closing_comes_first() -> None:
    playbook = load()

    assert sorted({step.phase for step in playbook.steps.values()}) == sorted(PHASES)
    assert playbook.start[0] == "contain"
    assert playbook.clocks["remediate"].limbs[0].amount.elapsed == "PT24H"
    assert playbook.clocks["remediate"].end == "remediation_verified"


def test_no_restart_is_suggested_before_the_evidence_is_saved() -> None:
    """`recover` allows the restart, so it waits for the proof of closure and for the evidence."""
    playbook = load()
    leading = {name for name, step in playbook.steps.items() if "recover" in step.next}

    assert leading == {"verify", "preserve_evidence"}
    assert any("Do not restart" in line for line in playbook.steps["contain"].do_not)
    assert any("Do not delete" in line for line in playbook.steps["contain"].do_not)
    assert any("do not pay" in line for line in playbook.steps["contain"].do_not)


def test_every_step_has_a_due_time_an_owner_and_its_place_in_the_guidance() -> None:
    for name, step in load().steps.items():
        assert step.due is not None, name
        assert step.owner is not None, name
        assert step.maps_to.nist, name
        assert step.maps_to.cisa, name


def test_closing_is_described_for_every_datastore_that_a_check_can_find() -> None:
    """In the step itself for those that leak most; for all others the step leads to what their check says."""
    checks = [
        parse_check(file.read_text(encoding="utf-8"), name=file.name) for file in (ROOT / "checks").glob("*.yaml")
    ]
    contain = load().steps["contain"]

    assert set(contain.how) <= {check.datastore for check in checks}
    assert any("leakguard checks show" in line for line in contain.do)
    assert all(check.remediation for check in checks)


def commands(playbook: Playbook) -> list[str]:
    """Every command line that a step tells a person to type."""
    lines = [line for step in playbook.steps.values() for line in (*step.do, step.run or "")]
    return [found for line in lines for found in re.findall(r"leakguard( [^:;,.]+)", f"{line} ")]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_command_in_a_step_is_one_of_ours_with_options_that_it_has(file: Path) -> None:
    found = commands(load(file.name))
    assert found

    for text in found:
        words = text.split()
        command: click.Command | None = app
        context = click.Context(app)
        while isinstance(command, click.Group) and words:
            name = words.pop(0)
            command = command.get_command(context, name) or command.get_command(context, "run")
            assert command is not None, text
        assert command is not None
        known = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in words if word.startswith("-")} <= known, text
        if text.startswith(" incident event"):
            assert words[1] in KINDS, text


def test_the_readme_draws_the_table_of_states_and_names_every_field() -> None:
    text = (ROOT / "playbooks" / "README.md").read_text(encoding="utf-8")

    assert f"```mermaid\n{diagram()}```" in text
    for name, field in {**Playbook.model_fields, **Step.model_fields}.items():
        assert f"`{field.alias or name}`" in text, name
