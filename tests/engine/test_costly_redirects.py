"""A front page that redirects: what stands behind it is asked for, unless each further question costs a connection."""

from __future__ import annotations

import pytest

from leakguard.checks.order import port_checks
from leakguard.checks.requests import Request
from leakguard.engine.rounds import ask_checks
from leakguard.models.observations import Ending, Reply, TlsSeen
from leakguard.models.targets import Endpoint
from support.interviews import answered
from support.replays import Canned, Case, answer, read_replay
from support.shipped import LIBRARY

PLACE = Endpoint(address="127.0.0.1", port=7777)
TO_A_LOGIN = Canned(status=302, headers={"server": "nginx/1.22.1", "location": "http://127.0.0.2/login"})
FLOWER = next(each for each in read_replay("flower_open").cases if each.shows == "open")


class Line:
    """A connection that the front page closes, or that ends with an answer too long to be read."""

    transport = "http"
    tls: TlsSeen | None = None

    def __init__(self) -> None:
        self.is_connected = True


def found(server: Case, *, closed_by: str) -> dict[str, str]:
    """The verdicts that apply where the connection is closed with the front page, or with any other answer."""
    line = Line()

    def reply(request: Request) -> Reply:
        is_front = request.what == "/"
        line.is_connected = is_front is (closed_by != "front page")
        said = answer(server, request)
        if is_front:
            return Reply(
                request=request.id, method=request.method, what="/", ended=Ending.COMPLETE, status=TO_A_LOGIN.status,
                headers=TO_A_LOGIN.headers,
            )  # fmt: skip
        return said

    talk = ask_checks(port_checks(LIBRARY, PLACE.port, "http"), PLACE, line, random_word="leakguard-no-such-name")
    judged = answered(talk, reply)
    return {item.definition.id: item.verdict.outcome.value for item in judged if item.applies}


@pytest.mark.parametrize(
    ("closed_by", "verdicts"), [("front page", {}), ("each answer but the front page", {"flower_open": "exposed"})]
)
def test_a_store_behind_a_redirect_is_found_although_long_answers_end_the_connection(
    closed_by: str, verdicts: dict[str, str]
) -> None:
    assert found(FLOWER, closed_by=closed_by) == verdicts
