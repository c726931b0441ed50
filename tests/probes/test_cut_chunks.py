"""An answer in chunks that is cut: it is whole only behind a chunk of no content, whatever the pieces it came in."""

from __future__ import annotations

import pytest

from leakguard.models.observations import Ending
from leakguard.probes.protocols.http.reader import HttpReader
from support.each import for_each
from support.odd_answers import asked

HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n[1,2,\r\n"
CUT = {
    "a size": b"ffff\r\n", "a size of one": b"1\r\n", "a size with zeros": b"0010\r\n", "a bare line": b"a0\n",
    "a size with spaces": b"ff  \r\n", "a size with an extension": b"5;a=0\r\n",
    "a size with a long extension": b"5;" + b"a" * 300 + b"\r\n", "half of a size": b"0", "nothing": b"",
}  # fmt: skip
WHOLE = {
    "no content": b"0\r\n", "no content in many zeros": b"0000\r\n", "no content with an extension": b"0;a=5\r\n",
    "half of a trailer": b"0\r\nX-Note: a", "a trailer": b"0\r\nAbc: 5\r\n", "all": b"0\r\n\r\n",
}  # fmt: skip


def is_whole(rest: bytes, piece: int) -> bool:
    reader, said = HttpReader(), HEAD + rest
    is_over = [reader.feed(said[at : at + piece]) for at in range(0, len(said), piece)][-1]
    return is_over or reader.at_end()


@for_each("piece", (1, 2, 7, 1000))
def test_an_answer_cut_behind_the_size_of_a_chunk_is_cut(piece: int) -> None:
    assert [name for name, rest in CUT.items() if is_whole(rest, piece)] == []


@for_each("piece", (1, 2, 7, 1000))
def test_an_answer_is_whole_behind_its_last_chunk(piece: int) -> None:
    assert [name for name, rest in WHOLE.items() if not is_whole(rest, piece)] == []


@pytest.mark.enable_socket
def test_a_host_that_closes_behind_the_size_of_a_chunk_has_not_answered() -> None:
    assert asked(HEAD + CUT["a size"]).ended is Ending.CLOSED
    assert asked(HEAD + WHOLE["no content"]).ended is Ending.COMPLETE
