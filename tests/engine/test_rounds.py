"""Rounds: what is asked of one endpoint on one line, and what no longer is once enough is known."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from leakguard.checks.definitions import CheckDefinition
from leakguard.checks.library import parse_check
from leakguard.checks.order import port_checks
from leakguard.checks.requests import Request
from leakguard.engine.earlier_runs import checked_data_store
from leakguard.engine.examination import CheckResult
from leakguard.engine.rounds import LIST_REFUSED, ask_checks
from leakguard.models.findings import Outcome
from leakguard.models.observations import Ending, Reply, TlsSeen
from leakguard.models.targets import Endpoint
from support.fake_prober import STORE_OPEN
from support.interviews import answered
from support.replays import Case, answer, read_replay
from support.shipped import LIBRARY

pytestmark = pytest.mark.untraced


class Plain:
    """A line in plain text."""

    transport = "http"
    tls: TlsSeen | None = None
    is_connected = True


def another(name: str, *, port: int, path: str = "/list") -> CheckDefinition:
    """The test library's check under another name, on another port, deciding by another path."""
    text = STORE_OPEN.replace("id: store_open", f"id: {name}").replace("[9200, 80]", f"[{port}]")
    return parse_check(text.replace("get: /list", f"get: {path}"), name=f"{name}.yaml")


STORE = parse_check(STORE_OPEN, name="store_open.yaml")


def asked_of(
    answer: Callable[[Request], Reply], *checks: CheckDefinition, port: int = 9200
) -> tuple[list[str], list[CheckResult]]:
    """The paths of a whole round, and its verdicts."""
    endpoint = Endpoint(address="127.0.0.1", port=port)
    talk = ask_checks(port_checks(checks, port, "http"), endpoint, Plain(), random_word="n0nsense")
    paths: list[str] = []

    def noted(request: Request) -> Reply:
        paths.append(request.what)
        return answer(request)

    return paths, answered(talk, noted)


def web(pages: Mapping[str, tuple[int, object]], ended: Ending = Ending.COMPLETE) -> Callable[[Request], Reply]:
    """A web server with these pages."""

    def reply(request: Request) -> Reply:
        status, document = pages.get(request.what, (404, "nothing"))
        body = json.dumps(document).encode()
        return Reply(
            request=request.id, method=request.method, what=request.what, ended=ended, status=status, body=body
        )

    return reply


ROOT: tuple[int, object] = (200, {"name": "store"})
OPEN = web({"/": ROOT, "/list": (200, {"records": 7}), "/other": (200, {"records": 8})})
LOCKED = web({"/": ROOT, "/list": (401, {}), "/other": (200, {"records": 8})})


def outcomes(found: list[CheckResult]) -> dict[str, Outcome]:
    return {item.definition.id: item.verdict.outcome for item in found}


def test_once_a_check_knows_its_port_only_others_that_name_it_are_asked() -> None:
    checks = (STORE, another("same_port", port=9200, path="/other"), another("foreign_port", port=1234, path="/third"))

    paths, found = asked_of(OPEN, *checks)

    assert paths == ["/", "/list", "/other"]
    assert set(outcomes(found)) == {"store_open", "same_port"}


def test_a_locked_product_on_its_port_is_known_as_well() -> None:
    paths, found = asked_of(LOCKED, STORE, another("foreign_port", port=1234, path="/other"))

    assert paths == ["/", "/list"]
    assert outcomes(found) == {"store_open": Outcome.NOT_EXPOSED}


def behind_a_guard(name: str, *, port: int, path: str) -> CheckDefinition:
    """A check that also asks behind a front page that tells nothing."""
    text = STORE_OPEN.replace("id: store_open", f"id: {name}").replace("[9200, 80]", f"[{port}]")
    text = text.replace("get: /list", f"get: {path}").replace(
        "{request: root, lacks: '\"store\"'}", "{not: {request: list, contains: records}}"
    )
    guarded = """only_if: {any: [{request: root, contains: '"store"'}, {request: root, tells_nothing: true}]}"""
    return parse_check(text.replace("""only_if: {request: root, contains: '"store"'}""", guarded), name=f"{name}.yaml")


