"""A mail merge that writes nothing: how many letters in which languages, who would be set aside, how much, how long.

It also looks for people who stand in the file twice under two ids, whom the merge itself cannot tell from two people.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from hashlib import blake2b

from leakguard.frozen import Frozen
from leakguard.notices.letters.personal import addressed
from leakguard.notices.recipients import Recipient
from leakguard.ports import DocumentMaker
from leakguard.use_cases.letters.group_letters import MergeOrder
from leakguard.use_cases.letters.merge_letters import survey_rows
from leakguard.use_cases.letters.merge_rows import Rows, Survey, wanted


class Trial(Frozen):
    """What a merge would do."""

    found: Survey
    remarks: tuple[str, ...]
    """What a person should look at in the letters."""
    bytes: int
    """Of all documents, by one letter of each language."""
    seconds: float
    """That one process needs for the documents."""
    twins: tuple[int, ...] = ()
    """Lines with the name and the address of an earlier row: perhaps the same person under a second id."""


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
    twins = tuple(_twins(order.rows, found))
    return Trial(found=found, remarks=letters.remarks, bytes=size, seconds=seconds, twins=twins)


def _twins(rows: Rows, found: Survey) -> Iterator[int]:
    """Lines whose person stands in an earlier row by name and address; two of one household differ by their names."""
    seen = set[bytes]()
    for person in wanted(rows, found=found):
        way = person.email or "|".join(person.address)
        key = blake2b(f"{person.name}|{person.guardian}|{way}".casefold().encode(), digest_size=16).digest()
        if way and key in seen:
            yield person.line
        seen.add(key)
