"""First contact: the questions of the checks that know a port, asked on the very line that the sweep opened.

What it concludes is what an examination would conclude; where it cannot, the examination does it.
"""

from __future__ import annotations

from collections.abc import Sequence

from leakguard.checks.replies import ANSWERED
from leakguard.frozen import Frozen
from leakguard.models.observations import Reply, TlsSeen
from leakguard.models.targets import Endpoint
from leakguard.ports import Request
from leakguard.use_cases.scans.examination import Judged
from leakguard.use_cases.scans.rounds import Round


class _Line(Frozen, kw_only=False):
    """A line that speaks plain HTTP; fits `rounds.Line`."""

    transport: str = "http"
    tls: TlsSeen | None = None


PLAIN_HTTP = _Line()
_WANTS_TLS = frozenset({400, 426})
"""How servers answer plain HTTP on a port that speaks TLS."""


class FirstContact:
    """Implements `ports.Contact` for one endpoint that speaks plain HTTP."""

    def __init__(self, endpoint: Endpoint, talk: Round, *, is_all: bool = False) -> None:
        """`talk` asks at least one question; `is_all` says that an examination would ask nothing else in plain HTTP."""
        self.endpoint = endpoint
        self._talk = talk
        self._is_all = is_all
        self.judged: Sequence[Judged] = ()
        """The verdicts, once every question was answered."""

    @property
    def is_decided(self) -> bool:
        """Whether nothing else has to be tried: a check knows what it saw, or there is nothing else to try."""
        if any(item.applies for item in self.judged):
            return True
        return self._is_all and bool(self.judged) and not any(map(_may_want_tls, self.judged))

    def first(self) -> Request:
        """See `ports.Contact`."""
        return next(self._talk)

    def answered(self, reply: Reply) -> Request | None:
        """See `ports.Contact`. An answer that is none ends it undecided."""
        if reply.ended not in ANSWERED:
            return None
        try:
            return self._talk.send(reply)
        except StopIteration as done:
            self.judged = done.value
            return None


def _may_want_tls(item: Judged) -> bool:
    """Whether a server may have said that it wants to be asked in TLS, which only a session can do."""
    return any(reply.status in _WANTS_TLS for reply in item.observation.replies.values())
