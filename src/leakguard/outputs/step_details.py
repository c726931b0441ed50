"""One step with all that is around it, as plain values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from leakguard.clocks.rule_sentences import meaning_words
from leakguard.clocks.times import rfc3339
from leakguard.models.moments import to_z

if TYPE_CHECKING:
    from leakguard.clocks.clock_status import ClockStatus
    from leakguard.outputs.response import Say
    from leakguard.playbooks.engine import StepProgress
    from leakguard.use_cases.incidents.kinds_effects import Effect
    from leakguard.use_cases.incidents.playbooks import Response
    from leakguard.use_cases.responses.step_details import MayDo, Proving, StepStory


def around_json(response: Response, one: StepProgress, say: Say = str) -> dict[str, Any]:
    """The incident and the playbook of a step, and the titles of the steps that it names."""
    incident, progress = response.incident, response.progress
    return {
        "incident": incident.id, "incident_title": incident.title, "incident_open": incident.state.value == "open",
        "zone": incident.zone, "playbook": progress.playbook.playbook, "playbook_title": say(progress.playbook.title),
        "accounts": response.has_accounts,
        "titles": {name: say(each.step.title) for name, each in progress.steps.items()},
        "emits": _emits_json(one),
    }  # fmt: skip


def _emits_json(one: StepProgress) -> dict[str, Any] | None:
    step = one.step
    if step.emits is None:
        return None
    only = step.emits_when or (step.repeat.until if step.repeat is not None else None)
    return {
        "kind": step.emits, "meaning": meaning_words(step.emits),
        "only_if": {"field": only.field, "answer": only.words} if only is not None else None,
    }  # fmt: skip


def moves_json(effects: Iterable[Effect], standings: Sequence[ClockStatus]) -> list[dict[str, Any]]:
    """Which clocks the event of a step starts or ends, each with its name and its limit."""
    known: Mapping[str, ClockStatus] = {one.id: one for one in standings}
    return [_move_json(one, known[one.clock]) for one in effects if one.clock in known]


def _move_json(one: Effect, clock: ClockStatus) -> dict[str, Any]:
    return one.to_json() | {
        "title": clock.rule.title, "law": clock.rule.law, "work_by": rfc3339(clock.work_by) if clock.work_by else None,
    }  # fmt: skip


def proving_json(one: Proving) -> dict[str, Any]:
    """An entry that may prove a step."""
    return {
        "id": one.id, "kind": one.kind, "name": one.name or None, "at": to_z(one.at), "by": one.by,
        "sha256": one.sha256 or None, "size": one.size or None,
    }  # fmt: skip


def story_json(one: StepStory) -> dict[str, Any]:
    """One entry about a step."""
    return {
        "entry": one.sequence, "kind": one.kind, "at": to_z(one.at), "recorded_at": to_z(one.recorded_at),
        "by": one.by, "by_source": one.by_source or None, "text": one.text or None,
    }  # fmt: skip


def may_do_json(one: MayDo) -> dict[str, Any]:
    """Somebody who may work on steps."""
    return {"id": one.actor, "name": one.name, "roles": list(one.roles)}
