"""What stands in front of a server hides no open store: a proxy's own name, a guarded front page, a way to a login."""

from __future__ import annotations

import pytest

from leakguard.checks.definitions import CheckDefinition
from leakguard.checks.fronts import encoded_path, leads_to_login, led_below, tells_nothing
from leakguard.models.findings import Outcome
from leakguard.models.observations import Ending, Reply
from support.each import for_each
from support.replays import Canned, Case, Expected, read_replay, replay
from support.shipped import LIBRARY

OPEN = {Outcome.EXPOSED, Outcome.PARTIALLY_EXPOSED}
GUARD = Canned(
    status=401,
    headers={"server": "nginx/1.22.1", "content-type": "text/html", "www-authenticate": 'Basic realm="intern"'},
    body="<html><head><title>401 Authorization Required</title></head></html>",
)
LOGIN = Canned(status=302, headers={"server": "nginx/1.22.1", "location": "http://127.0.0.1:8080/login"})
OK = Canned(status=200, headers={"server": "nginx/1.22.1", "content-type": "text/plain"}, body="ok")
EMPTY = Canned(status=204, headers={"server": "nginx/1.22.1"})
CODED = Canned(status=404, headers={"server": "nginx/1.22.1", "content-encoding": "br", "content-type": "text/html"})
ASKED_ANYWAY = (
    "actuator_open", "chroma_open", "consul_open", "couchbase_open", "docker_registry_open", "elasticsearch_open",
    "flower_open", "hbase_rest_open", "hfs_open", "ignite_open", "influxdb_open", "mlflow_open", "opensearch_open",
    "orientdb_open", "prometheus_open", "qdrant_open", "questdb_open", "solr_open", "yarn_open",
)  # fmt: skip
"""Checks whose store is looked for behind a front page that tells nothing; each costs such a host one question."""
BY_THE_HEADER_ALONE = {
    "cruise_control_open": "its front page is composed and empty, as no real server of it was had",
    "hfs_open": "release 2 says so in the header alone; release 3 in its page as well",
}
"""Checks that find an open server of a replay by the header `Server` alone, and why."""
WEB = {check.id: check for check in LIBRARY if check.probe.kind == "http" and not check.fallback}


def proxied(case: Case) -> Case:
    """The same server behind a proxy that puts its own name into the header."""
    return case.model_copy(
        update={
            "answers": {asked: _renamed(canned) for asked, canned in case.answers.items()},
            "otherwise": _renamed(case.otherwise),
        }
    )


def _renamed(canned: Canned) -> Canned:
    headers = {name: value for name, value in canned.headers.items() if name.lower() != "server"}
    return canned.model_copy(update={"headers": {**headers, "server": "nginx/1.22.1"}} if canned.status else {})


def fronted(case: Case, front: Canned) -> Case:
    return case.model_copy(update={"answers": {**case.answers, "GET /": front}})


def found_open(check: CheckDefinition) -> list[Case]:
    cases = read_replay(check.id).cases
    return [case for case in cases if case.shows == "open" and replay(check, case).outcome in OPEN]


@for_each("check", WEB.values(), ids=WEB)
def test_a_proxy_that_puts_its_own_name_into_the_header_hides_no_open_server(check: CheckDefinition) -> None:
    hidden = [case.name for case in found_open(check) if replay(check, proxied(case)).outcome not in OPEN]

    assert bool(hidden) is (check.id in BY_THE_HEADER_ALONE), hidden


@pytest.mark.parametrize("front", [GUARD, LOGIN, OK, EMPTY, CODED], ids=["guarded", "a login", "ok", "empty", "coded"])
@pytest.mark.parametrize("name", ASKED_ANYWAY)
def test_a_front_page_that_tells_nothing_hides_no_open_server(name: str, front: Canned) -> None:
    check = WEB[name]

    seen = [replay(check, fronted(case, front)).outcome for case in found_open(check)]

    assert set(seen) & OPEN


@pytest.mark.parametrize("name", ASKED_ANYWAY)
def test_a_guard_before_everything_is_no_product(name: str) -> None:
    locked = Case(
        name="locked",
        shows="protected",
        source="composed",
        otherwise=GUARD,
        expect=Expected(outcome=Outcome.NOT_APPLICABLE),
    )

    assert replay(WEB[name], locked).outcome is Outcome.NOT_APPLICABLE


def test_a_path_with_half_a_character_cannot_be_asked() -> None:
    assert encoded_path("/\ud800") is None


@for_each("location", ["http://[your-server]/login", "//[::1/login", "http://a]/login", "http://a\u2100b/login"])
def test_a_redirect_to_no_address_leads_to_no_login(location: str) -> None:
    front = Reply(
        request="root", method="GET", what="/", ended=Ending.COMPLETE, status=302, headers={"location": location}
    )

    assert not leads_to_login(front)
    assert not tells_nothing(front)
    assert led_below(front, origins=frozenset()) == ""
