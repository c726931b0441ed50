"""Replies as rules look at them: JSON read once and lazily, bodies searched without being copied about."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Protocol

import msgspec

from leakguard.checks.expression_meter import TooMuch
from leakguard.checks.expressions import evaluate
from leakguard.models.observations import Ending, Reply

LOOKED_AT_FROM = 4096
"""Below this size nothing that JSON can hold costs anything."""
BYTES_PER_CONTAINER = 16
"""The least on the average, beyond `FREE`: an object with one short field. An empty list has three, and weighs twenty
times as much in our memory; a hundred hosts that say so at once must not fill it."""
BYTES_PER_ITEM = 8
"""The least on the average, beyond `FREE`: a short name in its quotes."""
FREE = 2000
"""Of each, whatever the size."""
MOST_CONTAINERS = 100_000
"""Objects and lists. Eight mebibytes of `_cat/indices` hold 50,000; eight of empty lists hold 2,800,000."""
MOST_ITEMS = 600_000
"""Commas, and colons as well: the same listing has ten of each for an index, 490,000."""
KEYS_PER_CONTAINER = 64
"""Colons for a bracket; the widest rows of real listings have some thirty fields."""
FLAT_KEYS = 20_000
"""Keys that one flat object may hold all the same."""


def is_proportionate(body: bytes) -> bool:
    """Whether reading `body` as JSON costs no more than an honest listing of its size does, in time and in memory.

    Measured on 8 MiB: 70 ms and 30 MiB for such a listing, 1,000 ms and 200 MiB for empty lists, 600 ms and 120 MiB
    for an object of different keys; counting takes 10 ms. Signs inside of texts are counted too.
    """
    size = len(body)
    if size < LOOKED_AT_FROM:
        return True
    containers = body.count(b"[") + body.count(b"{")
    commas, colons = body.count(b","), body.count(b":")
    is_flat_enough = colons <= KEYS_PER_CONTAINER * containers + FLAT_KEYS
    most_containers = min(MOST_CONTAINERS, FREE + size // BYTES_PER_CONTAINER)
    most_items = min(MOST_ITEMS, FREE + size // BYTES_PER_ITEM)
    return containers <= most_containers and max(commas, colons) <= most_items and is_flat_enough


PIECE = 128 * 1024
"""Bytes of a text that are read in one call, in a millisecond or two; no other thread goes on meanwhile."""
LEVELS = 3
"""Containers inside each other that are taken apart: `{"indices": {"name": {...}}}`. Each costs one more look."""
MOST_PIECES = 100_000
"""Of one container. More are so short that all of them together, of 8 MiB, are read in 40 ms, and one by one in 500."""


def json_in(body: bytes) -> Any:  # noqa: ANN401  (JSON holds anything)
    """What a body holds as JSON, in any of its encodings; `None` for what is no JSON, or made to be costly.

    As `json.loads`, but for `NaN`, which is no JSON, and for half of a surrogate pair or a number beyond all floats in
    a body of more than `PIECE` bytes: no server means them, and the slower reader that takes them holds everybody up.
    """
    if not is_proportionate(body):
        return None
    try:
        if body[:1] not in _OPENINGS or body[1:2] == b"\0":
            encoding = json.detect_encoding(body)
            if encoding != "utf-8":
                body = body.decode(encoding, "surrogatepass").encode("utf-8", "surrogatepass")
        return _read(body, LEVELS) if len(body) > PIECE else _read_small(body)
    except (ValueError, RecursionError, msgspec.DecodeError):
        return None


def _read(text: bytes | msgspec.Raw, levels: int) -> Any:  # noqa: ANN401  (JSON holds anything)
    view = memoryview(text)
    opening = bytes(view[:_SPACES]).lstrip()[:1] if levels and len(view) > PIECE else b""
    if opening == b"[" and len(values := _LIST.decode(text)) <= MOST_PIECES:
        return [_read(value, levels - 1) for value in values]
    if opening == b"{" and len(named := _OBJECT.decode(text)) <= MOST_PIECES:
        return {key: _read(value, levels - 1) for key, value in named.items()}
    return _VALUE.decode(text)


def _read_small(body: bytes) -> Any:  # noqa: ANN401  (JSON holds anything)
    try:
        return _VALUE.decode(body)
    except (ValueError, msgspec.DecodeError):  # mostly what is no JSON, and seldom what only the slower reader takes
        return _SLOW.decode(body.decode("utf-8", "surrogatepass"))


def _refuse_constant(text: str) -> float:
    raise ValueError(f"{text} is not JSON")


_OPENINGS = frozenset({b"{", b"["})
"""How nearly every answer begins, unless it is in one of the encodings of two and four bytes that JSON may be in."""
_SPACES = 64
"""Bytes among which the first sign of a text is looked for; a text that begins with more spaces is read at once."""
_VALUE = msgspec.json.Decoder()
"""A quarter of the time of the standard library, and one copy of a key that many objects have."""
_LIST = msgspec.json.Decoder(list[msgspec.Raw])
_OBJECT = msgspec.json.Decoder(dict[str, msgspec.Raw])
_SLOW = json.JSONDecoder(parse_constant=_refuse_constant)


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


class ViewCondition(Protocol):
    """A condition."""

    def holds_for(self, view: View) -> bool:
        """Whether it holds."""


class View:
    """What rules look at: the replies by request id, and the conditions that the check gave names to."""

    __slots__ = ("_named", "holding", "replies")

    def __init__(self, replies: Mapping[str, SeenReply], named: Mapping[str, ViewCondition] | None = None) -> None:
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
