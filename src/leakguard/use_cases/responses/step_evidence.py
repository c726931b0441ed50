"""Evidence that a step demands: an item of the ledger that belongs to the incident, or a file that is taken in now.

Words alone prove nothing: `config_after: EV-999` names an item that nobody has, and the step stays open.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from leakguard.errors import LeakGuardError
from leakguard.frozen import Frozen, replace
from leakguard.ledger.custody import ADDED, NewEvidence, item_id, items_of, new_evidence_record
from leakguard.ledger.erasure import is_erased
from leakguard.models.event_records import event_id, event_of, is_event_record
from leakguard.models.events import Interval
from leakguard.models.records import KeptRecord, Record
from leakguard.playbooks.gates import evidence_name
from leakguard.playbooks.machine_runs import RUN_ENDED
from leakguard.use_cases.incidents.incident_closures import VERIFIED
from leakguard.use_cases.incidents.incidents import OPENED, superseded
from leakguard.use_cases.proofs.evidence_items import EvidenceOptions, Intake, keep_again, taken_in

_ITEM = re.compile(r"(?:EV|E)-([1-9][0-9]{0,17})", re.IGNORECASE)
PROVING = frozenset({VERIFIED, RUN_ENDED})
"""Records that are no events and show all the same that something was looked at or done."""
NO_PROOF = frozenset(
    {OPENED, "retracted", "note", "planned", "status_sent", "paused", "resumed", "cancelled", "closed", "reopened",
     "calendar_year_end"}
)  # fmt: skip
"""Events that only speak about the incident, its record or its clocks: anybody may write one, whatever was done.

