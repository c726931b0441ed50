"""A correction on the page changes what was typed, and nothing that its form does not ask for."""

from __future__ import annotations

import pytest

from leakguard.accounts.rights import Role
from leakguard.models.moments import to_z
from support.corrections import DUTY, corrected, last, number, recorded
from support.door import Served
from support.visitor import Visitor


@pytest.fixture
def anna(served: Served) -> Visitor:
    served.add("Ada Alder", Role.COMMANDER, Role.DPO)  # a decision about a duty needs the second role
    visitor = Visitor(served, "Ada Alder")
    visitor.open("/incidents/new?from=title").send("/incidents/new", {"title": "Mail log open"})
    return visitor


def test_an_event_about_a_finding_of_another_incident_is_told_on_the_timeline(served: Served, anna: Visitor) -> None:
    incident = number(anna)
    recorded(served, incident, "contained", {"finding": "F-9"})

    assert "F-9" in anna.open(f"/incidents/{incident}/timeline").text


def test_a_decision_for_one_organisation_stays_one_for_it_alone(served: Served, anna: Visitor) -> None:
    incident = number(anna)
    decided = {"obligation": DUTY, "organisation": "B GmbH", "rationale": "a processor"}
    old = recorded(served, incident, "not_applicable", decided)
    corrected(anna, incident, old, rationale="it is a processor")

    assert dict(last(served, incident).fields) == {**decided, "rationale": "it is a processor"}
    anna.open(f"/incidents/{incident}/events/new?corrects={last(served, incident).id}")
    assert "Kept as it was: organisation: B GmbH" in anna.text


def test_another_kind_keeps_the_organisation_and_a_time_that_is_typed_counts(served: Served, anna: Visitor) -> None:
    incident = number(anna)
    old = recorded(served, incident, "not_applicable", {"obligation": DUTY, "organisation": "B GmbH", "step": "own"})
    path = f"/incidents/{incident}/events/new"
    values = {"reason": "the other way round", "at": "2026-05-23T10:00"}
    anna.open(f"{path}?corrects={old.id}&kind=applicable").show(path, values).send(path)

    new = last(served, incident)
    assert (new.kind, dict(new.fields)) == ("applicable", {"obligation": DUTY, "organisation": "B GmbH"})
    assert [to_z(new.occurred_at.earliest), to_z(new.occurred_at.latest)] == ["2026-05-23T02:00:00Z"] * 2
