"""What the lab's Elasticsearch-shaped servers hold: names, counts, sizes and field names; no records.

The open one has the shape of the university case of 2019: 7 TB on 23 May, 8.4 TB and 9.5 billion rows on 24 May,
logs of a Zimbra mail platform with sender, recipient, address and user agent, and neither subject nor body.
Only the two totals are reported facts; how they spread over days and indices is made up.
"""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime

from leakguard.frozen import Frozen

DAYS = (
    # day of May 2019, rows and bytes of that day's mail transfer log, rows and bytes of its mailbox log
    (19, 1_012_345_678, 871_204_339_712, 570_987_655, 528_795_660_288),
    (20, 1_013_902_113, 873_511_096_320, 569_431_220, 526_488_903_680),
    (21, 1_010_448_927, 869_820_153_856, 572_884_406, 530_179_846_144),
    (22, 1_014_777_002, 874_940_112_896, 568_556_331, 525_059_887_104),
    (23, 1_013_333_333, 872_415_232_000, 570_000_000, 527_584_768_000),
    (24, 1_014_000_002, 873_000_000_512, 569_333_333, 526_999_999_488),
)
"""Five days hold 7.0 TB, all six hold 8.4 TB and 9,500,000,000 rows."""
FIRST_DAYS = 5
LAST_DAYS = len(DAYS)

_TEXT = {"type": "text", "fields": {"keyword": {"type": "keyword", "ignore_above": 256}}}
MTA_FIELDS = {
    "@timestamp": {"type": "date"},
    "from": _TEXT,
    "host": {"type": "keyword"},
    "ip": {"type": "ip"},
    "message_id": {"type": "keyword"},
    "size": {"type": "long"},
    "status": {"type": "keyword"},
    "to": _TEXT,
}
MAILBOX_FIELDS = {
    "@timestamp": {"type": "date"},
    "account": {"type": "keyword"},
    "from": _TEXT,
    "ip": {"type": "ip"},
    "oip": {"type": "ip"},
    "to": _TEXT,
    "user_agent": _TEXT,
}


class Index(Frozen):
    """One index as `_cat`, `_stats` and `_mapping` tell it."""

    name: str
    docs_count: int
    size_bytes: int
    created_at: datetime
    fields: dict[str, object]

    @property
    def uuid(self) -> str:
        """22 characters that stay the same from run to run."""
        return stable_id(self.name)

    @property
    def created_ms(self) -> int:
        """Milliseconds since 1970, as Elasticsearch tells it."""
        return int(self.created_at.timestamp() * 1000)


class Cluster(Frozen):
    """A one-node cluster."""

    name: str
    node: str
    indices: tuple[Index, ...]

    @property
    def docs_count(self) -> int:
        """Of all indices together."""
        return sum(index.docs_count for index in self.indices)

    @property
    def size_bytes(self) -> int:
        """Of all indices together."""
        return sum(index.size_bytes for index in self.indices)

    def find(self, pattern: str) -> tuple[Index, ...]:
        """The indices that a name, a comma list or a `*` pattern means."""
        parts = pattern.split(",")
        return tuple(index for index in self.indices if any(_fits(part, index.name) for part in parts))


def stable_id(text: str) -> str:
    """22 characters in the form of Elasticsearch's own ids."""
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest())[:22].decode()


def university(days: int) -> Cluster:
    """The university's mail log after `days` days of the table above."""
    indices: list[Index] = []
    for day, mta_docs, mta_bytes, mailbox_docs, mailbox_bytes in DAYS[:days]:
        rows = (("mta", mta_docs, mta_bytes, MTA_FIELDS), ("mailbox", mailbox_docs, mailbox_bytes, MAILBOX_FIELDS))
        indices += [
            Index(
                name=f"zimbra-{part}-2019.05.{day:02d}",
                docs_count=docs,
                size_bytes=size,
                created_at=datetime(2019, 5, day - 1, 16, 0, 4, tzinfo=UTC),  # midnight in Shanghai
                fields=dict(fields),
            )
            for part, docs, size, fields in rows
        ]
    return Cluster(name="mail-logs", node="log01", indices=tuple(indices))


def trap() -> Cluster:
    """What the team's own decoy pretends to hold."""
    fields = {"email": _TEXT, "name": _TEXT, "phone": {"type": "keyword"}}
    created = datetime(2019, 2, 11, 9, 30, 0, tzinfo=UTC)
    index = Index(name="customers", docs_count=48_211, size_bytes=61_203_411, created_at=created, fields=fields)
    return Cluster(name="crm-prod", node="crm-node-1", indices=(index,))


def _fits(pattern: str, name: str) -> bool:
    if pattern in {"_all", "*", ""}:
        return True
    return name.startswith(pattern[:-1]) if pattern.endswith("*") else name == pattern
