"""Replies as rules look at them: JSON read once and lazily, bodies searched without being copied about."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

from leakguard.checks.expressions import evaluate
from leakguard.models.observations import Ending, Reply

ANSWERED = frozenset({Ending.COMPLETE, Ending.CAPPED})
"""Endings that leave something to judge."""
_OK = 200


class SeenReply:
    """One reply, or the replies to one request that was asked for several items."""

    def __init__(self, replies: Sequence[Reply], *, is_group: bool = False) -> None:
        """`replies` holds one reply, unless `is_group`; they are kept, never changed."""
        answered = [reply for reply in replies if reply.ended in ANSWERED]
        self._replies = answered or list(replies)
        self._is_group = is_group
        self.is_answered = bool(answered)
        """Whether a whole answer came, or as much of one as we take."""

    @property
    def ended(self) -> Ending:
        """How the exchange ended."""
        return self._replies[0].ended

    def has_status(self, wanted: Sequence[int]) -> bool:
        """Whether an answer has one of these HTTP statuses."""
        return any(reply.status in wanted for reply in self._replies)

    def header(self, name: str) -> str | None:
        """The header's value in the first answer, or `None`."""
        return self._replies[0].headers.get(name.lower())

    def header_contains(self, name: str, text: str) -> bool:
        """Whether the header is there and contains `text`, in any case of letters."""
        value = self.header(name)
        return value is not None and text.lower() in value.lower()

    def body_contains(self, text: str) -> bool:
        """Whether `text`, as UTF-8, stands in a body."""
        return any(text.encode() in reply.body for reply in self._replies)

    @cached_property
    def document(self) -> Any:  # noqa: ANN401  (JSON holds anything)
        """The decoded document, or the body as JSON, or `None`; of a group the list of those with status 200."""
        if not self._is_group:
            return _document(self._replies[0])
        return [_document(reply) for reply in self._replies if reply.status in {_OK, None}]

    def at(self, path: str) -> Any:  # noqa: ANN401  (JSON holds anything)
        """The value of the expression `path` in the document, or `None`; found once for all who look at the reply."""
        if self._is_group:
            return evaluate(path, self.document)
        only = self._replies[0]
        return only.read.of(_source(only), f"at {path}", lambda: evaluate(path, self.document))


class Holds(Protocol):
    """A condition."""

    def holds_for(self, view: View) -> bool:
        """Whether it holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What rules look at: the replies by request id, and the conditions that the check gave names to."""

    replies: Mapping[str, SeenReply]
    named: Mapping[str, Holds] = field(default_factory=dict)

    def answered(self, request: str) -> SeenReply | None:
        """The reply to `request`, if an answer came."""
        reply = self.replies.get(request)
        return reply if reply is not None and reply.is_answered else None


def _document(reply: Reply) -> Any:  # noqa: ANN401  (JSON holds anything)
    if reply.document is not None:
        return reply.document
    return reply.read.of(reply.body, "json", lambda: _read(reply.body))


def _source(reply: Reply) -> object:
    return reply.body if reply.document is None else reply.document


def _read(body: bytes) -> Any:  # noqa: ANN401  (JSON holds anything)
    try:
        return json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return None


def _refuse_constant(text: str) -> float:
    raise ValueError(f"{text} is not JSON")
