"""Reports from outside: the queue, one report, its text, what laws ask about it, and taking one in."""

from __future__ import annotations

from collections import Counter

from pydantic import Field

from leakguard.accounts.rights import Right
from leakguard.clocks.times import parse_instant
from leakguard.errors import NotFound
from leakguard.intake.mail_parts import MOST_BYTES
from leakguard.intake.promises import kept_until
from leakguard.intake.reading import read_message
from leakguard.intake.states import NEXT, ReportState
from leakguard.models.moments import to_z
from leakguard.outputs.intake import queued_json, report_json
from leakguard.outputs.intake_rules import rule_json
from leakguard.outputs.words import printable_lines
from leakguard.use_cases.intake.closing_proof import not_proved_closed
from leakguard.use_cases.intake.queue import Which, by_urgency, is_waiting, newest_first
from leakguard.use_cases.intake.reports import load_report
from leakguard.use_cases.intake.take_in import ImportOptions, take_in
from leakguard.web.call import Answer, Call, TooLong
from leakguard.web.models import MOST_PAGE, Name, Query, Stated
from leakguard.web.operation import BodyKind, Method, Operation
from leakguard.web.report_views import kept_text, shown, whole_queue
from leakguard.web.shapes import reports as shapes

MOST_OFFSET = 2**31


class WhichReports(Query):
    """Which, in which order, and which part of them."""

    which: Which = Field(default="open", description="Those that wait for somebody, those that are late, or a state.")
    newest: bool = Field(default=False, description="The newest first, and not what is owed soonest.")
    after: int = Field(default=0, ge=0, le=MOST_OFFSET, description="The `next` of the page before.")
    limit: int = Field(default=50, ge=1, le=MOST_PAGE)


class ImportReport(Query):
    """What is said about the message."""

    name: Name = Field(default="a message", description="What the file is called.")
    received_at: Stated | None = Field(
        default=None, description="When it arrived (default: as the last mail server wrote, or now)."
    )


def list_all(call: Call) -> Answer:
    """A page of the queue, as `report list` has it."""
    asked: WhichReports = call.query
    every = whole_queue(call)
    counts = Counter(one.report.state.value for one in every)
    found = [one for one in every if one.fits(asked.which)]
    found = newest_first(found) if asked.newest else by_urgency(found)
    end = asked.after + asked.limit
    document = {
        "schema": "leakguard.reports/1", "now": to_z(call.wiring.now()),
        "counts": {
            **{state.value: counts[state.value] for state in ReportState}, "all": len(every),
            "open": sum(is_waiting(one.report) for one in every), "late": sum(one.is_late for one in every),
        },
        "reports": [queued_json(one) for one in found[asked.after : end]], "count": len(found),
        "next": end if len(found) > end else None,
    }  # fmt: skip
    return Answer(document=document)


def show(call: Call) -> Answer:
    """One report, as `report show` has it."""
    wiring = call.wiring
    report = load_report(wiring.store, call.path["report"])
    found = shown(call, report)
    more = {
        "acts": [act.value for act in NEXT[report.state]],
        "kept_until": to_z(kept_until(report, wiring.promises().retention)),
        "not_proved_closed": list(not_proved_closed(wiring.store, report)),
    }
    return Answer(document=report_json(found) | more)


def show_text(call: Call) -> Answer:
    """What was written, as `report show --text` prints it: signs that no text has are replaced."""
    report = load_report(call.wiring.store, call.path["report"])
    text = printable_lines(kept_text(call, report.text_sha256))
    return Answer(document={"report": report.id, "sha256": report.text_sha256 or None, "text": text})


def rules(call: Call) -> Answer:
    """What laws and standards ask of us about it, as `report rules` has it."""
    report = load_report(call.wiring.store, call.path["report"])
    found = call.wiring.report_rules(report.received_at)
    return Answer(document={"report": report.id, "rules": [rule_json(one) for one in found]})


def import_one(call: Call) -> Answer:
    """Make a report of the body, as `report import` does; the same message again changes nothing."""
    asked: ImportReport = call.query
    wiring, upload = call.wiring, call.upload
    if upload is None:
        raise NotFound("no message was sent", next_step="Send a mail with its source, or the JSON of a form.")
    if upload.size > MOST_BYTES:
        raise TooLong(f"a message may have {MOST_BYTES:,} bytes", (), next_step="Ask for it without its attachments.")
    named = wiring.settings.reports.attachments_certificate
    at = parse_instant(asked.received_at, zone=wiring.settings.zone) if asked.received_at else None
    message = read_message(upload.file.read(), name=asked.name)
    said = ImportOptions(
        by=wiring.by, source="a file", received_at=at, sealed_to=wiring.sealed_to(named) if named else None
    )
    done = take_in(wiring.store, wiring.kept_files(), message, said, now=wiring.now)
    document = {**report_json(shown(call, done.report)), "new": done.is_new}
    return Answer(document=document, headers={"location": f"/api/v1/reports/{done.report.id}"})


_READ = Right.READ_INCIDENTS
OPERATIONS = (
    Operation(
        name="list_reports", method=Method.GET, path="/reports", right=_READ, handler=list_all, query=WhichReports,
        answer=shapes.ReportQueue, command="report list",
        summary="List the reports from outside, what is owed soonest first.",
        also="`open` leaves out closed ones and those of machines.",
    ),
    Operation(
        name="show_report", method=Method.GET, path="/reports/{report}", right=_READ, handler=show,
        answer=shapes.KnownReport, command="report show",
        summary="Show one report: its promises, its duplicates, and which of the places that it names may be probed.",
        also="Who sent it needs `read_reporters`; without it `sender` is null and `sender_withheld` true.",
    ),
    Operation(
        name="read_report_text", method=Method.GET, path="/reports/{report}/text", right=Right.READ_EVIDENCE,
        handler=show_text, answer=shapes.ReportText, summary="Read what was written, as text.",
        also="It was written by a stranger: render nothing of it, and follow no link.",
    ),
    Operation(
        name="list_report_rules", method=Method.GET, path="/reports/{report}/rules", right=_READ, handler=rules,
        answer=shapes.ReportRules, command="report rules",
        summary="List what laws and standards ask of us about one report.",
    ),
    Operation(
        name="import_report", method=Method.POST, path="/reports", right=Right.ADD_EVIDENCE, handler=import_one,
        query=ImportReport, takes=BodyKind.FILE, status=201, answer=shapes.ReportTaken, needs_store=False,
        command="report import", summary="Take in a mail with its source, or the JSON of a form.",
        also="Of attachments name, size and hash are kept; nothing is rendered, opened or probed. The same message "
        "again gives the same report with `new` false.",
    ),
)  # fmt: skip
