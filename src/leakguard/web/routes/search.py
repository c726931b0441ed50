"""Search: one box for incidents, letters, open places, duties and people."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from leakguard.accounts.rights import Right
from leakguard.models.events import Event
from leakguard.outputs.board import board_row_json
from leakguard.translations.catalogue import LANGUAGES, catalogue
from leakguard.use_cases.accounts.callers import read_registry
from leakguard.use_cases.alerts.cases import Case
from leakguard.use_cases.alerts.search import (
    Words,
    clocks_named,
    duties_named,
    events_named,
    exposures_named,
    incidents_named,
)
from leakguard.use_cases.proofs.evidence_items import list_items
from leakguard.use_cases.scans.open_exposures import Exposure
from leakguard.web.around import reach_if_known
from leakguard.web.call import Answer, Call
from leakguard.web.models import Query
from leakguard.web.operation import Method, Operation
from leakguard.web.shapes import search as shapes

MOST = 50


class Asked(Query):
    """What is looked for."""

    q: Annotated[str, Field(max_length=200)] = Field(default="", description="Words; each has to be there.")
    limit: int = Field(default=10, ge=1, le=MOST, description="How many of each kind.")
    lang: Annotated[str, Field(pattern="^(en|zh)$")] = Field(
        default="en", description="In which language tasks are looked through beside English."
    )


def search(call: Call) -> Answer:
    """What the words name, kind by kind."""
    asked: Asked = call.query
    words = Words(text=asked.q)
    if not words.is_enough:
        return Answer(document={"words": asked.q, "groups": []})
    groups = [*_of_incidents(call, words), _evidence(call, words), _exposures(call, words), _duties(call, words)]
    groups.append(_people(call, words))
    return Answer(document={"words": asked.q, "groups": [group for group in groups if group["count"]]})


def _group(kind: str, rows: list[dict[str, Any]], limit: int) -> dict[str, Any]:
    return {"kind": kind, "count": len(rows), "found": rows[:limit]}


def _of_incidents(call: Call, words: Words) -> list[dict[str, Any]]:
    wiring, asked = call.wiring, call.query
    now, around = wiring.now(), reach_if_known(call)
    cases = wiring.board.cases(wiring.store, wiring.bundled, around, now)
    rows = wiring.board.rows(wiring.store, wiring.bundled, around, now).every
    say = catalogue(asked.lang if asked.lang in LANGUAGES else "en").gettext
    clocks = clocks_named(words, rows, say)
    return [
        _group("incidents", [_incident(incident) for incident in incidents_named(words, cases.values())], asked.limit),
        {
            "kind": "letters", "count": len(clocks),
            "found": [{"clock": board_row_json(clock, now)} for clock in clocks[: asked.limit]],
        },
        _group("events", [_event(case, event) for case, event in events_named(words, cases.values())], asked.limit),
    ]  # fmt: skip


def _incident(case: Case) -> dict[str, Any]:
    one = case.incident
    return {"incident": {"id": one.id, "title": one.title, "state": one.state.value}}


def _event(case: Case, event: Event) -> dict[str, Any]:
    one = case.incident
    return {"event": {"id": event.id, "kind": event.kind, "incident": one.id, "incident_title": one.title}}


def _evidence(call: Call, words: Words) -> dict[str, Any]:
    if call.caller is None or not call.caller.may(Right.READ_EVIDENCE):
        return _group("evidence", [], 0)
    items, _ = list_items(call.wiring.store)
    found = [
        {"evidence": {"id": item.id, "name": item.name, "incident": item.incident}}
        for item in items
        if words.fit(item.id, item.name)
    ]
    return _group("evidence", found, call.query.limit)


def _exposures(call: Call, words: Words) -> dict[str, Any]:
    wiring = call.wiring
    if call.caller is None or not call.caller.may(Right.READ_FINDINGS):
        return _group("exposures", [], 0)
    found = exposures_named(words, wiring.exposures.rows(wiring.store))
    return _group("exposures", [_exposure(exposure) for exposure in found], call.query.limit)


def _exposure(exposure: Exposure) -> dict[str, Any]:
    glance = exposure.traits.glance
    place = {
        "finding": glance.id, "place": glance.place, "host": exposure.traits.host, "product": exposure.traits.product,
        "severity": exposure.seen.severity.value,
    }  # fmt: skip
    return {"exposure": place}


def _duties(call: Call, words: Words) -> dict[str, Any]:
    rows = [
        {
            "duty": {
                "id": duty.id, "law": duty.law, "article": duty.article, "jurisdiction": duty.jurisdiction,
                "recipient": duty.recipient.name,
            }
        }
        for duty in duties_named(words, call.wiring.duties().duties)
    ]  # fmt: skip
    return _group("duties", rows, call.query.limit)


def _people(call: Call, words: Words) -> dict[str, Any]:
    if call.caller is None or not call.caller.may(Right.READ_ACCOUNTS):
        return _group("people", [], 0)
    store = call.wiring.store
    accounts = read_registry(store).accounts
    rows = [
        {"person": {"actor": person.actor, "name": person.name, "roles": sorted(role.value for role in state.roles)}}
        for person in store.people()
        if person.name and (state := accounts.get(person.actor)) is not None and words.fit(person.name)
    ]
    return _group("people", rows, call.query.limit)


OPERATIONS = (
    Operation(
        name="search", method=Method.GET, path="/search", right=Right.READ_INCIDENTS, handler=search, query=Asked,
        answer=shapes.SearchResult,
        summary="Find incidents, their letters, events and evidence, open places, duties and people by words.",
        also="Each word has to be there; an event has its number alone, such as `E-12`. "
        "A kind that you may not read is left out.",
    ),
)  # fmt: skip
