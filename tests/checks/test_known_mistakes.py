"""Mistakes that checks of this kind have been known to make; each stays unmade here."""

from __future__ import annotations

import pytest

from leakguard.bundled import BundledFiles
from leakguard.checks.definitions import CheckDefinition
from leakguard.checks.judge import judge
from leakguard.checks.library import parse_check
from leakguard.models.findings import Outcome, Severity
from leakguard.models.observations import Ending, Observation, Reply
from support.replays import read_replay, replay

pytestmark = pytest.mark.untraced


def check(name: str) -> CheckDefinition:
    return parse_check(BundledFiles().text("checks", f"{name}.yaml"), name=f"{name}.yaml")


def outcome(name: str, case: str) -> Outcome:
    found = next(each for each in read_replay(name).cases if each.name == case)
    return replay(check(name), found).outcome


def asked(name: str) -> str:
    """Everything that a check may ask, in one text."""
    return " ".join(
        f"{each.get or each.head or each.method or each.ask} {each.what}" for each in check(name).probe.requests
    )


@pytest.mark.parametrize(
    ("name", "case", "expected"),
    [
        # Asked in the old way alone, MongoDB since 5.1 would pass as safe.
        ("mongodb_open", "MongoDB 5.1, the first release without the old way to ask", Outcome.EXPOSED),
        # A protected MongoDB answers with success and an empty list.
        (
            "mongodb_open",
            "MongoDB 6 with authorization, which answers an anonymous caller with success and an empty list",
            Outcome.NOT_EXPOSED,
        ),
        # The word `envi` is not on ZooKeeper's usual list of words.
        ("zookeeper_open", "the usual list of words, without mntr", Outcome.EXPOSED),
        # A 200 with the word `version` is no Weaviate.
        ("weaviate_open", "an interface that tells its version under the same path", Outcome.NOT_APPLICABLE),
    ],
)
def test_a_server_that_was_misjudged_is_judged_rightly(name: str, case: str, expected: Outcome) -> None:
    assert outcome(name, case) is expected


def test_redis_is_looked_for_on_its_own_port_as_well_as_in_tls() -> None:
    assert {6379, 6380} <= set(check("redis_open").probe.ports)


@pytest.mark.parametrize("name", ["clickhouse_native_open", "clickhouse_http_open"])
def test_no_verdict_on_clickhouse_depends_on_its_time_zone(name: str) -> None:
    assert "UTC" not in BundledFiles().text("checks", f"{name}.yaml")


def test_couchdb_is_judged_by_its_databases_and_not_by_a_path_that_moved() -> None:
    found = check("couchdb_open")

    assert found.probe.requests[1].get == "/_all_dbs"
    assert all("_config" not in (request.get or "") for request in found.probe.requests)


def test_etcd_is_asked_in_its_newer_interfaces() -> None:
    assert "etcd_v3_count" in asked("etcd_open")


@pytest.mark.parametrize("name", ["elasticsearch_open", "opensearch_open"])
def test_no_document_of_a_search_server_is_read(name: str) -> None:
    assert "_search" not in asked(name)


@pytest.mark.parametrize("name", ["elasticsearch_open", "opensearch_open", "mongodb_open", "redis_open"])
def test_an_open_store_is_never_a_low_risk(name: str) -> None:
    verdicts = [replay(check(name), case) for case in read_replay(name).cases if case.shows == "open"]

    exposed = [verdict.severity for verdict in verdicts if verdict.outcome is Outcome.EXPOSED]
    assert exposed
    assert set(exposed) <= {Severity.HIGH, Severity.CRITICAL}


def test_the_number_500_in_a_size_cancels_no_verdict_on_postgresql() -> None:
    """A list of words that mean another server must not be looked for in what this one says of itself."""
    sizes = {"databases": 500, "bytes": 500, "tables": 500, "rows_estimate": 500, "version": "15.500"}
    replies = {
        "startup": Reply(
            request="startup", method="startup", what="", ended=Ending.COMPLETE, document={"auth": 0, "sqlstate": None}
        ),
        "sizes": Reply(request="sizes", method="sizes", what="", ended=Ending.COMPLETE, document=sizes),
    }

    verdict = judge(check("postgresql_open"), Observation(kind="postgres", replies=replies))

    assert (verdict.outcome, verdict.size and verdict.size.bytes) == (Outcome.EXPOSED, 500)
