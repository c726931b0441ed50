"""git's daemon: a repository that is handed out is told from one that is not, and no name of a branch comes along."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.models.observations import Ending
from leakguard.probes.formats.reading import Garbled
from leakguard.probes.protocols.git.gate import END, GATE, choose
from leakguard.probes.protocols.git.reader import LinesOfGit
from support.hostile import banner
from support.probing import Question
from support.talks import ask, recorded, talks

pytestmark = pytest.mark.enable_socket

REPOSITORY = Question("repository", "/")
CANARY = b"Invented-Person-4711"
ASKED = b"git-upload-pack"


def line(words: bytes) -> bytes:
    return b"%04x" % (len(words) + 4) + words


HEAD = line(b"f2bd2176b77c28c6317647057247c38a0cf8ae12 refs/heads/%s\x00multi_ack agent=git/1.8.3.1\n" % CANARY)


@pytest.mark.parametrize(
    ("name", "told"),
    [("open", {"served": True, "version": "2.39.5"}), ("elsewhere", {"served": False, "version": None})],
)
def test_a_real_daemon_hands_a_repository_out_or_does_not(name: str, told: dict[str, Any]) -> None:
    [answer], probing = ask(talks({ASKED: recorded(f"git-daemon-2.39.5-{name}")["choose"]}), "git", REPOSITORY)

    assert answer.document == told
    assert probing.said == [choose("/"), END][: len(probing.said)]
    assert probing.connects == 1


def test_an_old_daemon_that_names_branches_is_left_at_its_first_line() -> None:
    [answer], _ = ask(talks({ASKED: HEAD + line(CANARY) * 50}), "git", REPOSITORY)

    assert answer.document == {"served": True, "version": "1.8.3.1"}
    assert CANARY.decode() not in repr(answer)


def test_an_empty_repository_of_an_old_daemon_is_handed_out_as_well() -> None:
    [answer], _ = ask(talks({ASKED: b"0000"}), "git", REPOSITORY)

    assert answer.document == {"served": True, "version": None}


def test_the_words_of_a_refusal_are_not_kept() -> None:
    [answer], _ = ask(talks({ASKED: line(b"ERR agent=git/9.9 " + CANARY)}), "git", Question("repository", "/shop.git"))

    assert answer.document == {"served": False, "version": None}
    assert CANARY.decode() not in repr(answer)


@pytest.mark.parametrize("words", [b"SSH-2.0-OpenSSH_9.2p1\r\n", b"HTTP/1.1 400 Bad Request\r\n\r\n"])
def test_another_protocol_is_garbled(words: bytes) -> None:
    [answer], _ = ask(banner(words), "git", REPOSITORY)

    assert answer.ended is Ending.GARBLED


@pytest.mark.parametrize(
    "said",
    [
        b"zzzz",
        line(b"hello"),
        b"ffff",
        line(b"version 2\n") + line(b"a=b\n") * 64,
        b"-001",
    ],
)
def test_an_answer_beyond_its_bounds_is_garbled(said: bytes) -> None:
    with pytest.raises(Garbled):
        LinesOfGit().feed(said)


@given(st.binary(max_size=120), st.sampled_from([b"", line(b"version 2\n"), HEAD[:50], line(b"ERR no")]))
def test_any_bytes_are_an_answer_or_garbled(data: bytes, start: bytes) -> None:
    with contextlib.suppress(Garbled):
        assert isinstance(LinesOfGit().feed(start + data), bool)


def test_an_answer_in_single_bytes_is_the_same_answer() -> None:
    reader, said = LinesOfGit(), recorded("git-daemon-2.39.5-open")["choose"]

    assert [reader.feed(bytes((byte,))) for byte in said].count(True) == 1
    assert reader.document() == {"served": True, "version": "2.39.5"}


@given(st.text(st.characters(max_codepoint=255), max_size=60))
def test_no_path_can_make_the_choice_another_command(path: str) -> None:
    if GATE.carries("choose", choose(path)):
        assert choose(path).count(b"\x00") == 4
        assert "/.." not in path.replace("...", "")
