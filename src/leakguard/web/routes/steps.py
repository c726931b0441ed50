"""Playbooks, and the steps of a response: what to do now, and that it was done."""

from __future__ import annotations

import json
from typing import Any

from pydantic import Field

from leakguard.accounts.rights import Right
from leakguard.outputs.playbook import playbook_row_json
from leakguard.outputs.response import response_json
from leakguard.playbooks.definitions import snapshot_of
from leakguard.translations.catalogue import catalogue
from leakguard.use_cases.incidents.incidents import load_incident
from leakguard.use_cases.incidents.playbooks import (
    Response,
    datastores_of,
    find_file,
    list_playbooks,
    load_response,
    start_playbook,
)
from leakguard.use_cases.responses.playbook_confirming import confirm_step
from leakguard.use_cases.responses.playbook_steps import StepStatement, tell_step
from leakguard.use_cases.responses.playbook_taking_back import take_back_step
from leakguard.web.around import moment_in
from leakguard.web.call import Answer, Call
from leakguard.web.models import Body, InLanguage, Name, NeededReason, Query, Reason, Stated, Text, Words
from leakguard.web.operation import BodyKind, Method, Operation
from leakguard.web.shapes import playbooks as shapes


class StartPlaybook(Body):
    """Which playbook."""

    playbook: Name | None = Field(default=None, description="Its name (default: the incident's, or the 24 hours).")


class DoStep(Body):
    """What a person tells about a step that was done."""

    evidence: dict[Name, Name] = Field(
        default_factory=dict, max_length=100,
        description="By what the step asks for: an item `EV-12` that was uploaded, or an event `E-14`.",
    )  # fmt: skip
    form: dict[Name, Any] = Field(default_factory=dict, max_length=100, description="The answers to its questions.")
    second: Text = Field(default="", description="Who agreed, on a store without accounts.")
    at: Stated | None = Field(default=None, description="When it was done (default: now).")
    reason: Reason = Field(default="", description="Why it is recorded late, or holds against what was seen.")


class FailStep(Body):
    """That a step failed."""

    failure: Words = Field(description="What was seen.")
    at: Stated | None = None
    reason: Reason = ""


class SkipStep(Body):
    """That a step is not needed: two people say so."""

    second: Text = Field(default="", description="Who agreed, on a store without accounts.")
    reason: NeededReason


class ConfirmStep(Query):
    """What the second person read."""

    claim: int | None = Field(
        default=None, ge=1, le=2**53,
        description="The `entry` of `awaits_second` that you read. Needed if the step was recorded more than once.",
    )  # fmt: skip


class TakeBackStep(Body):
    """That a step was recorded by mistake."""

    reason: NeededReason


def list_all(call: Call) -> Answer:
    """The playbooks that ship."""
    found = list_playbooks(call.wiring.bundled)
    return Answer(document={"playbooks": [playbook_row_json(playbook) for playbook in found]})


def show(call: Call) -> Answer:
    """One playbook as `playbook show` has it."""
    found = find_file(call.wiring.bundled, call.path["playbook"]).playbook
    return Answer(document={"playbook": json.loads(snapshot_of(found))})


def next_steps(call: Call) -> Answer:
    """Where the response stands, as `playbook next` has it."""
    response = load_response(call.wiring.store, call.incident, now=call.wiring.now)
    products = datastores_of(call.wiring.store, response.incident)
    return Answer(document=response_json(response, products, catalogue(call.query.lang).gettext))


def start(call: Call) -> Answer:
    """Begin the response, as `playbook start` does."""
    wiring, name = call.wiring, call.body.playbook
    file = find_file(wiring.bundled, name) if name is not None else None
    return _shown(
        call, start_playbook(wiring.store, wiring.bundled, call.incident, now=wiring.now, by=wiring.by, file=file)
    )


def done(call: Call) -> Answer:
    """Record that a step is done, as `playbook done` does."""
    body: DoStep = call.body
    return _told(
        call, second=body.second, at=body.at, reason=body.reason,
        evidence=tuple(f"{name}: {item}" for name, item in body.evidence.items()),
        form=json.dumps(body.form, ensure_ascii=False) if body.form else None,
    )  # fmt: skip


def failed(call: Call) -> Answer:
    """Record that a step failed, as `playbook done --failed` does."""
    body: FailStep = call.body
    return _told(call, failure=body.failure, at=body.at, reason=body.reason)


def skip(call: Call) -> Answer:
    """Record that a step is not needed, as `playbook skip` does."""
    return _told(call, second=call.body.second, reason=call.body.reason, is_waived=True)


