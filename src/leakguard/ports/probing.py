"""What packages need of the network: sessions that are asked, sweeps that find what listens, and who is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from leakguard.models.targets import Approach

if TYPE_CHECKING:  # as in `leakguard.ports`
    from leakguard.models.observations import Ending, Reply, TlsSeen
    from leakguard.models.samples import SampleOrder, SampleResult
    from leakguard.models.targets import Endpoint, SweepEndpoint


class Request(Protocol):
    """What a check asks for; see `checks.definitions.Request`."""

    @property
    def id(self) -> str:
        """Unique within its check."""

    @property
    def method(self) -> str:
        """`GET`, `HEAD` or a read command's verb."""

    @property
    def what(self) -> str:
        """The path or the command's arguments."""

    @property
    def told(self) -> str:
        """`what` as it may be shown, where it holds names that a host told; else nothing."""

    @property
    def headers(self) -> Mapping[str, str]:
        """Extra request headers, such as `Range`; HTTP only."""

    @property
    def cap_bytes(self) -> int:
        """The most bytes of the answer that are read."""


Resolve = Callable[[str], tuple[str, ...]]
"""All addresses of a name, IPv4 and IPv6; empty when it has none."""


class Contact(Protocol):
    """The first questions to an endpoint, one after the other, on the line that the sweep opened."""

    def first(self) -> Request:
        """The first question."""

    def answered(self, reply: Reply) -> Request | None:
        """Take the answer to the last question: the next question, or nothing more to ask."""

    def give_up(self) -> None:
        """Nothing more may be asked, though there was a next question: what came has to do."""


class Session(Protocol):
    """One endpoint, one protocol, questions in sequence; remembers equal questions."""

    @property
    def transport(self) -> str:
        """`http`, `https`, `tcp` or `tls`, once known."""

    @property
    def tls(self) -> TlsSeen | None:
        """The certificate that was shown, if any."""

    @property
    def is_connected(self) -> bool:
        """Whether the connection of the last answer is still open."""

    @property
    def hints(self) -> tuple[str, ...]:
        """The kinds that the host's first words fit."""

    @property
    def possible_protocols(self) -> tuple[str, ...]:
        """The protocols whose answers begin as the host's first words do."""

    async def greeting(self) -> bool:
        """Wait a moment for a host that speaks first; whether it did. Then nothing can be asked of this session."""

    async def closes_at_once(self) -> bool:
        """Open a connection of its own and send nothing: whether the host closes it at once, without data."""

    async def ask(self, request: Request) -> Reply:
        """Ask once. Never raises for what a host does: the reply's `ended` says how it went."""

    async def close(self) -> None:
        """End the connection."""


class PortConversation(Protocol):
    """Questions of a contact on a line that the sweep opened."""

    @property
    def contact(self) -> Contact:
        """Who asks."""

    @property
    def is_whole(self) -> bool:
        """Whether every question of the contact was answered on this one line, or there is no time for the others."""

    @property
    def seconds(self) -> float:
        """How long the host has had so far, from the connection on."""


AGAIN_AFTER = 2.0
"""Seconds after which a port that was open in an earlier run, and refuses now, is asked once more: a firewall that
answers too many connections with resets lets so many pass each second."""


class SweepWatcher(Protocol):
    """Who is told what a sweep finds. Each spot is told of exactly once."""

    def may_go_on(self) -> bool:
        """Whether anything may be opened now; asked before each burst, and where not, the one who is told ends it."""

    def named(self, spot: SweepEndpoint) -> Endpoint | None:
        """The endpoint of a spot that has a name, a scheme or was written out; nothing for one of a plain range."""

    def contact(self, spot: SweepEndpoint) -> Contact | None:
        """Who asks on the line that was opened, in plain HTTP; nobody where a session has to do it."""

    def exposed_before(self, spots: Sequence[SweepEndpoint]) -> Sequence[SweepEndpoint]:
        """Those with a data store that an earlier run found open: a single refusal is no proof that they are closed."""

    def refused(self, spots: Sequence[SweepEndpoint]) -> None:
        """The ports are closed; many at once, since most of all spots are."""

    def ended(self, spot: SweepEndpoint, ended: Ending, why: str = "") -> None:
        """The spot is silent, out of reach, or could not be asked: then `why` says it in a few words of ours."""

    def network_lost(self) -> None:
        """Nobody answers any more, not even those who did: the silent spots that were not told of stay pending."""

    def opened(self, spot: SweepEndpoint, *, is_connected: bool = False) -> None:
        """The port is open, or it was named and there is nobody to ask on this line: a session has to look.

        `is_connected` says that it took a connection of the sweep.
        """

    def talked(self, spot: SweepEndpoint, talk: PortConversation) -> None:
        """The talk is over."""

    def broke(self, spot: SweepEndpoint, error: Exception) -> None:
        """A bug of ours ended the talk."""


class RunningSweep(Protocol):
    """A sweep under way."""

    @property
    def next_position(self) -> int:
        """The position behind the last spot that was drawn."""

    @property
    def in_flight(self) -> int:
        """How many connections are open."""

    @property
    def connections(self) -> int:
        """How many connections were opened so far."""

    def pending(self) -> Iterator[int]:
        """The positions that were drawn and not told of yet."""

    async def run(self) -> None:
        """Sweep until every spot was told of."""

    @property
    def network_away_seconds(self) -> float:
        """Seconds in which nobody was heard, in all, though they were there: outages that have ended."""

    async def is_network_lost(self) -> bool:
        """Whether nobody answers any more, not even those who did, so that a silence says nothing of a host."""

    def pause(self) -> None:
        """Open no more for now."""

    def resume(self) -> None:
        """Go on after a pause."""


class Sampler(Protocol):
    """Reads a few records of stores whose owner permits it: the one way to what a store holds.

    A `Prober` cannot do it. There is none unless the owner's scope says `sampling: allowed` and a person asked for it.
    """

    async def sample(self, endpoint: Endpoint, order: SampleOrder) -> SampleResult:
        """Read, count and forget in a process of its own; only counts come back.

        The gate and the rate are asked first. Never raises for what a host does: the note says how it went.
        """


class Prober(Protocol):
    """Opens sessions and sweeps; every connection is checked against the scope at the moment of connecting."""

    def slept(self) -> float:
        """Seconds that the machine has been suspended: what was under way then got no answer that means anything."""

    @property
    def max_parallel(self) -> int:
        """How many endpoints may be examined by sessions at the same time, by the machine's limit of open files."""

    @property
    def connections(self) -> int:
        """How many connections its sessions opened so far."""

    def sweep(self, endpoints: Iterator[SweepEndpoint], watcher: SweepWatcher, *, first: int) -> RunningSweep:
        """A sweep over `endpoints`, of which those from position `first` on are new."""

    def for_endpoint(self, spent: float = 0.0) -> Prober:
        """The same prober for one endpoint: all sessions that it opens share one time, after which nothing is asked.

        `spent` are the seconds of it that a sweep has used.
        """

    def open(self, endpoint: Endpoint, kind: str, approach: Approach = Approach.SUGGESTED) -> Session:
        """A session of protocol `kind` (`http`, `redis`, ...) on `endpoint`; connects lazily."""
