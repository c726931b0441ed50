"""One walk through a playbook: takes records one by one and moves the steps by the table of states."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from leakguard.frozen import replace
from leakguard.models.events import Event
from leakguard.models.records import KeptRecord
from leakguard.playbooks.erased_answers import is_met
from leakguard.playbooks.machine_runs import MOVES, MachineRun, begun, outcome_of
from leakguard.playbooks.machines_check import CLOSURE
from leakguard.playbooks.shapes import Playbook, Step
from leakguard.playbooks.states import OPEN, SETTLED, Move, StepState, moved
from leakguard.playbooks.ways import Ways

_MAKES_READY = frozenset({Move.REACHED, Move.REOPENED, Move.FAILED})
_ENDS_A_PROOF = frozenset({Move.FAILED, Move.SENT_BACK, Move.REOPENED})
_OPEN_AGAIN = frozenset({"exposure_seen_again", "exposure_spread", "reopened"})
"""Events after which an earlier proof of closure proves nothing any more."""
_NOT_BEGUN = frozenset({StepState.WAITING, StepState.READY})
_REOPENABLE = frozenset({StepState.DONE, StepState.FAILED, StepState.UNSURE})
_LISTENING = {
    (StepState.RUNNING, Move.FINISHED), (StepState.RUNNING, Move.FAILED), (StepState.RUNNING, Move.GAVE_UP),
    (StepState.RUNNING, Move.LOST), (StepState.UNSURE, Move.FINISHED), (StepState.UNSURE, Move.FAILED),
    (StepState.UNSURE, Move.GAVE_UP),
}  # fmt: skip
"""When the end of a machine's act counts; it may also come after somebody has given it up as lost."""


@dataclass(slots=True, kw_only=True)
class StepHistory:
    """What one step has lived through."""

    state: StepState = StepState.WAITING
    since: datetime | None = None
    ready_at: datetime | None = None
    """Events from before this moment finish nothing, but for a proof of closure."""
    events: list[Event]
    """All that were noted so far, shared by the steps of a walk."""
    open_since: tuple[datetime, int] | None = None
    """When it was last open again, and how many events were noted by then: an older proof proves nothing any more."""
    failures: int = 0
    rounds: int = 0
    """How often its answer asked for another round."""
    content: Mapping[str, Any] = field(default_factory=dict)
    """What was said of it last."""
    claim: KeptRecord | None = None
    """What one person said of it, while it awaits a second one."""
    run: MachineRun | None = None

    def move(self, move: Move, at: datetime) -> None:
        """Follow the table."""
        self.state = moved(self.state, move)
        self.since, self.claim = at, None
        if move in _MAKES_READY:
            self.ready_at = at
        if move in _ENDS_A_PROOF:
            self.open_again(at)

    def open_again(self, at: datetime) -> None:
        """From now on only a later proof counts."""
        since = (at, len(self.events))
        self.open_since = since if self.open_since is None else max(self.open_since, since)


