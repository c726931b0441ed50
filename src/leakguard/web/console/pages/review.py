"""The after-action review of an incident: what happened against what was promised, lessons, and actions until done."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from leakguard.accounts.rights import Right
from leakguard.web.console.pages.closing import fact_words
from leakguard.web.console.render import url_of
from leakguard.web.console.screen import N_, Act, Done, PageContext, Screen

if TYPE_CHECKING:
    from leakguard.web.console.desk import Desk

MEASURES = {
    "exposure": N_("From open to proved closed"),
    "detection_to_awareness": N_("From our scanner's find to awareness"),
    "detection_to_containment": N_("From our scanner's find to containment"),
    "notice_to_reading": N_("From the notice to its reading"),
    "notice_to_acknowledgement": N_("From the notice to an acknowledged alert"),
    "notice_to_containment": N_("From the notice to containment"),
    "notice_to_proof": N_("From the notice to proved closed"),
    "awareness_to_filing": N_("From awareness to the first filing"),
    "awareness_to_people": N_("From awareness to notifying people"),
    "opening_to_closing": N_("From opening to closing"),
}
"""What each measure is called; a test holds the names against `reports.measures`."""
AREAS = {
    "exposures": N_("Exposures"),
    "playbook": N_("Playbook"),
    "steps": N_("Steps"),
    "clocks": N_("Clocks"),
    "duties": N_("Duties"),
    "letters": N_("Letters"),
}
"""What each area of unfinished things is called."""
_AT = "/incidents/{incident}/review"


def review(desk: Desk) -> PageContext:
    """Everything that the review is held over."""
    people = desk.ask("list_accounts")["accounts"] if desk.can("list_accounts") else []
    found = desk.ask("show_review")
    return {
        "review": found, "measures": MEASURES, "areas": AREAS, "fact_words": fact_words(desk, found["unfinished"]),
        "people": [person for person in people if person["enabled"] and person["name"]],
        "in_a_month": f"{desk.now.astimezone(desk.zone) + timedelta(days=30):%Y-%m-%d}",
    }  # fmt: skip


def add_lesson(desk: Desk) -> Done:
    """Record what was learned, which says that the review was held."""
    desk.ask("record_event", body={"kind": "lessons_recorded", "reason": desk.one("lesson")})
    return _back(desk)


def add_action(desk: Desk) -> Done:
    """Add an action with owner and day."""
    desk.ask("add_action", body={name: desk.one(name) for name in ("title", "owner", "due")})
    return _back(desk)


def finish_action(desk: Desk) -> Done:
    """Say that an action is done."""
    desk.ask("finish_action", path=_of(desk), body={"note": desk.one("note")})
    return Done(path=desk.one("to")) if desk.one("to") == "/tasks" else _back(desk)


def drop_action(desk: Desk) -> Done:
    """Say that an action will not be done."""
    desk.ask("drop_action", path=_of(desk), body={"reason": desk.one("reason")})
    return _back(desk)


def change_action(desk: Desk) -> Done:
    """Give an action another owner or another day."""
    body = {name: desk.one(name) for name in ("owner", "due", "reason")}
    desk.ask("change_action", path=_of(desk), body=body)
    return _back(desk)


def _of(desk: Desk) -> dict[str, str]:
    return {"incident": desk.incident, "action": desk.one("action")}


def _back(desk: Desk) -> Done:
    return Done(path=url_of("/incidents/{}/review", desk.incident))


SCREENS = (
    Screen(
        name="incident_review", path=_AT, title="After-action review", template="review/review.html", show=review,
        right=Right.READ_INCIDENTS, section="incidents", tab="Review",
    ),
)  # fmt: skip
_SCREEN = "incident_review"
ACTS: tuple[Act, ...] = (
    Act(
        name="add_lesson", path=f"{_AT}/lessons", screen=_SCREEN, perform=add_lesson, right=Right.RECORD_EVENTS,
        done="The lesson is recorded, and with it that the review was held.",
    ),
    Act(
        name="add_action", path=f"{_AT}/actions", screen=_SCREEN, perform=add_action, right=Right.ASSIGN_STEPS,
        done="The action is recorded; it stays on the boards until it is done.",
    ),
    Act(
        name="finish_action", path=f"{_AT}/actions/done", screen=_SCREEN, perform=finish_action, right=Right.DO_STEPS,
        done="The action is done.",
    ),
    Act(
        name="drop_action", path=f"{_AT}/actions/drop", screen=_SCREEN, perform=drop_action, right=Right.ASSIGN_STEPS,
        done="The action is dropped.",
    ),
    Act(
        name="change_action", path=f"{_AT}/actions/change", screen=_SCREEN, perform=change_action,
        right=Right.ASSIGN_STEPS, done="The action is changed.",
    ),
)  # fmt: skip
