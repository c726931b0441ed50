"""What the title of a clock or a step may say: what has to be done.

A title stands beside a state. "The review was held: overdue" reads as done, "Hold the review: overdue" does not.
"""

from __future__ import annotations

import re

from leakguard.playbooks.shapes import Playbook

_SUBJECTS = frozenset({
    "a", "an", "all", "another", "any", "anybody", "both", "each", "every", "everybody", "everyone", "everything",
    "he", "her", "his", "i", "it", "its", "my", "no", "nobody", "none", "nothing", "one", "our", "she", "some",
    "somebody", "someone", "something", "that", "the", "their", "there", "these", "they", "this", "those", "we",
    "you", "your",
})  # fmt: skip
"""A title that begins with one of these states something and asks for nothing."""
_IRREGULAR = frozenset({
    "been", "begun", "bound", "bought", "broken", "brought", "built", "caught", "chosen", "cut", "dealt", "done",
    "drawn", "driven", "found", "forgotten", "frozen", "given", "gone", "got", "had", "heard", "held", "hidden",
    "kept", "known", "laid", "led", "left", "lost", "made", "met", "paid", "proven", "put", "reached", "seen",
    "sent", "set", "shown", "shut", "sold", "spoken", "spent", "stolen", "sworn", "taken", "taught", "thought",
    "thrown", "told", "understood", "withdrawn", "won", "written",
})  # fmt: skip
"""Past participles without `-ed`."""
_COMMANDS = frozenset({
    "bleed", "breed", "cut", "embed", "exceed", "feed", "heed", "lead", "need", "proceed", "put", "seed", "set",
    "shed", "shut", "speed", "succeed",
})  # fmt: skip
"""Imperatives that look like participles."""
_STATES = re.compile(
    r"\b(?:was|were|been|has|had|have (?:been|had|\w+ed)|is|are|can|cannot) ?\b", re.IGNORECASE
)  # fmt: skip
_ORDERED = re.compile(
    r"\b(?:that|what|whether|which|who|whose|how|where|when|why|until|before|if|as)\b.*", re.IGNORECASE
)
"""What follows one of these words is what the order is about, and may state anything."""


_BEFORE = {
    "Closed, and proved closed by a new probe": "Close it, and prove it closed by a new probe",
    "The review was held": "Hold the review",
    "Revoked, proved dead, and its use looked into": "Revoke the secret, prove it dead, and look into its use",
    "The secret opens nothing any more": "Make the secret useless",
    "Locked, its accesses gone, and its state proved": "Lock it, withdraw its accesses, and prove its state",
    "It opens nothing any more": "Make sure that it opens nothing",
    "The processor has closed it, and proved it to us": "Make the processor close it, and prove it to us",
    "We know which data and whose they are": "Find out which data and whose they are",
    "Nobody can get in any more": "Shut everybody out",
    "The authority knows before the extortioner tells it": "Tell the authority before the extortioner does",
    "The finder has an answer from a person": "Answer the finder in person",
}
"""Titles that shipped once, which responses that began then keep in their copy, and what they say since."""


def title_now(title: str) -> str:
    """The title as it is shown: the ledger keeps the copy of a playbook as it was when the response began."""
    return _BEFORE.get(title, title)


def reads_as_done(title: str) -> bool:
    """Whether `title` states something ("The review was held", "Closed") in the place of saying what to do."""
    words = re.findall(r"[a-z'-]+", title.lower())
    if not words:
        return True
    first = words[0]
    is_participle = first not in _COMMANDS and (first.endswith("ed") or first in _IRREGULAR)
    return is_participle or first in _SUBJECTS or _STATES.search(_ORDERED.sub("", title)) is not None


def titles_that_read_as_done(playbook: Playbook) -> tuple[str, ...]:
    """The titles of clocks and steps that `reads_as_done` refuses, each with its place: `clocks.review: ...`."""
    clocks = [(f"clocks.{name}", clock.title) for name, clock in playbook.clocks.items() if clock.title]
    steps = [(f"steps.{name}", step.title) for name, step in playbook.steps.items()]
    return tuple(f"{place}: {title}" for place, title in (*clocks, *steps) if reads_as_done(title))
