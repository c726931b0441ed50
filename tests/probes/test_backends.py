"""Backends of pages: what is asked of them, how each answer is read, and that no key, row or name comes out."""

from __future__ import annotations

import asyncio
import base64
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from leakguard.models.observations import Ending, Reply
from leakguard.models.targets import BackendPlace, Endpoint
from leakguard.probes.protocols.backend import MOST_TABLES
from leakguard.probes.protocols.http.counts import count_request
from leakguard.probes.protocols.http.gate import GATE
from leakguard.probes.protocols.postgrest.reader import code_of, counted, listed
from leakguard.shipped.reader import ShippedReader
from shipped.test_reading import shipping
from support.backend_hosts import CANARY, PUBLISHABLE, Answer, FakeSupabase, Table, serving
from support.firebase_hosts import FakeFirebase
from support.probing import ON_REAL_TIME, Probing, Question
from support.probing import run as run_on

pytestmark = pytest.mark.enable_socket

FORMS = shipping()
ASKS = 'c.from("users").select("*");c.from("orders").select();c.from("secrets");c.from("gone")'
TABLES = {"users": Table(visible=5), "orders": Table(visible=0), "secrets": Table(visible=None)}


def talked(
    host: FakeSupabase | FakeFirebase,
    kind: str,
    *questions: tuple[str, str],
    scheme: str,
    meant: Callable[[Endpoint], BackendPlace] = lambda page: BackendPlace(is_own=True, pages=(page,)),
) -> tuple[list[Reply], Probing]:
    """The replies of one session to `inside`, and to the questions behind it."""

    async def work(port: int) -> tuple[list[Reply], Probing]:
        probing = Probing(timeouts=ON_REAL_TIME, new_reader=lambda: ShippedReader(FORMS, key=b"ours"))
        page = Endpoint(address="127.0.0.1", port=port, scheme="http", named=True)
        place = Endpoint(address="127.0.0.1", port=port, scheme=scheme, named=True, backend=meant(page))
        asked = [Question(method, what) for method, what in (("inside", ""), *questions)]
        return await probing.ask(place, kind, *asked), probing

    with serving(host) as served:
        return run_on(work(served.port), new_loop=asyncio.new_event_loop)


