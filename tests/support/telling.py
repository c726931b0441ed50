"""One record of each kind that is kept once only, as a watchman and a watch keep them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from leakguard.alerts.records import (
    Attempt,
    Chain,
    MissedThreshold,
    chain_record,
    end_record,
    missed_record,
    outage_record,
    raised_record,
    try_record,
)
from leakguard.frozen import replace
from leakguard.models.alerts import Alert, Severity
from leakguard.scanning.diff import Change, ChangeKind
from leakguard.scanning.exposure_summary import traits_of
from leakguard.store.sql_store import SqlStore
from leakguard.use_cases.scans.exposure_changes import begin, record_changes, record_noted
from leakguard.use_cases.scans.following import RunPart
from support.findings import make_finding

ALARM = Alert(
    incident="IR-2026-0001", clock="cac", generation=1, threshold="-PT1H", severity=Severity.WARNING,
    at=datetime(2026, 5, 24, tzinfo=UTC), due_at=datetime(2026, 5, 24, 1, tzinfo=UTC), is_statutory=True,
)  # fmt: skip
ATTEMPT = Attempt(message="M-1", round=1, level=0, role="commander", channel="mail", number=1)
CHAIN = Chain(generation=1, levels=(), repeat=timedelta(hours=1))


def tell_once(store: SqlStore) -> None:
    """Each kind of record that is kept once only."""
    now = datetime(2026, 5, 24, tzinfo=UTC)
    missed = replace(ALARM, threshold="50%", due_at=None)
    keyed = [
        raised_record(ALARM, message="M-1", now=now),
        missed_record(MissedThreshold(alarm=missed, reason="offline", instead="-PT1H"), now=now),
        try_record(ATTEMPT, incident=ALARM.incident, now=now),
        end_record(ATTEMPT, incident=ALARM.incident, now=now),
        chain_record(CHAIN, incident=ALARM.incident, now=now),
        outage_record(ALARM.incident, since=now, until=now + timedelta(hours=1)),
    ]
    assert len(store.append_once(ALARM.incident, keyed)) == len(keyed)
    part = RunPart(run="R-1", after=0, until=6, ended_at=now, is_finished=True)
    seen = traits_of(make_finding("F-1"))
    begin(store, now=lambda: now)
    record_changes(store, part, [Change(kind=ChangeKind.NEW, check_id="c", target="192.0.2.1:9200", after=seen)])
    record_noted(store, part, 1)
