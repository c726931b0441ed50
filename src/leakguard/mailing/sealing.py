"""What the ledger states about a batch: counts, and one Merkle root over the record of each letter that was sent.

So the sending of one letter can be proved to anybody, and the ledger holds nothing about the people.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from leakguard.ledger.canonical import canonical
from leakguard.ledger.merkle import Tree, is_included
from leakguard.models.deliveries import Bounce, Delivery
from leakguard.models.moments import to_z

SENT = "letters_sent"
BOUNCED = "letters_bounced"
SCHEMA = "leakguard.delivery/1"


def leaf_of(delivery: Delivery) -> bytes:
    """The record of one letter that was sent, in canonical form."""
    fields: dict[str, Any] = {
        "schema": SCHEMA, "batch": delivery.batch, "key": delivery.key, "message_id": delivery.message_id,
        "digest": delivery.digest, "code": delivery.code, "queue_id": delivery.queue_id, "reason": delivery.reason,
        "at": to_z(delivery.at),
    }  # fmt: skip
    return canonical(fields).encode()


def seal_fields(sent: Sequence[Delivery]) -> dict[str, Any]:
    """What an entry says about these letters; the leaves have the order of `sent`."""
    root = Tree(leaf_of(delivery) for delivery in sent).root().hex()
    moments = [delivery.at for delivery in sent]
    span = {"first_at": to_z(min(moments)), "last_at": to_z(max(moments))} if moments else {}
    return {"leaves": len(sent), "root": root, **span}


def proof_of(delivery: Delivery, together: Sequence[Delivery]) -> tuple[int, tuple[str, ...]]:
    """The place of a letter among those that one entry vouches for, and its path of hashes (RFC 9162, 2.1.3.1).

    Raises `ValueError` when it is not among them.
    """
    place = [sealed.key for sealed in together].index(delivery.key)
    path = Tree(leaf_of(sealed) for sealed in together).inclusion(place)
    return place, tuple(step.hex() for step in path)


def is_proved(delivery: Delivery, place: int, path: Sequence[str], content: Mapping[str, Any]) -> bool:
    """Whether the path leads from the letter's record to the root that the entry states."""
    try:
        steps, root = [bytes.fromhex(step) for step in path], bytes.fromhex(str(content["root"]))
        return is_included(leaf_of(delivery), place, int(content["leaves"]), steps, root)
    except (KeyError, TypeError, ValueError):
        return False


def bounce_fields(bounces: Sequence[Bounce]) -> dict[str, Any]:
    """What an entry says about letters that came back: counts by status, and a root over Message-IDs and statuses."""
    ordered = sorted(bounces, key=lambda bounce: bounce.message_id)
    leaves = [canonical({"message_id": bounce.message_id, "status": bounce.status}).encode() for bounce in ordered]
    counts = dict(sorted(Counter(bounce.status for bounce in bounces).items()))
    return {"count": len(bounces), "by_status": counts, "root": Tree(leaves).root().hex()}
