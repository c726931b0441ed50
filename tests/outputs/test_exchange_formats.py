"""Findings in the formats of others: held to what their makers published, stable from run to run, whole in one pass."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import os
import zipfile
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

import pytest
from jsonschema import Draft7Validator
from ocsf.v1_5_0.events import DataSecurityFinding, ScanActivity
from pydantic import BaseModel

from lab.fetch import Shelf, cache_folder
from lab.model import NotHad
from leakguard.frozen import replace
from leakguard.models.findings import Outcome, ReasonCode, Severity
from leakguard.models.kinds import Category, DataSeen, Sensitive
from leakguard.outputs.csv_text import COLUMNS, MARK, csv_parts
from leakguard.outputs.json_text import jsonl_parts, scan_json_parts
from leakguard.outputs.markdown import MOST, MOST_UNCLEAR, markdown_parts
from leakguard.outputs.ocsf import CLASS_UID, ocsf_parts
from leakguard.outputs.sarif import sarif_parts
from leakguard.outputs.scan_view import ScanView
from leakguard.scanning.left_out import LeftOut
from support.scan_views import at, scan_view, sized, some_findings

EMPTY = scan_view((), counts={}, muted={}, exit_code=0)
CODE = ReasonCode.UNREADABLE


def sarif(view: ScanView) -> dict[str, Any]:
    value: dict[str, Any] = json.loads("".join(sarif_parts(view)))
    return value


def ocsf(view: ScanView) -> list[dict[str, Any]]:
    return [event for event in ocsf_events(view) if event["class_uid"] == CLASS_UID]


def ocsf_events(view: ScanView) -> list[dict[str, Any]]:
    value: list[dict[str, Any]] = json.loads("".join(ocsf_parts(view)))
    return value


def rows(view: ScanView) -> list[dict[str, str]]:
    text = "".join(csv_parts(view))
    assert text.startswith(MARK)
    return list(csv.DictReader(io.StringIO(text.removeprefix(MARK), newline="")))


def ticket(view: ScanView) -> str:
    return "".join(markdown_parts(view))


@lru_cache(maxsize=1)
def sarif_schema() -> dict[str, Any]:
    try:
        jar = asyncio.run(Shelf(cache_folder()).maven("sarif-schema"))
    except NotHad as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(error))
    with zipfile.ZipFile(jar) as archive:
        schema: dict[str, Any] = json.loads(archive.read("schema/sarif-schema-2.1.0.json"))
    return schema


@pytest.mark.lab
@pytest.mark.parametrize("view", [scan_view(), EMPTY, scan_view(is_interrupted=True)])
def test_sarif_is_as_oasis_published_it(view: ScanView) -> None:
    problems = [error.message for error in Draft7Validator(sarif_schema()).iter_errors(sarif(view))]

    assert problems == []


@pytest.mark.lab
def test_the_schema_of_sarif_can_say_no() -> None:
    assert not Draft7Validator(sarif_schema()).is_valid({**sarif(scan_view()), "version": "2.0.0"})


def test_sarif_tells_what_is_open_and_what_is_not_known_and_marks_what_is_muted() -> None:
    (run,) = sarif(scan_view())["runs"]
    told = {one["properties"]["finding"]: one for one in run["results"]}

    assert list(told) == ["F-1", "F-2", "F-3", "F-4", "F-6"]
    assert [(one["kind"], one["level"]) for one in told.values()] == [
        ("fail", "error"), ("fail", "warning"), ("fail", "error"), ("fail", "error"), ("open", "none"),
    ]  # fmt: skip
    assert [name for name, one in told.items() if "suppressions" in one] == ["F-3"]
    assert told["F-3"]["suppressions"][0]["justification"] == "public data set (A. Owner, until 2027-03-31)"
    assert told["F-1"]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "https://mail.example.edu:9200"


def test_each_result_of_sarif_points_to_its_rule_and_a_rule_is_as_grave_as_its_worst() -> None:
    (run,) = sarif(scan_view())["runs"]
    rules = run["tool"]["driver"]["rules"]

    assert [rules[one["ruleIndex"]]["id"] == one["ruleId"] for one in run["results"]] == [True] * 5
    assert [rule["properties"]["security-severity"] for rule in rules] == ["9.5", "8.0"]
    assert rules[0]["fullDescription"] == {"text": "Anybody can read it all."}
    assert run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"].startswith("1 endpoint was not")


def test_a_place_has_one_fingerprint_in_every_run() -> None:
    def prints(view: ScanView) -> list[str]:
        return [one["partialFingerprints"]["leakguardPlace/v1"] for one in sarif(view)["runs"][0]["results"]]

    later = scan_view(tuple(replace(one, id=f"{one.id}x", run="R-2") for one in some_findings()), muted={})

    assert prints(scan_view()) == prints(later)
    assert len(set(prints(later))) == 5


@pytest.mark.parametrize(
    ("host", "path", "uri"),
    [
        ("mail.example.edu", "/%C3%A4%20b", "http://mail.example.edu:9200/%C3%A4%20b"),
        ("fe80::1%eth0", "", "http://[fe80::1%25eth0]:9200"),
        ("m\u00fcnchen.example", "", "http://m%C3%BCnchen.example:9200"),
    ],
)
def test_a_place_is_encoded_once(host: str, path: str, uri: str) -> None:
    target = f"10.0.0.1:9200{path}"
    one = at("10.0.0.1", "F-1", severity=Severity.HIGH, size=None, host=host, target=target, transport="http")
    (result,) = sarif(scan_view((one,)))["runs"][0]["results"]

    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == uri


def test_a_reason_is_told_to_its_end_by_whose_permission_something_was_asked() -> None:
    end = "allowed by Jane Roe on 2026-11-20, until 2026-12-15"
    one = at("10.0.0.1", "F-1", severity=Severity.HIGH, size=None)
    view = scan_view((replace(one, verdict=replace(one.verdict, reason=f"{'word ' * 60}; {end}")),))

    assert end in sarif(view)["runs"][0]["results"][0]["message"]["text"]
    assert end in ocsf(view)[0]["message"]
    assert end in ocsf(view)[0]["finding_info"]["desc"]
    assert end in rows(view)[0]["reason"]
    assert end in ticket(view).replace("\\", "")


def test_each_format_says_that_it_comes_from_a_drill() -> None:
    view = scan_view(is_drill=True)
    (run,) = sarif(view)["runs"]

    assert run["properties"]["drill"] is True
    assert all(result["message"]["text"].startswith("DRILL: ") for result in run["results"])
    assert all(event["message"].startswith("DRILL: ") for event in ocsf_events(view))
    assert all(event["metadata"]["labels"] == ["DRILL"] for event in ocsf_events(view))
    assert {row["drill"] for row in rows(view)} == {"DRILL"}
    assert ticket(view).startswith("# DRILL: ")
    assert all(json.loads(line)["drill"] is True for line in jsonl_parts(view.findings, drill=True))
    assert json.loads("".join(scan_json_parts("R-1", {}, view.findings, drill=True)))["drill"] is True


@pytest.mark.parametrize("parts", [sarif_parts, ocsf_parts, csv_parts, markdown_parts])
def test_what_is_no_drill_says_nothing_of_one(parts: Callable[[ScanView], Iterator[str]]) -> None:
    assert "drill" not in "".join(parts(scan_view())).lower()


def test_a_check_that_is_gone_still_has_a_rule() -> None:
    (run,) = sarif(scan_view(rules={}))["runs"]

    assert run["tool"]["driver"]["rules"][0]["shortDescription"] == {"text": "elasticsearch_open"}


def test_ocsf_is_as_published_down_to_the_last_field() -> None:
    for event in ocsf(scan_view()):
        assert list(unknown_fields(DataSecurityFinding.model_validate(event))) == []


@pytest.mark.parametrize(
    "view", [scan_view(), EMPTY, scan_view(is_interrupted=True, unsettled={"accounts_not_tried": 3})]
)
def test_ocsf_ends_with_the_run_itself_and_its_totals(view: ScanView) -> None:
    *findings, run = ocsf_events(view)

    assert list(unknown_fields(ScanActivity.model_validate(run))) == []
    assert run["num_detections"] == len(findings)
    assert (run["total"], run["unmapped"]["endpoints"]) == (sum(view.counts.values()), dict(view.counts))
    assert run["unmapped"].get("protected_unsettled", {}) == dict(view.unsettled)
    assert run["activity_name"] == ("Cancelled" if view.is_interrupted else "Completed")


def test_the_published_model_can_say_no() -> None:
    (event, *_) = ocsf(scan_view())

    with pytest.raises(ValueError, match="severity_id"):
        DataSecurityFinding.model_validate({**event, "severity_id": 77})
    assert list(unknown_fields(DataSecurityFinding.model_validate({**event, "invented": 1}))) == ["invented"]


def unknown_fields(model: BaseModel) -> Iterator[str]:
    """What the class does not know, but for `unmapped`, which is made for that."""
    yield from model.model_extra or {}
    for name in type(model).model_fields:
        value = getattr(model, name)
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, BaseModel) and name != "unmapped":
                yield from unknown_fields(each)


def test_a_reason_code_is_told_in_each_format() -> None:
    (finding,) = (replace(one, verdict=replace(one.verdict, reason_code=CODE)) for one in some_findings()[5:6])
    view = scan_view((finding,), muted={})

    assert ocsf(view)[0]["unmapped"]["reason_code"] == "unreadable"
    assert sarif(view)["runs"][0]["results"][0]["properties"]["reasonCode"] == "unreadable"
    assert rows(view)[0]["reason_code"] == "unreadable"


def test_ocsf_counts_time_in_milliseconds_and_says_what_is_suppressed() -> None:
    events = {event["metadata"]["uid"]: event for event in ocsf(scan_view())}

    assert list(events) == ["F-1", "F-2", "F-3", "F-4", "F-6"]
    assert {event["class_uid"] for event in events.values()} == {2006}
    assert events["F-1"]["time"] == 1_779_584_400_000
    assert (events["F-1"]["type_uid"], events["F-3"]["type_uid"]) == (200601, 200604)
    assert events["F-3"]["comment"].startswith("public data set")
    assert (events["F-6"]["confidence"], events["F-6"]["severity"]) == ("Low", "Unknown")


def test_ocsf_gives_no_address_where_there_is_none() -> None:
    finding = replace(some_findings()[0], address="arn:aws:x", port=0, references=(), host=None)
    (event,) = ocsf(scan_view((finding,), muted={}))

    assert event["dst_endpoint"] == {"svc_name": "elasticsearch"}
    assert "src_url" not in event["finding_info"]


@pytest.mark.parametrize("told", [sarif_parts, ocsf_parts, markdown_parts])
def test_a_name_of_which_nothing_was_looked_at_is_named(told: Callable[[ScanView], Iterator[str]]) -> None:
    left = LeftOut(name="big.example.edu", addresses=100, too_many=36)
    view = scan_view((), counts={}, muted={}, exit_code=3, unresolved=("mail.example.edu",), left_out=(left,))
    text = "".join(told(view))

    assert "mail.example.edu" in text
    assert "big.example.edu" in text
    assert "mail.example.edu" not in "".join(told(EMPTY))


def test_a_run_that_looked_at_nothing_is_in_the_forms_that_were_published() -> None:
    many = tuple(f"n{number}.example.edu" for number in range(300))
    view = scan_view((), counts={}, muted={}, exit_code=3, unresolved=many)
    (run,) = ocsf_events(view)

    assert list(unknown_fields(ScanActivity.model_validate(run))) == []
    assert run["unmapped"]["unresolved"] == list(many)
    assert many[-1] not in run["message"]
    notes = sarif(view)["runs"][0]["invocations"][0]["toolExecutionNotifications"]
    assert [note["level"] for note in notes] == ["warning"] * len(many)
    assert f"and {len(many) - MOST_UNCLEAR} more" in ticket(view)


def test_nothing_is_an_empty_document_of_each_format() -> None:
    assert sarif(EMPTY)["runs"][0]["results"] == []
    assert ocsf(EMPTY) == []
    assert rows(EMPTY) == []
    assert "Endpoints: none." in ticket(EMPTY)


def test_csv_has_every_finding_with_whole_numbers_and_who_muted_it() -> None:
    told = rows(scan_view())

    assert tuple(told[0]) == COLUMNS
    assert [row["finding"] for row in told] == ["F-1", "F-2", "F-3", "F-4", "F-5", "F-6"]
    assert (told[0]["records"], told[0]["exact"], told[1]["exact"]) == ("9500000000", "no", "yes")
    assert (told[2]["muted_until"], told[2]["muted_because"]) == ("2027-03-31", "public data set (A. Owner)")
    assert told[4]["records"] == ""


def test_no_cell_is_a_formula() -> None:
    finding = at("10.0.0.1", "=1+1", severity=Severity.LOW, size=sized(1, 1))

    assert rows(scan_view((finding,), muted={}))[0]["finding"] == "'=1+1"


def test_a_ticket_names_the_worst_first_and_counts_what_it_leaves_out() -> None:
    text = ticket(scan_view())
    heads = [line for line in text.splitlines() if line.startswith("## ")]

    assert heads == ["## CRITICAL: mail.example.edu:9200", "## HIGH: 10.0.0.4:6379", "## MEDIUM: 10.0.0.2:9200"]
    assert "- **Records:** about 9.5 billion\n- **Size:** about 8.4 TB\n" in text
    assert "1 open finding is muted" in text
    assert "1 could not be judged" in text


def test_a_long_ticket_ends_and_says_where_the_rest_is() -> None:
    many = tuple(
        at(f"10.1.{number // 250}.{number % 250}", f"F-{number}", severity=Severity.LOW, size=None)
        for number in range(MOST + 5)
    )
    text = ticket(scan_view(many, muted={}))

    assert text.count("## LOW") == MOST
    assert "5 more are in the run: `leakguard scan show R-20261126-1a2b3c`" in text


@pytest.mark.parametrize(
    ("words", "safe"),
    [
        ("<b>@all", "\\<b\\>\\@all"),
        ("[x](http://evil)", "\\[x\\](http\\://evil)"),
        ("www.evil.example", "www\\.evil.example"),
        ("a|b `c` #1", "a\\|b \\`c\\` \\#1"),
    ],
)
def test_words_of_a_host_are_words_in_a_ticket(words: str, safe: str) -> None:
    finding = at("10.0.0.1", "F-1", severity=Severity.LOW, size=None)
    finding = replace(finding, verdict=replace(finding.verdict, reason=words))

    assert f"- **Why:** {safe}\n" in ticket(scan_view((finding,), muted={}))


def test_a_finding_without_proof_says_so() -> None:
    finding = at("10.0.0.1", "F-1", severity=Severity.LOW, size=sized(1, 1), outcome=Outcome.PARTIALLY_EXPOSED)
    proof = replace(finding.proof, requests=(), transcript_sha256="")

    assert "**Proof:** none; transcript SHA-256 none" in ticket(scan_view((replace(finding, proof=proof),), muted={}))


def test_a_ticket_tells_every_step_of_what_to_do_first_and_a_request_without_words() -> None:
    """The steps of 23 checks are longer than the words of a host may be, and lost their end."""
    (finding, *_) = some_findings()
    steps = "Close the port at the firewall. " * 12 + "Then change every password."
    proof = replace(finding.proof, requests=(replace(finding.proof.requests[0], method="PING", what="", status=None),))
    text = ticket(scan_view((replace(finding, remediation=steps, proof=proof),), muted={}))

    assert f"**Do first:** {steps}\n" in text
    assert "**Proof:** PING; transcript" in text


def test_a_ticket_names_every_kind_of_data_and_every_standard_however_long() -> None:
    kinds = [f"identification_number.kind_{number}" for number in range(20)]
    data = DataSeen(
        categories=tuple(Category(category=kind, where="index people", by="field_name") for kind in kinds),
        sensitive=tuple(
            Sensitive(category=kinds[0], standard=f"Standard {number}", version="1", data_class="c", confidence="c")
            for number in range(9)
        ),
    )
    finding = at("10.0.0.1", "F-1", severity=Severity.LOW, size=None)
    text = ticket(scan_view((replace(finding, verdict=replace(finding.verdict, data=data)),), muted={}))

    assert all(f"identification number.kind {number}" in text for number in range(20))
    assert "Standard 8" in text
    assert "…" not in text


@pytest.mark.parametrize(("count", "last"), [(MOST_UNCLEAR, ""), (MOST_UNCLEAR + 3, "- and 3 more\n")])
def test_a_ticket_says_why_a_place_could_not_be_judged(count: int, last: str) -> None:
    one = at("10.0.0.1", "F-1", severity=Severity.NONE, size=None, outcome=Outcome.INCONCLUSIVE)
    one = replace(one, verdict=replace(one.verdict, reason="a permission is missing"))
    text = ticket(scan_view(tuple(replace(one, id=f"F-{number}") for number in range(count)), muted={}))

    assert text.count("- 10.0.0.1") == MOST_UNCLEAR
    assert ": a permission is missing\n" in text
    assert text.count(" more\n") == len(last.splitlines())
    assert last in text