def test_once_a_check_knows_its_port_behind_a_guarded_front_page_only_others_that_name_it_are_asked() -> None:
    checks = (
        behind_a_guard("own_port", port=9200, path="/list"),
        behind_a_guard("same_port", port=9200, path="/other"),
        behind_a_guard("foreign_port", port=1234, path="/third"),
    )
    guarded = web({"/": (401, {}), "/list": (200, {"records": 7})})
    unknown = web({"/": (401, {}), "/third": (200, {"records": 7})})

    paths, found = asked_of(guarded, *checks)

    assert outcomes(found)["own_port"] is Outcome.EXPOSED
    assert {"/list", "/other"} <= set(paths)
    assert "/third" not in paths
    assert outcomes(asked_of(unknown, *checks)[1])["foreign_port"] is Outcome.EXPOSED


def test_a_verdict_that_says_nothing_settles_nothing() -> None:
    broken = web({"/": ROOT, "/list": (500, {}), "/other": (200, {"records": 8})})

    paths, found = asked_of(broken, STORE, another("foreign_port", port=1234, path="/other"))

    assert paths == ["/", "/list", "/other"]
    assert outcomes(found) == {"store_open": Outcome.INCONCLUSIVE, "foreign_port": Outcome.EXPOSED}


def test_where_no_port_suggests_it_the_others_are_judged_by_the_answers_that_are_there() -> None:
    checks = (STORE, another("by_known_answers", port=1, path="/list"), another("by_more", port=2, path="/other"))

    paths, found = asked_of(OPEN, *checks, port=7777)

    assert paths == ["/", "/list"]
    assert set(outcomes(found)) == {"store_open", "by_known_answers"}


def test_where_no_port_suggests_it_a_locked_product_hides_no_open_one() -> None:
    paths, found = asked_of(LOCKED, STORE, another("other_open", port=2, path="/other"), port=7777)

    assert paths == ["/", "/list", "/other"]
    assert outcomes(found) == {"store_open": Outcome.NOT_EXPOSED, "other_open": Outcome.EXPOSED}


def test_guests_of_a_web_server_may_be_several_at_once() -> None:
    """A folder, a repository and a dump are found on one server, also on a port that suggests none of them."""
    guests = [check for check in LIBRARY if check.probe.kind == "webroot"]

    asked: list[str] = []

    def reply(request: Request) -> Reply:
        asked.append(request.method)
        document = {"listed": True, "dumps": ["/a.sql"], "repositories": ["/.git/HEAD"], "secrets": ["/.env"]}
        return Reply(
            request=request.id, method=request.method, what=request.what, ended=Ending.COMPLETE, status=200,
            document=document,
        )  # fmt: skip

    talk = ask_checks(guests, Endpoint(address="127.0.0.1", port=7777), Plain(), random_word="x")

    assert len(answered(talk, reply)) == len(guests)
    assert len(asked) == len(set(asked))


def test_a_host_that_does_not_answer_is_asked_once() -> None:
    paths, found = asked_of(web({}, ended=Ending.SILENT), STORE, another("foreign_port", port=1234))

    assert paths == ["/"]
    assert outcomes(found) == {"store_open": Outcome.INCONCLUSIVE}


def test_an_answer_that_was_cut_off_is_asked_for_again_where_more_may_be_read() -> None:
    """And only there: a check that would read as little is content with what is there."""
    text = STORE_OPEN.replace("id: store_open", "id: patient_open").replace("request: root", "request: page")
    text = text.replace("{id: root, get: /}", "{id: page, get: /, cap_bytes: 100000}")
    patient = parse_check(text, name="patient_open.yaml")

    paths, _ = asked_of(web({"/": (200, "cut")}, ended=Ending.CAPPED), STORE, another("same_open", port=9200), patient)

    assert paths == ["/", "/"]


def test_what_rests_on_several_pages_is_not_doubted() -> None:
    """The question for a path that cannot exist is spared where no catch-all can have given the answers."""
    one_page = web({"/": (200, {"store": 1}), "/list": (200, {"store": 1}), "/n0nsense": (200, {"store": 1})})

    assert "/n0nsense" in asked_of(one_page, STORE)[0]
    assert "/n0nsense" not in asked_of(OPEN, STORE)[0]


def _search_server(check: str) -> Case:
    return next(case for case in read_replay(check).cases if case.shows == "open")


@pytest.mark.parametrize("check", ["elasticsearch_open", "opensearch_open"])
def test_an_open_search_server_is_asked_three_questions_by_all_checks_together(check: str) -> None:
    case = _search_server(check)

    paths, found = asked_of(lambda request: answer(case, request), *LIBRARY)

    assert [path.partition("?")[0] for path in paths] == ["/", "/_cat/indices", "/_count"]
    assert {item.definition.id for item in found if item.applies} == {check}


