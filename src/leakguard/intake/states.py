"""How a report goes on: one mapping from state and act to the next state. What is not in it is refused."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from leakguard.errors import NotAllowed


class ReportState(StrEnum):
    """Where a report stands."""

    RECEIVED = "received"
    ACKNOWLEDGED = "acknowledged"
    TRIAGED = "triaged"
    FIXED = "fixed"
    VERIFIED = "verified"
    DISCLOSED = "disclosed"
    CLOSED = "closed"


class Act(StrEnum):
    """What somebody does with a report."""

    ACKNOWLEDGE = "acknowledge"
    TRIAGE = "triage"
    FIX = "fix"
    VERIFY = "verify"
    DISCLOSE = "disclose"
    CLOSE = "close"
    REOPEN = "reopen"


class Verdict(StrEnum):
    """What triage found."""

    VALID = "valid"
    DUPLICATE = "duplicate"
    OUT_OF_SCOPE = "out_of_scope"
    NOT_REPRODUCIBLE = "not_reproducible"
    SPAM = "spam"


_R, _A, _T, _F, _V, _D, _C = ReportState
ORDER = (_R, _A, _T, _F, _V, _D, _C)
"""From the first state to the last."""
NEXT: Mapping[ReportState, Mapping[Act, ReportState]] = {
    _R: {Act.ACKNOWLEDGE: _A, Act.TRIAGE: _T, Act.CLOSE: _C},
    _A: {Act.TRIAGE: _T, Act.CLOSE: _C},
    _T: {Act.ACKNOWLEDGE: _T, Act.TRIAGE: _T, Act.FIX: _F, Act.VERIFY: _V, Act.CLOSE: _C},
    _F: {Act.ACKNOWLEDGE: _F, Act.TRIAGE: _T, Act.VERIFY: _V, Act.CLOSE: _C},
    _V: {Act.ACKNOWLEDGE: _V, Act.TRIAGE: _T, Act.DISCLOSE: _D, Act.CLOSE: _C},
    _D: {Act.ACKNOWLEDGE: _D, Act.CLOSE: _C},
    _C: {Act.REOPEN: _T},
}
KINDS: Mapping[Act, str] = {
    Act.ACKNOWLEDGE: "report_acknowledged", Act.TRIAGE: "report_triaged", Act.FIX: "report_fixed",
    Act.VERIFY: "report_verified", Act.DISCLOSE: "report_disclosed", Act.CLOSE: "report_closed",
    Act.REOPEN: "report_reopened",
}  # fmt: skip
"""By act, the kind of its entry in the ledger."""
ACTS: Mapping[str, Act] = {kind: act for act, kind in KINDS.items()}


def advance(state: ReportState, act: Act) -> ReportState:
    """The next state; raises `NotAllowed` for an act that makes no sense there, with those that do."""
    try:
        return NEXT[state][act]
    except KeyError as error:
        possible = ", ".join(sorted(NEXT[state]))
        raise NotAllowed(
            f"a report that is {state} cannot be `{act}`", next_step=f"What can be done now: {possible}"
        ) from error
