"""Names that a person may have meant; apart from the shapes, so that to ask for one does not load pydantic."""

from __future__ import annotations

_BEGINNING = 3
"""Letters from which on a beginning says more than what is spelt alike: half of a duty's name is that of another's."""


def nearest_name(wrong: str, known: list[str]) -> str | None:
    """The known name that `wrong` begins, or else the closest one; nothing when none is close."""
    if len(wrong) >= _BEGINNING and (begun := [name for name in known if name.startswith(wrong)]):
        return min(begun, key=len)
    import difflib  # noqa: PLC0415  (only a mistake needs it)

    found = difflib.get_close_matches(wrong, known, n=1, cutoff=0.6)
    return found[0] if found else None
