"""The timeline: when it happened beside when it was written down, what is late, and what was corrected."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from leakguard.accounts.rights import Right
from leakguard.errors import LawsUnknown
from leakguard.web.console.screen import PageContext, Screen

if TYPE_CHECKING:
    from leakguard.web.console.desk import Desk

FIXED = frozenset({"incident_opened", "closed", "reopened"})
"""Events that are not corrected here: those of the incident's own state have pages of their own."""
WIDE = 500
"""Entries of one page."""


def timeline(desk: Desk) -> PageContext:
    """The story in the order in which it happened; the last part of a very long one."""
    answer = desk.ask("tell_timeline")
    view = desk.query.get("view", "all")
    lines = [line for line in answer["lines"] if _fits(line, view)]
    clocks = _clocks(desk)
    return {
        "zone": answer["zone"], "lines": lines[-WIDE:], "earlier": max(0, len(lines) - WIDE), "view": view,
        "fixed": FIXED,
        "starts": Counter(clock["anchor_event"] for clock in clocks if clock["anchor_event"]),
        "ends": Counter(clock["ended_event"] for clock in clocks if clock["ended_event"]),
    }  # fmt: skip


def _clocks(desk: Desk) -> list[dict[str, Any]]:
    try:
        return list(desk.ask("list_clocks")["clocks"])
    except LawsUnknown:
        return []


def _fits(line: dict[str, Any], view: str) -> bool:
    if view == "events":
        return not line["is_step"]
    if view == "late":
        return line["late_seconds"] is not None
    return view != "corrected" or line["superseded_by"] is not None or line["corrects"] is not None


SCREENS = (
    Screen(
        name="incident_timeline", path="/incidents/{incident}/timeline", title="Timeline",
        template="incidents/timeline.html", show=timeline, right=Right.READ_INCIDENTS, section="incidents",
        tab="Timeline",
    ),
)  # fmt: skip
