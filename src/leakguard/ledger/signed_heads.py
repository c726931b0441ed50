"""Checks the signatures of external heads (see `heads`): nobody without the key can rewrite a ledger with signed heads.

A writer who has the key says so in a flag of each entry, so that the ledger itself states since when heads are signed.
Heads of earlier releases are unsigned, which is not a sign of tampering.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from leakguard.frozen import Frozen
from leakguard.ledger.entries import HEAD_SIGNED, Entry
from leakguard.ledger.heads import Head, HeadFileContent, HeadWithSignature
from leakguard.ledger.keys import PublicKey, parse_public_key
from leakguard.ledger.verification_result import Discrepancy, DiscrepancyKind

FORMER_KEYS = "former_keys"
"""The field, in the entry of a head that was signed anew, with the public keys that signed the heads before."""


class ExternalHeads(Frozen):
    """The heads that one second place holds."""

    place: str
    """The file, for a person."""
    is_beside: bool
    """Whether it is the file beside the store, which is written with every entry."""
    content: HeadFileContent


class Trust(Frozen):
    """The key that a verification trusts."""

    key: PublicKey
    is_strict: bool = False
    """Whether it has signed every head since it was made, so that an unsigned head cannot be this ledger's."""
    is_named: bool = False
    """Whether the person who verifies named it, and so requires its signature."""


