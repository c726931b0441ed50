"""Ports: the interfaces that packages need from the outside, so that no package names an adapter.

May import `models` and `errors`.
Never holds code that does anything.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from leakguard.ports.accounts import (
    AccountStore as AccountStore,
)
from leakguard.ports.alerting import (
    AnsweringChannel as AnsweringChannel,
)
from leakguard.ports.alerting import (
    Channel as Channel,
)
from leakguard.ports.journals import (
    IncidentStore as IncidentStore,
)
from leakguard.ports.journals import (
    Journal as Journal,
)
from leakguard.ports.probing import (
    Contact as Contact,
)
from leakguard.ports.probing import (
    PortConversation as PortConversation,
)
from leakguard.ports.probing import (
    Prober as Prober,
)
from leakguard.ports.probing import (
    Request as Request,
)
from leakguard.ports.probing import (
    Resolve as Resolve,
)
from leakguard.ports.probing import (
    RunningSweep as RunningSweep,
)
from leakguard.ports.probing import (
    Sampler as Sampler,
)
from leakguard.ports.probing import (
    Session as Session,
)
from leakguard.ports.probing import (
    SweepWatcher as SweepWatcher,
)
from leakguard.ports.sending import (
    DeliveryStore as DeliveryStore,
)
from leakguard.ports.sending import (
    Mailer as Mailer,
)
from leakguard.ports.sending import (
    MailSession as MailSession,
)

if TYPE_CHECKING:  # they are words in signatures alone, and making them costs a scan of one host a tenth of its time
    from leakguard.models.bookmarks import Bookmark
    from leakguard.models.clusters import ClusterSeen
    from leakguard.models.exports import Document, Receipt
    from leakguard.models.findings import Finding, Outcome
    from leakguard.models.glances import CheckHistory, Glance, KeptText
    from leakguard.models.letters import Letter
    from leakguard.models.records import KeptRecord, Record
    from leakguard.models.runs import RunState
    from leakguard.models.scan_state import BindingLimit, ScanState
    from leakguard.models.sheets import Sheet

Now = Callable[[], datetime]
"""The time, in UTC. Only `wiring` makes one."""


class ScanStore(Journal, Protocol):
    """A journal that also keeps findings and the progress of scans."""

    def save_findings(
        self, run: str, findings: Sequence[Finding], done: Mapping[str, str],
        state: Mapping[int, RunState] | None = None, *, also: Sequence[Record] = (),
    ) -> None:  # fmt: skip
        """Keep findings, their ledger entry, the targets that are done, and how far the run came, in one transaction.

        `also` are records about the run that are appended behind them, in the same transaction.
        `done` maps notable targets to how they stand (`exposed`, `protected`, `other`, `closed`, `silent`,
        `not_checked`); `state` maps each part of the run that moved on to its state, in which all targets are counted.
        The same finding id again changes nothing: a resumed run may repeat the probes that were in flight.
        Raises `NotAllowed` when another process has taken over the run, or has come further with it.
        """

    def run_states(self, run: str) -> Mapping[int, RunState]:
        """How far each part of a run has come; a run of an earlier release has none, and `done_targets` alone."""

    def take_run(self, run: str) -> None:
        """Hold the run for this process; raises `NotAllowed` while another one does.

        Taking it again renews it, and saving findings renews all that this process holds. A holder that was killed on
        this machine is known to be gone; one on another machine counts as gone after two minutes without either.
        """

    def release_run(self, run: str) -> None:
        """Let go of a run that `take_run` gave us; nothing happens to any other.

        Where the store is away it stays with this process, which may take it again; why it was let go is told instead.
        """

    def runs_at_work(self) -> tuple[str, ...]:
        """The scans that other living processes hold, by `take_run`."""

    def let_go_of_killed(self) -> tuple[str, ...]:
        """The scans that processes of this machine held until they were killed; each is told once."""

    def findings(self, run: str | None = None, *, ids: Sequence[str] | None = None) -> Iterator[Finding]:
        """Findings of a run, or by id, in the order in which they were made."""

    def texts(self, run: str) -> Iterator[KeptText]:
        """The findings of a run as they are stored, in the order in which they were made."""

    def glances(self, run: str) -> Iterator[Glance]:
        """The findings of a run at a glance; those with one datastore and cluster id come one behind the other."""

    def ids_at(self, run: str, places: Collection[tuple[str, str]]) -> Collection[str]:
        """The ids of a run's findings at some places: the check and `Finding.place`."""

    def outcomes(self, run: str) -> Mapping[Outcome, int]:
        """How many findings of each outcome a run has; those that it has none of are left out."""

    def crowds(self, run: str, *, beyond: int, apart_from: Collection[str]) -> Mapping[str, int]:
        """The addresses with more than `beyond` kinds of open datastores, and how many; some kinds do not count."""

    def of_kinds(self, kinds: Collection[str], subject: str | None = None) -> Iterator[KeptRecord]:
        """The kept records of these kinds alone, in the order of their sequence; of one subject, or of all."""

    def last_measured(self, places: Collection[tuple[str, str]], *, apart_from: str) -> Mapping[tuple[str, str], str]:
        """The last finding with a size of each of these checks and places, by its id; one run does not count."""

    def seen(self, hosts: Collection[str] = ()) -> Iterator[CheckHistory]:
        """What all runs together know of each check at each endpoint that was ever open or stated a size.

        Where `hosts` are named, of places at these names and addresses alone.
        """

    def done_targets(self, run: str) -> Iterator[tuple[str, str]]:
        """The notable targets that a run has finished with, and how each stands; the latest word comes last."""

    def read_after(self, sequence: int) -> Iterator[KeptRecord]:
        """The kept records of all subjects behind `sequence`, in their order."""

    def bookmark(self) -> Bookmark | None:
        """The last text that `WatchStore.keep_bookmark` kept; gone with the first erasure after it."""


