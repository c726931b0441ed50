"""Ports: the shapes that rooms need from the outside, so that no room names an adapter.

May import `models` and `errors`.
Never holds code that does anything.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from leakguard.models.alarms import AlarmMessage
from leakguard.models.findings import Finding, Outcome
from leakguard.models.glances import Glance, KeptText, Seen
from leakguard.models.letters import Letter
from leakguard.models.observations import Ending, Reply, TlsSeen
from leakguard.models.records import KeptRecord, Record
from leakguard.models.runs import RunState
from leakguard.models.scan_state import ScanState
from leakguard.models.sheets import Sheet
from leakguard.models.targets import Approach, Endpoint, Spot

Now = Callable[[], datetime]
"""The time, in UTC. Only `wiring` makes one."""


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


class Session(Protocol):
    """One endpoint, one protocol, questions in sequence; remembers equal questions."""

    @property
    def transport(self) -> str:
        """`http`, `https`, `tcp` or `tls`, once known."""

    @property
    def tls(self) -> TlsSeen | None:
        """The certificate that was shown, if any."""

    @property
    def hints(self) -> tuple[str, ...]:
        """The kinds that the host's first words fit."""

    async def greeting(self) -> bool:
        """Wait a moment for a host that speaks first; whether it did. Then nothing can be asked of this session."""

    async def ask(self, request: Request) -> Reply:
        """Ask once. Never raises for what a host does: the reply's `ended` says how it went."""

    async def close(self) -> None:
        """End the connection."""


class Talk(Protocol):
    """Questions of a contact on a line that the sweep opened."""

    @property
    def contact(self) -> Contact:
        """Who asks."""

    @property
    def is_whole(self) -> bool:
        """Whether every question of the contact was answered on this one line."""


class SweepWatcher(Protocol):
    """Who is told what a sweep finds. Each spot is told of exactly once."""

    def named(self, spot: Spot) -> Endpoint | None:
        """The endpoint of a spot that has a name, a scheme or was written out; nothing for one of a plain range."""

    def contact(self, spot: Spot) -> Contact | None:
        """Who asks on the line that was opened, in plain HTTP; nobody where a session has to do it."""

    def refused(self, spots: Sequence[Spot]) -> None:
        """The ports are closed; many at once, since most of all spots are."""

    def ended(self, spot: Spot, ended: Ending) -> None:
        """The spot is silent, out of reach, or could not be asked."""

    def opened(self, spot: Spot) -> None:
        """The port is open, or it was named and there is nobody to ask on this line: a session has to look."""

    def talked(self, spot: Spot, talk: Talk) -> None:
        """The talk is over."""


class Sweeping(Protocol):
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

    def pause(self) -> None:
        """Open no more for now."""

    def resume(self) -> None:
        """Go on after a pause."""


class Prober(Protocol):
    """Opens sessions and sweeps; every connection is checked against the scope at the moment of connecting."""

    @property
    def at_once(self) -> int:
        """How many endpoints may be examined by sessions at the same time, by the machine's limit of open files."""

    @property
    def connections(self) -> int:
        """How many connections its sessions opened so far."""

    def sweep(self, spots: Iterator[Spot], watcher: SweepWatcher, *, first: int) -> Sweeping:
        """A sweep over `spots`, of which those from position `first` on are new."""

    def visit(self) -> Prober:
        """The same prober for one endpoint: all sessions that it opens share one time, after which nothing is asked."""

    def open(self, endpoint: Endpoint, kind: str, approach: Approach = Approach.SUGGESTED) -> Session:
        """A session of protocol `kind` (`http`, `redis`, ...) on `endpoint`; connects lazily."""


class Journal(Protocol):
    """The append-only ledger of everything that happened; the store implements it."""

    def append(self, subject: str, records: Sequence[Record], *, after: int | None = None) -> tuple[KeptRecord, ...]:
        """Keep `records` in one transaction, stamped and chained, and return them as kept.

        `subject` is the id of the incident, or of the scan run, that they belong to.
        With `after`, raises `NotAllowed` if the subject already has an entry beyond that sequence:
        somebody else wrote in between, so look again.
        """

    def read(self, subject: str | None = None) -> Iterator[KeptRecord]:
        """The kept records in the order of their sequence; of one subject, or of all."""


class IncidentStore(Journal, Protocol):
    """A journal that can list what it knows."""

    def subjects(self, prefix: str = "") -> tuple[str, ...]:
        """The ids that entries belong to and that begin with `prefix`, in the order of their first entries."""


