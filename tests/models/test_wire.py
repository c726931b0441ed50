"""The form of outputs and of the store, as the contract fixes it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.errors import BadFile
from leakguard.frozen import replace
from leakguard.models.findings import (
    Answer,
    Decoy,
    DecoyVerdict,
    ExposedSince,
    Finding,
    Outcome,
    Permission,
    RansomSigns,
    Reach,
    ReachVerdict,
    ReasonCode,
    Right,
    SeverityAxes,
    Size,
    Stranger,
)
from leakguard.models.observations import TlsSeen
from leakguard.models.wire import finding_from_json, finding_to_json
from support.scans import finding_of

CONTRACT = [
    "schema", "id", "run", "check_id", "check_version", "target", "address", "host", "port", "transport", "tls",
    "vantage", "datastore", "product", "version", "outcome", "access", "reason", "severity", "severity_axes", "size",
    "categories", "ransomed", "decoy", "cluster_id", "exposed_since", "remediation", "references", "observed_at",
    "proof",
]  # fmt: skip
OWNED = replace(finding_of(), target="aws://123456789012/eu-west-1/rds/db", address="", port=0)
CANARY = "canary-value-5f2c"
OUTCOMES = st.sampled_from(list(Outcome))
COUNTS = st.none() | st.integers(0, 2**63)


def full_finding() -> Finding:
    return finding_of(
        tls=TlsSeen(version="TLSv1.3", subject="CN=mail.example.edu", sha256="cd" * 32),
        host="mail.example.edu",
        severity_axes=SeverityAxes(authority="read", volume="9.5 billion", sensitivity="unknown", aggravation="none"),
        size=Size(records=9_500_000_000, bytes=8_400_000_000_000, collections=12, exact=False, method="estimated"),
        ransomed=RansomSigns(verdict="suspected", markers=("read_me",)),
        decoy=Decoy(verdict=DecoyVerdict.SUSPECTED, signals=("answers everything",)),
        cluster_id="abc",
        permissions=(
            Permission(who=Stranger.EVERYONE, right=Right.LIST, answer=Answer.ALLOWED),
            Permission(who=Stranger.ANY_AUTHENTICATED, right=Right.WRITE, answer=Answer.UNKNOWN),
        ),
    )


def test_the_rights_of_strangers_stand_by_group() -> None:
    """A finding of an earlier release has none."""
    value = finding_to_json(full_finding())

    assert value["permissions"] == {"everyone": {"list": "allowed"}, "any_authenticated": {"write": "unknown"}}
    assert finding_from_json(value) == full_finding()
    assert finding_from_json({name: value[name] for name in value if name != "permissions"}).verdict.permissions == ()


@pytest.mark.parametrize("code", list(ReasonCode))
def test_a_reason_code_stands_beside_its_sentence_and_comes_back(code: ReasonCode) -> None:
    value = finding_to_json(finding_of(reason_code=code))

    assert value["reason_code"] == code.value
    assert finding_from_json(value).verdict.reason_code is code


def test_a_finding_without_a_reason_code_is_written_as_before_there_were_any() -> None:
    """So the text that an older ledger vouches for stays what it was, to the byte."""
    value = finding_to_json(finding_of())

    assert "reason_code" not in value
    assert finding_from_json(value).verdict.reason_code is None


def test_a_reason_code_that_nobody_knows_is_refused() -> None:
    with pytest.raises(BadFile):
        finding_from_json({**finding_to_json(finding_of()), "reason_code": CANARY})


def test_every_field_of_the_contract_is_there_and_counts_stay_whole() -> None:
    value = json.loads(json.dumps(finding_to_json(full_finding())))

    assert [name for name in CONTRACT if name not in value] == []
    assert value["schema"] == "leakguard.finding/1"
    assert value["size"] == {
        "records": 9_500_000_000,
        "bytes": 8_400_000_000_000,
        "collections": 12,
        "exact": False,
        "method": "estimated",
    }
    assert value["observed_at"] == "2026-11-24T16:00:00Z"
    assert value["exposed_since"] == {"earliest": None, "latest": "2026-11-24T16:00:00Z", "source": "first_seen"}


@pytest.mark.parametrize("finding", [finding_of(), finding_of(Outcome.NOT_EXPOSED), full_finding()])
def test_a_finding_survives_the_round_trip(finding: Finding) -> None:
    assert finding_from_json(json.loads(json.dumps(finding_to_json(finding)))) == finding


@given(OUTCOMES, COUNTS, COUNTS, st.text(max_size=30))
def test_any_finding_survives_the_round_trip(
    outcome: Outcome, records: int | None, octets: int | None, reason: str
) -> None:
    finding = finding_of(outcome, size=Size(records=records, bytes=octets), reason=reason, exposed_since=ExposedSince())

    assert finding_from_json(json.loads(json.dumps(finding_to_json(finding)))) == finding


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"schema": "leakguard.finding/2"}, "schema: must be"),
        ({"outcome": CANARY}, "outcome: a value does not fit"),
        ({"tls": {"unknown": CANARY}}, "tls.version: this field is missing"),
        ({"proof": CANARY}, "proof: a value does not fit"),
        ({"permissions": {CANARY: {}}}, "permissions: a value does not fit"),
        ({"observed_at": "2026-11-26T00:00:00"}, "observed_at: a value does not fit"),
        ({"observed_at": 3}, "observed_at: a value does not fit"),
        ({"observed_at": CANARY}, "observed_at: a value does not fit"),
        ({"proof": {"requests": [{"method": "GET", "what": "/", "status": 200, "bytes": CANARY}]}}, "bytes: a value"),
    ],
)
def test_what_is_no_finding_is_refused_without_repeating_it(change: dict[str, Any], says: str) -> None:
    """The text may come from a stranger."""
    with pytest.raises(BadFile) as caught:
        finding_from_json({**finding_to_json(finding_of()), **change}, name="import.jsonl")

    assert says in str(caught.value)
    assert CANARY not in str(caught.value)


@pytest.mark.parametrize("field", [name for name in CONTRACT if name not in {"schema", "categories"}])
def test_a_missing_field_is_named(field: str) -> None:
    value = finding_to_json(finding_of())
    del value[field]

    with pytest.raises(BadFile, match=f"{field}: this field is missing"):
        finding_from_json(value)


def test_a_look_from_outside_comes_back_and_is_left_out_where_there_was_none() -> None:
    looks = (
        Reach(target="db.example.edu:5432", verdict=ReachVerdict.REACHED, vantage="local", run="R-1"),
        Reach(target="s3://campus", verdict=ReachVerdict.OUT_OF_SCOPE, vantage="local"),
    )
    owned = replace(OWNED, reach=looks)

    assert finding_from_json(finding_to_json(owned)) == owned
    assert "reach" not in finding_to_json(finding_of())


def test_a_resource_is_its_own_place_and_its_own_endpoint() -> None:
    assert OWNED.place == OWNED.endpoint == OWNED.target
