"""Where a response stands, as plain values."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from leakguard.clocks.durations import parse_exact
from leakguard.clocks.times import local_text, zone_of
from leakguard.models.advice import with_ports
from leakguard.models.moments import to_z
from leakguard.outputs.claims import claim_json
from leakguard.outputs.playbook import closing_command, filled, ports_in
from leakguard.outputs.tasks import assignee_json
from leakguard.playbooks.states import SETTLED, StepState

if TYPE_CHECKING:
    from leakguard.playbooks.engine import Progress, StepProgress
    from leakguard.use_cases.incidents.playbooks import Response

Products = Mapping[str, Collection[int]]
"""The datastores of an incident with the ports of their findings."""
Say = Callable[[str], str]
"""A text of a playbook in another language; the same text where there is none."""


def response_json(response: Response, products: Products, say: Say = str) -> dict[str, Any]:
    """Everything that `playbook next` knows; `say` turns the texts of the playbook into the reader's language."""
    progress = response.progress
    return {
        "incident": response.incident.id,
        "playbook": progress.playbook.playbook,
        "title": say(progress.playbook.title),
        "version": progress.playbook.version,
        "roles": {name: say(text) for name, text in progress.playbook.roles.items()},
        "started_at": to_z(progress.started_at),
        "finished": progress.is_finished,
        "open": [step.id for step in progress.open],
        "steps": [step_json(response, step, products, say) for step in progress.steps.values()],
    }


def step_json(response: Response, progress: StepProgress, products: Products, say: Say = str) -> dict[str, Any]:
    """One step, and how it stands."""
    step, due = progress.step, response.due_at.get(progress.id)
    return {
        "id": progress.id,
        "title": say(step.title),
        "kind": step.kind,
        "phase": step.phase,
        "owner": step.owner,
        "role": say(response.progress.playbook.roles.get(step.owner or "", "")) or None,
        "assigned_to": assignee_json(response.assigned.get(progress.id)),
        "second_person": step.second_person,
        "state": progress.state.value,
        "since": to_z(progress.since) if progress.since else None,
        "due_at": to_z(due) if due else None,
        "due_at_local": local_text(due, zone_of(response.incident.zone)) if due else None,
        "awaits_clock": _awaited_clock(response, progress),
        "late": response.is_late(progress),
        "takes_seconds": int(parse_exact(step.takes).total_seconds()) if step.takes else None,
        **_loops_json(progress),
        "action": step.action,
        "machine": _machine_json(progress),
        "by": progress.by or None,
        "by_source": progress.by_source or None,
        "by_id": progress.by_id or None,
        "awaits_second": claim_json(progress),
        "second": progress.second or None,
        "proof": progress.proof or None,
        "reason": progress.reason or None,
        "answers": dict(progress.answers),
        "given": list(progress.evidence),
        "evidence": list(step.evidence),
        **_advice_json(response, progress, products, say),
        "waits_for": _before(response.progress, progress),
        "conditions": [{"step": each.step, "field": each.field, "answer": each.words} for each in step.when],
        "emits": step.emits,
        "next": list(step.next),
        "close_with": closing_command(response, progress),
    }


def _advice_json(response: Response, progress: StepProgress, products: Products, say: Say) -> dict[str, Any]:
    """What to do, how for the products of the incident, or for all where none is known, and what is asked."""
    step, ports = progress.step, ports_in(products)
    shown = [name for name in step.how if name in products] or list(step.how)

    def lines(texts: Sequence[str], ports: Collection[int] = ports) -> list[str]:
        sentences = (with_ports(say(text), ports, say) for text in texts)
        return [filled(text, response.incident.id, response.incident.findings) for text in sentences]

    return {
        "form": {
            name: {**field.model_dump(mode="json"), "label": say(field.label)} for name, field in step.form.items()
        },
        "why": say(step.why) if step.why else None,
        "do": lines(step.do),
        "how": {name: lines(step.how[name], products.get(name, ports)) for name in shown},
        "do_not": lines(step.do_not),
        "run": lines([step.run])[0] if step.run else None,
    }


def _awaited_clock(response: Response, step: StepProgress) -> str | None:
    """The clock that has to begin before anybody can say when the step is due."""
    return step.step.due.of if step.step.due is not None and step.id not in response.due_at else None


def _before(progress: Progress, step: StepProgress) -> list[str]:
    """The steps that have to be settled before its turn comes."""
    if step.state is not StepState.WAITING:
        return []
    return [other.id for other in progress.steps.values() if step.id in other.step.next and other.state not in SETTLED]


def _loops_json(progress: StepProgress) -> dict[str, Any]:
    """How often it failed or went round, and how often it may."""
    step, repeat = progress.step, progress.step.repeat
    until = {"field": repeat.until.field, "until": repeat.until.words, "at_most": repeat.at_most} if repeat else None
    return {
        "failures": progress.failures, "attempts": step.attempts, "on_fail": step.on_fail, "rounds": progress.rounds,
        "repeat": until, "worn_out": progress.is_worn_out,
    }  # fmt: skip


def _machine_json(step: StepProgress) -> dict[str, Any] | None:
    run = step.run
    if run is None:
        return None
    outcome = run.outcome.value if run.outcome is not None else None
    return {"key": run.key, "tries": run.tries, "by": run.by, "outcome": outcome, "text": run.text}
