"""Names that a person may have meant; apart from the shapes, so that to ask for one does not load pydantic."""

from __future__ import annotations

_BEGINNING = 3
"""Letters from which on a beginning says more than what is spelt alike: half of a duty's name is that of another's."""

_LONGEST = 100
"""Of a name that somebody may have meant; ours are half as long."""
_ALIKE = 60
"""Of a hundred; in two names that are spelt so far alike, a person sees the same word."""


def nearest_name(wrong: str, known: list[str]) -> str | None:
    """The known name that `wrong` begins, or else the closest one; nothing when none is close.

    A file may hold a hundred thousand wrong names, and `difflib` takes twenty times as long for each.
    """
    wrong = wrong[:_LONGEST]
    if len(wrong) >= _BEGINNING and (begun := [name for name in known if name.startswith(wrong)]):
        return min(begun, key=len)
    from rapidfuzz import fuzz, process  # noqa: PLC0415  (only a mistake needs it)

    found = process.extractOne(wrong, known, scorer=fuzz.ratio, score_cutoff=_ALIKE)
    return found[0] if found else None
