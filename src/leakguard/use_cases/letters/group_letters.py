"""The letters of a merge before they are addressed: drafted once for all who share language, data and local facts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache

from leakguard.errors import LetterIncomplete, UsageProblem
from leakguard.frozen import Frozen, replace
from leakguard.ledger.heads import Head
from leakguard.models.letters import as_drill, as_sent
from leakguard.notices.book import DutyBook
from leakguard.notices.duties import Duty
from leakguard.notices.facts import Facts
from leakguard.notices.letters.personal import Group, GroupLetter, facts_for, group_letter, group_of
from leakguard.notices.recipients import Recipient
from leakguard.ports import DataFolders
from leakguard.use_cases.letters.draft_notices import draft_letter
from leakguard.use_cases.letters.merge_rows import Rows

_REMEMBERED = 512
"""Letters of groups that are kept; each has some 10 KiB."""
_MANY = frozenset({"individuals", "controller", "other"})
"""Recipients of whom there may be many; an authority gets one letter."""


class MergeOrder(Frozen):
    """What letters are wanted."""

    book: DutyBook
    folders: DataFolders
    facts: Facts
    facts_sha256: str
    """Of the facts file."""
    duty: Duty
    stage: str | None
    form: str
    """The format of the documents."""
    now: datetime
    """The moment that all the letters are made for, in whole seconds."""
    rows: Rows
    is_drill: bool = False
    head: Head | None = None
    """Where the ledger stands that completed the facts."""


class GroupLetters:
    """Drafts the letter of a group when the first of its members comes."""

    def __init__(self, order: MergeOrder) -> None:
        """Raises `UsageProblem` for a duty whose letters do not go to many."""
        if order.duty.recipient.type not in _MANY:
            raise UsageProblem(
                f"`{order.duty.id}` is not told to people one by one, but to: {order.duty.recipient.name}",
                next_step=f"Draft its one letter: leakguard notice draft FACTS --duty {order.duty.id}",
            )
        self._order = order
        self._book = replace(order.book, duties=(order.duty,))  # judging the clocks of all duties is most of the work
        self._drafted = lru_cache(maxsize=_REMEMBERED)(self._draft)
        self._remarks: dict[str, None] = {}

    @property
    def remarks(self) -> tuple[str, ...]:
        """What a person should look at in the letters that were drafted so far, each once."""
        return tuple(self._remarks)

    def of(self, recipient: Recipient) -> GroupLetter:
        """The letter of this person's group; raises `LetterIncomplete`."""
        return self._drafted(group_of(recipient, self._order.facts))

    def try_all(self, recipients: Iterable[Recipient], data: Iterable[str]) -> None:
        """Draft what each language and place needs; raises one `LetterIncomplete` with what any of them lacks.

        A letter that tells of all kinds of data needs every fact that a letter about some of them needs.
        """
        groups = [group_of(recipient, self._order.facts) for recipient in recipients]
        whole = tuple(sorted(data))
        lacking: dict[str, str] = {}
        for group in dict.fromkeys(replace(group, data=whole) for group in groups):
            try:
                self._drafted(group)
            except LetterIncomplete as error:
                lacking.setdefault(group.lang, f"`{group.lang}`: {error.message}")
                last = error
        if lacking:
            raise LetterIncomplete("\n".join(lacking.values()), next_step=last.next_step)

    def _draft(self, group: Group) -> GroupLetter:
        order = self._order
        facts = facts_for(group, order.facts)
        letter = draft_letter(
            self._book,
            order.folders,
            facts,
            order.duty.id,
            lang=group.lang,
            now=order.now,
            stage=order.stage,
            head=order.head,
        )
        self._remarks |= dict.fromkeys((*letter.remarks, *letter.unsettled))
        letter = as_sent(as_drill(letter) if order.is_drill else letter)
        return group_letter(letter, group.lang, order.book.vocabulary, zone=facts.zone)
