"""Ports: the shapes that rooms need from the outside, so that no room names an adapter.

May import `models` and `errors`.
Never holds code that does anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from leakguard.models.alarms import AlarmMessage
from leakguard.models.findings import Finding
from leakguard.models.letters import Letter
from leakguard.models.observations import Reply, TlsSeen
from leakguard.models.records import KeptRecord, Record
from leakguard.models.sheets import Sheet
from leakguard.models.targets import Approach, Endpoint

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


class Prober(Protocol):
    """Opens sessions; every one is checked against the scope at the moment of connecting."""

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

    def save_findings(self, run: str, findings: Sequence[Finding], done: Mapping[str, str]) -> None:
        """Keep findings, their ledger entry and the targets that are done, in one transaction.

        `done` maps each target to how it stands (`exposed`, `protected`, `other`, `closed`, `silent`, `not_checked`).
        The same finding id again changes nothing: a resumed run may repeat the probes that were in flight.
        """

    def findings(self, run: str | None = None, *, ids: Sequence[str] | None = None) -> Iterator[Finding]:
        """Findings of a run, or by id, in the order in which they were made."""

    def done_targets(self, run: str) -> Iterator[tuple[str, str]]:
        """The targets that a run has finished with, and how each stands."""

    def read_after(self, sequence: int) -> Iterator[KeptRecord]:
        """The kept records of all subjects behind `sequence`, in their order."""


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


class WatchStore(AlarmStore, ScanStore, Protocol):
    """What watching the exposures needs: runs, incidents, and things that happen once."""


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
    """What a person sees while a scan runs."""

    def started(self, total: int) -> None:
        """Called once, with the number of endpoints."""

    def advanced(self, endpoint: Endpoint, findings: Sequence[Finding]) -> None:
        """Called when an endpoint is done."""

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
