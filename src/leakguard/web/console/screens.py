"""The registers of the console: every page, every act, and the menu. Routes, rights and tests follow from them."""

from __future__ import annotations

from leakguard.web.console.pages import (
    account,
    drills,
    duties,
    edpb,
    evidence,
    exposures,
    fact_form,
    facts,
    incidents,
    ledger,
    letter_edit,
    letters,
    now,
    people,
    playbooks,
    register,
    reports,
    review,
    scans,
    search,
    steps,
    tasks,
)
from leakguard.web.console.screen import Act, Entry, Screen

SCREENS: tuple[Screen, ...] = (
    *now.SCREENS,
    *search.SCREENS,
    *incidents.SCREENS,
    *steps.SCREENS,
    *playbooks.SCREENS,
    *evidence.SCREENS,
    *tasks.SCREENS,
    *exposures.SCREENS,
    *scans.SCREENS,
    *reports.SCREENS,
    *letters.SCREENS,
    *letter_edit.SCREENS,
    *facts.SCREENS,
    *fact_form.SCREENS,
    *duties.SCREENS,
    *edpb.SCREENS,
    *register.SCREENS,
    *review.SCREENS,
    *ledger.SCREENS,
    *people.SCREENS,
    *account.SCREENS,
    *drills.SCREENS,
)
ACTS: tuple[Act, ...] = (
    *now.ACTS,
    *search.ACTS,
    *incidents.ACTS,
    *steps.ACTS,
    *playbooks.ACTS,
    *evidence.ACTS,
    *tasks.ACTS,
    *exposures.ACTS,
    *scans.ACTS,
    *reports.ACTS,
    *letters.ACTS,
    *letter_edit.ACTS,
    *facts.ACTS,
    *fact_form.ACTS,
    *duties.ACTS,
    *edpb.ACTS,
    *register.ACTS,
    *review.ACTS,
    *ledger.ACTS,
    *people.ACTS,
    *account.ACTS,
    *drills.ACTS,
)
MENU: tuple[Entry, ...] = (
    Entry(screen="now", label="Now", count="late", key="n"),
    Entry(screen="incidents", label="Incidents", count="incidents", key="i"),
    Entry(screen="tasks", label="My tasks", count="tasks", key="t"),
    Entry(screen="exposures", label="Exposures", count="exposures", key="x"),
    Entry(screen="reports", label="Reports", count="reports", key="o"),
    Entry(screen="letters", label="Letters", count="letters", key="l"),
    Entry(screen="duties", label="Duties", key="d"),
    Entry(screen="register", label="Register", key="r"),
    Entry(screen="evidence", label="Evidence", key="v"),
    Entry(screen="people", label="People", key="p"),
    Entry(screen="drills", label="Drills"),
)
"""From the top."""
SCREEN = {screen.name: screen for screen in SCREENS}
ACT = {act.name: act for act in ACTS}
_ORDER = ("Summary", "Timeline", "Clocks", "Steps", "Findings", "Facts and duties", "Letters", "Evidence", "Review")
_LAST = ("Comments", "People", "Review")
TABS: tuple[Screen, ...] = tuple(
    sorted(
        (screen for screen in SCREENS if screen.tab),
        key=lambda screen: (
            screen.tab in _LAST,
            (*_ORDER, *_LAST).index(screen.tab) if screen.tab in (*_ORDER, *_LAST) else 99,
        ),
    )
)
"""The tabs of an incident, as a response meets them."""
