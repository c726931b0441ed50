"""The one register of the API: every operation. Routes, rights, the OpenAPI document and the tests follow from it."""

from __future__ import annotations

from leakguard.web.operation import Operation
from leakguard.web.routes import clocks, events, evidence, facts, incidents, ledger, letters, meta, scans, steps

OPERATIONS: tuple[Operation, ...] = (
    *meta.OPERATIONS,
    *incidents.OPERATIONS,
    *events.OPERATIONS,
    *clocks.OPERATIONS,
    *steps.OPERATIONS,
    *facts.OPERATIONS,
    *letters.OPERATIONS,
    *scans.OPERATIONS,
    *evidence.OPERATIONS,
    *ledger.OPERATIONS,
)
BY_NAME = {one.name: one for one in OPERATIONS}
