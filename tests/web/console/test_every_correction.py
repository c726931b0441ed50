"""A correction of each kind of event on the page changes its reason alone."""

from __future__ import annotations

import pytest

from leakguard.accounts.rights import Role
from leakguard.clocks.event_kinds import KINDS
from support.corrections import DUTY, ROUGHLY, STAGE, corrected, last, number, recorded
from support.door import Served
from support.findings import make_finding
from support.visitor import Visitor

pytestmark = pytest.mark.long
KNOWN = {
    "obligation": DUTY, "stage": STAGE, "clock": f"{DUTY}.{STAGE}", "finding": "F-1",
    "until": "2099-01-05T02:00:30Z", "place": "CN", "role": "network_operator", "count": "12",
}  # fmt: skip
LEFT_OUT = frozenset({"incident_opened", "closed", "reopened", "retracted", "calendar_year_end", "paused"})
"""What is no event of a form, ends what the other corrections need, or stops clocks that run on here."""


@pytest.fixture
def anna(served: Served) -> Visitor:
    served.add("Ada Alder", Role.COMMANDER, Role.DPO)  # a decision about a duty needs the second role
    visitor = Visitor(served, "Ada Alder")
    visitor.open("/incidents/new?from=title").send("/incidents/new", {"title": "Mail log open"})
    return visitor


def kinds() -> list[str]:
    """One of each set of fields."""
    return sorted({KINDS[name].fields: name for name in KINDS if name not in LEFT_OUT}.values())


def test_a_correction_of_the_reason_alone_keeps_every_field_and_the_exact_time_of_each_kind(
    served: Served, anna: Visitor
) -> None:
    incident = number(anna)
    with served.wiring() as wiring:
        wiring.store.save_findings("R-1", [make_finding("F-1")], {})
    for kind in kinds():
        fields = {name: KNOWN.get(name, f"a {name}") for name in KINDS[kind].allowed if name != "second_person"}
        old = recorded(served, incident, kind, fields)
        corrected(anna, incident, old)
        new = last(served, incident)

        assert (new.corrects, new.kind, new.reason) == (old.id, kind, "a word was wrong")
        assert dict(new.fields) == dict(old.fields), kind
        assert (new.occurred_at.earliest, new.occurred_at.latest) == (ROUGHLY.earliest, ROUGHLY.latest), kind
