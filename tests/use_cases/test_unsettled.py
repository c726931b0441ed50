"""Protected, or not settled: a login that was not tried, and a front page that may guard itself alone."""

from __future__ import annotations

import asyncio
import json
import struct

import pytest

from leakguard.engine.examination import EndpointStatus, Examination
from leakguard.frozen import replace
from leakguard.models.findings import Finding, Outcome, ReasonCode
from leakguard.models.runs import RunState
from leakguard.outputs.json_text import scan_json_parts
from leakguard.outputs.words import counts_line
from leakguard.scanning.unsettled import unsettled_in
from leakguard.use_cases.scans.runs import unsettled_of
from support.examining import examiner_with
from support.findings import make_finding
from support.hostile import Host, Script, answers, http_answer, read_some, serving
from support.probing import Probing, run
from support.shipped import LIBRARY

GREETING = (
    b"\x0a10.11.6-MariaDB\x00\x01\x00\x00\x00abcdefgh\x00\xff\xf7\x08\x02\x00\xff\x81\x15"
    + bytes(10)
    + b"abcdefghijkl\x00mysql_native_password\x00"
)
DENIED = b"\xff\x15\x04#28000Access denied"


def packet(number: int, payload: bytes) -> bytes:
    return struct.pack("<I", len(payload))[:3] + bytes([number]) + payload


async def examined(script: Script) -> Examination:
    async with serving(script) as host:
        return await examiner_with(Probing(), LIBRARY).examine(host.endpoint(named=True))


async def mariadb(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: Host) -> None:
    """Greets, and refuses whoever logs in."""
    writer.write(packet(0, GREETING))
    await read_some(reader, host)
    writer.write(packet(2, DENIED))
    await read_some(reader, host)


@pytest.mark.enable_socket
def test_a_login_that_was_refused_to_nobody_is_not_settled() -> None:
    examination = run(examined(mariadb))

    (finding,) = examination.findings
    assert examination.status is EndpointStatus.PROTECTED
    assert (finding.check_id, finding.verdict.outcome) == ("mysql_open", Outcome.NOT_EXPOSED)
    assert finding.verdict.reason_code is ReasonCode.ACCOUNTS_NOT_TRIED
    assert examination.unsettled == "accounts_not_tried"


@pytest.mark.enable_socket
def test_a_guarded_front_page_says_so_and_no_more() -> None:
    guard = http_answer(b"<html>401", status="401 Unauthorized", headers='WWW-Authenticate: Basic realm="x"\r\n')

    examination = run(examined(answers({}, otherwise=guard)))

    (finding,) = examination.findings
    assert finding.check_id == "http_login_asked"
    assert finding.verdict.reason_code is ReasonCode.FRONT_PAGE_GUARDED
    assert examination.unsettled == "front_page_guarded"


def refusal(code: ReasonCode | None) -> Finding:
    finding = make_finding()
    return replace(finding, verdict=replace(finding.verdict, outcome=Outcome.NOT_EXPOSED, reason_code=code))


def protected(*codes: ReasonCode | None, status: EndpointStatus = EndpointStatus.PROTECTED) -> Examination:
    findings = tuple(refusal(code) for code in codes)
    return Examination(status=status, findings=findings)


def test_an_endpoint_that_one_check_knows_to_be_closed_is_settled() -> None:
    tried = ReasonCode.ACCOUNTS_NOT_TRIED

    assert protected(tried, None).unsettled == ""
    assert protected(None).unsettled == ""
    assert protected().unsettled == ""
    assert protected(tried, status=EndpointStatus.EXPOSED).unsettled == ""
    assert protected(tried, tried).unsettled == "accounts_not_tried"


def test_the_sum_says_why_what_is_protected_may_be_open() -> None:
    line = counts_line({"protected": 12, "closed": 1}, unsettled={"accounts_not_tried": 3})

    assert (
        line == "12 protected, 3 of them by a login that was not tried with an empty password, 1 closed = 13 endpoints"
    )
    assert counts_line({"protected": 2}, unsettled={}) == "2 protected = 2 endpoints"
    both = counts_line({"protected": 5}, unsettled={"front_page_guarded": 1, "accounts_not_tried": 2})
    assert both == (
        "5 protected, 2 of them by a login that was not tried with an empty password and 1 of them by the front page "
        "alone = 5 endpoints"
    )


def test_the_document_of_a_scan_counts_what_is_not_settled() -> None:
    document = json.loads("".join(scan_json_parts("R-1", {"protected": 3}, [], unsettled={"accounts_not_tried": 3})))

    assert document["protected_unsettled"] == {"accounts_not_tried": 3}
    assert "protected_unsettled" not in json.loads("".join(scan_json_parts("R-1", {"protected": 3}, [])))


def test_parts_of_a_run_are_added_up() -> None:
    states = [RunState(unsettled={"accounts_not_tried": 2}), RunState(), RunState(unsettled={"accounts_not_tried": 1})]

    assert unsettled_of(states) == {"accounts_not_tried": 3}


def test_the_findings_of_many_endpoints_tell_how_many_are_not_settled() -> None:
    tried, front = ReasonCode.ACCOUNTS_NOT_TRIED, ReasonCode.FRONT_PAGE_GUARDED
    findings = [
        replace(refusal(tried), address="10.0.0.1"),
        replace(refusal(tried), address="10.0.0.2"),
        replace(refusal(None), address="10.0.0.2"),
        replace(refusal(front), address="10.0.0.3"),
        replace(refusal(front), address="10.0.0.4"),
        replace(make_finding(), address="10.0.0.4"),
    ]

    assert unsettled_in(findings) == {"accounts_not_tried": 1, "front_page_guarded": 1}
    assert unsettled_in([]) == {}
