"""Chaining: records become entries, each of which names the hash of the one before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from leakguard.frozen import replace
from leakguard.ledger.canonical import canonical
from leakguard.ledger.entries import (
    CLOCK_STEPPED_BACK,
    GENESIS,
    READING,
    SALT_CHARACTERS,
    Entry,
    content_hash,
    manifest_hash,
    unreadable,
)
from leakguard.models.moments import from_z, to_z
from leakguard.models.records import Record


def chain(
    subject: str, records: Sequence[Record], *, last: Entry | None, now: datetime, token: Callable[[int], str],
    begins: str = "", marks: str = "",
) -> tuple[Entry, ...]:  # fmt: skip
    """Entries for `records` behind `last`, all recorded at `now`; `token` makes random hex.

    `begins` is the flag of the first entry of a ledger, `marks` one of all of these.

    When `now` lies before the last entry, one of the two clocks was wrong: the entries take the last time plus a
    microsecond, so that the order of times never contradicts the order of entries, and carry a flag with `now` itself.
    Nothing else of a record is moved: when something happened is what its author says.
    """
    recorded_at, flags = _stamp(last, now)
    entries: list[Entry] = []
    previous = last
    for record in records:
        previous = _entry(subject, record, previous=previous, salt=token(SALT_CHARACTERS), recorded_at=recorded_at)
        told = (begins if previous.sequence == 1 else "", flags, marks)
        previous = replace(previous, flags=" ".join(filter(None, told)))
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
    if last is None:
        return to_z(now), ""
    try:
        before = from_z(last.recorded_at)
    except (ValueError, AttributeError) as error:
        raise unreadable(last.sequence) from error
    if now < before:
        return to_z(before + timedelta(microseconds=1)), f"{CLOCK_STEPPED_BACK} {READING}{to_z(now)}"
    return to_z(now), ""
