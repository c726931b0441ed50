"""JSON: one document or one object a line, and ASCII alone."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from leakguard.models.findings import Outcome, Size
from leakguard.outputs.json_text import findings_jsonl, scan_json
from support.scans import finding_of, statuses

GOLDEN = Path(__file__).parent / "golden"


def test_the_document_looks_as_agreed() -> None:
    findings = [
        finding_of(size=Size(records=9_500_000_000, bytes=8_400_000_000_000, collections=12, method="stated")),
        finding_of(Outcome.NOT_EXPOSED, id="F-2222222222", target="127.0.0.1:9201", port=9201),
    ]

    text = scan_json("R-20261124-aaaaaa", {"exposed": 1, "protected": 1}, findings)

    assert json.loads(text) == json.loads((GOLDEN / "scan.json").read_text(encoding="utf-8"))
    assert text.endswith("}\n")
    assert text.count("\n") == 1


def test_an_interrupted_run_says_so() -> None:
    document = json.loads(scan_json("R-1", {}, [], interrupted=True))

    assert document == {
        "schema": "leakguard.scan/1",
        "run": "R-1",
        "interrupted": True,
        "endpoints": statuses(),
        "unresolved": [],
        "left_out": [],
        "open": {"stores": 0, "records": 0, "bytes": 0, "unsized": 0, "without_bytes": 0},
        "stores": [],
        "findings": [],
    }


def test_a_cluster_behind_two_addresses_is_counted_once_and_both_ways_are_told() -> None:
    findings = [
        finding_of(id=f"F-{number}", target=f"192.0.2.{number}:9200", cluster_id="q1Wm2dTfRkqY") for number in (1, 2)
    ]
    document = json.loads(scan_json("R-1", {"exposed": 2}, findings))

    assert document["open"] == {"stores": 1, "records": 41_000, "bytes": 8_400_000, "unsized": 0, "without_bytes": 0}
    assert document["stores"] == [
        {
            "datastore": "elasticsearch",
            "cluster_id": "q1Wm2dTfRkqY",
            "severity": "high",
            "records": 41_000,
            "bytes": 8_400_000,
            "ways": [
                {"finding": "F-1", "target": "192.0.2.1:9200"},
                {"finding": "F-2", "target": "192.0.2.2:9200"},
            ],
        }
    ]
    assert len(document["findings"]) == 2


def test_no_findings_are_no_lines() -> None:
    assert findings_jsonl([]) == ""


@given(st.lists(st.text(), max_size=4))
def test_every_line_is_one_finding_in_ascii(reasons: list[str]) -> None:
    findings = [finding_of(reason=reason + "\x1b[31m\u2028\u202e") for reason in reasons]

    text = findings_jsonl(findings)

    assert text.isascii()
    assert all(letter == "\n" or letter.isprintable() for letter in text)
    assert [json.loads(line)["reason"] for line in text.splitlines()] == [
        finding.verdict.reason for finding in findings
    ]
