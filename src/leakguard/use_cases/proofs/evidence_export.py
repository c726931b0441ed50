"""Evidence bundles: the ledger with all that proves it, in one file that anybody can verify without us."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from functools import partial
from operator import attrgetter
from typing import Protocol

from leakguard.errors import LedgerBroken, NotAllowed, NotFound
from leakguard.frozen import Frozen
from leakguard.intake.view import SENDER
from leakguard.ledger.bundle import Choice, Contents, bundle_files
from leakguard.ledger.canonical import from_canonical
from leakguard.ledger.custody import ADDED, EXPORTED, custody_record
from leakguard.ledger.entries import HEAD_SIGNED, Entry
from leakguard.ledger.erasure import is_erased
from leakguard.ledger.keys import SigningKey
from leakguard.ledger.plain_zip import BundleFile, measured_file, text_file, zipped
from leakguard.ledger.verification_result import Answer
from leakguard.models.comments import is_privileged
from leakguard.ports import Now, ScanStore
from leakguard.use_cases.incidents.incidents import load_incident
from leakguard.use_cases.proofs.evidence import EvidenceStore, KeptCopies, Standstill, verify_store
from leakguard.use_cases.proofs.evidence_heads import LEDGER
from leakguard.use_cases.proofs.evidence_items import refuse_texts


class BundleStore(EvidenceStore, ScanStore, Protocol):
    """A store that can be verified and read."""

    def snapshot(self) -> AbstractContextManager[Standstill]:
        """One state of the store, however much others write meanwhile."""


class Copies(KeptCopies, Protocol):
    """Copies of evidence that can be read again."""

    def chunks(self, sha256: str) -> Iterator[bytes]:
        """The bytes of one."""


class BundleOptions(Frozen):
    """What the bundle shall hold, and for whom it is."""

    incident: str | None = None
    """Contents of this incident alone, with the findings that it names; `None` for all."""
    has_files: bool = True
    by: str = ""
    recipient: str = ""
    """With both, an entry says first who gave what to whom."""
    privileged: tuple[str, ...] = ()
    """The subjects of privileged comments that counsel let go along; without them those contents are withheld."""
    may_name_reporters: bool = True
    """Whether whoever exports may read who sent a report; else reports that name a sender are withheld as a whole."""


class Programs(Frozen):
    """The texts that go along."""

    verifier: str
    made_by: str
    is_drill: bool = False


def export_bundle(
    store: BundleStore, copies: Copies, options: BundleOptions, programs: Programs, *, key: SigningKey | None, now: Now
) -> Iterator[bytes]:
    """The bundle in chunks; the same ledger gives the same bytes.

    Raises `LedgerBroken` for a ledger that does not verify, `NotFound` for an empty one or an unknown incident.
    """
    wanted = _choice_of_incident(store, options)
    _refuse_broken(store, copies)
    if options.by or options.recipient:
        refuse_texts(options.by, options.recipient)
        record = custody_record(EXPORTED, items=(), by=options.by.strip(), text=options.recipient.strip(), now=now())
        store.append(options.incident or LEDGER, (record,))
    with store.snapshot() as frozen:
        entries = tuple(frozen.entries())
        withheld = _withheld(entries, options) if wanted is None else {}
        contents = Contents(wanted or _choice_of_all(entries, withheld))
        for entry in entries:
            contents.take(entry)
        findings = sorted(contents.findings(frozen.finding_items()), key=attrgetter("sequence", "position"))
    if not contents.entries:
        raise NotFound("the ledger is empty", next_step="Run a scan or open an incident first.")
    _refuse_unsigned(contents, key)
    extra = [
        text_file("verify.py", programs.verifier),
        text_file("README.txt", _readme(programs, options, key, withheld)),
    ]
    extra += _attachments(contents, copies) if options.has_files else ()
    about = {"made_by": programs.made_by, "is_drill": programs.is_drill, "incident": options.incident}
    return zipped(bundle_files(contents, findings, extra, about=about, key=key))


def reports_with_senders(store: BundleStore) -> tuple[str, ...]:
    """The reports from outside whose sender the ledger still names."""
    named = (record for record in store.of_kinds((SENDER,)) if not is_erased(record.content))
    return tuple(dict.fromkeys(record.subject for record in named))


def _withheld(entries: Collection[Entry], options: BundleOptions) -> dict[str, frozenset[str]]:
    """By what they are called, the subjects that a bundle of everything leaves out; only what there is.

    Chosen from the very state that the bundle shows.
    """
    known = {entry.subject for entry in entries}
    privileged = {name for name in known if is_privileged(name) and name not in options.privileged}
    reports = set() if options.may_name_reporters else {entry.subject for entry in entries if _names_a_sender(entry)}
    found = {"privileged comments": frozenset(privileged), "reports that name who sent them": frozenset(reports)}
    return {words: subjects for words, subjects in found.items() if subjects}


def _names_a_sender(entry: Entry) -> bool:
    return entry.kind == SENDER and entry.content is not None and not is_erased(from_canonical(entry.content))


def _choice_of_all(entries: Collection[Entry], withheld: Mapping[str, frozenset[str]]) -> Choice:
    """All subjects of the very state that the bundle shows, but for those that are withheld."""
    if not withheld:
        return Choice()
    out = frozenset[str]().union(*withheld.values())
    return Choice(subjects=tuple(sorted({LEDGER, *(entry.subject for entry in entries)} - out)))


def _choice_of_incident(store: BundleStore, options: BundleOptions) -> Choice | None:
    """What belongs to the incident that is asked for, and the privileged contents that were let go; raises `NotFound`.

    Nothing where everything is asked for.
    """
    if options.incident is None:
        return None
    incident = load_incident(store, options.incident)
    return Choice(subjects=(options.incident, LEDGER, *options.privileged), findings=frozenset(incident.findings))


def _refuse_broken(store: BundleStore, copies: Copies) -> None:
    found = verify_store(store, copies=copies)
    if found.answer is Answer.MISMATCH:
        raise LedgerBroken(
            "the ledger does not verify, so a bundle of it would prove nothing",
            next_step="See what is wrong: leakguard evidence verify. Keep the store itself as evidence.",
        )


def _refuse_unsigned(contents: Contents, key: SigningKey | None) -> None:
    """An unsigned bundle of a ledger whose heads are signed looks like one that somebody without the key wrote."""
    since = next((entry.sequence for entry in contents.entries if HEAD_SIGNED in entry.flags.split()), None)
    if key is None and since is not None:
        raise NotAllowed(
            f"entry {since} says that heads of this ledger are signed, and there is no key here to sign a bundle",
            next_step="Export it where the key is, or name the key in leakguard.toml: key = FILE",
        )


def _attachments(contents: Contents, copies: Copies) -> Iterator[BundleFile]:
    digests: Collection[str] = {
        str(content["sha256"]) for _, content in contents.of_kind(ADDED) if content.get("is_kept")
    }
    for digest in sorted(digests):
        if copies.has(digest):
            yield measured_file(f"attachments/{digest}", partial(copies.chunks, digest))


def _readme(programs: Programs, options: BundleOptions, key: SigningKey | None, withheld: Iterable[str]) -> str:
    """What a stranger needs, in this order: what it is, how to verify it, what each file is, what it does not prove."""
    watermark = "DRILL - DRILL - DRILL: nothing in this bundle is real.\n\n" if programs.is_drill else ""
    left = " and ".join(withheld)
    whole = f"everything but {left}" if left else "everything that was recorded"
    scope = f"the incident {options.incident}" if options.incident else whole
    command = "python3 verify.py BUNDLE.zip --key KEY.pub" if key else "python3 verify.py BUNDLE.zip --head HEAD"
    signer = _SIGNED.format(name=key.name, id=key.public.id.hex()) if key else _UNSIGNED
    return watermark + _README.format(scope=scope, signer=signer, command=command, made_by=programs.made_by)


_SIGNED = """\
KEY.pub is the public key of the organisation. Ask for it on another way than
this bundle: a forger can put a key of their own into a bundle. It is called
  {name}
