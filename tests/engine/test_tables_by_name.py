"""Tables of a server of one's own: which are asked for, and each with a verdict of its own."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import cast

import pytest

from engine.test_rounds import Plain
from leakguard import ports
from leakguard.checks.order import port_checks
from leakguard.checks.protocols import OF_PAGES
from leakguard.checks.requests import Request
from leakguard.engine.examination import CheckResult, path_in_endpoint
from leakguard.engine.first_contact import FirstContact
from leakguard.engine.kinds_of_data import collections_of
from leakguard.engine.rounds import ask_checks
from leakguard.engine.unconditional_checks import names_within
from leakguard.frozen import replace
from leakguard.models.findings import Outcome, ReasonCode
from leakguard.models.observations import Ending, Reply
from leakguard.models.targets import Endpoint
from support.interviews import answered
from support.shipped import LIBRARY

POCKETBASE = next(check for check in LIBRARY if check.id == "pocketbase_open")
DIRECTUS = next(check for check in LIBRARY if check.id == "directus_open")
PLACE = Endpoint(address="127.0.0.1", port=20001, named=True)
ORDERS = {"name": "orders"}
LOGIN = {"password": {"identityFields": ["email"], "enabled": True}}


def pocketbase(
    records: Mapping[str, tuple[int, int]],
    *,
    front: str = "<html>Shop</html>",
    of_page: Sequence[object] = (ORDERS,),
    is_complete: bool = True,
) -> Callable[[Request], Reply]:
    """A server that keeps its owner's page at the front, and these collections: status and number of records."""

    def answer(request: Request) -> Reply:
        told: Mapping[str, object] = {"data": {}, "message": "File not found.", "status": 404}
        status = 404
        if request.what == "/api/health":
            status, told = 200, {"message": "API is healthy.", "code": 200, "data": {}}
        elif request.what.endswith("/auth-methods"):
            status, told = 200, LOGIN
        elif request.item in records:
            status, count = records[request.item]
            told = {"page": 1_000_000, "totalItems": count, "items": [], "data": {}, "message": "no"}
        body = front.encode() if request.what == "/" and front else json.dumps(told).encode()
        status = 200 if request.what == "/" and front else status
        document = {"tables": list(of_page), "complete": is_complete} if request.method in OF_PAGES else None
        return Reply(
            request=request.id, method=request.method, what=request.what, ended=Ending.COMPLETE, status=status,
            body=body, document=document,
        )  # fmt: skip

    return answer


def judged(
    answer: Callable[[Request], Reply], endpoint: Endpoint = PLACE, open_before: Collection[tuple[str, str]] = ()
) -> dict[str | None, CheckResult]:
    checks = port_checks([POCKETBASE], endpoint.port, "http")
    talk = ask_checks(checks, endpoint, Plain(), random_word="n0nsense", open_before=open_before)
    return {item.path_in_endpoint: item for item in answered(talk, answer) if item.applies}


def test_behind_the_owners_page_of_a_named_place_each_collection_has_its_verdict() -> None:
    found = judged(pocketbase({"orders": (200, 3), "users": (200, 0)}))

    assert {name: item.verdict.outcome for name, item in found.items()} == {
        "orders": Outcome.EXPOSED,
        "users": Outcome.NOT_EXPOSED,
    }
    (named,) = collections_of(found["orders"])
    assert (named.word, named.name) == ("collection", "orders")


def test_a_server_of_which_nobody_names_a_collection_is_told_of_as_a_whole() -> None:
    calls_of_others = [{"name": "sales", "by": "from"}, {"name": "_superusers", "by": "collection"}]
    found = judged(pocketbase({"users": (200, 0)}, of_page=calls_of_others))

    assert {name: item.verdict.outcome for name, item in found.items()} == {
        "users": Outcome.NOT_EXPOSED,
        None: Outcome.INCONCLUSIVE,
    }
    whole = found[None].verdict
    assert whole.reason_code is ReasonCode.NO_TABLE_NAMED
    assert "pocketbase://HOST:PORT/COLLECTION" in whole.reason


