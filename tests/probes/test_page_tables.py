"""Pages of the very same server: names of tables and the words of an application, which stand in headers alone."""

from __future__ import annotations

import pytest

from leakguard.frozen import replace
from leakguard.models.observations import Reply
from leakguard.models.targets import BackendPlace, Endpoint
from leakguard.probes.protocols.http.client import http_command, question_command, request_headers
from leakguard.probes.protocols.http.gate import GAP, QUESTIONS
from leakguard.probes.wire.verbs import ForbiddenCommand, ReadCommand
from probes.test_page import site
from support.each import for_each
from support.hostile import says, serving
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


def asked_behind(
    script: bytes, *, question: str = "page_tables", of_scope: bool = False, ends: bool = False
) -> tuple[list[Reply], list[bytes]]:
    """As `asked`, where the page stands on another server of the scope; `PLACE` in it is where the classes are.

    With `ends` the page's server hangs up.
    """

    async def work() -> tuple[list[Reply], list[bytes]]:
        probing = Probing()
        async with serving(site({"/parse/classes/A": b"{}"})) as host:
            text = script.replace(b"PLACE", b"http://127.0.0.1:%d" % host.port)
            shop = says(then="close") if ends else site({"/shop": PAGE, "/app.js": text})
            async with serving(shop) as front:
                page = Endpoint(address="127.0.0.1", port=front.port, named=True, scheme="http", path="/shop")
                place = Endpoint(address="127.0.0.1", port=host.port, named=True, pages=(page,))
                if of_scope:
                    place = replace(place, pages=(), backend=BackendPlace(pages=(page,), excluded=("Secret",)))
                questions = Question(question, "/"), Question("GET", "/parse/classes/A", headers=HEADERS)
                return list(await probing.ask(place, "http", *questions)), probing.said

    return run(work())


NAMES_PLACE = b'Parse.initialize("application-of-ours");Parse.serverURL="PLACE/parse";new Parse.Query("Orders").find();'


@for_each(("question", "of_scope"), [("page_tables", False), ("other_page_tables", False), ("page_tables", True)])
def test_a_page_of_the_scope_that_names_the_server_tells_its_tables_and_words(question: str, of_scope: bool) -> None:  # noqa: FBT001  (a case)
    (page, _), said = asked_behind(NAMES_PLACE, question=question, of_scope=of_scope)

    assert [(table["name"], table["by"]) for table in page.document["tables"]] == [("Orders", "parse")]
    assert f"x-parse-application-id: {APPLICATION}\r\n".encode() in said[-1]
    own = [line for line in said if b"GET / HTTP" in line]
    assert bool(own) is (question == "page_tables"), "the second question leaves the server's own page out"


def test_a_page_that_talks_to_another_server_tells_nothing_of_this_one() -> None:
    (page, _), said = asked_behind(NAMES_PLACE.replace(b"PLACE", b"http://127.0.0.1:9"))

    assert page.document["tables"] == []
    assert b"x-parse" not in said[-1]


def test_what_the_scope_excludes_is_not_told_although_a_page_names_it() -> None:
    script = NAMES_PLACE + b'new Parse.Query("Secret");c.from("sales")'

    (page, _), _ = asked_behind(script, of_scope=True)

    assert {table["name"]: table["by"] for table in page.document["tables"]} == {"Orders": "parse", "sales": "from"}


def test_a_page_of_the_scope_that_does_not_answer_leaves_the_names_incomplete() -> None:
    (whole, _), _ = asked_behind(NAMES_PLACE)
    (gone, _), _ = asked_behind(NAMES_PLACE, ends=True)

    assert (whole.document["complete"], gone.document["complete"]) == (True, False)
