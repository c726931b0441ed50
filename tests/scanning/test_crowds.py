"""Many unrelated datastores on one address look like a trap, and stay in the report."""

from __future__ import annotations

from typing import Any

import pytest

from leakguard.frozen import replace
from leakguard.models.findings import Decoy, DecoyVerdict, Finding, Outcome
from leakguard.scanning.crowds import MOST, suspect_crowds
from support.scans import finding_of

KINDS = ("elasticsearch", "redis", "mongodb", "couchdb", "memcached", "etcd")


def crowd(count: int, address: str = "192.0.2.1", **fields: Any) -> list[Finding]:  # noqa: ANN401  (its own fields)
    return [
        finding_of(target=f"{address}:{9000 + number}", datastore=KINDS[number], id=f"F-{number}", **fields)
        for number in range(count)
    ]


def suspects(findings: list[Finding]) -> list[str]:
    judged = suspect_crowds(findings)
    return [one.id for one in judged if one.verdict.decoy.verdict is DecoyVerdict.SUSPECTED]


def test_more_than_four_kinds_of_open_stores_on_one_address_are_suspected() -> None:
    judged = suspect_crowds(crowd(MOST + 1))

    assert all(
        one.verdict.decoy.signals == ("5 unrelated kinds of datastores are open on this one address",) for one in judged
    )
    assert [one.verdict.severity for one in judged] == [one.verdict.severity for one in crowd(MOST + 1)]


def test_four_kinds_are_a_careless_machine() -> None:
    assert suspects(crowd(MOST)) == []


def test_one_kind_many_times_is_no_crowd() -> None:
    assert suspects([replace(one, datastore="redis") for one in crowd(6)]) == []


def test_what_is_spread_over_addresses_is_no_crowd() -> None:
    assert suspects([*crowd(3), *crowd(6, "192.0.2.2")[3:]]) == []


def test_protected_stores_and_files_of_a_web_server_do_not_count() -> None:
    closed = crowd(6, outcome=Outcome.NOT_EXPOSED)[MOST:]

    assert suspects([*crowd(MOST), *closed]) == []
    assert suspects([*crowd(MOST), finding_of(target="192.0.2.1:80", datastore="http", id="F-web")]) == []


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.10", "[::1]"])
def test_a_loopback_address_is_never_suspected(address: str) -> None:
    """A lab, or a developer's own machine, has everything there."""
    assert suspects(crowd(6, address)) == []


def test_a_declared_decoy_stays_declared_and_a_closed_one_is_left_alone() -> None:
    declared = finding_of(target="192.0.2.1:1", id="F-decoy", decoy=Decoy(verdict=DecoyVerdict.DECLARED))
    closed = finding_of(Outcome.NOT_EXPOSED, target="192.0.2.1:2", id="F-closed")

    assert suspect_crowds([*crowd(6), declared, closed])[-2:] == (declared, closed)


def test_a_signal_of_the_check_is_kept_beside_the_crowd() -> None:
    doubted = Decoy(verdict=DecoyVerdict.SUSPECTED, signals=("it knows every name",))
    judged = suspect_crowds(crowd(5, decoy=doubted))

    assert judged[0].verdict.decoy.signals[0] == "it knows every name"
    assert len(judged[0].verdict.decoy.signals) == 2


def test_resources_of_an_account_have_no_address_in_common() -> None:
    assert suspects(crowd(MOST + 1, address="")) == []