def test_a_server_of_which_a_page_names_a_collection_is_told_of_by_its_collections_alone() -> None:
    named = [{"name": "orders", "by": "collection"}, {"name": "sales", "by": "from"}]

    assert judged(pocketbase({"orders": (403, 0)}, of_page=named)).keys() == {"orders", "users"}


def test_where_a_page_was_not_read_to_its_end_the_server_is_told_of_as_a_whole_too() -> None:
    found = judged(pocketbase({"orders": (403, 0)}, is_complete=False))

    assert found.keys() == {"orders", "users", None}
    assert found[None].verdict.outcome is Outcome.INCONCLUSIVE


def below(answer: Callable[[Request], Reply], path: str) -> Callable[[Request], Reply]:
    """The same server below a path, and nothing at the root."""

    def moved(request: Request) -> Reply:
        if not request.what.startswith(path):
            gone = Reply(request=request.id, method=request.method, what=request.what, ended=Ending.COMPLETE)
            return replace(gone, status=404, body=b"no")
        reply = answer(replace(request, what=request.what.removeprefix(path) or "/"))
        return replace(reply, what=request.what)

    return moved


def test_below_a_path_each_collection_has_its_verdict_too() -> None:
    """The question about pages is no request with a path of its own, and does not end the check without a verdict."""
    server = pocketbase({"orders": (200, 3), "users": (200, 0)})

    found = judged(below(server, "/inner"), replace(PLACE, path="/inner"))

    assert {name: item.verdict.outcome for name, item in found.items()} == {
        "inner/orders": Outcome.EXPOSED,
        "inner/users": Outcome.NOT_EXPOSED,
    }


def test_behind_a_page_of_a_place_that_nobody_named_nothing_is_asked() -> None:
    assert judged(pocketbase({"orders": (200, 3)}), Endpoint(address="127.0.0.1", port=20001)) == {}


def test_a_collection_that_was_open_is_asked_for_though_the_page_names_it_no_more() -> None:
    known = [("pocketbase_open", "127.0.0.1:20001/invoices"), ("pocketbase_open", "127.0.0.1:20002/others")]

    found = judged(pocketbase({"orders": (403, 0), "invoices": (403, 0)}), open_before=known)

    assert found["invoices"].verdict.outcome is Outcome.NOT_EXPOSED
    assert "others" not in found


def test_names_within_a_place_are_those_that_the_very_check_found_open() -> None:
    known = [("one", "a:1/x"), ("two", "a:1/y"), ("one", "a:11/z"), ("one", "a:1")]

    assert names_within(known, ("one", "a:1")) == ["x"]


@pytest.mark.parametrize(
    ("bucket", "below", "inside"),
    [(None, "", None), ("orders", "", "orders"), (None, "/parse", "parse"), ("orders", "/parse", "parse/orders")],
)
def test_a_table_below_a_path_is_told_with_the_path(bucket: str | None, below: str, inside: str | None) -> None:
    assert path_in_endpoint(bucket, below) == inside


def contact(endpoint: Endpoint) -> FirstContact:
    """A sweep's first contact with a PocketBase without a page of its owner's, up to where it asks no more."""
    checks = port_checks([POCKETBASE], endpoint.port, "http")
    first = FirstContact(endpoint, ask_checks(checks, endpoint, Plain(), random_word="n0nsense"))
    answer, asked = pocketbase({"users": (200, 4)}, front=""), first.first()
    following: ports.Request | None = asked
    while following is not None:
        assert following.method != "page_tables"
        following = first.answered(answer(cast("Request", following)))
    return first


def test_a_sweep_reads_no_page_and_asks_for_what_every_such_server_has() -> None:
    first = contact(Endpoint(address="127.0.0.1", port=8090))

    assert [(item.path_in_endpoint, item.verdict.outcome) for item in first.results] == [
        ("users", Outcome.EXPOSED),
        (None, Outcome.INCONCLUSIVE),
    ]


def test_at_a_named_place_a_sweep_leaves_the_page_to_an_examination() -> None:
    first = contact(Endpoint(address="127.0.0.1", port=8090, named=True))

    assert not first.results
