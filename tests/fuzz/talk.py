"""A whole talk of one protocol with a host whose every word is the fuzzer's: no socket, no waiting.

An input is one byte that chooses the question, one that says in what pieces the words come, and the answers, each
behind its length in two bytes, high byte first.
"""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Iterator, Sequence
from typing import cast

from fuzz.readers import READERS, read
from leakguard.checks.protocols import PROTOCOLS
from leakguard.models.observations import Ending, Reply
from leakguard.models.targets import Approach, BackendPlace, Endpoint
from leakguard.probes.prober import SESSIONS
from leakguard.probes.protocols.http.gate import GAP
from leakguard.probes.protocols.http.gate import QUESTIONS as QUESTIONS_OF_HTTP
from leakguard.probes.session import SessionSetup
from leakguard.probes.timeouts import Patience, Timeouts
from leakguard.probes.wire.door import Door, OpenedLine
from leakguard.probes.wire.large import Lanes, Turn
from leakguard.probes.wire.line import Line
from support.probing import Question, token

ENDPOINT = Endpoint(
    address="127.0.0.1", port=7, host="lab.example.org", buckets=("ours",),
    backend=BackendPlace(name="ours", tables=("ours",)),
)  # fmt: skip
SPEAKS_FIRST = frozenset(kind for kind, protocol in PROTOCOLS.items() if protocol.speaks_first)
_TIMEOUTS = Timeouts(connect=0.2, handshake=0.2, request=0.2, target=0.6, endpoint=0.6, first=0.2, guess=0.2)
"""So short that nothing waits before a second try."""
_MOST_PIECES = 256
_MOST_LINES = 32
_NAMED = frozenset(
    {
        "algolia", "appwrite", "azblob", "firebasestorage", "firestore", "gcs", "meilisearch", "postgrest", "rsync",
        "rtdb", "s3", "swift",
    }
)  # fmt: skip
"""Kinds whose questions are about something with a name."""
_WEB = frozenset({"git", "http", "page", "rtsp", "svn", "webroot"})
"""Kinds whose questions are about a path."""


class ScriptedHost(asyncio.Transport):
    """Says the next answer whenever it is written to or listened to, and hangs up when there is none left."""

    def __init__(self, line: Line, answers: deque[bytes], piece: int) -> None:
        super().__init__()
        self._line, self._answers, self._piece = line, answers, piece
        self._gone = self._is_asked = False

    def say(self) -> None:
        """The next answer, in pieces."""
        self._is_asked = False
        if not self._answers:
            self.abort()
            return
        answer = self._answers.popleft()
        step = max(self._piece or len(answer), len(answer) // _MOST_PIECES, 1)
        for at in range(0, len(answer), step):
            if not self._gone:
                self._line.data_received(answer[at : at + step])
        asyncio.get_running_loop().call_soon(self._go_on)

    def _go_on(self) -> None:
        """What was no whole answer is followed by the next one; behind the last one the host hangs up."""
        is_listened_to = self._line._reader is not None  # noqa: SLF001  (what no host can know)
        if not self._gone and (is_listened_to or not self._answers):
            self.say()

    def write(self, data: bytes | bytearray | memoryview) -> None:  # noqa: ARG002  (whatever is asked)
        self._is_asked = True
        asyncio.get_running_loop().call_soon(self.say)

    def resume_reading(self) -> None:
        if not self._is_asked:
            self.write(b"")

    def pause_reading(self) -> None:
        """It says no more than it is asked for."""

    def is_reading(self) -> bool:
        return False

    def is_closing(self) -> bool:
        return self._gone

    def abort(self) -> None:
        if not self._gone:
            self._gone = True
            self._line.connection_lost(None)


class ScriptedDoor:
    """Opens lines to the scripted host; stands for `Door`."""

    def __init__(self, answers: deque[bytes], piece: int, *, greets: bool) -> None:
        self._answers, self._piece, self._greets = answers, piece, greets
        self._opened = 0
        self._lanes = Lanes()

    def turn(self) -> Turn:
        """As `Door`: there is nobody to share with."""
        return self._lanes.turn(lambda: 0.0)

    def felt(self, endpoint: Endpoint, ended: Ending) -> None:
        """A script has no rate to be slowed down."""

    async def open(  # as `Door`
        self, endpoint: Endpoint, patience: Patience, *, further: bool = False, is_counted: bool = False  # noqa: ARG002  (as `Door`)
    ) -> OpenedLine:  # fmt: skip
        """As often as a talk may need it."""
        self._opened += 1
        if self._opened > _MOST_LINES:
            return OpenedLine(ended=Ending.REFUSED)
        line = Line(endpoint.address, endpoint.port, None)
        host = ScriptedHost(line, self._answers, self._piece)
        line.connection_made(host)
        if self._greets and not further:
            host.say()
        return OpenedLine(line=line)

    async def open_tls(self, endpoint: Endpoint, patience: Patience) -> OpenedLine:  # noqa: ARG002  (as `Door`)
        """Speaks no TLS."""
        return OpenedLine(ended=Ending.GARBLED, handshake_failed=True)

    async def upgrade(self, line: Line, endpoint: Endpoint, patience: Patience, *, verify: bool) -> OpenedLine:  # noqa: ARG002  (as `Door`)
        """As above."""
        line.close()
        return OpenedLine(ended=Ending.GARBLED, handshake_failed=True)


def questions_of(kind: str) -> Sequence[str]:
    """The questions that the first byte chooses from."""
    return tuple(sorted(SESSIONS[kind].questions))


def answers_in(data: bytes) -> Iterator[bytes]:
    """The answers of an input; the last one may be cut."""
    at = 0
    while at + 2 <= len(data):
        size = int.from_bytes(data[at : at + 2], "big")
        yield data[at + 2 : at + 2 + size]
        at += 2 + size


def packed(question: int, answers: Sequence[bytes], piece: int = 0) -> bytes:
    """An input that says `answers` in reply to a question, by its number."""
    return bytes((question, piece)) + b"".join(len(each).to_bytes(2, "big") + each for each in answers)


async def talk(kind: str, data: bytes) -> Reply:
    """Ask the question that `data` chooses of a host that says what `data` holds."""
    questions = questions_of(kind)
    question, piece = questions[data[0] % len(questions)], data[1]
    door = ScriptedDoor(deque(answers_in(data[2:])), piece, greets=kind in SPEAKS_FIRST)
    way = SessionSetup(
        door=cast("Door", door),
        endpoint=ENDPOINT,
        timeouts=_TIMEOUTS,
        user_agent="fuzz",
        token=token,
        approach=Approach.GUESSED,
    )
    session = SESSIONS[kind].on(way)
    try:
        return await session.ask(Question(question, _what(kind, question)))
    finally:
        await session.close()


def _what(kind: str, question: str) -> str:
    """What a question of a kind is about: a path, a name, both, or nothing."""
    if kind == "http" and question in QUESTIONS_OF_HTTP and GAP in QUESTIONS_OF_HTTP[question].body:
        return "/#ours"
    return "ours" if kind in _NAMED else "/"[: kind in _WEB]


def harness(kind: str, data: bytes, loop: asyncio.AbstractEventLoop) -> None:
    """Whatever a host says, the question has a reply in plain values; whatever is in a file, see `readers`."""
    if kind in READERS:
        read(kind, data)
    elif len(data) > 2:
        reply = loop.run_until_complete(talk(kind, data))
        assert isinstance(reply.ended, Ending)
        json.dumps(reply.document)
