"""The findings that an incident is about, with their proof."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leakguard.accounts.rights import Right
from leakguard.errors import NotFound
from leakguard.web.console.screen import PageContext, Screen

if TYPE_CHECKING:
    from leakguard.web.console.desk import Desk

MOST = 50
"""Findings that a page shows with all that is known of them."""


def listed(desk: Desk) -> PageContext:
    """Each with where, what, how much, its proof and whether it is proved closed."""
    names = desk.ask("show_incident")["findings"]
    found, erased = [], []
    for name in names[:MOST]:
        try:
            found.append(desk.ask("show_finding", path={"finding": name}))
        except NotFound:  # its content was erased on purpose
            erased.append(name)
    return {"found": found, "erased": erased, "more": max(0, len(names) - MOST)}


SCREENS = (
    Screen(
        name="incident_findings", path="/incidents/{incident}/findings", title="Findings",
        template="incidents/findings.html", show=listed, right=Right.READ_FINDINGS, section="incidents",
        tab="Findings", counts="findings",
    ),
)  # fmt: skip
