"""Replies as rules look at them: JSON read once and lazily, bodies searched without being copied about."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from leakguard.models.observations import Ending, Reply

ANSWERED = frozenset({Ending.COMPLETE, Ending.CAPPED})
"""Endings that leave something to judge."""


class SeenReply:
    """One reply with its body read as JSON when a rule first asks."""

    def __init__(self, reply: Reply) -> None:
        """`reply` is kept, never changed."""
        self._reply = reply

    @property
    def ended(self) -> Ending:
        """How the exchange ended."""
        return self._reply.ended

    @property
    def is_answered(self) -> bool:
        """Whether a whole answer came, or as much of one as we take."""
        return self._reply.ended in ANSWERED

    @property
    def status(self) -> int | None:
        """The HTTP status."""
        return self._reply.status

    def header(self, name: str) -> str | None:
        """The header's value, or `None`."""
        return self._reply.headers.get(name.lower())

    def header_contains(self, name: str, text: str) -> bool:
        """Whether the header is there and contains `text`, in any case of letters."""
        value = self.header(name)
        return value is not None and text.lower() in value.lower()

    def body_contains(self, text: str) -> bool:
        """Whether `text`, as UTF-8, stands in the body."""
        return text.encode() in self._reply.body

    @cached_property
    def document(self) -> Any:  # noqa: ANN401  (JSON holds anything)
        """The decoded document, or the body as JSON; `None` when it is neither."""
        if self._reply.document is not None:
            return self._reply.document
        return _json(self._reply.body)


Seen = Mapping[str, SeenReply]
"""Replies by the id of their request."""


def see(replies: Mapping[str, Reply]) -> Seen:
    """Wrap replies for the rules."""
    return {request: SeenReply(reply) for request, reply in replies.items()}


def _json(body: bytes) -> Any:  # noqa: ANN401  (JSON holds anything)
    try:
        return json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return None


def _refuse_constant(text: str) -> float:
    raise ValueError(f"{text} is not JSON")
