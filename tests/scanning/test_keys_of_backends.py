"""A refusal proves closure for those alone who asked by the key by which it was open, and hidden rows prove nothing."""

from __future__ import annotations

import pytest

from leakguard.frozen import replace
from leakguard.models.findings import Finding, Outcome, ReasonCode
from leakguard.models.shipped import ShippedFindings, ShippedKey
from leakguard.scanning.history import History
from leakguard.scanning.history_state import history_from, state_of
from leakguard.scanning.sightings import RunFacts, SightingCollector, spot_of
from leakguard.use_cases.incidents.incident_closures import Closure
from leakguard.use_cases.scans.verify_findings import judge_closure
from support.scans import finding_of

PLACE = "192.0.2.1:443/users"


def seen(outcome: Outcome, *, key: str = "", code: ReasonCode | None = None) -> Finding:
    """A finding of one table, asked by a key of this mark."""
    keys = (ShippedKey(kind="supabase_publishable_key", where="https://app.example.edu/a.js", mark=key),) if key else ()
    return finding_of(outcome, target=PLACE, shipped=ShippedFindings(keys=keys), reason_code=code)


OPEN = seen(Outcome.EXPOSED, key="aaaa")
REFUSED = seen(Outcome.NOT_EXPOSED, key="aaaa")
CASES = [
    (REFUSED, True),
    (seen(Outcome.NOT_EXPOSED, key="bbbb"), False),
    (seen(Outcome.NOT_EXPOSED), False),
    (seen(Outcome.NOT_EXPOSED, key="aaaa", code=ReasonCode.ROWS_HIDDEN), False),
    (seen(Outcome.NOT_EXPOSED, key="aaaa", code=ReasonCode.NOTHING_LISTED), False),
    (seen(Outcome.INCONCLUSIVE, key="aaaa", code=ReasonCode.KEY_NOT_FOUND), False),
]


def test_whoever_has_no_key_for_marks_tells_a_key_by_its_place() -> None:
    unmarked = ShippedKey(kind="supabase_anon_key", where="https://app.example.edu/a.js")

    assert OPEN.key == "aaaa"
    assert (
        finding_of(shipped=ShippedFindings(keys=(unmarked,))).key == "supabase_anon_key in https://app.example.edu/a.js"
    )
    assert finding_of().key == ""


@pytest.mark.parametrize(("now", "is_closed"), CASES)
def test_a_verification_claims_closure_from_the_refusal_of_the_same_key_alone(now: Finding, is_closed: bool) -> None:  # noqa: FBT001  (a parameter of the test)
    (found,) = judge_closure([OPEN], run="R-2", standings={}, again=[now])

    assert found.closure is (Closure.CLOSED if is_closed else Closure.UNKNOWN)
    assert found.now is not None
    is_changed = now.verdict.outcome is Outcome.NOT_EXPOSED and now.key != OPEN.key
    assert ("no longer ships the key" in found.now.verdict.reason) is is_changed


@pytest.mark.parametrize(("now", "is_closed"), CASES)
def test_a_watch_claims_closure_from_the_refusal_of_the_same_key_alone(now: Finding, is_closed: bool) -> None:  # noqa: FBT001  (as above)
    history = History()
    first = SightingCollector(history, RunFacts(run="R-1"))
    first.finding(OPEN)
    history.fold(first.looks(is_finished=True))
    again = history_from(state_of(history))
    assert again is not None
    later = SightingCollector(again, RunFacts(run="R-2"))

    later.finding(replace(now, run="R-2"))

    place, spot = (OPEN.check_id, OPEN.place), spot_of(OPEN)
    assert later.looks(is_finished=True).answered == {(place, spot): is_closed}
