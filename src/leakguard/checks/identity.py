"""Identity: what a server says it is, cut down to a word that is safe to show."""

from __future__ import annotations

import re
from typing import Any

from leakguard.checks.conditions import ALWAYS
from leakguard.checks.definitions import Source
from leakguard.checks.replies import View

MAX_WORD = 64
"""Longer than any version or cluster id that we have met; a host cannot smuggle a text through it."""


_UNSAFE = re.compile(r"[^ -~]")


def learn(sources: tuple[Source, ...], view: View) -> str | None:
    """The word of the first source that gives one."""
    for source in sources:
        if source.when is ALWAYS or source.when.holds_for(view):
            word = _word(source, view)
            if word:
                return word
    return None


def _word(source: Source, view: View) -> str | None:
    if source.value is not None:
        return source.value
    reply = view.answered(source.request) if source.request is not None else None
    if reply is None:
        return None
    if source.path is not None:
        return safe_word(reply.at(source.path))
    value = reply.header(source.header.lower()) if source.header else None
    if value is None or source.after not in value:
        return None
    return safe_word(value.partition(source.after)[2].split(" ")[0] if source.after else value)


def safe_word(value: Any) -> str | None:  # noqa: ANN401  (JSON holds anything)
    """At most 64 printable ASCII characters of a text or a number; `None` for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    text = value if isinstance(value, str) else str(value) if abs(value) < 10**MAX_WORD else ""
    return _UNSAFE.sub("", text[:MAX_WORD]).strip() or None
