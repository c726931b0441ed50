"""svnserve: who may read the root is told from who is merely let in, and nothing of a repository is asked for."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.models.observations import Ending
from leakguard.probes.formats.reading import Garbled
from leakguard.probes.protocols.svn.gate import COMMANDS, GATE, choose
from leakguard.probes.protocols.svn.reader import ItemsReader, answer_reader, one_item
from support.hostile import banner
from support.probing import Question
from support.talks import ask, recorded, talks

pytestmark = pytest.mark.enable_socket

REPOSITORY = Question("repository", "/")
CANARY = b"Invented-Person-4711"
GREETING = b"( success ( 2 2 ( ) ( edit-pipeline svndiff1 ) ) ) "
NOTHING: Mapping[str, Any] = {
    "found": True, "login": False, "entered": False, "root": None, "revision": None, "code": None,
}  # fmt: skip
WAYS = b"( success ( ( ANONYMOUS CRAM-MD5 ) 20:%s ) ) " % CANARY
ENTERED = b"( success ( ) ) ( success ( 20:%s 20:%s ( mergeinfo ) ) ) " % (CANARY, CANARY)
DIRECTORY = b"( success ( ( ) 0: ) ) ( success ( dir ) ) "


def server(said: Mapping[str, bytes]) -> dict[bytes, bytes | None]:
    """Each answer, by what is asked for it."""
    asked = {"choose": b"9:LeakGuard", **COMMANDS}
    return {data: said[verb] for verb, data in asked.items() if verb in said}


@pytest.mark.parametrize(
    ("name", "told", "last"),
    [
        ("open", {"entered": True, "root": "dir", "revision": 3}, "latest"),
        ("protected", {"login": True}, "choose"),
        ("rules", {"entered": True, "login": True}, "root"),
        ("elsewhere", {"found": False, "code": 210005}, "choose"),
    ],
)
def test_a_real_server_is_told_by_what_it_lets_anybody_read(name: str, told: dict[str, Any], last: str) -> None:
    said = recorded(f"svnserve-1.14.2-{name}")

    [answer], probing = ask(talks(server(said), greeting=said["greeting"]), "svn", REPOSITORY)

    assert answer.document == {**NOTHING, **told}
    assert probing.said[-1] == (choose("") if last == "choose" else COMMANDS[last])
    assert probing.connects == 1


def test_texts_of_the_server_are_stepped_over() -> None:
    table = server({"choose": WAYS, "anonymous": ENTERED, "root": DIRECTORY, "latest": DIRECTORY})

    [answer], _ = ask(talks(table, greeting=GREETING), "svn", Question("repository", "/shop"))

    assert answer.document == {**NOTHING, "entered": True, "root": "dir"}
    assert CANARY.decode() not in repr(answer)


def test_a_server_that_names_no_way_to_log_in_is_told_nothing_more() -> None:
    """None is named behind a tunnel alone, where somebody else has asked for a login."""
    table = server({"choose": b"( success ( ( ) 0: ) ) "})

    [answer], probing = ask(talks(table, greeting=GREETING), "svn", REPOSITORY)

    assert answer.document == NOTHING
    assert probing.said == [choose("")]


@pytest.mark.parametrize(
    ("verb", "said", "told"),
    [
        ("anonymous", b"( failure ( 20:%s ) ) " % CANARY, {}),
        ("anonymous", b"( success ( ) ) ( failure ( ( 170001 20:%s 0: 0 ) ) ) " % CANARY, {"code": 170001}),
        ("root", b"( failure ( ( 170001 20:%s 0: 0 ) ) ) " % CANARY, {"entered": True, "code": 170001}),
        ("root", b"( success ( ( ) 0: ) ) ( success ( none ) ) ", {"entered": True, "root": "none"}),
    ],
)
def test_a_refusal_is_told_by_its_number(verb: str, said: bytes, told: dict[str, Any]) -> None:
    table = server({"choose": WAYS, "anonymous": ENTERED, "root": DIRECTORY, "latest": DIRECTORY, verb: said})

    [answer], _ = ask(talks(table, greeting=GREETING), "svn", REPOSITORY)

    assert answer.document == {**NOTHING, **told}


@pytest.mark.parametrize("words", [b"SSH-2.0-OpenSSH_9.2p1\r\n", b"( success ( a ) ) ", b"( nonsense ( 2 2 ( ) ) ) "])
def test_another_greeting_is_garbled(words: bytes) -> None:
    [answer], probing = ask(banner(words), "svn", REPOSITORY)

    assert answer.ended is Ending.GARBLED
    assert probing.said == []


@pytest.mark.parametrize(
    "said",
    [
        b"word ",
        b") ",
        b"( success ( 99999:",
        b"( success ( 3:abcd ) ) ",
        b"( " * 9,
        b"( " + b"a " * 2_001,
        b"( " + b"x" * 100,
        b"( 1234567890123456789 ) ",
    ],
)
def test_an_answer_beyond_its_bounds_is_garbled(said: bytes) -> None:
    with pytest.raises(Garbled):
        one_item().feed(said)


@given(st.binary(max_size=120), st.sampled_from([b"", GREETING, WAYS[:20], ENTERED, DIRECTORY[:25]]))
def test_any_bytes_are_an_answer_or_garbled(data: bytes, start: bytes) -> None:
    for reader in (one_item(), answer_reader(), ItemsReader(lambda items: len(items) > 2)):
        with contextlib.suppress(Garbled):
            assert isinstance(reader.feed(start + data), bool)


def test_an_answer_in_single_bytes_is_the_same_answer() -> None:
    whole, reader = answer_reader(), answer_reader()
    whole.feed(ENTERED)

    assert [reader.feed(bytes((byte,))) for byte in ENTERED].count(True) == 1
    assert (reader.items, reader.reusable) == (whole.items, True)


@given(st.text(st.characters(max_codepoint=255), max_size=60))
def test_no_path_can_make_the_choice_another_command(path: str) -> None:
    if GATE.carries("choose", choose(path)):
        assert choose(path).count(b"( ") == 3
        assert "/.." not in path.replace("...", "")