class ClusterReader(Protocol):
    """Looks at a cluster of our own, with its owner's login, reading names and sizes alone."""

    def look(self) -> ClusterSeen:
        """All of it."""

    def close(self) -> None:
        """Let go of the connections."""


class DocumentSink(Protocol):
    """Takes documents for somebody else's system."""

    def prepare(self, name: str, template: Mapping[str, Any]) -> str:
        """Tell the other side what the documents look like; returns why it would not hear it, or nothing."""

    def send(self, documents: Iterable[Document]) -> Iterator[Receipt]:
        """Send them; a receipt for each, in their order."""

    def close(self) -> None:
        """Let go of the connections."""


class KeyedRecord(Protocol):
    """A record that may be kept once only."""

    @property
    def keys(self) -> tuple[str, ...]:
        """It is kept only if none of these is known yet; then all of them are."""

    @property
    def record(self) -> Record:
        """What is kept."""


class AlertStore(IncidentStore, Protocol):
    """A journal in which a thing happens once, however many watchmen there are and whenever they die."""

    def append_once(self, subject: str, keyed: Sequence[KeyedRecord]) -> tuple[KeptRecord, ...]:
        """Keep those of `keyed` whose keys are all new, with their keys, in one transaction; returns these."""

    def take_lease(self, name: str, holder: str, *, now: datetime, until: datetime) -> bool:
        """Hold the lease `name` until then; false while somebody else holds one that has not run out."""

    def lease_holder(self, name: str) -> str | None:
        """Who took the lease last, whether or not it has run out; `None` where it was let go, or never taken."""

    def release_lease(self, name: str, holder: str) -> None:
        """Let go of a lease, so that another watchman need not wait until it runs out."""

    def beat(self, name: str, holder: str, *, now: datetime) -> None:
        """Keep `now` as the end of the last whole cycle of the holder."""

    def last_beat(self, name: str) -> datetime | None:
        """When the last whole cycle of any holder ended; `None` before the first."""


class WatchStore(AlertStore, ScanStore, Protocol):
    """What watching the exposures needs: runs, incidents, and things that happen once."""

    def keep_bookmark(self, text: str, subject: str, record: Record, *, since: int) -> None:
        """Keep a text in the place of the one before, and the record of `subject` that vouches for it, at once.

        Raises `NotAllowed` where something was erased behind entry `since`: the text may still tell it.
        """


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

    def bound(self, limit: BindingLimit) -> None:
        """Called once, before the first packet: what keeps the run from going faster."""

    def found(self, finding: Finding) -> None:
        """Called for each new finding, whatever its outcome."""

    def moved(self, state: ScanState) -> None:
        """Called a few times a second at most, and once when the run has ended."""

    def finished(self) -> None:
        """Called once, also after an interruption."""


class DataFolders(Protocol):
    """The files that ship with LeakGuard: `checks`, `playbooks`, `templates`, `duties`, `authorities`."""

    def names(self, folder: str, suffix: str = ".yaml") -> tuple[str, ...]:
        """File names in `folder`, sorted, relative to it."""

    def text(self, folder: str, name: str) -> str:
        """The text of one file; raises `NotFound`."""


@runtime_checkable
class CompiledFolders(DataFolders, Protocol):
    """The same with the compiled forms of what is read often."""

    def read(self, folder: str, names: Iterable[str]) -> Mapping[str, str]:
        """The texts of these files, each decoded once somebody reads it."""

    def form(self, folder: str, texts: Mapping[str, str], compile_texts: Callable[[Mapping[str, str]], str]) -> bytes:
        """What `compile_texts` made of these texts of a folder, or of an older state of them, or nothing.

        The organisation's own files, named `own/...`, have a form of their own.
        """


class DocumentMaker(Protocol):
    """Turns a letter into bytes of one format."""

    def make(self, letter: Letter) -> bytes:
        """The document; the same letter gives the same bytes."""


class SheetMaker(Protocol):
    """Turns a table into bytes of one format."""

    def make(self, sheet: Sheet) -> bytes:
        """The document; no text in it is ever computed."""
