"""The clocks of an incident, and one of them with the arithmetic of its limit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from leakguard.accounts.rights import Right
from leakguard.errors import LawsUnknown
from leakguard.web.console.pages.fact_desk import place_names
from leakguard.web.console.screen import PageContext, Screen

if TYPE_CHECKING:
    from leakguard.web.console.desk import Desk

GROUPS = ("late", "due", "at_once", "paused", "latent", "ended", "ruled_out")
"""In which order the clocks are shown."""
ACTS_OF_LAW = ("filed", "not_applicable", "extension_granted", "delay_notice_sent")
"""The kinds of events that the page of a law's clock offers to record."""
_GROUP = {
    "overdue": "late", "missed": "late", "met_late": "ended", "met_on_time": "ended", "paused": "paused",
    "latent": "latent", "not_applicable": "ruled_out",
}  # fmt: skip


def listed(desk: Desk) -> PageContext:
    """Every clock by how it stands, the soonest limit first."""
    by_facts = desk.query.get("by") == "facts"
    try:
        found = desk.ask("list_clocks", query={"by_facts": by_facts})
    except LawsUnknown as error:
        return {"groups": [], "by_facts": by_facts, "laws": None, "unknown": [], "no_laws": error}
    groups: dict[str, list[dict[str, Any]]] = {name: [] for name in GROUPS}
    for clock in found["clocks"]:
        groups[_group(clock)].append(clock)
    for clocks in groups.values():
        clocks.sort(key=lambda one: (one["work_by"] or "9999", one["law"] is None))
    return {
        "groups": [(name, groups[name]) for name in GROUPS if groups[name]], "by_facts": by_facts,
        "laws": found["laws"], "unknown": found["no_rule_for_the_day"], "no_laws": None, "places": place_names(desk),
    }  # fmt: skip


def _group(clock: dict[str, Any]) -> str:
    return _GROUP.get(clock["state"]) or ("due" if clock["work_by"] else "at_once")


def one(desk: Desk) -> PageContext:
    """One clock: how it stands, and every step that leads to its limit."""
    clock = desk.ask("why_clock", query={"lang": desk.words.language})
    duty, _, stage = clock["id"].rpartition(".")
    kinds = ACTS_OF_LAW if clock["law"] else ("paused",)
    group = _group(clock)
    acts = [kind for kind in (*kinds, *(("resumed",) if group == "paused" else ())) if desk.may_record(kind)]
    is_over = group in {"ended", "ruled_out"}
    return {
        "clock": clock, "group": group, "duty": duty if clock["law"] else "", "stage": stage,
        "acts": [] if is_over else acts,
    }  # fmt: skip


SCREENS = (
    Screen(
        name="incident_clocks", path="/incidents/{incident}/clocks", title="Clocks", template="incidents/clocks.html",
        show=listed, right=Right.READ_INCIDENTS, section="incidents", tab="Clocks", counts="clocks",
    ),
    Screen(
        name="incident_clock", path="/incidents/{incident}/clocks/{clock}", title="Clock",
        template="incidents/clock.html", show=one, right=Right.READ_INCIDENTS, section="incidents",
        under="incident_clocks",
    ),
)  # fmt: skip
