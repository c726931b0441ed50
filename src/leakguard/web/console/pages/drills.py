"""Drills: the scenarios, and the one that is played on these pages in simulated time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leakguard.accounts.rights import Right
from leakguard.errors import UsageProblem
from leakguard.web.console.screen import Act, Done, PageContext, Screen

if TYPE_CHECKING:
    from leakguard.web.console.desk import Desk

_READ = Right.READ_INCIDENTS


def listed(desk: Desk) -> PageContext:
    """Where the drill of this server stands, with its scorecard at the end; without one, how to begin one."""
    found = desk.ask("list_drills")
    board = desk.ask("show_drill") if found["played"] else None
    has_card = board is not None and board["ended"] and board["incident"]
    return {
        "found": found, "board": board, "card": desk.ask("score_drill") if has_card else None,
        "kept": desk.ask("list_scorecards")["scorecards"] if board is None else [],
    }  # fmt: skip


def played(desk: Desk) -> PageContext:
    """How a team did in a drill that was played before."""
    return {"card": desk.ask("show_scorecard", path={"scorecard": desk.path["card"]})}


def scenario(desk: Desk) -> PageContext:
    """What is known of the real incident and who tells it, and what is invented."""
    found = desk.ask("show_scenario")
    return {"found": found, "content": found["content"]}


def move_on(desk: Desk) -> Done:
    """Let the time go on: to what happens next, or by so many hours."""
    step, typed = desk.one("step"), desk.one("hours")
    hours = step if step.isdecimal() else typed
    if step == "typed" and not hours:
        raise UsageProblem("no number of hours was given", next_step="Write it as 6 or 0.5.")
    try:
        body = {"hours": float(hours)} if hours else {}
    except ValueError as error:
        raise UsageProblem(f"`{hours[:20]}` is no number of hours", next_step="Write it as 6 or 0.5.") from error
    desk.ask("advance_drill", body=body)
    return Done(path="/drills")


def write(desk: Desk) -> Done:
    """Write the scorecard into the drill's folder once more."""
    desk.ask("write_scorecard")
    return Done(path="/drills")


SCREENS = (
    Screen(name="drills", path="/drills", title="Drills", template="drills/list.html", show=listed, right=_READ),
    Screen(
        name="drill_scenario", path="/drills/{scenario}", title="Scenario", template="drills/scenario.html",
        show=scenario, right=_READ, section="drills", is_live=False,
    ),
    Screen(
        name="drill_card", path="/drills/played/{card}", title="Scorecard", template="drills/played.html",
        show=played, right=_READ, section="drills", is_live=False,
    ),
)  # fmt: skip
ACTS = (
    Act(
        name="advance_drill", path="/drills/advance", screen="drills", perform=move_on, right=Right.RECORD_EVENTS,
        done="The time of the drill went on.",
    ),
    Act(
        name="write_scorecard", path="/drills/scorecard", screen="drills", perform=write, right=Right.RECORD_EVENTS,
        done="The scorecard is written.",
    ),
)  # fmt: skip
