"""Now: every running clock, the soonest first; alerts; what is open to the internet; whether the watchman is well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leakguard.accounts.rights import Right
from leakguard.web.console.screen import Act, Screen, Told

if TYPE_CHECKING:
    from leakguard.web.console.desk import Desk


def now(desk: Desk) -> Told:
    """The page on the wall."""
    return {"board": desk.ask("show_board", query={"limit": 100})}


SCREENS = (
    Screen(
        name="now", path="/", title="Now", template="now/now.html", show=now, right=Right.READ_INCIDENTS, section="now",
    ),
)  # fmt: skip
ACTS: tuple[Act, ...] = ()
