"""Below a path where a store was open: what proves it closed, and what does not."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from leakguard.checks.definitions import CheckDefinition
from leakguard.checks.order import port_checks
from leakguard.checks.protocols import OF_PAGES
from leakguard.checks.requests import Request
from leakguard.engine.earlier_runs import checked_data_store
from leakguard.engine.question_keys import FRONT, key_of_first
from leakguard.engine.rounds import ask_checks
from leakguard.models.findings import Outcome
from leakguard.models.observations import Ending, Reply, TlsSeen
from leakguard.models.targets import Endpoint
from leakguard.scanning.diff import OPEN
from support.each import for_each
from support.interviews import answered
from support.shipped import LIBRARY

pytestmark = pytest.mark.untraced
HTTP = port_checks(LIBRARY, 8080, "http")
BELOW_PATHS = [check for check in HTTP if not check.fallback and key_of_first(check) == FRONT]
ELASTICSEARCH = next(check for check in HTTP if check.id == "elasticsearch_open")
ENDPOINT = Endpoint(address="127.0.0.20", port=8080, path="/search")


class Plain:
    """A line in plain text."""

    transport = "http"
    tls: TlsSeen | None = None
    is_connected = True


def reply_to(request: Request, status: int, body: bytes = b"") -> Reply:
    return Reply(
        request=request.id, method=request.method, what=request.what, ended=Ending.COMPLETE, status=status, body=body,
        size_bytes=len(body),
    )  # fmt: skip


def answer_with(below: Callable[[Request], Reply]) -> tuple[Callable[[Request], Reply], list[str]]:
    """A server with nothing to tell at its root, and the paths that it is asked for below `/search`."""
    asked: list[str] = []

    def reply(request: Request) -> Reply:
        if not request.what.startswith("/search/"):
            return reply_to(request, 200, b"hello")
        asked.append(request.what.removeprefix("/search"))
        return below(request)

    return reply, asked


def locked(request: Request) -> Reply:
    return reply_to(request, 401)


def found_below(
    below: Callable[[Request], Reply], *known: CheckDefinition, library: Sequence[CheckDefinition] = HTTP
) -> tuple[dict[str, Outcome], list[str]]:
    """What is found below the path where these checks found a store open before."""
    reply, asked = answer_with(below)
    before = {checked_data_store(ENDPOINT, check, "search") for check in known}
    results = answered(ask_checks(library, ENDPOINT, Plain(), random_word="n0nsense", open_before=before), reply)
    return {item.definition.id: item.verdict.outcome for item in results if item.below and item.applies}, asked


@for_each("check", BELOW_PATHS, ids=[check.id for check in BELOW_PATHS])
def test_a_login_in_front_of_all_that_a_check_asks_for_proves_it_closed(check: CheckDefinition) -> None:
    """But for a check with a question that cannot be asked below a path, which is neither open nor closed then."""
    requests = [each.constant for each in check.probe.requests if each.constant is not None]
    found, asked = found_below(locked, check, library=[check])

    if {request.method for request in requests} <= {"GET", "HEAD"} | OF_PAGES:
        assert found == {check.id: Outcome.NOT_EXPOSED}
        assert {request.what for request in requests} <= set(asked)
    else:
        assert found == {}


def test_most_checks_ask_below_a_path_by_questions_that_a_login_can_refuse() -> None:
    assert found_below(locked, *BELOW_PATHS)[0].keys() >= {"elasticsearch_open", "prometheus_open", "grafana_open"}


def test_where_no_check_saw_a_store_open_below_the_path_a_login_there_is_no_finding() -> None:
    assert found_below(locked)[0] == {}


@pytest.mark.parametrize("status", [302, 404, 503])
def test_one_answer_that_is_no_refusal_leaves_it_open_whether_it_is_closed(status: int) -> None:
    def one_other(request: Request) -> Reply:
        return reply_to(request, status if "/_stats" in request.what else 401)

    found, _ = found_below(one_other, ELASTICSEARCH)

    assert found.get(ELASTICSEARCH.id) is not Outcome.NOT_EXPOSED


def test_a_store_whose_front_page_alone_is_guarded_is_open_still() -> None:
    index = b'[{"index": "people", "status": "open", "docs.count": "7", "store.size": "700"}]'

    def guarded_front(request: Request) -> Reply:
        return reply_to(request, 200, index) if "/_cat/indices" in request.what else reply_to(request, 401)

    found, _ = found_below(guarded_front, ELASTICSEARCH)

    assert list(found) == [ELASTICSEARCH.id]
    assert found[ELASTICSEARCH.id] in OPEN
