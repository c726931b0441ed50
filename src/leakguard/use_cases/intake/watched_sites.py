"""The clocks of our own sites: when each security.txt expires, as the last check saw it. No site is asked here."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from leakguard.alerts.subjects import WatchedSubject, statuses_of
from leakguard.clocks.fixed_clocks import FixedClock, clock_id
from leakguard.ports import Journal
from leakguard.use_cases.intake.site_history import SUBJECT, LastSiteAnswer, known_sites

EXPIRY = ("-PT2160H", "-PT720H", "-PT168H", "PT0S")
"""90, 30 and 7 days before a file expires, and when it has."""


def watched_sites(store: Journal, *, zone: str, now: datetime) -> Iterator[WatchedSubject]:
    """All sites as one subject, with a clock for each file that says when it expires; nothing where there is none."""
    known = {
        clock_id(site): (site, answer) for site, answer in known_sites(store).items() if answer.expires is not None
    }
    clocks = (_clock(name, site, answer, zone) for name, (site, answer) in known.items())
    found, problems = statuses_of(
        SUBJECT, clocks, now, next_step="Renew security.txt there, then check it: leakguard sites check"
    )
    if found or problems:
        yield WatchedSubject(
            id=SUBJECT, title="security.txt of our own sites", statuses=found, zone=zone, problems=problems,
            actions={name: f"leakguard sites check {site}" for name, (site, _) in known.items()},
            link="leakguard sites check",
            zh={name: f"更新 {site} 的 security.txt 并复查" for name, (site, _) in known.items()},
        )  # fmt: skip


def _clock(name: str, site: str, answer: LastSiteAnswer, zone: str) -> FixedClock:
    return FixedClock(
        id=name, title=f"renew security.txt of {site} (leakguard sites write), publish it, and check it",
        starts_by=answer.since, known_at=answer.since, deadline=answer.expires or answer.since, thresholds=EXPIRY,
        zone=zone,
    )  # fmt: skip
