"""Rounds: what is asked of one endpoint on one line, and what no longer is once enough is known."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

import pytest

from leakguard.checks.definitions import CheckDefinition, parse_check
from leakguard.checks.order import port_checks
from leakguard.checks.requests import Request
from leakguard.models.findings import Outcome
from leakguard.models.observations import Ending, Reply, TlsSeen
from leakguard.models.targets import Endpoint
from leakguard.use_cases.scans.examination import Judged
from leakguard.use_cases.scans.rounds import ask_checks, place_key
from support.fake_prober import STORE_OPEN
from support.interviews import answered
from support.replays import Case, answer, read_replay
from support.shipped import LIBRARY


class Plain:
    """A line in plain text."""

    transport = "http"
    tls: TlsSeen | None = None


def another(name: str, *, port: int, path: str = "/list") -> CheckDefinition:
    """The test library's check under another name, on another port, deciding by another path."""
    text = STORE_OPEN.replace("id: store_open", f"id: {name}").replace("[9200, 80]", f"[{port}]")
    return parse_check(text.replace("get: /list", f"get: {path}"), name=f"{name}.yaml")


STORE = parse_check(STORE_OPEN, name="store_open.yaml")


def asked_of(
    answer: Callable[[Request], Reply], *checks: CheckDefinition, port: int = 9200
) -> tuple[list[str], list[Judged]]:
    """The paths of a whole round, and its verdicts."""
    endpoint = Endpoint(address="127.0.0.1", port=port)
    talk = ask_checks(port_checks(checks, port, "http"), endpoint, Plain(), nonsense="n0nsense")
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


def outcomes(found: list[Judged]) -> dict[str, Outcome]:
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

    talk = ask_checks(guests, Endpoint(address="127.0.0.1", port=7777), Plain(), nonsense="x")

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
        port_checks((STORE, OTHER, FALLBACK), 9200, "http"), endpoint, Plain(), nonsense="n0nsense",
        known_open={place_key(endpoint, check, None) for check in known},
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
