"""What stands on each page: the menu with its numbers, the watchman, the ledger, the reader."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from leakguard.web.console.screens import MENU, SCREEN, TABS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from leakguard.web.console.desk import Desk
    from leakguard.web.console.screen import Entry, Screen


def shell_of(desk: Desk, screen: Screen) -> Mapping[str, Any]:
    """What the frame of a page is told."""
    return {
        "screen": screen, "desk": desk, "refusal": desk.refusal, "menu": _menu(desk, screen), "done": "",
        "tabs": [one for one in TABS if desk.may(one.right)] if "incident" in desk.path else [],
        "head": desk.wiring.existing_store.head(), "is_drill": desk.wiring.settings.drill, "watchman": None,
        "banners": [],
    }  # fmt: skip


def head_of(desk: Desk) -> Mapping[str, Any]:
    """What stands above the tabs of an incident; raises `NotFound` where the path names none that there is."""
    if "incident" not in desk.path:
        return {}
    return {"overview": desk.ask("show_overview", path={"incident": desk.incident})}


def _menu(desk: Desk, screen: Screen) -> list[dict[str, Any]]:
    """The entries whose page this person may read."""
    here = screen.section or screen.name
    return [_entry(one, here) for one in MENU if desk.may(SCREEN[one.screen].right)]


def _entry(entry: Entry, here: str) -> dict[str, Any]:
    path = SCREEN[entry.screen].path
    return {
        "label": entry.label, "path": path, "is_current": here == entry.screen, "key": entry.key, "count": None,
        "means": "", "is_hot": False,
    }  # fmt: skip
