"""Idempotency keys: a request that is sent again with the same key does nothing twice.

What holds, also where the server is killed at any moment:

- Nothing is recorded twice under one key: each record and the note that this key recorded it are one transaction, and
  a second attempt takes the first one's place only where that had recorded nothing.
- The same key with the same request is answered as the first time, once the first was answered, for `KEPT_FOR`.
- Where the server ended between the first record and the answer, the answer is lost. The second request is refused with
  the numbers of the entries that the first one recorded, and does nothing.
- Who starts a process (a scan) may have started it without a trace in the ledger: then nobody knows, and the second
  request is refused as well.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from threading import Lock
from typing import TYPE_CHECKING, Any

from leakguard.errors import LeakGuardError, NotAllowed
from leakguard.frozen import Frozen, replace
from leakguard.models.accounts import AnsweredRequest, PendingRequest
from leakguard.web.call import Answer, RequestRefused

if TYPE_CHECKING:
    from leakguard.web.request_wiring import RequestWiring

HEADER = "idempotency-key"
REPLAYED = "idempotency-replayed"
"""The header of an answer that was given before."""
KEPT_FOR = timedelta(hours=24)
MOST_ANSWER = 256 * 1024
"""Characters of an answer that is kept; that of a longer one, or of a file, is not."""
_KEY = re.compile(r"[!-~]{1,200}", re.ASCII)
_PROBLEM = "application/problem+json"


class KeyUsedBefore(LeakGuardError):
    """The key belongs to another request."""


class StillAtWork(NotAllowed):
    """The first request with this key is not answered yet."""

    wait_seconds = 2


class CutOff(NotAllowed):
    """The first request with this key ended without an answer, and had recorded something, or may have."""

    entries: tuple[tuple[int, str, str], ...] = ()


class AtWork:
    """The keys that this server works at now."""

    def __init__(self) -> None:
        self._held: set[tuple[str, str]] = set()
        self._lock = Lock()

    @contextmanager
    def holding(self, actor: str, key: str) -> Iterator[None]:
        """Hold a key; raises `StillAtWork` while another request of this server does."""
        with self._lock:
            if (actor, key) in self._held:
                raise StillAtWork(
                    "the first request with this idempotency key is still at work",
                    next_step="Send it again in a moment, with the same key.",
                )
            self._held.add((actor, key))
        try:
            yield
        finally:
            with self._lock:
                self._held.discard((actor, key))


class KeyedRequest(Frozen):
    """One request with a key."""

    at_work: AtWork
    actor: str
    key: str
    explain: Callable[[LeakGuardError], dict[str, Any]]
    """The problem document of a refusal."""
    starts_process: bool = False

    def answered(self, wiring: RequestWiring, digest: str, act: Callable[[], Answer], status: int) -> Answer:
        """The answer of `act`, or the one that was given before to the same request under the same key."""
        with self.at_work.holding(self.actor, self.key):
            store, now = wiring.store, wiring.now()
            store.forget_requests(before=now - KEPT_FOR)
            begun = PendingRequest(attempt=wiring.token(16))
            request = AnsweredRequest(actor=self.actor, key=self.key, digest=digest, answer=begun.as_text(), at=now)
            before = store.begin_request(request)
            if before is not None and (before.status or before.digest != digest):
                return _again(before, digest)
            if before is not None:
                self._take_over(wiring, request, before)
            store.work_for(request)
            return self._worked(wiring, request, act, status)

    def _take_over(self, wiring: RequestWiring, request: AnsweredRequest, before: AnsweredRequest) -> None:
        entries = PendingRequest.of(before.answer).entries
        if entries or self.starts_process:
            raise _cut_off(entries)
        if not wiring.store.take_request(request, before):
            raise StillAtWork(
                "another server works at the first request with this key", next_step="Send it again in a moment."
            )

    def _worked(
        self, wiring: RequestWiring, request: AnsweredRequest, act: Callable[[], Answer], status: int
    ) -> Answer:
        store = wiring.store
        try:
            answer = act()
        except BaseException as error:
            recorded = store.recorded_by_request(self.actor, self.key)
            if recorded is None or not recorded.entries:
                store.forget_request(self.actor, self.key)
            elif isinstance(error, LeakGuardError):
                document = self.explain(error)
                text = json.dumps({"media": _PROBLEM, "document": document})
                store.answer_request(replace(request, status=document["status"], answer=text, at=wiring.now()))
            raise
        kept_answer = {"media": answer.media, "headers": dict(answer.headers), "document": answer.document}
        text = "" if answer.chunks is not None else json.dumps(kept_answer)
        kept = replace(
            request, status=answer.status or status, answer=text if len(text) <= MOST_ANSWER else "", at=wiring.now()
        )
        with suppress(LeakGuardError):  # what was asked for is done; a second request is told what was recorded
            store.answer_request(kept)
        return answer


def read_key(values: list[str]) -> str:
    """The key of a request; empty without one. Raises `RequestRefused` for what is none."""
    if not values:
        return ""
    if len(values) > 1 or _KEY.fullmatch(values[0]) is None:
        raise RequestRefused("an idempotency key is one text of 1 to 200 visible ASCII characters", ())
    return values[0]


def _again(before: AnsweredRequest, digest: str) -> Answer:
    if before.digest != digest:
        raise KeyUsedBefore(
            "this idempotency key belongs to another request", next_step="Take a new key for each new request."
        )
    if not before.answer:
        raise NotAllowed(
            "this request was done before, and its answer is not kept, as it was a file or very long",
            next_step="Read what it made, or send it with a new key to do it once more.",
        )
    kept = json.loads(before.answer)
    headers = {**kept.get("headers", {}), REPLAYED: "true"}
    return Answer(document=kept["document"], media=kept["media"], status=before.status, headers=headers)


def _cut_off(entries: tuple[tuple[int, str, str], ...]) -> CutOff:
    if entries:
        numbers = ", ".join(str(number) for number, _, _ in entries[:20])
        error = CutOff(
            f"the server ended before it answered this request, which had recorded the entries {numbers} of the ledger",
            next_step=f"Read them: GET /api/v1/events?after={entries[0][0] - 1}. Go on from there with a new key.",
        )
    else:
        error = CutOff(
            "the server ended before it answered this request, and nobody knows whether the process was started",
            next_step="Look at the runs: GET /api/v1/runs. If it is not there, send the request with a new key.",
        )
    error.entries = entries
    return error
