"""Catch-alls: web servers that answer every path in the same way, and so answer like any product."""

from __future__ import annotations

from collections.abc import Sequence

from leakguard.checks.requests import Request
from leakguard.checks.rerating import with_decoy_signal
from leakguard.engine.examination import Judged
from leakguard.frozen import replace
from leakguard.models.observations import Reply
from leakguard.scanning.diff import OPEN

SIGNAL = "a path that cannot exist is answered like every other"
_OK = 200


def nothing(nonsense: str) -> Request:
    """The question for a path that cannot exist; a check that asks it too costs no second one."""
    return Request(id="nonsense", method="GET", what=f"/{nonsense}")


def is_doubtful(judged: Sequence[Judged]) -> bool:
    """Whether a product was found open by one page alone, so that it is worth to ask whether it is one."""
    return any(_is_open(item) and _rests_on_one_page(item) for item in judged)


def doubted(judged: Sequence[Judged], nonsense: Reply) -> list[Judged]:
    """What was found, with a signal on what rests on nothing but the answer that `nonsense` got as well.

    One page cannot be several products: of what rests on it alone the first is kept, one that asks for the root if any.
    """
    if nonsense.status != _OK or not nonsense.body:
        return list(judged)
    doubtful = {id(item): item for item in judged if _is_open(item) and _pages(item) == {nonsense.body}}
    kept = min(doubtful.values(), key=_asks_deeper, default=None)
    return [_suspected(item) if item is kept else item for item in judged if item is kept or id(item) not in doubtful]


def _is_open(item: Judged) -> bool:
    return item.verdict.outcome in OPEN and not item.definition.fallback


def _rests_on_one_page(item: Judged) -> bool:
    """Whether `_pages` has one; most verdicts rest on several, which two of them tell."""
    one: bytes | None = None
    for reply in item.observation.replies.values():
        if reply.status == _OK and reply.body and reply.body != one:
            if one is not None:
                return False
            one = reply.body
    return one is not None


def _pages(item: Judged) -> set[bytes]:
    """The different bodies that a verdict rests on."""
    return {reply.body for reply in item.observation.replies.values() if reply.status == _OK and reply.body}


def _asks_deeper(item: Judged) -> bool:
    return all(reply.what != "/" for reply in item.observation.replies.values())


def _suspected(item: Judged) -> Judged:
    return replace(item, verdict=with_decoy_signal(item.verdict, SIGNAL))
