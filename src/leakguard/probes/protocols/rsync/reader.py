"""What rsync's daemon says: its greeting, its list of modules, and whether a module asks for a login."""

from __future__ import annotations

import re

from leakguard.probes.formats.lines import LinesReader

GREETING = re.compile(r"@RSYNCD: (\d{1,4}(?:\.\d{1,4})?)(?: |$)")
_OPENINGS = (b"@RSYNCD: ",)
_WIDTH = 15
"""What the name of a module is filled up to, before a tab and the comment."""
_REFUSALS = ("@ERROR: access denied", "@ERROR: Unknown module", "@ERROR: auth failed")
"""Errors by which a daemon refuses a caller (`clientserver.c`); others, such as too many connections, may pass."""
_LAST = ("@RSYNCD: OK", "@RSYNCD: AUTHREQD", "@RSYNCD: EXIT", "@ERROR")


def rsync_reader() -> LinesReader:
    """A greeting, whatever the operator wants read first, the answer, and one line of the protocol's own to end it."""
    return LinesReader(openings=_OPENINGS, first=GREETING, is_last=lambda lines: lines[-1].startswith(_LAST))


def protocol_of(lines: list[str]) -> str | None:
    """The version of the protocol in the greeting."""
    found = GREETING.match(lines[0]) if lines else None
    return found[1] if found else None


def module_names(lines: list[str]) -> list[str]:
    """The names in a list of modules; the words of the operator, which may stand before it, are no modules.

    A daemon in Go fills nothing up, and repeats the name in place of a comment. Where no line is one for sure, each
    that may be one is: a list that cannot be read must not pass for an empty one.
    """
    pairs = [(name, comment) for name, tab, comment in (line.partition("\t") for line in lines) if name and tab]
    sure = [name for name, comment in pairs if len(name) >= _WIDTH or name == comment]
    return [name.rstrip() for name in sure or (name for name, _ in pairs)]


def answer_word(lines: list[str]) -> str | None:
    """`OK`, `AUTHREQD`, `EXIT`, `REFUSED` or `ERROR`: how the daemon met a choice or ended a list."""
    last = lines[-1] if lines else ""
    if last.startswith(_REFUSALS):
        return "REFUSED"
    return next((mark.rpartition(" ")[2].lstrip("@") for mark in _LAST if last.startswith(mark)), None)