class Replay:
    """The steps while records are replayed. A step is reached once all steps that lead to it are settled."""

    def __init__(self, playbook: Playbook, *, started_at: datetime) -> None:
        """`started_at` is when the response began."""
        self.playbook = playbook
        self._events: list[Event] = []
        self.steps = {name: StepHistory(events=self._events) for name in playbook.steps}
        self._ways = Ways(playbook)
        self._begin(started_at)

    def adopt(self, playbook: Playbook, *, at: datetime) -> None:
        """Go on with another playbook: what is done stays done, new steps wait for their turn, lost ones are dropped.

        What is open and now has a step before it that is not settled waits again.
        """
        self.playbook = playbook
        self.steps = {name: self.steps.get(name) or StepHistory(events=self._events) for name in playbook.steps}
        self._ways = Ways(playbook)
        for story in self.steps.values():
            if story.state is StepState.SKIPPED and not story.content:
                story.move(Move.SENT_BACK, at)
        self._hold_back(at)
        self._begin(at)
        self.settle()

    def note_event(self, event: Event) -> None:
        """Something happened in the incident; it may finish an automated step, or undo what was done."""
        self.note_earlier(event)
        self._undo(event)
        self.settle()

    def note_earlier(self, event: Event) -> None:
        """As `note_event`, for what was recorded before the response began; what it finishes is seen at the start."""
        self._events.append(event)
        if event.kind in _OPEN_AGAIN:
            for story in self.steps.values():
                story.open_again(event.occurred_at.latest)

    def note_step(self, move: Move, content: Mapping[str, Any], *, at: datetime) -> None:
        """A person finished a step, failed at it, or decided with another that it is not needed."""
        name = str(content.get("step"))
        if name not in self.steps:
            return  # a record of another playbook of this incident
        story = self.steps[name]
        story.content = content
        repeat = self.playbook.steps[name].repeat
        is_unmet = repeat is not None and not is_met(repeat.until, content)
        if move is Move.FINISHED and is_unmet:
            self._another_round(name, at)
        else:
            story.move(move, at)
            if move is Move.FAILED:
                self._after_failure(name, at)
        self.settle()

    def note_claim(self, record: KeptRecord) -> None:
        """A person did a step, or left it out, and another one has to confirm it; an earlier claim is replaced."""
        story = self.steps.get(str(record.content.get("step")))
        if story is not None and story.state in OPEN:
            story.claim = record

    def take_back(self, name: str, *, at: datetime) -> None:
        """What was said of a step was a mistake: it is open again, and what hangs on its answers is asked anew.

        What was done behind it stays done; what nobody has begun waits again.
        """
        if name not in self.steps:
            return
        self.steps[name].claim = None
        if self.steps[name].state not in SETTLED:
            return
        self.steps[name].content = {}
        self.steps[name].move(Move.REOPENED, at)
        self._ask_anew({name}, at)
        self._hold_back(at)

    def note_begun(self, content: Mapping[str, Any], *, at: datetime) -> None:
        """A machine began a step."""
        story = self.steps.get(str(content.get("step")))
        if story is not None:
            story.run = begun(content, story.run)
            story.move(Move.BEGUN, at)

    def note_ended(self, content: Mapping[str, Any], *, at: datetime) -> None:
        """A machine says how it ended; nobody listens if the step was settled meanwhile, or begun under another key."""
        name = str(content.get("step"))
        story = self.steps.get(name)
        if story is None or story.run is None or story.run.key != content.get("key"):
            return
        outcome = outcome_of(content)
        story.run = replace(story.run, outcome=outcome, text=str(content.get("text") or ""))
        move = MOVES[outcome]
        if (story.state, move) not in _LISTENING:
            return
        story.content = {"by": story.run.by}
        story.move(move, at)
        if move is Move.FAILED:
            self._after_failure(name, at)
        self.settle()

    def _begin(self, at: datetime) -> None:
        for name in self.playbook.start:
            if self.steps[name].state is StepState.WAITING:
                self._reach(name, at)

    def settle(self) -> None:
        """Reach what can be reached, and finish what an event finishes, until nothing moves any more."""
        before = None
        while before != (before := {name: story.state for name, story in self.steps.items()}):
            for name, story in self.steps.items():
                leading = self._ways.leading_to(name)
                if story.state is StepState.WAITING and leading and self._are_settled(name):
                    begun = [self.steps[step].since for step in leading] + [story.since]
                    self._reach(name, max(since for since in begun if since is not None))
                self._finish_by_event(name)

    def _are_settled(self, name: str) -> bool:
        """Whether its turn has come; a step that it asks may be open again while those between are done."""
        asked = (condition.step for condition in self.playbook.steps[name].when)
        return all(self.steps[step].state in SETTLED for step in (*self._ways.leading_to(name), *asked))

    def _reach(self, name: str, at: datetime) -> None:
        holds = all(is_met(condition, self._said(condition.step)) for condition in self.playbook.steps[name].when)
        story = self.steps[name]
        story.content = story.content if holds else {}
        story.move(Move.REACHED if holds else Move.PASSED_OVER, at)

    def _said(self, step: str) -> Mapping[str, Any]:
        """What was said of an earlier step; nothing when that step was skipped."""
        story = self.steps[step]
        return story.content if story.state is StepState.DONE else {}

    def _finish_by_event(self, name: str) -> None:
        """An event that happened no earlier than the step was ready finishes it, whenever it was recorded.

        A proof of closure that still holds finishes it also when it came before the step's turn.
        """
        step, story = self.playbook.steps[name], self.steps[name]
        if step.kind != "automated" or step.emits is None or story.state in SETTLED:
            return
        for number, event in enumerate(self._events):
            if event.kind == step.emits and (self._is_in_turn(story, event) or self._is_proof(name, event, number)):
                story.content = {"by": event.source, "proof": event.id}
                story.move(Move.FINISHED, event.occurred_at.latest)
                return

    def _is_in_turn(self, story: StepHistory, event: Event) -> bool:
        ready_at = story.ready_at
        return story.state in OPEN and ready_at is not None and event.occurred_at.latest >= ready_at

    def _is_proof(self, name: str, event: Event, number: int) -> bool:
        """Whether a step that asks for a proof of closure has it; a second such step behind it asks for a new one."""
        story = self.steps[name]
        if event.kind not in CLOSURE or story.state not in _NOT_BEGUN:
            return False
        holds = story.open_since is None or (event.occurred_at.latest, number) >= story.open_since
        earlier = (self.playbook.steps[step].emits for step in self._ways.before(name))
        return holds and not any(emits in CLOSURE for emits in earlier)

    def _after_failure(self, name: str, at: datetime) -> None:
        """A failure leads back as often as the playbook says."""
        step, story = self.playbook.steps[name], self.steps[name]
        story.failures += 1
        if step.on_fail is not None and story.failures <= (step.attempts or 0):
            self._go_back(step.on_fail, name, at)

    def _another_round(self, name: str, at: datetime) -> None:
        """The answer is not yet as it must be: once more, or, after the last round, a person decides how to go on."""
        repeat, story = self.playbook.steps[name].repeat, self.steps[name]
        story.rounds += 1
        if repeat is None or story.rounds >= repeat.at_most:
            story.move(Move.FAILED, at)
        elif repeat.from_ is None or repeat.from_ == name:
            story.move(Move.AGAIN, at)
        else:
            self._go_back(repeat.from_, name, at)

    def _go_back(self, first: str, last: str, at: datetime) -> None:
        """The way is walked again: its first step is ready, those in between wait."""
        for between in self._ways.between(first, last):
            if self.steps[between].state is not StepState.WAITING:
                self.steps[between].move(Move.SENT_BACK, at)
        if self.steps[first].state in _REOPENABLE:
            self.steps[first].move(Move.REOPENED, at)
        self._ask_anew({first, *self._ways.between(first, last)}, at)

    def _ask_anew(self, asked: set[str], at: datetime) -> None:
        """What was passed over because of an answer that is open again waits again, and what hangs on that one."""
        back: set[str] = set()
        while asked - back:
            back |= asked
            asked = {name for name, step in self.playbook.steps.items() if self._is_passed_over(name, step, back)}
            for name in asked:
                self.steps[name].move(Move.SENT_BACK, at)
                self._hold_back(at, behind=name)

    def _is_passed_over(self, name: str, step: Step, answers: set[str]) -> bool:
        is_skipped = self.steps[name].state is StepState.SKIPPED and not self.steps[name].content
        return is_skipped and any(condition.step in answers for condition in step.when)

    def _undo(self, event: Event) -> None:
        """What was settled before the event has to be done again, each step by its own way."""
        at = event.occurred_at.latest
        undone = [name for name, step in self.playbook.steps.items() if self._is_undone(step, self.steps[name], event)]
        ways = {name: self.playbook.steps[name].on_fail or name for name in undone}
        for name in undone:
            self.steps[name].failures = self.steps[name].rounds = 0
            if ways[name] == name:
                self.steps[name].move(Move.SENT_BACK, at)
        for name in undone:
            if ways[name] != name:
                self._go_back(ways[name], name, at)
        if undone:
            self._ask_anew(set(undone), at)
            self._hold_back(at)
            self._begin(at)

    def _is_undone(self, step: Step, story: StepHistory, event: Event) -> bool:
        is_later = story.since is None or story.since <= event.occurred_at.latest
        return event.kind in step.undone_by and story.state in SETTLED and is_later

    def _hold_back(self, at: datetime, *, behind: str | None = None) -> None:
        """What nobody has begun waits again when a step before it, or the one named, is open again."""
        for name, story in self.steps.items():
            is_behind = behind is None or behind in self._ways.leading_to(name)
            is_idle = story.state is StepState.READY and name not in self.playbook.start
            if is_idle and is_behind and not self._are_settled(name):
                story.move(Move.SENT_BACK, at)
