"""Heads over the whole ledger: made, signed, kept in second places, and stamped by somebody outside."""

from __future__ import annotations

import base64
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from leakguard.errors import ChannelFailed, LedgerBroken, NotAllowed, NotFound
from leakguard.frozen import Frozen
from leakguard.ledger.canonical import sha256_hex
from leakguard.ledger.entries import Entry, unreadable
from leakguard.ledger.heads import Head, print_form
from leakguard.ledger.keys import SigningKey
from leakguard.ledger.merkle import IncrementalRoot
from leakguard.ledger.notes import UNSIGNED, TreeHead, parse_tree_head, text_of, to_note
from leakguard.ledger.signed_heads import FORMER_KEYS, ExternalHeads, signers_of
from leakguard.ledger.stamps import HEAD_KEPT, HEAD_STAMPED, Stamp, covers, request_for, verified
from leakguard.ledger.verification_result import Answer, DiscrepancyKind, Verification
from leakguard.models.events import Interval
from leakguard.models.moments import to_z
from leakguard.models.records import KeptRecord, Record
from leakguard.ports import Journal, Now
from leakguard.use_cases.proofs.evidence import EvidenceStore, KeptCopies, verify_store
from leakguard.use_cases.proofs.evidence import Standstill as WholeStandstill

LEDGER = "ledger"
"""The subject of entries about the ledger as a whole."""
MOST_REASON = 300
NO_PLACE = (
    "the head was kept in no second place, because none is named: set `heads` in leakguard.toml, for example "
    'heads = "leakguard.head"'
)
_MOST_ANSWER = 200_000
"""Bytes; a time stamp with its certificates has some 6,000."""


class Standstill(Protocol):
    """One state of the store."""

    def entries(self) -> Iterator[Entry]:
        """All entries in the order of their sequence."""


class HeadStore(Journal, Protocol):
    """What heads need from the store."""

    def snapshot(self) -> AbstractContextManager[Standstill]:
        """One state of the store, however much others write meanwhile."""

    def of_kinds(self, kinds: Collection[str], subject: str | None = None) -> Iterator[KeptRecord]:
        """The kept records of these kinds alone."""

    def tell_places(self) -> tuple[str, ...]:
        """Tell the files that hold the head where the ledger stands; returns why each that failed did."""

    @property
    def keeps_heads(self) -> bool:
        """Whether there is any such file."""


class SigningStore(HeadStore, EvidenceStore, Protocol):
    """A store that a key may begin to vouch for."""

    def snapshot(self) -> AbstractContextManager[WholeStandstill]:
        """See `EvidenceStore`."""

    def head(self) -> Head | None:
        """Where the ledger stands; nothing while it is empty."""

    def sign_anew(self) -> None:
        """Let the key vouch for what is there."""


class HeadPlace(Protocol):
    """A second place for heads that is told on demand."""

    @property
    def name(self) -> str:
        """As the settings call it, without any secret."""

    def keep(self, head: TreeHead, note: str) -> None:
        """Keep a head there; raises `ChannelFailed` with a reason."""


class NotedHead(Frozen):
    """A head, and the note that tells of it."""

    head: TreeHead
    note: str
    last_kind: str
    """The kind of the entry that it ends with."""


class KeptHead(Frozen):
    """A head after it was kept."""

    made: NotedHead
    record: KeptRecord | None
    """`None` where nothing has happened since the last one."""
    failures: tuple[str, ...] = ()
    """Why each place that failed did; the reason names the place."""


def make_head(store: HeadStore, key: SigningKey | None) -> NotedHead:
    """The head over all entries of now, signed where there is a key; raises `NotFound` for an empty ledger."""
    stack, last = IncrementalRoot(), None
    with store.snapshot() as frozen:
        for entry in frozen.entries():
            stack.push(_hash_of(entry))
            last = entry
    if last is None:
        raise NotFound("the ledger is empty", next_step="Run a scan or open an incident first.")
    origin = key.name if key else UNSIGNED
    head = TreeHead(size=stack.size, root=stack.root(), hash=last.hash, recorded_at=last.recorded_at, origin=origin)
    return NotedHead(head=head, note=to_note(head.text, key), last_kind=last.kind)


