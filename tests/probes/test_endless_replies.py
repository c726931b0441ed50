"""Replies that say neither how long they are nor when they end: the head of one is an answer."""

from __future__ import annotations

import pytest

from leakguard.engine.examination import EndpointStatus
from leakguard.models.observations import Ending, Reply
from leakguard.probes.timeouts import Timeouts
from support.examining import examiner_with
from support.hostile import answers, says, serving
from support.probing import Probing, Question, run
from support.shipped import LIBRARY

ROOT = Question(id="root", method="GET", what="/")
REDIRECT = b"HTTP/1.1 301 Moved Permanently\r\nServer: questDB/1.0\r\nLocation: /index.html\r\n\r\n"
"""As QuestDB 9.3.4 sends it; then it waits for the next question."""
COUNT = (
    b"HTTP/1.1 200 OK\r\nServer: questDB/1.0\r\nTransfer-Encoding: chunked\r\n"
    b"Content-Type: application/json; charset=utf-8\r\n\r\n"
)
TABLES = (
    b'{"query":"select count() from tables()","columns":[{"name":"count()","type":"LONG"}],"dataset":[[4]],"count":1}'
)


def reply_to(*answers: bytes) -> Reply:
    async def work() -> Reply:
        async with serving(says(*answers, then="stay")) as host:
            probing = Probing(timeouts=Timeouts(request=0.5))
            return (await probing.ask(host.endpoint(), "http", ROOT))[0]

    return run(work())


@pytest.mark.enable_socket
def test_a_redirect_counts_without_its_body() -> None:
    reply = reply_to(REDIRECT)

    assert (reply.ended, reply.status, reply.headers["location"]) == (Ending.COMPLETE, 301, "/index.html")


@pytest.mark.enable_socket
def test_a_reply_without_a_length_is_what_came_in_its_time() -> None:
    reply = reply_to(b"HTTP/1.1 200 OK\r\nServer: odd/1\r\n\r\n<title>MLflow</title>")

    assert (reply.ended, reply.status, reply.body) == (Ending.CAPPED, 200, b"<title>MLflow</title>")


@pytest.mark.enable_socket
@pytest.mark.parametrize(
    "begun", [b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc", b"HTTP/1.1 200 OK\r\nServer: odd"]
)
def test_a_reply_that_lacks_what_it_announced_is_silent(begun: bytes) -> None:
    assert reply_to(begun).ended is Ending.SILENT


@pytest.mark.enable_socket
def test_quest_db_is_found_though_its_front_page_has_no_end() -> None:
    chunk = b"%x\r\n%s\r\n0\r\n\r\n" % (len(TABLES), TABLES)
    absent = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"

    async def work() -> EndpointStatus:
        table = {b"GET / ": REDIRECT, b"GET /exec?": COUNT + chunk}
        async with serving(answers(table, otherwise=absent)) as host:
            examination = await examiner_with(Probing(), LIBRARY).examine(host.endpoint(named=True))
            assert [each.check_id for each in examination.findings] == ["questdb_open"]
            return examination.status

    assert run(work()) is EndpointStatus.EXPOSED
