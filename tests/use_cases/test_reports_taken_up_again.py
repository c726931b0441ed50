"""What was proved about a report no longer counts once somebody takes the report up again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from leakguard.errors import NotAllowed
from leakguard.intake.naming import named_in
from leakguard.intake.reading import read_mail
from leakguard.intake.states import Act, ReportState, Verdict
from leakguard.intake.view import received_records
from leakguard.use_cases.intake.closing_proof import not_proved_closed, verify_report, with_proof
from leakguard.use_cases.intake.reports import act_on, load_report, triage
from support.fake_prober import store_server
from support.scans import NOW
from support.watched_exposures import TARGETS, Watching

ID = "RP-2026-0001"


def now() -> datetime:
    return NOW


def store_of(world: Watching) -> Any:  # noqa: ANN401  (its store has no head, which nothing here asks for)
    return world.tools.store


def seen_open_and_closed() -> tuple[Watching, str]:
    """A report about a store that a scan saw open and a later one closed, verified by that; the finding is named."""
    world = Watching()
    world.serve(at_1=store_server(records=100))
    world.scan()
    store = store_of(world)
    (finding,) = store.findings()
    message = read_mail(b"Subject: open\r\n\r\nit is open", name="m")
    store.append(ID, received_records(message, named_in(message.text), at=NOW, duplicate_of=""))
    triage(store, ID, Verdict.VALID, now=now, findings=(finding.id,))
    with pytest.raises(NotAllowed):
        verify_report(store, ID, reason="", now=now)
    world.serve()
    world.scan()
    verify_report(store, ID, reason="", now=now)
    return world, finding.id


def test_a_probe_from_before_a_report_was_found_open_again_does_not_prove_it_closed() -> None:
    world, finding = seen_open_and_closed()
    store = store_of(world)
    again = triage(store, ID, Verdict.VALID, now=now, note="open again")

    assert not_proved_closed(store, again) == (finding,)
    assert with_proof(store, ID, now=now).state is ReportState.TRIAGED
    with pytest.raises(NotAllowed, match="not proved closed"):
        verify_report(store, ID, reason="surely", now=now)


def test_a_probe_from_afterwards_proves_it_closed_again() -> None:
    world, _ = seen_open_and_closed()
    store = store_of(world)
    triage(store, ID, Verdict.VALID, now=now, note="open again")
    world.scan(TARGETS[0])

    assert with_proof(store, ID, now=now).state is ReportState.VERIFIED


def test_a_report_that_was_closed_and_opened_again_needs_a_new_proof_and_one_that_was_never_verified_the_old_one() -> (
    None
):
    world, finding = seen_open_and_closed()
    store = store_of(world)
    act_on(store, ID, Act.CLOSE, now=now)
    act_on(store, ID, Act.REOPEN, now=now)
    assert not_proved_closed(store, load_report(store, ID)) == (finding,)

    other = "RP-2026-0002"
    message = read_mail(b"Subject: open too\r\n\r\nit is open", name="m")
    store.append(other, received_records(message, (), at=NOW, duplicate_of=""))
    triage(store, other, Verdict.VALID, now=now, findings=(finding,))
    act_on(store, other, Act.CLOSE, now=now)
    act_on(store, other, Act.REOPEN, now=now)
    assert with_proof(store, other, now=now).state is ReportState.VERIFIED
