"""What stands on each page: the menu with its numbers, the watchman, the ledger, the reader."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from leakguard.alerts.readiness import UNWATCHED
from leakguard.errors import LeakGuardError
from leakguard.use_cases.alerts.watch_health import SILENCING
from leakguard.web.console.links import opens
from leakguard.web.console.render import url_of
from leakguard.web.console.screen import N_
from leakguard.web.console.screens import MENU, SCREEN, TABS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from leakguard.web.console.desk import Desk
    from leakguard.web.console.screen import Entry, Screen


_NUMBERS = {
    "late": ("late_clocks", N_("late clocks"), True),
    "incidents": ("open_incidents", N_("open incidents"), False),
    "tasks": ("my_tasks", N_("steps for you"), False),
    "exposures": ("exposures", N_("places open to the internet"), True),
    "reports": ("late_reports", N_("reports with a late promise"), True),
    "letters": ("letters_for_me", N_("letters that wait for your approval"), False),
}
"""By the word of a menu entry: which number of `show_counts` it is, what it counts, and whether it is red."""


def shell_of(desk: Desk, screen: Screen) -> Mapping[str, Any]:
    """What the frame of a page is told."""
    counts = desk.ask("show_counts", path={}) if desk.can("show_counts") else None
    is_played = desk.wiring.drill is not None  # there the watchman looks whenever somebody moves the time
    watch = desk.ask("show_watchman", path={}) if desk.can("show_watchman") and not is_played else None
    return {
        "screen": screen, "desk": desk, "refusal": desk.refusal, "menu": _menu(desk, screen, counts), "done": "",
        "tabs": [tab for tab in TABS if desk.may(tab.right)] if "incident" in desk.path else [],
        "head": desk.wiring.existing_store.head(), "is_drill": desk.wiring.settings.drill, "watchman": watch,
        "counts": counts, "ledger": counts["ledger"] if counts is not None else None,
        "banners": _banners(watch, counts), "opens": partial(opens, desk),
    }  # fmt: skip


def _banners(watch: Mapping[str, Any] | None, counts: Mapping[str, Any] | None) -> list[Mapping[str, str]]:
    """What somebody has to know on whichever page they are: who is not notified, and what nobody watches."""
    has_work = counts is not None and bool(counts["open_incidents"] or counts["late_clocks"])
    if watch is None or not (has_work or watch["at"]):
        return []
    if not watch["watching"]:
        text = N_("No watchman watches: nobody is notified when a limit comes closer.")
        return [
            {"text": text, "next_step": N_("Start it on the server: leakguard watchman run"), "to": "", "label": ""}
        ]
    silent = [problem for problem in watch["problems"] if problem["kind"] in SILENCING]
    unwatched = [problem for problem in watch["problems"] if problem["kind"] == UNWATCHED]
    told = (
        (N_("Alerts do not reach people."), silent if not watch["reaches_people"] else []),
        (N_("Not every deadline is watched."), unwatched),
    )
    return [
        {"text": text, "next_step": problems[0]["text"], "to": "/#watch-title", "label": N_("More")}
        for text, problems in told if problems
    ]  # fmt: skip


def head_of(desk: Desk) -> Mapping[str, Any]:
    """What stands above the tabs of an incident; raises `NotFound` where the path names none that there is."""
    if "incident" not in desk.path:
        return {}
    return {"overview": desk.ask("show_overview", path={"incident": desk.incident})}


def first_facts(desk: Desk, screen: Screen) -> str:
    """Where the facts begin, for a page that rests on them while nobody has written any; else empty."""
    if not screen.needs_facts:
        return ""
    try:
        overview = head_of(desk)["overview"]
    except LeakGuardError:
        return ""
    return "" if overview["has_facts"] else url_of("/incidents/{}/facts", desk.incident, lacking="yes")


def _menu(desk: Desk, screen: Screen, counts: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """The entries whose page this person may read."""
    here = screen.section or screen.name
    return [_entry(entry, here, counts or {}) for entry in MENU if desk.may(SCREEN[entry.screen].right)]


def _entry(entry: Entry, here: str, counts: Mapping[str, Any]) -> dict[str, Any]:
    path = SCREEN[entry.screen].path
    field, means, is_hot = _NUMBERS.get(entry.count, ("", "", False))
    return {
        "label": entry.label, "path": path, "is_current": here == entry.screen, "key": entry.key,
        "count": counts.get(field), "means": means, "is_hot": is_hot,
    }  # fmt: skip
