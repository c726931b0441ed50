"""The playbooks that ship: each can be walked to its end, and says only what the tool can do."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import click
import pytest

from leakguard.checks.library import parse_check
from leakguard.cli.app import app
from leakguard.clocks.event_kinds import KINDS
from leakguard.models.events import Event, Interval
from leakguard.playbooks.definitions import parse_playbook
from leakguard.playbooks.engine import advance
from leakguard.playbooks.gates import Claim, event_fields, missing_for
from leakguard.playbooks.missing import missing_steps
from leakguard.playbooks.shapes import Playbook, Step
from leakguard.playbooks.states import TABLE, StepState
from support.ledgers import START
from support.responses import Incident
from support.walks import Pick, answers, first_options, last_options, nth_options

pytestmark = pytest.mark.untraced

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "playbooks").glob("*.yaml"))
PHASES = ["coordinate", "contain", "preserve", "verify", "scope_data", "decide", "tell", "recover", "learn"]


def load(name: str = "exposed_datastore.yaml") -> Playbook:
    return parse_playbook((ROOT / "playbooks" / name).read_text(encoding="utf-8"), name=name)


def walk(playbook: Playbook, pick: Pick) -> tuple[list[str], Incident]:
    """Do the first open step until none is left, each loop twice; returns the steps in the order of their ends."""
    incident = Incident(playbook)
    done: list[str] = []
    for hour in range(1, 4 * len(playbook.steps)):
        progress = advance(playbook, incident.records)
        if progress.is_finished:
            return done, incident
        one = progress.open[0]
        if one.step.action is not None:
            incident.machine(one.id, hours=hour)
        elif one.step.kind == "automated":
            incident.event(one.step.emits or "", hours=hour)
        else:
            said = answers(one.step, pick, is_final=one.step.repeat is None or one.rounds > 0)
            evidence = [f"{name}: shelf 3" for name in one.step.evidence]
            claim = Claim(by="Ann", second="Bo", answers=said, evidence=evidence)
            assert missing_for(one.step, claim) == ()
            incident.done(one.id, hours=hour, by="Ann", second="Bo", form=said)
        if one.step.repeat is None or one.rounds:
            done.append(one.id)
    raise AssertionError(f"{playbook.playbook} is not over: {missing_steps(advance(playbook, incident.records))}")


def test_there_is_a_playbook() -> None:
    assert FILES


each_file = pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)


@each_file
@pytest.mark.parametrize("pick", [first_options(is_told=True), last_options, first_options(is_told=False)])
def test_a_playbook_can_be_walked_to_its_end_whatever_the_answers(file: Path, pick: Pick) -> None:
    """What has to be true is said by the walk itself; every step is done or was skipped by a condition."""
    playbook = load(file.name)

    done, incident = walk(playbook, pick)

    left_out = set(playbook.steps) - set(done)
    assert all(playbook.steps[name].when for name in left_out)
    assert advance(playbook, incident.records).is_finished


@each_file
def test_every_step_of_a_playbook_is_done_in_some_walk(file: Path) -> None:
    playbook = load(file.name)
    reached: set[str] = set()
    options = max(len(field.options) for step in playbook.steps.values() for field in step.form.values())
    for number in range(options):
        reached |= set(walk(playbook, nth_options(number))[0])

    assert reached == set(playbook.steps)


@each_file
def test_a_playbook_says_when_it_was_last_walked_and_was_not_changed_since(file: Path) -> None:
    """`tested_on` is a promise about the very text: whoever changes a playbook walks it again and says so."""
    playbook = load(file.name)
    values = playbook.model_dump(mode="json", by_alias=True, exclude={"tested_on"}, exclude_defaults=True)
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    line = f"{playbook.playbook}: {{tested_on: {playbook.tested_on}, digest: {digest}}}"

    walked = (ROOT / "tests" / "rules" / "walked_playbooks.yaml").read_text(encoding="utf-8").splitlines()

    assert line in walked, f"walk it again, set `tested_on` to the day, and write into walked_playbooks.yaml: {line}"


def test_each_sort_of_incident_has_its_playbook() -> None:
    sorts = {
        "exposed-datastore-24h", "ransomed-datastore", "public-bucket", "open-backend", "leaked-credentials",
        "leaked-dump", "third-party-report", "processor-incident", "lost-device", "app-over-collects",
    }  # fmt: skip

    assert sorts <= {load(file.name).playbook for file in FILES}


@each_file
def test_each_step_says_who_what_how_long_why_and_what_proves_it(file: Path) -> None:
    for name, step in load(file.name).steps.items():
        assert step.owner, name
        assert step.do, name
        assert step.due, name
        assert step.takes, name
        assert step.maps_to.nist, name
        assert step.maps_to.cisa, name
        assert step.evidence or step.form or step.action, name


def test_a_re_exposure_leads_back_to_closing_in_every_playbook_that_a_scanner_can_prove() -> None:
    for file in FILES:
        for name, step in load(file.name).steps.items():
            if step.action == "verify":
                assert set(step.undone_by) >= {"exposure_seen_again", "exposure_spread"}, name
                assert step.on_fail == "contain", name


@each_file
def test_a_response_can_move_between_the_playbooks_and_what_is_done_stays_done(file: Path) -> None:
    """A report turns out to be a datastore, an open datastore to be a ransomed one: the steps have the same names."""
    first, after = load("third_party_report.yaml"), load(file.name)
    incident = walk(first, last_options)[1]
    incident.migrate(after)
    found = advance(after, incident.records)

    shared = set(first.steps) & set(after.steps)
    assert "take_command" in shared
    assert "decide_awareness" in shared
    before = advance(first, incident.records[:-1]).steps
    done = {name for name in shared if before[name].state is StepState.DONE}
    assert all(found.steps[name].state is StepState.DONE for name in done)


def test_answering_the_finder_ends_the_clock_of_the_reply() -> None:
    playbook = load("third_party_report.yaml")
    step, clock = playbook.steps["answer_finder"], playbook.clocks["reply"]
    claim = Claim(by="Ann", answers={"recipient": "finder", "audience": "researcher"}, evidence=("reply_kept: x",))
    fields = event_fields("answer_finder", step, claim)
    at = Interval(earliest=START, latest=START)
    event = Event(id="E-1", kind=step.emits or "", occurred_at=at, recorded_at=START, fields=fields or {})

    assert clock.ending is not None
    assert clock.ending.matches(event)


def test_no_note_and_no_personal_data_start_no_clock_of_the_law() -> None:
    note = load("ransomed_datastore.yaml").steps["read_note"]
    aware = load("lost_device.yaml").steps["decide_awareness"]

    assert event_fields("read_note", note, Claim(by="Ann", answers={"note": "no_note"})) is None
    assert event_fields("decide", aware, Claim(by="Ann", answers={"aware": "no_personal_data", "basis": "x"})) is None
    assert event_fields("decide", aware, Claim(by="Ann", answers={"aware": "not_yet", "basis": "x"})) is None
    assert event_fields("decide", aware, Claim(by="Ann", answers={"aware": "aware", "basis": "x"})) is not None


def test_people_are_told_only_when_a_duty_asks_for_it() -> None:
    assert "tell_people" not in walk(load(), first_options(is_told=False))[0]


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


@each_file
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


def diagram() -> str:
    """The table as a Mermaid state diagram."""
    lines = ["stateDiagram-v2", f"    [*] --> {StepState.WAITING}"]
    for state, moves in TABLE.items():
        lines += [f"    {state} --> {after}: {move}" for move, after in moves.items()]
    return "\n".join(lines) + "\n"


def test_the_readme_draws_the_table_of_states_and_names_every_field() -> None:
    text = (ROOT / "playbooks" / "README.md").read_text(encoding="utf-8")

    assert f"```mermaid\n{diagram()}```" in text
    for name, field in {**Playbook.model_fields, **Step.model_fields}.items():
        assert f"`{field.alias or name}`" in text, name
