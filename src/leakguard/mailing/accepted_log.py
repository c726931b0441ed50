"""What the log of a mail server says about letters in doubt: it is searched for Message-IDs, and nothing is kept of it.

Postfix notes a Message-ID before it has taken the mail, and names the queue id again once it has: only that counts.
Other servers (Exim, Sendmail and most others) note the Message-ID when they have taken it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator

from leakguard.mailing.message_ids import BARE

MOST_IN_LINE = 65_536
"""Bytes; a log line longer than this is read in pieces, and only what stands in one of them is found."""
_POSTFIX = re.compile(r"postfix[^ ]*/cleanup\[\d+\]: ([0-9A-Za-z]{5,20}): (?:resent-)?message-id=", re.ASCII)
_TAKEN = re.compile(r"postfix[^ ]*/qmgr\[\d+\]: ([0-9A-Za-z]{5,20}): from=", re.ASCII)
ReadLine = Callable[[int], bytes]


def accepted_in(readline: ReadLine, wanted: Collection[str]) -> frozenset[str]:
    """Those of the wanted Message-IDs, without brackets, that the server took by the word of its log."""
    sought, found = frozenset(wanted), set[str]()
    waiting: dict[str, str] = {}
    for line in _lines(readline):
        taken = _TAKEN.search(line)
        if taken is not None:
            found |= {waiting[taken[1]]} if taken[1] in waiting else set()
            continue
        named = sought.intersection(BARE.findall(line))
        queued = _POSTFIX.search(line) if named else None
        if queued is not None:
            waiting[queued[1]] = min(named)
        else:
            found |= named
    return frozenset(found)


def _lines(readline: ReadLine) -> Iterator[str]:
    while piece := readline(MOST_IN_LINE):
        yield piece.decode("utf-8", "replace")
