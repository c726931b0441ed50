"""A playbook before it is started, or before the response moves to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from leakguard.accounts.rights import Right
from leakguard.errors import NotFound
from leakguard.web.console.pages.step_links import lines_in
from leakguard.web.console.pages.step_words import WORDS
from leakguard.web.console.render import url_of
from leakguard.web.console.screen import Act, Done, PageContext, Screen

if TYPE_CHECKING:
    from leakguard.web.console.desk import Desk


USUAL = "exposed-datastore-24h"
"""The playbook that stands first: it fits most incidents of a store that lay open."""


def offered(desk: Desk) -> list[dict[str, Any]]:
    """Every playbook, the usual one first."""
    rows = desk.ask("list_playbooks", path={})["playbooks"]
    return sorted(rows, key=lambda playbook: (playbook["name"] != USUAL, playbook["name"]))


def chosen(desk: Desk) -> PageContext:
    """The playbook that was chosen, whole; with what a move to it changes, where another one runs."""
    running = _running(desk)
    rows = offered(desk)
    usual = running["playbook"] if running else rows[0]["name"] if rows else ""
    name = desk.query.get("to") or desk.one("to") or usual
    found = desk.ask("show_playbook", path={"playbook": name})["playbook"] if name else None
    can_move = running is not None and name and desk.can("preview_migration")
    move = desk.ask("preview_migration", query={"to": name}) if can_move else None
    return {
        "words": WORDS, "running": running, "playbooks": rows, "chosen": found, "name": name, "move": move,
        "lines": _lines(desk, found),
    }  # fmt: skip


def _lines(desk: Desk, found: dict[str, Any] | None) -> dict[str, list[list[dict[str, Any]]]]:
    """By step, what is done: each line in the reader's language, with pages in the place of commands."""
    steps = found["steps"] if found is not None else {}
    return {name: lines_in([_filled(desk, line) for line in step.get("do") or ()], desk.incident)
            for name, step in steps.items()}  # fmt: skip


def _filled(desk: Desk, line: str) -> str:
    """A line before anything was found: its places say so."""
    ports = desk.say("the port that was found")
    return desk.say(line).replace("{incident}", desk.incident).replace("{ports}", ports).replace("{findings}", "…")


def _running(desk: Desk) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = desk.ask("next_steps", query={"lang": desk.words.language})
    except NotFound:
        return None
    return found


def start(desk: Desk) -> Done:
    """Begin."""
    desk.ask("start_playbook", body={"playbook": desk.one("to") or None})
    return Done(path=url_of("/incidents/{}/steps", desk.incident))


def move(desk: Desk) -> Done:
    """Go on with another one."""
    desk.ask("migrate_playbook", body={"to": desk.one("to"), "reason": desk.one("reason")})
    return Done(path=url_of("/incidents/{}/steps", desk.incident))


_PATH = "/incidents/{incident}/playbook"
SCREENS = (
    Screen(
        name="playbook", path=_PATH, title="Playbook", template="steps/playbook.html", show=chosen,
        right=Right.READ_INCIDENTS, section="incidents", under="incident_steps",
    ),
)  # fmt: skip
ACTS: tuple[Act, ...] = (
    Act(
        name="start_playbook", path=f"{_PATH}/start", screen="playbook", perform=start, right=Right.DO_STEPS,
        done="The response has begun.",
    ),
    Act(
        name="migrate_playbook", path=f"{_PATH}/move", screen="playbook", perform=move, right=Right.DO_STEPS,
        done="The response goes on with this playbook.",
    ),
)  # fmt: skip
