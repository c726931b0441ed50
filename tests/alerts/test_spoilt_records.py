"""Records of alerts whose content was changed or erased: the rest of an incident is read all the same."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from leakguard.alerts.history import history_of
from leakguard.alerts.records import (
    ACKNOWLEDGED,
    CHAIN,
    MISSED,
    RAISED,
    SENT,
    TRY,
    Attempt,
    Chain,
    chain_record,
    end_record,
    raised_record,
    try_record,
)
from leakguard.models.alerts import Alert, EscalationLevel, Severity
from leakguard.models.events import exactly
from leakguard.models.records import KeptRecord, Record
from support.each import for_each
from support.watching import INCIDENT, NOON

ALERT = Alert(
    incident=INCIDENT, clock="promise", generation=1, threshold="50%", severity=Severity.NOTICE, at=NOON, due_at=NOON,
    is_statutory=False,
)  # fmt: skip
ATTEMPT = Attempt(message="A-1", round=0, level=0, role="commander", channel="commander", number=1)
CHAIN_OF_ONE = Chain(
    generation=1, levels=(EscalationLevel(role="commander", after=timedelta()),), repeat=timedelta(hours=1)
)


def kept(*records: Record) -> list[KeptRecord]:
    return [
        KeptRecord(
            subject=INCIDENT, sequence=number, kind=one.kind, recorded_at=NOON, occurred_at=one.occurred_at,
            content=one.content, hash="",
        )
        for number, one in enumerate(records, start=1)
    ]  # fmt: skip


WHOLE = (
    chain_record(CHAIN_OF_ONE, incident=INCIDENT, now=NOON).record,
    raised_record(ALERT, message="A-1", now=NOON).record,
    try_record(ATTEMPT, incident=INCIDENT, now=NOON).record,
    end_record(ATTEMPT, incident=INCIDENT, now=NOON).record,
)


@for_each(
    ("kind", "content"),
    [
        (RAISED, {"severity": "dire"}),
        (RAISED, {"due_at": 7, "at": None}),
        (RAISED, {"generation": "first"}),
        (MISSED, {"clock": "promise"}),
        (SENT, {"level": "zero"}),
        (TRY, {"message": "A-1", "attempt": None}),
        (CHAIN, {"levels": None}),
        (CHAIN, {"levels": ["commander"], "generation": 2, "repeat_seconds": 60}),
        (CHAIN, {"levels": [], "generation": 2, "repeat_seconds": 10**30}),
        (ACKNOWLEDGED, {"clocks": None, "until": "2026-05-24T12:00:00Z", "by": "Ada"}),
        (ACKNOWLEDGED, {"clocks": ["promise"], "until": "soon", "by": "Ada"}),
    ],
)
def test_a_record_of_an_alert_that_cannot_be_read_is_left_out(kind: str, content: dict[str, Any]) -> None:
    like = next((one.content for one in WHOLE if one.kind == kind), {})
    spoilt = Record(kind=kind, occurred_at=exactly(NOON), content={**like, "message": "A-2", **content})

    assert history_of(INCIDENT, kept(*WHOLE, spoilt)).messages == history_of(INCIDENT, kept(*WHOLE)).messages
    found = history_of(INCIDENT, kept(*WHOLE, spoilt))
    assert found.chain == CHAIN_OF_ONE
    assert found.acknowledgements == ()
