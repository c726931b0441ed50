"""A network of scripted servers, for tests of scans: no socket, every question noted."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from leakguard.checks.definitions import CheckDefinition
from leakguard.checks.library import parse_check
from leakguard.errors import OutOfScope
from leakguard.models.observations import Ending, Reply, TlsSeen
from leakguard.models.targets import Approach, Endpoint, SweepEndpoint, join_host_port
from leakguard.ports import Request, SweepWatcher
from leakguard.scanning.gate import Gate

HTTP_KINDS = frozenset({"http", "page", "s3", "webroot"})
_TLS = (Approach.SUGGESTED, Approach.GUESSED_IN_TLS)


@dataclass(slots=True, kw_only=True)
class FakeServer:
    """Answers per kind: an ending for the whole kind, or an answer per question (`/path`, or `VERB words`)."""

    answers: dict[str, Ending | dict[str, tuple[int, Any] | Ending]] = field(default_factory=dict)
    otherwise: Ending = Ending.GARBLED
    """How every other kind of question ends."""
    hints: tuple[str, ...] = ()
    """The kinds that its first words fit."""
    possible_protocols: tuple[str, ...] = ()
    """The protocols whose answers begin as its first words do."""
    speaks_first: bool = False
    closes_at_once: bool = False
    """At once, before it is asked anything."""
    is_tls: bool = False
    broken_off: frozenset[str] = frozenset()
    """The kinds in which the line ends behind the first bytes of an answer."""

    def reply(self, kind: str, request: Request) -> Reply:
        """The scripted answer."""
        script = self.answers.get(kind, self.otherwise)
        asked = request.what if kind == "http" else f"{request.method} {request.what}".strip()
        answer = script if isinstance(script, Ending) else script.get(asked, (404, {"error": "not found"}))
        if isinstance(answer, Ending):
            size = 16 if kind in self.broken_off else 0
            return Reply(
                request=request.id, method=request.method, what=request.what, ended=answer, size_bytes=size
            )  # fmt: skip
        status, document = answer
        if kind not in HTTP_KINDS:
            return _whole(request, None, b"", document)
        body = document.encode() if isinstance(document, str) else json.dumps(document).encode()
        return _whole(request, status, body, None if kind == "http" else document)


def _whole(request: Request, status: int | None, body: bytes, document: object) -> Reply:
    return Reply(
        request=request.id, method=request.method, what=request.what, ended=Ending.COMPLETE, status=status, body=body,
        document=document, size_bytes=len(body),
    )  # fmt: skip


class FakeSession:
    """One scripted conversation."""

    def __init__(self, prober: FakeProber, endpoint: Endpoint, kind: str, approach: Approach) -> None:
        self._prober, self._endpoint, self._kind, self._approach = prober, endpoint, kind, approach

    @property
    def transport(self) -> str:
        """As the real sessions name it."""
        plain, secure = ("http", "https") if self._kind in HTTP_KINDS else ("tcp", "tls")
        return plain if self.tls is None else secure

    @property
    def tls(self) -> TlsSeen | None:
        """Shown by a server in TLS, to a session that speaks it."""
        in_tls = isinstance(self._server, FakeServer) and self._server.is_tls and self._approach in _TLS
        return TlsSeen(version="TLSv1.3") if in_tls else None

    @property
    def is_connected(self) -> bool:
        """No fake hangs up behind an answer."""
        return True

    @property
    def hints(self) -> tuple[str, ...]:
        """The kinds that the server's first words fit."""
        return self._server.hints if isinstance(self._server, FakeServer) else ()

    @property
    def possible_protocols(self) -> tuple[str, ...]:
        """The protocols whose answers begin as the server's first words do."""
        return self._server.possible_protocols if isinstance(self._server, FakeServer) else ()

    async def greeting(self) -> bool:
        """Listen to the scripted server."""
        return isinstance(self._server, FakeServer) and self._server.speaks_first

    @property
    def _place(self) -> str:
        return join_host_port(self._endpoint.address, self._endpoint.port)

    @property
    def _server(self) -> FakeServer | Ending:
        return self._prober.servers.get(self._place, self._prober.otherwise)

    async def closes_at_once(self) -> bool:
        """Open another line to the scripted server."""
        return isinstance(self._server, FakeServer) and self._server.closes_at_once

    async def ask(self, request: Request) -> Reply:
        """Ask the scripted server."""
        place = self._place
        self._prober.asked.append((place, self._kind, request.method, request.what))
        await self._prober.pause(self._endpoint)
        server = self._server
        if self._prober.is_out_of_scope(self._endpoint):
            server = Ending.BLOCKED
        if isinstance(server, Ending):
            return Reply(request=request.id, method=request.method, what=request.what, ended=server)
        if server.is_tls and self._approach not in _TLS:
            return Reply(request=request.id, method=request.method, what=request.what, ended=Ending.CLOSED)
        return server.reply(self._kind, request)

    async def close(self) -> None:
        """Note that the conversation was ended."""
        self._prober.open_sessions -= 1


