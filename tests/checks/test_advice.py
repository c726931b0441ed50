"""Advice is for the port that was found: the usual one may be shut, or be somebody else's."""

from __future__ import annotations

import re
from collections.abc import Iterator

from leakguard.bundled import BundledFiles
from leakguard.checks.definitions import CheckDefinition
from leakguard.engine.conclusion import conclude
from leakguard.engine.examination import CheckResult
from leakguard.models.findings import Access, Finding, Outcome, Severity, Verdict
from leakguard.models.observations import Observation
from leakguard.models.targets import Endpoint
from leakguard.playbooks.definitions import parse_playbook
from support.each import for_each
from support.scans import NOW
from support.shipped import LIBRARY

FOREIGN = 61234
USUAL = {port for check in LIBRARY for port in check.probe.ports if port not in {80, 443}}
"""Ports of the web are no sign of a product."""


def found_open(check: CheckDefinition, port: int) -> Finding:
    """The finding of a check on a port where nobody expects its product."""
    verdict = Verdict(outcome=Outcome.EXPOSED, reason="it answers", access=Access.READ, severity=Severity.HIGH)
    judged = CheckResult(definition=check, observation=Observation(kind=check.probe.kind), verdict=verdict)
    endpoint = Endpoint(address="127.0.0.1", port=port, named=True)
    seen = conclude(
        endpoint, (judged,), run="R-1", vantage="local", observed_at=NOW, is_decoy=False, first_open_at={}
    )  # fmt: skip
    return seen.findings[0]


def numbers(text: str) -> set[int]:
    return {int(number) for number in re.findall(r"(?<![\w.])\d{2,5}(?![\w.]\w)", text)}


@for_each("check", LIBRARY, ids=lambda check: check.id)
def test_the_advice_for_a_finding_on_a_foreign_port_names_no_usual_port(check: CheckDefinition) -> None:
    advice = found_open(check, FOREIGN).remediation

    assert not numbers(f"{advice} {check.why}") & USUAL
    assert "{" not in advice
    assert str(FOREIGN) in advice or "at the firewall" not in advice


def test_the_same_check_names_each_port_that_it_found() -> None:
    check = next(one for one in LIBRARY if one.id == "elasticsearch_open")

    told = [found_open(check, port).remediation.partition(" at the firewall")[0] for port in (9200, 19200)]

    assert told == ["Close port 9200", "Close port 19200"]


def playbook_lines() -> Iterator[tuple[str, str]]:
    bundled = BundledFiles()
    for name in bundled.names("playbooks"):
        for step, one in parse_playbook(bundled.text("playbooks", name), name=name).steps.items():
            for line in (*one.do, *one.do_not, *(line for lines in one.how.values() for line in lines)):
                yield f"{name} {step}", line


def test_no_line_of_a_playbook_names_the_usual_port_of_a_product() -> None:
    named = [(place, line) for place, line in playbook_lines() if numbers(line) & USUAL]

    assert named == []
