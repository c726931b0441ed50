"""The prober: makes the session that fits an endpoint and a protocol, all under the same gate and rate."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Self

from leakguard.checks.protocols import PROTOCOLS
from leakguard.errors import UsageProblem
from leakguard.frozen import replace
from leakguard.models.scope import Limits
from leakguard.models.targets import Approach, Endpoint, SweepEndpoint
from leakguard.ports import SweepWatcher
from leakguard.probes.session import KindSession, NewReader, SessionSetup, no_leave, session_of
from leakguard.probes.sweep.sweep import Sweep
from leakguard.probes.sweep.ways import Bounds, Ways
from leakguard.probes.timeouts import Timeouts, Visit
from leakguard.probes.wire.door import Door, Gate
from leakguard.probes.wire.handles import Handles, of_process
from leakguard.probes.wire.kept import KeptConnections
from leakguard.probes.wire.rate import Cell, Rate
from leakguard.probes.wire.sleep import slept
from leakguard.probes.wire.verbs import Recorder
from leakguard.shipped.reader import formless


class _Sessions(Mapping[str, type[KindSession]]):
    """All protocols of the register."""

    def __getitem__(self, kind: str) -> type[KindSession]:
        return session_of(kind)

    def __iter__(self) -> Iterator[str]:
        return iter(PROTOCOLS)

    def __len__(self) -> int:
        return len(PROTOCOLS)


SESSIONS: Mapping[str, type[KindSession]] = _Sessions()
"""By protocol, as the register names it."""


Plain = Callable[[int, int, int], bool]
_MOST_AT_ONCE = 128
"""Endpoints examined by sessions at once."""


def _nobody(_number: int, _version: int, _port: int) -> bool:
    return False


def at_once_with(handles: int) -> int:
    """How many endpoints are examined at once with so many handles."""
    return max(1, min(_MOST_AT_ONCE, handles // 4))


class NetworkProber:
    """Implements `ports.Prober`. Make it and use it inside a running event loop."""

    def __init__(  # noqa: PLR0913  (each is named where it is given)
        self,
        *,
        gate: Gate,
        limits: Limits,
        user_agent: str,
        token: Callable[[int], str],
        recorder: Recorder | None = None,
        timeouts: Timeouts | None = None,
        plain: Plain = _nobody,
        total: Cell | None = None,
        handles: Handles | None = None,
        leave: Callable[[], bool] = no_leave,
        new_reader: NewReader = formless,
    ) -> None:
        """`gate` raises `OutOfScope`; `user_agent` names the run, such as `leakguard/0.1.0 (security@example.edu)`.

        `token` gives so many random digits in lower-case hex, for protocols in which a client needs a name.
        `plain` says whether a plain address, as a number of an IP version, may be swept on a port; `total` is shared.
        `recorder` is told every connection and every byte string before it leaves.
        `leave` says whether a product's own administrative account may be asked now; asked at each connection of it.
        `handles` is the budget of sockets that all of this process share; `new_reader` makes what reads shipped code.
        """
        rate, budget = Rate(limits, total), handles or of_process()
        kept = KeptConnections(budget)
        self._door = Door(gate=gate, rate=rate, recorder=recorder, handles=budget, kept=kept)
        self._user_agent = "".join(char for char in user_agent if char.isascii() and char.isprintable())
        self._token = token
        self._leave = leave
        self._new_reader = new_reader
        self._timeouts = timeouts or Timeouts()
        self._quick = replace(self._timeouts, first=self._timeouts.guess)
        self._visit: Visit | None = None
        self._front: dict[bool, Any] | None = None
        self._ways = Ways(
            gate=gate, plain=plain, rate=rate, handles=budget, user_agent=self._user_agent,
            recorder=recorder, kept=kept, bounds=Bounds(
                connect=self._timeouts.connect, answer=self._timeouts.request, endpoint=self._timeouts.endpoint
            ),
        )  # fmt: skip

    def slept(self) -> float:
        """See `ports.Prober`."""
        return slept()

    @property
    def rate(self) -> Rate:
        """What all that it opens waits for."""
        return self._ways.rate

    @property
    def max_parallel(self) -> int:
        """See `ports.Prober`: a quarter of the handles, since an endpoint may be asked in several protocols at once."""
        return at_once_with(self._ways.handles.limit)

    @property
    def connections(self) -> int:
        """See `ports.Prober`."""
        return self._door.connections

    def sweep(self, endpoints: Iterator[SweepEndpoint], watcher: SweepWatcher, *, first: int) -> Sweep:
        """See `ports.Prober`."""
        return Sweep(endpoints, watcher, self._ways, first=first)

    def for_endpoint(self, spent: float = 0.0) -> Self:
        """The same prober for one endpoint: one time, `Timeouts.endpoint`, holds for all sessions that it opens."""
        visiting = copy.copy(self)
        visiting._visit = Visit(max(0.0, self._timeouts.endpoint - spent))  # noqa: SLF001  (its own copy)
        visiting._front = {}  # noqa: SLF001  (as above)
        return visiting

    def open(self, endpoint: Endpoint, kind: str, approach: Approach = Approach.SUGGESTED) -> KindSession:
        """A session of protocol `kind` on `endpoint`; connects when it is first asked something."""
        session = SESSIONS.get(kind)
        if session is None:
            raise UsageProblem(f"no probe speaks `{kind}`", next_step=f"Use one of: {', '.join(sorted(SESSIONS))}.")
        is_sure = approach is Approach.SUGGESTED
        timeouts = self._timeouts if is_sure else self._quick
        return session.on(
            SessionSetup(
                door=self._door, endpoint=endpoint, timeouts=timeouts, user_agent=self._user_agent, approach=approach,
                visit=self._visit, token=self._token, front=self._front, leave=self._leave,
                new_reader=self._new_reader,
            )
        )  # fmt: skip
