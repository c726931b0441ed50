"""Erasure: what stays of an entry whose content goes, and the entry that says so.

The manifest stays, and with it the chain. In the place of the content stands a *tombstone*: the same shape without
words, names and numbers, but with what clocks and playbooks count with, so that an incident reads on.
A tombstone has no salt; the erasing entry lists its hash, so that nobody can put another one there.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from leakguard.frozen import Frozen
from leakguard.ledger.canonical import canonical, from_canonical, sha256_hex
from leakguard.ledger.entries import CONTENT_ERASED, Entry
from leakguard.ledger.items import FINDINGS_RECORDED
from leakguard.models.events import Interval
from leakguard.models.records import Record

ERASED = "(erased)"
"""What stands in the place of words."""
COUNTED = frozenset(
    {
        "corrects", "zone", "obligation", "stage", "clock", "clocks", "until", "findings", "finding", "closure", "run",
        "playbook", "step", "state", "regime", "jurisdiction", "generation", "threshold", "severity", "at", "due_at",
        "round", "level", "role", "channel", "number", "instead", "offline_from", "offline_to", "by_source",
    }
)  # fmt: skip
"""Fields that rules count with; of their values only what is no sentence stays."""
_TOKEN = re.compile(r"[A-Za-z0-9_.:%+/-]{1,80}", re.ASCII)
"""An id, a kind, a time, a zone: never a sentence."""
_IDENTITY = frozenset({"id", "how"})
"""What stays of who recorded: an id that means nobody once the account is erased, and how it was authenticated."""
_BY_DATA = frozenset({"done", "resolved"})
"""Mappings whose keys are what was found."""
_UNERASABLE = re.compile(
    rf"(run|playbook|head|watchman)_.*|evidence_(held|released)|escalation_set|clock_(step|mended)"
    rf"|rows_(kept|covered)|account_.*|role_(granted|revoked)|token_(added|revoked)|oncall_set|{CONTENT_ERASED}"
)
"""Kinds without words of people, whose content a resume, a response, a watchman or the ledger itself stands on."""


class Erasure(Frozen):
    """One entry that loses its content."""

    sequence: int
    subject: str
    tombstone: str
    """Canonical JSON."""


def is_erasable(kind: str) -> bool:
    """Whether entries of this kind may lose their content: not those that the ledger itself or a rule stands on."""
    return _UNERASABLE.fullmatch(kind) is None


def erasure_of(entry: Entry, *, keep: Collection[str] = ()) -> Erasure:
    """What stays of an entry that has content; values of the fields named in `keep` stay whatever they hold.

    Raises `ValueError` for content that no longer reads as JSON.
    """
    content = from_canonical(entry.content or "{}")
    if entry.kind == FINDINGS_RECORDED:
        kept = {name: content[name] for name in ("outcomes", "states") if name in content}
        left: object = {"findings": [], "done": {}, "outcomes": {}, **kept}
    else:
        left = _bared(content, "", frozenset(keep))
    return Erasure(sequence=entry.sequence, subject=entry.subject, tombstone=canonical(left))


def is_erased(content: object) -> bool:
    """Whether words of this content were erased, at any depth; fields that were kept on demand do not matter."""
    if isinstance(content, Mapping):
        return any(map(is_erased, content.values()))
    return any(map(is_erased, content)) if isinstance(content, list | tuple) else content == ERASED


def erasing_record(
    erasures: Sequence[Erasure], *, findings: Sequence[str] = (), by: str, reason: str, at: Interval
) -> Record:
    """The record of an erasure: which entries and findings, by whom, why; nothing of what they held."""
    content = {
        "sequences": [one.sequence for one in erasures],
        "tombstones": [sha256_hex(one.tombstone) for one in erasures],
        "findings": list(findings),
        "by": by,
        "reason": reason,
    }
    return Record(kind=CONTENT_ERASED, occurred_at=at, content=content)


class Said(Frozen):
    """What an erasing entry says about one entry."""

    sequence: int
    tombstone: object
    """The hash of what stands there now; `None` in ledgers that left nothing."""
    by: str
    reason: str


def said_in(content: str) -> tuple[tuple[Said, ...], tuple[str, ...]]:
    """The entries and the findings that an erasing entry names; its own content must match first."""
    found = from_canonical(content)
    if not isinstance(found, Mapping) or not isinstance(found.get("sequences"), list):
        return (), ()
    numbers, stones, findings = found["sequences"], found.get("tombstones"), found.get("findings")
    hashes = stones if isinstance(stones, list) and len(stones) == len(numbers) else [None] * len(numbers)
    by, reason = str(found.get("by") or ""), str(found.get("reason") or "")
    pairs = [(number, stone) for number, stone in zip(numbers, hashes, strict=True) if type(number) is int]
    said = (Said(sequence=number, tombstone=stone, by=by, reason=reason) for number, stone in pairs)
    return tuple(said), tuple(map(str, findings)) if isinstance(findings, list) else ()


def _bared(value: Any, name: str, keep: frozenset[str]) -> Any:  # noqa: ANN401  (JSON holds anything)
    """The shape of a value; what is short and counted with stays."""
    if isinstance(value, dict):
        if name in {"recorded_by", "claimed_by"}:
            return {key: item if key in _IDENTITY else ERASED for key, item in value.items()}
        return {} if name in _BY_DATA else {key: _bared(item, key, keep) for key, item in value.items()}
    if isinstance(value, list):
        return [_bared(item, name, keep) for item in value]
    if value is None or isinstance(value, bool) or name in keep:
        return value
    if isinstance(value, str):
        is_counted = name in COUNTED and _TOKEN.fullmatch(value)
        return value if is_counted or not value else ERASED
    return value if name in COUNTED else 0
