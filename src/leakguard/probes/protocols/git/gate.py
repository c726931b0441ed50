"""git's daemon: the choice of a repository in version 2 of the protocol, and the word that ends a talk.

After https://git-scm.com/docs/gitprotocol-v2. In this version a server that hands out a repository answers with what
it can do. The commands that would follow, `ls-refs` and `fetch`, are never said, so no name and no object is sent.
"""

from __future__ import annotations

import re

from leakguard.probes.wire.gate import ByteGate

END = b"0000"
_PATH = re.compile(rb"/|(?:/(?!\.{1,2}(?:/|\x00))[A-Za-z0-9._~@+-]{1,128}){1,16}")
_BEFORE, _BEHIND = b"git-upload-pack ", b"\x00host=git\x00\x00version=2\x00"
_FIRST = re.compile(rb"00[0-9a-f]{2}(?:version [12]\n|ERR |[0-9a-f]{40})")


def choose(path: str) -> bytes:
    """Which repository is meant, by its path: `/` for the daemon's own root."""
    line = _BEFORE + path.encode("latin-1") + _BEHIND
    return b"%04x" % (len(line) + len(END)) + line


def _carries(verb: str, data: bytes) -> bool:
    if verb == "end":
        return data == END
    path = data.partition(_BEFORE)[2].partition(b"\x00")[0]
    return _PATH.fullmatch(path) is not None and data == choose(path.decode("latin-1"))


def _begins(data: bytes) -> bool:
    """A line of git's own, behind its length: a version, an error, or the name of an object."""
    return _FIRST.match(data) is not None


GATE = ByteGate(verbs=frozenset({"choose", "end"}), carries=_carries, begins=_begins)
