"""What is open to the internet, one finding with its proof, and what the owner accepts for a while."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leakguard.accounts.rights import Right
from leakguard.errors import NotFound
from leakguard.use_cases.incidents.incident_findings import FIRST_SEEN
from leakguard.web.console.pages.scans import scope_of
from leakguard.web.console.render import url_of
from leakguard.web.console.screen import Act, Done, PageContext, Screen

if TYPE_CHECKING:
    from leakguard.web.console.desk import Desk

_PAGE = 50
_NAMED = 20
"""Incidents beside a finding, unless all of them are asked for."""
_MOST_INCIDENTS = 50
"""Open incidents that a finding may be added to."""
_ASKED = ("severity", "incident", "words", "after")


def listed(desk: Desk) -> PageContext:
    """A page of what is open, or of what is muted."""
    asked = {name: desk.query.get(name, "") for name in _ASKED}
    is_muted = desk.query.get("muted") == "true"
    page = desk.ask(
        "list_exposures",
        query={**{name: value for name, value in asked.items() if value}, "muted": is_muted, "limit": _PAGE},
    )
    runs = desk.ask("list_runs", query={"newest": True, "limit": 1})["runs"]
    return {
        "page": page, "asked": asked, "is_muted": is_muted, "last_run": runs[0] if runs else None,
        "scope": scope_of(desk),
    }  # fmt: skip


def finding(desk: Desk) -> PageContext:
    """One finding: what was asked and seen, since when, and what to do about it."""
    known = desk.ask("show_finding")
    scan = desk.query.get("scan", "")
    most = None if desk.query.get("incidents") == "all" else _NAMED
    return {
        "known": known, "past": desk.ask("tell_finding_history"), "job": job_of(desk, scan) if scan else None,
        "shown": known["incidents"][:most], "open_incidents": _open_incidents(desk, known),
    }  # fmt: skip


def _open_incidents(desk: Desk, known: PageContext) -> list[tuple[str, str]]:
    """Those that a finding without an incident may belong to: their ids, and what they are called."""
    if known["incidents"] or known["closed"] or not desk.can("record_event"):
        return []
    found = desk.ask("list_overviews", path={}, query={"state": "open", "limit": _MOST_INCIDENTS})
    return [(incident["id"], f"{incident['title']} · {incident['id']}") for incident in found["incidents"]]


def job_of(desk: Desk, name: str) -> PageContext | None:
    """A scan of this server; `None` where it knows of none, as after a restart."""
    try:
        found: PageContext = desk.ask("show_scan", path={"scan": name})
    except NotFound:
        return None
    return found


def verify(desk: Desk) -> Done:
    """Probe the place again; the page of the finding shows how it goes."""
    found = desk.path["finding"]
    job = desk.ask("start_verification", body={"findings": [found]})
    return Done(path=url_of("/findings/{}", found, scan=job["id"]))


def add_to_incident(desk: Desk) -> Done:
    """Record in an incident that a scan of ours saw the exposure: the finding is one of the incident's from then on."""
    known, past = desk.ask("show_finding"), desk.ask("tell_finding_history")
    finding = known["finding"]
    body = {
        "kind": FIRST_SEEN, "at": past["open_since"] or finding["observed_at"], "source": f"scan run {finding['run']}",
        "reason": desk.say("added to the incident on the page of the finding"),
        "fields": {
            "finding": finding["id"], "run": finding["run"], "vantage": finding["vantage"],
            "check": finding["check_id"],
        },
    }  # fmt: skip
    incident = desk.one("incident")
    desk.ask("record_event", path={"incident": incident}, body=body)
    return Done(path=url_of("/incidents/{}/findings", incident))


def mute(desk: Desk) -> Done:
    """Accept it until a day."""
    body = {name: desk.one(name) for name in ("reason", "owner", "until")}
    desk.ask("mute_finding", body=body)
    return Done(path=url_of("/findings/{}", desk.path["finding"]))


def unmute(desk: Desk) -> Done:
    """Accept it no longer."""
    desk.ask("unmute_finding", body={"reason": desk.one("why")})
    return Done(path=url_of("/findings/{}", desk.path["finding"]))


_READ = Right.READ_FINDINGS
SCREENS = (
    Screen(
        name="exposures", path="/exposures", title="Exposures", template="exposures/list.html", show=listed,
        right=_READ,
    ),
    Screen(
        name="finding", path="/findings/{finding}", title="Finding", template="exposures/finding.html", show=finding,
        right=_READ, section="exposures",
    ),
)  # fmt: skip
ACTS = (
    Act(
        name="verify_finding", path="/findings/{finding}/verify", screen="finding", perform=verify,
        right=Right.START_SCANS, done="The place is probed again.", starts_process=True,
    ),
    Act(
        name="add_to_incident", path="/findings/{finding}/incident", screen="finding", perform=add_to_incident,
        right=Right.RECORD_EVENTS, done="The finding belongs to this incident now.",
    ),
    Act(
        name="mute_finding", path="/findings/{finding}/mute", screen="finding", perform=mute,
        right=Right.CHANGE_SCOPE, done="The finding is muted. It stays on record, and comes back after its day.",
    ),
    Act(
        name="unmute_finding", path="/findings/{finding}/unmute", screen="finding", perform=unmute,
        right=Right.CHANGE_SCOPE, done="The mute has ended. The finding stands among what is open.",
    ),
)  # fmt: skip