@pytest.mark.parametrize("check", ["elasticsearch_open", "opensearch_open"])
def test_an_open_search_server_on_a_foreign_port_is_found_by_its_own_check_alone(check: str) -> None:
    case = _search_server(check)

    paths, found = asked_of(lambda request: answer(case, request), *LIBRARY, port=7777)

    assert [path.partition("?")[0] for path in paths] == ["/", "/_cat/indices", "/_count"]
    assert {item.definition.id for item in found if item.applies} == {check}


BEHIND: Mapping[str, tuple[int, object]] = {"/list": (200, {"records": 7})}
FALLBACK = next(check for check in LIBRARY if check.id == "http_login_asked")
OTHER = another("other_store", port=9200, path="/other")


def behind_a_front(
    front: tuple[int, object], pages: Mapping[str, tuple[int, object]], *known: CheckDefinition
) -> dict[str, Outcome]:
    """What is found where these checks found a store open before, and this front page stands now."""
    endpoint = Endpoint(address="127.0.0.1", port=9200)
    talk = ask_checks(
        port_checks((STORE, OTHER, FALLBACK), 9200, "http"), endpoint, Plain(), random_word="n0nsense",
        open_before={checked_data_store(endpoint, check, None) for check in known},
    )  # fmt: skip
    return {
        name: outcome
        for name, outcome in outcomes(answered(talk, web({"/": front, **pages}))).items()
        if outcome is not Outcome.NOT_APPLICABLE
    }


@pytest.mark.parametrize("status", [401, 403, 302, 404, 200])
def test_a_store_that_was_open_is_open_still_where_only_its_front_page_has_changed(status: int) -> None:
    """A login that is asked for at `/` alone has closed nothing, and an incident would be called remediated."""
    assert behind_a_front((status, {}), BEHIND, STORE) == {"store_open": Outcome.EXPOSED}


def test_a_store_that_asks_for_a_login_everywhere_is_closed() -> None:
    closed: dict[str, tuple[int, object]] = {"/list": (401, {}), "/other": (401, {})}

    assert behind_a_front((401, {}), closed, STORE) == {"http_login_asked": Outcome.NOT_EXPOSED}


def test_the_path_that_cannot_exist_is_requested_once_in_a_round() -> None:
    """Two checks that found the store open need it, and whether the server is a catch-all."""
    endpoint, paths = Endpoint(address="127.0.0.1", port=9200), []
    server = web({"/": (401, {}), **BEHIND, "/other": (200, {"records": 8})})

    def noted(request: Request) -> Reply:
        paths.append(request.what)
        return server(request)

    talk = ask_checks(
        port_checks((STORE, OTHER, FALLBACK), 9200, "http"), endpoint, Plain(), random_word="n0nsense",
        open_before={checked_data_store(endpoint, check, None) for check in (STORE, OTHER)},
    )  # fmt: skip
    found = answered(talk, noted)

    assert [item.definition.id for item in found if item.verdict.outcome is Outcome.EXPOSED] == [
        "store_open", "other_store",
    ]  # fmt: skip
    assert paths.count("/n0nsense") == 1


def test_a_server_that_answers_every_path_by_now_is_not_taken_for_the_store_that_was_open() -> None:
    anything = {**BEHIND, "/n0nsense": (200, {"records": 7})}

    assert behind_a_front((401, {}), anything, STORE) == {"http_login_asked": Outcome.NOT_EXPOSED}


def test_behind_the_front_of_a_place_that_nobody_saw_open_nothing_is_asked() -> None:
    assert behind_a_front((401, {}), BEHIND) == {"http_login_asked": Outcome.NOT_EXPOSED}


def test_each_check_that_found_the_place_open_is_asked_again() -> None:
    both = {**BEHIND, "/other": (200, {"records": 8})}
    one = {**BEHIND, "/other": (401, {})}

    assert behind_a_front((401, {}), both, STORE, OTHER) == {
        "store_open": Outcome.EXPOSED, "other_store": Outcome.EXPOSED,
    }  # fmt: skip
    assert behind_a_front((401, {}), one, STORE, OTHER) == {"store_open": Outcome.EXPOSED}


