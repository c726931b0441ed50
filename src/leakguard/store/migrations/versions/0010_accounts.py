"""Accounts: people, and what they log in with. Roles and tokens are told by the ledger; these rows can be erased."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_TABLES = {
    "people": "actor! place# name mail password_hash totp totp_step# external created_at erased_at?",
    "sessions": "hash! actor kind created_at seen_at expires_at revoked_at?",
    "tokens": "id! hash actor name scopes created_at expires_at last_used_at? revoked_at?",
    "passkeys": "id! actor public_key sign_count# name created_at",
    "attempts": "key at",
    "idempotency": "actor! key! digest status% answer at",
    "first_links": "hash! made_at used_at?",
}
"""Columns by table: `!` is of the primary key, `#` a long number, `%` a number, `?` may be empty, else a text."""
_INDEXES = {
    "sessions_by_actor": ("sessions", ["actor"]),
    "tokens_by_hash": ("tokens", ["hash"]),
    "attempts_by_key": ("attempts", ["key", "at"]),
}


def upgrade() -> None:
    """Create the tables and their indexes."""
    for table, columns in _TABLES.items():
        op.create_table(table, *map(_column, columns.split()), if_not_exists=True)
    for name, (table, indexed) in _INDEXES.items():
        op.create_index(name, table, indexed, if_not_exists=True)


def _column(word: str) -> sa.Column[object]:
    whole = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    kinds: dict[str, sa.types.TypeEngine[object]] = {"#": whole, "%": sa.Integer()}  # type: ignore[dict-item]
    return sa.Column(
        word.rstrip("!#%?"), kinds.get(word[-1], sa.Text()), primary_key=word.endswith("!"), nullable=word.endswith("?")
    )
