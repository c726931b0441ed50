"""First contact: the checks that know a port, run on the very connection that the sweep opened.

It concludes what an examination would conclude, or leaves the endpoint to an examination.
"""

from __future__ import annotations

from collections.abc import Sequence

from leakguard.checks.protocols import OF_PAGES
from leakguard.checks.replies import ANSWERED
from leakguard.engine.examination import CheckResult
from leakguard.engine.round_types import Round
from leakguard.frozen import Frozen
from leakguard.models.observations import Ending, Reply, TlsSeen
from leakguard.models.targets import Endpoint
from leakguard.ports import Request


class _PlainHttpConnection(Frozen, kw_only=False):
    """A connection in plain HTTP; implements `round_types.RoundConnection`."""

    transport: str = "http"
    tls: TlsSeen | None = None
    is_connected: bool = True


PLAIN_HTTP = _PlainHttpConnection()
_WANTS_TLS = frozenset({400, 426})
"""The statuses with which servers answer plain HTTP on a port that speaks TLS."""


class FirstContact:
    """Implements `ports.Contact` for one endpoint that speaks plain HTTP."""

    def __init__(self, endpoint: Endpoint, questions: Round, *, runs_all_checks: bool = False) -> None:
        """`questions` yields at least one. `runs_all_checks`: they are all that an examination asks in plain HTTP."""
        self.endpoint = endpoint
        self._questions = questions
        self._is_all = runs_all_checks
        self._request: Request | None = None
        self.results: Sequence[CheckResult] = ()
        """The results, once every question was answered."""

    @property
    def is_decided(self) -> bool:
        """Whether no examination is needed: a check applies, or there is nothing else to try."""
        if any(item.applies for item in self.results):
            return True
        return self._is_all and bool(self.results) and not any(map(_may_want_tls, self.results))

    def first(self) -> Request:
        """See `ports.Contact`."""
        self._request = next(self._questions)
        return self._request

    def answered(self, reply: Reply) -> Request | None:
        """See `ports.Contact`. A request without an answer ends the contact undecided."""
        if reply.ended not in ANSWERED:
            return None
        self._request = self._next(reply)
        if self._request is not None and self._request.method in OF_PAGES:
            return self._about_page(self._request)
        return self._request

    def _about_page(self, request: Request) -> Request | None:
        """Decide about a request with a method in `OF_PAGES`, which a first contact does not send.

        If a person named the endpoint, or it was reached by a host name: end undecided, so that an examination reads
        the page. Otherwise continue as if the page was empty.
        """
        if self.endpoint.named or self.endpoint.host is not None:
            return None
        document = {"tables": [], "is_page": False}
        unread = Reply(
            request=request.id, method=request.method, what=request.what, ended=Ending.COMPLETE, document=document
        )
        return self.answered(unread)

    def give_up(self) -> None:
        """See `ports.Contact`. All further questions end as `SPENT`; the answers so far are judged."""
        while (request := self._request) is not None:
            spent = Reply(request=request.id, method=request.method, what=request.what, ended=Ending.SPENT)
            self._request = self._next(spent)

    def _next(self, reply: Reply) -> Request | None:
        try:
            return self._questions.send(reply)
        except StopIteration as done:
            self.results = done.value
            return None


def _may_want_tls(item: CheckResult) -> bool:
    """Whether the server may want TLS, which needs a new session."""
    return any(reply.status in _WANTS_TLS for reply in item.observation.replies.values())
