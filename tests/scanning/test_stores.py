"""One store behind many addresses is one store."""

from __future__ import annotations

from functools import reduce
from typing import Any

import pytest

from leakguard.models.findings import Finding, Outcome, Severity, Size
from leakguard.scanning.stores import Total, stores_of
from support.scans import finding_of

CLUSTER = "q1Wm2dTfRkqY0pZl3v9xAg"


def way(number: int, records: int | None = 1000, **fields: Any) -> Finding:  # noqa: ANN401  (a finding's own fields)
    size = Size(records=records, bytes=(records or 0) * 10)
    known: dict[str, Any] = {"cluster_id": CLUSTER, "size": size, "id": f"F-{number}"}
    return finding_of(target=f"192.0.2.{number}:9200", **(known | fields))


def folded(*findings: Finding) -> list[list[str]]:
    return [[one.id for one in store.ways] for store in stores_of(findings)]


def test_the_ways_into_one_cluster_are_folded_in_order() -> None:
    other = way(3, cluster_id="another-cluster")

    assert folded(way(1), other, way(2)) == [["F-1", "F-2"], ["F-3"]]


def test_its_size_is_the_largest_and_its_severity_the_worst_that_a_way_shows() -> None:
    [store] = stores_of([way(1, 1005), way(2, 1000, severity=Severity.CRITICAL), way(4, None)])

    assert store.worst.id == "F-2"
    assert (store.worst.records, store.worst.bytes) == (1005, 10_050)


@pytest.mark.parametrize(
    "other",
    [
        way(2, cluster_id=None),
        way(2, cluster_id="_na_"),
        way(2, 900),
        way(2, version="7.10.2"),
        way(2, datastore="opensearch"),
        way(2, outcome=Outcome.NOT_EXPOSED),
    ],
)
def test_another_store_is_not_folded(other: Finding) -> None:
    """No id, a placeholder, another count, another release, another product, a closed door."""
    assert folded(way(1), other) == [["F-1"], ["F-2"]]


@pytest.mark.parametrize("nobody", [None, "_na_"])
def test_stores_without_an_id_have_nothing_in_common(nobody: str | None) -> None:
    assert folded(way(1, cluster_id=nobody), way(2, cluster_id=nobody)) == [["F-1"], ["F-2"]]


@pytest.mark.parametrize(("first", "second"), [(1000, 1010), (0, 1), (None, 7), (7, None)])
def test_counts_may_drift_while_the_nodes_are_asked(first: int | None, second: int | None) -> None:
    assert folded(way(1, first), way(2, second)) == [["F-1", "F-2"]]


def test_between_two_runs_a_store_may_grow_as_it_likes() -> None:
    assert folded(way(1), way(2, 5_000_000, run="R-20261125-bbbbbb", version="8.0.0")) == [["F-1", "F-2"]]


def test_the_total_counts_each_store_once_and_says_how_many_do_not_tell() -> None:
    closed = way(5, cluster_id=None, outcome=Outcome.NOT_EXPOSED)
    silent = way(4, cluster_id=None, size=None)
    stores = stores_of([way(1), way(2), way(3, 5, cluster_id=None), silent, closed])

    assert reduce(Total.plus, stores, Total()) == Total(
        stores=3, records=1005, bytes=10_050, unsized=1, without_bytes=1
    )
