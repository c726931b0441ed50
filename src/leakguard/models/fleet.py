"""The fleet: what coordinator and workers tell one another.

Every message is refused when it has a field that it should not have, or one that is too long.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from leakguard import __version__
from leakguard.files.shapes import Shape
from leakguard.frozen import Frozen
from leakguard.models.moments import from_z

FORM = 3
"""Of all messages together: one more with every change of their fields, as each side refuses another form."""
MAX_TARGETS = 100_000
MAX_TARGET_LENGTH = 500
MAX_PORTS = 65_535
MAX_SHARDS = 1_000_000
MOST_REASONS = 20
Word = Annotated[str, Field(min_length=1, max_length=100)]
Line = Annotated[str, Field(max_length=MAX_TARGET_LENGTH)]
Whole = Annotated[int, Field(strict=True, ge=0)]
Port = Annotated[int, Field(strict=True, ge=1, le=65_535)]
PortRow = Annotated[str, Field(pattern=r"^[0-9]{1,5}-[0-9]{1,5}$")]
"""`8000-8010`."""
PerSecond = Annotated[float, Field(strict=True, gt=0, le=10_000_000)]
VantageName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
"""It becomes the name of a queue and the end of a run's id."""
CutShort = Literal["time", "quiet_hours", "network_lost", "unasked"]
Moment = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{6})?Z$")]
Release = Annotated[str, Field(pattern=r"^[0-9A-Za-z.+-]{0,40}$")]
Addresses = Annotated[dict[str, tuple[Line, ...]], Field(max_length=MAX_TARGETS)]
"""Each name and the addresses that it leads to."""


class Message(Shape):
    """What every message says first."""

    scan: Word
    """The id of the scan, which the results of all its vantages belong to."""
    vantage: VantageName
    form: Whole = FORM
    release: Release = __version__
    """The release of LeakGuard that wrote it."""


class Order(Message):
    """A message to a worker."""

    not_after: Moment
    """When the worker must have ended: the coordinator gives the work to another one then."""

    @property
    def ends_at(self) -> datetime:
        """`not_after` as a time; raises `ValueError` for a day that does not exist."""
        return from_z(self.not_after)


class RollCall(Order):
    """Asks whether anybody is at a vantage, whether they have the same checks, and where names lead from there."""

    checks: tuple[Word, ...] = Field(max_length=10_000)
    """`id@version` of each."""
    names: tuple[Line, ...] = Field(default=(), max_length=MAX_TARGETS)


class Present(Message):
    """The answer to a roll call."""

    worker: Word
    resolved: Addresses
    slots: Annotated[int, Field(strict=True, ge=1, le=1_000)] = 1
    """How many shards it does at once."""
    at_hand: tuple[Line, ...] = Field(default=(), max_length=1_000)
    """The ids of the shards that it is at."""
    clock: Moment | None = None
    """What time it is there."""


class Share(Shape):
    """The part of the scope's limits that one shard may use, in connections a second."""

    total: PerSecond
    per_host: PerSecond
    per_network: PerSecond
    per_name: PerSecond


class Known(Shape):
    """What earlier runs know of one place."""

    check_id: Word
    place: Line
    first_seen: Moment | None = None
    most_records: Whole | None = None


class Shard(Order):
    """A part of a plan, with the permission to look at it. The same shard keeps its number in every attempt."""

    run: Word
    number: Whole
    of: Annotated[int, Field(strict=True, ge=1, le=MAX_SHARDS)]
    attempt: Whole
    scope_text: str = Field(max_length=4 * 1024 * 1024)
    """The whole scope file: the worker holds every address against it once more, and its days against its own clock."""
    targets: tuple[Line, ...] = Field(max_length=MAX_TARGETS)
    """Those that lead to the addresses of this part."""
    resolved: Addresses
    ports: tuple[Port | PortRow, ...] = Field(max_length=MAX_PORTS)
    checks: tuple[Word, ...] = Field(max_length=10_000)
    order_key: Word
    nonsense: Word
    """The path that no server has, the same in the whole run."""
    holder: Word
    """The public key of the worker that it is given to; the result counts from that one alone."""
    share: Share
    timeout: Annotated[float, Field(strict=True, gt=0, le=60)] | None = None
    """Seconds that a connection may take to open; by default the worker's own."""
    known: tuple[Known, ...] = Field(default=(), max_length=MAX_TARGETS)
    lists_all: bool = True
    """Whether the result names the standing of every endpoint, or only of those worth a line."""

    @property
    def id(self) -> str:
        """The same in every attempt."""
        return f"{self.run}/{self.number}"


class ShardResult(Message):
    """What came of a shard."""

    run: Word
    number: Whole
    of: Whole
    attempt: Whole
    worker: Word
    is_complete: bool
    """Whether every endpoint was looked at before the time was over."""
    counts: dict[Word, Whole] = Field(max_length=20)
    standings: dict[Line, Word] = Field(max_length=MAX_TARGETS)
    findings: tuple[dict[str, Any], ...] = Field(max_length=MAX_TARGETS)
    """Each a `leakguard.finding/1`."""
    started_at: Moment
    ended_at: Moment
    cut_short_by: CutShort = "time"
    """Why it is not complete, where it is not: one of our own words, as it is told to a person."""
    unasked: tuple[Line, ...] = Field(default=(), max_length=MOST_REASONS)
    """Why endpoints could not be asked, each reason once."""


class Refusal(Message):
    """Why a worker did not do what it was asked for; `number` is missing where that was a roll call."""

    worker: Word
    reason: Line
    number: Whole | None = None
    attempt: Whole = 0


class Foreign(Message):
    """A message of another form, as far as all forms are alike: enough to refuse it, and to say why."""

    model_config = ConfigDict(extra="ignore")

    form: Whole = 0
    release: Release = ""
    worker: Word = "without a name"
    number: Whole | None = None
    attempt: Whole = 0

    def refused(self, *, worker: str, release: str) -> Refusal:
        """The refusal in the name of a worker, whichever side it is that does not understand the other."""
        theirs = f"LeakGuard {self.release}" if self.release else "another release of LeakGuard"
        return Refusal(
            scan=self.scan, vantage=self.vantage, worker=worker, number=self.number, attempt=self.attempt,
            release=release, reason=f"it runs {theirs}, and this is {__version__}: install the same release on both",
        )  # fmt: skip


class Envelope(Shape):
    """A message with the signature over its kind and its text."""

    kind: Word
    body: str
    key: Word
    """The public key of the signer, as the settings of the other side name it."""
    signature: Annotated[str, Field(max_length=200)]


class VerifiedMessage(Frozen):
    """A message whose signature is good."""

    kind: str
    body: str
    signer: str
    """The name that the settings give to the key."""
    vantages: tuple[str, ...] = ()
    """What the key may speak for; empty for everything."""
