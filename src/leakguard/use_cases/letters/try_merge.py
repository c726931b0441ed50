"""A mail merge that writes nothing: how many letters in which languages, who would be set aside, how much, how long."""

from __future__ import annotations

from collections.abc import Callable

from leakguard.frozen import Frozen
from leakguard.notices.personal_letter import addressed
from leakguard.notices.recipients import Recipient
from leakguard.ports import DocumentMaker
from leakguard.use_cases.letters.group_letters import MergeOrder
from leakguard.use_cases.letters.merge_letters import survey_rows
from leakguard.use_cases.letters.merge_rows import Survey


class Trial(Frozen):
    """What a merge would do."""

    found: Survey
    remarks: tuple[str, ...]
    """What a person should look at in the letters."""
    bytes: int
    """Of all documents, by one letter of each language."""
    seconds: float
    """That one process needs for the documents."""


def try_merge(order: MergeOrder, maker: DocumentMaker, monotonic: Callable[[], float]) -> Trial:
    """Read the rows and make one letter of each language in memory; raises what `survey_rows` raises."""
    found, letters = survey_rows(order, lambda _: None)
    size, seconds = 0, 0.0
    first: dict[str, Recipient] = {}
    for (lang, _), person in found.groups.items():
        first.setdefault(lang, person)
    for person in first.values():
        letter = addressed(letters.of(person), person)
        maker.make(letter)  # the first document of a language loads its fonts
        begun = monotonic()
        document = maker.make(letter)
        count = found.languages[person.lang]
        size, seconds = size + len(document) * count, seconds + (monotonic() - begun) * count
    return Trial(found=found, remarks=letters.remarks, bytes=size, seconds=seconds)
