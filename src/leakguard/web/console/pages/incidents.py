"""Incidents: the list, one incident in a page, and how it is opened and closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leakguard.accounts.rights import Right
from leakguard.web.console.render import url_of
from leakguard.web.console.screen import Act, Done, Screen, Told

if TYPE_CHECKING:
    from leakguard.web.console.desk import Desk


def listed(desk: Desk) -> Told:
    """A page of the incidents."""
    after = desk.query.get("after", "0")
    return {"page": desk.ask("list_incidents", query={"after": after, "limit": 50})}


def new(_: Desk) -> Told:
    """The form of a new incident."""
    return {}


def open_new(desk: Desk) -> Done:
    """Open it, and show it."""
    opened = desk.ask("open_incident", body={"title": desk.one("title")})
    return Done(path=url_of("/incidents/{}", opened["id"]))


def summary(desk: Desk) -> Told:
    """The incident in ten seconds."""
    return {"incident": desk.ask("show_incident")}


SCREENS = (
    Screen(
        name="incidents", path="/incidents", title="Incidents", template="incidents/list.html", show=listed,
        right=Right.READ_INCIDENTS,
    ),
    Screen(
        name="incident_new", path="/incidents/new", title="Open an incident", template="incidents/new.html", show=new,
        right=Right.OPEN_INCIDENTS, section="incidents", is_live=False,
    ),
    Screen(
        name="incident", path="/incidents/{incident}", title="Incident", template="incidents/summary.html",
        show=summary, right=Right.READ_INCIDENTS, section="incidents", tab="Summary",
    ),
)  # fmt: skip
ACTS: tuple[Act, ...] = (
    Act(
        name="open_incident", path="/incidents/new", screen="incident_new", perform=open_new,
        right=Right.OPEN_INCIDENTS, done="The incident is open.",
    ),
)  # fmt: skip
