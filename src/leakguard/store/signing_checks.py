"""Whether the key may vouch for what is here: never for a ledger that somebody wrote anew without it."""

from __future__ import annotations

from leakguard.errors import LedgerBroken
from leakguard.ledger.heads import SignedHead
from leakguard.ledger.keys import PublicKey
from leakguard.store.connection import Connection
from leakguard.store.database import Database


def refuse_unsigned(connection: Connection, database: Database) -> None:
    """Raise `LedgerBroken` where a key that has signed every head finds entries and no head of its own over them.

    A key of an earlier release signs what it finds, for that release signed no head that it kept in a file.
    """
    signer = database.signer
    if signer is None or not signer.is_strict or not database.has_places:
        return
    if connection.first("SELECT 1 FROM ledger LIMIT 1") is None:
        return
    key = signer.key.public
    if last_signed(connection, database) is None:
        raise LedgerBroken(
            f"nothing was signed, because no head here has the signature of the key {key.name} {key.id.hex()}, which "
            "has signed every head since it was made: somebody without the key wrote this ledger, or its head was lost",
            next_step="Run `leakguard evidence verify` and keep this file. Is it yours nevertheless, such as one from "
            "before the key? `leakguard evidence head --keep --anew` signs it as it is.",
        )


def last_signed(connection: Connection, database: Database) -> int | None:
    """The last entry that a head with the signature of this process's key is over; nothing where there is none."""
    if database.signer is None:
        return None
    key = database.signer.key.public
    signed = (one.heads.signed for one in database.kept_heads())
    return max((one.head.sequence for one in signed if one is not None and _fits(connection, one, key)), default=None)


def _fits(connection: Connection, one: SignedHead, key: PublicKey) -> bool:
    found = connection.first("SELECT hash FROM ledger WHERE sequence = ?", one.head.sequence)
    return found is not None and found[0] == one.head.hash and one.is_by(key)
