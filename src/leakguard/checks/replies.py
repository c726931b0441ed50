"""Replies as rules look at them: JSON read once and lazily, bodies searched without being copied about."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Protocol

from leakguard.checks.expression_meter import TooMuch
from leakguard.checks.expressions import evaluate
from leakguard.checks.json_bodies import json_in
from leakguard.models.observations import Ending, Reply

ANSWERED = frozenset({Ending.COMPLETE, Ending.CAPPED})
"""Endings that leave something to judge."""
NO_CONNECTION = frozenset({Ending.REFUSED, Ending.FILTERED, Ending.UNREACHABLE, Ending.BLOCKED, Ending.SPENT})
"""Endings after which nobody is there to be asked more."""
_OK = 200
_DOCUMENT = "@"
"""The expression for the whole document is its name among what was found in it."""
_TOO_MUCH = ""
"""The name, which is no expression, under which an answer keeps that an expression would make too much of it."""


class SeenReply:
    """One reply, or the replies to one request that was asked for several items."""

    __slots__ = ("_found", "_more", "alone", "first", "is_answered")

    def __init__(self, replies: Sequence[Reply], *, is_group: bool = False) -> None:
        """`replies` holds one reply, unless `is_group`; they are kept, never changed."""
        self._more: Sequence[Reply] = ()
        self.first = replies[0]
        """The first answer, or else the first reply."""
        if is_group:
            answered = [reply for reply in replies if reply.ended in ANSWERED]
            self.first, *self._more = answered or replies
        self.alone = None if is_group else self.first
        """The reply, where there is no group."""
        self._found: dict[str, Any] = {} if is_group else _found_in(self.first)
        self.is_answered = self.first.ended in ANSWERED
        """Whether a whole answer came, or as much of one as we take."""

    @property
    def ended(self) -> Ending:
        """How the exchange ended."""
        return self.first.ended

    def has_status(self, wanted: Collection[int]) -> bool:
        """Whether an answer has one of these HTTP statuses."""
        return self.first.status in wanted or any(reply.status in wanted for reply in self._more)

    def header(self, name: str) -> str | None:
        """The value of a header, named in lower case, in the first answer, or `None`."""
        return self.first.headers.get(name)

    def body_contains(self, text: bytes) -> bool:
        """Whether `text` stands in a body."""
        return text in self.first.body or any(text in reply.body for reply in self._more)

    @property
    def document(self) -> Any:  # noqa: ANN401  (JSON holds anything)
        """The decoded document, or the body as JSON, or `None`; of a group the list of those with status 200."""
        return self.at(_DOCUMENT)

    def at(self, path: str) -> Any:  # noqa: ANN401  (JSON holds anything)
        """The value of the expression `path` in the document, or `None`; found once for all who look at the reply."""
        found = self._found
        if path not in found:
            if _DOCUMENT not in found:
                found[_DOCUMENT] = self._documents() if self.alone is None else _document(self.alone)
            if path != _DOCUMENT:
                found[path] = self._evaluated(path, found[_DOCUMENT])
        return found[path]

    @property
    def is_too_much(self) -> bool:
        """Whether an expression would make so much of the answer that nobody knows what it would have found."""
        return _TOO_MUCH in self._found

    def _evaluated(self, path: str, document: Any) -> Any:  # noqa: ANN401  (as above)
        try:
            return evaluate(path, document)
        except TooMuch:
            self._found[_TOO_MUCH] = True
            return None

    def _documents(self) -> list[Any]:
        return [_document(reply) for reply in (self.first, *self._more) if reply.status in {_OK, None}]


class Holds(Protocol):
    """A condition."""

    def holds_for(self, view: View) -> bool:
        """Whether it holds."""


class View:
    """What rules look at: the replies by request id, and the conditions that the check gave names to."""

    __slots__ = ("_named", "holding", "replies")

    def __init__(self, replies: Mapping[str, SeenReply], named: Mapping[str, Holds] | None = None) -> None:
        """Replies may be added with `see`."""
        self.replies = dict(replies)
        self._named = named if named is not None else {}
        self.holding: dict[str, bool] = {}
        """The named conditions that were asked for, and whether they hold."""

    def see(self, request: str, reply: SeenReply, stale: Iterable[str]) -> None:
        """One more reply, or a better one; the `stale` conditions look at it, so they are asked anew."""
        self.replies[request] = reply
        for name in stale:
            self.holding.pop(name, None)

    def holds(self, name: str) -> bool:
        """Whether the condition of that name holds; rules ask for the same ones again and again."""
        known = self.holding.get(name)
        if known is None:
            known = self.holding[name] = self._named[name].holds_for(self)
        return known

    def answered(self, request: str) -> SeenReply | None:
        """The reply to `request`, if an answer came."""
        reply = self.replies.get(request)
        return reply if reply is not None and reply.is_answered else None


def _found_in(reply: Reply) -> dict[str, Any]:
    """What was found in a reply, shared by all of its copies."""
    return reply.read.of(reply.body if reply.document is None else reply.document)


def _document(reply: Reply) -> Any:  # noqa: ANN401  (JSON holds anything)
    if reply.document is not None:
        return reply.document
    found = reply.read.of(reply.body)
    if _DOCUMENT not in found:
        found[_DOCUMENT] = None if reply.ended is Ending.CAPPED else json_in(reply.body)
    return found[_DOCUMENT]
