"""One step in full, the machine that does the automated ones, and another playbook for a response that runs."""

from __future__ import annotations

import json
from typing import Any

from pydantic import Field

from leakguard.accounts.rights import Right
from leakguard.errors import NotAllowed
from leakguard.outputs.playbook import migration_json
from leakguard.outputs.response import step_json
from leakguard.outputs.step_details import around_json, may_do_json, moves_json, proving_json, story_json
from leakguard.playbooks.definitions import snapshot_of
from leakguard.translations.catalogue import catalogue
from leakguard.use_cases.alerts.stood_clocks import clocks_if_known
from leakguard.use_cases.incidents.kinds_effects import effects_of
from leakguard.use_cases.incidents.playbooks import datastores_of, find_file, load_response, open_incident_of
from leakguard.use_cases.responses.event_rights import refuse_action
from leakguard.use_cases.responses.playbook_migration import Migration, migrate_playbook
from leakguard.use_cases.responses.step_details import (
    proving_entries,
    step_of,
    story_of,
    who_may,
    who_may_confirm,
)
from leakguard.web.around import records_of
from leakguard.web.call import Answer, Call
from leakguard.web.models import Body, InLanguage, Name, NeededReason, Query, Reason
from leakguard.web.operation import BodyKind, Method, Operation
from leakguard.web.routes.scans import job_json, refuse_in_drill, start_child
from leakguard.web.shapes import responses as shapes
from leakguard.web.shapes import scans as scan_shapes


class RunSteps(Body):
    """What a machine is to do."""

    step: Name | None = Field(default=None, description="This step alone, also one that has failed (default: all due).")
    again: bool = Field(default=False, description="You have looked: do once more what was stopped in the middle.")
    reason: Reason = Field(default="", description="What you saw, with `again`.")


class ToPlaybook(Query):
    """Which playbook."""

    to: Name | None = Field(default=None, description="Its name (default: the newest version of the running one).")


class MigratePlaybook(Body):
    """To which playbook, and why."""

    to: Name | None = Field(default=None, description="Its name (default: the newest version of the running one).")
    reason: NeededReason


def show_step(call: Call) -> Answer:
    """One step with its form, what may prove it, what its event moves, its story, and who may do it."""
    wiring, store, caller = call.wiring, call.wiring.store, call.caller
    response = load_response(store, call.incident, now=wiring.now)
    one, records = step_of(response, call.path["step"]), records_of(call)
    people, say = who_may(store), catalogue(call.query.lang).gettext
    may_read = caller is not None and caller.may(Right.READ_EVIDENCE)
    return Answer(
        document={
            **around_json(response, one, say),
            "step": step_json(response, one, datastores_of(store, response.incident), say),
            "moves": _moves(call, one.step.emits),
            "proofs": [proving_json(proving_entry) for proving_entry in proving_entries(records)] if may_read else [],
            "story": [story_json(each) for each in story_of(records, one.id, since=response.progress.started_by)],
            "may_do": [may_do_json(person) for person in people],
            "may_confirm": [may_do_json(each) for each in who_may_confirm(one, people)],
        }
    )


def _moves(call: Call, kind: str | None) -> list[dict[str, Any]]:
    """Which clocks an event of this kind would start or end now; none where nobody can say."""
    if kind is None:
        return []
    wiring = call.wiring
    clocks = clocks_if_known(wiring.bundled, wiring.store, call.incident, lambda: wiring.reach, wiring.now())
    return moves_json(effects_of(clocks).get(kind, ()), clocks)


def run(call: Call) -> Answer:
    """Start `leakguard playbook run` as a process of its own."""
    body: RunSteps = call.body
    store = call.wiring.store
    refuse_in_drill(call)
    open_incident_of(call.incident, records_of(call))
    response = load_response(store, call.incident, now=call.wiring.now)
    if body.step is not None:
        refuse_action(call.caller, step_of(response, body.step).step.action)
    if any(one.incident == call.incident and one.exit_code is None for one in call.jobs.all()):
        raise NotAllowed(f"a machine is at the steps of {call.incident} already", next_step="Wait until it has ended.")
    words = ["playbook", "run", "--format", "json"]
    words += [f"--step={body.step}"] if body.step is not None else []
    words += ["--again", f"--reason={body.reason}"] if body.again else []
    job = start_child(call, "steps", [*words, "--", call.incident], keeps_output=True, incident=call.incident)
    return Answer(document=job_json(call, job), headers={"location": f"/api/v1/scans/{job.id}"})


def preview(call: Call) -> Answer:
    """What a move to another playbook would change, as `playbook migrate` shows it."""
    return _migration(call, call.query.to, "")


def migrate(call: Call) -> Answer:
    """Go on with another playbook, as `playbook migrate --reason` does."""
    return _migration(call, call.body.to, call.body.reason)


def _migration(call: Call, to: str | None, reason: str) -> Answer:
    wiring, caller = call.wiring, call.caller
    may_waive = caller is not None and caller.may(Right.WAIVE_STEPS)
    file = find_file(wiring.bundled, to) if to is not None else None
    found: Migration = migrate_playbook(
        wiring.store, wiring.bundled, call.incident, now=wiring.now, file=file, by=wiring.by if reason else "",
        reason=reason, may_waive=may_waive,
    )  # fmt: skip
    after = json.loads(snapshot_of(found.after.progress.playbook))
    return Answer(document={**migration_json(found), "playbook": after})


_READ, _DO = Right.READ_INCIDENTS, Right.DO_STEPS
OPERATIONS = (
    Operation(
        name="show_step", method=Method.GET, path="/incidents/{incident}/steps/{step}", right=_READ, handler=show_step,
        query=InLanguage, answer=shapes.StepShown, summary="Show one step with all that is around it.",
        also="What may prove it, which clocks its event starts or ends, its story, and who may do or confirm it.",
    ),
    Operation(
        name="run_steps", method=Method.POST, path="/incidents/{incident}/playbook/run", right=_DO, handler=run,
        request=RunSteps, takes=BodyKind.JSON, status=202, answer=scan_shapes.Job, command="playbook run",
        summary="Let a machine do the automated steps that are due.",
        also="It runs in a process of its own. Watch it: `show_scan`, and `show_step` once it has begun. A step that "
        "probes stays open unless the caller may start scans.",
    ),
    Operation(
        name="preview_migration", method=Method.GET, path="/incidents/{incident}/playbook/migration", right=_READ,
        handler=preview, query=ToPlaybook, answer=shapes.Migration,
        summary="Show what a move to another playbook would change.",
    ),
    Operation(
        name="migrate_playbook", method=Method.POST, path="/incidents/{incident}/playbook/migration", right=_DO,
        handler=migrate, request=MigratePlaybook, takes=BodyKind.JSON, answer=shapes.Migration,
        command="playbook migrate", summary="Go on with another playbook; what is done stays done.",
        also="A move that leaves out a step that is not settled, or asks for less in it, also needs the right "
        "`waive_steps`.",
    ),
)  # fmt: skip
