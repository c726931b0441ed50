"""The first sentence of a report: whether anything is open, late, unknown or undelivered. Pure, and total.

The rule, in one place: green when, and only when, the incident is closed and nothing of all that is left. Red for a
deadline that was missed, for a step that is or was late, and for a ledger that does not match; amber for the rest.

| state | tone |
| --- | --- |
| a clock was missed, or is overdue | bad |
| a step is late, or was done late | bad |
| the ledger does not match | bad |
| the incident is open | risk |
| a clock runs, a duty is undecided or untold, a step is open, no playbook was started | risk |
| a finding is not proved closed, a letter is not sent, the review is not held | risk |
| it counts as closed by the word of a person, and no probe showed it | risk |
| the ledger was not verified, or could not be | risk |
| clocks contradict each other in the ledger, which is not mended | risk |
| a clock ended more than a day before it began | risk |
| the state of a clock is in doubt | risk |
| nothing of this | good |
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from leakguard.clocks.verdicts import State
from leakguard.frozen import Frozen, field
from leakguard.models.unfinished import Area
from leakguard.reports.values import Report

MATCH, MISMATCH = "match", "mismatch"
_DECIDED = frozenset({State.MET_ON_TIME, State.MET_LATE, State.MISSED, State.OVERDUE})


class Headline(Frozen):
    """The counts that the first sentence rests on."""

    is_closed: bool
    missed: int = 0
    """Clocks that were missed, in this cycle or in an earlier one."""
    late_steps: int = 0
    """Steps that are late, and steps that were done late."""
    open_duties: int = 0
    """Duties of which a clock runs."""
    told: int = 0
    """Notices that were sent; a count beside the others, which makes nothing green or red."""
    ended: int = 0
    """Clocks that ended; likewise."""
    unfinished: Mapping[Area, int] = field(default_factory=dict)
    words: int = 0
    """Closures that rest on the word of a person alone."""
    ledger: str = MATCH
    """What its verification said; empty when it was not verified."""

    wrong_clocks: int = 0
    """Clocks that contradict each other in the ledger: times of the incident depend on which was right."""

    reversed: int = 0
    """Clocks that ended more than a day before they began, so that a time is wrong."""

    doubted: int = 0
    """Clocks whose state is in doubt."""

    @property
    def tone(self) -> str:
        """`good`, `risk` or `bad`, by the table of this module."""
        if self.missed or self.late_steps or self.ledger == MISMATCH:
            return "bad"
        is_doubtful = self.words or self.wrong_clocks or self.reversed or self.doubted
        is_left = self.open_duties or is_doubtful or any(self.unfinished.values())
        return "good" if self.is_closed and not is_left and self.ledger == MATCH else "risk"


def headline_of(report: Report) -> Headline:
    """The counts of a report."""
    steps = report.playbook.steps if report.playbook is not None else ()
    return Headline(
        is_closed=report.state == "closed",
        missed=sum(clock.has_failed for clock in report.clocks),
        late_steps=sum(step.is_late(report.known_at) for step in steps),
        open_duties=report.open_duties,
        told=len(report.filings),
        ended=sum(clock.state in _DECIDED for clock in report.clocks),
        unfinished=Counter(item.area for item in report.unfinished),
        words=len(report.words),
        ledger=report.ledger.answer,
        wrong_clocks=len(report.wrong_clocks),
        doubted=sum(bool(clock.doubts) for clock in report.clocks),
        reversed=sum(clock.ended_long_before_anchor for clock in report.clocks),
    )
