"""The one register of the API: every operation. Routes, rights, the OpenAPI document and the tests follow from it."""

from __future__ import annotations

from leakguard.web.operation import Operation
from leakguard.web.routes import (
    accounts,
    clocks,
    duties,
    events,
    evidence,
    exposures,
    facts,
    incidents,
    interview,
    ledger,
    letter_pages,
    letters,
    meta,
    overview,
    own,
    people,
    redactions,
    register,
    review,
    runs,
    scans,
    scope,
    sending,
    steps,
)

OPERATIONS: tuple[Operation, ...] = (
    *meta.OPERATIONS,
    *incidents.OPERATIONS,
    *overview.OPERATIONS,
    *events.OPERATIONS,
    *clocks.OPERATIONS,
    *steps.OPERATIONS,
    *people.OPERATIONS,
    *review.OPERATIONS,
    *facts.OPERATIONS,
    *interview.OPERATIONS,
    *duties.OPERATIONS,
    *letters.OPERATIONS,
    *register.OPERATIONS,
    *letter_pages.OPERATIONS,
    *sending.OPERATIONS,
    *exposures.OPERATIONS,
    *runs.OPERATIONS,
    *scope.OPERATIONS,
    *scans.OPERATIONS,
    *evidence.OPERATIONS,
    *redactions.OPERATIONS,
    *ledger.OPERATIONS,
    *accounts.OPERATIONS,
    *own.OPERATIONS,
)
BY_NAME = {one.name: one for one in OPERATIONS}
