"""What is done with a report from outside: its states, its letters, an incident about it, erasure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from pydantic import Field

from leakguard.accounts.rights import Right
from leakguard.clocks.times import zone_of
from leakguard.intake.letters import ReportAnswer as Letter
from leakguard.intake.states import Act, Verdict
from leakguard.intake.view import Report
from leakguard.outputs.incident import incident_json
from leakguard.outputs.intake import answer_json, report_json
from leakguard.use_cases.intake.answer import record_answer, refuse_second, send_answer, written
from leakguard.use_cases.intake.closing_proof import verify_report, with_proof
from leakguard.use_cases.intake.erase_reports import erase_report, erase_sender
from leakguard.use_cases.intake.reports import act_on, load_report, triage
from leakguard.use_cases.intake.to_incident import HandoverDetails, awareness_in, to_incident
from leakguard.use_cases.scans.exposures import open_since
from leakguard.use_cases.scans.verify_findings import findings_to_verify
from leakguard.web.call import Answer, Call
from leakguard.web.models import Body, Name, NeededReason, Query, Reason, Stated, Text
from leakguard.web.operation import BodyKind, Method, Operation
from leakguard.web.report_views import kept_text, server_scope, shown
from leakguard.web.shapes import reports as shapes

LetterKind = Literal["acknowledgement", "thanks"]
LetterLang = Literal["en", "zh"]


class TriageReport(Body):
    """What it is."""

    verdict: Literal["valid", "duplicate", "out_of_scope", "not_reproducible", "spam"]
    findings: tuple[Name, ...] = Field(default=(), max_length=100, description="What a scan found of it.")
    duplicate_of: Name | None = Field(default=None, description="The report that it repeats.")
    reason: Reason = ""


class NoteReport(Body):
    """What else should be known."""

    reason: Reason = ""


class WhichLetter(Query):
    """Which letter, in which language."""

    letter: LetterKind
    lang: LetterLang | None = Field(default=None, description="Default: that of the report.")


class AnswerReport(Body):
    """Which letter goes out, or went out."""

    letter: LetterKind
    how: Literal["mail", "by_hand"] = Field(description="`mail` sends it now; `by_hand` records that you sent it.")
    lang: LetterLang | None = Field(default=None, description="Default: that of the report.")
    channel: Name | None = Field(default=None, description="A channel of kind smtp (default: the only one).")


class HandOverReport(Body):
    """What the incident is about, and since when you are aware."""

    aware_at: Stated = Field(description="A time, a whole day, `arrival` or `undecided`. Laws count from it.")
    reason: Reason = Field(default="", description="Why that time.")
    findings: tuple[Name, ...] = Field(default=(), max_length=100)
    title: Text = ""
    zone: Name | None = Field(default=None, description="The zone of its local times (default: that of the settings).")


class EraseReport(Body):
    """What is erased for good, and why."""

    what: Literal["sender", "all"]
    reason: NeededReason = Field(description="It stays readable, so name no person.")


def _done(call: Call, report: Report) -> Answer:
    return Answer(document=report_json(shown(call, report)))


def say_what_it_is(call: Call) -> Answer:
    """As `report triage` does."""
    body: TriageReport = call.body
    store = call.wiring.store
    found = findings_to_verify(store, body.findings) if body.findings else ()
    done = triage(
        store, call.path["report"], Verdict(body.verdict), now=call.wiring.now,
        findings=tuple(finding.id for finding in found), duplicate_of=body.duplicate_of or "", note=body.reason,
    )  # fmt: skip
    return _done(call, done)


def _act(act: Act) -> Callable[[Call], Answer]:
    def handler(call: Call) -> Answer:
        fields = {"note": call.body.reason}
        return _done(call, act_on(call.wiring.store, call.path["report"], act, now=call.wiring.now, fields=fields))

    return handler


def verify(call: Call) -> Answer:
    """As `report verify` does: by the probes of its findings, or with a reason where there are none."""
    wiring = call.wiring
    return _done(call, verify_report(wiring.store, call.path["report"], reason=call.body.reason, now=wiring.now))


def draft(call: Call) -> Answer:
    """The letter, as `report acknowledge` and `report thank` print it."""
    asked: WhichLetter = call.query
    report = load_report(call.wiring.store, call.path["report"])
    return Answer(document=answer_json(report, _letter(call, report, asked.letter, asked.lang), ""))


def _letter(call: Call, report: Report, kind: str, lang: str | None) -> Letter:
    read = server_scope(call)
    texts = call.wiring.report_texts(read.scope if read is not None else None)
    return written(report, kind, texts, lang or "", text=kept_text(call, report.text_sha256))


def answer(call: Call) -> Answer:
    """Send a letter and record that, or record that it was sent by hand, as `--send` and `--answered` do."""
    body: AnswerReport = call.body
    wiring, store, name = call.wiring, call.wiring.store, call.path["report"]
    is_thanks, message = body.letter == "thanks", ""
    report = with_proof(store, name, now=wiring.now) if is_thanks else load_report(store, name)
    refuse_second(report, body.letter)
    lang: str = body.lang or ""
    if body.how == "mail":
        letter = _letter(call, report, body.letter, body.lang)
        mailer, sender = wiring.letter_mailer(body.channel or wiring.settings.reports.channel or None)
        message, lang = send_answer(report, letter, mailer, sender), letter.lang
    done = record_answer(store, name, body.letter, lang=lang, how=body.how, by=wiring.by, now=wiring.now)
    document = {
        "report": done.id, "state": done.state.value, "letter": body.letter, "how": body.how,
        "message_id": message or None,
    }  # fmt: skip
    return Answer(document=document)


def hand_over(call: Call) -> Answer:
    """Open an incident about it, as `report incident` does."""
    body: HandOverReport = call.body
    wiring, store = call.wiring, call.wiring.store
    zone = zone_of(body.zone or wiring.settings.zone).key
    report = load_report(store, call.path["report"])
    found = findings_to_verify(store, names) if (names := body.findings or report.findings) else ()
    handing = HandoverDetails(
        by=wiring.by, title=body.title, zone=zone, reason=body.reason,
        aware_at=awareness_in(body.aware_at, report, zone=zone, now=wiring.now()), open_since=open_since(store, found),
    )  # fmt: skip
    done, incident = to_incident(store, report.id, found, handing, now=wiring.now)
    document = {"report": done.id, "state": done.state.value, "incident": incident_json(incident)}
    return Answer(document=document, headers={"location": f"/api/v1/incidents/{incident.id}"})


def erase(call: Call) -> Answer:
    """Erase who sent it, or all that it says, as `report erase` does."""
    body: EraseReport = call.body
    wiring, name = call.wiring, call.path["report"]
    store, copies, by = wiring.store, wiring.kept_files(), wiring.by
    if body.what == "sender":
        done = erase_sender(store, copies, name, by=by, reason=body.reason, now=wiring.now)
    else:
        retention = wiring.promises().retention
        done = erase_report(store, copies, name, retention, by=by, reason=body.reason, now=wiring.now)
    document = {"report": name, "erased": list(done.sequences), "is_scrubbed": done.is_scrubbed}
    return Answer(document=document)


_AT, _RECORD = "/reports/{report}", Right.RECORD_EVENTS


def _moves(name: str, act: Act, summary: str) -> Operation:
    """An operation that only moves a report on."""
    return Operation(
        name=f"{name}_report", method=Method.POST, path=f"{_AT}/{name}", right=_RECORD, handler=_act(act),
        request=NoteReport, takes=BodyKind.JSON, answer=shapes.OutsideReport, command=f"report {name}", summary=summary,
    )  # fmt: skip


OPERATIONS = (
    Operation(
        name="triage_report", method=Method.POST, path=f"{_AT}/triage", right=_RECORD, handler=say_what_it_is,
        request=TriageReport, takes=BodyKind.JSON, answer=shapes.OutsideReport, command="report triage",
        summary="Say what a report is: valid, a duplicate, out of scope, not reproducible, spam.",
    ),
    _moves("fix", Act.FIX, "Record that what a report tells was fixed."),
    Operation(
        name="verify_report", method=Method.POST, path=f"{_AT}/verify", right=_RECORD, handler=verify,
        request=NoteReport, takes=BodyKind.JSON, answer=shapes.OutsideReport, command="report verify",
        summary="Record that probes found it closed, or with a reason where a report names no finding.",
    ),
    _moves("disclose", Act.DISCLOSE, "Record that a report was published, as agreed with the finder."),
    _moves("close", Act.CLOSE, "Close a report: nothing more is owed, and the time until it is erased begins."),
    _moves("reopen", Act.REOPEN, "Open a closed report again."),
    Operation(
        name="draft_report_letter", method=Method.GET, path=f"{_AT}/letter", right=_RECORD, handler=draft,
        query=WhichLetter, answer=shapes.ReportLetter,
        summary="Draft the acknowledgement or the thanks; nothing is sent or recorded.",
        also="A report that a machine sent is not answered.",
    ),
    Operation(
        name="answer_report", method=Method.POST, path=f"{_AT}/letter", right=_RECORD, handler=answer,
        request=AnswerReport, takes=BodyKind.JSON, answer=shapes.ReportAnswered, command="report acknowledge",
        summary="Send the acknowledgement or the thanks by mail, or record that it was sent by hand.",
    ),
    Operation(
        name="hand_over_report", method=Method.POST, path=f"{_AT}/incident", right=Right.OPEN_INCIDENTS,
        handler=hand_over, request=HandOverReport, takes=BodyKind.JSON, status=201, answer=shapes.ReportHandedOver,
        command="report incident", summary="Open an incident about a report, and say since when you are aware.",
    ),
    Operation(
        name="erase_report", method=Method.POST, path=f"{_AT}/erase", right=Right.REDACT_EVIDENCE, handler=erase,
        request=EraseReport, takes=BodyKind.JSON, answer=shapes.ReportErased, command="report erase",
        summary="Erase who sent a report, or all that it says; the ledger still verifies, and says so.",
    ),
)  # fmt: skip
