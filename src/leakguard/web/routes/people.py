"""Who does what: comments, steps that are assigned, one person's tasks, and who is on call."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from leakguard.accounts.rights import Right
from leakguard.clocks.times import parse_instant
from leakguard.errors import UsageProblem
from leakguard.models.people import Signatory
from leakguard.outputs.oncall import oncall_json, shift_json
from leakguard.outputs.response import response_json
from leakguard.outputs.tasks import comment_json, task_json
from leakguard.use_cases.accounts.manage_oncall import NewShift, set_shift
from leakguard.use_cases.accounts.rosters import read_roster
from leakguard.use_cases.alerts.on_call import roster_problems, roster_remarks
from leakguard.use_cases.incidents.playbooks import datastores_of
from leakguard.use_cases.responses.assign_step import assign_step, person_of
from leakguard.use_cases.responses.comments import MOST_CHARACTERS, NewComment, add_comment, list_comments
from leakguard.web.around_tasks import open_tasks
from leakguard.web.call import Answer, Call
from leakguard.web.models import MOST_PAGE, Body, Name, Query, Reason, Stated
from leakguard.web.operation import BodyKind, Method, Operation
from leakguard.web.shapes import people as shapes
from leakguard.web.shapes import playbooks as playbook_shapes

MOST_SKIPPED = 10**6


class OfStep(Query):
    """On one step, or on all."""

    step: Name | None = None


class Comment(Body):
    """What somebody writes about the incident, or about one of its steps."""

    text: Annotated[str, Field(min_length=1, max_length=MOST_CHARACTERS)]
    step: Name | None = Field(default=None, description="The step that it is about (default: the whole incident).")
    privileged: bool = Field(default=False, description="For counsel alone; it goes into no export.")


class AssignStep(Body):
    """Who is to do a step."""

    to: Name | None = Field(default=None, description="A person; null, and it is nobody's again.")


class WhoseTasks(Query):
    """Whose."""

    person: Name | None = Field(default=None, alias="for", description="Whose (default: your own).")
    everybody: bool = Field(default=False, description="All open steps, also those that are nobody's.")
    skip: int = Field(default=0, ge=0, le=MOST_SKIPPED, description="How many of the first are left out.")
    limit: int | None = Field(default=None, ge=1, le=MOST_PAGE, description="How many at most (default: all).")


class OnCallAt(Query):
    """When."""

    at: Stated | None = Field(default=None, description="Who is on call then (default: now).")
    days: int = Field(default=7, ge=1, le=28, description="How far ahead shifts are shown.")


class SetOnCall(Body):
    """Who holds a role, and for how long."""

    role: Name
    people: tuple[Name, ...] = Field(default=(), max_length=20, description="Accounts; none: nobody holds it.")
    start: Stated | None = Field(default=None, alias="from", description="From when on (default: now).")
    until: Stated | None = Field(default=None, description="When it ends (default: when another shift is set).")
    reason: Reason = Field(default="", description="Why, such as a swap.")


def comment(call: Call) -> Answer:
    """Comment, as `incident comment` does."""
    body: Comment = call.body
    wiring = call.wiring
    new = NewComment(incident=call.incident, text=body.text, step=body.step or "", is_privileged=body.privileged)
    return Answer(document=comment_json(add_comment(wiring.store, call.caller, new, by=wiring.by, now=wiring.now)))


def comments(call: Call) -> Answer:
    """The comments, as `incident comments` has them; privileged ones for who may read them."""
    found = list_comments(call.wiring.store, call.caller, call.incident, step=call.query.step or "")
    told = [comment_json(comment) for comment in found.comments]
    return Answer(document={"incident": call.incident, "comments": told, "withheld": found.withheld})


def assign(call: Call) -> Answer:
    """Say who is to do a step, as `playbook assign` does."""
    wiring, caller = call.wiring, call.caller
    response = assign_step(
        wiring.store, call.incident, call.path["step"], to=call.body.to or "", by=wiring.recorder.signatory,
        now=wiring.now, may_assign_others=caller is not None and caller.may(Right.ASSIGN_STEPS),
    )  # fmt: skip
    return Answer(document=response_json(response, datastores_of(wiring.store, response.incident)))


def list_tasks(call: Call) -> Answer:
    """The open steps of one person over all incidents, as `tasks` has them."""
    asked: WhoseTasks = call.query
    wiring, store = call.wiring, call.wiring.store
    who: Signatory | None = None
    if asked.person is not None:
        who = person_of(store, asked.person, option="for")
    elif not asked.everybody:
        who = wiring.recorder.signatory
    found = open_tasks(call, who)
    end = asked.skip + asked.limit if asked.limit is not None else None
    shown = [task_json(task) for task in found[asked.skip : end]]
    late = sum(task.is_late for task in found)
    return Answer(document={"tasks": shown, "total": len(found), "late": late})


def on_call(call: Call) -> Answer:
    """Who holds each role, as `oncall list` has it."""
    asked: OnCallAt = call.query
    wiring = call.wiring
    moment = parse_instant(asked.at, zone=wiring.settings.zone) if asked.at else wiring.now()
    known = read_roster(wiring.store, wiring.calendar(), zone=wiring.zone, now=moment)
    watch = wiring.settings.watch
    roles = tuple(dict.fromkeys(level.role for level in watch.escalation.levels))
    problems = (*roster_problems(known, watch, roles, moment), *roster_remarks(known, roles, moment))
    until = moment + timedelta(days=asked.days)
    return Answer(document=oncall_json(known, moment, until, () if known.is_empty else problems))


def set_on_call(call: Call) -> Answer:
    """Say who is on call, as `oncall set` does."""
    body: SetOnCall = call.body
    wiring, zone = call.wiring, call.wiring.settings.zone
    start = parse_instant(body.start, zone=zone) if body.start else None
    end = parse_instant(body.until, zone=zone) if body.until else None
    if start is not None and end is not None and end <= start:
        raise UsageProblem("the shift is over before it begins", next_step="Give a later `until`.")
    new = NewShift(role=body.role, people=body.people, start=start, end=end, reason=body.reason)
    shift = set_shift(wiring.store, wiring, new)
    known = read_roster(wiring.store, None, zone=wiring.zone, now=wiring.now())
    return Answer(document=shift_json(known, shift))


_READ = Right.READ_INCIDENTS
OPERATIONS = (
    Operation(
        name="list_comments", method=Method.GET, path="/incidents/{incident}/comments", right=_READ, handler=comments,
        query=OfStep, answer=shapes.Comments, command="incident comments",
        summary="List the comments on the incident; privileged ones for who may read them.",
    ),
    Operation(
        name="add_comment", method=Method.POST, path="/incidents/{incident}/comments", right=Right.COMMENT,
        handler=comment, request=Comment, takes=BodyKind.JSON, status=201, answer=shapes.CommentShown,
        command="incident comment", summary="Comment on the incident, or on one of its steps.",
        also="A privileged comment needs the right `comment_privileged` as well.",
    ),
    Operation(
        name="assign_step", method=Method.POST, path="/incidents/{incident}/steps/{step}/assign",
        right=Right.DO_STEPS, handler=assign, request=AssignStep, takes=BodyKind.JSON,
        answer=playbook_shapes.ResponseProgress, command="playbook assign", summary="Say who is to do a step.",
        also="Who may do steps may take one that is nobody's; to assign it to others needs the right `assign_steps`.",
    ),
    Operation(
        name="list_tasks", method=Method.GET, path="/tasks", right=_READ, handler=list_tasks, query=WhoseTasks,
        answer=shapes.Tasks, command="tasks", summary="List the open steps of one person over all incidents.",
        also="Steps of roles that you hold by the roster count as yours; without a roster, those of the roles of your "
        "account. So do steps that somebody else did and your role has to confirm.",
    ),
    Operation(
        name="show_on_call", method=Method.GET, path="/oncall", right=Right.READ_ACCOUNTS, handler=on_call,
        query=OnCallAt, answer=shapes.OnCall, command="oncall list",
        summary="Show who holds each role, and the shifts ahead.",
    ),
    Operation(
        name="set_on_call", method=Method.POST, path="/oncall", right=Right.MANAGE_ONCALL, handler=set_on_call,
        request=SetOnCall, takes=BodyKind.JSON, status=201, answer=shapes.Shift, command="oncall set",
        summary="Say who holds a role, and for how long.",
    ),
)  # fmt: skip
