"""The report for a script: the same facts, in UTC and in seconds."""

from __future__ import annotations

import json

from leakguard.clocks.times import zone_of
from leakguard.reports.measures import Measure
from leakguard.reports.phrases import Phrases
from leakguard.reports.report_json import SCHEMA, report_json
from support.reports import HASH, HOSTILE, empty_report, english, full_report


def test_it_is_one_document_with_every_part() -> None:
    told = json.loads(json.dumps(report_json(full_report())))

    assert (told["schema"], told["incident"], told["known_at"]) == (SCHEMA, "IR-2026-0001", "2026-05-25T02:00:00Z")
    assert told["timeline"][0]["at"] == {
        "earliest": "2026-05-18T16:00:00Z", "latest": "2026-05-22T15:59:00Z",
        "stated": "2026-05-18T16:00Z to 2026-05-22T15:59Z",
    }  # fmt: skip
    assert [one["state"] for one in told["duties"]] == ["met_late", "running", "overdue"]
    assert {one["id"]: one["share_over_threshold"] is None for one in told["clocks"]}["cn-y.initial"]
    assert told["playbook"]["steps"][0]["done_at"] == "2026-05-24T01:31:00Z"
    assert told["ledger"] | {"recorded_at": ""} == {
        "sequence": 23, "hash": HASH, "recorded_at": "", "own_entries": 13, "answer": "match",
        "head": "entry 23, 4c0fa249749ae100",
    }  # fmt: skip
    assert told["findings"][1]["reason"] == HOSTILE


def test_an_empty_report_has_empty_parts() -> None:
    told = report_json(empty_report())

    assert (told["playbook"], told["clocks"], told["measures"]) == (None, [], [])


def test_a_measure_that_never_began_is_not_known() -> None:
    say = Phrases(english(), zone_of("UTC"))

    assert say.range(Measure(name="exposure", cycle=1)) == "not known"
