"""The prober: makes the session that fits an endpoint and a protocol, all under the same gate and rate."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from leakguard.errors import UsageProblem
from leakguard.models.scope import Limits
from leakguard.models.targets import Endpoint
from leakguard.probes.caller import Caller
from leakguard.probes.kinds.http import HttpSession
from leakguard.probes.kinds.memcached import MemcachedSession
from leakguard.probes.kinds.mongodb import MongoSession
from leakguard.probes.kinds.postgres import PostgresSession
from leakguard.probes.kinds.postgres_caller import PostgresCaller
from leakguard.probes.kinds.redis import RedisSession
from leakguard.probes.kinds.s3 import S3Session
from leakguard.probes.kinds.webroot import WebrootSession
from leakguard.probes.session import KindSession
from leakguard.probes.timeouts import Timeouts
from leakguard.probes.wire.door import Door, Gate
from leakguard.probes.wire.rate import Rate
from leakguard.probes.wire.verbs import Recorder

_WEB: Mapping[str, Callable[[Caller, Endpoint, str], KindSession]] = MappingProxyType(
    {"http": HttpSession, "s3": S3Session, "webroot": WebrootSession}
)
_OTHER: Mapping[str, Callable[[Caller], KindSession]] = MappingProxyType(
    {"mongodb": MongoSession, "redis": RedisSession, "memcached": MemcachedSession, "postgres": PostgresSession}
)
KINDS = frozenset({*_WEB, *_OTHER})
"""The protocols that a check file may name."""


class NetworkProber:
    """Implements `ports.Prober`. Make it and use it inside a running event loop."""

    def __init__(
        self,
        *,
        gate: Gate,
        limits: Limits,
        user_agent: str,
        recorder: Recorder | None = None,
        timeouts: Timeouts | None = None,
    ) -> None:
        """`gate` raises `OutOfScope`; `user_agent` names the run, such as `leakguard/0.1.0 (security@example.edu)`.

        `recorder` is told every connection and every byte string before it leaves.
        """
        self._door = Door(gate=gate, rate=Rate(limits), recorder=recorder)
        self._user_agent = "".join(char for char in user_agent if char.isascii() and char.isprintable())
        self._timeouts = timeouts or Timeouts()

    def open(self, endpoint: Endpoint, kind: str) -> KindSession:
        """A session of protocol `kind` on `endpoint`; connects when it is first asked something."""
        if kind == "postgres":
            return PostgresSession(PostgresCaller(self._door, endpoint, self._timeouts))
        caller = Caller(self._door, endpoint, self._timeouts)
        if kind in _WEB:
            return _WEB[kind](caller, endpoint, self._user_agent)
        if kind in _OTHER:
            return _OTHER[kind](caller)
        known = ", ".join(sorted(KINDS))
        raise UsageProblem(f"no probe speaks `{kind}`", next_step=f"Use one of: {known}.")
