"""Directory listings as nginx, Apache httpd, lighttpd, Python and Tomcat write them."""

from __future__ import annotations

import re

from leakguard.frozen import Frozen

_TITLES = (b"<title>index of /", b"<h1>index of /", b"<title>directory listing for /", b"<h1>directory listing for /")
_MOST_ENTRIES = 5000
_LONGEST_TAG = 2048
_LONGEST_TAIL = 512
_HREF = re.compile(rb"""^[^>]{0,256}?href\s{0,8}=\s{0,8}["']?([^"'>\s]{1,1024})""")
_TAG = re.compile(rb"<[^<>]{0,256}>")
_SIZE = re.compile(rb"\s(\d{1,15}(?:\.\d{1,3})?)\s?([KMGT]?)(?:i?B)?\s*$")
_UNITS = {b"": 1, b"K": 1 << 10, b"M": 1 << 20, b"G": 1 << 30, b"T": 1 << 40}
DUMP_ENDINGS = (
    ".sql",
    ".sql.gz",
    ".dump",
    ".dump.gz",
    ".bak",
    ".tar",
    ".tar.gz",
    ".tgz",
    ".zip",
    ".7z",
    ".db",
    ".sqlite",
    ".bson",
)  # fmt: skip  (one line a family reads better than one line a word)


class Entry(Frozen):
    """One line of a listing. The link is used to ask for its size and first bytes, and is told to nobody."""

    link: str
    size: int | None = None
    """As shown, rounded where the server rounds."""

    @property
    def is_folder(self) -> bool:
        """Listings end a folder's name with a slash."""
        return self.link.endswith("/")

    @property
    def may_be_dump(self) -> bool:
        """By its ending alone."""
        return self.link.lower().endswith(DUMP_ENDINGS)


def is_listing(page: bytes) -> bool:
    """Whether a page calls itself a listing, in the title or the heading that listing modules write."""
    low = b"".join(page[: 16 * 1024].lower().split(b"\n"))
    return any(title in low for title in _TITLES)


def entries(page: bytes, folder: str) -> tuple[Entry, ...]:
    """The entries of the listing of `folder`, a path ending in a slash; no way up, no sorting, no foreign links."""
    found: dict[str, Entry] = {}
    low = page.lower()
    at = low.find(b"<a ")
    while at >= 0 and len(found) < _MOST_ENTRIES:
        following = low.find(b"<a ", at + 3)
        entry = _entry(page[at : following if following >= 0 else len(page)], folder)
        if entry is not None:
            found.setdefault(entry.link, entry)
        at = following
    return tuple(found.values())


def _entry(piece: bytes, folder: str) -> Entry | None:
    tag = piece[:_LONGEST_TAG]
    lower = tag.lower()
    found = _HREF.match(lower)
    if found is None:
        return None
    link = _inside(tag[found.start(1) : found.end(1)].decode("latin-1"), folder)
    return None if link is None else Entry(link=link, size=None if link.endswith("/") else _shown(piece))


def _inside(link: str, folder: str) -> str | None:
    """The link as one name in this folder, or nothing."""
    name = link.split("?", 1)[0].split("#", 1)[0].removeprefix("./")
    if name.startswith("/"):
        if not name.startswith(folder):
            return None
        name = name[len(folder) :]
    bare = name.removesuffix("/")
    if not bare or "/" in bare or bare in (".", "..") or ":" in bare or not name.isascii() or not name.isprintable():
        return None
    return name


def _shown(piece: bytes) -> int | None:
    """The size in the text behind the link, if there is one."""
    low = piece.lower()
    end = low.find(b"</a>")
    if end < 0:
        return None
    tail = piece[end + 4 : end + 4 + _LONGEST_TAIL].split(b"\n", 1)[0]
    found = _SIZE.search(b" " + _TAG.sub(b" ", tail).replace(b"&nbsp;", b" "))
    return None if found is None else int(float(found.group(1)) * _UNITS[found.group(2)])
