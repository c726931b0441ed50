"""The letters of all incidents on one board: read again only of incidents in which something was recorded since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from threading import Lock
from typing import TYPE_CHECKING, Protocol

from leakguard.accounts.two_people import needs_accounts
from leakguard.frozen import Frozen, replace
from leakguard.ledger.entries import CONTENT_ERASED
from leakguard.ledger.heads import Head
from leakguard.mailing.approvals import LETTER, Proposal
from leakguard.models.events import Event
from leakguard.models.people import Signatory
from leakguard.models.records import KeptRecord
from leakguard.notices.book import DutyBook
from leakguard.notices.duties import Duty
from leakguard.notices.filings import FILED
from leakguard.ports import DeliveryStore, Journal
from leakguard.use_cases.incidents.incident_brief import with_corrections
from leakguard.use_cases.incidents.incidents import OPENED, superseded
from leakguard.use_cases.incidents.kept_facts import WRITTEN
from leakguard.use_cases.letters.letter_states import READ, LetterState, Progress, SendingStatus, progress_in, state_of

if TYPE_CHECKING:
    from leakguard.clocks.clock_status import ClockStatus

_NEVER = datetime.max.replace(tzinfo=UTC)
_INCIDENT = "IR-"
Key = tuple[str, str, str]
"""An incident, the id of a duty or a letter, and a stage."""


class RunningClock(Protocol):
    """A clock of the board of clocks."""

    @property
    def incident(self) -> str:
        """Whose it is."""

    @property
    def title(self) -> str:
        """What that incident is called."""

    @property
    def clock(self) -> ClockStatus:
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
    sent: SendingStatus

    def waits_for(self, who: Signatory) -> bool:
        """Whether this person's approval is what it waits for, as the second one."""
        return self.state is LetterState.SECOND and all(proposal.approval_of(who) is None for proposal in self.approved)

    def order(self, who: Signatory) -> tuple[bool, datetime, str, str]:
        """What waits for this person first, then the soonest limit."""
        return not self.waits_for(who), self.limit or _NEVER, self.incident, self.letter


class BoardLetters(Frozen):
    """What the board shows."""

    letters: tuple[BoardLetter, ...]
    untouched: int
    """How many letters nobody approved yet that a running clock asks for; the first of them are shown."""


class LetterBoard:
    """Held by a server, and read by many requests; nothing of it is kept on a disk."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: dict[str, Progress] = {}
        self._titles: dict[str, str] = {}
        self._seen: Head | None = None

    def letters(self, store: BoardStore, book: DutyBook, clocks: Iterable[RunningClock], *, most: int) -> BoardLetters:
        """Every letter that somebody approved, sent or filed, and the first ones that running clocks ask for.

        `clocks` stand in their order, the most urgent first.
        """
        with self._lock:
            self._read(store)
            known, titles = dict(self._known), dict(self._titles)
        duties = {known.id: known for known in book.duties}
        begun = dict.fromkeys(_keys(known))
        asked: dict[Key, ClockStatus] = {}
        untouched: list[Key] = []
        count = 0
        for clock in clocks:
            duty, _, stage = clock.clock.id.rpartition(".")
            key = (clock.incident, duty, stage)
            if key in begun:
                asked[key] = clock.clock
            elif duty in duties:
                count += 1
                if len(untouched) < most:
                    asked[key], titles[clock.incident] = clock.clock, clock.title
                    untouched.append(key)
        letters = (_letter(known.get(key[0], Progress()), duties, key, asked, titles) for key in (*begun, *untouched))
        return BoardLetters(letters=tuple(letters), untouched=count)

    def _read(self, store: BoardStore) -> None:
        """Take in what was recorded since, of what tells of letters; all again where something was erased."""
        head, seen = store.head(), self._seen
        if head is None or (seen is not None and head.hash == seen.hash):
            return
        only, kinds = needs_accounts(store), (*READ, OPENED)
        recorded = list(store.read_after(seen.sequence)) if seen is not None else []
        if seen is None or any(record.kind == CONTENT_ERASED for record in recorded):
            self._known, self._titles = {}, {}
            found = _by_incident(store.of_kinds(kinds))
        else:
            bears = (record for record in recorded if _bears_on_letters(record))
            stale = dict.fromkeys(record.subject for record in bears if record.subject.startswith(_INCIDENT))
            found = {incident: list(store.of_kinds(kinds, incident)) for incident in stale}
        for incident, own in found.items():
            records = _corrected(store, incident, own)
            counts = {batch: store.delivery_counts(incident, batch) for batch in _batches(store, incident, records)}
            written = _written_after(store, incident, records)
            self._known[incident] = replace(progress_in(records, counts, only_accounts=only), written=written)
            opened = (str(record.content["fields"].get("title") or "") for record in records if record.kind == OPENED)
            self._titles[incident] = next(opened, "")
        self._seen = head


def _bears_on_letters(record: KeptRecord) -> bool:
    return record.kind in {*READ, OPENED, WRITTEN} or bool(record.content.get("corrects"))


def _corrected(store: Journal, incident: str, records: Sequence[KeptRecord]) -> Sequence[KeptRecord]:
    """The records with what corrects a filing among them."""
    filings = [record for record in records if record.kind == FILED]
    return with_corrections(store, incident, records) if filings else records


def _by_incident(records: Iterable[KeptRecord]) -> Mapping[str, Sequence[KeptRecord]]:
    found: dict[str, list[KeptRecord]] = {}
    for record in records:
        found.setdefault(record.subject, []).append(record)
    return found


def _batches(store: BoardStore, incident: str, records: Sequence[KeptRecord]) -> Iterable[str]:
    """The batches of an incident in which anything was approved; nothing is sent without that."""
    has_letters = any(record.kind not in {OPENED, FILED} for record in records)
    return store.batches(incident) if has_letters else ()


def _written_after(store: BoardStore, incident: str, records: Sequence[KeptRecord]) -> int:
    """The entry in which the facts were written last, where anything of the incident was approved."""
    if all(record.kind in {OPENED, FILED} for record in records):
        return 0
    return max((record.sequence for record in store.of_kinds([WRITTEN], incident)), default=0)


def _keys(known: Mapping[str, Progress]) -> Iterable[Key]:
    for incident, progress in known.items():
        for proposal in progress.proposals:
            if proposal.subject.covers == LETTER and proposal.approvals:
                yield incident, proposal.subject.duty, proposal.subject.stage
        gone = superseded(progress.events)
        for event in progress.events:
            if event.kind == FILED and event.id not in gone:
                yield incident, str(event.fields.get("obligation") or ""), str(event.fields.get("stage") or "")


def _letter(
    progress: Progress, duties: Mapping[str, Duty], key: Key,
    asked: Mapping[Key, ClockStatus], titles: Mapping[str, str],
) -> BoardLetter:  # fmt: skip
    incident, letter, stage = key
    clock = asked.get(key)
    older = progress.older(letter, stage)
    return BoardLetter(
        incident=incident, incident_title=titles.get(incident, ""), duty=duties.get(letter), letter=letter, stage=stage,
        state=state_of(progress, letter, stage, lacks=False, changed=older),
        limit=clock.work_by if clock is not None else None,
        is_from_memory=clock is not None and clock.rule.from_memory, approved=progress.of(letter, stage),
        filing=progress.filing(letter, stage), sent=progress.sent(letter, stage),
    )  # fmt: skip
