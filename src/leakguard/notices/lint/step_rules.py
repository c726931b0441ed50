"""Rules about what the reader is asked to do: numbered, each step with its reason and its time."""

from __future__ import annotations

import re
from collections.abc import Iterator

from leakguard.notices.lint.book import Finder
from leakguard.notices.lint.found import LintFinding, quote
from leakguard.notices.lint.passages import LintText, Passage, Section

SHORTEST_REASON = 12
"""Signs of the shortest clause that can explain something; a number or a name is shorter."""
_COLON = re.compile(": |：")


def steps_not_numbered(text: LintText, finder: Finder) -> Iterator[LintFinding]:
    """No part for the reader's steps, or one without a numbered list."""
    parts = _parts(text, finder)
    if not parts:
        yield LintFinding(where="the letter")
    elif not any(passage.kind == "step" for part in parts for passage in part.passages):
        below = parts[0].passages
        yield LintFinding(where=parts[0].where, words=quote(below[0].whole if below else parts[0].heading))


def step_without_reason(text: LintText, finder: Finder) -> Iterator[LintFinding]:
    """A step that does not say why."""
    for step in _steps(text, finder):
        if not finder.first(finder.words.reasons, step.text) and not _explains(step.text):
            yield LintFinding(where=step.where, words=quote(step.text))


def step_without_date(text: LintText, finder: Finder) -> Iterator[LintFinding]:
    """A step that does not say until when."""
    for step in _steps(text, finder):
        if not finder.first(finder.words.deadlines, step.text) and not finder.has_date(step.text):
            yield LintFinding(where=step.where, words=quote(step.text))


def _explains(text: str) -> bool:
    """Whether a clause stands behind a colon; an address there is no reason."""
    behind = _COLON.split(text, maxsplit=1)[1:]
    return bool(behind) and len(behind[0]) >= SHORTEST_REASON and "@" not in behind[0]


def _parts(text: LintText, finder: Finder) -> list[Section]:
    return [part for part in text.sections if part.heading and finder.first(finder.words.steps, part.heading)]


def _steps(text: LintText, finder: Finder) -> Iterator[Passage]:
    for part in _parts(text, finder):
        yield from (passage for passage in part.passages if passage.kind == "step")
