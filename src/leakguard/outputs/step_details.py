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
    from leakguard.use_cases.responses.step_details import EvidenceEntry, MayDo, StepStory


def around_json(response: Response, step: StepProgress, say: Say = str) -> dict[str, Any]:
    """The incident and the playbook of a step, and the titles of the steps that it names."""
    incident, progress = response.incident, response.progress
    return {
        "incident": incident.id, "incident_title": incident.title, "incident_open": incident.state.value == "open",
        "zone": incident.zone, "playbook": progress.playbook.playbook, "playbook_title": say(progress.playbook.title),
        "accounts": response.has_accounts,
        "titles": {name: say(each.step.title) for name, each in progress.steps.items()},
        "emits": _emits_json(step),
    }  # fmt: skip


def _emits_json(progress: StepProgress) -> dict[str, Any] | None:
    step = progress.step
    if step.emits is None:
        return None
    only = step.emits_when or (step.repeat.until if step.repeat is not None else None)
    return {
        "kind": step.emits, "meaning": meaning_words(step.emits),
        "only_if": {"field": only.field, "answer": only.words} if only is not None else None,
    }  # fmt: skip


def moves_json(effects: Iterable[Effect], statuses: Sequence[ClockStatus]) -> list[dict[str, Any]]:
    """Which clocks the event of a step starts or ends, each with its name and its limit."""
    known: Mapping[str, ClockStatus] = {status.id: status for status in statuses}
    return [_move_json(effect, known[effect.clock]) for effect in effects if effect.clock in known]


def _move_json(effect: Effect, clock: ClockStatus) -> dict[str, Any]:
    return effect.to_json() | {
        "title": clock.rule.title, "law": clock.rule.law, "work_by": rfc3339(clock.work_by) if clock.work_by else None,
    }  # fmt: skip


def proving_json(proving: EvidenceEntry) -> dict[str, Any]:
    """An entry that may prove a step."""
    return {
        "id": proving.id, "kind": proving.kind, "name": proving.name or None, "at": to_z(proving.at), "by": proving.by,
        "sha256": proving.sha256 or None, "size": proving.size or None,
    }  # fmt: skip


def story_json(step_story: StepStory) -> dict[str, Any]:
    """One entry about a step."""
    return {
        "entry": step_story.sequence, "kind": step_story.kind, "at": to_z(step_story.at),
        "recorded_at": to_z(step_story.recorded_at),
        "by": step_story.by, "by_source": step_story.by_source or None, "text": step_story.text or None,
    }  # fmt: skip


def may_do_json(may_do: MayDo) -> dict[str, Any]:
    """Somebody who may work on steps."""
    return {"id": may_do.actor, "name": may_do.name, "roles": list(may_do.roles)}
