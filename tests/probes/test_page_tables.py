"""Pages of the very same server: names of tables and the words of an application, which stand in headers alone."""

from __future__ import annotations

import pytest

from leakguard.models.observations import Reply
from leakguard.models.targets import Endpoint
from leakguard.probes.protocols.http.client import http_command, question_command, request_headers
from leakguard.probes.protocols.http.gate import GAP, QUESTIONS
from leakguard.probes.wire.verbs import ForbiddenCommand, ReadCommand
from probes.test_page import site
from support.hostile import serving
from support.probing import Probing, Question, run

pytestmark = pytest.mark.enable_socket

APPLICATION = "application-of-ours"
PAGE = b'<!doctype html><script src="/app.js"></script>'
HEADERS = {"x-parse-application-id": "{parse_application}", "x-parse-javascript-key": "{parse_key}"}


def asked(script: bytes, *, named: bool = True) -> tuple[list[Reply], list[bytes]]:
    """The page's tables, then a class with the words of the page; and all that was said."""

    async def work() -> tuple[list[Reply], list[bytes]]:
        probing = Probing()
        async with serving(site({"/": PAGE, "/app.js": script, "/parse/classes/A": b"{}"})) as host:
            place = Endpoint(address="127.0.0.1", port=host.port, named=named)
            questions = Question("page_tables", "/"), Question("GET", "/parse/classes/A", headers=HEADERS)
            return list(await probing.ask(place, "http", *questions)), probing.said

    return run(work())


@pytest.mark.parametrize(
    "script",
    [
        b'Parse.initialize("application-of-ours","key-of-ours");fetch("/classes/Orders")',
        b"r.default.initialize('application-of-ours' , 'key-of-ours');fetch('/classes/Orders')",
        b'fetch("/classes/Orders",{headers:{"X-Parse-Application-Id":"application-of-ours"}})',
    ],
)
def test_the_words_of_a_page_are_shown_to_the_very_same_server_and_told_nowhere(script: bytes) -> None:
    (page, answer), said = asked(script)

    assert [table["name"] for table in page.document["tables"]] == ["Orders"]
    assert f"x-parse-application-id: {APPLICATION}\r\n".encode() in said[-1]
    assert (b"x-parse-javascript-key: key-of-ours" in said[-1]) is (b"key-of-ours" in script)
    assert APPLICATION not in repr((page, page.document, answer))


def test_a_page_that_tells_no_application_leaves_the_header_out() -> None:
    _, said = asked(b'fetch("/classes/Orders")' + b'.initialize(x);"Parse-"' * 500)

    assert b"x-parse" not in said[-1]


def test_the_page_of_a_place_that_nobody_named_is_not_read() -> None:
    (page, _), said = asked(b'fetch("/classes/Orders")', named=False)

    assert page.document == {"tables": [], "is_page": False}
    assert [line.split(b" ")[1] for line in said] == [b"/parse/classes/A"]


def test_what_only_a_page_can_tell_is_never_sent_as_it_stands_in_a_check() -> None:
    command = http_command("GET", "/", request_headers("a", 80, "leakguard/test", HEADERS))

    assert b"{" not in command.data


@pytest.mark.parametrize("name", [name for name, question in QUESTIONS.items() if question.has_gap])
def test_a_gap_takes_one_name_and_the_rest_of_a_body_is_constant(name: str) -> None:
    headers = {"host": "a", "user-agent": "leakguard/test"}
    whole = question_command(name, headers, "allNotes").data

    assert QUESTIONS[name].body.replace(GAP, b"allNotes") in whole
    for wrong in ("", "a b", "a){b", "__schema", "a\r\n", "x" * 200):
        with pytest.raises(ForbiddenCommand):
            question_command(name, headers, wrong)
    for bent in (whole.replace(b"}}", b"}"), whole.replace(b"query", b"mutation"), whole + b" "):
        with pytest.raises(ForbiddenCommand):
            ReadCommand(kind="http", verb=name, data=bent)
