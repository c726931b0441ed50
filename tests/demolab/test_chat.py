"""The chat app of the lab: its page names a backend, which would give a stranger anything."""

from __future__ import annotations

import pytest

from leakguard.demolab.asks import AskLog, Sort
from leakguard.demolab.chat import SCRIPT, ChatBackend, ChatPage
from leakguard.demolab.elastic_pages import CANARY
from leakguard.demolab.http import HttpAsk


def ask(path: str, method: str = "GET") -> HttpAsk:
    return HttpAsk(method=method, path=path, target=path, query={}, headers={})


def test_the_page_ships_the_address_of_its_backend_and_no_message() -> None:
    page = ChatPage("page", AskLog())

    assert SCRIPT.encode() in page.handle(ask("/")).body
    assert b"firebaseio.com" in page.handle(ask(SCRIPT)).body
    assert CANARY.encode() not in page.handle(ask(SCRIPT)).body
    assert (page.handle(ask("/config.json")).status, page.handle(ask("/", "POST")).status) == (404, 405)


@pytest.mark.parametrize(
    ("path", "method", "status", "sort"),
    [
        ("/nonsense-1.json", "GET", 200, Sort.LOOKS),
        ("/", "GET", 404, Sort.LOOKS),
        ("/", "PROPFIND", 405, Sort.LOOKS),
        ("/.json", "GET", 200, Sort.READS_RECORDS),
        ("/messages/m1.json", "GET", 200, Sort.READS_RECORDS),
        ("/messages.json", "PUT", 405, Sort.WRITES),
        ("/", "POST", 405, Sort.WRITES),
    ],
)
def test_the_backend_notes_what_a_question_would_do(path: str, method: str, status: int, sort: Sort) -> None:
    log = AskLog()
    answer = ChatBackend("backend", log).handle(ask(path, method))

    assert (answer.status, log.all()[0].sort) == (status, sort)
    assert (CANARY.encode() in answer.body) is (sort is Sort.READS_RECORDS)
    if path == "/nonsense-1.json":
        assert answer.body.strip() == b"null"
