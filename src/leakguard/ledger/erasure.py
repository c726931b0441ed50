"""Erasure: what remains of an entry whose content is erased, and the entry that records the erasure.

The manifest remains, and with it the chain. A *tombstone* replaces the content: the same shape without words, names and
numbers, but with the fields that clocks and playbooks compute with, so that the incident remains readable.
A tombstone has no salt; the erasing entry lists its hash, so that nobody can replace it by another one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from leakguard.frozen import Frozen
from leakguard.ledger.canonical import canonical, from_canonical, sha256_hex
from leakguard.ledger.entries import CONTENT_ERASED, Entry
from leakguard.ledger.stored_findings import FINDINGS_RECORDED
from leakguard.models.events import Interval
from leakguard.models.records import Record

ERASED = "(erased)"
"""Replaces each erased text."""
KEPT_FIELDS = frozenset(
    {
        "corrects", "zone", "obligation", "stage", "clock", "clocks", "until", "findings", "finding", "closure", "run",
        "playbook", "step", "state", "regime", "jurisdiction", "generation", "threshold", "severity", "at", "due_at",
        "round", "level", "role", "channel", "number", "instead", "offline_from", "offline_to", "by_source",
    }
)  # fmt: skip
"""Fields that rules compute with: their values are kept, a text only if it is no sentence (see `_SHORT_FORM`)."""
_TRY = frozenset({"message", "attempt"})
_LETTER = frozenset({"covers", "duty", "lang", "digest"})
_KEPT_BY_KIND: Mapping[str, frozenset[str]] = {
    "notice_approved": _LETTER, "notice_approval_withdrawn": _LETTER, "letters_sent": _LETTER,
    "alarm_raised": frozenset({"message", "again"}), "alarm_missed": frozenset({"why", "again"}),
    "alarm_try": _TRY, "alarm_sent": _TRY, "alarm_failed": _TRY,
    "report_received": frozenset({"message_mark"}),
    "step_run_begun": frozenset({"key", "action"}), "step_run_ended": frozenset({"key", "outcome"}),
}  # fmt: skip
"""Kept in the same way, by kind: which letter, or which alert and try it was, so that each is sent exactly once; the
mark of a message, a hash without its content, so that it is not taken in again if it still lies in a mailbox; and how
an act of a machine ended, so that it is not done again."""
_ITEM = "items"
_ITEM_ID = re.compile(r"EV-[1-9][0-9]{0,17}", re.ASCII)
"""In `items` the ids of evidence are kept: without them an act of custody would be gone from its item."""
_SHORT_FORM = re.compile(r"[A-Za-z0-9_.:%+/-]{1,80}", re.ASCII)
"""An id, a kind, a time, a zone: never a sentence."""
_IDENTITY = frozenset({"id", "how"})
"""What is kept of the person who recorded (`recorded_by`), or who did what another confirmed (`claimed_by`): an account
id, which means nobody once the account is erased, and how the person was authenticated."""
_RECORDER = ("by_source", "recorded_by")
"""What says who recorded an entry, beside a name in `by`. Earlier releases dropped it when they erased an entry that
lists findings."""
_KEYED_BY_DATA = frozenset({"done", "resolved"})
"""Mappings that are keyed by found data, so that their keys are erased too."""
_UNERASABLE = re.compile(
    r"(run|playbook|head|watchman)_.*|evidence_(held|released)|escalation_set|clock_(step|mended)"
    r"|rows_(kept|covered)|account_.*|role_(granted|revoked)|token_(added|revoked)|oncall_set"
    rf"|shards?_.*|fleet_.*|changes_noted|{CONTENT_ERASED}"
)
"""Kinds that a resumed run, a response, the fleet, `leakguard watch`, the watchman or the ledger itself needs. A reason
that a person gave in one of them, as for a legal hold, a withdrawal or an erasure, cannot be erased."""


class Erasure(Frozen):
    """One entry that loses its content."""

    sequence: int
    subject: str
    tombstone: str
    """Canonical JSON."""


def is_erasable(kind: str) -> bool:
    """Whether entries of this kind may lose their content; see `_UNERASABLE`."""
    return _UNERASABLE.fullmatch(kind) is None


def erasure_of(entry: Entry, *, keep: Collection[str] = (), answers: Collection[str] = ()) -> Erasure:
    """The erasure of an entry that has content.

    Texts and numbers in the fields of `keep`, also in lists, stay unchanged. In a mapping in such a field, each
    field is kept or erased by its own name. So do the `answers` of a `form` of these names, and nothing else of these
    names. Raises `ValueError` for content that no longer reads as JSON.
    """
    content = from_canonical(entry.content or "{}")
    if entry.kind == FINDINGS_RECORDED:
        kept = {name: content[name] for name in ("outcomes", "states") if name in content}
        who = {name: _redacted(content[name], name, frozenset()) for name in _RECORDER if name in content}
        left: dict[str, Any] = {"findings": [], "done": {}, "outcomes": {}, **kept, **who}
    else:
        left = _redacted(content, "", frozenset(keep) | _kept_of_kind(entry.kind, content))
        if answers:
            left["form"] |= {name: content["form"][name] for name in answers}
    return Erasure(sequence=entry.sequence, subject=entry.subject, tombstone=canonical(left))


def _kept_of_kind(kind: str, content: Mapping[str, Any]) -> frozenset[str]:
    """The fields of `_KEPT_BY_KIND` that stay: numbers, and texts that are a `_SHORT_FORM`."""
    names = _KEPT_BY_KIND.get(kind, frozenset()) & content.keys()
    return frozenset(name for name in names if _SHORT_FORM.fullmatch(str(content[name])))


def is_erased(content: object) -> bool:
    """Whether any text of this content was erased, at any depth."""
    if isinstance(content, Mapping):
        return any(map(is_erased, content.values()))
    return any(map(is_erased, content)) if isinstance(content, list | tuple) else content == ERASED


def erasing_record(
    erasures: Sequence[Erasure], *, findings: Sequence[str] = (), by: str, reason: str, at: Interval
) -> Record:
    """The record of an erasure: which entries and findings, by whom, why; nothing of what they held."""
    content = {
        "sequences": [erasure.sequence for erasure in erasures],
        "tombstones": [sha256_hex(erasure.tombstone) for erasure in erasures],
        "findings": list(findings),
        "by": by,
        "reason": reason,
    }
    return Record(kind=CONTENT_ERASED, occurred_at=at, content=content)


class StatedErasure(Frozen):
    """What an erasing entry says about one erased entry."""

    sequence: int
    tombstone: object
    """The hash of the tombstone; `None` in entries by older releases, which left none."""
    by: str
    reason: str


def stated_erasures_in(content: str) -> tuple[tuple[StatedErasure, ...], tuple[str, ...]]:
    """The erased entries and the ids of the findings that an erasing entry names; verify its content first.

    Unreadable content names none.
    """
    try:
        found = from_canonical(content)
    except (ValueError, RecursionError):
        return (), ()
    if not isinstance(found, Mapping) or not isinstance(found.get("sequences"), list):
        return (), ()
    numbers, stones, findings = found["sequences"], found.get("tombstones"), found.get("findings")
    hashes = stones if isinstance(stones, list) and len(stones) == len(numbers) else [None] * len(numbers)
    by, reason = str(found.get("by") or ""), str(found.get("reason") or "")
    pairs = [(number, stone) for number, stone in zip(numbers, hashes, strict=True) if type(number) is int]
    stated = (StatedErasure(sequence=number, tombstone=stone, by=by, reason=reason) for number, stone in pairs)
    return tuple(stated), tuple(map(str, findings)) if isinstance(findings, list) else ()


def _redacted(value: Any, name: str, keep: frozenset[str]) -> Any:  # noqa: ANN401  (JSON holds anything)
    """The shape of a value: texts become `ERASED` and numbers 0, except in `KEPT_FIELDS` and `keep`.

    A text in `KEPT_FIELDS` is kept only if it is a `_SHORT_FORM`. See `_IDENTITY` for persons, and `_KEYED_BY_DATA`.
    """
    if isinstance(value, dict):
        if name in {"recorded_by", "claimed_by"}:
            return {key: item if key in _IDENTITY else ERASED for key, item in value.items()}
        return {} if name in _KEYED_BY_DATA else {key: _redacted(item, key, keep) for key, item in value.items()}
    if isinstance(value, list):
        return [_redacted(item, name, keep) for item in value]
    if value is None or isinstance(value, bool) or name in keep:
        return value
    if isinstance(value, str):
        is_kept = _ITEM_ID.fullmatch(value) if name == _ITEM else name in KEPT_FIELDS and _SHORT_FORM.fullmatch(value)
        return value if is_kept or not value else ERASED
    return value if name in KEPT_FIELDS else 0
