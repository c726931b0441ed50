"""The facts of an incident, which duties they bring, what to find out next, and places that a person settles."""

from __future__ import annotations

from hashlib import sha256
from typing import Literal

from pydantic import Field

from leakguard.accounts.rights import Right
from leakguard.outputs.assessment import assessed_json
from leakguard.outputs.incident import event_json
from leakguard.outputs.kept_facts import kept_facts_json
from leakguard.outputs.notice import questions_json
from leakguard.use_cases.incidents.incidents import load_incident
from leakguard.use_cases.incidents.kept_facts import KeptFacts, kept_facts, write_facts
from leakguard.use_cases.letters.assess_notices import ask_next, assess_notices
from leakguard.use_cases.letters.override_duty import DutyDecision, override_duty
from leakguard.use_cases.letters.settle_place import Settlement, places_of_incident, settle_place
from leakguard.web.around import facts_of, given, reach, records_of
from leakguard.web.call import Answer, Call
from leakguard.web.models import AsOf, Body, Name, NeededReason, Query, Text
from leakguard.web.operation import BodyKind, Method, Operation
from leakguard.web.shapes import events as event_shapes
from leakguard.web.shapes import notices as shapes

YAML = "application/yaml"


class FactsAs(Query):
    """In which form."""

    form: Literal["json", "yaml"] = Field(default="json", alias="as")


class SettlePlace(Body):
    """What was decided about a place whose rule is not known."""

    place: Name = Field(description="Its ISO code, as the assessment names it.")
    role: Name = Field(description="The role, as the assessment names it.")
    reason: NeededReason
    anyway: bool = Field(default=False, description="Decide about a place that nothing names.")


class DecideDuty(Body):
    """Whether a duty applies, whatever its rule says."""

    applies: Literal["yes", "no"]
    reason: NeededReason
    organisation: Text = Field(default="", description="The one of several organisations that it is about, or `all`.")


def show(call: Call) -> Answer:
    """The facts as they were written last."""
    found = kept_facts(call.wiring.store, call.incident)
    if call.query.form == "yaml":
        return Answer(
            chunks=(found.text.encode(),), media=YAML, file_name=f"{call.incident}-facts.yaml", headers=_tag(found)
        )
    return Answer(document=kept_facts_json(found), headers=_tag(found))


def write(call: Call) -> Answer:
    """Write the facts: YAML or JSON, as the facts file has it."""
    wiring = call.wiring
    read = call.headers.get("if-match", "").strip().removeprefix("W/").strip('"') or None
    found = write_facts(wiring.store, wiring.duties(), call.incident, call.body, read=read, now=wiring.now)
    return Answer(document=kept_facts_json(found), headers=_tag(found))


def _tag(found: KeptFacts) -> dict[str, str]:
    return {"etag": f'"{found.sha256 or sha256(found.text.encode()).hexdigest()}"'}


def assess(call: Call) -> Answer:
    """Which duties apply, as `notice assess` has it."""
    work = given(call, call.query.now)
    found = assess_notices(work, reach(call, work.facts), records_of(call), folders=call.wiring.bundled)
    return Answer(document=assessed_json(found))


def next_fact(call: Call) -> Answer:
    """What to find out next, as `notice next-fact` has it."""
    found, questions = ask_next(given(call, call.query.now))
    return Answer(document=questions_json(questions, found.places, found.first_notices))


def settle(call: Call) -> Answer:
    """Record what a person decided about a place, as `notice settle` does."""
    body: SettlePlace = call.body
    wiring = call.wiring
    vocabulary = wiring.duties().vocabulary
    among = None if body.anyway else places_of_incident(records_of(call), wiring.seat, facts_of(call), vocabulary)
    decided = Settlement(place=body.place, role=body.role, reason=body.reason, by=wiring.by)
    kept = settle_place(wiring.store, vocabulary, call.incident, decided, now=wiring.now, among=among)
    return _event(call, kept)


def decide(call: Call) -> Answer:
    """Record that a duty applies, or does not, as `notice override` does."""
    body: DecideDuty = call.body
    wiring = call.wiring
    decided = DutyDecision(
        duty=call.path["duty"], applies=body.applies == "yes", by=wiring.by, reason=body.reason,
        organisation=body.organisation,
    )  # fmt: skip
    kept = override_duty(wiring.store, wiring.duties(), call.incident, decided, now=wiring.now, facts=facts_of(call))
    return _event(call, kept)


def _event(call: Call, kept: object) -> Answer:
    zone = load_incident(call.wiring.store, call.incident).zone
    return Answer(document=event_json(kept, zone=zone))  # type: ignore[arg-type]  # an event


_READ = Right.READ_INCIDENTS
OPERATIONS = (
    Operation(
        name="show_facts", method=Method.GET, path="/incidents/{incident}/facts", right=_READ, handler=show,
        query=FactsAs, answer=shapes.KeptFacts, media=("application/json", YAML),
        summary="Show the facts of the incident as they were written last.",
    ),
    Operation(
        name="write_facts", method=Method.PUT, path="/incidents/{incident}/facts", right=Right.WRITE_FACTS,
        handler=write, takes=BodyKind.TEXT, answer=shapes.KeptFacts,
        summary="Write the facts of the incident: YAML, or JSON, as a facts file has it.",
        also="Where facts are there already, `If-Match` names the ETag of those that you have read; otherwise nothing "
        "is written. Every writing stays in the ledger.",
    ),
    Operation(
        name="assess_duties", method=Method.GET, path="/incidents/{incident}/assessment", right=_READ, handler=assess,
        query=AsOf, answer=shapes.Assessed,
        summary="Say which duties apply by the facts, which facts are missing, and where no rule is known.",
        command="notice assess",
    ),
    Operation(
        name="next_fact", method=Method.GET, path="/incidents/{incident}/next-fact", right=_READ, handler=next_fact,
        query=AsOf, answer=shapes.Questions, summary="Say which fact to find out next, the soonest deadline first.",
        command="notice next-fact",
    ),
    Operation(
        name="settle_place", method=Method.POST, path="/incidents/{incident}/places", right=Right.SETTLE_PLACES,
        handler=settle, request=SettlePlace, takes=BodyKind.JSON, status=201, answer=event_shapes.Event,
        summary="Settle a place whose rule is not known: record what a person decided.",
        command="notice settle",
    ),
    Operation(
        name="decide_duty", method=Method.POST, path="/incidents/{incident}/duties/{duty}",
        right=Right.SETTLE_PLACES, handler=decide, request=DecideDuty, takes=BodyKind.JSON, status=201,
        answer=event_shapes.Event, summary="Record that a duty applies, or does not, whatever its rule says.",
        command="notice override",
    ),
)  # fmt: skip
