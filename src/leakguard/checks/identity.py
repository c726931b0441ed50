"""Identity: what a server says it is, cut down to a word that is safe to show."""

from __future__ import annotations

from typing import Any

from leakguard.checks.definitions import Place, Source
from leakguard.checks.replies import View
from leakguard.checks.sizes import found_at

MAX_WORD = 64
"""Longer than any version or cluster id that we have met; a host cannot smuggle a text through it."""


def learn(sources: tuple[Source, ...], view: View) -> str | None:
    """The word of the first source that gives one."""
    for source in sources:
        if source.when.holds_for(view):
            word = _word(source, view)
            if word:
                return word
    return None


def _word(source: Source, view: View) -> str | None:
    if source.value is not None:
        return source.value
    if source.request is None:
        return None
    if source.path is not None:
        return safe_word(found_at(Place(request=source.request, path=source.path), view))
    reply = view.answered(source.request)
    value = reply.header(source.header) if reply and source.header else None
    if value is None or source.after not in value:
        return None
    return safe_word(value.partition(source.after)[2].split(" ")[0] if source.after else value)


def safe_word(value: Any) -> str | None:  # noqa: ANN401  (JSON holds anything)
    """At most 64 printable ASCII characters of a text or a number; `None` for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    text = value if isinstance(value, str) else str(value) if abs(value) < 10**MAX_WORD else ""
    return "".join(letter for letter in text[:MAX_WORD] if " " <= letter <= "~").strip() or None
