"""RTSP: a stream that is described to anybody is told from one that is not, and nothing of its description is kept."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leakguard.models.observations import Ending
from leakguard.probes.formats.reading import Garbled
from leakguard.probes.protocols.rtsp.gate import GATE, describe
from leakguard.probes.protocols.rtsp.reader import DescriptionReader
from support.hostile import banner
from support.probing import Question
from support.talks import ask, recorded, talks

pytestmark = pytest.mark.enable_socket

ROOT = Question("describe", "/", cap_bytes=65536)
CANARY = "Invented-Person-4711"
NONE: dict[str, Any] = {
    "status": 404, "described": False, "media": 0, "video": 0, "audio": 0, "login": None, "server": None,
}  # fmt: skip
SERVER = "GStreamer RTSP server"


def answer(status: str, *lines: str, body: str = "") -> bytes:
    head = "\r\n".join([f"RTSP/1.0 {status}", "CSeq: 1", *lines, *([f"Content-Length: {len(body)}"] if body else [])])
    return f"{head}\r\n\r\n{body}".encode()


def told(said: bytes) -> Any:  # noqa: ANN401  (plain values)
    [reply], probing = ask(banner(said), "rtsp", ROOT)
    assert probing.said == [describe("/")]
    return reply.document if reply.ended is Ending.COMPLETE else reply.ended


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("open", {"status": 200, "described": True, "media": 2, "video": 1, "audio": 1}),
        ("protected", {"status": 401, "login": "basic"}),
    ],
)
def test_a_real_server_describes_a_stream_or_asks_for_a_login(name: str, wanted: dict[str, Any]) -> None:
    said = recorded(f"gstreamer-1.22.0-{name}")["describe"]

    [reply], probing = ask(talks({describe("/live"): said}), "rtsp", Question("describe", "/live/", cap_bytes=65536))

    assert reply.document == {**NONE, **wanted, "server": SERVER}
    assert (probing.said, probing.connects) == ([describe("/live")], 1)


SDP = f"v=0\r\ns={CANARY}\r\nm=video 0 RTP/AVP 96\r\na=x:m=audio 0\r\n"


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        (answer("404 Not Found"), NONE),
        (answer("404 Not Found").replace(b"\r\n", b"\n"), NONE),
        (answer("404 Not Found", f"Server: {CANARY}\x1b[31m", "WWW-Authenticate: <b>"), NONE),
        (answer("404 Not Found", f"Server: {'x' * 65}"), NONE),
        (answer("200 OK", body=SDP), {**NONE, "status": 200, "described": True, "media": 1, "video": 1}),
        (answer("200 OK", body="<html>m=video 1"), {**NONE, "status": 200}),
        (answer("401 No", 'WWW-Authenticate: Digest realm="x"'), {**NONE, "status": 401, "login": "digest"}),
        (answer("200 OK", "Content-Length: 262145"), Ending.GARBLED),
        (answer("200 OK", "Content-Length: -1"), Ending.GARBLED),
        (answer("200 OK", f"X: {'x' * 17000}"), Ending.GARBLED),
        (b"RTSP/1.0 OK\r\n\r\n", Ending.GARBLED),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", Ending.GARBLED),
    ],
)
def test_other_answers_are_what_they_are(said: bytes, wanted: object) -> None:
    assert told(said) == wanted
    assert CANARY not in repr(told(said))


def test_an_answer_beyond_the_cap_is_cut() -> None:
    said = answer("200 OK", body="v=0\r\n" + "m=video 0 RTP/AVP 96\r\n" * 500)

    [reply], _ = ask(talks({describe("/"): said}), "rtsp", Question("describe", "/", cap_bytes=1024))

    assert (reply.ended, reply.document) == (Ending.CAPPED, None)


def test_no_stream_can_be_set_up_or_played_and_no_header_be_added() -> None:
    assert GATE.carries("describe", describe("/live/ch0"))
    for method in (b"SETUP", b"PLAY", b"RECORD", b"ANNOUNCE", b"SET_PARAMETER", b"TEARDOWN", b"OPTIONS"):
        assert not GATE.carries("describe", describe("/").replace(b"DESCRIBE", method))
    for path in ("", "live", "/../x", "/a b", "/a\r\nAuthorization: Basic eA==", "/a?user=admin", "/" + "x" * 129):
        assert not GATE.carries("describe", describe(path))
    assert not GATE.carries("describe", describe("/").replace(b"CSeq", b"Authorization: Basic eA==\r\nCSeq"))
    assert not GATE.carries("describe", describe("/") * 2)


@given(st.binary(max_size=400))
def test_no_answer_breaks_the_reader(data: bytes) -> None:
    reader = DescriptionReader()
    with contextlib.suppress(Garbled):
        if reader.feed(b"RTSP/1.0 " + data):
            reader.document()
