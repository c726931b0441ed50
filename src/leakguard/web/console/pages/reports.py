"""Reports from outside: the queue, and one report with its promises, its text and what is done about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal

from leakguard.accounts.rights import Right
from leakguard.errors import LeakGuardError, UsageProblem
from leakguard.web.console.pages.moments import stated_at
from leakguard.web.console.render import url_of
from leakguard.web.console.screen import N_, Act, Done, PageContext, Screen

if TYPE_CHECKING:
    from leakguard.web.console.desk import Desk

_PAGE = 50
STATES = ("received", "acknowledged", "triaged", "fixed", "verified", "disclosed", "closed")
VIEWS = ("open", "late", *STATES, "all")
VERDICTS = ("valid", "duplicate", "out_of_scope", "not_reproducible", "spam")
LETTERS = ("acknowledgement", "thanks")
NextAct = Literal["acknowledgement", "triage", "incident", "verify", "thanks", "close", ""]


def listed(desk: Desk) -> PageContext:
    """A page of the queue."""
    view = desk.query.get("which", "open")
    view = view if view in VIEWS else "open"
    is_newest = desk.query.get("order") == "newest"
    asked = {"which": view, "newest": is_newest, "after": desk.query.get("after") or 0, "limit": _PAGE}
    return {"page": desk.ask("list_reports", query=asked), "view": view, "views": VIEWS, "is_newest": is_newest}


def report(desk: Desk) -> PageContext:
    """One report. Its text, and a letter that is drafted, are shown to those with the right."""
    document = desk.ask("show_report")
    text = desk.ask("read_report_text")["text"] if desk.can("read_report_text") and not document["erased"] else None
    letter = desk.query.get("letter", "") or desk.one("letter")
    return {
        "one": document, "text": text, "next_act": next_act(document), "draft": _draft(desk, letter),
        "rules": desk.ask("list_report_rules")["rules"], "states": STATES, "verdicts": VERDICTS,
        "found": list(dict.fromkeys([*document["findings"], *_known(document)])),
        "is_ripe": document["kept_until"] <= f"{desk.now:%Y-%m-%dT%H:%M:%SZ}",
    }  # fmt: skip


def _known(report: Mapping[str, Any]) -> Iterator[str]:
    """What scans know as open of the places that it names."""
    for place in report["named"]:
        yield from place["findings"]


def next_act(report: Mapping[str, Any]) -> NextAct:
    """What is to be done next with most reports in this state."""
    is_person, acts = not report["machine"], report["acts"]
    is_valid, is_settled = report["verdict"] == "valid", report["verdict"] not in {None, "valid"}
    promised = {each["until"]: each["state"] for each in report["promises"]}
    if report["state"] == "closed" or report["erased"]:
        return ""
    if is_person and "acknowledge" in acts and promised.get("acknowledged") in {"running", "overdue"}:
        return "acknowledgement"
    if report["verdict"] is None:
        return "triage"
    if is_valid and not report["incident"] and report["state"] == "triaged":
        return "incident"
    if is_valid and "verify" in acts:
        return "verify"
    is_thanked = report["thanked_at"] is not None or not is_person or report["verdict"] == "spam"
    return "thanks" if not is_thanked and (is_settled or is_valid) else "close"


def _draft(desk: Desk, letter: str) -> PageContext | None:
    """The letter that is asked for, or why there is none."""
    if letter not in LETTERS or not desk.can("draft_report_letter"):
        return None
    lang = desk.query.get("lang", "") or desk.one("lang")
    try:
        asked = {"letter": letter, **({"lang": lang} if lang in {"en", "zh"} else {})}
        found: PageContext = desk.ask("draft_report_letter", query=asked)
    except LeakGuardError as error:
        return {"letter": letter, "error": error}
    return {**found, "error": None}


def take_in(desk: Desk) -> Done:
    """Take in a message that somebody saved."""
    uploads = desk.uploads.get("file", ())
    if len(uploads) != 1:
        raise UsageProblem("no file was chosen", next_step="Choose one mail with its source, or the JSON of a form.")
    upload = uploads[0]
    asked = {"name": upload.name or "a message", "received_at": stated_at(desk, "received_at") or None}
    taken = desk.ask("import_report", path={}, query=asked, upload=upload)
    return Done(path=url_of("/reports/{}", taken["id"]), say="" if taken["new"] else _KNOWN)


def _here(desk: Desk) -> str:
    return url_of("/reports/{}", desk.path["report"])


def triage(desk: Desk) -> Done:
    """Say what it is."""
    verdict = desk.one("verdict")
    body = {
        "verdict": verdict, "findings": desk.all("finding") if verdict == "valid" else [],
        "duplicate_of": desk.one("duplicate_of") or None if verdict == "duplicate" else None,
        "reason": desk.one("triage-reason"),
    }  # fmt: skip
    desk.ask("triage_report", body=body)
    return Done(path=_here(desk))


def moves(operation: str) -> Callable[[Desk], Done]:
    """What moves a report on with a note."""

    def perform(desk: Desk) -> Done:
        desk.ask(f"{operation}_report", body={"reason": desk.one(f"{operation}-reason")})
        return Done(path=_here(desk))

    return perform


def answer(desk: Desk) -> Done:
    """Send a letter, or record that it was sent by hand."""
    body = {name: desk.one(name) or None for name in ("letter", "how", "lang")}
    desk.ask("answer_report", body=body)
    return Done(path=_here(desk), say="" if body["how"] == "mail" else _BY_HAND)


def hand_over(desk: Desk) -> Done:
    """Open an incident, and show it."""
    aware = desk.one("aware")
    if aware == "time":
        aware = stated_at(desk, "aware_at") or ""
    if not aware:
        raise UsageProblem(
            "since when are we aware?", next_step="Choose when the report arrived, another time, or not decided yet."
        )
    body = {
        "aware_at": aware, "reason": desk.one("incident-reason"), "findings": desk.all("finding"),
        "title": desk.one("title"),
    }  # fmt: skip
    done = desk.ask("hand_over_report", body=body)
    return Done(path=url_of("/incidents/{}", done["incident"]["id"]))


def erase(what: Literal["sender", "all"]) -> Callable[[Desk], Done]:
    """What erases who sent it, or all of it."""

    def perform(desk: Desk) -> Done:
        if desk.one("sure") != "yes":
            raise UsageProblem("nothing was erased", next_step="Tick that it cannot be brought back.")
        desk.ask("erase_report", body={"what": what, "reason": desk.one(f"{what}-reason")})
        return Done(path=_here(desk))

    return perform


_KNOWN = N_("This message was here already. Nothing was recorded.")
_BY_HAND = N_("It is recorded that you answered by hand.")
_LIST, _ONE = "/reports", "/reports/{report}"
_RECORD = Right.RECORD_EVENTS
SCREENS = (
    Screen(
        name="reports", path=_LIST, title="Reports from outside", template="reports/list.html", show=listed,
        right=Right.READ_INCIDENTS,
    ),
    Screen(
        name="report", path=_ONE, title="Report from outside", template="reports/report.html", show=report,
        right=Right.READ_INCIDENTS, section="reports",
    ),
)  # fmt: skip
ACTS: tuple[Act, ...] = (
    Act(
        name="import_report", path=_LIST, screen="reports", perform=take_in, right=Right.ADD_EVIDENCE,
        takes_files=True, done="The report is taken in. Nothing of it was opened or probed.", also=(_KNOWN,),
    ),
    Act(
        name="triage_report", path=f"{_ONE}/triage", screen="report", perform=triage, right=_RECORD,
        done="It is recorded what this report is.",
    ),
    Act(
        name="fix_report", path=f"{_ONE}/fix", screen="report", perform=moves("fix"), right=_RECORD,
        done="It is recorded that this was fixed. A probe proves it.",
    ),
    Act(
        name="verify_report", path=f"{_ONE}/verify", screen="report", perform=moves("verify"), right=_RECORD,
        done="It is recorded that this is closed.",
    ),
    Act(
        name="disclose_report", path=f"{_ONE}/disclose", screen="report", perform=moves("disclose"), right=_RECORD,
        done="It is recorded that this was published.",
    ),
    Act(
        name="close_report", path=f"{_ONE}/close", screen="report", perform=moves("close"), right=_RECORD,
        done="The report is closed. The time until it is erased begins.",
    ),
    Act(
        name="reopen_report", path=f"{_ONE}/reopen", screen="report", perform=moves("reopen"), right=_RECORD,
        done="The report is open again.",
    ),
    Act(
        name="answer_report", path=f"{_ONE}/letter", screen="report", perform=answer, right=_RECORD,
        done="The letter was sent, and that is recorded.", also=(_BY_HAND,),
    ),
    Act(
        name="hand_over_report", path=f"{_ONE}/incident", screen="report", perform=hand_over,
        right=Right.OPEN_INCIDENTS, done="The incident about the report is open.",
    ),
    Act(
        name="erase_reporter", path=f"{_ONE}/erase-sender", screen="report", perform=erase("sender"),
        right=Right.REDACT_EVIDENCE, done="Who sent it is erased for good. The report stays.",
    ),
    Act(
        name="erase_report", path=f"{_ONE}/erase", screen="report", perform=erase("all"), right=Right.REDACT_EVIDENCE,
        done="It is erased for good. The ledger still verifies, and says so.",
    ),
)  # fmt: skip
