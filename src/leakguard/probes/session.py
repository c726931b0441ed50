"""What all sessions share: questions in sequence, each asked once, each with its time."""

from __future__ import annotations

import asyncio
import importlib
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar, Self, TypeVar

from leakguard.checks.protocols import HTTP_QUESTIONS, PROTOCOLS
from leakguard.frozen import Frozen, replace
from leakguard.models.observations import Ending, Reply, TlsSeen
from leakguard.models.targets import Approach, Endpoint
from leakguard.ports import Request
from leakguard.probes.caller import Caller
from leakguard.probes.formats.reading import Garbled
from leakguard.probes.timeouts import Timeouts, Visit
from leakguard.probes.wire.door import Door
from leakguard.probes.wire.gates import GATES, begun, recognised
from leakguard.probes.wire.large import LARGE_FROM
from leakguard.probes.wire.verbs import ForbiddenCommand
from leakguard.shipped.reader import ShippedReader, formless

Result = TypeVar("Result")
NewReader = Callable[[], ShippedReader]
"""Makes a reader of what pages ship, with the forms that are looked for."""
_ANSWERED = frozenset({Ending.COMPLETE, Ending.CAPPED})
_HTTP = "http"
LARGEST_CAP = 8 * 1024 * 1024
"""No answer is read beyond 8 MiB, whatever a check file asks for."""


def no_leave() -> bool:
    """The owner of the assets allowed nothing besides."""
    return False


class SessionSetup(Frozen):
    """What a session needs to reach one endpoint."""

    door: Door
    endpoint: Endpoint
    timeouts: Timeouts
    user_agent: str
    token: Callable[[int], str]
    """So many random digits in lower-case hex."""
    approach: Approach = Approach.SUGGESTED
    visit: Visit | None = None
    """The time that all sessions of the endpoint share."""
    front: dict[bool, Any] | None = None
    """The front page that those share which speak HTTP; see `protocols.http.client`."""
    new_reader: NewReader = formless
    shared: Caller | None = None
    """The connection of a session that asks on behalf of another one; without it the session opens one."""
    leave: Callable[[], bool] = no_leave
    """Whether the product's own administrative account may be asked now; see `Gate.may_ask_default_accounts`."""

    def caller(self) -> Caller:
        """The shared connection, or a caller that is not connected yet."""
        return self.shared or Caller(self.door, self.endpoint, self.timeouts, self.approach, self.visit)


_BY_KIND: dict[str, type[KindSession]] = {}


