"""The order of checks: what the port suggests first, what judges the unknown last, the same however often asked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.checks.order import CheckOrder, port_checks, port_kinds
from leakguard.checks.protocols import PROTOCOLS
from support.shipped import LIBRARY

ORDER = CheckOrder(LIBRARY)


@given(
    port=st.integers(1, 65535) | st.sampled_from([80, 443, 6379, 8080, 9200]),
    kind=st.sampled_from(sorted(PROTOCOLS)),
    scheme=st.none() | st.sampled_from(["http", "https", "redis", "s3", "no-such-scheme"]),
)
def test_what_is_remembered_is_what_would_be_found_anew(port: int, kind: str, scheme: str | None) -> None:
    for _ in range(2):
        assert ORDER.checks(port, kind) == port_checks(LIBRARY, port, kind)
        assert ORDER.kinds(port, scheme) == port_kinds(LIBRARY, port, scheme)


def test_sixty_thousand_ports_that_nobody_names_are_remembered_as_one() -> None:
    order = CheckOrder(LIBRARY)

    lists = {id(order.checks(port, "http")) for port in (7, 13, 7777, 65535)}

    assert len(lists) == 1


@given(st.integers(1, 65535) | st.sampled_from([80, 443, 6379, 8080, 9200]))
def test_the_first_contact_belongs_to_the_checks_that_name_the_port_where_http_alone_is_suggested(port: int) -> None:
    named = tuple(check for check in port_checks(LIBRARY, port, "http") if port in check.probe.ports)
    is_http = port_kinds(LIBRARY, port, None)[0] == ("http",)

    for _ in range(2):
        assert ORDER.first_contact(port) == (tuple(each for each in named if not each.fallback) if is_http else ())


@pytest.mark.parametrize("port", [80, 5701, 9200])
def test_checks_that_name_the_port_lead_and_fallbacks_end(port: int) -> None:
    checks = ORDER.checks(port, "http")

    named = [port in check.probe.ports for check in checks if not check.fallback]
    assert named == sorted(named, reverse=True)
    assert [check.fallback for check in checks] == sorted(check.fallback for check in checks)
    assert {check.id for check in checks} == {check.id for check in LIBRARY if check.probe.kind == "http"}


def test_a_first_contact_is_all_there_is_where_every_check_of_the_run_names_the_port_and_speaks_http() -> None:
    checks = {check.id: check for check in LIBRARY}
    elastic, couch, redis = (checks[name] for name in ("elasticsearch_open", "couchdb_open", "redis_open"))

    assert CheckOrder([elastic]).first_contact_runs_all(9200)
    assert not CheckOrder([elastic]).first_contact_runs_all(9999)
    assert not CheckOrder([elastic, couch]).first_contact_runs_all(9200)
    assert not CheckOrder([elastic, redis]).first_contact_runs_all(9200)
    assert not ORDER.first_contact_runs_all(9200)
