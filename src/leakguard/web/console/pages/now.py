"""Now: every running clock, the soonest first; alerts; what is open to the internet; whether the watchman is well."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from leakguard.accounts.rights import Right
from leakguard.errors import LawsUnknown
from leakguard.web.console.links import next_of, page_of
from leakguard.web.console.screen import Act, Done, PageContext, Screen

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from leakguard.web.console.desk import Desk

A_PAGE = 50
"""Clocks on one page."""
FIRST = 6
"""Alerts and exposures in a panel; a page of their own has all of them."""
MOST_SOFT = 60
"""Clocks without a fixed limit behind the others."""
VIEWS = ("all", "mine", "legal", "late")


def now(desk: Desk) -> PageContext:
    """The page on the wall."""
    view = desk.query.get("view", "all")
    view = view if view in VIEWS else "all"
    only_soft = desk.query.get("limits") == "none"
    more = {
        "view": view, "only_soft": only_soft, "watch": desk.ask("show_watchman", path={}),
        "exposures": _exposures(desk), "next_of": _next(desk),
        "reports": desk.ask("list_reports", path={}, query={"which": "open", "limit": FIRST}),
        "actions": desk.ask("list_open_actions", path={}, query={"limit": FIRST}),
        "waiting": desk.ask("list_waiting_for_me", path={}, query={"limit": FIRST}),
        "may_acknowledge": desk.can("acknowledge_alert"),
        "alerts": desk.ask("list_waiting_alerts", path={}, query={"limit": FIRST}),
        "places": {name: page_of(desk, (name,), {}) for name in ("exposures", "runs", "scan_new", "scope", "on_call")},
    }  # fmt: skip
    try:
        asked = {"which": view, "after": _number(desk.query.get("after", "")), "limit": A_PAGE}
        board = desk.ask("show_board", path={}, query={**asked, "limits": "none" if only_soft else "fixed"})
    except LawsUnknown as error:
        return {**more, "board": None, "soft": [], "problem": error}
    soft = [] if only_soft else _soft(desk, board, view)
    return {**more, "board": board, "soft": soft, "problem": None}


def _next(desk: Desk) -> Any:  # noqa: ANN401  (a template calls it)
    return lambda clock: next_of(desk, clock)


def _soft(desk: Desk, board: Mapping[str, Any], view: str) -> list[tuple[str, list[Any]]]:
    """The clocks without a fixed limit behind the last page of the others, by incident."""
    if view == "late" or board["next"] is not None or not board["counts"]["without_limit"]:
        return []
    asked = {"which": view, "limits": "none", "limit": MOST_SOFT}
    return _grouped(desk.ask("show_board", path={}, query=asked)["clocks"])


def _grouped(clocks: Iterable[Mapping[str, Any]]) -> list[tuple[str, list[Any]]]:
    return [(name, list(own)) for name, own in groupby(clocks, key=lambda alert: str(alert["incident"]))]


def _exposures(desk: Desk) -> PageContext | None:
    if not desk.can("list_exposures"):
        return None
    found: PageContext = desk.ask("list_exposures", path={}, query={"limit": FIRST})
    return found


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0  # noqa: PLR2004  (below 2**31)


def alerts(desk: Desk) -> PageContext:
    """Every alert that nobody has acknowledged."""
    return {
        "alerts": desk.ask("list_waiting_alerts", path={}, query={"limit": A_PAGE}), "next_of": _next(desk),
        "watch": desk.ask("show_watchman", path={}), "may_acknowledge": desk.can("acknowledge_alert"),
        "places": {name: page_of(desk, (name,), {}) for name in ("on_call",)},
    }  # fmt: skip


def acknowledge(desk: Desk) -> Done:
    """Take care of an alert."""
    lasts = desk.one("lasts") or "PT2H"
    desk.ask(
        "acknowledge_alert", path={"incident": desk.one("incident")}, body={"what": desk.one("what"), "lasts": lasts}
    )
    return Done(path="/alerts" if desk.one("back") == "alerts" else "/")


SCREENS = (
    Screen(
        name="now", path="/", title="Now", template="now/now.html", show=now, right=Right.READ_INCIDENTS, section="now",
    ),
    Screen(
        name="alerts", path="/alerts", title="Alerts without acknowledgement", template="now/alerts.html", show=alerts,
        right=Right.READ_INCIDENTS, section="now",
    ),
)  # fmt: skip
ACTS: tuple[Act, ...] = (
    Act(
        name="acknowledge", path="/acknowledge", screen="now", perform=acknowledge, right=Right.ACKNOWLEDGE_ALERTS,
        done="You take care of it. Repeats and the next levels stop for two hours; the clock goes on.",
    ),
)  # fmt: skip
