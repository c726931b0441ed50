"""svnserve: the choice of a repository, a way in without a login, and two questions about its root.

After https://svn.apache.org/repos/asf/subversion/trunk/subversion/libsvn_ra_svn/protocol. `check-path` is answered with
one word, whether a directory stands there; `get-latest-rev` with a number. Files, lists, logs and properties are never
asked for, and no login is ever said.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from leakguard.probes.wire.gate import ByteGate

COMMANDS: Mapping[str, bytes] = MappingProxyType(
    {
        "anonymous": b"( ANONYMOUS ( 0: ) ) ",
        "root": b"( check-path ( 0: ( ) ) ) ",
        "latest": b"( get-latest-rev ( ) ) ",
    }
)
_URL = b"svn://svn"
"""A server finds the repository by the path alone, unless it was started for virtual hosts."""
_PATH = re.compile(rb"(?:/(?!\.{1,2}(?:/|$))[A-Za-z0-9._~%-]{1,128}){0,16}")
_GREETING = re.compile(rb"\( success \( \d{1,4} \d{1,4} \( ")


def choose(path: str) -> bytes:
    """The client's greeting, with the path of the repository: empty for the root."""
    url = _URL + path.encode("latin-1")
    return b"( 2 ( edit-pipeline svndiff1 ) %d:%s 9:LeakGuard ( ) ) " % (len(url), url)


def _carries(verb: str, data: bytes) -> bool:
    if verb != "choose":
        return data == COMMANDS[verb]
    path = data.partition(_URL)[2].partition(b" ")[0]
    return _PATH.fullmatch(path) is not None and data == choose(path.decode("latin-1"))


def _greets(data: bytes) -> bool:
    """The server speaks first: the versions of the protocol that it knows, and a list of logins."""
    return _GREETING.match(data) is not None


GATE = ByteGate(verbs=frozenset({"choose", *COMMANDS}), carries=_carries, begins=_greets, greets=_greets)