def _hash_of(entry: Entry) -> bytes:
    try:
        return bytes.fromhex(entry.hash)
    except (ValueError, TypeError) as error:
        raise unreadable(entry.sequence) from error


def keep_head(
    store: HeadStore, key: SigningKey | None, places: Sequence[HeadPlace], *, now: Now,
    anew: Sequence[ExternalHeads] | None = None,
) -> KeptHead:  # fmt: skip
    """Make a head, keep it in every second place and in the ledger itself; one that fails stops no other.

    Where the ledger ends with a kept head, nothing is kept again, unless one of the places failed then, or a person
    has it signed `anew`: these are the heads that stood in the second places until now, whose keys are kept as well.
    """
    made = make_head(store, key)
    if anew is None and made.last_kind == HEAD_KEPT and not _has_failed(store):
        return KeptHead(made=made, record=None, failures=_told(store, places))
    failures: dict[str, str] = {}
    for place in places:
        try:
            place.keep(made.head, made.note)
        except ChannelFailed as failed:
            failures[place.name] = failed.message[:MOST_REASON]
    content: dict[str, Any] = {
        "note": made.note,
        "key": key.public.text if key else "",
        "places": [{"place": place.name, "failure": failures.get(place.name, "")} for place in places],
    }
    former = [signer.text for signer in signers_of(anew or ()) if key is None or signer != key.public]
    if former:
        content[FORMER_KEYS] = former
    record = store.append(LEDGER, (_record(HEAD_KEPT, content, now),))[0]
    return KeptHead(made=made, record=record, failures=(*failures.values(), *_told(store, places)))


def _told(store: HeadStore, places: Sequence[HeadPlace]) -> tuple[str, ...]:
    """Why files that hold the head were not told; that there is no second place at all is a reason too."""
    return store.tell_places() if places or store.keeps_heads else (NO_PLACE,)


def sign_first(
    store: SigningStore, copies: KeptCopies, key: SigningKey | None, places: Sequence[HeadPlace], *, now: Now
) -> str:
    """Let a new key vouch for a ledger that was there before it; returns its head as printed, nothing for an empty one.

    Raises `LedgerBroken` for one that does not verify, as no signature may make it look sound, and for one whose heads
    another key signed: a person lets the new key take its place.
    """
    if store.head() is None:
        return ""
    found, external = verify_store(store, copies=copies), store.kept_heads()
    if found.answer is Answer.MISMATCH:
        raise LedgerBroken("it does not verify", next_step="See what is wrong: leakguard evidence verify")
    _refuse_other_key(found, external, key)
    store.sign_anew()
    return print_form(keep_head(store, key, places, now=now, anew=external).made.head.head)


def _refuse_other_key(found: Verification, external: Sequence[ExternalHeads], key: SigningKey | None) -> None:
    """Nobody else's signature is replaced by the way, nor one that is gone."""
    others = [
        f"{signer.name} {signer.id.hex()}" for signer in signers_of(external) if key is None or signer != key.public
    ]
    gone = [
        discrepancy.text for discrepancy in found.discrepancies if discrepancy.kind is DiscrepancyKind.UNSIGNED_ENTRIES
    ]
    if others or gone:
        what = gone[0] if not others else f"its head is signed with another key, {others[0]}"
        if key is not None:
            what += f"; the key here is {key.name} {key.public.id.hex()}"
        raise LedgerBroken(
            what,
            next_step="Put the other key back if you have it. Otherwise look at the ledger: leakguard evidence verify. "
            "Then let this key take its place: leakguard evidence head --keep --anew",
        )


