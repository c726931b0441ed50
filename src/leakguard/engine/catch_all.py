"""Catch-alls: web servers that give every path the same answer, and so answer like any product."""

from __future__ import annotations

from collections.abc import Sequence

from leakguard.checks.requests import Request
from leakguard.checks.rerating import with_decoy_signal
from leakguard.engine.examination import CheckResult
from leakguard.frozen import replace
from leakguard.models.observations import Reply
from leakguard.scanning.diff import OPEN

SIGNAL = "a path that cannot exist is answered like every other"
_OK = 200


def nonexistent_path_request(random_word: str) -> Request:
    """The request for a path that cannot exist; a round sends it once, even if a check asks for the same path."""
    return Request(id="nonsense", method="GET", what=f"/{random_word}")


def may_be_catch_all(results: Sequence[CheckResult]) -> bool:
    """Whether a product was found open by one page alone, so that the nonexistent path has to be requested."""
    return any(_is_open(item) and _rests_on_one_page(item) for item in results)


def with_catch_all_signals(results: Sequence[CheckResult], nonexistent_path_reply: Reply) -> list[CheckResult]:
    """The results, of which at most one rests only on the page that also answers the nonexistent path.

    That page cannot be several products. So of the results that found a product open by it alone, one is kept, with a
    decoy signal: the first whose check requests the root, or else the first.
    """
    body = nonexistent_path_reply.body
    if nonexistent_path_reply.status != _OK or not body:
        return list(results)
    doubtful = {id(item): item for item in results if _is_open(item) and _pages(item) == {body}}
    kept = min(doubtful.values(), key=_asks_deeper, default=None)
    return [_suspected(item) if item is kept else item for item in results if item is kept or id(item) not in doubtful]


def _is_open(item: CheckResult) -> bool:
    return item.verdict.outcome in OPEN and not item.definition.fallback


def _rests_on_one_page(item: CheckResult) -> bool:
    """Whether `_pages` has exactly one member; stops at the second, since most verdicts rest on several."""
    page: bytes | None = None
    for reply in item.observation.replies.values():
        if reply.status == _OK and reply.body and reply.body != page:
            if page is not None:
                return False
            page = reply.body
    return page is not None


def _pages(item: CheckResult) -> set[bytes]:
    """The different bodies that a verdict rests on."""
    return {reply.body for reply in item.observation.replies.values() if reply.status == _OK and reply.body}


def _asks_deeper(item: CheckResult) -> bool:
    return all(reply.what != "/" for reply in item.observation.replies.values())


def _suspected(item: CheckResult) -> CheckResult:
    return replace(item, verdict=with_decoy_signal(item.verdict, SIGNAL))
