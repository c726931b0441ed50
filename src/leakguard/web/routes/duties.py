"""The book of duties: searched, and one duty by itself or as it stands to an incident; the EDPB's form."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from leakguard.accounts.rights import Right
from leakguard.errors import NotFound
from leakguard.notices.edpb.payload import to_json_text
from leakguard.notices.judging import Answer as Judged
from leakguard.outputs.duty_page import answered_rows, book_rows, duty_of_incident, told_duty
from leakguard.outputs.edpb import explained_json
from leakguard.use_cases.letters.assess_notices import AssessedDuties, assess_notices
from leakguard.use_cases.letters.export_edpb import (
    edpb_notice,
    explain_edpb,
    export_edpb,
    load_edpb,
)
from leakguard.use_cases.letters.search_duties import DutySearch, search_duties
from leakguard.web.around import given
from leakguard.web.call import Answer, Call
from leakguard.web.models import Page, Query, Text
from leakguard.web.operation import Method, Operation
from leakguard.web.shapes import duties as shapes


class FindDuties(Page):
    """What is looked for."""

    q: Text = Field(default="", description="Words of the law, the place or the recipient, in English or Chinese.")
    place: Text = Field(default="", description="An ISO code, such as DE or US-CA, or a region such as EU.")
    role: Text = Field(default="", description="A role that the duty addresses, such as `controller`.")
    sector: Text = Field(default="", description="A sector, such as `health`: duties of the roles that it may bring.")
    to: Text = Field(default="", description="The kind of recipient, such as `regulator`.")


class WithAnswer(Page):
    """Which of the duties."""

    applies: Literal["yes", "needs_fact", "no_rule_known", "no"] = "yes"


class EdpbAs(Query):
    """Which notice in the EDPB's template."""

    status: Literal["complete", "incomplete"] = "incomplete"
    type: Literal["new", "follow-up"] = "new"


def listed(call: Call) -> Answer:
    """The duties that fit."""
    asked: FindDuties = call.query
    book = call.wiring.duties()
    found = search_duties(
        book, DutySearch(words=asked.q, place=asked.place, role=asked.role, sector=asked.sector, to=asked.to)
    )
    part = found[asked.after : asked.after + asked.limit]
    more = asked.after + asked.limit
    document = {
        "duties": list(book_rows(part, book.vocabulary)), "all": len(found),
        "next": more if more < len(found) else None,
    }  # fmt: skip
    return Answer(document=document)


def shown(call: Call) -> Answer:
    """One duty of the book."""
    book = call.wiring.duties()
    return Answer(document=told_duty(book.duty(call.path["duty"]), book.vocabulary))


def of_incident(call: Call) -> Answer:
    """The duties of an incident with one answer, with their reasons."""
    asked: WithAnswer = call.query
    found = _assessed(call)
    rows = answered_rows(found, Judged(asked.applies))
    more = asked.after + asked.limit
    document = {
        "law_of": found.law_of, "duties": rows[asked.after : more], "all": len(rows),
        "next": more if more < len(rows) else None,
    }  # fmt: skip
    return Answer(document=document)


def one_of_incident(call: Call) -> Answer:
    """One duty as it stands to the incident."""
    found, name = _assessed(call), call.path["duty"]
    one = next((assessment for assessment in found.assessments if assessment.duty.id == name), None)
    if one is None:
        found.work.book.duty(name)  # tells which name is near, or what it was split into
        raise NotFound(f"there is no duty `{name[:60]}`", next_step="Choose one of the list of duties.")
    return Answer(document=duty_of_incident(one, found))


def _assessed(call: Call) -> AssessedDuties:
    return assess_notices(given(call), folders=call.wiring.bundled)


def form(call: Call) -> Answer:
    """Each field of the EDPB's template with our answer."""
    asked: EdpbAs = call.query
    work, template = given(call), load_edpb(call.wiring.bundled)
    notice = edpb_notice(work.facts, template, work.book.vocabulary, now=work.now, kind=asked.type, status=asked.status)
    found = explain_edpb(template, "", notice, kind=asked.type, status=asked.status)
    return Answer(document=explained_json(found))


def form_file(call: Call) -> Answer:
    """The notice in the EDPB's template; refused while a field is missing."""
    asked: EdpbAs = call.query
    work, template = given(call), load_edpb(call.wiring.bundled)
    answers = export_edpb(
        work.facts, template, work.book.vocabulary, name="facts", now=work.now, kind=asked.type, status=asked.status
    )
    return Answer(
        chunks=(to_json_text(answers).encode(),),
        media="application/json",
        file_name=f"{call.incident}-edpb-{asked.status}.json",
    )


_READ = Right.READ_INCIDENTS
OPERATIONS = (
    Operation(
        name="list_duties", method=Method.GET, path="/duties", right=_READ, handler=listed, query=FindDuties,
        answer=shapes.DutyList, needs_store=False,
        summary="Search the book of duties by words, place, role, sector and recipient.",
    ),
    Operation(
        name="show_duty", method=Method.GET, path="/duties/{duty}", right=_READ, handler=shown, answer=shapes.Duty,
        needs_store=False, summary="Show one duty: its rule, limits, contents and sources.",
    ),
    Operation(
        name="list_incident_duties", method=Method.GET, path="/incidents/{incident}/duties", right=_READ,
        handler=of_incident, query=WithAnswer, answer=shapes.IncidentDuties,
        summary="List the duties of an incident that have one answer, each with its reason.",
    ),
    Operation(
        name="why_duty", method=Method.GET, path="/incidents/{incident}/duties/{duty}", right=_READ,
        handler=one_of_incident, answer=shapes.IncidentDuty,
        summary="Say why a duty applies to the incident or does not: each condition with its fact.",
    ),
    Operation(
        name="show_edpb_form", method=Method.GET, path="/incidents/{incident}/edpb", right=_READ, handler=form,
        query=EdpbAs, answer=shapes.EdpbForm,
        summary="Show the EDPB's template for the incident: each field, its answer, and what would answer it.",
    ),
    Operation(
        name="export_edpb", method=Method.GET, path="/incidents/{incident}/edpb/export", right=Right.DRAFT_LETTERS,
        handler=form_file, answer=shapes.EdpbNotice, query=EdpbAs, media=("application/json",), command="notice export",
        summary="Export the notice in the EDPB's template; refused while a field is missing.",
    ),
)  # fmt: skip