async def _no_pause(_: Endpoint) -> None:
    await asyncio.sleep(0)


@dataclass(slots=True, kw_only=True)
class FakeSweep:
    """Tells of every spot as open, so that a scripted session looks at it; fits `ports.Sweeping`."""

    endpoints: Iterator[SweepEndpoint]
    watcher: SweepWatcher
    next_position: int
    ends: Ending | None = None
    in_flight: int = 0
    connections: int = 0
    is_paused: bool = False
    prober: FakeProber | None = None

    def pending(self) -> Iterator[int]:
        """Nothing is under way between two spots."""
        return iter(())

    async def run(self) -> None:
        """Hand one spot after the other on."""
        for spot in self.endpoints:
            self.next_position = max(self.next_position, spot.position + 1)
            if self.ends is None:
                self.watcher.opened(spot)
            else:
                self.watcher.ended(spot, self.ends, self.prober.sweep_why if self.prober else "")
            await asyncio.sleep(0)
            while self.is_paused:  # noqa: ASYNC110  (a fake has no event of its own)
                await asyncio.sleep(0)

    @property
    def network_away_seconds(self) -> float:
        """Scripted."""
        return 0.0 if self.prober is None else self.prober.away

    async def is_network_lost(self) -> bool:
        """Scripted."""
        return self.prober is not None and self.prober.has_lost_all

    def pause(self) -> None:
        """See `ports.Sweeping`."""
        self.is_paused = True

    def resume(self) -> None:
        """See `ports.Sweeping`."""
        self.is_paused = False


@dataclass(slots=True, kw_only=True)
class FakeProber:
    """Opens scripted sessions; an address without a server is closed."""

    max_parallel: int = 128
    sweep_ends: Ending | None = None
    """How every connection of a sweep ends; by default all are left to sessions."""
    sweep_why: str = ""
    """Why it could not be asked."""
    has_lost_all: bool = False
    """Whether even those who answered are silent now."""
    away: float = 0.0
    """Seconds in which the network was away."""
    sleeps: list[float] = field(default_factory=list)
    """What each further look at the suspensions of the machine adds, in seconds."""
    slept_seconds: float = 0.0
    connections: int = 0
    """How many sessions were opened; a scripted one has one line."""

    servers: Mapping[str, FakeServer | Ending] = field(default_factory=dict)
    otherwise: FakeServer | Ending = Ending.REFUSED
    pause: Callable[[Endpoint], Any] = _no_pause
    """Awaited before every answer."""
    gate: Gate | None = None
    asked: list[tuple[str, str, str, str]] = field(default_factory=list)
    """Place, kind, method and words of every question, in order."""
    opened: list[tuple[str, str]] = field(default_factory=list)
    approaches: list[tuple[str, Approach]] = field(default_factory=list)
    """The kinds that were opened, and how."""
    open_sessions: int = 0
    spent: list[float] = field(default_factory=list)
    """What of the time of each endpoint was over when its sessions began."""

    def for_endpoint(self, spent: float = 0.0) -> FakeProber:
        """Scripted servers take no time; what a sweep used is noted."""
        self.spent.append(spent)
        return self

    def open(self, endpoint: Endpoint, kind: str, approach: Approach = Approach.SUGGESTED) -> FakeSession:
        """A scripted session."""
        self.approaches.append((kind, approach))
        self.opened.append((join_host_port(endpoint.address, endpoint.port), kind))
        self.open_sessions += 1
        self.connections += 1
        return FakeSession(self, endpoint, kind, approach)

    def slept(self) -> float:
        """Scripted suspensions."""
        self.slept_seconds += self.sleeps.pop(0) if self.sleeps else 0.0
        return self.slept_seconds

    def sweep(self, endpoints: Iterator[SweepEndpoint], watcher: SweepWatcher, *, first: int) -> FakeSweep:
        """A scripted sweep."""
        return FakeSweep(endpoints=endpoints, watcher=watcher, next_position=first, ends=self.sweep_ends, prober=self)

    def is_out_of_scope(self, endpoint: Endpoint) -> bool:
        """What the real door asks at the moment of connecting."""
        try:
            if self.gate:
                self.gate.check(endpoint)
        except OutOfScope:
            return True
        return False

    def kinds(self, place: str) -> list[str]:
        """The kinds that were opened at a place, in order."""
        return [kind for opened, kind in self.opened if opened == place]


