"""Clocks of an incident, the arithmetic of each, its alerts, and who has seen them."""

from __future__ import annotations

from functools import partial
from typing import Literal

from pydantic import Field

from leakguard.accounts.rights import Right
from leakguard.alerts.history import history_of
from leakguard.clocks.durations import parse_exact
from leakguard.models.moments import to_z
from leakguard.outputs.alerts import alerts_json
from leakguard.outputs.clock import statuses_json, why_json
from leakguard.outputs.clock_tasks import with_tasks
from leakguard.translations.catalogue import catalogue
from leakguard.use_cases.alerts.acknowledge import acknowledge
from leakguard.use_cases.alerts.stood_clocks import ClocksAsOf, ClocksQuery, clocks_at, clocks_if_known, forecasts
from leakguard.use_cases.incidents.incident_rules import EVERYWHERE
from leakguard.use_cases.incidents.incidents import load_incident
from leakguard.use_cases.incidents.kept_facts import NAME
from leakguard.use_cases.proofs.clock_doubts import clock_doubt
from leakguard.web.around import contradicted, doubted, facts_of, reach, records_of, stated_facts, watched
from leakguard.web.call import Answer, Call
from leakguard.web.models import AsOf, Body, Name
from leakguard.web.operation import BodyKind, Method, Operation
from leakguard.web.shapes import clocks as shapes


class ClocksAt(AsOf):
    """As of when, and by which facts."""

    by_facts: bool = Field(default=False, description="Omit the duties that the incident's facts rule out.")


class WhyAt(AsOf):
    """As of when, and in which language."""

    lang: Literal["en", "zh"] = Field(default="en", description="The language of the sentences.")


class Acknowledge(Body):
    """Who takes care of what, for how long."""

    what: Name = Field(description="A clock, or an alert by its id.")
    lasts: Name = Field(default="PT2H", description="How long it holds; up to a day.")


def _stood(call: Call, *, by_facts: bool) -> tuple[ClocksQuery, ClocksAsOf]:
    wiring, store = call.wiring, call.wiring.store
    kept = stated_facts(call) if by_facts else None
    asked = ClocksQuery(
        incident=call.incident, at=call.query.now, facts=(NAME, kept.text) if kept is not None else None
    )
    doubt = clock_doubt(store, wiring.now())
    stood = clocks_at(
        asked, wiring.bundled, store, reach=lambda: reach(call, facts_of(call)), now=wiring.now,
        doubt=contradicted(call, call.incident), ahead_at=doubt.recorded_at if doubt is not None else None,
    )  # fmt: skip
    return asked, stood


def list_all(call: Call) -> Answer:
    """How every clock of the incident stands, as `clock list` has it."""
    asked, stood = _stood(call, by_facts=call.query.by_facts)
    late = forecasts(call.wiring.store, asked, stood)
    facts = facts_of(call) if asked.facts is not None else None
    laws = watched(call, EVERYWHERE if asked.facts is not None else reach(call, facts_of(call)), facts)
    document = statuses_json(stood.statuses, stood.now, late, laws, stood.unknown)
    document["clocks"] = with_tasks(document["clocks"], call.wiring.duties().duties)
    return Answer(document=doubted(call, document, call.incident))


def why(call: Call) -> Answer:
    """The rule, the anchor and every step that lead to the limit of one clock, as `clock why` has it."""
    _, stood = _stood(call, by_facts=False)
    document = why_json(stood.only(call.path["clock"]), catalogue(call.query.lang))
    (document,) = with_tasks((document,), call.wiring.duties().duties)
    return Answer(document=doubted(call, document, call.incident))


def list_alerts(call: Call) -> Answer:
    """The alerts of the incident, what became of them, and who has seen them."""
    store = call.wiring.store
    load_incident(store, call.incident)
    return Answer(document=alerts_json(history_of(call.incident, records_of(call)), call.wiring.now()))


def acknowledged(call: Call) -> Answer:
    """Take care of a clock or an alert, as `clock ack` does."""
    wiring, store, body = call.wiring, call.wiring.store, call.body
    done = acknowledge(
        store, call.incident, body.what, by=wiring.by, lasts=parse_exact(body.lasts), now=wiring.now,
        statuses=partial(clocks_if_known, wiring.bundled, store, call.incident, lambda: wiring.reach, wiring.now()),
    )  # fmt: skip
    document = {
        "incident": done.incident, "clocks": list(done.clocks), "by": done.by,
        "by_source": wiring.recorder.source.value, "until": to_z(done.until),
    }  # fmt: skip
    return Answer(document=doubted(call, document, call.incident))


_READ = Right.READ_INCIDENTS
OPERATIONS = (
    Operation(
        name="list_clocks", method=Method.GET, path="/incidents/{incident}/clocks", right=_READ, handler=list_all,
        query=ClocksAt, answer=shapes.Clocks,
        summary="Show how every clock of the incident stands, and the laws that are considered.",
        command="clock list",
    ),
    Operation(
        name="why_clock", method=Method.GET, path="/incidents/{incident}/clocks/{clock}", right=_READ, handler=why,
        query=WhyAt, answer=shapes.ClockShown, summary="Show every step that leads to the limit of one clock.",
        command="clock why",
    ),
    Operation(
        name="list_alerts", method=Method.GET, path="/incidents/{incident}/alerts", right=_READ, handler=list_alerts,
        answer=shapes.Alerts, summary="List the alerts of the incident, and who has seen them.",
    ),
    Operation(
        name="acknowledge_alert", method=Method.POST, path="/incidents/{incident}/acknowledgements",
        right=Right.ACKNOWLEDGE_ALERTS, handler=acknowledged, request=Acknowledge, takes=BodyKind.JSON, status=201,
        answer=shapes.Acknowledged, summary="Say that you have seen an alert and take care of it.",
        also="It stops repeats and the next levels for that time, never the clock.",
        command="clock ack",
    ),
)  # fmt: skip
