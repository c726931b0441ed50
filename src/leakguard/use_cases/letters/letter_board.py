"""The letters of all incidents on one board: read again only of incidents in which something was recorded since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from threading import Lock
from typing import TYPE_CHECKING, Protocol

from leakguard.accounts.two_people import needs_accounts
from leakguard.frozen import Frozen
from leakguard.ledger.heads import Head
from leakguard.mailing.approvals import LETTER, Proposal
from leakguard.models.events import Event
from leakguard.models.people import Signatory
from leakguard.models.records import KeptRecord
from leakguard.notices.book import DutyBook
from leakguard.notices.duties import Duty
from leakguard.notices.filings import FILED
from leakguard.ports import DeliveryStore, Journal
from leakguard.use_cases.incidents.incidents import OPENED
from leakguard.use_cases.letters.letter_states import READ, LetterState, Progress, Sent, progress_in, state_of

if TYPE_CHECKING:
    from leakguard.clocks.standing import Standing

_NEVER = datetime.max.replace(tzinfo=UTC)
_INCIDENT = "IR-"


class RunningClock(Protocol):
    """A clock of the board of clocks."""

    @property
    def incident(self) -> str:
        """Whose it is."""

    @property
    def title(self) -> str:
        """What that incident is called."""

    @property
    def clock(self) -> Standing:
        """How it stands."""


class BoardStore(Journal, DeliveryStore, Protocol):
    """What the board is read from."""

    def head(self) -> Head | None:
        """Where the ledger stands."""

    def read_after(self, sequence: int) -> Iterable[KeptRecord]:
        """Every entry behind one."""


class BoardLetter(Frozen):
    """One letter of one incident."""

    incident: str
    incident_title: str
    duty: Duty | None
    """`None` for one that no law demands."""
    letter: str
    """The id of the duty, or of the letter."""
    stage: str
    state: LetterState
    limit: datetime | None
    is_from_memory: bool
    approved: tuple[Proposal, ...]
    filing: Event | None
    sent: Sent

    def waits_for(self, who: Signatory) -> bool:
        """Whether this person's approval is what it waits for, as the second one."""
        return self.state is LetterState.SECOND and all(one.approval_of(who) is None for one in self.approved)

    def order(self, who: Signatory) -> tuple[bool, datetime, str, str]:
        """What waits for this person first, then the soonest limit."""
        return not self.waits_for(who), self.limit or _NEVER, self.incident, self.letter


class LetterBoard:
    """Held by a server, and read by many requests; nothing of it is kept on a disk."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: dict[str, Progress] = {}
        self._titles: dict[str, str] = {}
        self._seen: Head | None = None

    def letters(self, store: BoardStore, book: DutyBook, clocks: Iterable[RunningClock]) -> tuple[BoardLetter, ...]:
        """Every letter that a running clock asks for, and those that somebody approved, sent or filed."""
        with self._lock:
            self._read(store)
            known, titles = dict(self._known), dict(self._titles)
        duties = {one.id: one for one in book.duties}
        asked: dict[tuple[str, str, str], Standing] = {}
        for one in clocks:
            titles[one.incident] = one.title
            duty, _, stage = one.clock.id.rpartition(".")
            if duty in duties:
                asked[one.incident, duty, stage] = one.clock
        keys = dict.fromkeys((*asked, *_keys(known)))
        return tuple(
            _letter(known.get(incident, Progress()), duties, (incident, duty, stage), asked, titles)
            for incident, duty, stage in keys
        )

    def _read(self, store: BoardStore) -> None:
        """Take in what was recorded since; only the entries that tell of letters are read."""
        head, seen = store.head(), self._seen
        if head is None or (seen is not None and head.hash == seen.hash):
            return
        only, kinds = needs_accounts(store), (*READ, OPENED)
        if seen is None:
            found = _by_incident(store.of_kinds(kinds))
        else:
            recorded = [one for one in store.read_after(seen.sequence) if one.subject.startswith(_INCIDENT)]
            stale = dict.fromkeys(one.subject for one in recorded if one.kind in kinds or "corrects" in one.content)
            found = {incident: list(store.of_kinds(kinds, incident)) for incident in stale}
        for incident, records in found.items():
            counts = {one: store.delivery_counts(incident, one) for one in _batches(store, incident, records)}
            self._known[incident] = progress_in(records, counts, only_accounts=only)
            opened = (str(one.content["fields"].get("title") or "") for one in records if one.kind == OPENED)
            self._titles[incident] = next(opened, "")
        self._seen = head


def _by_incident(records: Iterable[KeptRecord]) -> Mapping[str, Sequence[KeptRecord]]:
    found: dict[str, list[KeptRecord]] = {}
    for one in records:
        found.setdefault(one.subject, []).append(one)
    return found


def _batches(store: BoardStore, incident: str, records: Sequence[KeptRecord]) -> Iterable[str]:
    """The batches of an incident in which anything was approved; nothing is sent without that."""
    has_letters = any(one.kind not in {OPENED, FILED} for one in records)
    return store.batches(incident) if has_letters else ()


def _keys(known: Mapping[str, Progress]) -> Iterable[tuple[str, str, str]]:
    for incident, progress in known.items():
        for one in progress.proposals:
            if one.subject.covers == LETTER and one.approvals:
                yield incident, one.subject.duty, one.subject.stage
        for event in progress.events:
            if event.kind == FILED:
                yield incident, str(event.fields.get("obligation") or ""), str(event.fields.get("stage") or "")


def _letter(
    progress: Progress, duties: Mapping[str, Duty], key: tuple[str, str, str],
    asked: Mapping[tuple[str, str, str], Standing], titles: Mapping[str, str],
) -> BoardLetter:  # fmt: skip
    incident, letter, stage = key
    clock = asked.get(key)
    return BoardLetter(
        incident=incident, incident_title=titles.get(incident, ""), duty=duties.get(letter), letter=letter, stage=stage,
        state=state_of(progress, letter, stage, lacks=False), limit=clock.work_by if clock is not None else None,
        is_from_memory=clock is not None and clock.rule.from_memory, approved=progress.of(letter, stage),
        filing=progress.filing(letter, stage), sent=progress.sent(letter, stage),
    )  # fmt: skip
