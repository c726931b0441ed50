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
    is_incident = "incident" in desk.path and bool(screen.tab or screen.section == "incidents")
    return {
        "screen": screen, "desk": desk, "refusal": desk.refusal, "menu": _menu(desk, screen), "done": "",
        "tabs": [one for one in TABS if desk.may(one.right)] if is_incident else [],
        "head": desk.wiring.existing_store.head(), "is_drill": desk.wiring.settings.drill, "watchman": None,
        "banners": [],
    }  # fmt: skip


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
