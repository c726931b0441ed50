"""Metrics: the text format of Prometheus by a reader of its grammar, and OpenMetrics by the library's own."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import Metric
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from leakguard.engine.examination import EndpointStatus
from leakguard.frozen import replace
from leakguard.models.findings import Outcome, Severity
from leakguard.models.scan_state import STANDINGS, ScanState
from leakguard.outputs.prometheus import (
    CONTENT_TYPE,
    LAST_SUCCESS,
    OPEN_CONTENT_TYPE,
    MetricsInput,
    last_success_in,
    metrics_text,
    open_metrics_text,
    page_for,
)
from leakguard.outputs.words import UNSETTLED

pytestmark = pytest.mark.untraced

CANARY = "canary-host-8d1f"
STATE = ScanState(
    run="R-20261124-1a2b3c", planned=100, done=42, counts={"exposed": 2, "closed": 40}, in_flight=7, waiting=3,
    unsettled={"accounts_not_tried": 9}, open_found=2, outcomes={"exposed": 2}, by_severity={"critical": 1, "low": 1},
    connections=55,
    elapsed_seconds=2.5, rate_per_second=16.8, seconds_left=3.5, slowest=((f"{CANARY}:9200", 9.0),),
)  # fmt: skip
_LABEL = re.compile(r'([a-z_]+)="((?:[^"\\\n]|\\\\|\\"|\\n)*)"(,|$)')
_SAMPLE = re.compile(r"([a-z_]+)(?:\{(.*)\})? ([0-9.e+-]+)")
_UNESCAPED = {"\\\\": "\\", '\\"': '"', "\\n": "\n"}


def watched(state: ScanState = STATE, **fields: Any) -> MetricsInput:  # noqa: ANN401  (fields of the value)
    return replace(MetricsInput(state=state, scope="campus-2026", version="0.1.0", is_running=True), **fields)


def read(text: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Every sample by name and labels; asserts the grammar on the way."""
    samples: dict[tuple[str, frozenset[tuple[str, str]]], float] = {}
    typed: set[str] = set()
    helped: set[str] = set()
    assert text.endswith("\n")
    for line in text.removesuffix("\n").split("\n"):
        if line.startswith("# "):
            _, word, name, _ = line.split(" ", 3)
            (helped if word == "HELP" else typed).add(name)
            continue
        found = _SAMPLE.fullmatch(line)
        assert found, line
        assert found[1] in typed & helped, "a metric is explained before it is told"
        labels, rest = {}, found[2] or ""
        while rest:
            label = _LABEL.match(rest)
            assert label, rest
            labels[label[1]] = re.sub(r"\\.", lambda escape: _UNESCAPED[escape[0]], label[2])
            rest = rest[label.end() :]
        samples[found[1], frozenset(labels.items())] = float(found[3])
    return samples


def test_the_state_is_told_in_counters_and_gauges() -> None:
    samples = read(metrics_text(watched(last_success=1_764_000_000.0)))

    plain = {name: value for (name, labels), value in samples.items() if not labels}
    assert plain == {
        "leakguard_scan_running": 1,
        "leakguard_scan_endpoints_planned": 100,
        "leakguard_scan_connections_total": 55,
        "leakguard_scan_endpoints_in_flight": 7,
        "leakguard_scan_endpoints_waiting": 3,
        "leakguard_scan_endpoints_per_second": 16.8,
        "leakguard_scan_elapsed_seconds": 2.5,
        "leakguard_scan_remaining_seconds": 3.5,
        "leakguard_scan_last_success_timestamp_seconds": 1_764_000_000,
    }
    by_label = {(name, *dict(labels).values()): value for (name, labels), value in samples.items() if len(labels) == 1}
    assert by_label["leakguard_scan_endpoints_total", "closed"] == 40
    assert by_label["leakguard_scan_protected_unsettled_total", "accounts_not_tried"] == 9
    assert by_label["leakguard_scan_protected_unsettled_total", "front_page_guarded"] == 0
    assert by_label["leakguard_scan_endpoints_total", "not_checked"] == 0, "what was not counted is told as none"
    assert by_label["leakguard_scan_findings_total", "exposed"] == 2
    assert by_label["leakguard_scan_open_findings_total", "critical"] == 1
    assert len(by_label) == len(STANDINGS) + len(UNSETTLED) + len(Outcome) + len(Severity)


def test_what_is_not_known_is_left_out() -> None:
    text = metrics_text(watched(ScanState(planned=1, done=0)))

    for name in ("connections_total", "remaining_seconds", "last_success"):
        assert name not in text


def test_no_host_stands_in_it() -> None:
    assert CANARY not in metrics_text(watched())


def test_the_standings_are_those_of_an_examination() -> None:
    assert tuple(status.value for status in EndpointStatus) == STANDINGS


@given(st.text())
def test_any_name_of_a_scope_survives(scope: str) -> None:
    samples = read(metrics_text(watched(scope=scope)))

    (labels,) = [dict(labels) for name, labels in samples if name == "leakguard_scan_info"]
    assert labels["scope"] == scope


@given(st.text(st.characters(categories=["Cs", "Ll"])))
def test_half_a_character_can_still_be_written(scope: str) -> None:
    metrics_text(watched(scope=scope)).encode()


@given(st.floats(0, 4e9))
def test_the_last_success_is_read_back(moment: float) -> None:
    found = last_success_in(metrics_text(watched(last_success=moment)))

    assert found is not None
    assert abs(found - moment) < 0.001


@given(st.text())
def test_a_strange_file_has_no_last_success_or_a_number(text: str) -> None:
    assert last_success_in(text) is None or isinstance(last_success_in(text), float)
    assert last_success_in(f"{LAST_SUCCESS} soon") is None


@given(st.text())
def test_open_metrics_tell_the_same_and_end_as_they_must(scope: str) -> None:
    seen = watched(scope=scope, last_success=1.0)

    text = open_metrics_text(seen)
    families: list[Metric] = list(text_string_to_metric_families(text))  # type: ignore[no-untyped-call]  # (the library's own)

    assert text.endswith("# EOF\n")
    found = {(one.name, frozenset(one.labels.items())): one.value for family in families for one in family.samples}
    assert found == read(metrics_text(seen))
    assert {family.name: family.type for family in families}["leakguard_scan_findings"] == "counter"


def test_nothing_of_the_process_stands_in_it() -> None:
    for text in (metrics_text(watched()), open_metrics_text(watched())):
        names = {line.split(" ")[2] for line in text.splitlines() if line.startswith("# TYPE")}
        assert {name for name in names if not name.startswith("leakguard_scan")} == set()


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", CONTENT_TYPE),
        ("*/*", CONTENT_TYPE),
        ("text/plain;version=0.0.4;q=0.5,*/*;q=0.1", CONTENT_TYPE),
        ("application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3", OPEN_CONTENT_TYPE),
        ("text/html, Application/OpenMetrics-Text", OPEN_CONTENT_TYPE),
        ("application/openmetrics-text;version=\x00;escaping=a\r\nb", OPEN_CONTENT_TYPE),
    ],
)
def test_a_reader_gets_what_it_asks_for(accept: str, expected: str) -> None:
    content_type, text = page_for(accept, watched())

    assert content_type == expected
    assert text.endswith("# EOF\n") == (expected == OPEN_CONTENT_TYPE)


def test_the_library_is_not_loaded_before_there_is_a_text() -> None:
    """`leakguard scan` without `--metrics` does not wait for it."""
    code = (
        "import sys, leakguard.cli.scan.run, leakguard.cli.scan.metrics; sys.exit('prometheus_client' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False)

    assert done.returncode == 0
