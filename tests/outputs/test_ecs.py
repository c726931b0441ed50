"""Findings and events in the Elastic Common Schema: its fields, harmless words, ids that stay."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from leakguard.frozen import replace
from leakguard.models.events import Event, Interval
from leakguard.models.exports import Document
from leakguard.models.findings import Outcome, ReasonCode
from leakguard.outputs.ecs import event_document, finding_document
from support.findings import make_finding as finding

AT = datetime(2026, 5, 24, 1, 0, tzinfo=UTC)
ESCAPE = "\x1b[31m<b>canary</b>"


def event(**fields: Any) -> Event:  # noqa: ANN401  (fields)
    values: dict[str, Any] = {
        "id": "e1", "kind": "awareness", "occurred_at": Interval(earliest=AT, latest=AT + timedelta(hours=1)),
        "recorded_at": AT + timedelta(hours=2), **fields,
    }  # fmt: skip
    return Event(**values)


def test_a_finding_is_an_alert_with_its_place_rule_and_size() -> None:
    made = finding_document(finding(), prefix="leakguard")
    body = made.body

    assert made.index == "leakguard-findings"
    assert body["@timestamp"] == "2026-05-24T01:00:00Z"
    assert (body["event"]["kind"], body["event"]["severity"], body["event"]["outcome"]) == ("alert", 99, "success")
    assert body["host"] == {"ip": ["127.0.0.1"], "name": "mail.example.edu"}
    assert body["server"]["port"] == 9200
    assert body["rule"] == {"id": "elasticsearch_open", "version": "3", "reference": "https://example.org/"}
    assert body["leakguard"]["finding"]["size"]["records"] == 9_500_000_000


def test_what_was_not_open_is_a_state_and_what_was_not_found_out_is_unknown() -> None:
    body = finding_document(finding(outcome=Outcome.INCONCLUSIVE), prefix="x").body

    assert (body["event"]["kind"], body["event"]["outcome"]) == ("state", "unknown")


def test_an_endpoint_that_is_protected_and_not_settled_says_so() -> None:
    made = finding(outcome=Outcome.NOT_EXPOSED)
    code = ReasonCode.ACCOUNTS_NOT_TRIED
    body = finding_document(replace(made, verdict=replace(made.verdict, reason_code=code)), prefix="x").body

    assert body["leakguard"]["finding"]["reason_code"] == "accounts_not_tried"


def test_what_is_no_address_goes_into_no_field_for_addresses() -> None:
    """A cluster refuses the whole document otherwise."""
    body = finding_document(finding(address="arn:aws:s3:::x", host=None, port=0), prefix="x").body

    assert body["server"] == {"address": "arn:aws:s3:::x"}
    assert "host" not in body
    assert "related" not in body


def test_a_resource_of_an_account_stands_in_the_fields_for_clouds() -> None:
    owned = finding(target="aws://123456789012/eu-west-1/rds/db-1", address="", host=None, port=0)
    body = finding_document(owned, prefix="x").body
    everywhere = finding_document(replace(owned, target="aws://123456789012/global/s3/x"), prefix="x").body

    assert body["cloud"] == {
        "provider": "aws", "account": {"id": "123456789012"}, "region": "eu-west-1", "service": {"name": "rds"},
    }  # fmt: skip
    assert "region" not in everywhere["cloud"]
    assert not {"host", "server", "network", "related"} & set(body)


def test_an_event_tells_when_it_happened_and_when_it_was_written_down() -> None:
    made = event_document("IR-1", event(reason="mail read", fields={"n": 1, "list": ["a"]}), prefix="x")

    assert made.index == "x-events"
    assert made.body["event"]["start"] == "2026-05-24T01:00:00Z"
    assert made.body["event"]["end"] == "2026-05-24T02:00:00Z"
    assert made.body["event"]["created"] == "2026-05-24T03:00:00Z"
    assert made.body["message"] == "IR-1: awareness, mail read"
    assert made.body["leakguard"] == {"incident": {"id": "IR-1"}, "event": {"fields": {"n": 1, "list": ["a"]}}}


def test_ids_stay_the_same_and_differ_between_things() -> None:
    def ids(*made: Document) -> list[str]:
        return [one.id for one in made]

    first = ids(finding_document(finding(), prefix="x"), event_document("IR-1", event(), prefix="x"))
    again = ids(finding_document(finding(), prefix="y"), event_document("IR-1", event(kind="closed"), prefix="x"))
    other = ids(finding_document(finding(run="R-2"), prefix="x"), event_document("IR-2", event(), prefix="x"))

    assert first == again
    assert len({*first, *other}) == 4


def test_no_control_character_of_a_host_leaves() -> None:
    verdict = replace(finding().verdict, reason=ESCAPE, product=ESCAPE, version=ESCAPE)
    made = [
        finding_document(finding(host=ESCAPE, verdict=verdict, references=()), prefix="x"),
        event_document("IR-1", event(source=ESCAPE, reason=ESCAPE, fields={ESCAPE: {"a": [ESCAPE, AT]}}), prefix="x"),
    ]

    assert "\\u001b" not in json.dumps([one.body for one in made])


def test_a_drill_says_so() -> None:
    for made in (
        finding_document(finding(), prefix="x", drill=True),
        event_document("IR-1", event(), prefix="x", drill=True),
    ):
        assert made.body["labels"]["drill"] == "DRILL"