@pytest.mark.parametrize("failing", ["/list", "/other"])
def test_a_store_that_failed_to_answer_stays_unknown_beside_one_that_is_open_in_any_order(failing: str) -> None:
    pages = {"/list": (200, {"records": 7}), "/other": (200, {"records": 8}), failing: (503, {})}
    by_path = {"/list": "store_open", "/other": "other_store"}

    assert behind_a_front((401, {}), pages, STORE, OTHER) == {
        name: Outcome.INCONCLUSIVE if path == failing else Outcome.EXPOSED for path, name in by_path.items()
    }


def test_a_recheck_that_is_rejected_hides_no_open_store_of_another_check() -> None:
    """The server answers every path with a store's list, so the store that was open is not believed to be there."""
    text = STORE_OPEN.replace("id: store_open", "id: store_b").replace("[9200, 80]", "[8081]")
    text = text.replace(
        """get: /list, only_if: {request: root, contains: '"store"'}""",
        """get: /other, only_if: {any: [{request: root, contains: '"store"'}, {request: root, tells_nothing: true}]}""",
    )
    begin, end = text.index("rules:"), text.index("identity:")
    rules = """rules:
  - {when: {request: list, contains: '"real"'}, then: exposed, reason: open}
  - {when: {request: list, status: [401]}, then: not_exposed, reason: login}
  - {when: {}, then: not_applicable, reason: another product}
"""
    real = parse_check(f"{text[:begin]}{rules}{text[end:]}", name="store_b.yaml")
    endpoint = Endpoint(address="127.0.0.1", port=8081)
    anything = (200, {"records": 7})
    pages = {"/": (401, {}), "/list": anything, "/n0nsense": anything, "/other": (200, {"real": 1, "records": 9})}
    talk = ask_checks(
        port_checks((STORE, real, FALLBACK), 8081, "http"), endpoint, Plain(), random_word="n0nsense",
        open_before={checked_data_store(endpoint, STORE, None)},
    )  # fmt: skip

    assert outcomes(answered(talk, web(pages)))["store_b"] is Outcome.EXPOSED


HTTP_CHECKS = tuple(check for check in LIBRARY if check.probe.kind == "http")


def hangs_up(but: Mapping[str, object]) -> Callable[[Request], Reply]:
    """A server that hangs up on every path but these, as Hazelcast does."""

    def reply(request: Request) -> Reply:
        if request.what not in but:
            return Reply(request=request.id, method=request.method, what=request.what, ended=Ending.CLOSED)
        body = json.dumps(but[request.what]).encode()
        return Reply(
            request=request.id, method=request.method, what=request.what, ended=Ending.COMPLETE, status=200, body=body
        )

    return reply


def talked(
    reply: Callable[[Request], Reply], endpoint: Endpoint, *, may_retry_closed: bool = True
) -> tuple[list[str], list[CheckResult]]:
    """The paths that all checks over HTTP ask of a host on a port that suggests none, and the verdicts."""
    checks = port_checks(HTTP_CHECKS, endpoint.port, "http")
    paths: list[str] = []

    def noted(request: Request) -> Reply:
        paths.append(request.what)
        return reply(request)

    haste: dict[str, Any] = {} if may_retry_closed else {"may_retry_closed": False}
    return paths, answered(ask_checks(checks, endpoint, Plain(), random_word="n0nsense", **haste), noted)


FOREIGN = Endpoint(address="127.0.0.1", port=7777)
HAZELCAST = {
    "/hazelcast/health": {"nodeState": "ACTIVE", "clusterSize": 1},
    "/hazelcast/rest/cluster": {"members": [{"memberVersion": "5.5.0"}]},
}


def test_a_server_that_hangs_up_on_its_front_page_is_found_by_another_path() -> None:
    paths, found = talked(hangs_up(HAZELCAST), FOREIGN)

    assert paths == ["/", "/hazelcast/health", "/hazelcast/rest/cluster", "/n0nsense"]
    assert [item.definition.id for item in found if item.applies and item.verdict.access == "names"] == [
        "hazelcast_open"
    ]


def test_a_guess_that_is_hung_up_on_costs_one_question() -> None:
    """Most of those who hang up on HTTP speak something else; HTTP is asked again once nothing else was understood."""
    paths, _ = talked(hangs_up(HAZELCAST), FOREIGN, may_retry_closed=False)

    assert paths == ["/"]


@pytest.mark.parametrize("ended", [Ending.SILENT, Ending.CLOSED, Ending.RESET])
def test_no_product_stands_for_a_host_that_says_no_word(ended: Ending) -> None:
    _, found = talked(web({}, ended=ended), FOREIGN, may_retry_closed=False)

    assert [item.definition.id for item in found] == ["http_login_asked"]