and its id is {id}."""
_UNSIGNED = """\
Nobody signed this bundle. HEAD is where the record stood, as a letter or a mail
of the organisation printed it, such as 12:0123456789abcdef."""
_README = """\
EVIDENCE BUNDLE

1. What this is

This file holds {scope}, as an append-only
record: each entry names the hash of the entry before it. With it comes all that
is needed to see whether anything was changed since. Made by {made_by}.

2. Verify it in one command

Take verify.py out of this bundle, lay it beside the bundle, and run

  {command}

It needs Python 3.9 or newer, nothing else, and no network.
{signer}

The answer, and the exit code of the command:
  match (0)           everything is as it was recorded
  mismatch (1)        something was changed, added, removed, swapped or cut off;
                      it says what
  not verifiable (3)  something that is needed for the answer is missing, which
                      proves nothing either way
  signed by a key you did not name (4)
                      it agrees with itself and with the key that came with it,
                      and anybody can make a key

A forger could change verify.py as well. Take it from the organisation's own
LeakGuard (leakguard evidence verifier), or compare its SHA-256 with one that
you have from elsewhere.

3. What each file is

  README.txt       this text
  verify.py        the program that verifies the bundle
  bundle.json      what made the bundle, and what it is about
  entries.jsonl    every entry's manifest: number, about what, which kind, when
                   it happened, when it was recorded, the salted hash of its
                   content, the hash of the entry before. None can be left out.
  contents.jsonl   the contents of entries. What was erased, because a law or a
                   person asked for it, is gone for good; an entry says who
                   erased it and why. Contents of other matters may be withheld.
                   An entry that lists findings names all targets that the scan
                   had reached by then, and how each stood.
  findings.jsonl   what scans found; entries list the hash of each finding
  attachments/     files that are evidence, each under its SHA-256; entries of
                   the kind evidence_added name them
  head.note        the head of the Merkle tree over all entries (RFC 9162), as a
                   signed note
  proofs.json      proofs that items of evidence are in the tree, and that
                   earlier heads lead to this one
  key.pub          the public key that came with the bundle, where it is signed
  stamps/          time stamps by somebody outside (RFC 3161), where there are
                   some. Verify them with your own roots:
                     openssl ts -verify -in stamps/N.tsr -data stamps/N.note \\
                       -CAfile ROOTS.pem
  index.note       the SHA-256 and the size of every file here

4. What it does not prove

  That what was recorded is true: it proves that it was recorded so, and not
  changed since.
  That a clock was right: times are those of the machines that recorded, unless
  a stamp of somebody outside says otherwise. Entries of the kind clock_mended
  name clocks that were wrong.
  That a name is a person's, but where recorded_by says session or token: an
  account of the organisation stands behind it. Every other name is as typed.
  That nothing was left unrecorded, and nothing of what is withheld or erased.
  That the whole record was not rewritten together with every head that
  anybody ever kept: that is why heads are printed in letters, kept in a second
  place, and stamped by outsiders.
"""
