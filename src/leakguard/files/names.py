"""Names that a person may have meant; apart from the shapes, so that to ask for one does not load pydantic."""

from __future__ import annotations


def nearest_name(wrong: str, known: list[str]) -> str | None:
    """The known name closest to `wrong`, or nothing when none is close."""
    import difflib  # noqa: PLC0415  (only a mistake needs it)

    found = difflib.get_close_matches(wrong, known, n=1, cutoff=0.6)
    return found[0] if found else None
