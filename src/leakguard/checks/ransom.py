"""Ransom notes: a known name together with a tiny size; one of the two alone proves nothing.

Which entries are notes is said here; what is kept of a note that somebody wants read, in `note`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from leakguard.checks.definitions import RansomMarkers
from leakguard.checks.replies import View
from leakguard.checks.sizes import count_of, found_at
from leakguard.frozen import Frozen
from leakguard.models.findings import RansomSigns


class Glob(Frozen):
    """One glob, taken apart."""

    parts: tuple[str, ...]
    """What has to follow each other, with anything between; the first begins the name, the last ends it."""
    word: str
    """Their longest: a name without it cannot fit."""

    def fits(self, name: str) -> bool:
        """Whether the whole name, in small letters, is as the glob says."""
        head, *middle = self.parts
        if not middle:
            return name == head
        tail = middle.pop()
        at, end = len(head), len(name) - len(tail)
        if end < at or not name.startswith(head) or not name.endswith(tail):
            return False
        for part in middle:
            found = name.find(part, at, end)
            if found < 0:
                return False
            at = found + len(part)
        return True


@cache
def glob_of(text: str) -> Glob:
    """The glob that a check file states, in any case of letters."""
    parts = tuple(text.lower().split("*"))
    return Glob(parts=parts, word=max(parts, key=len))


MAX_NAMES = 20_000
"""Names looked at; a store with more collections than this is not an emptied one."""
FALL = 10
ENOUGH_RECORDS = 100
"""An emptied store keeps a note or two; from this size on the loss of nine tenths is no ordinary housekeeping."""
MAX_NAME = 255
"""The longest name that the known stores allow."""
NOT_RANSOMED = RansomSigns()
MOST_NOTES = 3
"""Of how many entries a note is read; an extortioner leaves the same one everywhere."""
_ONE_NAME = re.compile(r"[^\W_][\w.+-]{0,199}")
"""What can only be one name in a path: a list, a pattern or a word of the server's own would read something else.

Letters of any language are none of these, and a path says them percent-encoded.
"""


def has_fallen(before: int | None, now: int | None) -> bool:
    """Whether a store lost nine tenths of what it held; a store that held little says nothing."""
    return before is not None and now is not None and before >= ENOUGH_RECORDS and now * FALL <= before


def find_ransom(markers: RansomMarkers | None, view: View, *, fallen: bool = False) -> RansomSigns:
    """`yes`: a known name on a tiny collection; `suspected`: its size is not stated, or several weak names.

    `fallen` says that an earlier look saw ten times as much: then the shape is known, and a name is enough.
    The markers name our patterns, never the host's words.
    """
    if markers is None:
        return NOT_RANSOMED
    entries = tuple(_entries(markers, view))
    names = [name.lower() for name, _ in entries]
    everything = "\n".join(names)
    possible = [each for each in (*markers.names, *markers.weak_names) if glob_of(each).word in everything]
    if not possible:
        return NOT_RANSOMED
    tiny = [_is_tiny(markers, entry) for _, entry in entries]
    sizes = {each: _sizes_of(glob_of(each), names, tiny) for each in possible}
    sure = [name for name in markers.names if True in sizes.get(name, ()) or (fallen and sizes.get(name))]
    likely = [name for name in markers.names if None in sizes.get(name, ())]
    weak = [
        weak_name for weak_name in markers.weak_names if any(size is not False for size in sizes.get(weak_name, ()))
    ]
    enough = 0 if fallen else 1
    verdict = "yes" if sure else "suspected" if likely or len(weak) > enough else "no"
    found = () if verdict == "no" else tuple(dict.fromkeys((*sure, *likely, *weak)))
    return RansomSigns(verdict=verdict, markers=found)


def note_entries(markers: RansomMarkers, view: View) -> Mapping[str, bool]:
    """The entries that a note may be read from, as the host names them, and whether each is stated to be tiny.

    Only those with a strong name, at most `MOST_NOTES`; one that is known to be large holds somebody's records.
    """
    entries = [(name, _is_tiny(markers, entry)) for name, entry in _entries(markers, view)]
    large = {name for name, is_tiny in entries if is_tiny is False}
    tiny = {name for name, is_tiny in entries if is_tiny}
    names = [name for name, _ in entries if name not in large and _ONE_NAME.fullmatch(name)]
    globs = [glob_of(name) for name in markers.names]
    notes = [name for name in dict.fromkeys(names) if any(glob.fits(name.lower()) for glob in globs)]
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


def _sizes_of(glob: Glob, names: Sequence[str], tiny: Sequence[bool | None]) -> set[bool | None]:
    """Whether the entries that fit the glob are tiny: yes, no, and not stated."""
    word, fits = glob.word, glob.fits
    return {tiny[number] for number, name in enumerate(names) if word in name and fits(name)}
