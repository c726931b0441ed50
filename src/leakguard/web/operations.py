"""The one register of the API: every operation. Routes, rights, the OpenAPI document and the tests follow from it."""

from __future__ import annotations

from leakguard.web.operation import Operation
from leakguard.web.routes import (
    accounts,
    clocks,
    events,
    evidence,
    exposures,
    facts,
    incidents,
    ledger,
    letter_pages,
    letters,
    meta,
    overview,
    people,
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
    *facts.OPERATIONS,
    *letters.OPERATIONS,
    *letter_pages.OPERATIONS,
    *sending.OPERATIONS,
    *exposures.OPERATIONS,
    *runs.OPERATIONS,
    *scope.OPERATIONS,
    *scans.OPERATIONS,
    *evidence.OPERATIONS,
    *ledger.OPERATIONS,
    *accounts.OPERATIONS,
)
BY_NAME = {one.name: one for one in OPERATIONS}
