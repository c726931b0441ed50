"""First contact: the questions of the checks that know a port, asked on the very line that the sweep opened.

What it concludes is what an examination would conclude; where it cannot, the examination does it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import replace

from leakguard.checks.definitions import CheckDefinition
from leakguard.checks.judge import judge
from leakguard.checks.replies import ANSWERED
from leakguard.checks.views import next_request
from leakguard.models.observations import Observation, Reply
from leakguard.ports import Request
from leakguard.use_cases.catch_all import doubted, found_open, nothing
from leakguard.use_cases.examination import Judged

Asking = Generator[Request, Reply, None]
Before = Callable[[CheckDefinition], int | None]
"""How many records a check saw at most on this endpoint, in earlier runs."""


class FirstContact:
    """Implements `ports.Contact` for one endpoint that speaks plain HTTP."""

    def __init__(self, definitions: Sequence[CheckDefinition], *, nonsense: str, before: Before) -> None:
        """`definitions` name the port, and there is at least one."""
        self.judged: list[Judged] = []
        self._definitions = definitions
        self._nonsense = nonsense
        self._before = before
        self._known: dict[tuple[object, ...], Reply] = {}
        self._asking = self._ask_all()

    @property
    def is_decided(self) -> bool:
        """Whether a check knows what it saw, so that nothing else has to be tried."""
        return any(item.applies for item in self.judged)

    def first(self) -> Request:
        """See `ports.Contact`."""
        return next(self._asking)

    def answered(self, reply: Reply) -> Request | None:
        """See `ports.Contact`. An answer that is none ends it."""
        if reply.ended not in ANSWERED:
            self.judged = []
            return None
        try:
            return self._asking.send(reply)
        except StopIteration:
            return None

    def _ask_all(self) -> Asking:
        for definition in self._definitions:
            replies: dict[str, Reply] = {}
            yield from self._ask(definition, replies)
            self.judged.append(self._judged(definition, replies))
        if found_open(self.judged):
            question = nothing(self._nonsense)
            reply = self._known.get(_key(question)) or (yield question)
            self.judged = doubted(self.judged, reply)

    def _ask(self, definition: CheckDefinition, replies: dict[str, Reply]) -> Asking:
        while request := next_request(definition, replies, nonsense=self._nonsense):
            known = self._known.get(_key(request))
            if known is None:
                known = self._known[_key(request)] = yield request
            replies[request.id] = replace(known, request=request.id)

    def _judged(self, definition: CheckDefinition, replies: Mapping[str, Reply]) -> Judged:
        observation = Observation(kind=definition.probe.kind, replies=replies, transport="http")
        verdict = judge(definition, observation, before=self._before(definition))
        return Judged(definition=definition, observation=observation, verdict=verdict)


def _key(request: Request) -> tuple[object, ...]:
    return request.method, request.what, tuple(sorted(request.headers.items()))
