"""Whether the heads in second places are signed, by whom, and how far: with a key, a rewritten ledger does not verify.

The writer of an entry who has the key says so in a flag of that entry, so that the ledger itself tells since when heads
are signed. Heads of earlier releases are unsigned, which is no tampering.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from leakguard.frozen import Frozen
from leakguard.ledger.entries import HEAD_SIGNED, Entry
from leakguard.ledger.heads import HeadText, SignedHead
from leakguard.ledger.keys import PublicKey, parse_public_key
from leakguard.ledger.verification import Doubt, DoubtKind

FORMER_KEYS = "former_keys"
"""In an entry of a head that a person had signed anew: the public keys that signed the heads before it."""


class PlacedHead(Frozen):
    """What one second place holds."""

    place: str
    """The file, for a person."""
    is_beside: bool
    """Whether it is the file beside the store, which is written with every entry."""
    heads: HeadText


class Trust(Frozen):
    """The key that whoever verifies goes by."""

    key: PublicKey
    is_strict: bool = False
    """Whether it has signed every head since it was made, so that an unsigned one is none of this ledger's."""
    is_named: bool = False
    """Whether a person asks for its signature."""


@dataclass(slots=True)
class SignedSince:
    """Since when the ledger says that its heads are signed, gathered while its entries go by."""

    first: int | None = None
    last: int = 0
    """The last entry of all."""

    def watch(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        """Pass every entry on."""
        for entry in entries:
            if self.first is None and HEAD_SIGNED in str(entry.flags).split():
                self.first = entry.sequence
            self.last = entry.sequence
            yield entry


def signature_doubts(
    placed: Sequence[PlacedHead], since: SignedSince, trust: Trust | None, *, keeps_heads: bool = True
) -> Iterator[Doubt]:
    """What is wrong with the signatures of the heads in second places; whether heads fit is told elsewhere.

    `keeps_heads` is whether there is any second place: a database on a server may have none.
    """
    good = 0
    for one in placed:
        signed = one.heads.signed
        doubt = _unsigned(one, since, trust) if signed is None else _wrong(one.place, signed, trust)
        if doubt is not None:
            yield doubt
        elif trust is not None and signed is not None:
            good = max(good, signed.head.sequence)
    if since.first is not None and not any(one.heads.signed is not None or one.is_beside for one in placed):
        text = f"entry {since.first} says that heads are signed, and no signed head is here: find it, or a copy of it"
        yield Doubt(kind=DoubtKind.UNSIGNED_ENTRIES, text=text)
    elif trust is not None and since.last and not placed and keeps_heads:
        text = "there is no head with a signature to check, so anybody who has the files could have written all of them"
        yield Doubt(kind=DoubtKind.UNSIGNED_ENTRIES, text=text)
    if trust is not None and 0 < good < since.last:
        yield Doubt(kind=DoubtKind.UNSIGNED_ENTRIES, text=uncovered_text(good + 1, since.last))


def signers_of(placed: Sequence[PlacedHead]) -> tuple[PublicKey, ...]:
    """The keys that signed the heads in second places."""
    signed = (one.heads.signed.signer for one in placed if one.heads.signed is not None)
    return tuple(dict.fromkeys(key for key in signed if key is not None))


def key_doubts(
    kept: Mapping[int, Mapping[str, Any]], placed: Sequence[PlacedHead], trust: Trust | None
) -> Iterator[Doubt]:
    """Keys of earlier heads that the ledger knows and that are not the key of now, though they may have its name.

    `kept` are the contents of the entries that tell of kept heads, by sequence. Where no second place has a signed
    head, there is nothing to hold them against.
    """
    known: dict[PublicKey, int] = {}
    for number, content in sorted(kept.items()):
        former = content.get(FORMER_KEYS)
        for text in (*(former if isinstance(former, list) else ()), content.get("key")):
            key = parse_public_key(text) if isinstance(text, str) else None
            if key is not None:
                known[key] = number
    signers = signers_of(placed)
    if not signers:
        return
    ours = trust.key if trust is not None else signers[0]
    for key, number in known.items():
        if key != ours:
            name = ", which has the same name" if key.name == ours.name else ""
            text = (
                f"entry {number} knows heads that the key {_called(key)} signed, and the key here is {_called(ours)}"
                f"{name}: ask the person who replaced it"
            )
            yield Doubt(kind=DoubtKind.CHANGED_KEY, text=text, sequence=number)


def uncovered_text(first: int, last: int) -> str:
    """What to do about entries behind the last signed head: somebody without the key may have written them."""
    entries, them = (f"entry {last} is", "it") if first == last else (f"entries {first} to {last} are", "them")
    return f"{entries} covered by no signed head: look at {them}, then: leakguard evidence head --keep --anew"


def signer_of(placed: Sequence[PlacedHead], trust: Trust | None) -> str:
    """The key that has signed the head in every second place, such as `leakguard 006a558e`; empty where it has not."""
    if trust is None or not placed:
        return ""
    signers = {None if one.heads.signed is None else one.heads.signed.signer for one in placed}
    return _called(trust.key) if signers == {trust.key} else ""


def _unsigned(one: PlacedHead, since: SignedSince, trust: Trust | None) -> Doubt | None:
    """An older release signed no head that it kept in a file."""
    is_older = since.first is None or (not one.is_beside and one.heads.latest.sequence < since.first)
    if not is_older:
        text = f"the head in {one.place} is not signed, though entry {since.first} says that heads are: it was replaced"
        return Doubt(kind=DoubtKind.SIGNATURE_GONE, text=text)
    if since.first is None and trust is not None and trust.is_strict:
        text = (
            f"the head in {one.place} is not signed with the key {_called(trust.key)}, which has signed every head "
            "since it was made: the ledger was written by somebody without the key"
        )
        return Doubt(kind=DoubtKind.SIGNATURE_GONE, text=text)
    if trust is None and since.first is None:
        return None
    kind = DoubtKind.UNSIGNED_ENTRIES if trust is not None and trust.is_named else DoubtKind.UNSIGNED_HEAD
    return Doubt(kind=kind, text=f"the head in {one.place} is unsigned, made before signing was required")


def _wrong(place: str, signed: SignedHead, trust: Trust | None) -> Doubt | None:
    signer = signed.signer
    if signer is None:
        return Doubt(kind=DoubtKind.WRONG_SIGNATURE, text=f"the signature of the head in {place} is wrong")
    who = f"the head in {place} is signed with the key {_called(signer)}"
    if trust is None:
        return Doubt(
            kind=DoubtKind.UNNAMED_KEY, text=f"{who}, which nobody named: compare it, or name yours with --key"
        )
    if signer != trust.key:
        text = f"{who}, and not with the key {_called(trust.key)}"
        return Doubt(kind=DoubtKind.WRONG_SIGNATURE, text=text)
    return None


def _called(key: PublicKey) -> str:
    return f"{key.name} {key.id.hex()}"