class ScanStore(Journal, Protocol):
    """A journal that also keeps findings and the progress of scans."""

    def save_findings(
        self,
        run: str,
        findings: Sequence[Finding],
        done: Mapping[str, str],
        state: Mapping[int, RunState] | None = None,
    ) -> None:
        """Keep findings, their ledger entry, the targets that are done, and how far the run came, in one transaction.

        `done` maps notable targets to how they stand (`exposed`, `protected`, `other`, `closed`, `silent`,
        `not_checked`); `state` maps each part of the run that moved on to its state, in which all targets are counted.
        The same finding id again changes nothing: a resumed run may repeat the probes that were in flight.
        Raises `NotAllowed` when another process has taken over the run, or has come further with it.
        """

    def run_states(self, run: str) -> Mapping[int, RunState]:
        """How far each part of a run has come; a run of an earlier release has none, and `done_targets` alone."""

    def take_run(self, run: str) -> None:
        """Hold the run for this process, which saving findings renews; raises `NotAllowed` while another one does.

        A holder that was killed on this machine is known to be gone; one on another machine counts as gone after two
        minutes without a save.
        """

    def release_run(self, run: str) -> None:
        """Let go of a run that `take_run` gave us; nothing happens to any other."""

    def findings(self, run: str | None = None, *, ids: Sequence[str] | None = None) -> Iterator[Finding]:
        """Findings of a run, or by id, in the order in which they were made."""

    def texts(self, run: str) -> Iterator[KeptText]:
        """The findings of a run as they are stored, in the order in which they were made."""

    def glances(self, run: str) -> Iterator[Glance]:
        """The findings of a run at a glance; those with one datastore and cluster id come one behind the other."""

    def outcomes(self, run: str) -> Mapping[Outcome, int]:
        """How many findings of each outcome a run has; those that it has none of are left out."""

    def crowds(self, run: str, *, beyond: int, apart_from: Collection[str]) -> Mapping[str, int]:
        """The addresses with more than `beyond` kinds of open datastores, and how many; some kinds do not count."""

    def of_kinds(self, kinds: Collection[str], subject: str | None = None) -> Iterator[KeptRecord]:
        """The kept records of these kinds alone, in the order of their sequence; of one subject, or of all."""

    def seen(self) -> Iterator[Seen]:
        """What all runs together know of each check at each endpoint that was ever open or stated a size."""

    def done_targets(self, run: str) -> Iterator[tuple[str, str]]:
        """The notable targets that a run has finished with, and how each stands; the latest word comes last."""


class Found(Collection[Finding], Protocol):
    """The findings of a run, in the order in which they were made.

    Read again whenever they are gone through, so that thousands of them need no room.
    """

    def glances(self) -> Iterator[Glance]:
        """As `ScanStore.glances`."""

    def lines(self) -> Iterator[str]:
        """Each as JSON (`leakguard.finding/1`) on one line, not ended, in ASCII."""

    def some(self, ids: Sequence[str]) -> Iterator[Finding]:
        """Those with these ids."""

    @property
    def outcomes(self) -> Mapping[Outcome, int]:
        """As `ScanStore.outcomes`."""


class KeyedRecord(Protocol):
    """A record that may be kept once only."""

    @property
    def keys(self) -> tuple[str, ...]:
        """It is kept only if none of these is known yet; then all of them are."""

    @property
    def record(self) -> Record:
        """What is kept."""


class AlarmStore(IncidentStore, Protocol):
    """A journal in which a thing happens once, however many watchmen there are and whenever they die."""

    def append_once(self, subject: str, keyed: Sequence[KeyedRecord]) -> tuple[KeptRecord, ...]:
        """Keep those of `keyed` whose keys are all new, with their keys, in one transaction; returns these."""

    def take_lease(self, name: str, holder: str, *, now: datetime, until: datetime) -> bool:
        """Hold the lease `name` until then; false while somebody else holds one that has not run out."""

    def release_lease(self, name: str, holder: str) -> None:
        """Let go of a lease, so that another watchman need not wait until it runs out."""

    def beat(self, name: str, holder: str, *, now: datetime) -> None:
        """Keep `now` as the end of the last whole cycle of the holder."""

    def last_beat(self, name: str) -> datetime | None:
        """When the last whole cycle of any holder ended; `None` before the first."""


class Channel(Protocol):
    """One way to reach people."""

    @property
    def name(self) -> str:
        """As the settings call it."""

    def send(self, message: AlarmMessage) -> None:
        """Send, or raise `ChannelFailed` with a reason that holds no secret; ends within a stated time."""


class HeartbeatWriter(Protocol):
    """Where the watchman leaves a sign of life."""

    def write(self, text: str) -> None:
        """Replace what stood there; raises `StoreUnusable`."""


class TimeSource(Protocol):
    """A clock that may be simulated: everything that waits gets one."""

    def now(self) -> datetime:
        """The time, in UTC."""

    def monotonic(self) -> float:
        """Seconds that only ever grow, on the same scale."""

    def sleep(self, seconds: float) -> None:
        """Wait so long on the same scale; may return early when the process is asked to end."""


class Progress(Protocol):
    """What is seen of a scan while it runs."""

    def started(self, total: int) -> None:
        """Called once, with the number of endpoints."""

    def found(self, finding: Finding) -> None:
        """Called for each new finding, whatever its outcome."""

    def moved(self, state: ScanState) -> None:
        """Called a few times a second at most, and once when the run has ended."""

    def finished(self) -> None:
        """Called once, also after an interruption."""


class DataFolders(Protocol):
    """The files that ship with LeakGuard: `checks`, `playbooks`, `templates`, `duties`."""

    def names(self, folder: str, suffix: str = ".yaml") -> tuple[str, ...]:
        """File names in `folder`, sorted, relative to it."""

    def text(self, folder: str, name: str) -> str:
        """The text of one file; raises `NotFound`."""


class DocumentMaker(Protocol):
    """Turns a letter into bytes of one format."""

    def make(self, letter: Letter) -> bytes:
        """The document; the same letter gives the same bytes."""


class SheetMaker(Protocol):
    """Turns a table into bytes of one format."""

    def make(self, sheet: Sheet) -> bytes:
        """The document; no text in it is ever computed."""