Every other event says what the world did, what we were told, decided or did, or whom we notified.
"""
_ERASED = "its content was erased"
HOW = "NAME=@FILE for a file that is taken in now, NAME=EV-12 or NAME=E-14 for what the ledger has of this incident"


class Proof(Frozen):
    """One piece of evidence of a step."""

    name: str
    item: str = ""
    """Its id in the ledger; empty for a file that is not taken in yet."""
    path: str = ""
    taken: NewEvidence | None = None

    @property
    def text(self) -> str:
        """`config_after: EV-12`, as the record of the step has it."""
        return f"{self.name}: {self.item or f'@{self.path}'}"


class GatheredEvidence(Frozen):
    """What became of everything that was given."""

    proofs: tuple[Proof, ...] = ()
    problems: tuple[str, ...] = ()
    refused: frozenset[str] = frozenset()
    """The names of the evidence that the problems are about."""

    @property
    def texts(self) -> tuple[str, ...]:
        """All that holds."""
        return tuple(proof.text for proof in self.proofs)

    @property
    def files(self) -> tuple[Proof, ...]:
        """Those that are to be taken in."""
        return tuple(proof for proof in self.proofs if proof.taken is not None)


class EvidenceIntake(Frozen):
    """Whose evidence it is, and what reads files."""

    step: str
    by: str
    intake: Intake | None
    """Nothing where no file can be taken in, as in a drill."""
    keep: bool = False


def gather(texts: Sequence[str], records: Sequence[KeptRecord], taking: EvidenceIntake) -> GatheredEvidence:
    """Look up every item and read every file once; records nothing, and names all that is wrong.

    A text is `config_after=@backup/es.yml`, `config after: EV-12` or `config_after=E-14`; the `@` may be left out.
    """
    proofs, problems, refused = [], [], set()
    for text in texts:
        name, what = _parts(text)
        try:
            proofs.append(_proof(name, what, records, taking))
        except _NoProofError as error:
            problems.append(f"evidence `{text[:80]}`: {error}")
            refused.add(name)
    return GatheredEvidence(proofs=tuple(proofs), problems=tuple(problems), refused=frozenset(refused))


def paths_in(texts: Sequence[str]) -> tuple[str, ...]:
    """The files among what was given as evidence, as they were typed."""
    given = (_parts(text)[1] for text in texts)
    return tuple(dict.fromkeys(path for what in given if not _ITEM.fullmatch(what) and (path := _path(what))))


def _parts(text: str) -> tuple[str, str]:
    """The name of the evidence, and what is given for it."""
    place = min((found for found in map(text.find, ":=") if found >= 0), default=len(text))
    return evidence_name(text[:place]), text[place + 1 :].strip()


def _path(what: str) -> str:
    return what.removeprefix("@").strip()


def file_records(gathered: GatheredEvidence, taking: EvidenceIntake, at: Interval) -> tuple[Record, ...]:
    """The records of the files, as `evidence add` makes them; copies are kept now where they were asked for."""
    found = (_copied(proof, taking) for proof in gathered.files)
    return tuple(new_evidence_record(taken_in, at=at) for taken_in in found if taken_in is not None)


def with_items(gathered: GatheredEvidence, kept: Sequence[KeptRecord]) -> tuple[str, ...]:
    """All that holds, each file by the item that it became; `kept` are the records of the files, in their order."""
    items = (item_id(record.sequence) for record in kept)
    return tuple((proof if proof.taken is None else replace(proof, item=next(items))).text for proof in gathered.proofs)


def keep_missing(gathered: GatheredEvidence, kept: Sequence[KeptRecord], taking: EvidenceIntake) -> None:
    """See `keep_again`; `kept` as in `with_items`."""
    if taking.intake is None or not taking.keep:
        return
    for proof, record in zip(gathered.files, kept, strict=True):
        keep_again(taking.intake, proof.path, str(record.content["sha256"]))


def _copied(proof: Proof, taking: EvidenceIntake) -> NewEvidence | None:
    """The file with a copy of it kept where that was asked for; its hash is that of the copy."""
    if proof.taken is None or taking.intake is None or not taking.keep:
        return proof.taken
    sha256, size = taking.intake.take(proof.path, keep=True)
    return replace(proof.taken, sha256=sha256, size=size)


class _NoProofError(Exception):
    """Why something that was given proves nothing."""


def _proof(name: str, what: str, records: Sequence[KeptRecord], taking: EvidenceIntake) -> Proof:
    item = _ITEM.fullmatch(what)
    if item is not None:
        return Proof(name=name, item=_item(int(item[1]), records))
    path = _path(what)
    if not path:
        raise _NoProofError(f"nothing stands behind the name; write {HOW}")
    if taking.intake is None:
        raise _NoProofError("no file is taken in here; name an item of the ledger")
    adding = EvidenceOptions(by=taking.by, source=f"step {taking.step}, {name}", keep=taking.keep)
    try:
        taken = taken_in(taking.intake, path, adding, copies=False)
    except LeakGuardError as error:
        raise _NoProofError(f"{error.message}; write {HOW}") from error
    if not taken.size:
        raise _NoProofError(f"{path} is empty, and an empty file proves nothing")
    return Proof(name=name, path=path, taken=taken)


def _item(sequence: int, records: Sequence[KeptRecord]) -> str:
    """The id of an entry of this incident that proves something; raises where it does not."""
    record = next((entry for entry in records if entry.sequence == sequence), None)
    if record is None:
        raise _NoProofError("this incident has no such item (see: leakguard evidence list --items)")
    if record.kind == ADDED:
        found = next((item for item in items_of(records) if item.sequence == sequence), None)
        if found is None or found.is_erased:
            raise _NoProofError(_ERASED)
        if not found.size:
            raise _NoProofError("the file is empty, and an empty file proves nothing")
        return found.id
    if not is_event_record(record):
        if record.kind not in PROVING:
            raise _NoProofError(f"it is a record `{record.kind}`, which proves nothing")
        return event_id(sequence)
    _refuse_event(record, records)
    return event_id(sequence)


def _refuse_event(record: KeptRecord, records: Sequence[KeptRecord]) -> None:
    """Raise for an event that proves nothing, or no longer."""
    sequence = record.sequence
    later = superseded(event_of(entry) for entry in records if is_event_record(entry)).get(event_id(sequence))
    if later is not None or record.kind in NO_PROOF:
        raise _NoProofError(f"{later} superseded it" if later else f"an event `{record.kind}` proves nothing")
    if is_erased(record.content):
        raise _NoProofError(_ERASED)