def tables(host: FakeSupabase, *names: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The documents of `inside` and of each table."""
    replies, _ = talked(host, "postgrest", *(("table", name) for name in names), scheme="supabase")
    return replies[0].document, [reply.document for reply in replies[1:]]


def test_each_table_of_a_page_is_asked_with_the_key_of_the_page_and_judged_by_itself() -> None:
    host = FakeSupabase(tables=dict(TABLES), asks=ASKS)

    inside, found = tables(host, "users", "orders", "secrets", "gone")

    assert inside["state"] == "accepted"
    assert inside["names"] == ["users", "orders", "secrets", "gone"]
    assert [(one["state"], one["rows"], one["exact"], one["code"]) for one in found] == [
        ("open", 5, True, ""),
        ("hidden", None, False, ""),
        ("refused", None, False, "42501"),
        ("absent", None, False, "PGRST205"),
    ]
    assert [one["kind"] for one in inside["keys"]] == ["supabase_publishable_key"]
    assert inside["keys"][0]["where"] == f"http://127.0.0.1:{host.port}/app.js"


def test_no_row_is_asked_for_and_the_key_goes_to_the_backend_alone() -> None:
    host = FakeSupabase(tables=dict(TABLES), asks=ASKS, is_described=True)

    tables(host, "users", "orders", "secrets", "gone")

    rest = [(method, target, headers) for method, target, headers in host.seen if target.startswith("/rest/")]
    others = [headers for _, target, headers in host.seen if not target.startswith("/rest/")]
    assert {headers.get("apikey") for _, _, headers in rest} == {PUBLISHABLE}
    assert not any("apikey" in headers or PUBLISHABLE in str(headers) for headers in others)
    assert not any("authorization" in headers for _, _, headers in host.seen)
    assert {method for method, _, _ in host.seen} <= {"GET", "HEAD"}
    assert all(method == "HEAD" for method, target, _ in rest if re.search(r"/(users|orders|secrets|gone)\?", target))
    assert not any("rpc" in target for _, target, _ in host.seen)


def test_no_key_no_row_and_no_hint_of_the_server_comes_out() -> None:
    host = FakeSupabase(tables=dict(TABLES), asks=ASKS, is_described=True, has_proxy_status=False)

    replies, probing = talked(host, "postgrest", ("table", "users"), ("table", "gone"), scheme="supabase")

    told = json.dumps([reply.document for reply in replies]) + repr([reply.body for reply in replies])
    assert PUBLISHABLE not in told + repr(replies)
    assert CANARY not in told + repr(replies)
    assert any(PUBLISHABLE.encode() in said for said in probing.said), "the key was never used"


def test_a_server_that_names_a_table_after_the_key_tells_nobody() -> None:
    key = f"sb_publishable_{'A' * 24}"
    host = FakeSupabase(tables={key: Table(visible=1)}, key=key, shipped=key, is_described=True)

    inside, _ = tables(host)

    assert inside["keys"]
    assert key not in json.dumps(inside)


def test_a_table_that_nobody_can_count_in_time_is_open_nevertheless() -> None:
    host = FakeSupabase(tables={"big": Table(visible=2_000_000, is_slow=True)}, asks='c.from("big")')

    _, estimated = tables(host, "big")

    assert (estimated[0]["state"], estimated[0]["rows"], estimated[0]["exact"]) == ("open", 2_000_000, False)


def test_an_older_server_tells_the_code_in_the_body_of_a_question_for_no_row() -> None:
    host = FakeSupabase(tables=dict(TABLES), asks=ASKS, has_proxy_status=False)

    _, found = tables(host, "secrets", "gone")

    assert [one["state"] for one in found] == ["refused", "absent"]
    assert ("GET", "/rest/v1/secrets?limit=0") in [(method, target) for method, target, _ in host.seen]


def test_fields_are_named_by_the_servers_description_and_functions_are_no_tables() -> None:
    host = FakeSupabase(tables=dict(TABLES), is_described=True)

    inside, found = tables(host, "users")

    assert inside["described"]
    assert inside["names"] == ["users", "orders"]
    assert found[0]["fields"] == ["id", "email"]


@pytest.mark.parametrize(
    ("key", "shipped", "state"),
    [
        (PUBLISHABLE, None, "missing"),
        ("sb_publishable_another_one_of_ours_x", PUBLISHABLE, "refused"),
        (None, None, "accepted"),
    ],
)
def test_a_key_that_is_gone_or_refused_says_nothing_of_tables(key: str | None, shipped: str | None, state: str) -> None:
    inside, _ = tables(FakeSupabase(tables=dict(TABLES), key=key, shipped=shipped, asks=ASKS))

    assert inside["state"] == state


def token(role: str, ref: str = "") -> str:
    """A token of Supabase's older keys."""
    claims = {"iss": "supabase", "role": role, **({"ref": ref} if ref else {})}
    parts = [json.dumps(part).encode() for part in ({"alg": "HS256", "typ": "JWT"}, claims)]
    return ".".join([*(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts), "s" * 43])


def test_a_token_of_the_role_for_strangers_is_a_key_and_one_of_the_owner_is_never_sent() -> None:
    anon, owner = token("anon"), token("service_role")
    host = FakeSupabase(tables=dict(TABLES), key=anon, shipped=anon, asks=f'k="{owner}";{ASKS}')
    alone = FakeSupabase(tables=dict(TABLES), key=owner, shipped=owner, asks=ASKS)

    assert tables(host, "users")[1][0]["state"] == "open"
    assert tables(alone)[0]["state"] == "missing"
    assert not any(owner in str(headers) for one in (host, alone) for _, _, headers in one.seen)


def test_a_page_that_does_not_name_the_backend_gives_no_key() -> None:
    elsewhere = FakeSupabase(asks='c.from("users")')
    host = FakeSupabase(tables=dict(TABLES))
    with serving(elsewhere):
        page = Endpoint(address="127.0.0.1", port=elsewhere.port, scheme="http", named=True)
        replies, _ = talked(
            host, "postgrest", scheme="supabase", meant=lambda _: BackendPlace(is_own=True, pages=(page,))
        )

    assert replies[0].document["state"] == "missing"


def test_the_scope_decides_which_tables_are_asked_for() -> None:
    host = FakeSupabase(tables=dict(TABLES), asks=ASKS)

    def meant(page: Endpoint) -> BackendPlace:
        return BackendPlace(is_own=True, pages=(page,), tables=("users",), is_whole=False, public=("users",))

    replies, _ = talked(host, "postgrest", ("table", "users"), ("table", "orders"), scheme="supabase", meant=meant)

    assert replies[0].document["names"] == ["users"]
    assert replies[1].document["declared"]
    assert replies[2].ended is Ending.BLOCKED
    assert not any("orders" in target for _, target, _ in host.seen)


def test_a_backend_that_asks_for_fewer_questions_gets_none_any_more() -> None:
    class Full(FakeSupabase):
        def answer(self, method: str, target: str, headers: Mapping[str, str], _body: bytes = b"") -> Answer:
            told = super().answer(method, target, headers)
            return Answer(429, b"{}") if "/users" in target else told

    host = Full(tables=dict(TABLES), asks=ASKS)

    _, found = tables(host, "users", "orders")

    assert [one["state"] for one in found] == ["busy", "busy"]
    assert not any("orders" in target for _, target, _ in host.seen)


def test_no_more_than_fifty_tables_are_asked_for() -> None:
    many = ";".join(f'c.from("t{number}")' for number in range(MOST_TABLES + 10))

    inside, _ = tables(FakeSupabase(asks=many))

    assert len(inside["names"]) == MOST_TABLES
    assert inside["left_out"] == 10


def test_a_postgrest_of_ours_is_found_below_its_root_or_behind_a_gateway() -> None:
    class Bare(FakeSupabase):
        def answer(self, method: str, target: str, headers: Mapping[str, str], _body: bytes = b"") -> Answer:
            is_page = target in {"/", "/app.js"} or target.endswith((".json", ".js"))
            return super().answer(method, target if is_page else f"/rest/v1{target}", headers)

    bare = Bare(tables=dict(TABLES), key=None, asks=ASKS)

    replies, _ = talked(bare, "postgrest", ("table", "users"), scheme="supabase")

    assert (replies[0].document["state"], replies[1].document["state"]) == ("accepted", "open")


def test_an_answer_for_any_name_is_told_as_such() -> None:
    class Takes(FakeSupabase):
        def _rows(self, *_asked: object) -> Answer:
            return Answer(200, b"[]", {"content-range": "0-0/*"})

    inside, _ = tables(Takes(asks=ASKS))

    assert (inside["anything"], inside["state"]) == (True, "unknown")


def test_an_endpoint_that_is_no_backend_is_not_asked() -> None:
    replies, _ = talked(FakeSupabase(), "postgrest", scheme="supabase", meant=lambda _: None)  # type: ignore[arg-type, return-value]

    assert replies[0].ended is Ending.BLOCKED


@pytest.mark.parametrize(
    ("value", "visible", "total"),
    [("0-0/*", True, None), ("*/*", False, None), ("*/5", True, 5), ("*/0", False, 0), ("0-4/5", True, 5)],
)
def test_a_range_says_whether_a_row_is_visible(value: str, visible: bool, total: int | None) -> None:  # noqa: FBT001  (a parameter of the test)
    found = counted({"content-range": value})

    assert found is not None
    assert (found.is_visible, found.total) == (visible, total)


@pytest.mark.parametrize("value", ["", "bytes 0-1/2", "0-0", f"*/{'9' * 30}", "a-b/c"])
def test_any_other_range_is_none(value: str) -> None:
    assert counted({"content-range": value}) is None


def test_codes_and_descriptions_that_make_no_sense_are_none() -> None:
    assert code_of({"proxy-status": f"PostgREST; error={'A' * 40}"}, b"[]") != "A" * 40
    assert code_of({}, b'{"code": "two words"}') == ""
    assert listed(b'{"swagger": "2.0", "paths": [], "definitions": 5}').fields == {}
    assert listed(b"[]").is_described is False
    paths = dict.fromkeys(("/users", "/rpc/x", "/a/b"), "")
    odd = {"swagger": "2.0", "paths": paths, "definitions": {"users": {"properties": {"a b": "", "id": ""}}}}
    assert dict(listed(json.dumps(odd).encode()).fields) == {"users": ("id",)}


FIREBASE = {
    "rtdb": ("firebase", "paths"),
    "firestore": ("firestore", "collections"),
    "firebasestorage": ("firebasestorage", "folders"),
}
OF = {"rtdb": "campus-app", "firestore": "campus-app", "firebasestorage": "campus-app.appspot.com"}


def firebase(kind: str, host: FakeFirebase, *names: str, name: str = "") -> tuple[list[str], list[Reply]]:
    """The states of a name that cannot exist and of these, and the replies."""
    meant = BackendPlace(name=name or OF[kind], tables=names or ("chats",), is_own=True)
    asked = [("table", f"{meant.name}/{one}") for one in ("*", *names)]
    replies, _ = talked(host, kind, *asked, scheme=FIREBASE[kind][0], meant=lambda _: meant)
    return [reply.document["state"] for reply in replies[1:]], replies


@pytest.mark.parametrize("kind", FIREBASE)
def test_one_open_part_of_firebase_is_told_from_what_is_refused(kind: str) -> None:
    host = FakeFirebase(**{FIREBASE[kind][1]: frozenset({"chats"})}, documents={"chats": 7, "users": 9})  # type: ignore[arg-type]

    states, replies = firebase(kind, host, "chats", "users")

    assert states == ["refused", "open", "refused"]
    assert CANARY not in repr(replies)
    if kind == "firestore":
        assert (replies[2].document["rows"], replies[2].document["exact"]) == (7, True)


@pytest.mark.parametrize("kind", FIREBASE)
def test_a_rule_for_all_names_shows_by_a_name_that_cannot_exist(kind: str) -> None:
    host = FakeFirebase(**{FIREBASE[kind][1]: frozenset({"*"})}, documents={"chats": 50_000})  # type: ignore[arg-type]

    states, replies = firebase(kind, host, "chats")

    assert states == ["open", "open"]
    assert replies[0].document["names"] == [f"{OF[kind]}/*", f"{OF[kind]}/chats"]
    assert CANARY not in repr(replies)
    assert all(CANARY.encode() not in reply.body for reply in replies)
    if kind == "firestore":
        assert (replies[2].document["rows"], replies[2].document["exact"]) == (10_000, False)


@pytest.mark.parametrize("kind", FIREBASE)
def test_another_project_is_absent_and_one_that_is_overrun_refuses_nothing(kind: str) -> None:
    absent, _ = firebase(kind, FakeFirebase(), name="another-app")
    busy, _ = firebase(kind, FakeFirebase(status=503))
    odd, _ = firebase(kind, FakeFirebase(status=418))

    assert (absent, busy, odd) == (["absent"], ["busy"], ["unknown"])


def test_an_open_and_empty_collection_is_told_as_empty() -> None:
    states, _ = firebase("firestore", FakeFirebase(collections=frozenset({"chats"})), "chats")

    assert states == ["refused", "empty"]


SAID: Mapping[str, list[tuple[int, object, str]]] = {
    "rtdb": [(423, {"error": "deactivated"}, "off"), (200, {"a": 1}, "anything"), (200, "", "unknown")],
    "firestore": [
        (403, [{"error": {"status": "PERMISSION_DENIED", "details": [{"reason": "SERVICE_DISABLED"}]}}], "off"),
        (200, [{"result": {"aggregateFields": {"n": {"integerValue": "3"}}}}], "anything"),
        (200, [], "unknown"),
        (404, "no page", "unknown"),
    ],
    "firebasestorage": [
        (412, {"error": {"message": "no account"}}, "off"),
        (400, {"error": {"message": "rules_version = '2' is needed"}}, "refused"),
        (200, {"items": [{"name": "x"}]}, "anything"),
        (200, {}, "unknown"),
        (200, [], "unknown"),
    ],
}


@pytest.mark.parametrize(("kind", "said"), [(kind, said) for kind, each in SAID.items() for said in each])
def test_other_answers_of_firebase_are_told_apart(kind: str, said: tuple[int, object, str]) -> None:
    status, value, state = said

    class Odd(FakeFirebase):
        def answer(self, *_asked: object, **_named: object) -> Answer:
            return Answer(status, json.dumps(value).encode() if value != "" else b"", {})

    assert firebase(kind, Odd())[0] == [state]


def test_tables_of_firebase_are_read_from_a_page_that_names_the_project() -> None:
    host = FakeFirebase(collections=frozenset({"chats"}), documents={"chats": 2}, asks='d.collection("chats")')

    replies, _ = talked(
        host,
        "firestore",
        scheme="firestore",
        meant=lambda page: BackendPlace(name="campus-app", is_own=True, pages=(page,)),
    )

    assert replies[0].document["names"] == ["campus-app/*", "campus-app/chats"]


def test_the_gate_lets_a_count_through_and_nothing_that_only_looks_like_one() -> None:
    """A body is constant but for the name, so no filter, no field and no other question fits in."""
    good = count_request("campus-app", "users", {"host": "x", "user-agent": "u", "accept": "application/json"})
    spoilt = (
        good.replace(b'"count"', b'"sum"'),
        good.replace(b"runAggregationQuery", b"commit"),
        good.replace(b"POST", b"PATCH"),
        good.replace(b'"users"', b'"users","allDescendants":true,"x":"y"'),
        good.replace(b"10000", b"99999"),
        good.replace(b"accept: ", b"authorization: "),
        good + b" ",
    )

    assert GATE.carries("firestore_count", good)
    assert not any(GATE.carries("firestore_count", each) for each in spoilt)
    for name in ('a"b', "", "a/b", "é", "x" * 101):
        with pytest.raises(ValueError, match="name"):
            count_request("campus-app", name, {})
