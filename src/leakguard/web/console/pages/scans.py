"""Runs, scans that are started here, and the scope that permits them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from leakguard.accounts.rights import Right
from leakguard.errors import BadFile, NotFound
from leakguard.web.console.render import url_of
from leakguard.web.console.screen import Act, Done, PageContext, Screen

if TYPE_CHECKING:
    from leakguard.web.console.desk import Desk

_PAGE = 50


def scope_of(desk: Desk) -> Any:  # noqa: ANN401  (JSON holds anything)
    """The scope; `None` where there is none, and what is wrong with one that cannot be read."""
    try:
        return {**desk.ask("show_scope"), "unreadable": None}
    except NotFound:
        return None
    except BadFile as error:
        return {"unreadable": error, "refused": None}


def runs(desk: Desk) -> PageContext:
    """A page of the runs, the newest first."""
    page = desk.ask("list_runs", query={"newest": True, "limit": _PAGE, "after": desk.query.get("after", "0")})
    return {"page": page}


def run(desk: Desk) -> PageContext:
    """One run, and those that it may be compared with."""
    after = desk.query.get("after", "0")
    summary = desk.ask("summarise_run", query={"after": after, "limit": _PAGE})
    others = desk.ask("list_runs", query={"newest": True, "limit": 100})["runs"]
    earlier = [
        other for other in others if other["run"] != summary["run"] and other["started_at"] < summary["started_at"]
    ]
    return {"summary": summary, "earlier": earlier, "job": _job_of_run(desk, summary["run"])}


def _job_of_run(desk: Desk, name: str) -> Any:  # noqa: ANN401  (as above)
    found = [scan for scan in desk.ask("list_scans")["scans"] if scan["run"] == name]
    return found[-1] if found else None


def changes(desk: Desk) -> PageContext:
    """What changed since an earlier run: the one that is named, else the one before."""
    since, run = desk.query.get("since", ""), desk.path["run"]
    if not since:
        listed = [newest["run"] for newest in desk.ask("list_runs", query={"newest": True, "limit": 1000})["runs"]]
        since = next(iter(listed[listed.index(run) + 1 :]), "") if run in listed else ""
    found = desk.ask("compare_runs", query={"since": since}) if since else None
    both = (found["before"], found["after"]) if found else ()
    begun = {name: desk.ask("summarise_run", path={"run": name}, query={})["started_at"] for name in both}
    return {"found": found, "run": run, "begun": begun}


def jobs(desk: Desk) -> PageContext:
    """The scans of this server, the newest first."""
    return {"jobs": list(reversed(desk.ask("list_scans")["scans"]))}


def new(desk: Desk) -> PageContext:
    """The form of a new scan."""
    return {"scope": scope_of(desk), "estimate": None}


def _wanted(desk: Desk) -> dict[str, Any]:
    """What a form asks for: entries of the scope that were ticked, and targets that were typed."""
    typed = desk.one("targets").replace(",", " ").split()
    body: dict[str, Any] = {"targets": [*desk.all("entry"), *typed], "fields": bool(desk.one("fields"))}
    checks = desk.one("checks").replace(",", " ").split()
    ports = desk.one("ports").replace(" ", "")
    return body | ({"checks": checks} if checks else {}) | ({"ports": ports} if ports else {})


def estimate(desk: Desk) -> PageContext:
    """What the scan would do, above the form that starts it."""
    wanted = _wanted(desk)
    return {**new(desk), "estimate": desk.ask("estimate_scan", body=wanted)}


def start(desk: Desk) -> Done:
    """Start it, and watch it."""
    job = desk.ask("start_scan", body=_wanted(desk))
    return Done(path=url_of("/scans", scan=job["id"]))


def resume(desk: Desk) -> Done:
    """Go on with a run that was stopped."""
    job = desk.ask("resume_run")
    return Done(path=url_of("/scans", scan=job["id"]))


def cancel(desk: Desk) -> Done:
    """Ask a scan to end in good order."""
    desk.ask("cancel_scan")
    return Done(path="/scans")


def scope(desk: Desk) -> PageContext:
    """Who permits what, until when, and what that leaves out."""
    return {"scope": scope_of(desk)}


_READ, _START, _SECTION = Right.READ_FINDINGS, Right.START_SCANS, "exposures"
SCREENS = (
    Screen(
        name="runs", path="/runs", title="Runs", template="scans/runs.html", show=runs, right=_READ, section=_SECTION
    ),
    Screen(
        name="run", path="/runs/{run}", title="Run", template="scans/run.html", show=run, right=_READ,
        section=_SECTION,
    ),
    Screen(
        name="run_changes", path="/runs/{run}/changes", title="What changed", template="scans/changes.html",
        show=changes, right=_READ, section=_SECTION, is_live=False,
    ),
    Screen(
        name="scans", path="/scans", title="Scans", template="scans/jobs.html", show=jobs, right=_READ,
        section=_SECTION,
    ),
    Screen(
        name="scan_new", path="/scans/new", title="Start a scan", template="scans/new.html", show=new, right=_START,
        section=_SECTION, is_live=False,
    ),
    Screen(
        name="scope", path="/scope", title="Scope", template="scans/scope.html", show=scope, right=_READ,
        section=_SECTION, is_live=False,
    ),
)  # fmt: skip
ACTS = (
    Act(
        name="estimate_scan", path="/scans/estimate", screen="scan_new", perform=estimate, right=_START,
        template="scans/new.html", keeps_nothing=True, done="",
    ),
    Act(
        name="start_scan", path="/scans/new", screen="scan_new", perform=start, right=_START, starts_process=True,
        done="The scan has begun.",
    ),
    Act(
        name="resume_run", path="/runs/{run}/resume", screen="run", perform=resume, right=_START, starts_process=True,
        done="The run goes on.",
    ),
    Act(
        name="cancel_scan", path="/scans/{scan}/cancel", screen="scans", perform=cancel, right=_START,
        done="The scan is asked to end. What it found is kept, and its run can go on later.",
    ),
)  # fmt: skip