class KindSession(ABC):
    """The base of each protocol's session; implements `ports.Session`."""

    kind: ClassVar[str]
    """Its name in the register `checks.protocols`, from which what follows is taken."""
    questions: ClassVar[frozenset[str]]
    """The methods that may be asked."""
    speaks: ClassVar[str]
    """The protocol of `wire.gates` that the answers come in."""
    plain_name = "tcp"
    tls_name = "tls"

    def __init_subclass__(cls, **given: Any) -> None:  # noqa: ANN401  (what a class statement may be given)
        """Take the questions of a class that names its kind from the register."""
        super().__init_subclass__(**given)
        if "kind" in vars(cls):
            protocol = PROTOCOLS[cls.kind]
            cls.questions = protocol.questions | (frozenset(HTTP_QUESTIONS) if cls.kind == _HTTP else frozenset())
            cls.speaks = protocol.over or cls.kind
            _BY_KIND[cls.kind] = cls

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self._lock = asyncio.Lock()
        self._asked: dict[tuple[Any, ...], tuple[int, Reply]] = {}

    @classmethod
    def on(cls, way: SessionSetup) -> Self:
        """A session to `way`'s endpoint; a protocol that needs more than a caller has its own."""
        return cls(way.caller())

    @property
    def transport(self) -> str:
        """How the endpoint is spoken to, as far as is known."""
        return self.tls_name if self._caller.in_tls else self.plain_name

    @property
    def tls(self) -> TlsSeen | None:
        """The certificate that was shown, if any."""
        return self._caller.tls

    @property
    def is_connected(self) -> bool:
        """Whether the connection of the last answer is still open, so that another question costs none."""
        return self._caller.connected

    @property
    def hints(self) -> tuple[str, ...]:
        """The kinds that the host's first words fit."""
        return recognised(self._caller.said)

    @property
    def possible_protocols(self) -> tuple[str, ...]:
        """The protocols whose answers begin as the host's first words do."""
        return begun(self._caller.said)

    async def greeting(self) -> bool:
        """Wait a moment for a host that speaks first; whether it did."""
        return await self._caller.overhear()

    async def closes_at_once(self) -> bool:
        """See `ports.Session`."""
        return await self._caller.is_hung_up_on()

    async def ask(self, request: Request) -> Reply:
        """Ask once; an equal question is answered from memory, unless more bytes may be read now.

        Raises `ForbiddenCommand` for what is no question of this protocol.
        """
        if request.method not in self.questions:
            raise ForbiddenCommand(f"`{request.method}` is not a question for {type(self).__name__}")
        key = (request.method, request.what, tuple(sorted(request.headers.items())) if request.headers else ())
        known = self._known(key, request.cap_bytes)
        if known is None:
            async with self._lock:
                known = self._known(key, request.cap_bytes)
                if known is None:
                    known = self._weighed(await self.answer(request, min(request.cap_bytes, LARGEST_CAP)))
                    self._asked[key] = (request.cap_bytes, known)
        return known if known.request == request.id else replace(known, request=request.id)

    def _weighed(self, reply: Reply) -> Reply:
        """The reply, with whether it began in this protocol, where no whole answer came or nothing of it was read.

        HTTP is read as it comes, so that an answer of which nothing is known at its cap has a head without an end.
        """
        is_empty = reply.ended is Ending.CAPPED and reply.status is None and reply.document is None
        if is_empty and self.speaks == _HTTP:
            reply = replace(reply, ended=Ending.GARBLED)
        is_weighed = is_empty or reply.ended not in _ANSWERED
        return replace(reply, began=True) if is_weighed and self.has_begun(reply) else reply

    def has_begun(self, _reply: Reply) -> bool:
        """Whether what the host said first is of this protocol, though the reply is no whole answer."""
        return GATES[self.speaks].begins(self._caller.said)

    def _known(self, key: tuple[Any, ...], cap_bytes: int) -> Reply | None:
        cap, known = self._asked.get(key, (0, None))
        return None if known is None or (known.ended is Ending.CAPPED and cap_bytes > cap) else known

    async def close(self) -> None:
        """End the connection; the socket is closed in the loop's next turn."""
        self._caller.end()

    @abstractmethod
    async def answer(self, request: Request, cap: int) -> Reply:
        """Ask the host; each protocol knows how."""


def session_of(kind: str) -> type[KindSession]:
    """The session of a protocol; a `KeyError` for what the register does not name.

    Its module is imported now: a scan speaks a few protocols, and to import all of them would take a tenth of a second.
    """
    if kind not in _BY_KIND and kind in PROTOCOLS:
        importlib.import_module(f"leakguard.probes.protocols.{kind}.session")
    return _BY_KIND[kind]


async def aside(work: Callable[[], Result], size: int) -> Result:
    """What `work` makes of an answer of `size` bytes; in a thread if it is large, so that the loop serves the others.

    `work` is pure: it may go on after nobody waits for it any longer.
    """
    return work() if size < LARGE_FROM else await asyncio.to_thread(work)


def reply_to(request: Request, *, ended: Ending, **seen: Any) -> Reply:  # noqa: ANN401 (Reply's own fields)
    """A reply that repeats the question."""
    return Reply(request=request.id, method=request.method, what=request.what, ended=ended, **seen)


def document_in(ended: Ending, read: Callable[[], Result]) -> tuple[Ending, Result | None]:
    """How an answer ended, and what `read` makes of a whole one: `GARBLED` where it is no message of the protocol."""
    if ended is not Ending.COMPLETE:
        return ended, None
    try:
        return ended, read()
    except Garbled:
        return Ending.GARBLED, None
