"""The steps that remain, with how long each usually takes."""

from __future__ import annotations

from datetime import timedelta

from leakguard.bundled import BundledFiles
from leakguard.use_cases.incidents.incidents import open_incident
from leakguard.use_cases.incidents.playbooks import start_playbook
from leakguard.use_cases.incidents.step_estimates import step_estimates
from leakguard.use_cases.responses.playbook_steps import StepStatement, tell_step
from support.ledgers import MemoryJournal

PLAYBOOK = """
playbook: short
title: A short response
version: 1
roles: {lead: leads}
start: close
steps:
  close:
    {kind: human, title: Close it, phase: contain, owner: lead, do: Close it., emits: contained, takes: PT45M,
     next: learn}
  learn: {kind: human, title: Learn, phase: learn, owner: lead, do: Meet.}
"""


class OnePlaybook(BundledFiles):
    """A data folder with one file."""

    def names(self, folder: str, suffix: str = ".yaml") -> tuple[str, ...]:
        return (f"short{suffix}",) if folder == "playbooks" else ()

    def text(self, folder: str, name: str) -> str:
        assert (folder, name) == ("playbooks", "short.yaml")
        return PLAYBOOK


def test_what_is_done_is_no_longer_estimated() -> None:
    journal = MemoryJournal()
    incident = open_incident(journal, (), now=journal.clock(), title="x").id
    assert step_estimates(incident, tuple(journal.read(incident))) == {}
    start_playbook(journal, OnePlaybook(), incident, now=journal.clock, name="short")
    found = step_estimates(incident, tuple(journal.read(incident)))
    assert {name: (one.takes, one.next, one.emits) for name, one in found.items()} == {
        "close": (timedelta(minutes=45), ("learn",), "contained"),
        "learn": (None, (), ""),
    }

    tell_step(journal, incident, StepStatement(step="close", by="Ann"), now=journal.clock)

    assert list(step_estimates(incident, tuple(journal.read(incident)))) == ["learn"]
