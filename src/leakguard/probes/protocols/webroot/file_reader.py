"""Files that a web server should not give away: what their first bytes say, and counts; never a value or a name."""

from __future__ import annotations

import re

from leakguard.frozen import Frozen

_GIT_HEAD = re.compile(rb"ref: refs/[!-~]+\s*|[0-9a-f]{40}\s*|[0-9a-f]{64}\s*")
_SETTING = re.compile(rb"(?:export[ \t]+)?([A-Za-z_][A-Za-z0-9_.]{0,63})[ \t]*=[ \t]*(\S?)")
_SECRET = re.compile(rb"(?i)pass|pwd|secret|token|(?:api|private|access)_?key|credential|_dsn|_auth|database_url")
_PRIVATE_KEY = re.compile(rb"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----")
_INDEX_HEAD = 12
_SQLITE = b"SQLite format 3\x00"
_DS_STORE = b"\x00\x00\x00\x01Bud1"


_QUOTED = re.compile(rb"""(=[ \t]*)(?:"([^"]*)(?:"|\Z)|'([^']*)(?:'|\Z))""")
"""A value in quotes, which may go over many lines, as keys in PEM do."""
_PAGE = re.compile(rb"(?i)(?:\xef\xbb\xbf)?\s*(?:<!--[^>]*-->\s*)?<(?:!doctype\s+html|html|head|body)")
_HEAD_OF_PAGE = 1024


class Settings(Frozen):
    """What a file of settings holds, in numbers."""

    keys: int
    secrets: int
    """Keys with a name like a password's, and a value."""


def is_git_head(first: bytes) -> bool:
    """Whether this is the file that says which branch is checked out."""
    return _GIT_HEAD.fullmatch(first) is not None


def is_svn_database(first: bytes) -> bool:
    """Whether this is the working copy's database of Subversion since 1.7."""
    return first.startswith(_SQLITE)


def is_hg_requires(first: bytes) -> bool:
    """Whether this is Mercurial's list of what a repository requires."""
    return any(line.strip() in {b"revlogv1", b"share-safe"} for line in first.splitlines())


def is_ds_store(first: bytes) -> bool:
    """Whether this is a Finder's list of a folder's files."""
    return first.startswith(_DS_STORE)


def git_entries(first: bytes) -> int | None:
    """How many files git's index tracks: its third word; nothing for anything else."""
    if len(first) < _INDEX_HEAD or not first.startswith(b"DIRC\x00\x00\x00"):
        return None
    return int.from_bytes(first[8:12], "big")


def is_private_key(first: bytes) -> bool:
    """Whether the file begins as a private key in PEM does."""
    return _PRIVATE_KEY.match(first.lstrip()) is not None


def is_page(body: bytes) -> bool:
    """Whether this is a page of HTML."""
    return _PAGE.match(body[:_HEAD_OF_PAGE]) is not None


def settings_in(text: bytes) -> Settings | None:
    """The names of settings, counted; values go by. Nothing where a line is neither a setting, a comment nor empty."""
    lines = _QUOTED.sub(_bare, text).splitlines()
    if len(lines) > 1 and not text.endswith(b"\n"):
        lines.pop()  # it may be cut
    settings = [line for line in map(bytes.strip, lines) if line and not line.startswith((b"#", b";", b"["))]
    found = [_SETTING.match(line) for line in settings]
    if not found or not all(found):
        return None
    named = [match for match in found if match is not None]
    return Settings(keys=len(named), secrets=sum(bool(_SECRET.search(match[1]) and match[2]) for match in named))


def _bare(quoted: re.Match[bytes]) -> bytes:
    """Whether something stands between the quotes, in the place of what it is."""
    return quoted[1] + (b"x" if quoted[2] or quoted[3] else b"")