@dataclass(slots=True)
class SignedSince:
    """Since when the ledger says that its heads are signed, gathered while its entries are read."""

    first: int | None = None
    """The first entry with the flag `HEAD_SIGNED`."""
    last: int = 0
    """The last entry of the ledger."""

    def watch(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        """Pass every entry on."""
        for entry in entries:
            if self.first is None and HEAD_SIGNED in str(entry.flags).split():
                self.first = entry.sequence
            self.last = entry.sequence
            yield entry


def signature_discrepancies(
    external: Sequence[ExternalHeads], since: SignedSince, trust: Trust | None, *, keeps_heads: bool = True
) -> Iterator[Discrepancy]:
    """Report external heads that are unsigned, wrongly signed, or signed by another key than that of `trust`.

    Also reports entries that no signed head covers. It does not compare the heads with the entries: `verifier.verify`
    does. `keeps_heads` is whether the store has any second place; a database on a server may have none.
    """
    good = 0
    for second_place in external:
        signed = second_place.content.signed
        if signed is None:
            discrepancy = _unsigned(second_place, since, trust)
        else:
            discrepancy = _wrong(second_place.place, signed, trust)
        if discrepancy is not None:
            yield discrepancy
        elif trust is not None and signed is not None:
            good = max(good, signed.head.sequence)
    if since.first is not None and not any(each.content.signed is not None or each.is_beside for each in external):
        text = (
            f"entry {since.first} says that heads are signed, and no signed head was found. "
            "Find the head file, or a copy of it"
        )
        yield Discrepancy(kind=DiscrepancyKind.UNSIGNED_ENTRIES, text=text)
    elif trust is not None and not external and keeps_heads and (since.last or trust.is_strict or trust.is_named):
        text = (
            "there is no head with a signature to check, "
            "so anybody who can write the files could have written every entry, or removed them"
        )
        yield Discrepancy(kind=DiscrepancyKind.UNSIGNED_ENTRIES, text=text)
    if trust is not None and 0 < good < since.last:
        yield Discrepancy(kind=DiscrepancyKind.UNSIGNED_ENTRIES, text=uncovered_text(good + 1, since.last))


def set_aside_discrepancies(
    old: Mapping[str, HeadFileContent | None], trust: Trust | None, entries: Callable[[], Iterable[Entry]]
) -> Iterator[Discrepancy]:
    """Report heads of ledgers that were in this place before: `old`, by the names of their files.

    The trusted key signs one ledger. If it signed such a head, and no entry matches that, the ledger that it vouched
    for is gone.
    """
    for name, content in sorted(old.items()):
        signed = content.signed if content is not None else None
        text, kind = (
            f"another ledger was in this place before: its head is kept as {name}",
            DiscrepancyKind.FOREIGN_HEAD,
        )
        if trust is not None and signed is not None and signed.is_by(trust.key) and not _holds(entries(), signed.head):
            kind = DiscrepancyKind.UNSIGNED_ENTRIES
            text = (
                f"the key {_called(trust.key)} signed entry {signed.head.sequence} of a ledger that was in this place "
                f"before, and this ledger does not contain it. Find that ledger; its head is kept as {name}"
            )
        yield Discrepancy(kind=kind, text=text)


def _holds(entries: Iterable[Entry], head: Head) -> bool:
    return any(entry.sequence == head.sequence and entry.hash == head.hash for entry in entries)


def signers_of(external: Sequence[ExternalHeads]) -> tuple[PublicKey, ...]:
    """The keys with valid signatures on external heads, each once."""
    signed = (each.content.signed.signer for each in external if each.content.signed is not None)
    return tuple(dict.fromkeys(key for key in signed if key is not None))


def key_discrepancies(
    kept: Mapping[int, Mapping[str, Any]], external: Sequence[ExternalHeads], trust: Trust | None
) -> Iterator[Discrepancy]:
    """Report keys that, according to the ledger, signed earlier heads and differ from the current key.

    Such a key is reported even if it has the name of the current one. `kept` are the contents of `head_kept` entries,
    by number. The current key is that of `trust`, or else the first that signed an external head. Without any signed
    external head, it reports nothing.
    """
    entry_by_key: dict[PublicKey, int] = {}
    for number, content in sorted(kept.items()):
        former = content.get(FORMER_KEYS)
        for text in (*(former if isinstance(former, list) else ()), content.get("key")):
            key = parse_public_key(text) if isinstance(text, str) else None
            if key is not None:
                entry_by_key[key] = number
    signers = signers_of(external)
    if not signers:
        return
    ours = trust.key if trust is not None else signers[0]
    for key, number in entry_by_key.items():
        if key != ours:
            name = ", which has the same name" if key.name == ours.name else ""
            text = (
                f"entry {number} names the key {_called(key)} as a signer of earlier heads, but the current key is "
                f"{_called(ours)}{name}: ask the person who replaced it"
            )
            yield Discrepancy(kind=DiscrepancyKind.CHANGED_KEY, text=text, sequence=number)


def uncovered_text(first: int, last: int) -> str:
    """The text about entries after the last signed head, which somebody without the key may have written."""
    entries, them = (f"entry {last} is", "it") if first == last else (f"entries {first} to {last} are", "them")
    return f"{entries} covered by no signed head: look at {them}, then: leakguard evidence head --keep --anew"


def common_signer_name(external: Sequence[ExternalHeads], trust: Trust | None) -> str:
    """The trusted key, such as `leakguard 006a558e`, if it signed every external head; else an empty text."""
    if trust is None or not external:
        return ""
    signers = {None if each.content.signed is None else each.content.signed.signer for each in external}
    return _called(trust.key) if signers == {trust.key} else ""


def _unsigned(second_place: ExternalHeads, since: SignedSince, trust: Trust | None) -> Discrepancy | None:
    """The discrepancy of an unsigned head.

    `None` if the ledger does not say that heads are signed and no key is trusted.
    """
    latest, head = second_place.content.latest, f"the head in {second_place.place}"
    is_older = since.first is None or (not second_place.is_beside and latest.sequence < since.first)
    if not is_older:
        text = f"{head} is not signed, though entry {since.first} says that heads are: it was replaced"
        return Discrepancy(kind=DiscrepancyKind.SIGNATURE_GONE, text=text)
    if since.first is None and trust is not None and trust.is_strict:
        text = (
            f"{head} is not signed with the key {_called(trust.key)}, which has signed every head "
            "since it was made: the ledger was written by somebody without the key"
        )
        return Discrepancy(kind=DiscrepancyKind.SIGNATURE_GONE, text=text)
    if trust is None and since.first is None:
        return None
    kind = DiscrepancyKind.UNSIGNED_ENTRIES if trust is not None and trust.is_named else DiscrepancyKind.UNSIGNED_HEAD
    return Discrepancy(kind=kind, text=f"{head} is unsigned, made before signing was required")


def _wrong(place: str, signed: HeadWithSignature, trust: Trust | None) -> Discrepancy | None:
    signer = signed.signer
    if signer is None:
        return Discrepancy(kind=DiscrepancyKind.WRONG_SIGNATURE, text=f"the signature of the head in {place} is wrong")
    who = f"the head in {place} is signed with the key {_called(signer)}"
    if trust is None:
        return Discrepancy(
            kind=DiscrepancyKind.UNNAMED_KEY,
            text=f"{who}, which was not named for this verification: "
            "compare it with the key that you were given, or name that key with --key",
        )
    if signer != trust.key:
        text = f"{who}, and not with the key {_called(trust.key)}"
        return Discrepancy(kind=DiscrepancyKind.WRONG_SIGNATURE, text=text)
    return None


def _called(key: PublicKey) -> str:
    return f"{key.name} {key.id.hex()}"
