"""Packing: whatever a part tells, its parent is told the same, even of what no message can hold."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from hypothesis import given

from leakguard.engine.part_report import PartReport
from leakguard.frozen import replace
from leakguard.models.findings import Finding, Size
from leakguard.models.runs import RunState
from leakguard.parallel.packing import Packing
from support.any_findings import FINDINGS
from support.findings import make_finding
from support.hostile_words import hostile_finding

PACKING = Packing(PartReport)
BEYOND = Size(records=2**64, bytes=None, collections=None, exact=True, method="a host's word")


def report_of(*findings: Finding, **more: Any) -> PartReport:  # noqa: ANN401  (any field of a report)
    state = RunState(next_position=3, pending=(1, 2), counts={"exposed": 1}, reasons={"why": 2})
    return PartReport(part=1, state=state, findings=findings, slowest=(("127.0.0.1:9200", 0.5),), **more)


def seen(report: PartReport) -> str:
    """All of it with its types, so that a list is no tuple; what is no number is itself."""
    return repr(report)


@given(FINDINGS)
def test_any_finding_comes_out_as_it_went_in(finding: Finding) -> None:
    report = report_of(finding)

    assert seen(PACKING.unpack(PACKING.pack(report))) == seen(report)


@pytest.mark.parametrize(
    "finding",
    [hostile_finding(), make_finding(verdict=replace(make_finding().verdict, size=BEYOND))],
    ids=["half a character", "a number beyond 64 bits"],
)
def test_what_no_message_can_hold_comes_out_as_well(finding: Finding) -> None:
    report = report_of(finding, statuses={"127.0.0.1:9200": "exposed"}, bugs={"KeyError at x": 1}, is_network_lost=True)

    assert seen(PACKING.unpack(PACKING.pack(report))) == seen(report)


def test_a_usual_report_is_not_pickled() -> None:
    """It would cost as much as all else that is done for a finding between two processes."""
    report = report_of(*[make_finding()] * 100)

    assert len(PACKING.pack(report)) < 100 * len(pickle.dumps(make_finding()))
    assert b"leakguard" not in PACKING.pack(report)[:200]
