"""Closing an incident with all that is missing, opening it again, and its report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from leakguard.accounts.rights import Right
from leakguard.errors import LawsUnknown
from leakguard.models.unfinished import MUST, Area
from leakguard.web.console.pages.fact_desk import kinds_of, known
from leakguard.web.console.render import url_of
from leakguard.web.console.screen import Act, Done, PageContext, Screen

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from leakguard.web.console.desk import Desk

TAB = {
    Area.EXPOSURES: ("incident_findings",), Area.STEPS: ("incident_steps",), Area.CLOCKS: ("incident_clocks",),
    Area.DUTIES: ("facts",), Area.LETTERS: ("incident_letters",),
}  # fmt: skip
"""On which of the tabs each area is finished, the first that there is."""
FORMS = ("html", "pdf", "json")


def missing(desk: Desk) -> PageContext:
    """What is missing, by area, with where it is finished and whether it can be overridden."""
    found, no_laws = _missing(desk)
    areas: dict[str, list[dict[str, Any]]] = {}
    for item in sorted(found["missing"], key=lambda one: one["due_at"] or _LAST):
        areas.setdefault(item["area"], []).append(item)
    order = [area.value for area in Area if area.value in areas]
    return {
        "areas": [(name, areas[name]) for name in sorted(order, key=lambda name: name not in _MUST)],
        "must": _MUST, "where": {area.value: names for area, names in TAB.items()}, "by_word": found["closed_by_word"],
        "despite": desk.all("despite"), "no_laws": no_laws, "fact_words": fact_words(desk, found["missing"]),
    }  # fmt: skip


def fact_words(desk: Desk, unfinished: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, str]]:
    """What the facts are called that duties wait for, by their names."""
    asked = {name for item in unfinished for name in item["facts"]}
    kinds = kinds_of(known(desk)) if asked else {}
    return {name: kinds[name]["label"] for name in asked & kinds.keys()}


def _missing(desk: Desk) -> tuple[dict[str, Any], bool]:
    """What is missing, and whether nobody can say it, since nothing says whose laws count."""
    try:
        return desk.ask("missing_to_close"), False
    except LawsUnknown:
        return {"missing": [], "closed_by_word": []}, True


_LAST = "9999"
"""Behind every moment."""
_MUST = frozenset(area.value for area in MUST)


def close(desk: Desk) -> Done:
    """Close it."""
    desk.ask("close_incident", body={"reason": desk.one("reason"), "despite": desk.all("despite")})
    return Done(path=url_of("/incidents/{}", desk.incident))


def reopening(desk: Desk) -> PageContext:
    """What will be open again."""
    return {"missing": _missing(desk)[0]["missing"]}


def reopen(desk: Desk) -> Done:
    """Open it again."""
    desk.ask("reopen_incident", body={"reason": desk.one("reason")})
    return Done(path=url_of("/incidents/{}", desk.incident))


def report(_: Desk) -> PageContext:
    """In which forms it can be had."""
    return {"forms": FORMS}


SCREENS = (
    Screen(
        name="incident_close", path="/incidents/{incident}/close", title="Close the incident",
        template="incidents/close.html", show=missing, right=Right.CLOSE_INCIDENTS, section="incidents",
        under="incident", is_live=False,
    ),
    Screen(
        name="incident_reopen", path="/incidents/{incident}/reopen", title="Reopen the incident",
        template="incidents/reopen.html", show=reopening, right=Right.CLOSE_INCIDENTS, section="incidents",
        under="incident", is_live=False,
    ),
    Screen(
        name="incident_report", path="/incidents/{incident}/report", title="Report", template="incidents/report.html",
        show=report, right=Right.READ_INCIDENTS, section="incidents", under="incident",
    ),
)  # fmt: skip
ACTS = (
    Act(
        name="close_incident", path="/incidents/{incident}/close", screen="incident_close", perform=close,
        right=Right.CLOSE_INCIDENTS, done="The incident is closed.",
    ),
    Act(
        name="reopen_incident", path="/incidents/{incident}/reopen", screen="incident_reopen", perform=reopen,
        right=Right.CLOSE_INCIDENTS, done="The incident is open again. Its clocks begin again.",
    ),
)  # fmt: skip
