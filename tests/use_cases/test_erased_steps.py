"""What a response makes of steps whose words were erased: nothing is done again, and nothing is left out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from leakguard.playbooks.machine_runs import RunOutcome
from leakguard.store.kept_files import KeptFiles
from leakguard.store.sql_store import SqlStore
from leakguard.use_cases.incidents.incidents import open_incident
from leakguard.use_cases.incidents.playbooks import load_response, read_playbook, start_playbook
from leakguard.use_cases.proofs.evidence_redact import Redaction, redact
from leakguard.use_cases.responses.playbook_runs import RunOptions, run_due
from leakguard.use_cases.responses.playbook_steps import StepStatement, tell_step
from leakguard.use_cases.responses.step_orders import StepOrder, StepReport
from support.ledgers import START, FakeClock, Tokens
from support.machines import DONE, NoFolders

INCIDENT, CANARY = "IR-2026-0001", "Frau Canary"
TINY = """\
playbook: tiny
title: Tiny
version: 1
roles: {owner: does}
start: [keep, decide]
end: [keep, tell, file]
steps:
  keep: {kind: automated, title: Keep, phase: learn, owner: owner, action: notify, with: {role: owner, message: m}}
  decide:
    kind: decision
    title: Decide
    phase: decide
    owner: owner
    do: Decide.
    form:
      answer: {type: choice, label: Whom, options: [tell them, nobody]}
      basis: {type: text, label: Why}
    next: [tell, file]
  tell: {kind: human, title: T, phase: learn, owner: owner, do: x, when: {step: decide, field: answer, is: tell them}}
  file: {kind: human, title: F, phase: learn, owner: owner, do: x, when: {step: decide, field: answer, is: nobody}}
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    clock = FakeClock()
    with closing(SqlStore.open(str(tmp_path / "leakguard.db"), now=clock, token=Tokens())) as opened:
        open_incident(opened, (), now=START, title="x")
        start_playbook(opened, NoFolders(), INCIDENT, now=clock, file=read_playbook(TINY, name="tiny.yaml"))
        yield opened


def erased(store: SqlStore, folder: Path, kind: str) -> None:
    (entry,) = store.of_kinds((kind,), INCIDENT)
    asked = Redaction(names=(f"E-{entry.sequence}",), by="B. Example", reason="asked for")
    redact(store, KeptFiles(folder / "evidence"), asked, now=lambda: START)
    left = next(iter(store.of_kinds((kind,), INCIDENT)))
    assert CANARY not in str(left.content)


def states(store: SqlStore) -> dict[str, str]:
    steps = load_response(store, INCIDENT, now=FakeClock()).progress.steps
    return {name: step.state.value for name, step in steps.items()}


def test_an_answer_that_the_playbook_offers_outlives_the_words_beside_it(store: SqlStore, tmp_path: Path) -> None:
    form = f"answer: tell them\nbasis: {CANARY} asked for it\n"
    tell_step(store, INCIDENT, StepStatement(step="decide", by=CANARY, form=form), now=FakeClock())
    before = states(store)
    erased(store, tmp_path, "step_done")

    assert (before["tell"], before["file"]) == ("ready", "skipped")
    assert states(store) == before


@pytest.mark.parametrize("kind", ["step_run_begun", "step_run_ended"])
def test_a_message_that_was_sent_is_not_sent_again_once_the_words_about_it_are_erased(
    store: SqlStore, tmp_path: Path, kind: str
) -> None:
    sent: list[StepOrder] = []

    def send(order: StepOrder) -> StepReport:
        sent.append(order)
        return DONE

    (first,) = run_due(store, INCIDENT, send, RunOptions(by=CANARY), now=FakeClock())[0]
    erased(store, tmp_path, kind)
    again, _ = run_due(store, INCIDENT, send, RunOptions(by=CANARY), now=FakeClock())

    assert (first.outcome, again, len(sent)) == (RunOutcome.DONE, (), 1)
    assert states(store)["keep"] == "done"
