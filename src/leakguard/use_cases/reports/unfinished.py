"""What is not finished in an incident: one list, by which it is closed and by which its report says how it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Protocol

from leakguard.alerts.marks import REVIEWED, is_law, is_review, is_watched, runs_on
from leakguard.clocks.calendars import Calendars
from leakguard.clocks.clock_status import ClockStatus
from leakguard.clocks.evaluate import evaluate
from leakguard.clocks.event_file import in_zone
from leakguard.clocks.event_history import EVERYTHING
from leakguard.clocks.verdicts import State
from leakguard.frozen import Frozen, field, replace
from leakguard.mailing.approvals import KINDS, MERGE, Proposal, proposals_in
from leakguard.models.deliveries import DeliveryCounts, DeliveryState
from leakguard.models.events import Event
from leakguard.models.records import KeptRecord
from leakguard.models.texts import counted
from leakguard.models.unfinished import Area, UnfinishedItem
from leakguard.notices.assess import Assessment
from leakguard.notices.filings import open_items
from leakguard.notices.judging import Answer
from leakguard.playbooks.missing import missing_by_step
from leakguard.playbooks.shapes import Step
from leakguard.ports import Journal, Now
from leakguard.use_cases.alerts.watchman import Rules
from leakguard.use_cases.incidents.incident_clocks import clock_events
from leakguard.use_cases.incidents.incidents import REOPENED, incident_of, superseded
from leakguard.use_cases.incidents.playbook_closure import unproved_unless_vouched_for
from leakguard.use_cases.incidents.playbooks import response_of, running_playbook

TOLD = frozenset({"filed", "subjects_notified", "individual_notice_sent"})
"""Events by which a letter of a duty counts as sent."""
_RUNNING = frozenset({State.RUNNING, State.AT_RISK, State.DUE_NOW, State.OVERDUE, State.PAUSED})

CountsOf = Callable[[str], DeliveryCounts]
"""How the letters of a batch stand, by the digest that was approved."""


class UnfinishedStore(Journal, Protocol):
    """Tells how the letters of an incident stand."""

    def delivery_counts(self, incident: str, batch: str) -> DeliveryCounts:
        """See `ports.sending.DeliveryStore.delivery_counts`."""


class Case(Frozen):
    """Everything that is known about an incident at one moment."""

    incident: str
    records: Sequence[KeptRecord]
    statuses: Sequence[ClockStatus]
    """The clocks that are watched for it."""
    now: datetime
    assessed: Mapping[str, Assessment] = field(default_factory=dict)
    """By duty, where a facts file was given."""
    unsettled: Sequence[UnfinishedItem] = ()
    """What nobody knows of the law; see `unknown_duties`."""
    counts_of: CountsOf | None = None
    """`None` where the store keeps no letters."""

    def sent_of(self, proposal: Proposal) -> int:
        """How many letters of a version were sent."""
        counts = self.counts_of(proposal.digest) if self.counts_of is not None else None
        return counts.of(DeliveryState.SENT) if counts is not None else 0


def unfinished_by(
    store: UnfinishedStore,
    rules: Rules,
    incident: str,
    *,
    now: Now,
    assessed: Mapping[str, Assessment] | None = None,
    unsettled: Callable[[Sequence[KeptRecord]], Sequence[UnfinishedItem]] = lambda _: (),
) -> Callable[[Sequence[KeptRecord]], tuple[UnfinishedItem, ...]]:
    """What is not finished, by the records of an incident; `assessed` is by duty, where facts were given.

    `unsettled` tells what nobody knows of the law.
    """

    def found(records: Sequence[KeptRecord]) -> tuple[UnfinishedItem, ...]:
        moment = now()
        own = in_zone(tuple(rules(incident, records)), incident_of(incident, records).zone)
        statuses = evaluate(clock_events(records), own, Calendars(), moment, known_at=EVERYTHING)
        counts = partial(store.delivery_counts, incident)
        return unfinished(
            Case(
                incident=incident, records=records, statuses=statuses, now=moment, assessed=assessed or {},
                unsettled=unsettled(records), counts_of=counts,
            )
        )  # fmt: skip

    return found


def unfinished(case: Case) -> tuple[UnfinishedItem, ...]:
    """Everything that is not finished, by area, what must be finished first at the front; raises `NotFound`."""
    events = incident_of(case.incident, case.records).events
    return (
        *_exposures(case), *_steps(case, events), *_clocks(case), *_duties(case, events), *_letters(case, events),
        *_review(case, events),
    )  # fmt: skip


def _exposures(case: Case) -> Iterator[UnfinishedItem]:
    for finding, text in unproved_unless_vouched_for(case.incident, case.records):
        yield UnfinishedItem(area=Area.EXPOSURES, name=finding, text=f"finding {finding}: {text}")


def _steps(case: Case, events: Sequence[Event]) -> Iterator[UnfinishedItem]:
    """Steps that are not settled; a review that an event tells of was held, whatever its step says."""
    if running_playbook(case.incident, case.records) is None:
        yield UnfinishedItem(area=Area.PLAYBOOK, name="playbook", text="no playbook was started")
        return
    response = response_of(case.incident, case.records, now=case.now)
    for step, text in missing_by_step(response.progress):
        if step.step.emits == REVIEWED and is_reviewed(events):
            continue
        yield UnfinishedItem(
            area=_area_of(step.step), name=step.id, text=text, owner=step.step.owner or "",
            due_at=response.due_at.get(step.id), is_late=response.is_late(step), title=step.step.title,
        )  # fmt: skip


def _area_of(step: Step) -> Area:
    return Area.REVIEW if step.emits == REVIEWED else Area.STEPS


def _clocks(case: Case) -> Iterator[UnfinishedItem]:
    """Clocks that run; the review has an area of its own."""
    for status in case.statuses:
        if is_review(status) or not (status.state in _RUNNING or is_watched(status)):
            continue
        yield UnfinishedItem(
            area=Area.CLOCKS, name=status.id, text=_clock_words(status), due_at=status.work_by,
            is_late=status.state in {State.OVERDUE, State.MISSED}, title=status.rule.title, law=status.rule.law,
        )  # fmt: skip


def _clock_words(status: ClockStatus) -> str:
    state = status.state.value.replace("_", " ")
    words = f"{state} (from memory)" if status.rule.from_memory else state
    if runs_on(status):
        return f"clock {status.id} is {words}; it runs on after closing"
    if status.rule.title:
        return f"clock {status.id} is {words} ({status.rule.title}); closing ends this promise, which is your own"
    return f"clock {status.id} is {words}"


def _duties(case: Case, events: Sequence[Event]) -> Iterator[UnfinishedItem]:
    """Duties that nobody decided on or that need a fact, and what filings promised and nobody told; with their laws."""
    laws = {status.id.rpartition(".")[0]: status.rule.law for status in case.statuses}
    for open_duty in _open_duties(case, events):
        yield replace(open_duty, law=laws.get(open_duty.name, ""))
    yield from case.unsettled


def _open_duties(case: Case, events: Sequence[Event]) -> Iterator[UnfinishedItem]:
    for duty in _undecided(case.statuses):
        assessed = case.assessed.get(duty)
        if assessed is None:
            text = f"{duty}: none of its clocks has begun, and nobody decided whether it applies"
            yield UnfinishedItem(area=Area.DUTIES, name=duty, text=text)
        elif assessed.applies is Answer.YES:
            text = f"{duty}: it applies by the facts, and the event that starts its clock is not recorded"
            yield UnfinishedItem(area=Area.DUTIES, name=duty, text=text)
    for name, assessment in case.assessed.items():
        if assessment.applies is Answer.NEEDS_FACT and any(
            status.id.startswith(f"{name}.") for status in case.statuses
        ):
            needed = ", ".join(assessment.missing_facts) or "a fact"
            text = f"{name}: it needs {needed} before anybody knows whether it applies"
            yield UnfinishedItem(area=Area.DUTIES, name=name, text=text, facts=assessment.missing_facts)
    for item in open_items(events):
        text = f"{item.duty}: {item.item} was promised in {item.event} and is not told yet"
        yield UnfinishedItem(area=Area.DUTIES, name=item.duty, text=text)


def _undecided(statuses: Sequence[ClockStatus]) -> tuple[str, ...]:
    """The duties of laws of which no clock has ever begun and that nobody ruled out."""
    begun: dict[str, bool] = {}
    for status in statuses:
        if is_law(status):
            duty = status.id.rpartition(".")[0] or status.id
            has_begun = status.state is not State.LATENT or bool(status.earlier_cycles)
            begun[duty] = begun.get(duty, False) or has_begun
    return tuple(duty for duty, is_begun in begun.items() if not is_begun)


def _letters(case: Case, events: Sequence[Event]) -> Iterator[UnfinishedItem]:
    gone = superseded(events)
    notified = [event for event in events if event.kind in TOLD and event.id not in gone]
    latest: dict[object, Proposal] = {}
    sent: set[object] = set()
    for proposal in proposals_in(record for record in case.records if record.kind in KINDS):
        if proposal.is_approved:
            latest[proposal.subject] = proposal
        if case.sent_of(proposal):
            sent.add(proposal.subject)
    for proposal in latest.values():
        text = _unsent(case, proposal, notified, is_another_sent=proposal.subject in sent)
        if text:
            name = proposal.subject.words
            yield UnfinishedItem(area=Area.LETTERS, name=name, text=f"letter {name}: {text}")


def _unsent(case: Case, proposal: Proposal, notified: Sequence[Event], *, is_another_sent: bool) -> str:
    """What is left of an approved letter; empty when all of it was sent, or recorded as told."""
    sent = case.sent_of(proposal)
    if proposal.subject.covers == MERGE:
        left = max(0, proposal.letters - sent)
        return f"{left:,} of {counted(proposal.letters, 'letter')} not sent" if left else ""
    if sent or any(_tells(event, proposal) for event in notified):
        return ""
    if is_another_sent:
        return (
            f"version {proposal.digest[:16]} is approved and was not sent, and another version was: "
            "send it (--again), or take the approval back (notice approve --withdraw)"
        )
    return "approved, and nothing says that it was sent"


def _tells(event: Event, proposal: Proposal) -> bool:
    """Whether an event says that the letter of this duty and stage went out, after it was approved."""
    fields, subject = event.fields, proposal.subject
    is_stage = not subject.stage or fields.get("stage", subject.stage) in {"", subject.stage}
    return (
        fields.get("obligation") == subject.duty
        and is_stage
        and event.recorded_at >= min(approval.at for approval in proposal.approvals)
    )


def _review(case: Case, events: Sequence[Event]) -> Iterator[UnfinishedItem]:
    """The review, where no step of the playbook stands for it already."""
    playbook = running_playbook(case.incident, case.records)
    has_step = playbook is not None and any(step.emits == REVIEWED for step in playbook.steps.values())
    if has_step or is_reviewed(events):
        return
    due = next((status for status in case.statuses if is_review(status)), None)
    due_at = due.work_by if due is not None else None
    is_late = due_at is not None and case.now > due_at
    yield UnfinishedItem(area=Area.REVIEW, name="review", text="nobody held the review", due_at=due_at, is_late=is_late)


def is_reviewed(events: Sequence[Event]) -> bool:
    """Whether the review was held since the incident was last opened again."""
    gone = superseded(events)
    turns = [event.kind for event in events if event.kind in {REVIEWED, REOPENED} and event.id not in gone]
    return bool(turns) and turns[-1] == REVIEWED
