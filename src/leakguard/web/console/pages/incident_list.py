"""Incidents: the list of them, and how one is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from leakguard.accounts.rights import Right
from leakguard.errors import UsageProblem
from leakguard.web.console.pages.moments import stated_at
from leakguard.web.console.render import url_of
from leakguard.web.console.screen import Act, Done, PageContext, Screen

if TYPE_CHECKING:
    from leakguard.web.console.desk import Desk

ON_A_PAGE = 50
MOST_OFFERED = 200
"""Exposures that can be ticked; more are found by words."""
SEVERITIES = ("critical", "high", "medium", "low", "none")
WAYS = ("findings", "notice", "title")
"""How an incident is opened."""


def listed(desk: Desk) -> PageContext:
    """A page of the incidents, the most urgent first."""
    view = desk.query.get("view", "open")
    asked: dict[str, Any] = {"limit": ON_A_PAGE, "after": desk.query.get("after") or 0, "text": _words(desk)}
    asked |= {"state": view} if view in {"open", "closed"} else {}
    asked |= {"mine": True, "state": "open"} if view == "mine" else {}
    severity = desk.query.get("severity", "")
    asked |= {"severity": severity} if severity in SEVERITIES else {}
    page = desk.ask("list_overviews", query=asked)
    context = {
        "page": page,
        "view": view,
        "severities": [(grade, desk.say(grade)) for grade in SEVERITIES],
        "words": _words(desk),
    }
    is_empty = not page["incidents"] and not desk.ask("list_overviews", query={"limit": 1})["count"]
    return {**context, "severity": severity, "is_empty": is_empty}


def _words(desk: Desk) -> str:
    return desk.query.get("q", "").strip()[:200]


def new(desk: Desk) -> PageContext:
    """The form of a new incident, by one of the ways; findings that the address names are ticked."""
    named = [identifier for identifier in desk.query.get("finding", "").split(",") if identifier]
    chosen = desk.all("finding") or named
    way = desk.one("way") or desk.query.get("from", "") or ("findings" if chosen else "")
    found = _exposures(desk)
    usual = "findings" if found and found["exposures"] else "title"
    ways = [known_way for known_way in WAYS if known_way != "findings" or found is not None]
    return {
        "ways": ways, "way": way if way in ways else usual, "found": found, "chosen": chosen, "words": _words(desk),
    }  # fmt: skip


def _exposures(desk: Desk) -> Any:  # noqa: ANN401  (a document of the API)
    """What is open now and belongs to no incident yet; nothing for who may not read findings."""
    if not desk.can("list_exposures"):
        return None
    return desk.ask("list_exposures", path={}, query={"limit": MOST_OFFERED, "words": _words(desk)})


def open_new(desk: Desk) -> Done:
    """Open it, and show it."""
    body: dict[str, Any] = {"title": desk.one("title")}
    if desk.one("way") == "findings":
        body |= {"findings": desk.all("finding"), "again": bool(desk.one("again"))}
    elif desk.one("way") == "notice":
        body |= {"events": [_notice(desk)]}
    if not body["title"] and not body.get("findings"):
        step = "Choose what was found open." if desk.one("way") == "findings" else "Say in a few words what happened."
        raise UsageProblem("an incident needs something to be about", next_step=step)
    opened = desk.ask("open_incident", path={}, body=body)
    return Done(path=url_of("/incidents/{}", opened["id"]))


def _notice(desk: Desk) -> dict[str, Any]:
    """The event that an outsider told us."""
    at = stated_at(desk, "at") or desk.now.isoformat(timespec="seconds")
    fields = {name: text for name in ("sender", "channel") if (text := desk.one(name))}
    return {
        "kind": "notice_received", "occurred_at": at, "source": desk.one("source"), "reason": desk.one("reason"),
        "fields": fields,
    }  # fmt: skip


SCREENS = (
    Screen(
        name="incidents", path="/incidents", title="Incidents", template="incidents/list.html", show=listed,
        right=Right.READ_INCIDENTS,
    ),
    Screen(
        name="incident_new", path="/incidents/new", title="Open an incident", template="incidents/new.html", show=new,
        right=Right.OPEN_INCIDENTS, section="incidents", is_live=False,
    ),
)  # fmt: skip
ACTS: tuple[Act, ...] = (
    Act(
        name="open_incident", path="/incidents/new", screen="incident_new", perform=open_new,
        right=Right.OPEN_INCIDENTS, done="The incident is open.",
    ),
)  # fmt: skip
