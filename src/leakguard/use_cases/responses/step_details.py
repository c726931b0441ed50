"""One step with all that is around it: what may prove it, what its event moves, its story, and who may do it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from leakguard.accounts.registry import READ as READ_KINDS
from leakguard.accounts.registry import SUBJECT, registry_of
from leakguard.accounts.rights import Right, Role, allowed
from leakguard.errors import NotFound
from leakguard.files.names import nearest_name
from leakguard.frozen import Frozen
from leakguard.ledger.custody import ADDED, items_of
from leakguard.ledger.erasure import is_erased
from leakguard.models.event_records import event_id, event_of, is_event_record
from leakguard.models.people import Signatory, may_be_one_person, signatory_of
from leakguard.playbooks.assignments import KEY, STEP_ASSIGNED
from leakguard.playbooks.engine import (
    STEP_CLAIMED,
    STEP_DONE,
    STEP_FAILED,
    STEP_TAKEN_BACK,
    STEP_WAIVED,
    StepProgress,
)
from leakguard.playbooks.machine_runs import RUN_BEGUN, RUN_ENDED
from leakguard.use_cases.incidents.incidents import superseded
from leakguard.use_cases.responses.step_evidence import NO_PROOF, PROVING

if TYPE_CHECKING:
    from leakguard.models.records import KeptRecord
    from leakguard.use_cases.accounts.rosters import PeopleStore
    from leakguard.use_cases.incidents.playbooks import Response

TOLD = (STEP_DONE, STEP_CLAIMED, STEP_FAILED, STEP_WAIVED, STEP_TAKEN_BACK, STEP_ASSIGNED, RUN_BEGUN, RUN_ENDED)
"""The kinds of records that tell of a step."""


class EvidenceEntry(Frozen):
    """An entry of the incident that a step may name as evidence."""

    id: str
    kind: str
    """`file`, or the kind of the event or of the record."""
    name: str
    """What the file is called; empty for anything else."""
    at: datetime
    by: str
    sha256: str = ""
    size: int = 0


class StepStory(Frozen):
    """One entry of the ledger about a step."""

    sequence: int
    kind: str
    at: datetime
    recorded_at: datetime
    by: str
    by_source: str
    text: str
    """The reason, what was seen, what the machine said, or to whom it was assigned."""


class MayDo(Frozen):
    """Somebody who may work on steps."""

    actor: str
    name: str
    roles: tuple[str, ...]
    may_waive: bool


def step_of(response: Response, name: str) -> StepProgress:
    """The step of this name; raises `NotFound` with the nearest."""
    found = response.progress.steps.get(name)
    if found is None:
        near = nearest_name(name, list(response.progress.steps))
        hint = f" (did you mean `{near}`?)" if near else ""
        raise NotFound(
            f"the playbook has no step `{name[:60]}`{hint}",
            next_step=f"See: leakguard playbook next {response.incident.id}",
        )
    return found


def proving_entries(records: Sequence[KeptRecord]) -> Iterator[EvidenceEntry]:
    """What of an incident proves something, by the rules of `step_evidence`: files, events, and what machines did."""
    items = {one.sequence: one for one in items_of(records)}
    gone = superseded(event_of(record) for record in records if is_event_record(record))
    for record in records:
        item = items.get(record.sequence)
        if item is not None:
            if not item.is_erased and item.size:
                yield EvidenceEntry(
                    id=item.id, kind="file", name=item.name, at=item.collected_at, by=item.by, sha256=item.sha256,
                    size=item.size,
                )  # fmt: skip
            continue
        name = event_id(record.sequence)
        is_event = is_event_record(record) and record.kind not in NO_PROOF and name not in gone
        if record.kind == ADDED or is_erased(record.content) or not (is_event or record.kind in PROVING):
            continue
        who = str(record.content.get("source") or "") or signatory_of(record.content).name
        yield EvidenceEntry(id=name, kind=record.kind, name="", at=record.occurred_at.latest, by=who)


def story_of(records: Sequence[KeptRecord], step: str, *, since: int) -> Iterator[StepStory]:
    """What the ledger tells of a step in this response, the oldest first."""
    for record in records:
        if record.sequence > since and record.kind in TOLD and record.content.get("step") == step:
            who = signatory_of(record.content)
            yield StepStory(
                sequence=record.sequence, kind=record.kind, at=record.occurred_at.latest,
                recorded_at=record.recorded_at,
                by=who.name, by_source=who.how, text=_text(record.content),
            )  # fmt: skip


def _text(content: Mapping[str, Any]) -> str:
    to = content.get(KEY)
    if isinstance(to, dict):
        return str(to.get("name") or "")
    return next((str(content[key]) for key in ("failure", "text", "reason") if content.get(key)), "")


def who_may(store: PeopleStore) -> tuple[MayDo, ...]:
    """The enabled accounts that may do steps; none in a store without accounts."""
    registry = registry_of(store.of_kinds(READ_KINDS, SUBJECT))
    found = []
    for person in store.people():
        state = registry.account(person.actor)
        if state is None or not state.is_enabled or not allowed(state.roles, Right.DO_STEPS):
            continue
        found.append(
            MayDo(
                actor=person.actor, name=person.name, roles=_named(state.roles),
                may_waive=allowed(state.roles, Right.WAIVE_STEPS),
            )
        )  # fmt: skip
    return tuple(sorted(found, key=lambda may_do: may_do.name.casefold()))


def _named(roles: frozenset[Role]) -> tuple[str, ...]:
    return tuple(sorted(role.value for role in roles))


def who_may_confirm(step: StepProgress, people: Sequence[MayDo]) -> tuple[MayDo, ...]:
    """Who may agree to what somebody did: anybody else, who holds the role that is asked for first."""
    if step.claim is None:
        return ()
    first, asked = signatory_of(step.claim.content), step.step.second_person or ""
    others = [
        person
        for person in people
        if not may_be_one_person(first, Signatory(name=person.name, actor=person.actor))
        and (person.may_waive or not step.claim.content.get("waived"))
    ]
    return tuple(sorted(others, key=lambda each: asked not in each.roles))