@dataclass(slots=True, kw_only=True)
class HeadKeeper:
    """Keeps a head in the second places every now and then, as long as somebody watches."""

    store: HeadStore
    key: SigningKey | None
    places: Sequence[HeadPlace]
    now: Now
    every: timedelta = timedelta(hours=1)
    refuse: Callable[[], None] = lambda: None
    """Raises `LedgerBroken` where the key must not sign the ledger as it stands; the watch goes on all the same."""
    _looked_at: datetime | None = None

    def look(self) -> tuple[str, ...]:
        """Keep a head when the last one is old enough; returns which places failed, and why.

        A place that failed is tried again at the next turn: it must not be asked every few seconds.
        """
        moment = self.now()
        if self._looked_at is not None and timedelta() <= moment - self._looked_at < self.every:
            return ()
        self._looked_at = moment
        return self._kept(moment) if self.places else self.store.tell_places()

    def _kept(self, moment: datetime) -> tuple[str, ...]:
        # by its own time, as entries behind one that was recorded in the future are recorded there as well
        at = (record.occurred_at.latest for record in self.store.of_kinds((HEAD_KEPT,)))
        kept = max((each for each in at if each <= moment), default=None)
        if kept is not None and moment - kept < self.every:
            return self.store.tell_places()
        try:
            self.refuse()
        except LedgerBroken as error:
            return (error.message,)
        try:
            return keep_head(self.store, self.key, self.places, now=self.now).failures
        except NotFound:
            return ()


def stamp_request(store: HeadStore, key: SigningKey | None, *, now: Now) -> tuple[NotedHead, bytes]:
    """A request for a time stamp over the head of now, which is kept in the ledger first; and that head."""
    kept = keep_head(store, key, (), now=now)
    if kept.record is None:
        note = str(_last_kept(store)["note"])
        head = parse_tree_head(text_of(note)) or kept.made.head
        return NotedHead(head=head, note=note, last_kind=HEAD_KEPT), request_for(note)
    return kept.made, request_for(kept.made.note)


def import_stamp(store: HeadStore, answer: bytes, roots: bytes, *, now: Now) -> tuple[Stamp, int]:
    """Verify an answer against roots and keep it in the ledger; returns it, and how many entries it covers.

    Raises `NotFound` when it is over no head of this ledger, `UsageProblem` when it does not verify, `NotAllowed` when
    it is kept already.
    """
    note = _note_of(store, answer)
    stamp = verified(note, answer, roots)
    head = parse_tree_head(text_of(note))
    size = head.size if head else 0
    digest = sha256_hex(note)
    encoded = base64.b64encode(answer).decode()
    if any(record.content.get("answer") == encoded for record in store.of_kinds((HEAD_STAMPED,))):
        raise NotAllowed("this time stamp is kept already", next_step="There is nothing to do.")
    content = {
        "size": size, "note_sha256": digest, "answer": encoded, "at": to_z(stamp.at), "authority": stamp.authority,
        "serial": stamp.serial,
    }  # fmt: skip
    store.append(LEDGER, (_record(HEAD_STAMPED, content, now),))
    return stamp, size


def _note_of(store: HeadStore, answer: bytes) -> str:
    if len(answer) <= _MOST_ANSWER:
        for record in store.of_kinds((HEAD_KEPT,)):
            note = str(record.content.get("note") or "")
            if note and covers(note, answer):
                return note
    raise NotFound(
        "this time stamp is over no head of this ledger",
        next_step="Ask for one with the request that `leakguard evidence stamp request` writes.",
    )


def _last_kept(store: HeadStore) -> dict[str, Any]:
    return dict(list(store.of_kinds((HEAD_KEPT,)))[-1].content)


def _has_failed(store: HeadStore) -> bool:
    return any(place.get("failure") for place in _last_kept(store).get("places") or ())


def _record(kind: str, content: dict[str, Any], now: Now) -> Record:
    moment = now()
    return Record(kind=kind, occurred_at=Interval(earliest=moment, latest=moment), content=content)