def test_the_check_of_the_port_stands_for_a_host_that_says_no_word() -> None:
    _, found = talked(web({}, ended=Ending.SILENT), Endpoint(address="127.0.0.1", port=9200))

    assert [item.definition.id for item in found] == ["elasticsearch_open"]


MOST_BEHIND = 5 + sum(check.has_extra_requests for check in LIBRARY)
"""Where the front page tells nothing: a question for each product that may lie behind it, and a few to find out."""
PAGE = b"<html><title>Our shop</title>" + b"x" * 500 + b"</html>"


@pytest.mark.parametrize(
    ("status", "headers", "body", "most"),
    [
        (200, {}, PAGE, 3),
        (500, {}, PAGE, 2),
        (301, {"location": "https://127.0.0.1/"}, b"", 3),
        (302, {"location": "/de/"}, b"", 4),
        (404, {}, PAGE, 6),
        (401, {}, PAGE, MOST_BEHIND),
        (403, {}, PAGE, MOST_BEHIND),
        (302, {"location": "/login"}, b"", MOST_BEHIND),
        (200, {}, b"ok", MOST_BEHIND),
    ],
    ids=["a page", "an error", "to TLS", "elsewhere", "not found", "guarded", "refused", "to a login", "a word"],
)
def test_what_no_check_knows_costs_few_questions(
    status: int, headers: Mapping[str, str], body: bytes, most: int
) -> None:
    """A page cost three before anything was asked behind front pages, and costs three now."""

    def reply(request: Request) -> Reply:
        is_front = request.what == "/" and request.method == "GET"
        return Reply(
            request=request.id, method=request.method, what=request.what, ended=Ending.COMPLETE,
            status=status if is_front or status in {401, 403} else 404, headers=headers if is_front else {},
            body=body if is_front else b"<p>not found</p>",
        )  # fmt: skip

    paths, found = talked(reply, FOREIGN)

    assert len(paths) <= most
    assert not [item for item in found if item.applies and not item.definition.fallback]


def lies_below(path: str, front: tuple[int, Mapping[str, str], bytes]) -> Callable[[Request], Reply]:
    """A proxy that keeps MLflow below a path, as our recording of it behind nginx has it."""
    case = next(case for case in read_replay("mlflow_open").cases if case.shows == "open")

    def reply(request: Request) -> Reply:
        inner = request.what.removeprefix(path)
        if request.what == "/":
            status, headers, body = front
            return Reply(
                request=request.id, method=request.method, what="/", ended=Ending.COMPLETE, status=status,
                headers=headers, body=body,
            )  # fmt: skip
        if request.method == "GET" and request.what.startswith(f"{path}/"):
            return answer(case, Request(id=request.id, method=request.method, what=inner))
        return Reply(
            request=request.id, method=request.method, what=request.what, ended=Ending.COMPLETE, status=404,
            body=b"<p>not found</p>",
        )  # fmt: skip

    return reply


def open_in(found: list[CheckResult]) -> list[tuple[str, str]]:
    return [(item.definition.id, item.below) for item in found if item.verdict.outcome is Outcome.EXPOSED]


def test_a_product_is_found_below_the_path_of_the_url() -> None:
    endpoint = Endpoint(address="127.0.0.1", port=7777, scheme="http", path="/tools/mlflow")

    _, found = talked(lies_below("/tools/mlflow", (200, {}, PAGE)), endpoint)

    assert open_in(found) == [("mlflow_open", "/tools/mlflow")]


@pytest.mark.parametrize("location", ["/mlflow/", "http://127.0.0.1:7777/mlflow/", "/mlflow"])
def test_a_product_is_found_below_the_path_to_which_the_front_page_leads(location: str) -> None:
    _, found = talked(lies_below("/mlflow", (302, {"location": location}, b"")), FOREIGN)

    assert open_in(found) == [("mlflow_open", "/mlflow")]


@pytest.mark.parametrize("location", ["http://127.0.0.2:7777/mlflow/", "http://127.0.0.1:7778/mlflow/", "/login"])
def test_nothing_is_asked_below_a_path_of_another_server(location: str) -> None:
    paths, found = talked(lies_below("/mlflow", (302, {"location": location}, b"")), FOREIGN)

    assert open_in(found) == []
    assert not [path for path in paths if path.startswith("/mlflow")]


