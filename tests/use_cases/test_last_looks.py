"""What the last look said of a finding, also where no incident has it on record."""

from __future__ import annotations

import pytest

from leakguard.models.observations import Ending
from leakguard.outputs.finding import finding_json, finding_lines
from leakguard.scanning.targets import parse_target
from leakguard.use_cases.scans.closed_since import known_finding
from leakguard.use_cases.scans.start_scan import ScanOptions, start_scan, verify_again
from support.fake_prober import FakeProber, FakeServer, store_server
from support.fake_tools import FakeTools, NotedProgress
from support.scans import scope_of

SCOPE, PLACE = scope_of("127.0.0.0/24"), "127.0.0.1:9200"
SILENCE, OPEN, LOCKED = FakeServer(otherwise=Ending.SILENT), store_server(), store_server(locked=True)


def scan(tools: FakeTools, server: FakeServer, target: str = PLACE, *, vantage: str = "local") -> None:
    tools.network = FakeProber(servers={PLACE: server})
    start_scan(ScanOptions(targets=(parse_target(target),), vantage=vantage), SCOPE, tools, NotedProgress())


def verify(tools: FakeTools, server: FakeServer, finding: str) -> None:
    tools.network = FakeProber(servers={PLACE: server})
    verify_again([finding], SCOPE, tools, NotedProgress(), vantage="local")


def found_open() -> tuple[FakeTools, str]:
    tools = FakeTools()
    scan(tools, OPEN)
    (finding,) = tools.store.findings()
    return tools, finding.id


def words(tools: FakeTools, finding: str) -> tuple[object, str]:
    known = known_finding(tools.store, finding)
    return finding_json(known)["last_look"], list(finding_lines(known))[-1].removeprefix("closed").strip()


def test_a_finding_that_nobody_looked_at_again_says_so() -> None:
    tools, finding = found_open()
    scan(tools, SILENCE, "127.0.0.2:9200")  # another place

    assert words(tools, finding) == (None, "not proved closed; nobody has looked again")


@pytest.mark.parametrize(
    ("server", "look", "text"),
    [
        (SILENCE, "unknown", "not proved closed: the last probe got no clear answer"),
        (OPEN, "still_open", "STILL OPEN by the last probe"),
    ],
)
def test_a_look_without_an_incident_is_told(server: FakeServer, look: str, text: str) -> None:
    tools, finding = found_open()
    verify(tools, server, finding)
    assert words(tools, finding) == (look, text)

    tools, finding = found_open()
    scan(tools, server)
    assert words(tools, finding) == (look, text)


def test_the_last_of_several_looks_is_told() -> None:
    tools, finding = found_open()
    verify(tools, SILENCE, finding)
    verify(tools, OPEN, finding)
    assert words(tools, finding)[0] == "still_open"

    verify(tools, LOCKED, finding)
    look, text = words(tools, finding)
    assert (look, text.split(":")[0]) == ("closed", "proved closed since")


def test_a_closure_from_one_of_two_vantages_is_none_from_everywhere() -> None:
    tools, finding = found_open()
    scan(tools, OPEN, vantage="outside")
    verify(tools, LOCKED, finding)

    assert words(tools, finding) == ("closed", "not proved closed from everywhere where it was seen open")
