"""What holds each table against the ledger, and what may change freely: whatever has no place here fails a test.

`evidence verify` finds a row that was planted, changed or removed in each of these tables, but for what `FREE`,
`LOSABLE` and `PLANTABLE` name with their reasons.
"""

from __future__ import annotations

from collections.abc import Mapping

from leakguard.store.tables import ATTEMPTS, FIRST_LINKS, IDEMPOTENCY, PASSKEYS, PEOPLE, SESSIONS, TOKENS

ACCOUNT_ROWS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "people": (
        PEOPLE,
        "what is in it can be erased; an account that the ledger does not know cannot log in",
    ),
    "sessions": (SESSIONS, "changed with each use; who may write them may write the hashes of passwords, too"),
    "tokens": (TOKENS, "the ledger tells whose a token is and what it may do; without an entry it opens nothing"),
    "passkeys": (PASSKEYS, "can be erased, and their counters grow with each use"),
    "attempts": (ATTEMPTS, "let go of after minutes"),
    "idempotency": (IDEMPOTENCY, "let go of after a day"),
    "first_links": (FIRST_LINKS, "one works once, and only while there is no account"),
}
"""Tables beside the ledger, their columns, and why these may change without an entry."""

HELD: Mapping[str, str] = {
    "ledger": "the chain of hashes, and the head in its second place",
    "findings": "the SHA-256 that an entry `findings_recorded` lists for each",
    "glances": "made again from the findings and compared",
    "seen": "made again from the findings and compared",
    "once": "the keys of the entries that tell of what may happen once",
    "bookmarks": "the SHA-256 in the entry `exposures_bookmarked`",
    "deliveries": "the digest of each row, which an entry lists whenever it changes",
    "run_states": "the digest of each row, which an entry lists whenever it changes",
    "leases": "nothing: every column may change freely",
    **dict.fromkeys(ACCOUNT_ROWS, "nothing: the ledger tells which accounts, roles and tokens there are"),
    "leakguard_schema": "what this release knows: it refuses any other word, and lists an upgrade in the ledger",
}
"""By table: how a change is found."""
FREE: Mapping[str, Mapping[str, str]] = {
    "leases": {
        "name": "a lease that nobody knows binds nobody; one that is gone is taken again",
        "holder": "a process changes it when it begins and ends; a wrong value delays a job, and the refusal names it",
        "until": "renewed every few seconds; one beyond what anybody asks for binds nobody",
        "beat_at": "renewed in every round of a watchman; `watchman check` compares it with the present time",
    },
    **{table: dict.fromkeys(columns, why) for table, (columns, why) in ACCOUNT_ROWS.items()},
}
"""By table and column: why it may change without an entry."""
LOSABLE: Mapping[str, str] = {
    "leases": "the program that needs it takes it again",
    "bookmarks": "made again from the ledger; a watch without one reads all runs, which takes longer",
    **{table: why for table, (_, why) in ACCOUNT_ROWS.items()},
}
"""Tables whose rows may be removed without an entry."""
PLANTABLE: Mapping[str, str] = {
    "leases": "it binds for its term at most, and the refusal names its holder",
    **{table: why for table, (_, why) in ACCOUNT_ROWS.items()},
}
"""Tables that may get rows without an entry."""
