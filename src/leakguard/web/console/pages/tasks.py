"""My tasks: the open steps of one person, or of everybody, over all incidents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leakguard.accounts.rights import Right
from leakguard.web.console.pages.step_words import WORDS
from leakguard.web.console.screen import Act, PageContext, Screen

if TYPE_CHECKING:
    from leakguard.web.console.desk import Desk

_PAGE = 50
_ALL = "all"


def listed(desk: Desk) -> PageContext:
    """What is late first, then what is due next."""
    view = _ALL if desk.query.get("view") == _ALL else "mine"
    text = desk.query.get("skip", "")
    skip = min(int(text), 10**6) if text.isascii() and text.isdigit() and len(text) < _PAGE else 0
    asked = {"everybody": view == _ALL, "limit": _PAGE, "skip": skip}
    found = desk.ask("list_tasks", query=asked)
    other = desk.ask("list_tasks", query={"everybody": view != _ALL, "limit": 1})
    return {
        "actions": desk.ask("list_open_actions", query={"mine": view != _ALL}),
        "waiting": desk.ask("list_waiting_for_me") if view == "mine" else None,
        "words": WORDS, "view": view, "found": found, "skip": skip, "page": _PAGE,
        "totals": {view: found["total"], "mine" if view == _ALL else _ALL: other["total"]},
    }  # fmt: skip


SCREENS = (
    Screen(
        name="tasks", path="/tasks", title="My tasks", template="steps/tasks.html", show=listed,
        right=Right.READ_INCIDENTS,
    ),
)  # fmt: skip
ACTS: tuple[Act, ...] = ()
