"""A correction on the page changes what was typed, and nothing that its form does not ask for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import lxml.html
import pytest

from leakguard.accounts.rights import Role
from leakguard.clocks.event_kinds import KINDS
from leakguard.models.event_records import event_of, record_of_event
from leakguard.models.events import Event, Interval
from leakguard.models.moments import to_z
from support.door import SAME, Served
from support.findings import make_finding
from support.visitor import Visitor

DUTY, STAGE = "cn-cac-incident-general", "initial"
ROUGHLY = Interval(
    earliest=datetime(2026, 5, 23, 22, 40, 36, 5, tzinfo=UTC), latest=datetime(2026, 5, 23, 22, 40, 59, tzinfo=UTC)
)
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


def number(visitor: Visitor) -> str:
    return visitor.answer.url.path.removeprefix("/incidents/").partition("/")[0]


def recorded(served: Served, incident: str, kind: str, fields: Mapping[str, Any]) -> Event:
    with served.wiring() as wiring:
        record = record_of_event(
            kind=kind, occurred_at=ROUGHLY, source="one scan", reason="read late", corrects=None, fields=dict(fields)
        )
        return event_of(wiring.store.append(incident, (record,))[0])


def last(served: Served, incident: str) -> Event:
    with served.wiring() as wiring:
        return event_of(list(wiring.store.read(incident))[-1])


def corrected(anna: Visitor, incident: str, old: Event, **values: str) -> None:
    path = f"/incidents/{incident}/events/new"
    form = dict(anna.open(f"{path}?corrects={old.id}").form(path).form_values())
    answer = anna.client.post(path, data={**form, "reason": "a word was wrong", **values}, headers=SAME)
    told = lxml.html.fromstring(answer.text or "<p/>").xpath("//*[@role='alert']//text()")
    assert answer.status_code == 303, (old.kind, told)


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
