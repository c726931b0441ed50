"""A response with machines in it: a store in memory, an incident, and a machine that does as it is told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from leakguard.models.event_records import record_of_event
from leakguard.models.records import KeptRecord, Record
from leakguard.playbooks.machine_runs import RunOutcome
from leakguard.use_cases.incidents.incidents import open_incident
from leakguard.use_cases.incidents.playbooks import Response, load_response, read_playbook, start_playbook
from leakguard.use_cases.responses.playbook_runs import RunOptions, StepResult, run_due
from leakguard.use_cases.responses.step_orders import StepOrder, StepReport
from support.ledgers import START, FakeClock, exactly
from support.memory_store import MemoryStore

INCIDENT = "IR-2026-0001"
MACHINES = """\
playbook: machines
title: A response with machines
version: 1
roles: {owner: leads, board: wants to know}
start: [keep, tell]
steps:
  keep: {kind: automated, title: Keep digests, phase: preserve, owner: owner, action: collect, next: [verify]}
  tell:
    kind: automated
    title: Tell the board
    phase: tell
    owner: owner
    action: notify
    with: {role: board, message: "{incident} is serious"}
    emits: status_sent
    next: [learn]
  verify:
    kind: automated
    title: Probe again
    phase: verify
    owner: owner
    action: verify
    emits: remediation_verified
    on_fail: keep
    attempts: 2
    next: [learn]
  learn: {kind: human, title: Learn, phase: learn, owner: board, do: Think.}
"""
DONE = StepReport(outcome=RunOutcome.DONE, text="as ordered", result={"count": 1})


def as_ordered(_: StepOrder) -> StepReport:
    """All went well."""
    return DONE


@dataclass
class Machine:
    """Remembers its orders, and answers each step as scripted: with a report, an error, or by what it does."""

    store: MemoryStore
    orders: list[StepOrder] = field(default_factory=list)
    script: dict[str, Callable[[StepOrder], StepReport]] = field(default_factory=dict)

    def __call__(self, order: StepOrder) -> StepReport:
        self.orders.append(order)
        return self.script.get(order.step, as_ordered)(order)

    def closes(self, order: StepOrder) -> StepReport:
        """As a verification that sees everything closed: the event comes with it."""
        self.store.append(order.incident, [record_of_event(kind="remediation_verified", occurred_at=exactly(START))])
        return DONE

    @property
    def keys(self) -> list[str]:
        """The keys of all orders."""
        return [order.key for order in self.orders]


class Worked:
    """One incident whose response has begun."""

    def __init__(self, text: str = MACHINES, store: MemoryStore | None = None) -> None:
        self.clock = FakeClock()
        self.store = store or MemoryStore(self.clock)
        self.machine = Machine(self.store)
        self.machine.script["verify"] = self.machine.closes
        open_incident(self.store, (), now=START, title="Open store")
        file = read_playbook(text, name="machines.yaml")
        start_playbook(self.store, NoFolders(), INCIDENT, now=self.clock, file=file)

    def run(self, **options: object) -> tuple[StepResult, ...]:
        """Do what is due."""
        return run_due(self.store, INCIDENT, self.machine, RunOptions(**options), now=self.clock)[0]  # type: ignore[arg-type]

    @property
    def response(self) -> Response:
        """Where it stands."""
        return load_response(self.store, INCIDENT, now=self.clock)

    @property
    def states(self) -> dict[str, str]:
        """By step."""
        return {name: one.state.value for name, one in self.response.progress.steps.items()}

    @property
    def records(self) -> Sequence[KeptRecord]:
        """All of the incident."""
        return tuple(self.store.read(INCIDENT))

    def crash(self, step: str, key: str) -> None:
        """A machine began and died."""
        content = {"step": step, "key": key, "action": "?", "by": "Ann"}
        self.store.append(INCIDENT, [Record(kind="step_run_begun", occurred_at=exactly(START), content=content)])


class NoFolders:
    """Nothing ships."""

    def names(self, folder: str, suffix: str = ".yaml") -> tuple[str, ...]:
        """None."""
        del folder, suffix
        return ()

    def text(self, folder: str, name: str) -> str:
        """Never asked."""
        raise AssertionError((folder, name))