def test_below_a_path_only_paths_are_asked() -> None:
    """A whole question of another method has one path, which is a constant."""
    endpoint = Endpoint(address="127.0.0.1", port=7777, scheme="http", path="/dav")
    asked: list[Request] = []

    def reply(request: Request) -> Reply:
        asked.append(request)
        return web({})(request)

    answered(ask_checks(port_checks(HTTP_CHECKS, 7777, "http"), endpoint, Plain(), random_word="x"), reply)

    assert {request.method for request in asked if request.what.startswith("/dav")} <= {"GET", "HEAD"}


WEBROOT_CHECKS = tuple(check for check in LIBRARY if check.probe.kind == "webroot")


def talked_of_a_folder(status: int, path: str) -> tuple[list[tuple[str, str]], list[CheckResult]]:
    """What is asked of a web root of which a person named a folder, and the verdicts; only the folder has a list."""
    endpoint = Endpoint(address="127.0.0.1", port=7777, scheme="http", path=path)
    asked: list[tuple[str, str]] = []

    def reply(request: Request) -> Reply:
        asked.append((request.method, request.what))
        is_folder = request.what == "/shop/" and request.method == "listing"
        told = {"is_listing": is_folder, "is_page": True, "dumps": [], "complete": True, "requests": []}
        return Reply(
            request=request.id, method=request.method, what=request.what, ended=Ending.COMPLETE,
            status=200 if is_folder else status, document=told,
        )  # fmt: skip

    found = answered(
        ask_checks(port_checks(WEBROOT_CHECKS, 7777, "webroot"), endpoint, Plain(), random_word="x"), reply
    )
    return asked, found


def test_a_list_of_files_is_found_in_the_folder_of_the_url() -> None:
    asked, found = talked_of_a_folder(404, "/shop")

    below = [(item.definition.id, item.below) for item in found if item.verdict.outcome is Outcome.PARTIALLY_EXPOSED]
    assert below == [("http_listing_dumps", "/shop")]
    assert {("listing", "/shop/"), ("secrets", "/shop")} <= set(asked)


def test_of_a_folder_that_is_not_there_nothing_more_is_asked() -> None:
    asked, _ = talked_of_a_folder(404, "/gone")

    assert [what for _, what in asked if what.startswith("/gone")] == ["/gone/"]


def test_without_a_folder_the_root_alone_is_asked() -> None:
    asked, _ = talked_of_a_folder(404, "")

    assert {what for _, what in asked} <= {"/", "", "/x"}


def test_an_older_opensearch_behind_a_guarded_front_page_is_not_taken_for_elasticsearch() -> None:
    name = "OpenSearch 2.19.1 behind a front page of its own"
    case = next(case for case in read_replay("opensearch_open").cases if case.name == name)

    def reply(request: Request) -> Reply:
        if request.what == "/":
            return Reply(request=request.id, method="GET", what="/", ended=Ending.COMPLETE, status=401)
        return answer(case, request)

    _, found = talked(reply, FOREIGN)

    assert [item.definition.id for item in found if item.verdict.outcome is Outcome.EXPOSED] == ["opensearch_open"]


@pytest.mark.parametrize("path", ["", "/shop"])
@pytest.mark.parametrize(
    ("status", "elsewhere", "is_doubted"), [(403, 404, True), (401, 200, True), (403, 401, False), (404, 404, False)]
)
def test_a_list_that_alone_is_refused_leaves_open_whether_its_files_are_gone(
    status: int, elsewhere: int, path: str, *, is_doubted: bool
) -> None:
    """To turn the list off takes no file away: the dump `kunden.sql` was handed out as before, and called closed."""
    endpoint = Endpoint(address="127.0.0.1", port=7777, scheme="http", path=path)
    lists = next(check for check in WEBROOT_CHECKS if check.id == "http_listing_dumps")

    def reply(request: Request) -> Reply:
        said = status if request.method == "listing" else elsewhere
        told = {"is_listing": False, "is_page": False, "dumps": [], "complete": True, "requests": []}
        return Reply(
            request=request.id, method=request.method, what=request.what, ended=Ending.COMPLETE, status=said,
            document=told,
        )  # fmt: skip

    asked = ask_checks(
        [lists], endpoint, Plain(), random_word="x",
        open_before={checked_data_store(endpoint, lists, path.removeprefix("/"))},
    )  # fmt: skip

    doubted = [item for item in answered(asked, reply) if item.verdict.reason == LIST_REFUSED]
    assert [(item.below, item.verdict.outcome) for item in doubted] == [(path, Outcome.INCONCLUSIVE)] * is_doubted
