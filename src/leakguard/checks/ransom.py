"""Ransom notes: a known name together with a tiny size; one of the two alone proves nothing.

Which entries are notes is said here; what is kept of a note that somebody wants read, in `note`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fnmatch import translate
from functools import cache
from typing import Any

from leakguard.checks.definitions import RansomMarkers
from leakguard.checks.replies import View
from leakguard.checks.sizes import count_of, found_at
from leakguard.models.findings import Ransomed

MAX_NAMES = 20_000
"""Names looked at; a store with more collections than this is not an emptied one."""
FALL = 10
ENOUGH_RECORDS = 100
"""An emptied store keeps a note or two; from this size on the loss of nine tenths is no ordinary housekeeping."""
MAX_NAME = 255
"""The longest name that the known stores allow."""
NOT_RANSOMED = Ransomed()
MOST_NOTES = 3
"""Of how many entries a note is read; an extortioner leaves the same one everywhere."""
_ONE_NAME = re.compile(r"[^\W_][\w.+-]{0,199}")
"""What can only be one name in a path: a list, a pattern or a word of the server's own would read something else.

Letters of any language are none of these, and a path says them percent-encoded.
"""


def has_fallen(before: int | None, now: int | None) -> bool:
    """Whether a store lost nine tenths of what it held; a store that held little says nothing."""
    return before is not None and now is not None and before >= ENOUGH_RECORDS and now * FALL <= before


def find_ransom(markers: RansomMarkers | None, view: View, *, fallen: bool = False) -> Ransomed:
    """`yes`: a known name on a tiny collection; `suspected`: its size is not stated, or several weak names.

    `fallen` says that an earlier look saw ten times as much: then the shape is known, and a name is enough.
    The markers name our patterns, never the host's words.
    """
    if markers is None:
        return NOT_RANSOMED
    telling = _pattern((*markers.names, *markers.weak_names))
    named = [(name, entry) for name, entry in _entries(markers, view) if telling.match(name.lower())]
    if not named:
        return NOT_RANSOMED
    entries = [(name, _is_tiny(markers, entry)) for name, entry in named]
    sure = _matching(markers.names, [name for name, is_tiny in entries if is_tiny or fallen])
    likely = _matching(markers.names, [name for name, is_tiny in entries if is_tiny is None])
    weak = _matching(markers.weak_names, [name for name, is_tiny in entries if is_tiny is not False])
    enough = 0 if fallen else 1
    verdict = "yes" if sure else "suspected" if likely or len(weak) > enough else "no"
    found = () if verdict == "no" else tuple(dict.fromkeys((*sure, *likely, *weak)))
    return Ransomed(verdict=verdict, markers=found)


def note_entries(markers: RansomMarkers, view: View) -> Mapping[str, bool]:
    """The entries that a note may be read from, as the host names them, and whether each is stated to be tiny.

    Only those with a strong name, at most `MOST_NOTES`; one that is known to be large holds somebody's records.
    """
    entries = [(name, _is_tiny(markers, entry)) for name, entry in _entries(markers, view)]
    large = {name for name, is_tiny in entries if is_tiny is False}
    tiny = {name for name, is_tiny in entries if is_tiny}
    names = [name for name, _ in entries if name not in large and _ONE_NAME.fullmatch(name)]
    notes = [name for name in dict.fromkeys(names) if _matching(markers.names, [name])]
    return {name: name in tiny for name in notes[:MOST_NOTES]}


def _entries(markers: RansomMarkers, view: View) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for place in markers.entries:
        listed = found_at(place, view)
        for entry in listed[:MAX_NAMES] if isinstance(listed, list) else ():
            name = entry.get("name") if isinstance(entry, dict) else None
            if isinstance(name, str):
                yield name[:MAX_NAME], entry


def _is_tiny(markers: RansomMarkers, entry: Mapping[str, Any]) -> bool | None:
    records, octets = count_of(entry.get("records")), count_of(entry.get("bytes"))
    if records is not None:
        return records <= markers.at_most_records
    return octets <= markers.at_most_bytes if octets is not None else None


def _matching(globs: tuple[str, ...], names: list[str]) -> tuple[str, ...]:
    return tuple(glob for glob in globs if any(_pattern((glob,)).match(name.lower()) for name in names))


@cache
def _pattern(globs: tuple[str, ...]) -> re.Pattern[str]:
    """Our own globs as a pattern; `translate` makes each star possessive, so that no name can make it slow."""
    return re.compile("|".join(translate(glob.lower()) for glob in globs), re.DOTALL)
