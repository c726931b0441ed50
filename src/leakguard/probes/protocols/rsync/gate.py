"""rsync's daemon: its list of modules, and the choice of one module; never a file list, never a transfer."""

from __future__ import annotations

import re

from leakguard.probes.wire.gate import ByteGate

VERSION = b"@RSYNCD: 31.0\n"
"""Protocol 31 (rsync 3.1 of 2013): from 32 on a client must name digests for a password, and we have none."""
LIST = VERSION + b"#list\n"

_MODULE = re.compile(rb"[A-Za-z0-9_.+@][ -.0-~]{0,63}\n")
"""A module's name: no command of the daemon, which starts with `#`, and no path behind a slash."""
_GREETING = re.compile(rb"@RSYNCD: \d{1,4}(?:\.\d{1,4})?[ \n]")


def select(module: str) -> bytes:
    """The choice of a module; what would follow, the client's options, is never said."""
    return VERSION + module.encode("latin-1") + b"\n"


def _carries(verb: str, data: bytes) -> bool:
    if verb == "select":
        return data.startswith(VERSION) and _MODULE.fullmatch(data[len(VERSION) :]) is not None
    return data == LIST


def _greets(data: bytes) -> bool:
    """The daemon speaks first and names its version of the protocol."""
    return _GREETING.match(data) is not None


GATE = ByteGate(verbs=frozenset({"list", "select"}), carries=_carries, begins=_greets, greets=_greets)
