"""One incident in ten seconds, and who works on it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from leakguard.accounts.rights import Right
from leakguard.errors import LawsUnknown, NotFound
from leakguard.web.console.pages.fact_desk import place_names
from leakguard.web.console.screen import PageContext, Screen

if TYPE_CHECKING:
    from leakguard.web.console.desk import Desk

OPEN_STEPS = ("ready", "failed", "running", "unsure")
MOST_STEPS, MOST_NOTICES, MOST_LINES = 5, 8, 7


def summary(desk: Desk) -> PageContext:
    """What is open, who has to be notified, and the end of the timeline."""
    response, notices = response_of(desk), notices_of(desk)
    steps = [step for step in response["steps"] if step["state"] in OPEN_STEPS] if response else []
    lines = desk.ask("tell_timeline")["lines"]
    return {
        "response": response, "steps": sorted(steps, key=_due)[:MOST_STEPS], "more_steps": len(steps) - MOST_STEPS,
        "places": place_names(desk) if notices and notices["open_places"] else {},
        "notices": notices, "most": MOST_NOTICES, "lines": lines[-MOST_LINES:], "earlier": len(lines) - MOST_LINES,
        "starts": starts_of(notices["notices"]) if notices else {}, "roles": roles_of(desk, response),
        "actions": [action for action in desk.ask("list_actions")["actions"] if action["state"] == "open"],
        "closers": None if desk.can("close_incident") else desk.who_may(Right.CLOSE_INCIDENTS),
    }  # fmt: skip


def response_of(desk: Desk) -> Any:  # noqa: ANN401  (a document of the API)
    """Where the response stands; nothing where no playbook was started."""
    try:
        return desk.ask("next_steps")
    except NotFound:
        return None


def notices_of(desk: Desk) -> Any:  # noqa: ANN401  (as above)
    """Who has to be notified; nothing where nobody said whose laws count."""
    try:
        return desk.ask("list_notifications")
    except LawsUnknown:
        return None


def starts_of(clocks: list[dict[str, Any]]) -> Counter[str]:
    """How many clocks of laws each event started."""
    return Counter(clock["anchor_event"] for clock in clocks if clock["anchor_event"] and clock["law"])


def roles_of(desk: Desk, response: dict[str, Any] | None) -> list[dict[str, Any]]:
    """Each role of the playbook, who does its steps, how many are left, and who is on call for it."""
    found: dict[str, dict[str, Any]] = {}
    for step in response["steps"] if response else ():
        role = found.setdefault(step["owner"] or "", {"role": step["owner"], "people": [], "open": 0, "left": 0})
        is_by_itself = step["kind"] == "automated" and step["proof"]
        named = (step["assigned_to"] or {}).get("name") or ("" if is_by_itself else step["by"])
        if named and named not in role["people"]:
            role["people"].append(named)
        role["open"] += step["state"] in OPEN_STEPS
        role["left"] += step["state"] not in {"done", "skipped"}
    held = {one["role"]: one["holders"] for one in desk.ask("show_on_call", path={})["roles"]}
    for name in held:
        found.setdefault(name, {"role": name, "people": [], "open": 0, "left": 0})
    return [role | {"on_call": [who["name"] for who in held.get(name, ())]} for name, role in found.items()]


def people(desk: Desk) -> PageContext:
    """The roles of the incident, who holds them, and their steps."""
    response = response_of(desk)
    about: dict[str, str] = {}
    if response is not None:
        try:
            about = desk.ask("show_playbook", path={"playbook": response["playbook"]})["playbook"].get("roles", {})
        except NotFound:  # a playbook of the organisation that is no longer there
            about = {}
    steps = response["steps"] if response else []
    wrote = Counter(line["by"] for line in desk.ask("tell_timeline")["lines"] if line["by"])
    return {"response": response, "roles": roles_of(desk, response), "about": about, "steps": steps, "wrote": wrote}


def _due(step: dict[str, Any]) -> str:
    return str(step["due_at"] or "9999")


SCREENS = (
    Screen(
        name="incident", path="/incidents/{incident}", title="Incident", template="incidents/summary.html",
        show=summary, right=Right.READ_INCIDENTS, section="incidents", tab="Summary",
    ),
    Screen(
        name="incident_people", path="/incidents/{incident}/people", title="People", template="incidents/people.html",
        show=people, right=Right.READ_INCIDENTS, section="incidents", tab="People",
    ),
)  # fmt: skip
