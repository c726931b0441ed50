"""Lets a machine do the automated steps that are due: each act once, enclosed by two records with one key.

A crash leaves the first record without the second.
What only looks is then done again under the same key; what tells somebody stops until a person has looked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from leakguard.clocks.event_kinds import KINDS
from leakguard.errors import LeakGuardError, NotAllowed, NotFound, RightMissing, UsageProblem
from leakguard.files.names import nearest_name
from leakguard.frozen import Frozen, replace
from leakguard.models.event_records import record_of_event
from leakguard.models.events import Interval
from leakguard.models.records import Record
from leakguard.playbooks.engine import StepProgress
from leakguard.playbooks.machine_runs import RUN_BEGUN, RUN_ENDED, RunOutcome
from leakguard.playbooks.machines_check import CLOSURE
from leakguard.playbooks.states import OPEN, StepState
from leakguard.ports import Now, ScanStore
from leakguard.use_cases.accounts.callers import Caller
from leakguard.use_cases.incidents.incidents import TRIES
from leakguard.use_cases.incidents.playbooks import Response, instant, open_incident_of, response_of
from leakguard.use_cases.responses.event_rights import refuse_action
from leakguard.use_cases.responses.step_orders import Act, StepOrder, StepReport

MOST_CHARACTERS = 2000


class RunOptions(Frozen):
    """What a person asks for."""

    by: str = ""
    step: str | None = None
    """One step alone, also one that has failed; `None` means all that are due."""
    again: bool = False
    """A person has looked: what was stopped in the middle may be done once more, for `reason`."""
    reason: str = ""
    caller: Caller | None = None
    """Who logged in and has it done; a step that this person has no right to is left open for somebody who has it."""


class StepResult(Frozen):
    """One step that was done, or tried, or stopped."""

    step: str
    key: str
    outcome: RunOutcome
    text: str


def run_due(
    store: ScanStore, incident_id: str, act: Act, options: RunOptions, *, now: Now
) -> tuple[tuple[StepResult, ...], Response]:
    """Do the steps that are due, each once, until none is left; returns what was done and where the response stands.

    Raises `NotFound`, `UsageProblem`, `RightMissing` for a step that was asked for by its name, and `NotAllowed` for a
    closed incident, while another process does the same, or for a step whose turn has not come.
    """
    _refuse_misused(options)
    open_incident_of(incident_id, tuple(store.read(incident_id)))
    runner = _Runner(store, incident_id, act, options, now)
    with _held(store, incident_id):
        acted = tuple(runner.acts())
    return acted, runner.response()


@contextmanager
def _held(store: ScanStore, incident_id: str) -> Iterator[None]:
    """One process at a time; one that was killed is known to be gone."""
    store.take_run(_hold(incident_id))
    try:
        yield
    finally:
        store.release_run(_hold(incident_id))


def _hold(incident_id: str) -> str:
    return f"playbook-{incident_id}"


def _refuse_misused(options: RunOptions) -> None:
    if options.again and not (options.step and options.by.strip() and options.reason.strip()):
        raise UsageProblem(
            "doing it again needs a person who has looked",
            next_step='Name the step, yourself and what you saw: --step STEP --again --by NAME --reason "..."',
        )
    if len(options.by) > MOST_CHARACTERS or len(options.reason) > MOST_CHARACTERS:
        raise UsageProblem(f"a text may have {MOST_CHARACTERS:,} characters", next_step="Say it shorter.")


class _Runner(Frozen, kw_only=False):
    store: ScanStore
    incident: str
    act: Act
    options: RunOptions
    now: Now

    def response(self) -> Response:
        return response_of(self.incident, tuple(self.store.read(self.incident)), now=self.now())

    def acts(self) -> Iterator[StepResult]:
        seen: set[str] = set()
        while (step := self._next(seen)) is not None:
            seen.add(step.id)
            yield self._withheld(step) or (self._lost(step) if self._is_stopped(step) else self._do(step))

    def _withheld(self, step: StepProgress) -> StepResult | None:
        """What to say of a step that the caller has no right to; nothing is recorded of it."""
        try:
            refuse_action(self.options.caller, step.step.action)
        except RightMissing as error:
            if self.options.step is not None:
                raise
            return StepResult(step=step.id, key="", outcome=RunOutcome.GAVE_UP, text=error.message)
        return None

    def _next(self, seen: set[str]) -> StepProgress | None:
        """The next step that is due; each is tried once, or a failing one would never end."""
        steps = self.response().progress.steps
        if self.options.step is not None:
            return None if seen else self._wished(steps)
        due = (step for step in steps.values() if step.id not in seen and step.step.action is not None)
        return next((step for step in due if step.state in {StepState.READY, StepState.RUNNING}), None)

    def _wished(self, steps: Mapping[str, StepProgress]) -> StepProgress:
        step = steps.get(self.options.step or "")
        see = f"See: leakguard playbook next {self.incident}"
        if step is None:
            near = nearest_name(self.options.step or "", list(steps))
            hint = f" (did you mean `{near}`?)" if near else ""
            raise NotFound(f"the playbook has no step `{(self.options.step or '')[:60]}`{hint}", next_step=see)
        if step.step.action is None:
            raise NotAllowed(f"`{step.id}` is not done by a machine", next_step=see)
        if step.state is StepState.UNSURE and not self.options.again:
            raise NotAllowed(
                f"`{step.id}` was stopped in the middle: nobody knows whether it happened",
                next_step='Look, then record it with `playbook done`, or do it again: --again --by NAME --reason "..."',
            )
        return self._still_due(step)

    def _still_due(self, step: StepProgress) -> StepProgress:
        if step.state not in OPEN:
            raise NotAllowed(f"`{step.id}` is {step.state}", next_step=f"See: leakguard playbook next {self.incident}")
        return step

    def _unchanged(self, seen: StepProgress, steps: Mapping[str, StepProgress]) -> StepProgress:
        """The step as it stands now; raises `NotAllowed` where it is gone, or where another process began it."""
        step, see = steps.get(seen.id), f"See: leakguard playbook next {self.incident}"
        if step is None:
            raise NotAllowed(f"the playbook has no step `{seen.id}` any more", next_step=see)
        known = seen.run.key if seen.run is not None else None
        if step.state is StepState.RUNNING and step.run is not None and step.run.key != known:
            raise NotAllowed(f"`{seen.id}` is being done by another process", next_step=see)
        return step

    def _is_stopped(self, step: StepProgress) -> bool:
        """Whether it was begun before, did not say how it ended, and must not simply be done twice."""
        return step.state is StepState.RUNNING and not step.step.is_repeat_safe and not self.options.again

    def _lost(self, step: StepProgress) -> StepResult:
        """Write down that nobody knows, so that it waits for a person."""
        key = step.run.key if step.run is not None else ""
        text = "it was begun and did not say how it ended: look whether it happened"
        self._end(step, key, StepReport(outcome=RunOutcome.LOST, text=text))
        return StepResult(step=step.id, key=key, outcome=RunOutcome.LOST, text=text)

    def _do(self, step: StepProgress) -> StepResult:
        order = self._begin(step)
        report = self._report(step, order)
        self._end(step, order.key, report)
        return StepResult(step=step.id, key=order.key, outcome=report.outcome, text=report.text)

    def _begin(self, seen: StepProgress) -> StepOrder:
        """Write down that it begins; whoever loses a race looks again whether it is still to be done.

        Each act holds the response anew; one that probes holds it on as it keeps what it finds.
        """
        self.store.take_run(_hold(self.incident))
        step = seen.id
        for _ in range(TRIES):
            records = tuple(self.store.read(self.incident))
            incident = open_incident_of(self.incident, records)
            progress = response_of(self.incident, records, now=self.now()).progress
            due_step = self._still_due(self._unchanged(seen, progress.steps))
            key = _key(self.incident, progress.started_by, due_step)
            content = {
                "step": step, "key": key, "action": due_step.step.action, "by": self.options.by,
                "reason": self.options.reason
            }  # fmt: skip
            record = Record(kind=RUN_BEGUN, occurred_at=self._instant(), content=content)
            try:
                self.store.append(self.incident, (record,), after=records[-1].sequence)
            except NotAllowed:
                continue
            return StepOrder(
                key=key, incident=self.incident, step=step, action=due_step.step.action or "",
                parameters=due_step.step.with_, findings=incident.findings,
            )  # fmt: skip
        raise NotAllowed(f"{self.incident} is being written by many at this very moment", next_step="Try again.")

    def _report(self, step: StepProgress, order: StepOrder) -> StepReport:
        """A refusal leaves it open whether anything happened: only what is safe may simply be tried again."""
        try:
            report = self.act(order)
        except LeakGuardError as error:
            outcome = RunOutcome.GAVE_UP if step.step.is_repeat_safe else RunOutcome.LOST
            report = StepReport(outcome=outcome, text=f"{error.message} {error.next_step}".strip())
        return replace(report, text=report.text[:MOST_CHARACTERS])

    def _end(self, step: StepProgress, key: str, report: StepReport) -> None:
        """Write down how it ended, with the event that the step stands for; closure records its own."""
        at = self._instant()
        content = {
            "step": step.id, "key": key, "outcome": report.outcome.value, "text": report.text,
            "result": dict(report.result),
        }  # fmt: skip
        new = [Record(kind=RUN_ENDED, occurred_at=at, content=content)]
        emits = step.step.emits
        if report.outcome is RunOutcome.DONE and emits is not None and emits not in CLOSURE:
            fields = {"step": step.id, "actor": self.options.by, "evidence": key}
            own = {name: value for name, value in fields.items() if name in KINDS[emits].allowed and value}
            new.append(record_of_event(kind=emits, occurred_at=at, source=f"step {step.id}, by leakguard", fields=own))
        self.store.append(self.incident, new)

    def _instant(self) -> Interval:
        return instant(self.now(), "")


def _key(incident: str, started_by: int, step: StepProgress) -> str:
    """The key of the last act if that was stopped in the middle and may simply be done again, else a new one."""
    run = step.run
    if run is not None and step.state is StepState.RUNNING and step.step.is_repeat_safe:
        return run.key
    return f"{incident}/{started_by}/{step.id}/{1 if run is None else run.number + 1}"
