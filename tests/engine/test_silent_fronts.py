"""Silent fronts: what stands behind a front page that never ends is found by another path, for one question more."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from leakguard.checks.order import port_checks
from leakguard.checks.requests import Request
from leakguard.engine.examination import CheckResult
from leakguard.engine.rounds import ask_checks, check_skipping_front_page
from leakguard.engine.unconditional_checks import frameworks_last
from leakguard.models.observations import Ending, Reply, TlsSeen
from leakguard.models.targets import Endpoint
from support.interviews import answered
from support.replays import Canned, Case, answer, read_replay
from support.shipped import LIBRARY

HTTP_CHECKS = port_checks(LIBRARY, 7777, "http")
FRONTS = {
    "guarded": Canned(status=401, headers={"server": "nginx/1.22.1", "www-authenticate": 'Basic realm="intern"'}),
    "to a login": Canned(status=302, headers={"server": "nginx/1.22.1", "location": "http://127.0.0.2/login"}),
    "a word": Canned(status=200, headers={"server": "nginx/1.22.1"}, body="ok"),
}


class Plain:
    """A line in plain text."""

    transport = "http"
    tls: TlsSeen | None = None
    is_connected = True


def case(check: str, name: str) -> Case:
    return next(each for each in read_replay(check).cases if each.name == name)


def heard(server: Case, *, path: str = "") -> tuple[list[str], list[CheckResult]]:
    """The paths that are asked where HTTP met silence twice, or below a path, and the verdicts."""
    asked: list[str] = []
    endpoint = Endpoint(address="127.0.0.1", port=7777, path=path, named=bool(path))

    def reply(request: Request) -> Reply:
        asked.append(request.what)
        if path and not request.what.startswith(f"{path}/"):
            return Reply(
                request=request.id, method=request.method, what=request.what, ended=Ending.COMPLETE, status=404
            )
        said = answer(server, request)
        if path:
            bare = request.what.removeprefix(path)
            said = answer(server, Request(id=request.id, method=request.method, what=bare))
        return said

    talk = ask_checks if path else check_skipping_front_page
    return asked, answered(talk(HTTP_CHECKS, endpoint, Plain(), random_word="leakguard-no-such-name"), reply)


QUESTDB = "QuestDB 9.3.4 behind a proxy that keeps its connections"


@pytest.mark.parametrize("path", ["", "/inner"])
def test_a_store_is_found_behind_a_front_page_without_an_end(path: str) -> None:
    _, found = heard(case("questdb_open", QUESTDB), path=path)

    assert [(item.definition.id, item.verdict.outcome.value) for item in found if item.applies] == [
        ("questdb_open", "exposed")
    ]


@pytest.mark.parametrize(
    ("absent", "why"),
    [
        (Canned(ended=Ending.SILENT), "it is silent to everything"),
        (Canned(status=200, body="ok"), "it answers every path"),
    ],
    ids=["silent", "catch-all"],
)
def test_one_question_more_is_asked_of_a_host_that_proves_nothing_by_another(absent: Canned, why: str) -> None:
    silent = Case(
        name="s", shows="broken", source="composed", otherwise=absent, expect=case("questdb_open", QUESTDB).expect
    )

    asked, found = heard(silent)

    assert (asked, found) == (["/leakguard-no-such-name"], []), why


def test_what_other_products_are_built_with_is_asked_for_last() -> None:
    names = [item.id for item in frameworks_last(HTTP_CHECKS)]

    assert sorted(names) == sorted(item.id for item in HTTP_CHECKS)
    assert names[-1] == "actuator_open"


@pytest.mark.parametrize("front", FRONTS)
def test_zipkin_is_named_though_it_has_an_actuator(front: str) -> None:
    """And behind a front page that tells nothing nobody is asked more than proves one of the two."""
    server = case("zipkin_open", "Zipkin 3.4.4 behind a front page of its own")
    actuator = next(each for each in read_replay("actuator_open").cases if each.shows == "open")
    answers: Mapping[str, Canned] = {**actuator.answers, **server.answers, "GET /": FRONTS[front]}
    fronted = server.model_copy(update={"answers": answers})
    endpoint = Endpoint(address="127.0.0.1", port=7777)
    talk = ask_checks(HTTP_CHECKS, endpoint, Plain(), random_word="leakguard-no-such-name")

    found = answered(talk, lambda request: answer(fronted, request))

    opened = [item.definition.id for item in found if item.verdict.outcome.value in {"exposed", "partially_exposed"}]
    assert opened == ["zipkin_open"]
