"""What the log of a mail server says about letters in doubt: it is searched for Message-IDs, and nothing is kept of it.

Postfix notes a Message-ID before it has taken the mail, and names the queue id again once it has: only that counts.
Other servers (Exim, Sendmail and most others) note the Message-ID when they have taken it. Filters write into the same
log what they look at, so their lines say nothing, and a line that speaks of a refusal never says that a mail was taken.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field

from leakguard.frozen import Frozen
from leakguard.mailing.message_ids import BARE

MOST_IN_LINE = 65_536
"""Bytes; a log line longer than this is read in pieces, and only what stands in one of them is found."""
_POSTFIX = re.compile(r"(?:postfix[^ ]*|[^ ]/(?:cleanup|qmgr))\[\d+\]: ", re.ASCII)
_CLEANUP = re.compile(r"[^ ]/cleanup\[\d+\]: ([0-9A-Za-z]{5,20}): (resent-)?message-id=", re.ASCII)
_TAKEN = re.compile(r"[^ ]/qmgr\[\d+\]: ([0-9A-Za-z]{5,20}): from=", re.ASCII)
_FILTER = re.compile(
    r"(?:^|\s)[^\s:\[]*(?:spam|amavis|clam|dkim|dmarc|milter|mimedefang|mailscanner|virus)[^\s:\[]*(?:\[\d+\])?:",
    re.ASCII | re.IGNORECASE,
)
"""A program at the head of a line, or `Milter` as Sendmail logs one, that looks at mail and takes none."""
_REFUSAL = re.compile(r"reject|refus|denied|block|discard|quarantin|infected", re.ASCII | re.IGNORECASE)
_QUEUED = re.compile(r"\]: ([0-9A-Za-z]{10,20}): from=", re.ASCII)
_TAKEN_BACK = re.compile(r"\]: ([0-9A-Za-z]{10,20}): (?:ruleset=|.*milter)", re.ASCII | re.IGNORECASE)
"""Sendmail notes the Message-ID first, and then what a filter or a rule of its own says of the same queue id."""
ReadLine = Callable[[int], bytes]


class NamedInLog(Frozen):
    """What a log tells of the Message-IDs that were asked for; of those that are in neither, it says nothing."""

    taken: frozenset[str]
    unclear: frozenset[str]
    """A line seems to refuse it and none says that it was taken, or a later line with its queue id refuses it."""


@dataclass(slots=True)
class _Seen:
    """What stood in the lines so far."""

    is_postfix: bool = False
    waiting: dict[str, str] = field(default_factory=dict)
    """Message-IDs that `cleanup` named, by the queue id of Postfix, until `qmgr` names that too."""
    taken_by_postfix: set[str] = field(default_factory=set)
    taken: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    taken_by_queue_id: dict[str, str] = field(default_factory=dict)
    """By the queue id of another server."""

    def of_postfix(self, line: str, named: frozenset[str]) -> None:
        """Take in a line: a mail is taken once `cleanup` named its Message-ID and `qmgr` then the same queue id."""
        taken = _TAKEN.search(line)
        if taken is not None:
            self.taken_by_postfix |= {self.waiting[taken[1]]} if taken[1] in self.waiting else set()
        cleanup = _CLEANUP.search(line) if named or self.waiting else None
        if cleanup is None:
            return
        if named:
            self.waiting[cleanup[1]] = min(named)
        elif not cleanup[2]:  # another mail has the queue id now, as ours was refused
            self.waiting.pop(cleanup[1], None)  # a `resent-message-id` is a second header of the same mail

    def of_another(self, line: str, named: frozenset[str]) -> None:
        """Take in a line: it names what the server took or refused, or refuses what an earlier line took.

        What a line of a filter names was not taken by it.
        """
        back = _TAKEN_BACK.search(line) if self.taken_by_queue_id else None
        if back is not None and back[1] in self.taken_by_queue_id and _REFUSAL.search(line):
            self.refused.add(self.taken_by_queue_id[back[1]])
            self.taken.discard(self.taken_by_queue_id[back[1]])
        if not named:
            return
        if _REFUSAL.search(BARE.sub("", line)):
            self.refused |= named
        elif not _FILTER.search(BARE.split(line, maxsplit=1)[0]):
            self.taken |= named
            queued = _QUEUED.search(line)
            if queued is not None:
                self.taken_by_queue_id[queued[1]] = min(named)


def named_in(readline: ReadLine, wanted: Collection[str]) -> NamedInLog:
    """Which of the wanted Message-IDs, without brackets, the server took by the word of its log.

    In a log of Postfix only its own words count.
    """
    sought, seen = frozenset(wanted), _Seen()
    for line in _lines(readline):
        named = sought.intersection(BARE.findall(line))
        seen.is_postfix = seen.is_postfix or _POSTFIX.search(line) is not None
        seen.of_postfix(line, named)
        if not seen.is_postfix:
            seen.of_another(line, named)
    if seen.is_postfix:
        return NamedInLog(taken=frozenset(seen.taken_by_postfix), unclear=frozenset())
    return NamedInLog(taken=frozenset(seen.taken), unclear=frozenset(seen.refused - seen.taken))


def _lines(readline: ReadLine) -> Iterator[str]:
    while piece := readline(MOST_IN_LINE):
        yield piece.decode("utf-8", "replace")
