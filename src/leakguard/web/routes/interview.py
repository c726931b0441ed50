"""The facts as an interview: what to ask, single answers, what changed, what the organisation said before."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from leakguard.accounts.rights import Right
from leakguard.outputs.interview import catalogue_json, duties_json, interview_json
from leakguard.outputs.kept_facts import kept_facts_json
from leakguard.settings import words_of
from leakguard.use_cases.accounts.callers import refuse_without
from leakguard.use_cases.incidents.answered_facts import (
    MOST_ANSWERS,
    answer_facts,
    changed_since,
    propose_organisation,
    text_with,
)
from leakguard.use_cases.incidents.first_facts import AWARE, FirstFacts, begin_facts
from leakguard.use_cases.incidents.incident_brief import brief_of
from leakguard.use_cases.incidents.incident_events import NewEvent
from leakguard.use_cases.incidents.incidents import load_incident
from leakguard.use_cases.incidents.kept_facts import NAME
from leakguard.use_cases.letters.assess_notices import AssessedDuties, assess_notices
from leakguard.use_cases.letters.given_facts import FactsQuery, read_given
from leakguard.use_cases.letters.interview import interview, load_guide
from leakguard.web.around import moment_in, stated_facts
from leakguard.web.call import Answer, Call
from leakguard.web.models import Body, Name, Query, Reason
from leakguard.web.operation import BodyKind, Method, Operation
from leakguard.web.shapes import interview as shapes


class Answers(Body):
    """Single entries of the facts."""

    answers: dict[str, Any] = Field(
        min_length=1, max_length=MOST_ANSWERS,
        description="Each by its name, such as `facts.exposure`: what a facts file has there, such as "
        "`{value: true}` or `{unknown: why}`. Null takes an entry out.",
    )  # fmt: skip


class Aware(Body):
    """When the organisation became aware."""

    at: Name = Field(description="A moment or a day, in the zone of the incident, or EARLIEST..LATEST.")
    reason: Reason = Field(default="", description="Why it is recorded so late after it happened.")


class NewAnswers(Answers):
    """Single entries of the facts, and what is recorded with them."""

    aware: Aware | None = Field(
        default=None, description="An event of awareness, which is recorded with the answers or not at all; it needs "
        "the right `record_events`."
    )  # fmt: skip


class Since(Query):
    """Which version was read."""

    since: str = Field(pattern="^[0-9a-fA-F]{64}$", description="The `sha256` of the facts that you have read.")


def facts_known(call: Call) -> Answer:
    """What facts there are."""
    return Answer(document=catalogue_json(call.wiring.duties().vocabulary, load_guide(call.wiring.bundled)))


def ask(call: Call) -> Answer:
    """The questions, and how the duties stand beside them."""
    kept = stated_facts(call)
    if kept is None:
        return Answer(document=shapes.NOTHING | {"incident": call.incident})
    asked = interview(_assessed(call, kept.text), call.wiring.bundled)
    return Answer(document=interview_json(asked, kept), headers={"etag": f'"{kept.sha256}"'})


def answer(call: Call) -> Answer:
    """Keep single answers; the rest of the facts stays as it is written."""
    body: NewAnswers = call.body
    wiring, event = call.wiring, None
    read = call.headers.get("if-match", "").strip().removeprefix("W/").strip('"') or None
    if body.aware is None:
        found = answer_facts(wiring.store, wiring.duties(), call.incident, body.answers, read=read, now=wiring.now)
    else:
        first = _begun(call, body.answers, body.aware, read)
        found, event = first.answered, first.aware.id
    document = {**kept_facts_json(found.kept), "lost_comments": found.lost_comments, "event": event}
    return Answer(document=document, headers={"etag": f'"{found.kept.sha256}"'})


def _begun(call: Call, answers: dict[str, Any], aware: Aware, read: str | None) -> FirstFacts:
    wiring = call.wiring
    if call.caller is not None:
        refuse_without(call.caller, Right.RECORD_EVENTS)
    zone = brief_of(wiring.store, call.incident).zone
    event = NewEvent(kind=AWARE, occurred_at=moment_in(aware.at, zone), reason=aware.reason)
    return begin_facts(wiring.store, wiring.duties(), call.incident, answers, event, read=read, now=wiring.now)


def preview(call: Call) -> Answer:
    """How the duties would stand with these answers; nothing is kept."""
    body: Answers = call.body
    kept = stated_facts(call)
    text = text_with(kept.text if kept is not None else "", call.incident, body.answers).text
    return Answer(document=duties_json(_assessed(call, text)))


def _assessed(call: Call, text: str) -> AssessedDuties:
    wiring = call.wiring
    asked = FactsQuery(name=NAME, text=text, incident=call.incident)
    return assess_notices(read_given(asked, wiring.duties(), wiring.store, now=wiring.now), folders=wiring.bundled)


def changes(call: Call) -> Answer:
    """What is not as it was read."""
    found = changed_since(call.wiring.store, call.incident, call.query.since)
    kept = kept_facts_json(found.kept)
    named = ("incident", "sequence", "written_at", "by", "by_source", "sha256")
    changed = [
        {"path": changed_fact.path, "before": changed_fact.before, "after": changed_fact.after}
        for changed_fact in found.changed
    ]
    return Answer(document={**{name: kept[name] for name in named}, "changed": changed})


def propose(call: Call) -> Answer:
    """The organisation as an earlier incident states it."""
    load_incident(call.wiring.store, call.incident)
    found = propose_organisation(call.wiring.store, call.incident)
    if found is None:
        seat = call.wiring.seat
        return Answer(
            document={
                "incident": None,
                "organisation": {"country": seat.codes[0]} if seat is not None else {},
                "obligated_as": sorted(words_of(call.wiring.settings.obligated_as)),
                "not_obligated_as": [],
            }
        )
    return Answer(
        document={
            "incident": found.incident,
            "organisation": dict(found.organisation),
            "obligated_as": list(found.obligated_as),
            "not_obligated_as": list(found.not_obligated_as),
        }
    )


_READ = Right.READ_INCIDENTS
OPERATIONS = (
    Operation(
        name="list_facts", method=Method.GET, path="/facts", right=_READ, handler=facts_known, needs_store=False,
        answer=shapes.Catalogue, summary="List every fact that a facts file may state, as questions, with its answers.",
    ),
    Operation(
        name="show_interview", method=Method.GET, path="/incidents/{incident}/interview", right=_READ, handler=ask,
        answer=shapes.Interview,
        summary="Say what to ask about the incident, the soonest limit first, and how the duties stand.",
        also="Questions of the law come before those of the letters. An incident without facts has none of both.",
    ),
    Operation(
        name="answer_facts", method=Method.POST, path="/incidents/{incident}/facts/answers", right=Right.WRITE_FACTS,
        handler=answer, request=NewAnswers, takes=BodyKind.JSON, answer=shapes.AnsweredFacts,
        summary="Answer single facts of the incident; the others stay as they are written, comments included.",
        also="Where facts are there already, `If-Match` names the ETag of those that you have read. `aware` records "
        "with them when the organisation became aware: both are kept, or neither is.",
    ),
    Operation(
        name="preview_duties", method=Method.POST, path="/incidents/{incident}/facts/preview", right=_READ,
        handler=preview, request=Answers, takes=BodyKind.JSON, answer=shapes.Duties,
        summary="Say how the duties would stand with other answers; nothing is recorded.",
    ),
    Operation(
        name="list_fact_changes", method=Method.GET, path="/incidents/{incident}/facts/changes", right=_READ,
        handler=changes, query=Since, answer=shapes.FactChanges,
        summary="List what changed in the facts since you read them.",
    ),
    Operation(
        name="propose_organisation", method=Method.GET, path="/incidents/{incident}/organisation", right=_READ,
        handler=propose, answer=shapes.ProposedOrganisation,
        summary="Show what the organisation said of itself in an earlier incident.",
    ),
)  # fmt: skip