def store_server(*, records: int = 41_000, locked: bool = False, cluster: str | None = None) -> FakeServer:
    """An open (or locked) datastore of the test library's product, over HTTP."""
    listing = (401, {"error": "login"}) if locked else (200, {"records": records, "bytes": records * 200})
    page = {"name": "store", "version": "1.2"} | ({"cluster": cluster} if cluster else {})
    return FakeServer(answers={"http": {"/": (200, page), "/list": listing}})


def redis_server(reply: Mapping[str, Any]) -> FakeServer:
    """A server that answers the test library's PING, and talks to nobody else."""
    return FakeServer(answers={"redis": {"PING": (0, dict(reply))}})


_TAIL = "remediation: Close the port.\nreferences: ['https://example.edu/help']\n"
STORE_OPEN = f"""\
id: store_open
version: 2
title: A store lists its collections without a login
datastore: store
lifecycle: stable
why: Anyone can read it.
probe:
  kind: http
  ports: [9200, 80]
  requests: [{{id: root, get: /}}, {{id: list, get: /list, only_if: {{request: root, contains: '"store"'}}}}]
rules:
  - {{when: {{request: root, lacks: '"store"'}}, then: not_applicable, reason: another product}}
  - {{when: {{request: list, status: [401]}}, then: not_exposed, reason: the server asked for a login}}
  - {{when: {{request: list, status: [206]}}, then: partially_exposed, reason: only names are listed}}
  - {{when: {{request: list, status: [200]}}, then: exposed, reason: an anonymous caller listed the collections}}
identity:
  product: [{{value: store}}]
  version: [{{request: root, path: version}}]
  cluster_id: [{{request: root, path: cluster}}]
measure:
  - records: {{request: list, path: records}}
    bytes: {{request: list, path: bytes}}
    method: stated by /list
{_TAIL}"""
LOGIN_ASKED = f"""\
id: http_login_asked
version: 1
title: A web server asks for a login
datastore: http
lifecycle: stable
why: It may guard a datastore.
probe: {{kind: http, ports: [80], requests: [{{id: root, get: /}}]}}
rules:
  - {{when: {{request: root, status: [401]}}, then: not_exposed, reason: the server asked for a login}}
  - {{when: {{}}, then: not_applicable, reason: no login was asked for}}
{_TAIL}fallback: true
"""
REDIS_OPEN = f"""\
id: redis_open
version: 1
title: Redis answers without a password
datastore: redis
lifecycle: experimental
why: Anyone can read it.
probe: {{kind: redis, ports: [6379], requests: [{{id: ping, method: PING}}]}}
rules:
  - {{when: {{request: ping, json: {{path: error, type: string}}}}, then: not_exposed, reason: a password is asked for}}
  - {{when: {{request: ping, json: {{path: reply, equals: PONG}}}}, then: exposed, reason: it answers anybody}}
  - {{when: {{}}, then: not_applicable, reason: no Redis}}
{_TAIL}"""
MEMCACHED_OPEN = f"""\
id: memcached_open
version: 1
title: Memcached answers anybody
datastore: memcached
lifecycle: stable
why: Anyone can read it.
probe: {{kind: memcached, ports: [11211], requests: [{{id: version, method: version}}]}}
rules: [{{when: {{request: version, json: {{path: version, type: string}}}}, then: exposed, reason: open}}]
{_TAIL}"""
S3_OPEN = f"""\
id: s3_bucket_open
version: 1
title: A bucket lets anybody list it
datastore: s3
lifecycle: stable
why: Anyone can list it.
probe: {{kind: s3, ports: [9000], requests: [{{id: list, method: list, what: "{{bucket}}"}}]}}
rules:
  - {{when: {{request: list, json: {{path: listable, equals: true}}}}, then: exposed, reason: anybody may list it}}
  - {{when: {{request: list, json: {{path: listable, equals: false}}}}, then: not_exposed, reason: listing is refused}}
  - {{when: {{}}, then: not_applicable, reason: no object store}}
{_TAIL}"""


def library() -> tuple[CheckDefinition, ...]:
    """Five small checks: two over HTTP, one of them a fallback, two of other protocols, one of buckets."""
    texts = (LOGIN_ASKED, MEMCACHED_OPEN, REDIS_OPEN, S3_OPEN, STORE_OPEN)
    return tuple(parse_check(text, name="check.yaml") for text in texts)
