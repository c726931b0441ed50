"""The after-action review of an incident, and the actions that it decided on."""

from __future__ import annotations

from pydantic import Field

from leakguard.accounts.rights import Right
from leakguard.models.people import Signatory
from leakguard.models.review_actions import Action
from leakguard.outputs.clock_tasks import with_tasks
from leakguard.outputs.review import action_json, owed_json, review_json
from leakguard.use_cases.incidents.incidents import load_incident
from leakguard.use_cases.incidents.kept_facts import NAME
from leakguard.use_cases.reports.after_action import after_action
from leakguard.use_cases.reports.report_clocks import reported_rules
from leakguard.use_cases.responses.assign_step import person_of
from leakguard.use_cases.responses.review_actions import (
    Change,
    NewAction,
    add_action,
    change_action,
    drop_action,
    finish_action,
    list_actions,
    open_actions,
    today_in,
)
from leakguard.web.around import facts_of, reach, stated_facts
from leakguard.web.call import Answer, Call
from leakguard.web.models import MOST_PAGE, Body, Name, NeededReason, Query, Reason, Text, Words
from leakguard.web.operation import BodyKind, Method, Operation
from leakguard.web.shapes import review as shapes


class AddAction(Body):
    """What shall be done, by whom and until when."""

    title: Words
    owner: Name = Field(description="Who does it; an account, as soon as the store has any.")
    due: Name = Field(description="The last day, such as 2026-12-31.")


class ChangeAction(Body):
    """What is different from now on."""

    owner: Text = Field(default="", description="Who does it; empty, and that stays.")
    due: Text = Field(default="", description="The last day; empty, and that stays.")
    reason: Reason = ""


class FinishAction(Body):
    """How it was done."""

    note: Text = ""


class DropAction(Body):
    """Why it will not be done."""

    reason: NeededReason


class WhoseActions(Query):
    """Whose."""

    person: Name | None = Field(default=None, alias="for", description="Whose (default: everybody's).")
    mine: bool = Field(default=False, description="One's own alone.")
    limit: int = Field(default=100, ge=1, le=MOST_PAGE)


def show(call: Call) -> Answer:
    """What happened against what was promised."""
    wiring, kept, facts = call.wiring, stated_facts(call), facts_of(call)
    now = wiring.now()
    found = reported_rules(
        wiring.bundled, wiring.store, wiring.duties(), call.incident, reach(call, facts),
        facts=(NAME, kept.text) if kept is not None else None, now=now, is_present=True,
    )  # fmt: skip
    review = after_action(
        wiring.store, found.rules, call.incident, now, assessed=found.assessed, unsettled=found.unsettled
    )
    document, duties = review_json(review), wiring.duties().duties
    document |= {name: with_tasks(document[name], duties) for name in ("kept", "missed", "running")}
    return Answer(document=document | {"unfinished": with_tasks(document["unfinished"], duties, key="name")})


def list_open(call: Call) -> Answer:
    """The open actions over all incidents."""
    asked: WhoseActions = call.query
    wiring, now = call.wiring, call.wiring.now()
    who: Signatory | None = None
    if asked.person is not None:
        who = person_of(wiring.store, asked.person, option="for")
    elif asked.mine:
        who = wiring.recorder.signatory
    found, total = open_actions(wiring.store, who, now=now, limit=asked.limit)
    told = [owed_json(one, today=today_in(one.incident, now)) for one in found]
    return Answer(document={"actions": told, "total": total})


def list_of(call: Call) -> Answer:
    """Every action of an incident, as `incident action list` has them."""
    today = today_in(load_incident(call.wiring.store, call.incident), call.wiring.now())
    found = list_actions(call.wiring.store, call.incident)
    return Answer(document={"actions": [action_json(action, today=today) for action in found]})


def add(call: Call) -> Answer:
    """Add one, as `incident action add` does."""
    body: AddAction = call.body
    wiring = call.wiring
    new = NewAction(title=body.title, owner=body.owner, due=body.due)
    return _shown(call, add_action(wiring.store, call.incident, new, by=wiring.by, now=wiring.now))


def change(call: Call) -> Answer:
    """Give it another owner or day, as `incident action change` does."""
    body: ChangeAction = call.body
    wiring, made = call.wiring, Change(owner=body.owner, due=body.due, reason=body.reason)
    return _shown(
        call, change_action(wiring.store, call.incident, call.path["action"], made, by=wiring.by, now=wiring.now)
    )


def finish(call: Call) -> Answer:
    """Say that it is done, as `incident action done` does."""
    wiring = call.wiring
    done = finish_action(
        wiring.store, call.incident, call.path["action"], note=call.body.note, by=wiring.by, now=wiring.now
    )
    return _shown(call, done)


def drop(call: Call) -> Answer:
    """Say that it will not be done, as `incident action drop` does."""
    wiring = call.wiring
    dropped = drop_action(
        wiring.store, call.incident, call.path["action"], reason=call.body.reason, by=wiring.by, now=wiring.now
    )
    return _shown(call, dropped)


def _shown(call: Call, action: Action) -> Answer:
    today = today_in(load_incident(call.wiring.store, call.incident), call.wiring.now())
    return Answer(document=action_json(action, today=today))


_READ, _ALL = Right.READ_INCIDENTS, "/incidents/{incident}/actions"
OPERATIONS = (
    Operation(
        name="show_review", method=Method.GET, path="/incidents/{incident}/review", right=_READ, handler=show,
        answer=shapes.AfterActionReview,
        summary="Show what happened against what was promised: times, limits kept and missed, what is left, actions.",
    ),
    Operation(
        name="list_open_actions", method=Method.GET, path="/actions", right=_READ, handler=list_open,
        query=WhoseActions, answer=shapes.OpenActions, summary="List the open actions of reviews over all incidents.",
    ),
    Operation(
        name="list_actions", method=Method.GET, path=_ALL, right=_READ, handler=list_of, answer=shapes.Actions,
        summary="List every action that the review of the incident decided on.", command="incident action list",
    ),
    Operation(
        name="add_action", method=Method.POST, path=_ALL, right=Right.ASSIGN_STEPS, handler=add, request=AddAction,
        takes=BodyKind.JSON, status=201, answer=shapes.Action, command="incident action add",
        summary="Add an action with an owner and a day; it stays on the boards until it is done.",
    ),
    Operation(
        name="change_action", method=Method.POST, path=f"{_ALL}/{{action}}/change", right=Right.ASSIGN_STEPS,
        handler=change, request=ChangeAction, takes=BodyKind.JSON, answer=shapes.Action,
        command="incident action change", summary="Give an action another owner or another day.",
    ),
    Operation(
        name="finish_action", method=Method.POST, path=f"{_ALL}/{{action}}/done", right=Right.DO_STEPS,
        handler=finish, request=FinishAction, takes=BodyKind.JSON, answer=shapes.Action,
        command="incident action done", summary="Record that an action is done.",
    ),
    Operation(
        name="drop_action", method=Method.POST, path=f"{_ALL}/{{action}}/drop", right=Right.ASSIGN_STEPS,
        handler=drop, request=DropAction, takes=BodyKind.JSON, answer=shapes.Action, command="incident action drop",
        summary="Record that an action will not be done, and why.",
    ),
)  # fmt: skip
