"""How a change is written in one line, for `scan diff` and `watch`."""

from __future__ import annotations

from collections.abc import Iterator

from leakguard.outputs.words import byte_words, printable, record_words
from leakguard.scanning.diff import EXPOSURES, Change, ChangeKind
from leakguard.scanning.exposure_summary import Traits

MOST_PLACES = 3
"""Other places that are named in one line; a cluster may have hundreds."""


def change_line(change: Change) -> str:
    """`grown       192.0.2.7:9200  elasticsearch_open  +2 million records`; what a host says is made safe."""
    head = f"{change.kind.value:<10}  {printable(change.target)}  {change.check_id}"
    return f"{head}  {', '.join(_details(change))}".rstrip()


def _details(change: Change) -> Iterator[str]:
    if change.kind in EXPOSURES | {ChangeKind.STILL_OPEN}:
        yield from _seen(change.seen)
    yield from _grown(change)
    if change.before is not None and change.after is not None:
        yield from (_field(name, change.before, change.after) for name in change.fields)
    if change.elsewhere:
        yield f"the same store as at {_places(change.elsewhere)}"
    if change.reason:
        yield printable(change.reason)


def _seen(seen: Traits) -> Iterator[str]:
    yield seen.severity.value
    if seen.records is not None:
        yield record_words(seen.records)
    if seen.bytes is not None:
        yield byte_words(seen.bytes)
    if seen.vantage != "local":
        yield f"from {printable(seen.vantage)}"
    yield printable(seen.finding)


def _grown(change: Change) -> Iterator[str]:
    if change.kind in EXPOSURES:
        return
    if change.records_grown:
        yield f"{'+' if change.records_grown > 0 else '-'}{record_words(abs(change.records_grown))}"
    if change.bytes_grown:
        yield f"{'+' if change.bytes_grown > 0 else '-'}{byte_words(abs(change.bytes_grown))}"


def _field(name: str, before: Traits, after: Traits) -> str:
    """`version 6.8.1 -> 6.8.23`; an address or a vantage is only named."""
    if name == "address":
        return f"also at {printable(after.endpoint)}"
    if name == "vantage":
        return f"also from {printable(after.vantage)}"
    was, now = getattr(before, name), getattr(after, name)
    return f"{name} {printable(str(was))} -> {printable(str(now))}"


def _places(places: tuple[str, ...]) -> str:
    named = ", ".join(printable(place) for place in places[:MOST_PLACES])
    rest = len(places) - MOST_PLACES
    return f"{named} and {rest:,} more" if rest > 0 else named
