"""Directory listings as web servers write them: pages of a dozen, and the data of nginx, Caddy and `serve`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import quote

from leakguard.frozen import Frozen

_TITLES = (
    b"<title>index of /",
    b"<h1>index of /",
    b"<title>index of ./",
    b"<title>directory listing for /",
    b"<h1>directory listing for /",
    b"<title>directory listing for [/",
    b"<title>directory listing of /",
    b"<title>directory: /",
    b"<title>updog - ",
    b"<h1>listing: ",
    b"colspan='3'>directory listing - /",
    b'<a href="?c=n;o=',
    b'<a href="?c=n&amp;o=',
)
"""Of nginx, Apache httpd, lighttpd and http-server; mini_httpd; Python; Tomcat; rclone; Jetty; updog; webfs; Undertow.

And the link by which Apache httpd and nginx's fancyindex sort the names, where the owner wrote the heading.
"""
_PAGE = re.compile(
    rb"(?:<!doctype html><meta name=\"viewport\" content=\"width=device-width\">)?<pre>(?:<a href=|</pre>)"
    rb"|\s{0,8}<html><head><title>(?P<name>[^<>]{1,255} - /[^<>]{0,255})</title></head><body><h1>(?P=name)</h1><hr>"
)
"""How the pages of Go and of Microsoft's IIS begin, whose words depend on the language."""
_MOST_ENTRIES = 5000
_LONGEST_TAG = 2048
_LONGEST_TAIL = 512
_HREF = re.compile(rb"""^[^>]{0,256}?href\s{0,8}=\s{0,8}["']?([^"'>\s]{1,1024})""")
_TAG = re.compile(rb"<[^<>]{0,256}>")
_SIZE = re.compile(rb"\s(\d{1,15}(?:\.\d{1,3})?)\s?([KMGT]?)(?:i?B)?\s*$")
_UNITS = {b"": 1, b"K": 1 << 10, b"M": 1 << 20, b"G": 1 << 30, b"T": 1 << 40}
DUMP_ENDINGS = (
    *(f".{kind}{packed}" for kind in ("sql", "dump", "tar") for packed in ("", ".gz", ".bz2", ".xz", ".zst")),
    ".bak",
    ".tgz",
    ".tbz2",
    ".txz",
    ".zip",
    ".rar",
    ".7z",
    ".db",
    ".sqlite",
    ".sqlite3",
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
    """Whether a page calls itself a listing, in the title or heading that listing modules write, or is their data."""
    low = b"".join(page[: 16 * 1024].lower().splitlines())
    return any(title in low for title in _TITLES) or _PAGE.match(low) is not None or any(_rows(page))


def entries(page: bytes, folder: str) -> tuple[Entry, ...]:
    """The entries of the listing of `folder`, a path ending in a slash; no way up, no sorting, no foreign links."""
    found: dict[str, Entry] = {}
    for row in _entries_of_data(page, folder):
        found.setdefault(row.link, row)
    low = page.lower()
    at = low.find(b"<a ")
    while at >= 0 and len(found) < _MOST_ENTRIES:
        following = low.find(b"<a ", at + 3)
        entry = _entry(page[at : following if following >= 0 else len(page)], folder)
        if entry is not None:
            found.setdefault(entry.link, entry)
        at = following
    return tuple(found.values())


_XML_ROW = re.compile(
    rb'<(directory|file) mtime="[^"<>]{1,64}"(?: size="(\d{1,18})")?>([^<>]{1,1024})</(?:directory|file)>'
)
"""An entry as nginx writes it in XML."""
_SHAPES = (
    (frozenset({"name", "type", "mtime"}), "name", "type"),
    (frozenset({"name", "size", "url", "mod_time", "is_dir"}), "name", "is_dir"),
    (frozenset({"base", "relative", "type"}), "base", "type"),
)
"""What an entry of nginx, Caddy and `serve` has at least in JSON; which of it is the name, and which tells a folder."""
_FOLDERS = (True, "directory", "folder")


def _entries_of_data(page: bytes, folder: str) -> Iterator[Entry]:
    for name, is_folder, size in _rows(page):
        link = _inside(quote(name, safe="", errors="replace") + "/" * is_folder, folder)
        if link is not None:
            is_size = type(size) is int and size >= 0 and not is_folder
            yield Entry(link=link, size=size if is_size else None)


def _rows(page: bytes) -> Iterator[tuple[str, bool, Any]]:
    """Name, whether it is a folder, and size of each entry of a listing in JSON or XML."""
    for row in filter(_is_object, _json_rows(page)):
        shape = next((each for each in _SHAPES if each[0] <= row.keys()), None)
        if shape is not None and isinstance(name := row[shape[1]], str):
            yield name.removesuffix("/"), row[shape[2]] in _FOLDERS, row.get("size")
    if b"<list>" in page[:256]:
        for kind, size, name in _XML_ROW.findall(page):
            yield unescape(name.decode("utf-8", "replace")), kind == b"directory", int(size) if size else None


def _is_object(row: Any) -> bool:  # noqa: ANN401  (JSON holds anything)
    return isinstance(row, dict)


def _json_rows(page: bytes) -> list[Any]:
    """The entries, of a page that was cut off those before the cut."""
    is_costly = max(map(page.count, (b"{", b"["))) > _MOST_ENTRIES or page.count(b",") > 8 * _MOST_ENTRIES
    if page.lstrip()[:1] not in {b"[", b"{"} or is_costly:
        return []
    for whole in (page, page[: page.rfind(b"}") + 1] + b"]"):
        try:
            document = json.loads(whole)
        except (ValueError, RecursionError):
            continue
        rows = document.get("files") if isinstance(document, dict) and "directory" in document else document
        return rows if isinstance(rows, list) else []
    return []


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
    """The size in the text behind the link, if there is one; what IIS shows behind the line's end is the next one's."""
    low = piece.lower()
    end = low.find(b"</a>")
    if end < 0:
        return None
    tail = piece[end + 4 : end + 4 + _LONGEST_TAIL].split(b"\n", 1)[0]
    tail = tail.replace(b"<BR", b"<br").split(b"<br", 1)[0]
    found = _SIZE.search(b" " + _TAG.sub(b" ", tail).replace(b"&nbsp;", b" "))
    return None if found is None else int(float(found.group(1)) * _UNITS[found.group(2)])