def confirm(call: Call) -> Answer:
    """Agree as the second person to what somebody else has done, as `playbook confirm` does."""
    wiring, caller = call.wiring, call.caller
    may_waive = caller is not None and caller.may(Right.WAIVE_STEPS)
    found = confirm_step(
        wiring.store, call.incident, call.path["step"], by=wiring.by, now=wiring.now, may_waive=may_waive,
        claim=call.query.claim,
    )  # fmt: skip
    return _shown(call, found)


def take_back(call: Call) -> Answer:
    """Open a step again, as `playbook take-back` does."""
    wiring = call.wiring
    taken = take_back_step(
        wiring.store, call.incident, call.path["step"], by=wiring.by, reason=call.body.reason, now=wiring.now
    )
    return _shown(call, taken.response)


def _told(call: Call, *, at: str | None = None, **said: Any) -> Answer:  # noqa: ANN401  (as `StepStatement`)
    """No file of this machine is ever evidence here: what was uploaded has an id."""
    wiring = call.wiring
    zone = load_incident(wiring.store, call.incident).zone
    told = StepStatement(step=call.path["step"], by=wiring.by, at=moment_in(at, zone), **said)
    return _shown(call, tell_step(wiring.store, call.incident, told, now=wiring.now, intake=None))


def _shown(call: Call, response: Response) -> Answer:
    products = datastores_of(call.wiring.store, response.incident)
    return Answer(document=response_json(response, products))


_READ, _DO = Right.READ_INCIDENTS, Right.DO_STEPS
_STEP = "/incidents/{incident}/steps/{step}"
OPERATIONS = (
    Operation(
        name="list_playbooks", method=Method.GET, path="/playbooks", right=_READ, handler=list_all, needs_store=False,
        answer=shapes.Playbooks, summary="List the playbooks.",
    ),
    Operation(
        name="show_playbook", method=Method.GET, path="/playbooks/{playbook}", right=_READ, handler=show,
        needs_store=False, answer=shapes.PlaybookShown, summary="Show one playbook with its steps.",
    ),
    Operation(
        name="start_playbook", method=Method.POST, path="/incidents/{incident}/playbook", right=_DO, handler=start,
        request=StartPlaybook, takes=BodyKind.JSON, status=201, answer=shapes.ResponseProgress,
        summary="Begin the response; a copy of the playbook is kept with the incident.",
        command="playbook start",
    ),
    Operation(
        name="next_steps", method=Method.GET, path="/incidents/{incident}/playbook", right=_READ, handler=next_steps,
        query=InLanguage, answer=shapes.ResponseProgress,
        summary="Say what to do now, who does it, by when, and how to close each step.",
        command="playbook next",
    ),
    Operation(
        name="do_step", method=Method.POST, path=f"{_STEP}/done", right=_DO, handler=done, request=DoStep,
        takes=BodyKind.JSON, answer=shapes.ResponseProgress,
        summary="Record that a step is done, with its evidence and answers.",
        also="Upload the evidence first (`add_evidence`); a step whose evidence, answers or second person are missing "
        "stays open, and the answer names all that is missing.",
        command="playbook done",
    ),
    Operation(
        name="confirm_step", method=Method.POST, path=f"{_STEP}/confirm", right=_DO, handler=confirm,
        query=ConfirmStep, answer=shapes.ResponseProgress, summary="Agree to a step that awaits a second person.",
        also="With accounts, a step that needs two people counts once a second one confirms it by another login. Name "
        "the claim that this person read: what was changed since is refused.",
        command="playbook confirm",
    ),
    Operation(
        name="fail_step", method=Method.POST, path=f"{_STEP}/failed", right=_DO, handler=failed, request=FailStep,
        takes=BodyKind.JSON, answer=shapes.ResponseProgress, summary="Record that a step failed, and what was seen.",
        command="playbook done",
    ),
    Operation(
        name="skip_step", method=Method.POST, path=f"{_STEP}/skip", right=Right.WAIVE_STEPS, handler=skip,
        request=SkipStep, takes=BodyKind.JSON, answer=shapes.ResponseProgress,
        summary="Record that a step is not needed: two people say so.",
        command="playbook skip",
    ),
    Operation(
        name="take_back_step", method=Method.POST, path=f"{_STEP}/take-back", right=_DO, handler=take_back,
        request=TakeBackStep, takes=BodyKind.JSON, answer=shapes.ResponseProgress,
        summary="Open a step again that was recorded as done or not needed by mistake.",
        command="playbook take-back",
    ),
)  # fmt: skip
