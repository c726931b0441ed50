"""A talk over plain HTTP on a line that the sweep opened: questions of a contact out, replies back to it."""

from __future__ import annotations

import time

from leakguard.frozen import Frozen
from leakguard.models.observations import Ending, Reply
from leakguard.models.targets import SweepEndpoint
from leakguard.ports import Contact, Request
from leakguard.probes.formats.reading import Garbled
from leakguard.probes.protocols.http.client import answer_of, shown_host
from leakguard.probes.protocols.http.gate import QUESTIONS
from leakguard.probes.protocols.http.reader import HttpReader
from leakguard.probes.sweep.http_words import HttpWords
from leakguard.probes.wire.large import LARGE_FROM
from leakguard.probes.wire.verbs import ReadCommand


class TimeLeft(Frozen):
    """The time of one host, on the clock of `time.monotonic`."""

    began: float
    """When its connection was begun."""
    asks_until: float
    """From then on no question is asked, so that the answer to the last one comes in time."""


class HttpTalk:
    """Implements `ports.Talk`. Counts bytes before it parses any, and asks on only while the line carries another."""

    _reader: HttpReader

    def __init__(
        self, spot: SweepEndpoint, contact: Contact, name: str | None, words: HttpWords, time_left: TimeLeft
    ) -> None:
        """`name` is the host's, where it has one. The first call is `begin`."""
        self.contact = contact
        self.is_over = False
        self.is_whole = False
        """See `ports.Talk`."""
        self._host = shown_host(name or spot.address, spot.port)
        self._words = words
        self._time_left = time_left
        self._request = contact.first()
        self._left = 0
        self._size = 0
        self._asked_at = 0.0

    def begin(self) -> ReadCommand:
        """The first question."""
        return self._ask(self._request)

    def feed(self, data: bytes) -> ReadCommand | None:
        """Take what came: the next question, or nothing as long as the answer is not whole, or when it is over."""
        piece = data[: self._left]
        self._size += len(piece)
        self._left -= len(piece)
        try:
            whole = self._reader.feed(piece)
        except Garbled:
            self.lost(Ending.GARBLED)
            return None
        if not whole and self._left:
            return None
        if not whole and self._size < self._request.cap_bytes and not self._reader.capped:
            self.lost(Ending.CAPPED)  # a large answer has to wait for its turn, which only a session does
            return None
        reply = self._reply(Ending.COMPLETE if whole else Ending.CAPPED)
        if reply is None:
            return None
        self._reader.release()
        following = self.contact.answered(reply)
        if following is not None and time.monotonic() > self._time_left.asks_until:
            self.contact.give_up()
            following = None
        self.is_whole = following is None
        self.is_over = following is None or not self._reader.reusable
        return None if following is None or self.is_over else self._ask(following)

    @property
    def seconds(self) -> float:
        """See `ports.Talk`."""
        return time.monotonic() - self._time_left.began

    def lost(self, ended: Ending) -> None:
        """The line is gone, or its time is over; a host that closes in good order may thereby have ended its answer."""
        if self.is_over:
            return
        self.is_over = True
        if ended is Ending.CLOSED and self._reader.at_end() and (reply := self._reply(Ending.COMPLETE)) is not None:
            self.is_whole = self.contact.answered(reply) is None

    def _ask(self, request: Request) -> ReadCommand:
        self._request = request
        self._reader = HttpReader(head_only=request.method == "HEAD")
        self._left, self._size = min(request.cap_bytes, LARGE_FROM), 0
        self._asked_at = time.monotonic()
        return self._words.command(request, self._host)

    def _reply(self, ended: Ending) -> Reply | None:
        """The reply; an answer that cannot be read is left to a session, which says why."""
        reader, request = self._reader, self._request
        body, ended = answer_of(reader, ended, self._size, min(request.cap_bytes, LARGE_FROM))
        if ended is Ending.GARBLED or reader.status is None:
            self.is_over = True
            return None
        asked = QUESTIONS.get(request.method)
        return Reply(
            request=request.id, method=asked.method if asked else request.method, what=request.what, ended=ended,
            status=reader.status, headers=reader.headers, body=body, size_bytes=self._size,
            seconds=time.monotonic() - self._asked_at,
        )  # fmt: skip
