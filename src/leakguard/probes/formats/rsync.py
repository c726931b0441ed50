"""What rsync's daemon says: its greeting, its list of modules, and whether a module asks for a login."""

from __future__ import annotations

import re

from leakguard.probes.formats.lines import LinesReader

GREETING = re.compile(r"@RSYNCD: (\d{1,4}(?:\.\d{1,4})?)(?: |$)")
_OPENINGS = (b"@RSYNCD: ",)
_MODULE = re.compile(r"([^\t]{15,})\t")
"""A module's line: its name, filled up to fifteen characters, and a tab before the comment."""
_LAST = ("@RSYNCD: OK", "@RSYNCD: AUTHREQD", "@RSYNCD: EXIT", "@ERROR")


def rsync_reader() -> LinesReader:
    """A greeting, whatever the operator wants read first, the answer, and one line of the protocol's own to end it."""
    return LinesReader(openings=_OPENINGS, first=GREETING, is_last=lambda lines: lines[-1].startswith(_LAST))


def protocol_of(lines: list[str]) -> str | None:
    """The version of the protocol in the greeting."""
    found = GREETING.match(lines[0]) if lines else None
    return found[1] if found else None


def module_names(lines: list[str]) -> list[str]:
    """The names in a list of modules; the words of the operator, which may stand before it, are no modules."""
    found = (_MODULE.match(line) for line in lines)
    return [each[1].rstrip() for each in found if each is not None]


def answer_word(lines: list[str]) -> str | None:
    """`OK`, `AUTHREQD`, `EXIT` or `ERROR`: how the daemon met a choice or ended a list."""
    last = lines[-1] if lines else ""
    return next((mark.rpartition(" ")[2].lstrip("@") for mark in _LAST if last.startswith(mark)), None)
