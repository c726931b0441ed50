"""Where a page leads on: the nearest page that is there and that the reader may open."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from leakguard.web.console.render import url_of
from leakguard.web.console.screen import N_, PageContext

if TYPE_CHECKING:
    from collections.abc import Mapping

    from leakguard.accounts.rights import Right
    from leakguard.web.console.desk import Desk

_NEXT = {
    "draft": (N_("Draft"), ("letter", "incident_letters")),
    "probe": (N_("Probe again"), ("incident_findings",)),
    "review": (N_("Hold the review"), ("incident_review", "incident_steps")),
    "step": (N_("Do the step"), ("incident_steps",)),
    "start": (N_("Start the response"), ("playbook", "incident_steps")),
    "why": (N_("Why"), ("incident_clock", "incident_clocks")),
}
"""By what moves a clock on: the label of its button, a message, and the pages where that is done, the best first."""


def next_of(desk: Desk, clock: Mapping[str, Any]) -> PageContext:
    """The button of a clock: its label and where it leads."""
    label, screens = _NEXT[clock["next"]]
    parts = {"incident": clock["incident"], "clock": clock["id"], "duty": clock["duty"], "letter": clock["duty"]}
    path = page_of(desk, screens, parts) or url_of("/incidents/{}", clock["incident"])
    is_letter = clock["next"] == "draft" and clock["duty"] is not None
    return {"label": label, "to": url_of(path, stage=clock["stage"]) if is_letter else path}


def page_of(desk: Desk, screens: tuple[str, ...], parts: Mapping[str, Any]) -> str:
    """The path of the first of these pages that the reader may open; empty without one."""
    from leakguard.web.console.screens import SCREEN  # noqa: PLC0415  (the register names the pages that ask this)

    for name in screens:
        found = SCREEN.get(name)
        if found is not None and desk.may(found.right):
            filled = {place: url_of("{}", value) for place, value in parts.items() if value is not None}
            try:
                return found.path.format(**filled)
            except KeyError:
                continue
    return ""


def opens(desk: Desk, path: str) -> bool:
    """Whether the reader has the right to the page at this path; what is no page of ours opens for everybody."""
    here = path.partition("?")[0].partition("#")[0]
    found = next((right for pattern, right in _rights() if pattern.fullmatch(here)), None)
    return desk.may(found)


@cache
def _rights() -> tuple[tuple[re.Pattern[str], Right | None], ...]:
    """The path of each page as a pattern, those without places first, and its right."""
    from leakguard.web.console.screens import SCREENS  # noqa: PLC0415  (as above)

    ordered = sorted(SCREENS, key=lambda screen: screen.path.count("{"))
    return tuple((re.compile(re.sub(r"\{\w+\}", "[^/]+", screen.path)), screen.right) for screen in ordered)
