"""Files at known places of a web server: repositories, settings with secrets, private keys, dumps with usual names.

A file of settings is looked at up to 4 KiB: the names of its keys are counted while its values go by.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any, Protocol

from leakguard.probes.formats.reading import whole_number
from leakguard.probes.protocols.http.client import HEAD_ROOM, HttpResponse
from leakguard.probes.protocols.webroot.file_reader import (
    git_entries,
    is_ds_store,
    is_git_head,
    is_hg_requires,
    is_private_key,
    is_svn_database,
    settings_in,
)

_MARKS: Mapping[str, tuple[str, int, Callable[[bytes], bool]]] = MappingProxyType(
    {
        "git": ("/.git/HEAD", 256, is_git_head),
        "svn": ("/.svn/wc.db", 16, is_svn_database),
        "hg": ("/.hg/requires", 256, is_hg_requires),
        "ds_store": ("/.DS_Store", 16, is_ds_store),
    }
)
"""Where each kind leaves its mark, how many bytes of it are looked at, and what they must be."""
SETTINGS = ("/.env", "/.env.production", "/.env.backup", "/.aws/credentials")
KEYS = ("/.ssh/id_rsa", "/id_rsa", "/private.key")
DUMPS = (
    "/backup.sql", "/backup.sql.gz", "/backup.zip", "/backup.tar.gz", "/dump.sql", "/dump.sql.gz", "/database.sql",
    "/db.sqlite3",
)  # fmt: skip
"""Names that scripts and manuals give to dumps."""
_SETTINGS_BYTES = 4096
_OK = 200
_KNOW_NO_HEAD = frozenset({405, 501})
_FIRST_PARTS = frozenset({_OK, 206})


class Fetch(Protocol):
    """How a session asks for one path."""

    def __call__(self, method: str, path: str, shown: str, *, cap: int, **more: Any) -> Awaitable[HttpResponse]:  # noqa: ANN401 (HttpClient's own)
        """Ask once."""


def may_be_file(head: HttpResponse) -> bool:
    """Whether there is a file, by the answer to HEAD: no page of HTML, as many show for a path that they do not know.

    A server that knows no HEAD is asked without it.
    """
    if head.status in _KNOW_NO_HEAD:
        return True
    return head.status == _OK and not is_called_page(head)


def is_called_page(fetched: HttpResponse) -> bool:
    """Whether the server itself calls the answer a page of HTML."""
    return fetched.headers.get("content-type", "").strip().lower().startswith("text/html")


async def first_bytes(fetch: Fetch, path: str, count: int) -> bytes:
    """At most `count` bytes of a file that is there; its head is asked for first, which keeps the line open.

    No more than the file has: some servers refuse a range that goes beyond its end.
    """
    head = await fetch("HEAD", path, path, cap=HEAD_ROOM)
    if not may_be_file(head):
        return b""
    stated = whole_number(head.headers.get("content-length", "")) if head.status == _OK else None
    span = {"range": f"bytes=0-{min(count, stated or count) - 1}"}
    fetched = await fetch("GET", path, path, cap=HEAD_ROOM, headers=span, body_cap=count)
    return fetched.body[:count] if fetched.status in _FIRST_PARTS else b""


async def repositories(fetch: Fetch) -> dict[str, Any]:
    """Which marks of a repository are there, each under its kind's name, and `tracked_files` of git."""
    found = {name: is_mark(await first_bytes(fetch, path, count)) for name, (path, count, is_mark) in _MARKS.items()}
    tracked = git_entries(await first_bytes(fetch, "/.git/index", 12)) if found["git"] else None
    return {**found, "tracked_files": tracked}


async def secrets(fetch: Fetch) -> dict[str, Any]:
    """How many files of settings and private keys are there, how many keys they name, how many of these are secrets."""
    read = [settings_in(await first_bytes(fetch, path, _SETTINGS_BYTES)) for path in SETTINGS]
    settings = [each for each in read if each is not None]
    return {
        "files": len(settings),
        "keys": sum(setting.keys for setting in settings),
        "secrets": sum(setting.secrets for setting in settings),
        "private_keys": sum([is_private_key(await first_bytes(fetch, path, 64)) for path in KEYS]),
    }
