"""Chaining: records become entries, each of which contains the hash of the one before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from leakguard.frozen import replace
from leakguard.ledger.canonical import canonical
from leakguard.ledger.entries import (
    GENESIS,
    SALT_CHARACTERS,
    SYSTEM_TIME_PREFIX,
    SYSTEM_TIME_STEPPED_BACK,
    Entry,
    content_hash,
    manifest_hash,
    unreadable,
)
from leakguard.models.moments import from_z, to_z
from leakguard.models.records import Record


def chain(
    subject: str, records: Sequence[Record], *, last: Entry | None, now: datetime, random_hex: Callable[[int], str],
    first_entry_flag: str = "", common_flag: str = "",
) -> tuple[Entry, ...]:  # fmt: skip
    """Entries for `records` after `last`, all recorded at `now`; `random_hex(n)` returns `n` random hex digits.

    `common_flag` is added to the flags of each entry, and `first_entry_flag` to those of the first entry of a ledger.
    The flags of an entry are words, separated by spaces.

    If `now` is before the last entry, one of the two system clocks was wrong. The entries then take the time of the
    last entry plus a microsecond, so that times never contradict the order of entries. They also get a flag, and `now`
    itself in another one. No other time of a record is changed: when something happened is what its author says.
    Raises `LedgerBroken` if the time of `last` is unreadable, `UsageProblem` for content that JSON cannot hold.
    """
    recorded_at, flags = _stamp(last, now)
    entries: list[Entry] = []
    previous = last
    for record in records:
        previous = _entry(subject, record, previous=previous, salt=random_hex(SALT_CHARACTERS), recorded_at=recorded_at)
        given = (first_entry_flag if previous.sequence == 1 else "", flags, common_flag)
        previous = replace(previous, flags=" ".join(filter(None, given)))
        previous = replace(previous, hash=manifest_hash(previous))
        entries.append(previous)
    return tuple(entries)


def _entry(subject: str, record: Record, *, previous: Entry | None, salt: str, recorded_at: str) -> Entry:
    content = canonical(dict(record.content))
    return Entry(
        sequence=previous.sequence + 1 if previous else 1,
        subject=subject,
        kind=record.kind,
        occurred_earliest=to_z(record.occurred_at.earliest),
        occurred_latest=to_z(record.occurred_at.latest),
        recorded_at=recorded_at,
        flags="",
        content_sha256=content_hash(salt, content),
        previous=previous.hash if previous else GENESIS,
        salt=salt,
        content=content,
    )


def _stamp(last: Entry | None, now: datetime) -> tuple[str, str]:
    """`recorded_at` and the flags of new entries after `last`."""
    if last is None:
        return to_z(now), ""
    try:
        before = from_z(last.recorded_at)
    except (ValueError, AttributeError) as error:
        raise unreadable(last.sequence) from error
    if now < before:
        return to_z(before + timedelta(microseconds=1)), f"{SYSTEM_TIME_STEPPED_BACK} {SYSTEM_TIME_PREFIX}{to_z(now)}"
    return to_z(now), ""
