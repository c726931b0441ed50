"""Evidence bundles: the ledger with all that proves it, in one file that anybody can verify without us."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager
from functools import partial
from operator import attrgetter
from typing import Protocol

from leakguard.errors import LedgerBroken, NotAllowed, NotFound
from leakguard.frozen import Frozen
from leakguard.ledger.bundle import Choice, Contents, bundle_parts
from leakguard.ledger.custody import ADDED, EXPORTED, custody_record
from leakguard.ledger.entries import HEAD_SIGNED
from leakguard.ledger.keys import SigningKey
from leakguard.ledger.plain_zip import Part, part_of, text_part, zipped
from leakguard.ledger.verification import Answer
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


class Wish(Frozen):
    """What the bundle shall hold, and for whom it is."""

    incident: str | None = None
    """Contents of this incident alone, with the findings that it names; `None` for all."""
    has_files: bool = True
    by: str = ""
    recipient: str = ""
    """With both, an entry says first who gave what to whom."""


class Programs(Frozen):
    """The texts that go along."""

    verifier: str
    made_by: str
    is_drill: bool = False


def export_bundle(
    store: BundleStore, copies: Copies, wish: Wish, programs: Programs, *, key: SigningKey | None, now: Now
) -> Iterator[bytes]:
    """The bundle in chunks; the same ledger gives the same bytes.

    Raises `LedgerBroken` for a ledger that does not verify, `NotFound` for an empty one or an unknown incident.
    """
    choice = _choice(store, wish.incident)
    _refuse_broken(store, copies)
    if wish.by or wish.recipient:
        refuse_texts(wish.by, wish.recipient)
        record = custody_record(EXPORTED, items=(), by=wish.by.strip(), text=wish.recipient.strip(), now=now())
        store.append(wish.incident or LEDGER, (record,))
    contents = Contents(choice)
    with store.snapshot() as frozen:
        for entry in frozen.entries():
            contents.take(entry)
        findings = sorted(contents.findings(frozen.finding_items()), key=attrgetter("sequence", "position"))
    if not contents.entries:
        raise NotFound("the ledger is empty", next_step="Run a scan or open an incident first.")
    _refuse_unsigned(contents, key)
    extra = [text_part("verify.py", programs.verifier), text_part("README.txt", _readme(programs, wish, key))]
    extra += _attachments(contents, copies) if wish.has_files else ()
    about = {"made_by": programs.made_by, "is_drill": programs.is_drill, "incident": wish.incident}
    return zipped(bundle_parts(contents, findings, extra, about=about, key=key))


def _choice(store: BundleStore, incident: str | None) -> Choice:
    if incident is None:
        return Choice()
    known = load_incident(store, incident)
    return Choice(subjects=(incident, LEDGER), findings=frozenset(known.findings))


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


def _attachments(contents: Contents, copies: Copies) -> Iterator[Part]:
    digests: Collection[str] = {
        str(content["sha256"]) for _, content in contents.of_kind(ADDED) if content.get("is_kept")
    }
    for digest in sorted(digests):
        if copies.has(digest):
            yield part_of(f"attachments/{digest}", partial(copies.chunks, digest))


def _readme(programs: Programs, wish: Wish, key: SigningKey | None) -> str:
    watermark = "DRILL - DRILL - DRILL: nothing in this bundle is real.\n\n" if programs.is_drill else ""
    scope = f"the incident {wish.incident}" if wish.incident else "everything that was recorded"
    signer = (
        f"It is signed with the key {key.name}, whose id is {key.public.id.hex()}.\n"
        "Ask the organisation for that key on another way than this bundle, and name it: --key FILE\n"
        "Without that the answer is never a match."
        if key
        else "Nobody signed it. Compare it with a head that a letter or a mail printed: --head 12:0123456789abcdef"
    )
    return watermark + _README.format(scope=scope, signer=signer, made_by=programs.made_by)


_README = """\
EVIDENCE BUNDLE

This file holds {scope}, as an append-only record, with
all that is needed to see whether it was changed since. Made by {made_by}.

How to verify it
    python3 verify.py BUNDLE.zip
verify.py is in this bundle. It needs Python 3.9 or newer and nothing else. A forger could change it as well: take it
from the organisation's own LeakGuard (leakguard evidence verifier), or compare its SHA-256 with one from elsewhere.
{signer}

What it answers
    match            exit code 0: everything is as it was recorded
    mismatch         exit code 1: something was changed, added, removed, swapped or cut off; it says what
    not verifiable   exit code 3: something needed for the answer is missing, which proves nothing either way
    signed by a key you did not name
                     exit code 4: it agrees with itself and with the key that came with it, and anybody can make a key

What is in it
    entries.jsonl    every entry's manifest: number, whose, what kind, when it happened, when it was recorded, the
                     salted hash of its content, and the hash of the entry before. Nothing can be left out of it.
    contents.jsonl   the contents. One that was erased, because a law or a person asked for it, is gone for good;
                     an entry says who erased it and why, and the chain holds without it. Contents of other matters
                     may be withheld.
    findings.jsonl   what scans found; entries list the hash of each
    head.note        the head of the Merkle tree over all entries (RFC 9162), as a signed note
    proofs.json      proofs that items of evidence are in the tree, and that earlier heads lead to this one
    stamps/          time stamps (RFC 3161). Verify them with your own roots:
                     openssl ts -verify -in stamps/N.tsr -data stamps/N.note -CAfile ROOTS.pem
    attachments/     files that are evidence, each under its SHA-256; entries of the kind evidence_added name them
    index.note       the SHA-256 and the size of every file here

What it cannot show
    That what was recorded was true. That the whole record was not written anew together with every head that anybody
    ever kept: that is why heads are printed in letters, kept in a second place, and stamped by outsiders.
"""
